"""The 119's side of a concern report (IP): drafted, validated by the supervisor, sent, sent elsewhere when misrouted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select

from auth.policy import Act
from loaders.commands.case import (
    CRIPS,
    ONE,
    TEAM,
    must_be,
    must_be_competent,
    open_case,
    open_case_of,
    part_of,
    public_id,
    same,
)
from loaders.commands.entry import distinct, optional, some
from loaders.commands.sealing import opened
from loaders.commands.work import Command, Row, Work
from loaders.policy.relations import RECEIVED
from schema.deadlines import VALIDATION_HOURS, acknowledge_due
from schema.errors import DomainRefusalError
from schema.tables.contact import caller, listening_note
from schema.tables.protection import dlpm_action
from schema.tables.report import concern_report
from schema.tables.situation import situation
from schema.types.acts_notice import (
    DraftReportInput,
    ResendReportInput,
    SendReportInput,
    UpdateReportDraftInput,
    ValidateReportInput,
)
from schema.vocabulary import (
    CallerAnonymity,
    Category,
    DlpmActionKind,
    ReportKind,
    ReportStatus,
    SituationStatus,
    TriState,
    Urgency,
)

# An immediate danger leaves unvalidated; the supervisor then has this long (domain, section 7).
VALIDATION_TIME = timedelta(hours=VALIDATION_HOURS)
WORD_LIMIT = 2000
NOT_SENT = frozenset({ReportStatus.DRAFT, ReportStatus.VALIDATED})
# A notice that repeats a note of this length word for word was not written for the CRIP.
COPIED = 40
# What the authority reads from the transmission on (permissions, section 3).
TRANSMITTED = (
    Category.CASE_HEADER,
    Category.CODED_PROFILE,
    Category.MINOR_MINIMAL,
    Category.FULL_IDENTITY,
    Category.PARENTS,
    Category.CALLER_CATEGORY_COARSE,
    Category.REPORT_TEXT,
    Category.REPORT_STEPS,
)
# Which states an IP moves the situation from: one that is monitored stays so, a complement does not set it back.
MOVED_BY_REPORT = frozenset(
    set(SituationStatus) - {SituationStatus.MONITORED, SituationStatus.CLOSED, SituationStatus.IP_SENT}
)


# ---------------------------------------------------------------- the draft


async def draft(work: Work, wish: DraftReportInput) -> UUID:
    """A new DRAFT on one minor, to an authority that is competent now."""
    case = await open_case(work, wish.situation)
    child = await part_of(work, "Minor", wish.minor, case.id, field="minor")
    origin = await part_of(work, "Contact", wish.origin_contact, case.id, field="originContact")
    receiver = await work.visible("Authority", wish.to_authority, field="toAuthority")
    await must_be_competent(work, case.id, receiver.id, field="toAuthority")
    summary = await _own_words(work, case.id, wish.summary_for_crip, "summaryForCrip")
    reason = optional(wish.parents_informed_reason, "parentsInformedReason", WORD_LIMIT)
    _parents(wish.parents_informed, reason)
    identity = await work.insert(
        concern_report,
        situation_id=case.id,
        minor_id=child.id,
        origin_contact_id=origin.id,
        controller_org_id=work.caller.organisation_id,
        to_authority_id=receiver.id,
        complements_report_id=await _completed(work, wish, case.id, child.id),
        kind=wish.kind,
        status=ReportStatus.DRAFT,
        urgency=case["urgency"],
        drafted_at=work.now,
        summary_for_crip=summary,
        appraisal=await _own_words(work, case.id, wish.appraisal, "appraisal"),
        danger_types=distinct(wish.danger_types),
        parents_informed=wish.parents_informed,
        parents_informed_reason=reason,
    )
    await work.event("report.drafted", identity, situation=case.id, audiences=TEAM)
    return identity


async def update_draft(work: Work, wish: UpdateReportDraftInput) -> UUID:
    """What is given replaces; the rest of the DRAFT stays."""
    report = await _open_report(work, wish.report, wish.expected_version)
    must_be(report, {ReportStatus.DRAFT}, "report", "Seul un brouillon peut être modifié.")
    changes: dict[str, Any] = {}
    for column, field in (("summary_for_crip", "summaryForCrip"), ("appraisal", "appraisal")):
        if (value := getattr(wish, column)) is not None:
            changes[column] = await _own_words(work, report["situation_id"], value, field)
    if wish.to_authority is not None:
        receiver = await work.visible("Authority", wish.to_authority, field="toAuthority")
        await must_be_competent(work, report["situation_id"], receiver.id, field="toAuthority")
        changes["to_authority_id"] = receiver.id
    if wish.danger_types is not None:
        changes["danger_types"] = distinct(wish.danger_types)
    if wish.parents_informed is not None:
        changes["parents_informed"] = wish.parents_informed
    if wish.parents_informed_reason is not None:
        changes["parents_informed_reason"] = optional(wish.parents_informed_reason, "parentsInformedReason", WORD_LIMIT)
    some(changes)
    after: Mapping[str, Any] = {**report.values, **changes}
    _parents(after["parents_informed"], after["parents_informed_reason"])
    await work.update(concern_report, report.id, **changes)
    await work.event("report.updated", report.id, situation=report["situation_id"], audiences=TEAM)
    return report.id


async def _open_report(work: Work, wanted: str, expected_version: str | None) -> Row:
    report = await work.lock("ConcernReport", wanted, field="report", expected_version=expected_version)
    await open_case_of(work, report)
    return report


async def _completed(work: Work, wish: DraftReportInput, case: UUID, child: UUID) -> UUID | None:
    """The report that a complementary one completes: sent, of the same situation and minor."""
    if wish.kind is ReportKind.INITIAL:
        if wish.complements_report is not None:
            raise DomainRefusalError(
                "NOT_COMPLEMENTARY", "Une information préoccupante initiale n'en complète aucune.", "complementsReport"
            )
        return None
    if wish.complements_report is None:
        raise DomainRefusalError(
            "MISSING_REPORT", "Indiquez l'information préoccupante que celle-ci complète.", "complementsReport"
        )
    first = await part_of(work, "ConcernReport", wish.complements_report, case, field="complementsReport")
    if first["status"] not in {status.value for status in RECEIVED}:
        raise DomainRefusalError(
            "WRONG_STATE", "On ne complète qu'une information préoccupante reçue par une CRIP.", "complementsReport"
        )
    if first["minor_id"] not in {None, child}:
        raise DomainRefusalError(
            "OTHER_MINOR", "Cette information préoccupante concerne un autre mineur.", "complementsReport"
        )
    if first["complements_report_id"] is not None:
        raise DomainRefusalError(
            "NOT_THE_FIRST",
            "Celle-ci est déjà le complément d'une autre : indiquez l'information préoccupante initiale.",
            "complementsReport",
        )
    return first.id


def _parents(informed: str, reason: str | None) -> None:
    # L226-2-1: parents are told first, unless that is against the child's interest; then somebody says why.
    if informed == TriState.NO.value and reason is None:
        raise DomainRefusalError(
            "MISSING_REASON",
            "Les parents n'ont pas été informés : dites pourquoi (CASF L226-2-1).",
            "parentsInformedReason",
        )


async def _own_words(work: Work, case: UUID, value: str | None, field: str) -> str | None:
    """A text written for the CRIP: it never repeats a listening note (P5)."""
    text = optional(value, field)
    if text is not None and await copies_a_note(work, case, text):
        raise DomainRefusalError(
            "COPIED_NOTE",
            "Ce texte recopie une note d'écoute, qui ne quitte pas le 119 : écrivez-le pour la CRIP.",
            field,
        )
    return text


async def copies_a_note(work: Work, case: UUID, text: str) -> bool:
    """Whether a text repeats a listening note of the case. They are sealed: they are compared here, and one that cannot be opened leaves the text unwritten."""
    found = await work.one(_NOTES, situation=case)
    if found is None or not found["ids"]:
        return False
    notes = await opened(work, listening_note.c.text, case, dict(zip(found["ids"], found["texts"], strict=True)))
    return any(len(note) >= COPIED and note in text for note in notes.values())


_NOTES = select(
    func.array_agg(listening_note.c.id).label("ids"), func.array_agg(listening_note.c.text).label("texts")
).where(same(listening_note.c.situation_id, "situation"))


# ---------------------------------------------------------------- validated, sent


async def validate(work: Work, wish: ValidateReportInput) -> UUID:
    """DRAFT -> VALIDATED; or, for an immediate danger that has left, the validation that was still due."""
    report = await _open_report(work, wish.report, wish.expected_version)
    if report["sent_at"] is not None:
        _must_await_validation(work, report)
        await work.update(concern_report, report.id, validated_at=work.now, validated_by_id=work.caller.member_id)
    else:
        must_be(report, {ReportStatus.DRAFT}, "report", "Cette information préoccupante est déjà validée.")
        _must_be_complete(report)
        await work.update(
            concern_report,
            report.id,
            status=ReportStatus.VALIDATED,
            validated_at=work.now,
            validated_by_id=work.caller.member_id,
        )
    await work.event("report.validated", report.id, situation=report["situation_id"], audiences=TEAM)
    return report.id


def _must_await_validation(work: Work, report: Row) -> None:
    if report["validated_at"] is not None:
        raise DomainRefusalError("WRONG_STATE", "Cette information préoccupante n'attend pas de validation.", "report")
    # Misrouted, it is with nobody: it waits for its validation like a draft, for as long as it takes.
    if report["status"] != ReportStatus.MISROUTED.value and work.now > report["sent_at"] + VALIDATION_TIME:
        raise DomainRefusalError(
            "TOO_LATE", "La validation après transmission devait avoir lieu dans les 24 heures.", "report"
        )


async def send(work: Work, wish: SendReportInput) -> UUID:
    """VALIDATED -> SENT; DRAFT -> SENT for an immediate danger."""
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    case = await open_case_of(work, report)
    must_be(report, NOT_SENT, "report", "Cette information préoccupante a déjà été transmise.")
    if report["status"] == ReportStatus.DRAFT.value:
        _must_be_urgent(case)
    _must_be_complete(report)
    receiver = await work.visible("Authority", public_id("Authority", report["to_authority_id"]), field="report")
    await _transmit(work, case, report, receiver, field="report")
    if case["status"] in {status.value for status in MOVED_BY_REPORT}:
        await work.update(situation, case.id, status=SituationStatus.IP_SENT)
    await work.insert(dlpm_action, situation_id=case.id, kind=DlpmActionKind.IP_SENT, at=work.now)
    return report.id


async def resend(work: Work, wish: ResendReportInput) -> UUID:
    """MISROUTED -> SENT, to another authority that is competent."""
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    case = await open_case_of(work, report)
    must_be(
        report,
        {ReportStatus.MISROUTED},
        "report",
        "Seule une information préoccupante mal adressée se transmet ailleurs.",
    )
    if report["validated_at"] is None:
        _must_be_urgent(case)
    receiver = await work.visible("Authority", wish.to_authority, field="toAuthority")
    if receiver.id == report["to_authority_id"]:
        raise DomainRefusalError(
            "SAME_AUTHORITY",
            "Cette autorité a déclaré que l'information préoccupante lui était mal adressée.",
            "toAuthority",
        )
    await _transmit(work, case, report, receiver, field="toAuthority")
    return report.id


def _must_be_urgent(case: Row) -> None:
    if case["urgency"] != Urgency.IMMEDIATE_DANGER.value:
        raise DomainRefusalError(
            "NOT_VALIDATED", "Sauf danger immédiat, un superviseur valide avant la transmission.", "report"
        )


def _must_be_complete(report: Row) -> None:
    # L226-6: what the 119 heard, and its appraisal of it.
    for column, field in (
        ("summary_for_crip", "summaryForCrip"),
        ("appraisal", "appraisal"),
        ("danger_types", "dangerTypes"),
    ):
        if not report[column]:
            raise DomainRefusalError(
                "INCOMPLETE", "Il manque le résumé pour la CRIP, l'appréciation du 119 ou les types de danger.", field
            )


async def _transmit(work: Work, case: Row, report: Row, receiver: Row, *, field: str) -> None:
    """SENT now: the clocks of the receiver start, the ledger says what it is given, its CRIP is told."""
    await must_be_competent(work, case.id, receiver.id, field=field)
    due = acknowledge_due(work.now, receiver["timezone"], receiver["ack_working_days"])
    await work.update(
        concern_report,
        report.id,
        status=ReportStatus.SENT,
        to_authority_id=receiver.id,
        urgency=case["urgency"],
        sent_at=work.now,
        acknowledged_at=None,
        qualified_at=None,
        # Who would have sent it where is said to the 119, never to the next authority.
        suggested_department_code=None,
        acknowledge_due_at=due,
        evaluation_due_at=None,
        return_due_at=None,
        due_at=due,
    )
    named = await named_caller(work, report["origin_contact_id"])
    caller_too = sorted(named, key=lambda category: category.value)
    await work.disclose("IP_SENT", case.id, [*TRANSMITTED, *caller_too], to_authority=receiver.id)
    await work.event("report.sent", report.id, situation=case.id, audiences=CRIPS)


async def named_caller(work: Work, contact: UUID | None) -> frozenset[Category]:
    """What a CRIP gets of the caller with a report (condition 7)."""
    if await work.one(_TRANSMISSIBLE, contact=contact) is None:
        return frozenset()
    return frozenset({Category.CALLER_IDENTITY, Category.CALLER_CATEGORY})


_TRANSMISSIBLE = select(ONE).where(
    same(caller.c.contact_id, "contact"),
    caller.c.anonymity == literal_column(f"'{CallerAnonymity.TRANSMISSIBLE_CRIP.value}'"),
)


COMMANDS = {
    "draftReport": Command(Act.DRAFT_REPORT, "ConcernReport", draft),
    "updateReportDraft": Command(Act.DRAFT_REPORT, "ConcernReport", update_draft),
    "validateReport": Command(Act.VALIDATE_REPORT, "ConcernReport", validate),
    "sendReport": Command(Act.SEND_REPORT, "ConcernReport", send),
    "resendReport": Command(Act.SEND_REPORT, "ConcernReport", resend),
}
