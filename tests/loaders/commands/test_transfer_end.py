"""A transfer ends at majority and at its closure, and waits for an address that is lost."""

from datetime import date, timedelta
from typing import Any

import pytest

from loaders.commands.transfer import BEFORE_SENT
from schema.deadlines import civil_date
from schema.tables.directory import authority
from schema.tables.protection import department_transfer
from schema.tables.report import concern_report
from schema.tables.situation import minor, situation
from schema.vocabulary import TransferState
from tests.loaders.commands.moves import D, Move, S, made_move, wish_of  # noqa: F401
from tests.loaders.commands.world import REUNION, World, made_world, public  # noqa: F401

# ---------------------------------------------------------------- majority


def born(world: World, years: int, days: int) -> date:
    """Somebody who turns so many years in so many days (no 29 February, which has a test of its own)."""
    day = world.now.date() + timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


@pytest.mark.parametrize(
    ("ages", "stops"),
    [
        ([{"age_band": "A18_20"}], True),
        ([{"age_band": "A15_17"}], False),
        ([{"birth": (18, -40)}], True),
        ([{"birth": (18, 40), "age_band": "A18_20"}], False),
        ([{"birth": (18, -40)}, {"age_band": "UNKNOWN"}], False),
        ([{"birth": (18, -40)}, {"age_band": "A18_20"}], True),
    ],
)
async def test_transmissions_stop_at_majority_without_a_measure(
    move: Move, ages: list[dict[str, Any]], stops: bool
) -> None:
    for number, given in enumerate(ages):
        values = {name: value for name, value in given.items() if name != "birth"}
        if "birth" in given:
            values["birth_date"] = born(move.world, *given["birth"])
        if number == 0:
            await move.world.change(minor, move.child, **values)
        else:
            await move.world.add(minor, situation_id=move.case, **values)
    one = await move.transfer(S.DUTY, duty="INFORMED")
    wish = {"transfer": public("DepartmentTransfer", one)}
    if stops:
        assert await move.refused("requestTransfer", move.origin, **wish_of(move)) == "MAJORITY"
        assert await move.refused("sendTransfer", move.origin, **wish) == "MAJORITY"
        await move.measure()
    await move.done("sendTransfer", move.origin, **wish)


async def test_they_stop_when_the_birthday_begins(move: Move) -> None:
    """On the day itself, not a day before and not a day after."""
    wish = wish_of(move)
    assert move.origin.authority_id is not None
    origin = await move.world.row(authority, move.origin.authority_id)
    today = civil_date(move.world.now, origin["timezone"])
    # Somebody whose birthday is the 29 February is of age the day before, in a common year.
    day = today - timedelta(days=1) if (today.month, today.day) == (2, 29) else today
    await move.world.change(minor, move.child, birth_date=day.replace(year=day.year - 18))
    assert await move.refused("requestTransfer", move.origin, **wish) == "MAJORITY"
    eve = today + timedelta(days=1)
    eve += timedelta(days=(eve.month, eve.day) == (2, 29))
    await move.world.change(minor, move.child, birth_date=eve.replace(year=eve.year - 18))
    await move.done("requestTransfer", move.origin, **wish)


async def test_what_has_ended_since_stops_the_transfer(move: Move) -> None:
    one = await move.transfer(S.DUTY, duty="INFORMED")
    await move.world.change(concern_report, move.report, status="RETURNED_TO_119")
    wish = {"transfer": public("DepartmentTransfer", one)}
    assert await move.refused("sendTransfer", move.origin, **wish) == "NOTHING_TO_TRANSFER"
    await move.world.change(concern_report, move.report, status="SENT")
    await move.world.change(situation, move.case, status="CLOSED")
    assert await move.refused("sendTransfer", move.origin, **wish) in {"WRONG_STATE", "NOT_FOUND"}


# ---------------------------------------------------------------- closed


async def test_the_origin_closes_once_its_report_is_returned_and_sees_nothing_more(move: Move) -> None:
    world = move.world
    one = await move.transfer(S.DUTY, duty="INFORMED")
    wish = {"transfer": public("DepartmentTransfer", one)}
    await move.done("sendTransfer", move.origin, **wish)
    assert await move.refused("closeTransfer", move.origin, **wish) == "WRONG_STATE"
    await move.done("receiveTransfer", move.destination, **wish)
    assert await move.refused("closeTransfer", move.destination, **wish) == "WINDOW_OPEN"
    assert await move.refused("closeTransfer", move.origin, **wish) == "REPORT_UNDER_WAY"
    await world.change(concern_report, move.report, status="RETURNED_TO_119")
    await move.done("closeTransfer", move.origin, **wish)
    row = await world.row(department_transfer, one)
    assert (row["state"], row["closed_at"]) == ("CLOSED", world.now)
    with pytest.raises(AssertionError):
        await world.version(move.origin, "Situation", move.case)
    assert await world.version(move.destination, "DepartmentTransfer", one)
    assert await move.refused("closeTransfer", move.destination, **wish) == "WRONG_STATE"


async def test_the_destination_closes_once_the_window_is_over(move: Move) -> None:
    one = await move.transfer(S.DUTY, duty="INFORMED")
    wish = {"transfer": public("DepartmentTransfer", one)}
    await move.done("sendTransfer", move.origin, **wish)
    await move.done("receiveTransfer", move.destination, **wish)
    await move.world.change(department_transfer, one, window_ends_at=move.world.now)
    await move.done("closeTransfer", move.destination, **wish)
    assert await move.state(one) == "CLOSED"


# ---------------------------------------------------------------- the address


@pytest.mark.parametrize("state", S)
async def test_an_address_is_lost_before_the_file_is_sent(move: Move, state: TransferState) -> None:
    duty = None if state is S.REQUESTED else "INFORMED"
    one = await move.transfer(state, duty=duty)
    wish = {"transfer": public("DepartmentTransfer", one)}
    found = {**wish, "department_code": "974", "destination_authority": public("Authority", REUNION)}
    if state not in BEFORE_SENT:
        assert await move.refused("declareAddressUnknown", move.origin, **wish) == "WRONG_STATE"
    else:
        await move.done("declareAddressUnknown", move.origin, **wish)
        row = await move.world.row(department_transfer, one)
        assert (row["state"], row["address_lost_at"], row["destination_authority_id"], row["department_code"]) == (
            "UNKNOWN_ADDRESS", move.world.now, None, None,
        )  # fmt: skip
        assert await move.refused("sendTransfer", move.origin, **wish) == "WRONG_STATE"
    if state in {S.SENT, S.RECEIVED, S.CLOSED}:
        assert await move.refused("recordTransferAddress", move.origin, **found) == "WRONG_STATE"
        return
    await move.done("recordTransferAddress", move.origin, **found)
    row = await move.world.row(department_transfer, one)
    assert (row["state"], row["destination_authority_id"]) == ("REQUESTED" if duty is None else "DUTY", REUNION)


async def test_a_transfer_asked_for_without_an_address_is_not_sent(move: Move) -> None:
    wish = {**wish_of(move), "department_code": None, "destination_authority": None}
    one = await move.done("requestTransfer", move.origin, **wish)
    named = {"transfer": public("DepartmentTransfer", one)}
    await move.done("recordTransferDuty", move.origin, **named, duty=D.INFORMED, person="le père")
    assert await move.refused("sendTransfer", move.origin, **named) == "NO_DESTINATION"
