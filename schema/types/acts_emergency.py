"""The acts of exceptional access: asked for, approved by a second person, closed, reviewed by a third."""

import strawberry

from schema.types.acts_fields import act_input, version_last_read
from schema.types.described import public_type
from schema.types.links import ToEmergencyAccess
from schema.types.mutation_parts import Refusable
from schema.types.words import BreakGlassReason, BreakGlassReview


@public_type
class EmergencyReceiptPayload(Refusable):
    """That the request was recorded: the same answer whatever the reference names, or names nothing."""

    receipt: strawberry.ID | None = strawberry.field(
        description="Receipt of what was recorded, to be told to the second person; null when the act was refused."
    )


@public_type
class EmergencyAccessPayload(Refusable):
    """The exceptional access after the act, as the caller may see it now."""

    emergency_access: ToEmergencyAccess | None = strawberry.field(
        description="The exceptional access; null when the act was refused."
    )


@act_input
class RequestControlAccessInput:
    """Ask, as a data protection officer, to read what is withheld of one case."""

    ref: str = strawberry.field(description="Reference of the one case: of the situation, or of the orientation.")
    reason_code: BreakGlassReason = strawberry.field(
        description="A complaint, a person's request or a judicial requisition."
    )
    reason: str = strawberry.field(description="Why, in words.")
    field_groups: list[str] = strawberry.field(description="Codes of the groups to open, and no others.")


@act_input
class RequestCallerIdentityInput:
    """Ask, as a supervisor, to read who made one contact."""

    contact: strawberry.ID = strawberry.field(description="Id of the contact.")
    reason_code: BreakGlassReason = strawberry.field(description="Why, as a code.")
    reason: str = strawberry.field(description="Why, in words.")


@act_input
class OpenEmergencyAccessInput:
    """Open, on call and in immediate danger, a case of one's organisation that somebody else follows."""

    ref: str = strawberry.field(description="Reference of the one case: of the situation, or of the orientation.")
    reason: str = strawberry.field(description="Which danger, in words.")
    field_groups: list[str] = strawberry.field(description="Codes of the groups to open, and no others.")


@act_input
class ApproveEmergencyAccessInput:
    """Approve, or confirm, what a colleague asked for."""

    receipt: strawberry.ID = strawberry.field(description="Receipt that the colleague was given.")


@act_input
class CloseEmergencyAccessInput:
    """End an exceptional access at once."""

    receipt: strawberry.ID = strawberry.field(description="Receipt of the exceptional access.")


@act_input
class ReviewEmergencyAccessInput:
    """Review an exceptional access."""

    emergency_access: strawberry.ID = strawberry.field(description="Id of the exceptional access.")
    verdict: BreakGlassReview = strawberry.field(description="JUSTIFIED or NOT_JUSTIFIED; the latter is an incident.")
    reason: str = strawberry.field(description="Why.")
    expected_version: str | None = version_last_read()
