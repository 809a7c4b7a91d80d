"""Who of the family was told: done or waived with a reason, and never blindly where telling is dangerous."""

from datetime import timedelta
from typing import Any

import pytest

from schema.tables.journal import outbox
from schema.tables.sharing import information_duty
from schema.tables.situation import parental_holder
from schema.vocabulary import DutyWaiver, InformationDutyKind, OrgKind, ReportStatus, Role
from tests.loaders.commands.dlpm_world import NORD, REUNION, Desk, made_desk, made_world, public  # noqa: F401

D = InformationDutyKind
NO_WAIVER = {D.JUDICIAL_REFERRAL, D.COMPUTER_FILE}


async def test_a_duty_that_was_done(desk: Desk) -> None:
    case = await desk.case()
    at = desk.now - timedelta(days=2)
    one = await desk.done(
        "recordDuty",
        desk.me,
        situation=public("Situation", case),
        duty=D.IP_TRANSMISSION,
        person=" la mère ",
        done_at=at,
    )
    assert await desk.row(information_duty, one) == {
        "id": one, "situation_id": case, "by_id": desk.me.member_id, "duty": "IP_TRANSMISSION", "person": "la mère", "done_at": at,
        "waiver": None, "reason": None, "in_writing": False, "danger_confirmed": False, "recorded_at": desk.now,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "duty.recorded", "situation_id": case, "audiences": ["DLPM", "CRIP"]}]


@pytest.mark.parametrize("kind", D)
async def test_a_duty_is_waived_where_the_text_allows_it_and_with_a_reason(
    desk: Desk, kind: InformationDutyKind
) -> None:
    case = await desk.case()
    wish: dict[str, Any] = {
        "situation": public("Situation", case),
        "duty": kind,
        "person": "le père",
        "waiver": DutyWaiver.CHILD_INTEREST,
    }
    if kind in NO_WAIVER:
        assert await desk.refused_unchanged(case, "recordDuty", desk.me, reason="danger", **wish) == "NO_WAIVER"
        return
    assert await desk.refused_unchanged(case, "recordDuty", desk.me, reason=" ", **wish) == "MISSING_REASON"
    one = await desk.done("recordDuty", desk.me, reason="Il serait l'auteur.", **wish)
    row = await desk.row(information_duty, one)
    assert (row["waiver"], row["reason"], row["done_at"]) == ("CHILD_INTEREST", "Il serait l'auteur.", None)


async def test_a_duty_is_done_or_waived_and_not_both(desk: Desk) -> None:
    case = await desk.case()
    wish: dict[str, Any] = {"situation": public("Situation", case), "duty": D.SHARING, "person": "la mère"}
    both = {"done_at": desk.now, "waiver": DutyWaiver.CHILD_INTEREST, "reason": "x"}
    for given in ({}, both):
        assert await desk.refused_unchanged(case, "recordDuty", desk.me, **wish, **given) == "DONE_OR_WAIVED"
    assert (
        await desk.wrong_input(case, "recordDuty", desk.me, done_at=desk.now + timedelta(hours=1), **wish)
        == "INVALID_TIME"
    )
    assert await desk.wrong_input(case, "recordDuty", desk.me, done_at=desk.now, **{**wish, "person": ""}) == "EMPTY"


@pytest.mark.parametrize(("danger", "asks"), [("YES", True), ("NO", False), ("UNKNOWN", False)])
async def test_telling_is_confirmed_where_it_is_known_to_be_dangerous(desk: Desk, danger: str, asks: bool) -> None:
    case = await desk.case()
    await desk.add(parental_holder, situation_id=case, minor_id=await desk.child(case), danger_if_informed=danger)
    wish: dict[str, Any] = {"situation": public("Situation", case), "duty": D.IP_TRANSMISSION, "person": "le père"}
    waived = {"waiver": DutyWaiver.CHILD_INTEREST, "reason": "danger"}
    await desk.done("recordDuty", desk.me, **wish, **waived)
    if asks:
        assert (
            await desk.refused_unchanged(case, "recordDuty", desk.me, done_at=desk.now, **wish) == "DANGER_IF_INFORMED"
        )
    one = await desk.done("recordDuty", desk.me, done_at=desk.now, danger_confirmed=asks, **wish)
    # On record: told all the same, knowingly.
    assert (await desk.row(information_duty, one))["danger_confirmed"] is asks


@pytest.mark.parametrize("kind", D)
async def test_the_referral_to_the_prosecutor_is_told_in_writing(desk: Desk, kind: InformationDutyKind) -> None:
    case = await desk.case()
    wish: dict[str, Any] = {
        "situation": public("Situation", case),
        "duty": kind,
        "person": "la mère",
        "done_at": desk.now,
    }
    if kind is D.JUDICIAL_REFERRAL:
        assert await desk.refused_unchanged(case, "recordDuty", desk.me, **wish) == "IN_WRITING"
    else:
        one = await desk.done("recordDuty", desk.me, **wish)
        assert (await desk.row(information_duty, one))["in_writing"] is False
    one = await desk.done("recordDuty", desk.me, in_writing=True, **wish)
    assert (await desk.row(information_duty, one))["in_writing"] is True


async def test_recording_a_duty_tells_nobody_of_the_family(desk: Desk) -> None:
    """Nobody is ever notified automatically: the one event goes to organisations of the network, and holds ids only."""
    case = await desk.case()
    wish = {"situation": public("Situation", case), "duty": D.SHARING, "person": "la mère, 06 00 00 00 00"}
    one = await desk.done("recordDuty", desk.me, done_at=desk.now, **wish)
    [event] = await desk.rows(outbox, outbox.c.situation_id == case, ~outbox.c.kind.startswith("row."))
    assert (event["subject_id"], event["kind"], event["audiences"]) == (one, "duty.recorded", ["DLPM", "CRIP"])
    assert "06 00" not in str(event)


async def test_a_listener_records_duties_of_its_own_cases_only(desk: Desk) -> None:
    case = await desk.case()
    wish: dict[str, Any] = {
        "situation": public("Situation", case),
        "duty": D.SHARING,
        "person": "la mère",
        "done_at": desk.now,
    }
    assert await desk.refused_unchanged(case, "recordDuty", desk.colleague, **wish) == "NOT_YOUR_CASE"
    await desk.contact(case, desk.colleague)
    await desk.done("recordDuty", desk.colleague, **wish)


async def test_a_crip_records_duties_once_a_report_has_reached_it(desk: Desk) -> None:
    case = await desk.case()
    officer, stranger = [await desk.person(await desk.partner(OrgKind.CRIP, one), Role.CRI) for one in (NORD, REUNION)]
    wish: dict[str, Any] = {
        "situation": public("Situation", case),
        "duty": D.EVALUATION_START,
        "person": "la mère",
        "done_at": desk.now,
    }
    assert await desk.refused_unchanged(case, "recordDuty", officer, **wish) == "NOT_FOUND"
    await desk.notice(case, ReportStatus.SENT)
    one = await desk.done("recordDuty", officer, **wish)
    assert (await desk.row(information_duty, one))["by_id"] == officer.member_id
    assert await desk.refused_unchanged(case, "recordDuty", stranger, **wish) == "NOT_FOUND"
    await desk.close(case)
    for caller in (officer, desk.me):
        assert await desk.refused_unchanged(case, "recordDuty", caller, **wish) == "WRONG_STATE"
