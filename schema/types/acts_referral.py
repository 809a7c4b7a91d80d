"""The acts of those who receive an orientation: answer, follow up, note (inputs and payloads)."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToAssociationNote, ToFollowUp, ToReferral
from schema.types.mutation_parts import Refusable
from schema.types.words import DeclineReason, FollowUpStatus


@public_type
class ReferralPayload(Refusable):
    """The referral after the act, as the caller may see it now."""

    referral: ToReferral | None = strawberry.field(description="The referral; null when the act was refused.")


@public_type
class FollowUpPayload(Refusable):
    """The follow-up, as the caller may see it now."""

    follow_up: ToFollowUp | None = strawberry.field(
        description="The follow-up; null when the act was refused, or when it ended the access of a tool."
    )


@public_type
class AssociationNotePayload(Refusable):
    """The note, as the caller may see it now."""

    association_note: ToAssociationNote | None = strawberry.field(
        description="The note; null when the act was refused."
    )


@act_input
class AcceptReferralInput:
    """Accept a proposed referral and name who takes it."""

    referral: strawberry.ID = strawberry.field(description="Id of the referral.")
    assignee: strawberry.ID = strawberry.field(
        description="Id of the member of the caller's organisation who takes it."
    )
    expected_version: str | None = version_last_read()


@act_input
class DeclineReferralInput:
    """Decline a proposed referral."""

    referral: strawberry.ID = strawberry.field(description="Id of the referral.")
    reason: DeclineReason = strawberry.field(description="Why.")
    expected_version: str | None = version_last_read()


@act_input
class AssignReferralInput:
    """Give a running referral to another member."""

    referral: strawberry.ID = strawberry.field(description="Id of the referral.")
    assignee: strawberry.ID = strawberry.field(
        description="Id of the member of the caller's organisation who takes it."
    )
    expected_version: str | None = version_last_read()


@act_input
class RecordFollowUpInput:
    """Record a follow-up: referral, status, date."""

    referral: strawberry.ID = strawberry.field(description="Id of the referral.")
    status: FollowUpStatus = strawberry.field(description="What happened.")
    date: datetime.date = strawberry.field(description="On which day.")
    note_for_ase: str | None = optional("A note to the ASE; only with a token for a named person.")
    expected_version: str | None = optional(
        "Version of the referral last read; the act is refused when it has changed since."
    )


@act_input
class WriteAssociationNoteInput:
    """Write a note that only the caller's own association reads."""

    referral: strawberry.ID = strawberry.field(description="Id of the referral.")
    text: str = strawberry.field(description="The note.")
