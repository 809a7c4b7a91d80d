"""The acts on a report: what the CRIP does with it, from the acknowledgement to the return (inputs and payloads)."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToConcernReport, ToJudicialReferral
from schema.types.mutation_parts import Refusable
from schema.types.words import IpConclusion


@public_type
class ConcernReportPayload(Refusable):
    """The report after the act, as the caller may see it now."""

    concern_report: ToConcernReport | None = strawberry.field(
        description="The report; null when the act was refused, or when it ended the caller's access."
    )


@public_type
class JudicialReferralPayload(Refusable):
    """The referral to the prosecutor, as the caller may see it now."""

    judicial_referral: ToJudicialReferral | None = strawberry.field(
        description="The referral; null when the act was refused."
    )


@act_input
class AcknowledgeReportInput:
    """Acknowledge that the report was received; the clocks of the evaluation and of the return start."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    expected_version: str | None = version_last_read()


@act_input
class QualifyReportInput:
    """Qualify an acknowledged report as an information préoccupante, or not."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    qualified: bool = strawberry.field(
        description="Whether it is an information préoccupante that has to be evaluated."
    )
    expected_version: str | None = version_last_read()


@act_input
class DeclareMisroutedInput:
    """Say that another authority is competent; the report leaves the caller's reach and goes back to the 119."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    suggested_department: str | None = optional("Official code of the department that seems competent, for example 2A.")
    expected_version: str | None = version_last_read()


@act_input
class DeclareComplementInput:
    """Say that the report completes another one that the authority already has."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    completes: strawberry.ID = strawberry.field(description="Id of the report that it completes.")
    expected_version: str | None = version_last_read()


@act_input
class StartEvaluationInput:
    """Order the evaluation of a qualified report."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    expected_version: str | None = version_last_read()


@act_input
class AssignEvaluatorInput:
    """Name who evaluates a report: a person of the department who does not follow the family (CASF D226-2-5)."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    evaluator: strawberry.ID = strawberry.field(description="Id of the member of the CRIP or the ASE who evaluates.")
    exception_reason: str | None = optional(
        "Only where that person follows the family: why it is them all the same; it is written in the ledger."
    )
    expected_version: str | None = version_last_read()


@act_input
class ConcludeEvaluationInput:
    """Say that the evaluation is over and how it concludes; the 119 learns it with the return."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    conclusion: IpConclusion = strawberry.field(description="How the department concludes.")
    expected_version: str | None = version_last_read()


@act_input
class ReturnReportInput:
    """Return the report to the 119 (notice 2), with its conclusion."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    conclusion: IpConclusion | None = optional(
        "How the department concludes; by default as the evaluation was concluded."
    )
    codes: list[str] | None = optional(
        "Official codes as LIST:CODE (CASF annexe 2-8), for example NATPDECADM:10; a yes/no variable as VIOLSEX:2."
    )
    decided_at: datetime.datetime | None = optional(
        "When the department decided; by default when the evaluation was concluded or the report qualified."
    )
    expected_version: str | None = version_last_read()


@act_input
class RecordJudicialReferralInput:
    """Record that the prosecutor was seized (CASF L226-4)."""

    report: strawberry.ID = strawberry.field(description="Id of the report that it follows.")
    motif_sig: str = strawberry.field(description="Code of the list MOTIFSIG (CASF annexe 2-8).")
    at: datetime.datetime | None = optional("When the prosecutor was seized; now by default.")
    by: str | None = optional("By which service.")
    copy_to_pcd_at: datetime.datetime | None = optional("When the president of the departmental council got a copy.")
    expected_version: str | None = optional(
        "Version of the report last read; the act is refused when it has changed since."
    )
