"""The concern report (information préoccupante, IP), its evaluation, its return, and the referral to the prosecutor."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import (
    ToAuthority,
    ToConcernReport,
    ToConcernReturn,
    ToContact,
    ToEvaluation,
    ToJudicialReferral,
    ToMinor,
    ToSituation,
)
from schema.types.node import Node, Versioned, Withholding, condition, many
from schema.types.words import DangerType, IpConclusion, ReportKind, ReportStatus, TriState, Urgency


@public_type
class ConcernReport(Node, Withholding, Versioned):
    """A concern report (information préoccupante, IP): the 119's notice to a CRIP, one per minor."""

    kind: ReportKind | None = strawberry.field(description="Whether it opens a file or adds to one.")
    status: ReportStatus | None = strawberry.field(description="Where it stands, from draft to return.")
    urgency: Urgency | None = strawberry.field(description="Urgency of the situation when it was sent.")
    drafted_at: datetime.datetime | None = strawberry.field(description="When the draft was begun.")
    validated_at: datetime.datetime | None = strawberry.field(description="When a supervisor validated it.")
    sent_at: datetime.datetime | None = strawberry.field(description="When it was transmitted.")
    acknowledged_at: datetime.datetime | None = strawberry.field(description="When the CRIP acknowledged it.")
    qualified_at: datetime.datetime | None = strawberry.field(description="When the CRIP qualified it.")
    concluded_at: datetime.datetime | None = strawberry.field(description="When the evaluation was concluded.")
    acknowledge_due_at: datetime.datetime | None = strawberry.field(
        description="Deadline to acknowledge it: 2 working days from transmission."
    )
    evaluation_due_at: datetime.datetime | None = strawberry.field(
        description="Deadline of the evaluation: 3 months from reception, shorter by urgency (CASF D226-2-4)."
    )
    return_due_at: datetime.datetime | None = strawberry.field(
        description="Deadline of the return to the 119: 3 months from reception."
    )
    sender_answer_due_at: datetime.datetime | None = strawberry.field(
        description="Until when a professional who told the 119 is owed an answer: 3 months from transmission (CASF L226-5)."
    )
    due_at: datetime.datetime | None = strawberry.field(
        description="The next deadline that still runs; null when none does."
    )
    conclusion: IpConclusion | None = strawberry.field(description="How the evaluation was concluded.")
    suggested_department_code: str | None = strawberry.field(
        description="Department to which the CRIP that declared it misrouted would send it."
    )
    transmitter_code: str | None = strawberry.field(
        description="Who transmits, as a code of the list TRANSIP (CASF annexe 2-8): 510 for the 119."
    )
    origin_code: str | None = strawberry.field(
        description="Where it comes from, as a code of the list ORIGIP (CASF annexe 2-8)."
    )
    summary_for_crip: str | None = strawberry.field(
        description="The facts, written for the CRIP; never a copy of the listening notes."
    )
    appraisal: str | None = strawberry.field(description="What the 119 makes of the facts (CASF L226-6).")
    danger_types: list[DangerType] | None = strawberry.field(description="The dangers named by the 119.")
    parents_informed: TriState | None = strawberry.field(
        description="Whether the parents were told of the transmission (CASF L226-2-1)."
    )
    parents_informed_reason: str | None = strawberry.field(description="Why they were not told.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor it is about.")
    origin_contact: ToContact | None = strawberry.field(description="The contact it was written from.")
    to_authority: ToAuthority | None = strawberry.field(description="The authority it is addressed to.")
    complements: ToConcernReport | None = strawberry.field(description="The earlier report it completes.")
    evaluation: ToEvaluation | None = strawberry.field(description="The evaluation that the CRIP ordered.")
    return_: ToConcernReturn | None = strawberry.field(name="return", description="What the department told the 119.")
    judicial_referrals: list[ToJudicialReferral] = many("The referrals to the prosecutor that followed.")


@public_input
class ConcernReportFilter:
    """Which concern reports to list: all conditions have to be met."""

    status: list[ReportStatus] | None = condition("Only reports in one of these states.")
    urgency: list[Urgency] | None = condition("Only reports of one of these urgencies.")
    overdue: bool | None = condition("True: a deadline has passed and still runs; false: nothing is overdue.")
    due_within_days: int | None = condition("Only reports whose next deadline falls within this number of days.")
    sent_since: datetime.datetime | None = condition("Only reports sent at this instant or later.")
    sent_before: datetime.datetime | None = condition("Only reports sent before this instant.")
    situation: strawberry.ID | None = condition("Only reports about the situation with this id.")


@public_enum
class ConcernReportOrder(Enum):
    """In which order concern reports are listed; rows of equal rank follow their ids."""

    SENT_NEWEST = strawberry.enum_value(
        "SENT_NEWEST", description="The reports sent last come first; drafts are left out."
    )
    DUE_SOONEST = strawberry.enum_value(
        "DUE_SOONEST", description="The nearest deadline comes first; reports without a running deadline are left out."
    )
    DRAFTED_NEWEST = strawberry.enum_value(
        "DRAFTED_NEWEST", description="The reports begun last come first, drafts included."
    )


@public_type
class Evaluation(Node, Withholding):
    """The evaluation ordered by the CRIP; the evaluators' report itself stays in the department's tool."""

    notified_at: datetime.datetime | None = strawberry.field(description="When it began.")
    due_at: datetime.datetime | None = strawberry.field(description="Its deadline.")
    done_at: datetime.datetime | None = strawberry.field(description="When it ended; null while it lasts.")
    exception_reason: str | None = strawberry.field(
        description="Why the evaluator is somebody who follows the family; null where it is not (CASF D226-2-5)."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    report: ToConcernReport | None = strawberry.field(description="The concern report it evaluates.")
    authority: ToAuthority | None = strawberry.field(description="The authority that evaluates.")


@public_type
class ConcernReturn(Node, Withholding):
    """What the department tells the 119 at the end of a concern report."""

    conclusion: IpConclusion | None = strawberry.field(description="How the department concluded.")
    codes: list[str] | None = strawberry.field(description="Official codes of CASF annexe 2-8, each as LIST:CODE.")
    decided_at: datetime.datetime | None = strawberry.field(description="When the department decided.")
    received_at: datetime.datetime | None = strawberry.field(description="When the 119 got it.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    report: ToConcernReport | None = strawberry.field(description="The concern report it answers.")


@public_type
class JudicialReferral(Node, Withholding):
    """A referral to the prosecutor (signalement, CASF L226-4)."""

    at: datetime.datetime | None = strawberry.field(description="When the prosecutor was referred to.")
    by: str | None = strawberry.field(description="Which service referred.")
    copy_to_pcd_at: datetime.datetime | None = strawberry.field(
        description="When the president of the departmental council got a copy."
    )
    motif_sig: str | None = strawberry.field(description="Why, as a code of the list MOTIFSIG (CASF annexe 2-8).")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    report: ToConcernReport | None = strawberry.field(description="The concern report it follows.")
    authority: ToAuthority | None = strawberry.field(description="The authority that referred.")
