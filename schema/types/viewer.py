"""Who the service takes the caller for."""

import strawberry

from schema.types.described import public_type
from schema.types.words import Audience, OrgKind, Purpose


@public_type
class Viewer:
    """The caller as the service knows it: one client of one organisation, perhaps acting for one named person."""

    audience: Audience = strawberry.field(description="The role or kind of organisation whose schema this is.")
    organisation: str = strawberry.field(description="Public name of the caller's organisation.")
    organisation_kind: OrgKind = strawberry.field(description="Kind of the caller's organisation.")
    purpose: Purpose | None = strawberry.field(description="What the token is for; null for an organisation alone.")
    scopes: list[str] = strawberry.field(
        description="OAuth scopes of the token; they only narrow what the role allows."
    )
    has_person: bool = strawberry.field(description="Whether a named, habilitated person stands behind the request.")
