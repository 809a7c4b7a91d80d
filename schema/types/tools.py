"""The tools of organisations: software that asks for tokens, the keys or secrets that prove it, and its last call."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToOrganisation, ToToolKey, ToToolSecret
from schema.types.node import Node, Versioned, condition, many
from schema.types.words import ClientAuthentication, ClientStatus


@public_type
class Tool(Node, Versioned):
    """A software tool of an organisation; its id is its client_id. The pages of an organisation are one too."""

    name: str | None = strawberry.field(description="What its organisation calls it.")
    status: ClientStatus | None = strawberry.field(description="Where it stands: only ACTIVE tools get tokens.")
    auth_method: ClientAuthentication | None = strawberry.field(
        description="How it proves who it is: by a signature, or by a secret where an administrator has decided so."
    )
    scopes: list[str] | None = strawberry.field(description="What it may ask for at most.")
    grants: list[str] | None = strawberry.field(description="Grant types it may use; none for the pages.")
    accepted_acr: list[str] | None = strawberry.field(
        description="Sign-in levels with two factors that it may vouch for."
    )
    dpop_bound: bool | None = strawberry.field(
        description="Whether all its tokens are bound to a key (DPoP); where not, it gets Bearer tokens too, by decision."
    )
    bearer_for_persons: bool | None = strawberry.field(
        description="Whether it gets Bearer tokens for persons: in demonstrations only."
    )
    legacy_aud: bool | None = strawberry.field(
        description="Whether its assertions may name the token endpoint instead of the issuer."
    )
    jwks_uri: str | None = strawberry.field(
        description="Where it publishes its keys, if it does; then they are not listed here."
    )
    epoch: int | None = strawberry.field(description="Raised at each suspension: tokens issued before are dead.")
    created_at: datetime.datetime | None = strawberry.field(description="When it was registered.")
    last_call_at: datetime.datetime | None = strawberry.field(
        description="When it called last, to the minute: a token, a question, a stream. Null: never."
    )
    organisation: ToOrganisation | None = strawberry.field(description="Whose tool.")
    keys: list[ToToolKey] = many("Its public keys, retired ones included; several may overlap.")
    secrets: list[ToToolSecret] = many("Its secrets, ended ones included, never their values; two may overlap.")


@public_input
class ToolFilter:
    """Which tools to list: all conditions have to be met."""

    status: list[ClientStatus] | None = condition("Only tools in one of these states.")
    organisation: strawberry.ID | None = condition("Only tools of this organisation, by its id.")


@public_enum
class ToolOrder(Enum):
    """In which order tools are listed; rows of equal rank follow their ids."""

    CREATED_AT_NEWEST = strawberry.enum_value("CREATED_AT_NEWEST", description="Those registered last come first.")


@public_type
class ToolKey(Node):
    """A public key of a tool: it counts from `notBefore` until `retiredAt`."""

    kid: str | None = strawberry.field(description="Name of the key, chosen by the organisation.")
    thumbprint: str | None = strawberry.field(description="RFC 7638 thumbprint, which both sides can compute.")
    not_before: datetime.datetime | None = strawberry.field(description="Unknown before.")
    retired_at: datetime.datetime | None = strawberry.field(description="Refused from then on; null while it counts.")


@public_type
class ToolSecret(Node):
    """A secret of a tool, which begins with this id; its value was shown once, to who made it."""

    created_at: datetime.datetime | None = strawberry.field(description="When it was made; it counts from then on.")
    expires_at: datetime.datetime | None = strawberry.field(
        description="Refused from then on: its end, or the moment at which it was retired."
    )
