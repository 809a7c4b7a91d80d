"""How a report ends: its return, what a CRIP writes after closure, and the prosecutor, seized in any state."""

from datetime import timedelta

import pytest

from schema.errors import BadInputError
from schema.tables.report import concern_report, concern_return, judicial_referral
from schema.tables.situation import situation
from schema.vocabulary import IpConclusion, ReportStatus
from tests.loaders.commands.desks import HIDDEN, S, desk
from tests.loaders.commands.world import NORD, World, made_world, public  # noqa: F401


@pytest.mark.parametrize("state", [S.CONCLUDED, S.NOT_QUALIFIED, S.COMPLEMENT_OF_EXISTING])
async def test_the_return_answers_the_119(world: World, state: ReportStatus) -> None:
    here = await desk(world)
    decided = world.now - timedelta(days=1)
    report = await world.report(here.case, NORD, state, due_at=world.now, qualified_at=decided)
    before = await world.row(concern_report, report)
    codes = ["DECISION:1", "NATPDECADM:10", "VIOLSEX:2", "DECISION:1"]
    wish = {"report": public("ConcernReport", report), "conclusion": IpConclusion.ADMIN_SUPPORT, "codes": codes}
    assert (await world.act("returnReport", here.tool, **wish)).subject == report
    assert await world.row(concern_report, report) == before | {"status": "RETURNED_TO_119", "due_at": None}
    [answer] = await world.rows(concern_return, concern_return.c.report_id == report)
    answer.pop("id")
    assert answer == {
        "situation_id": here.case,
        "report_id": report,
        "authority_id": NORD,
        "conclusion": "ADMIN_SUPPORT",
        "codes": ["DECISION:1", "NATPDECADM:10", "VIOLSEX:2"],
        "decided_at": decided,
        "received_at": world.now,
    }
    assert [event["kind"] for event in await world.events(report)] == ["report.returned"]


@pytest.mark.parametrize(
    "codes", [["NATPDECADM:77"], ["DECISION:1", "10"], ["VIOLSEX:3"], ["PROSTITUTION:1"], ["CONCLUSION:MOVED"]]
)
async def test_a_return_with_a_code_that_no_list_has_is_refused(world: World, codes: list[str]) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, S.CONCLUDED)
    before = await world.row(concern_report, report)
    wish = {"report": public("ConcernReport", report), "conclusion": IpConclusion.UNKNOWN, "codes": codes}
    assert await world.refused("returnReport", here.officer, **wish) == "UNKNOWN_CODE"
    assert await world.row(concern_report, report) == before
    assert await world.rows(concern_return, concern_return.c.report_id == report) == []
    assert await world.events(report) == []


async def test_a_decision_before_the_transmission_or_in_the_future_is_refused(world: World) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, S.CONCLUDED)
    wish = {"report": public("ConcernReport", report), "conclusion": IpConclusion.UNKNOWN}
    assert (
        await world.refused("returnReport", here.officer, decided_at=world.now - timedelta(days=4), **wish)
        == "DECIDED_BEFORE_SENT"
    )
    with pytest.raises(BadInputError):
        await world.act("returnReport", here.officer, decided_at=world.now + timedelta(days=1), **wish)
    assert await world.rows(concern_return, concern_return.c.report_id == report) == []


async def test_a_late_return_is_possible_after_closure(world: World) -> None:
    here = await desk(world)
    for state in sorted(set(ReportStatus) - HIDDEN - {S.RETURNED_TO_119}):
        report = await world.report(here.case, NORD, state)
        await world.change(situation, here.case, status="CLOSED")
        wish = {"report": public("ConcernReport", report), "conclusion": IpConclusion.CLASSIFIED}
        assert (await world.act("returnReport", here.officer, **wish)).subject == report
        assert await world.refused("returnReport", here.officer, **wish) == "WRONG_STATE"


@pytest.mark.parametrize("state", sorted(set(ReportStatus) - HIDDEN))
async def test_the_prosecutor_may_be_seized_in_any_state(world: World, state: ReportStatus) -> None:
    here = await desk(world)
    report = await world.report(here.case, NORD, state)
    before = await world.row(concern_report, report)
    at = world.now - timedelta(hours=2)
    wish = {
        "report": public("ConcernReport", report),
        "motif_sig": "5",
        "at": at,
        "by": " CRIP ",
        "copy_to_pcd_at": world.now,
    }
    outcome = await world.act("recordJudicialReferral", here.officer, **wish)
    assert outcome.subject is not None
    row = await world.row(judicial_referral, outcome.subject)
    assert row == {
        "id": outcome.subject,
        "situation_id": here.case,
        "report_id": report,
        "authority_id": NORD,
        "at": at,
        "by": "CRIP",
        "copy_to_pcd_at": world.now,
        "motif_sig": "5",
    }
    assert await world.row(concern_report, report) == before
    assert [event["kind"] for event in await world.events(outcome.subject)] == ["judicial_referral.recorded"]


async def test_a_judicial_referral_needs_a_known_motive_and_sane_times(world: World) -> None:
    here = await desk(world)
    wish = {"report": public("ConcernReport", here.other_report)}
    assert await world.refused("recordJudicialReferral", here.officer, motif_sig="7", **wish) == "UNKNOWN_CODE"
    early = world.now - timedelta(days=1)
    assert (
        await world.refused("recordJudicialReferral", here.officer, motif_sig="5", copy_to_pcd_at=early, **wish)
        == "COPY_BEFORE_REFERRAL"
    )
    for wrong in ({"motif_sig": "  "}, {"motif_sig": "5", "at": world.now + timedelta(days=1)}):
        with pytest.raises(BadInputError):
            await world.act("recordJudicialReferral", here.officer, **wish, **wrong)
    assert await world.rows(judicial_referral, judicial_referral.c.situation_id == here.case) == []


async def test_a_report_out_of_reach_has_no_prosecutor_either(world: World) -> None:
    here = await desk(world)
    for state in HIDDEN:
        report = await world.report(here.case, NORD, state)
        assert (
            await world.refused(
                "recordJudicialReferral", here.officer, report=public("ConcernReport", report), motif_sig="5"
            )
            == "NOT_FOUND"
        )
    assert await world.rows(judicial_referral, judicial_referral.c.situation_id == here.case) == []
