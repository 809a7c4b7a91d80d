"""Condition 14 (CASF D226-2-5): who evaluates does not follow the family; an exception says why and is ledgered."""

from typing import Any
from uuid import UUID

import pytest

from schema.tables.protection import ase_link, measure
from schema.tables.report import evaluation
from schema.tables.sharing import disclosure
from schema.vocabulary import AseLinkState, MeasureDecision, OrgKind, ReportStatus, Role
from tests import oracle
from tests.loaders.commands.dlpm_world import REUNION, together
from tests.loaders.commands.sharing_world import (  # noqa: F401
    NORD,
    Office,
    made_desk,
    made_office,
    made_world,
    public,
)

ASSIGN = "assignEvaluator"


async def evaluating(office: Office) -> tuple[UUID, UUID]:
    """A report of which the evaluation has begun, by the real act."""
    case = await office.case()
    report = await office.notice(case, ReportStatus.QUALIFIED, acknowledged_at=office.now)
    await office.done("startEvaluation", office.officer, report=public("ConcernReport", report))
    return case, report


def wish(report: UUID, person: Any, **changes: Any) -> dict[str, Any]:
    return {"report": public("ConcernReport", report), "evaluator": public("Member", person), **changes}


async def test_an_evaluator_is_named_and_nothing_is_ledgered(office: Office) -> None:
    case, report = await evaluating(office)
    for person in (office.caseworker, office.other_officer):
        await office.done(ASSIGN, office.officer, **wish(report, person.member_id))
        [row] = await office.of(evaluation, case)
        assert (row["evaluator_id"], row["exception_reason"]) == (person.member_id, None)
    assert await office.of(disclosure, case) == []


@pytest.mark.parametrize("follows_by", ["link", "measure", "past link", "past measure"])
async def test_who_follows_the_family_evaluates_only_as_a_reasoned_ledgered_exception(
    office: Office, follows_by: str
) -> None:
    case, report = await evaluating(office)
    ended = follows_by.startswith("past")
    if follows_by.endswith("link"):
        gone: dict[str, Any] = {"ended_at": office.now} if ended else {}
        await office.link(case, office.ase, caseworker_id=office.caseworker.member_id, **gone)
    else:
        await office.add(
            measure, situation_id=case, authority_id=NORD, organisation_id=office.ase.id, decision="JUDICIAL", nature="15",
            caseworker_id=office.caseworker.member_id, starts_on=office.now.date().replace(month=1, day=1),
            ends_on=office.now.date().replace(month=1, day=2) if ended else None,
        )  # fmt: skip
    asked = wish(report, office.caseworker.member_id)
    # The oracle's sentence, with and without the reason.
    assert oracle.may_evaluate(caseworker_of_family=not ended, reason_ledgered=False) is ended
    if ended:
        await office.done(ASSIGN, office.officer, **asked)
        return
    assert await office.refused_unchanged(case, ASSIGN, office.officer, **asked) == "EVALUATOR_IS_CASEWORKER"
    blank = {**asked, "exception_reason": "  "}
    assert await office.refused_unchanged(case, ASSIGN, office.officer, **blank) == "EVALUATOR_IS_CASEWORKER"
    await office.done(ASSIGN, office.officer, **asked, exception_reason="Seul psychologue du secteur.")
    [row] = await office.of(evaluation, case)
    assert (row["evaluator_id"], row["exception_reason"]) == (
        office.caseworker.member_id, "Seul psychologue du secteur.",
    )  # fmt: skip
    [line] = await office.of(disclosure, case)
    assert (line["act"], line["from_org_id"], line["to_org_id"]) == (
        "EVALUATOR_EXCEPTION",
        office.crip.id,
        office.ase.id,
    )
    # Somebody else takes over: the exception is over, its line in the ledger stays.
    await office.done(ASSIGN, office.officer, **wish(report, office.other_officer.member_id))
    [row] = await office.of(evaluation, case)
    assert (row["evaluator_id"], row["exception_reason"]) == (office.other_officer.member_id, None)
    assert len(await office.of(disclosure, case)) == 1


async def test_an_exception_that_is_none_is_not_recorded(office: Office) -> None:
    case, report = await evaluating(office)
    asked = wish(report, office.caseworker.member_id, exception_reason="Au cas où.")
    assert await office.refused_unchanged(case, ASSIGN, office.officer, **asked) == "NO_EXCEPTION_HERE"


async def test_only_the_departments_own_habilitated_people_evaluate(office: Office) -> None:
    case, report = await evaluating(office)
    gone = await office.person(office.ase, Role.ASE)
    await office.suspend(gone)
    for person in (
        (await office.person(office.ase, Role.COO)).member_id,
        (await office.person(await office.partner(OrgKind.ASE, REUNION), Role.ASE)).member_id,
        office.worker.member_id,
        office.me.member_id,
        gone.member_id,
        None,
    ):
        assert await office.refused_unchanged(case, ASSIGN, office.officer, **wish(report, person)) == "NOT_HABILITATED"


@pytest.mark.parametrize("status", sorted(set(ReportStatus) - {ReportStatus.EVALUATING}))
async def test_an_evaluator_is_named_while_the_evaluation_lasts(office: Office, status: ReportStatus) -> None:
    case = await office.case()
    report = await office.notice(case, status)
    hidden = {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED}
    code = await office.refused_unchanged(case, ASSIGN, office.officer, **wish(report, office.caseworker.member_id))
    assert code == ("NOT_FOUND" if status in hidden else "WRONG_STATE")


async def test_after_closure_nobody_is_named_any_more(office: Office) -> None:
    case, report = await evaluating(office)
    await office.close(case)
    asked = wish(report, office.caseworker.member_id)
    assert await office.refused_unchanged(case, ASSIGN, office.officer, **asked) == "SITUATION_CLOSED"


async def test_of_naming_and_taking_charge_at_once_one_waits_and_is_refused(office: Office) -> None:
    for _ in range(4):
        case, report = await evaluating(office)
        await office.link(case, office.ase, state=AseLinkState.CONTACTED)
        charge = {"situation": public("Situation", case), "state": AseLinkState.CONFIRMED, "take_charge": True}
        outcomes = await together(
            office.act(ASSIGN, office.officer, **wish(report, office.caseworker.member_id)),
            office.act("answerAseLink", office.caseworker, **charge),
        )
        refused = [one.refusal.code for one in outcomes if one.refusal]
        assert refused in (["EVALUATOR_IS_CASEWORKER"], ["CASEWORKER_IS_EVALUATOR"])


@pytest.mark.parametrize("by", ["answerAseLink", "recordMeasure"])
async def test_who_evaluates_does_not_take_charge_of_the_family(office: Office, by: str) -> None:
    case, report = await evaluating(office)
    link = await office.link(case, office.ase, state=AseLinkState.CONTACTED, caseworker_id=None)
    await office.done(ASSIGN, office.officer, **wish(report, office.caseworker.member_id))
    # Reaches the case by another link, as any caseworker who records a measure does.
    asked: dict[str, Any] = {"situation": public("Situation", case), "take_charge": True}
    if by == "answerAseLink":
        asked |= {"state": AseLinkState.CONFIRMED}
    else:
        await office.link(case, office.ase, caseworker_id=office.caseworker.member_id)
        asked |= {"decision": MeasureDecision.JUDICIAL, "nature": "15", "starts_on": office.now.date()}
    refused = await office.refused_unchanged(case, by, office.caseworker, **asked)
    assert refused == "CASEWORKER_IS_EVALUATOR"
    await office.done(ASSIGN, office.officer, **wish(report, office.other_officer.member_id))
    await office.done(by, office.caseworker, **asked)
    if by == "answerAseLink":
        assert (await office.row(ase_link, link))["caseworker_id"] == office.caseworker.member_id
