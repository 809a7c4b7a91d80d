"""The acts of the 119 on a concern report (IP): drafted, validated by the supervisor, sent, sent elsewhere."""

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.words import DangerType, ReportKind, TriState


@act_input
class DraftReportInput:
    """Begin a report on one minor, to an authority that is competent for the situation."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    minor: strawberry.ID = strawberry.field(description="Id of the minor: one report per minor.")
    origin_contact: strawberry.ID = strawberry.field(description="Id of the contact it is written from.")
    to_authority: strawberry.ID = strawberry.field(description="Id of the authority it is addressed to.")
    kind: ReportKind = optional("Initial or complementary.", ReportKind.INITIAL)
    complements_report: strawberry.ID | None = optional("Id of the report it completes; for a complementary one only.")
    summary_for_crip: str | None = optional(
        "Written for the CRIP, never a copy of listening notes; needed before it is sent."
    )
    appraisal: str | None = optional("What the 119 makes of it (CASF L226-6); needed before it is sent.")
    danger_types: list[DangerType] | None = optional("Dangers named; one at least is needed before it is sent.")
    parents_informed: TriState = optional("Whether the parents were told (CASF L226-2-1).", TriState.UNKNOWN)
    parents_informed_reason: str | None = optional("Why they were not told; required when they were not.")


@act_input
class UpdateReportDraftInput:
    """New values of a draft; what is left out stays as it is, an empty text erases."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    to_authority: strawberry.ID | None = optional("Id of the authority it is addressed to.")
    summary_for_crip: str | None = optional("Written for the CRIP, never a copy of listening notes.")
    appraisal: str | None = optional("What the 119 makes of it (CASF L226-6).")
    danger_types: list[DangerType] | None = optional("Dangers named; they replace those recorded.")
    parents_informed: TriState | None = optional("Whether the parents were told (CASF L226-2-1).")
    parents_informed_reason: str | None = optional("Why they were not told.")
    expected_version: str | None = version_last_read()


@act_input
class ValidateReportInput:
    """The supervisor validates: before it leaves, or within 24 hours after it left for an immediate danger."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    expected_version: str | None = version_last_read()


@act_input
class SendReportInput:
    """Transmit a validated report; for an immediate danger, a draft leaves at once and is validated afterwards."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    expected_version: str | None = version_last_read()


@act_input
class ResendReportInput:
    """Send a report that was declared misrouted to another authority."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    to_authority: strawberry.ID = strawberry.field(
        description="Id of the other authority, competent for the situation."
    )
    expected_version: str | None = version_last_read()
