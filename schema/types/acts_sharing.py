"""The acts of sharing under CASF L226-2-2: asked for, approved by another person, refused, revoked."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToSharingGrant
from schema.types.mutation_parts import Refusable
from schema.types.words import Purpose


@public_type
class SharingGrantPayload(Refusable):
    """The sharing after the act, as the caller may see it now."""

    sharing_grant: ToSharingGrant | None = strawberry.field(description="The sharing; null when the act was refused.")


@act_input
class RequestSharingGrantInput:
    """Ask to share secret information of a situation with one named person, for one purpose, for a time."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    to_member: strawberry.ID = strawberry.field(description="Id of the one person who is to receive.")
    to_organisation: strawberry.ID = strawberry.field(description="Id of that person's organisation.")
    purpose: Purpose = strawberry.field(description="To evaluate, to determine actions, or to implement them.")
    field_groups: list[str] = strawberry.field(
        description="Codes of the groups to share, among G11, G17, G18 and G19: only what is strictly necessary."
    )
    justification: str = strawberry.field(description="Why each of these groups is strictly necessary to that person.")
    duty: strawberry.ID = strawberry.field(
        description="Id of the duty SHARING of this situation: who was told of this sharing, or why not."
    )
    expires_at: datetime.datetime = strawberry.field(description="Until when, at most 90 days from now.")
    extract: str | None = optional(
        "Where G11 goes to an association or a foyer: a text written for it, never the notice itself."
    )


@act_input
class ApproveSharingGrantInput:
    """Approve a sharing that somebody else asked for: it begins at once."""

    sharing_grant: strawberry.ID = strawberry.field(description="Id of the sharing.")
    expected_version: str | None = version_last_read()


@act_input
class RefuseSharingGrantInput:
    """Refuse a sharing that somebody else asked for."""

    sharing_grant: strawberry.ID = strawberry.field(description="Id of the sharing.")
    reason: str = strawberry.field(description="Why it is refused.")
    expected_version: str | None = version_last_read()


@act_input
class RevokeSharingGrantInput:
    """End a sharing: the receiver reads no more from the next question on."""

    sharing_grant: strawberry.ID = strawberry.field(description="Id of the sharing.")
    expected_version: str | None = version_last_read()
