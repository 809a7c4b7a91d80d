"""People: members of organisations and their habilitations."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToHabilitation, ToMember, ToOrganisation
from schema.types.node import Node, Versioned, condition, many
from schema.types.words import HabilitationState, MemberStatus, Role, SecrecyBasis


@public_type
class Member(Node, Versioned):
    """A named person of an organisation."""

    name: str | None = strawberry.field(description="Name, as the person is known at work.")
    email: str | None = strawberry.field(description="Professional address; unique inside the organisation only.")
    status: MemberStatus | None = strawberry.field(description="Where the account stands: only ACTIVE members act.")
    epoch: int | None = strawberry.field(description="Raised at each suspension: tokens issued before are dead.")
    created_at: datetime.datetime | None = strawberry.field(description="When the organisation added the person.")
    organisation: ToOrganisation | None = strawberry.field(description="The employer.")
    habilitations: list[ToHabilitation] = many("What the person is habilitated to do.")


@public_input
class MemberFilter:
    """Which members to list: all conditions have to be met."""

    status: list[MemberStatus] | None = condition("Only accounts in one of these states.")


@public_enum
class MemberOrder(Enum):
    """In which order members are listed; rows of equal rank follow their ids."""

    CREATED_AT_NEWEST = strawberry.enum_value("CREATED_AT_NEWEST", description="The accounts added last come first.")


@public_type
class Habilitation(Node, Versioned):
    """One person, one organisation, one role, for at most 12 months (CASF R221-8: access is individual)."""

    role: Role | None = strawberry.field(description="The one role it gives; two roles never add up.")
    secrecy_basis: SecrecyBasis | None = strawberry.field(
        description="Why the person is bound by professional secrecy (CASF L221-6, CP 226-13)."
    )
    state: HabilitationState | None = strawberry.field(description="Where it stands: only ACTIVE counts.")
    valid_from: datetime.datetime | None = strawberry.field(description="When it begins.")
    valid_to: datetime.datetime | None = strawberry.field(description="When it ends, at most 12 months after it began.")
    revoked_at: datetime.datetime | None = strawberry.field(description="When it was ended early.")
    member: ToMember | None = strawberry.field(description="The person habilitated.")
    organisation: ToOrganisation | None = strawberry.field(description="The organisation it is for.")


@public_input
class HabilitationFilter:
    """Which habilitations to list: all conditions have to be met."""

    role: list[Role] | None = condition("Only habilitations to one of these roles.")
    state: list[HabilitationState] | None = condition("Only habilitations in one of these states.")


@public_enum
class HabilitationOrder(Enum):
    """In which order habilitations are listed; rows of equal rank follow their ids."""

    VALID_FROM_NEWEST = strawberry.enum_value("VALID_FROM_NEWEST", description="Those that began last come first.")
