"""What the CRIP does with a concern report (IP): the state machine from its reception to the return to the 119."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, literal_column, select

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, ONE, is_open, must_be, must_be_open, same
from loaders.commands.entry import names, past
from loaders.commands.official import check_codes
from loaders.commands.work import Command, Row, Work
from loaders.policy.relations import UNRETURNED
from schema.deadlines import evaluation_due, return_due
from schema.errors import DomainRefusalError
from schema.tables.directory import authority, department
from schema.tables.report import concern_report, concern_return, evaluation
from schema.types.acts_report import (
    AcknowledgeReportInput,
    ConcludeEvaluationInput,
    DeclareComplementInput,
    DeclareMisroutedInput,
    QualifyReportInput,
    ReturnReportInput,
    StartEvaluationInput,
)
from schema.vocabulary import ReportKind, ReportStatus, Urgency

# Which clock runs next in each state; in any other state nobody is waited for.
_RUNNING_CLOCK: Mapping[ReportStatus, str] = {
    ReportStatus.ACKNOWLEDGED: "evaluation_due_at",
    ReportStatus.QUALIFIED: "evaluation_due_at",
    ReportStatus.EVALUATING: "evaluation_due_at",
    ReportStatus.NOT_QUALIFIED: "return_due_at",
    ReportStatus.COMPLEMENT_OF_EXISTING: "return_due_at",
    ReportStatus.CONCLUDED: "return_due_at",
}
_DEPARTMENT = select(department.c.code).where(same(department.c.code, "code"))
_ZONE = select(authority.c.timezone).where(same(authority.c.id, "authority"))
_EVALUATION = select(evaluation.c.id).where(same(evaluation.c.report_id, "report")).with_for_update()
_ALONE = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("authority", type_=Text()), literal_column("15")))
)
_COMPLETED = select(ONE).where(same(concern_report.c.complements_report_id, "report")).limit(literal_column("1"))
_CODE_LENGTH = 40
_TO_RETURN = frozenset({ReportStatus.CONCLUDED, ReportStatus.NOT_QUALIFIED, ReportStatus.COMPLEMENT_OF_EXISTING})
# After closure no step leads to the return any more, so it is possible from wherever the report was left (rule 5.8).
_TO_RETURN_LATE = UNRETURNED


async def acknowledge(work: Work, wish: AcknowledgeReportInput) -> UUID:
    """SENT -> ACKNOWLEDGED; reception starts the clocks of the evaluation and of the return."""
    report = await _report(work, wish, ReportStatus.SENT)
    clocks = await _clocks(work, report, work.now)
    return await _move(
        work, report, ReportStatus.ACKNOWLEDGED, "report.acknowledged", acknowledged_at=work.now, **clocks
    )


async def qualify(work: Work, wish: QualifyReportInput) -> UUID:
    """ACKNOWLEDGED -> QUALIFIED | NOT_QUALIFIED."""
    report = await _report(work, wish, ReportStatus.ACKNOWLEDGED)
    status = ReportStatus.QUALIFIED if wish.qualified else ReportStatus.NOT_QUALIFIED
    return await _move(work, report, status, "report.qualified", qualified_at=work.now)


async def declare_misrouted(work: Work, wish: DeclareMisroutedInput) -> UUID:
    """SENT | ACKNOWLEDGED -> MISROUTED; the authority's access ends with this transaction."""
    report = await _report(work, wish, ReportStatus.SENT, ReportStatus.ACKNOWLEDGED)
    if wish.suggested_department is not None and await work.one(_DEPARTMENT, code=wish.suggested_department) is None:
        raise DomainRefusalError(
            "UNKNOWN_DEPARTMENT", "Ce code n'est pas celui d'un département.", "suggestedDepartment"
        )
    suggested = wish.suggested_department
    return await _move(work, report, ReportStatus.MISROUTED, "report.misrouted", suggested_department_code=suggested)


async def declare_complement(work: Work, wish: DeclareComplementInput) -> UUID:
    """ACKNOWLEDGED -> COMPLEMENT_OF_EXISTING of another report that the caller sees."""
    report = await _report(work, wish, ReportStatus.ACKNOWLEDGED)
    # Both reports are this authority's: of two declarations at once the second sees what the first has written.
    await work.one(_ALONE, authority=str(report["to_authority_id"]))
    completed = await work.visible("ConcernReport", wish.completes, field="completes")
    if completed.id == report.id:
        raise DomainRefusalError(
            "SAME_REPORT", "Une information préoccupante ne peut pas se compléter elle-même.", "completes"
        )
    if completed["complements_report_id"] is not None:
        raise DomainRefusalError(
            "NOT_THE_FIRST",
            "Celle-ci est déjà le complément d'une autre : indiquez l'information préoccupante initiale.",
            "completes",
        )
    if await work.one(_COMPLETED, report=report.id) is not None:
        raise DomainRefusalError(
            "IS_COMPLETED",
            "Une autre information préoccupante complète déjà celle-ci : elle reste l'initiale.",
            "report",
        )
    return await _move(
        work,
        report,
        ReportStatus.COMPLEMENT_OF_EXISTING,
        "report.complement",
        kind=ReportKind.COMPLEMENTARY,
        complements_report_id=completed.id,
        qualified_at=work.now,
    )


async def start_evaluation(work: Work, wish: StartEvaluationInput) -> UUID:
    """QUALIFIED -> EVALUATING."""
    report = await _report(work, wish, ReportStatus.QUALIFIED)
    # Rows from before this network have no clocks yet.
    due = (
        report["evaluation_due_at"]
        or (await _clocks(work, report, report["acknowledged_at"] or report["sent_at"]))["evaluation_due_at"]
    )
    await work.insert(
        evaluation,
        situation_id=report["situation_id"],
        report_id=report.id,
        authority_id=report["to_authority_id"],
        notified_at=work.now,
        due_at=due,
    )
    return await _move(work, report, ReportStatus.EVALUATING, "report.evaluating", evaluation_due_at=due)


async def conclude_evaluation(work: Work, wish: ConcludeEvaluationInput) -> UUID:
    """EVALUATING -> CONCLUDED."""
    report = await _report(work, wish, ReportStatus.EVALUATING)
    under_way = await work.one(_EVALUATION, report=report.id)
    if under_way is not None:
        await work.update(evaluation, under_way["id"], done_at=work.now)
    return await _move(
        work, report, ReportStatus.CONCLUDED, "report.concluded", concluded_at=work.now, conclusion=wish.conclusion
    )


async def return_to_sender(work: Work, wish: ReturnReportInput) -> UUID:
    """CONCLUDED | NOT_QUALIFIED | COMPLEMENT_OF_EXISTING -> RETURNED_TO_119: notice 2; late, from any state received."""
    codes = names(wish.codes, "codes", longest=_CODE_LENGTH)
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    late = not await is_open(work, report["situation_id"])
    _must_stand(report, _TO_RETURN_LATE if late else _TO_RETURN)
    await check_codes(work, codes, "codes")
    conclusion = wish.conclusion or report["conclusion"]
    if conclusion is None:
        raise DomainRefusalError("MISSING_CONCLUSION", "Indiquez comment le département conclut.", "conclusion")
    await work.insert(
        concern_return,
        situation_id=report["situation_id"],
        report_id=report.id,
        authority_id=report["to_authority_id"],
        conclusion=conclusion,
        codes=codes,
        decided_at=_decided_at(work, report, wish.decided_at),
        received_at=work.now,
    )
    return await _move(work, report, ReportStatus.RETURNED_TO_119, "report.returned")


def _decided_at(work: Work, report: Row, given: datetime | None) -> datetime:
    if given is None:
        known: datetime | None = report["concluded_at"] or report["qualified_at"]
        return known or work.now
    decided = past(given, "decidedAt", work.now)
    if report["sent_at"] is not None and decided < report["sent_at"]:
        raise DomainRefusalError(
            "DECIDED_BEFORE_SENT",
            "La décision ne peut pas précéder la transmission de l'information préoccupante.",
            "decidedAt",
        )
    return decided


def _must_stand(report: Row, allowed: Collection[ReportStatus]) -> None:
    """Refuse the step from any other state, and say from which it is taken: whoever takes it sees where a report stands."""
    states = " ou ".join(f"« {state.label} »" for state in ReportStatus if state in allowed)
    stands = ReportStatus(report["status"]).label
    sentence = f"L'information préoccupante est à l'état « {stands} » : cette étape se fait depuis l'état {states}."
    must_be(report, allowed, "report", sentence)


async def _report(work: Work, wish: Any, *allowed: ReportStatus) -> Row:
    """The report of an act, locked, and in a state in which the act is possible."""
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    _must_stand(report, allowed)
    await must_be_open(work, report, "report")
    return report


async def _clocks(work: Work, report: Row, received_at: datetime) -> dict[str, datetime]:
    """Both deadlines that start at reception, in the civil time of the competent authority."""
    found = await work.one(_ZONE, authority=report["to_authority_id"])
    assert found is not None  # noqa: S101 (a foreign key)
    zone: str = found["timezone"]
    return {
        "evaluation_due_at": evaluation_due(received_at, zone, Urgency(report["urgency"])),
        "return_due_at": return_due(received_at, zone),
    }


async def _move(work: Work, report: Row, status: ReportStatus, event: str, **values: Any) -> UUID:
    """Write the new state with the deadline that runs in it, and tell those who follow the report."""
    clock = _RUNNING_CLOCK.get(status)
    due = None if clock is None else values.get(clock, report[clock])
    await work.update(concern_report, report.id, status=status, due_at=due, **values)
    await work.event(event, report.id, situation=report["situation_id"], audiences=AUTHORITIES)
    return report.id


COMMANDS = {
    "acknowledgeReport": Command(Act.HANDLE_REPORT, "ConcernReport", acknowledge),
    "qualifyReport": Command(Act.HANDLE_REPORT, "ConcernReport", qualify),
    "declareMisrouted": Command(Act.HANDLE_REPORT, "ConcernReport", declare_misrouted),
    "declareComplement": Command(Act.HANDLE_REPORT, "ConcernReport", declare_complement),
    "startEvaluation": Command(Act.HANDLE_REPORT, "ConcernReport", start_evaluation),
    "concludeEvaluation": Command(Act.HANDLE_REPORT, "ConcernReport", conclude_evaluation),
    "returnReport": Command(Act.HANDLE_REPORT, "ConcernReport", return_to_sender),
}
