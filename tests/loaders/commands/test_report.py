"""A CRIP's acts on a report: exactly the steps of the state machine, and nothing else moves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from schema.deadlines import evaluation_due, return_due
from schema.errors import BadInputError, NotFoundError, UnauthenticatedError
from schema.tables.oauth import oauth_token
from schema.tables.report import concern_report, concern_return, evaluation, judicial_referral
from schema.tables.situation import situation, situation_jurisdiction
from schema.vocabulary import IpConclusion, ReportStatus, Urgency
from tests.loaders.commands.desks import HIDDEN, S, desk
from tests.loaders.commands.world import NORD, REUNION, World, made_world, public, together  # noqa: F401

PARIS = "Europe/Paris"

# Of each act: what else it needs, and the states in which it is possible.
ACTS: Mapping[str, tuple[dict[str, Any], set[ReportStatus]]] = {
    "acknowledgeReport": ({}, {S.SENT}),
    "qualifyReport": ({"qualified": True}, {S.ACKNOWLEDGED}),
    "declareMisrouted": ({}, {S.SENT, S.ACKNOWLEDGED}),
    "declareComplement": ({"completes": public("ConcernReport")}, {S.ACKNOWLEDGED}),
    "startEvaluation": ({}, {S.QUALIFIED}),
    "concludeEvaluation": ({"conclusion": IpConclusion.CLASSIFIED}, {S.EVALUATING}),
    "returnReport": ({"conclusion": IpConclusion.CLASSIFIED}, {S.CONCLUDED, S.NOT_QUALIFIED, S.COMPLEMENT_OF_EXISTING}),
}


@pytest.mark.parametrize(
    ("urgency", "days"),
    [(Urgency.STANDARD, None), (Urgency.PRIORITY, None), (Urgency.IMMEDIATE_DANGER, 8)],
    ids=lambda value: str(value),
)
async def test_acknowledging_starts_both_clocks(world: World, urgency: Urgency, days: int | None) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, urgency=urgency.value, due_at=world.now)
    before, version = (
        await world.row(concern_report, report),
        await world.version(here.officer, "ConcernReport", report),
    )

    outcome = await world.act(
        "acknowledgeReport", here.officer, report=public("ConcernReport", report), expected_version=version
    )

    assert (outcome.subject, outcome.refusal) == (report, None)
    due = evaluation_due(world.now, PARIS, urgency)
    assert await world.row(concern_report, report) == before | {
        "status": "ACKNOWLEDGED",
        "acknowledged_at": world.now,
        "evaluation_due_at": due,
        "return_due_at": return_due(world.now, PARIS),
        "due_at": due,
    }
    if days:
        assert timedelta(days=days) < due - world.now <= timedelta(days=days + 1, hours=1)
    assert await world.events(report) == [
        {"kind": "report.acknowledged", "situation_id": here.case, "audiences": ["DLPM", "CRIP", "ASE"]}
    ]
    assert await world.version(here.officer, "ConcernReport", report) != version
    record = await world.log(world.traces[-1])
    assert (record["event"], record["outcome"], record["operation"]) == ("COMMAND", "OK", "acknowledgeReport")
    assert record["situations"] == [str(here.case)]
    assert record["member_id"] == here.officer.member_id


async def test_the_clocks_run_in_the_authoritys_zone(world: World) -> None:
    here = await desk(world, REUNION)
    report = await world.report(here.case, REUNION)
    await world.act("acknowledgeReport", here.officer, report=public("ConcernReport", report))
    row = await world.row(concern_report, report)
    assert row["return_due_at"] == return_due(world.now, "Indian/Reunion")
    assert row["return_due_at"].hour == 20


@pytest.mark.parametrize("qualified", [True, False])
async def test_qualifying(world: World, qualified: bool) -> None:
    here = await desk(world)
    evaluate, give_back = world.now + timedelta(days=10), world.now + timedelta(days=90)
    report = await world.report(
        here.case, NORD, S.ACKNOWLEDGED, evaluation_due_at=evaluate, return_due_at=give_back, due_at=evaluate
    )
    before = await world.row(concern_report, report)
    outcome = await world.act("qualifyReport", here.tool, report=public("ConcernReport", report), qualified=qualified)
    assert outcome.subject == report
    status, due = ("QUALIFIED", evaluate) if qualified else ("NOT_QUALIFIED", give_back)
    assert await world.row(concern_report, report) == before | {
        "status": status,
        "qualified_at": world.now,
        "due_at": due,
    }
    assert [event["kind"] for event in await world.events(report)] == ["report.qualified"]


@pytest.mark.parametrize("state", [S.SENT, S.ACKNOWLEDGED])
async def test_a_misrouted_report_leaves_the_crips_reach_at_once(world: World, state: ReportStatus) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, state, due_at=world.now)
    before = await world.row(concern_report, report)
    outcome = await world.act("declareMisrouted", here.officer, report=public("ConcernReport", report))
    assert outcome.subject == report
    assert await world.row(concern_report, report) == before | {"status": "MISROUTED", "due_at": None}
    assert [event["kind"] for event in await world.events(report)] == ["report.misrouted"]
    assert await world.refused("acknowledgeReport", here.officer, report=public("ConcernReport", report)) == "NOT_FOUND"


async def test_a_complement_names_the_report_it_completes(world: World) -> None:
    here = await desk(world)
    due = world.now + timedelta(days=90)
    report = await world.report(here.case, NORD, S.ACKNOWLEDGED, return_due_at=due)
    before = await world.row(concern_report, report)
    wish = {"report": public("ConcernReport", report), "completes": public("ConcernReport", here.other_report)}
    outcome = await world.act("declareComplement", here.officer, **wish)
    assert outcome.subject == report
    assert await world.row(concern_report, report) == before | {
        "status": "COMPLEMENT_OF_EXISTING",
        "kind": "COMPLEMENTARY",
        "complements_report_id": here.other_report,
        "qualified_at": world.now,
        "due_at": due,
    }


async def test_a_complement_of_itself_of_a_complement_or_of_something_out_of_reach_is_refused(world: World) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, S.ACKNOWLEDGED)
    child = await world.report(here.case, NORD, S.COMPLEMENT_OF_EXISTING, complements_report_id=here.other_report)
    elsewhere = await world.report(await world.situation(REUNION), REUNION)
    before = await world.row(concern_report, report)

    async def refusal(completes: UUID | None) -> str:
        return await world.refused(
            "declareComplement",
            here.officer,
            report=public("ConcernReport", report),
            completes=public("ConcernReport", completes),
        )

    assert await refusal(report) == "SAME_REPORT"
    assert await refusal(child) == "NOT_THE_FIRST"
    errors = []
    for completes in (elsewhere, None):
        with pytest.raises(BadInputError) as caught:
            await refusal(completes)
        errors.append((caught.value.sentence, caught.value.reason))
    assert errors == [("`completes` names nothing within your reach.", "UNKNOWN_REFERENCE")] * 2
    assert await world.row(concern_report, report) == before
    assert await world.events(report) == []


async def test_complements_stay_one_step_from_the_first_whoever_declares_at_the_same_time(world: World) -> None:
    here = await desk(world)
    for _ in range(3):
        pair = [await world.report(here.case, NORD, S.ACKNOWLEDGED) for _ in range(2)]
        wishes = [
            {"report": public("ConcernReport", one), "completes": public("ConcernReport", other)}
            for one, other in (pair, reversed(pair))
        ]
        outcomes = await together(*(world.act("declareComplement", here.officer, **wish) for wish in wishes))
        assert [one.refusal.code for one in outcomes if one.refusal] == ["NOT_THE_FIRST"]
        initial = next(wish["report"] for wish, outcome in zip(wishes, outcomes, strict=True) if outcome.refusal)
        chain = {"report": initial, "completes": public("ConcernReport", here.other_report)}
        assert await world.refused("declareComplement", here.officer, **chain) == "IS_COMPLETED"


async def test_an_evaluation_begins_and_ends(world: World) -> None:
    here = await desk(world)
    evaluate, give_back = world.now + timedelta(days=10), world.now + timedelta(days=90)
    report = await world.report(
        here.case, NORD, S.QUALIFIED, evaluation_due_at=evaluate, return_due_at=give_back, due_at=evaluate
    )
    before = await world.row(concern_report, report)

    assert (await world.act("startEvaluation", here.officer, report=public("ConcernReport", report))).subject == report
    assert await world.row(concern_report, report) == before | {"status": "EVALUATING"}
    [begun] = await world.rows(evaluation, evaluation.c.report_id == report)
    expected = {
        "situation_id": here.case,
        "authority_id": NORD,
        "notified_at": world.now,
        "due_at": evaluate,
        "done_at": None,
    }
    assert expected.items() <= begun.items()

    assert (
        await world.act(
            "concludeEvaluation", here.tool, report=public("ConcernReport", report), conclusion=IpConclusion.MOVED
        )
    ).subject == report
    assert await world.row(concern_report, report) == before | {
        "status": "CONCLUDED",
        "concluded_at": world.now,
        "due_at": give_back,
        "conclusion": "MOVED",
    }
    assert await world.row(evaluation, begun["id"]) == begun | {"done_at": world.now}
    assert [event["kind"] for event in await world.events(report)] == ["report.evaluating", "report.concluded"]


async def test_a_report_without_clocks_gets_its_evaluation_deadline_from_its_reception(world: World) -> None:
    here = await desk(world)
    received = world.now - timedelta(days=5)
    report = await world.report(here.case, NORD, S.QUALIFIED, acknowledged_at=received)
    await world.act("startEvaluation", here.officer, report=public("ConcernReport", report))
    due = evaluation_due(received, PARIS, Urgency.STANDARD)
    [begun] = await world.rows(evaluation, evaluation.c.report_id == report)
    row = await world.row(concern_report, report)
    assert (begun["due_at"], row["evaluation_due_at"], row["due_at"]) == (due, due, due)


@pytest.mark.parametrize("name", sorted({*ACTS, "recordJudicialReferral"} - {"returnReport"}))
async def test_after_closure_a_crip_writes_nothing_but_the_return(world: World, name: str) -> None:
    here = await desk(world)
    wish, allowed = ACTS.get(name, ({"motif_sig": "5"}, {S.SENT}))
    report = await world.report(here.case, NORD, min(allowed))
    before = await world.row(concern_report, report)
    await world.change(situation, here.case, status="CLOSED")
    wish = {**wish, "report": public("ConcernReport", report)}
    assert await world.refused(name, here.officer, **wish) == "SITUATION_CLOSED"
    assert await world.row(concern_report, report) == before
    assert await world.events(report) == []
    assert await world.rows(judicial_referral, judicial_referral.c.situation_id == here.case) == []


@pytest.mark.parametrize("name", ACTS)
async def test_every_other_state_refuses_the_act(world: World, name: str) -> None:
    here = await desk(world)
    wish, allowed = ACTS[name]
    codes = {}
    for state in set(ReportStatus) - allowed:
        report = await world.report(here.case, NORD, state)
        before = await world.row(concern_report, report)
        codes[state] = await world.refused(name, here.officer, report=public("ConcernReport", report), **wish)
        assert await world.row(concern_report, report) == before
        assert await world.events(report) == []
    assert codes == {state: "NOT_FOUND" if state in HIDDEN else "WRONG_STATE" for state in codes}
    assert await world.rows(evaluation, evaluation.c.situation_id == here.case) == []
    assert await world.rows(concern_return, concern_return.c.situation_id == here.case) == []


async def test_a_refused_step_says_where_the_report_stands_and_from_where_the_step_goes(world: World) -> None:
    here = await desk(world)
    report = public("ConcernReport", await world.report(here.case, NORD, S.QUALIFIED))
    refused = [
        (await world.act(name, here.officer, report=report)).refusal for name in ("acknowledgeReport", "returnReport")
    ]
    assert [one and one.sentence for one in refused] == [
        "L'information préoccupante est à l'état « qualifiée » : cette étape se fait depuis l'état « transmise ».",
        "L'information préoccupante est à l'état « qualifiée » : cette étape se fait depuis l'état "
        "« non qualifiée » ou « complément d'une IP existante » ou « conclue ».",
    ]


@pytest.mark.parametrize("name", [*ACTS, "recordJudicialReferral"])
async def test_out_of_reach_is_not_found_and_a_stale_version_is_refused(world: World, name: str) -> None:
    here, there = await desk(world), await desk(world, REUNION)
    wish, allowed = ACTS.get(name, ({"motif_sig": "5"}, {S.SENT}))
    report = await world.report(here.case, NORD, min(allowed))
    before = await world.row(concern_report, report)
    errors = []
    for target in (public("ConcernReport", report), public("ConcernReport")):
        with pytest.raises(NotFoundError) as caught:
            await world.act(name, there.officer, report=target, **wish)
        errors.append((caught.value.code, caught.value.sentence, caught.value.reason))
    assert errors[0] == errors[1]
    assert (await world.log(world.traces[-2]))["situations"] == (await world.log(world.traces[-1]))["situations"] == []

    assert (
        await world.refused(name, here.officer, report=public("ConcernReport", report), expected_version="old", **wish)
        == "STALE_VERSION"
    )
    assert (await world.log(world.traces[-1]))["event"] == "REFUSAL"
    assert await world.row(concern_report, report) == before
    assert await world.events(report) == []
    assert await world.rows(judicial_referral, judicial_referral.c.situation_id == here.case) == []


async def test_an_id_of_another_kind_is_bad_input(world: World) -> None:
    here = await desk(world)
    for wrong in (public("Situation", here.case), str(here.other_report), "rep_", f"rep_{here.other_report}".upper()):
        with pytest.raises(BadInputError) as caught:
            await world.act("acknowledgeReport", here.officer, report=wrong)
        assert caught.value.reason == "INVALID_ID"


async def test_reach_ends_with_the_jurisdiction_and_with_the_token(world: World) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD)
    [competence] = await world.rows(situation_jurisdiction, situation_jurisdiction.c.situation_id == here.case)
    await world.change(situation_jurisdiction, competence["id"], ends_at=world.now - timedelta(days=1))
    assert await world.refused("acknowledgeReport", here.officer, report=public("ConcernReport", report)) == "NOT_FOUND"
    await world.change(situation_jurisdiction, competence["id"], ends_at=None)
    await world.change(oauth_token, here.officer.token_id, revoked_at=world.now)  # type: ignore[arg-type]
    with pytest.raises(UnauthenticatedError):
        await world.act("acknowledgeReport", here.officer, report=public("ConcernReport", report))
    assert (await world.row(concern_report, report))["status"] == "SENT"


async def test_of_two_acknowledgements_at_once_one_wins(world: World) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD)
    wish = {"report": public("ConcernReport", report)}
    outcomes = await together(
        world.act("acknowledgeReport", here.officer, **wish), world.act("acknowledgeReport", here.tool, **wish)
    )
    assert sorted(outcome.refusal.code if outcome.refusal else "" for outcome in outcomes) == ["", "WRONG_STATE"]
    assert len(await world.events(report)) == 1
