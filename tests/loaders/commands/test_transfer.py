"""A family moves: three regimes, what they ask for, what is handed over, and how long both authorities see the case."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from loaders.commands.transfer import REGIMES
from schema.deadlines import acknowledge_due, window_end
from schema.errors import BadInputError, NotFoundError
from schema.tables.contact import caller, contact
from schema.tables.protection import department_transfer, measure
from schema.tables.report import concern_report
from schema.tables.sharing import disclosure, information_duty
from schema.tables.situation import parental_holder, situation, situation_jurisdiction
from schema.vocabulary import ReportStatus, TransferDuty, TransferRegime, TransferState
from tests.loaders.commands.moves import D, Move, S, made_move, wish_of  # noqa: F401
from tests.loaders.commands.world import NORD, REUNION, made_world, public, together  # noqa: F401

DECISIONS = {TransferRegime.ADMINISTRATIVE: "ADMINISTRATIVE", TransferRegime.JUDICIAL: "JUDICIAL"}


# ---------------------------------------------------------------- asked for


@pytest.mark.parametrize("regime", TransferRegime)
async def test_a_transfer_is_asked_for_where_there_is_something_to_transfer(move: Move, regime: TransferRegime) -> None:
    wish = wish_of(move, regime)
    if regime is TransferRegime.REPORT_UNDER_WAY:
        await move.world.change(concern_report, move.report, status="RETURNED_TO_119")
    assert await move.refused("requestTransfer", move.origin, **wish) == "NOTHING_TO_TRANSFER"
    if regime is TransferRegime.REPORT_UNDER_WAY:
        await move.world.change(concern_report, move.report, status="ACKNOWLEDGED")
    else:
        over = await move.measure(DECISIONS[regime], ends_on=move.world.now.date() - timedelta(days=3))
        assert await move.refused("requestTransfer", move.origin, **wish) == "NOTHING_TO_TRANSFER"
        await move.world.change(measure, over, ends_on=None, authority_id=REUNION)
        assert await move.refused("requestTransfer", move.origin, **wish) == "NOTHING_TO_TRANSFER"
        await move.world.change(measure, over, authority_id=NORD)

    made = await move.done("requestTransfer", move.origin, **wish)

    row = await move.world.row(department_transfer, made)
    assert {name: row[name] for name in ("regime", "state", "origin_authority_id", "destination_authority_id", "department_code")} == {
        "regime": regime.value, "state": "REQUESTED", "origin_authority_id": NORD, "destination_authority_id": REUNION,
        "department_code": "974",
    }  # fmt: skip
    assert await move.world.events(made) == [
        {"kind": "transfer.requested", "situation_id": move.case, "audiences": ["DLPM", "CRIP"]}
    ]
    assert await move.refused("requestTransfer", move.origin, **wish) == "ALREADY_RECORDED"
    await move.world.change(department_transfer, made, state="CLOSED")
    await move.done("requestTransfer", move.origin, **wish)


async def test_the_destination_answers_for_the_department_and_is_another_authority(move: Move) -> None:
    wish = wish_of(move)
    assert await move.refused("requestTransfer", move.origin, **{**wish, "department_code": "13"}) == "NOT_COMPETENT"
    here = {**wish, "department_code": "59", "destination_authority": public("Authority", NORD)}
    assert await move.refused("requestTransfer", move.origin, **here) == "SAME_AUTHORITY"
    for half in ("department_code", "destination_authority"):
        with pytest.raises(BadInputError):
            await move.world.act("requestTransfer", move.origin, **{**wish, half: None})
    assert await move.world.rows(department_transfer, department_transfer.c.situation_id == move.case) == []


async def test_a_case_that_is_closed_or_out_of_reach_is_not_transferred(move: Move) -> None:
    errors = []
    for case in (public("Situation", move.case), public("Situation")):
        with pytest.raises(NotFoundError) as caught:
            await move.world.act("requestTransfer", move.destination, **{**wish_of(move), "situation": case})
        errors.append((caught.value.code, caught.value.sentence))
    assert errors[0] == errors[1]
    await move.world.change(situation, move.case, status="CLOSED")
    assert await move.refused("requestTransfer", move.origin, **wish_of(move)) == "WRONG_STATE"


# ---------------------------------------------------------------- the parents


@pytest.mark.parametrize("duty", TransferDuty)
@pytest.mark.parametrize("regime", TransferRegime)
async def test_each_regime_asks_for_its_own_duty(move: Move, regime: TransferRegime, duty: TransferDuty) -> None:
    one = await move.transfer(regime=regime.value)
    wish = {"transfer": public("DepartmentTransfer", one), "duty": duty, "person": "la mère"}
    told = duty in {D.INFORMED, D.AGREEMENT_WRITTEN}
    # domain.md, section 5: report under way -> informed; administrative -> written agreement, else danger; judicial -> informed.
    lawful = (regime is TransferRegime.ADMINISTRATIVE) == (duty in {D.AGREEMENT_WRITTEN, D.DANGER_OVERRIDE})
    assert (duty in REGIMES[regime]) is lawful
    if not lawful:
        assert await move.refused("recordTransferDuty", move.origin, **wish, reason="motif") == "WRONG_DUTY"
        return
    if not told:
        assert await move.refused("recordTransferDuty", move.origin, **wish) == "MISSING_REASON"
        dated = {**wish, "reason": "La mère exploite l'enfant.", "done_at": move.world.now}
        assert await move.refused("recordTransferDuty", move.origin, **dated) == "DONE_OR_WAIVED"
        wish["reason"] = "La mère exploite l'enfant."
    await move.done("recordTransferDuty", move.origin, **wish)
    row = await move.world.row(department_transfer, one)
    assert (row["state"], row["duty"], row["duty_at"]) == ("DUTY", duty.value, move.world.now)
    recorded = await move.world.row(information_duty, row["duty_id"])
    assert {name: recorded[name] for name in ("situation_id", "by_id", "duty", "person", "done_at", "waiver", "reason")} == {
        "situation_id": move.case, "by_id": move.origin.member_id, "duty": "DEPARTMENT_TRANSFER", "person": "la mère",
        "done_at": move.world.now if told else None, "waiver": None if told else "CHILD_INTEREST", "reason": wish.get("reason"),
    }  # fmt: skip
    assert await move.refused("recordTransferDuty", move.origin, **wish) == "WRONG_STATE"


async def test_telling_a_dangerous_parent_has_to_be_confirmed(move: Move) -> None:
    await move.world.add(parental_holder, situation_id=move.case, minor_id=move.child, danger_if_informed="YES")
    one = await move.transfer()
    wish = {"transfer": public("DepartmentTransfer", one), "duty": D.INFORMED, "person": "le père"}
    assert await move.refused("recordTransferDuty", move.origin, **wish) == "DANGER_IF_INFORMED"
    await move.done("recordTransferDuty", move.origin, **wish, danger_confirmed=True)


# ---------------------------------------------------------------- sent, received


async def test_before_it_is_sent_the_destination_knows_nothing_and_then_it_sees_its_report(move: Move) -> None:
    world = move.world
    duty = await world.add(
        information_duty, situation_id=move.case, duty="DEPARTMENT_TRANSFER", person="mère", done_at=world.now
    )
    one = await move.transfer(S.DUTY, duty="INFORMED", duty_id=duty)
    wish = {"transfer": public("DepartmentTransfer", one)}
    assert await move.refused("receiveTransfer", move.destination, **wish) == "NOT_FOUND"
    version = await world.version(move.origin, "DepartmentTransfer", one)

    await move.done("sendTransfer", move.origin, **wish, expected_version=version)

    assert await move.state(one) == "SENT"
    [competence] = await world.rows(
        situation_jurisdiction,
        situation_jurisdiction.c.situation_id == move.case,
        situation_jurisdiction.c.authority_id == REUNION,
    )
    assert (competence["role"], competence["department_code"], competence["starts_at"], competence["ends_at"]) == (
        "RESIDENCE", "974", world.now, None,
    )  # fmt: skip
    [copy] = await world.rows(
        concern_report, concern_report.c.situation_id == move.case, concern_report.c.to_authority_id == REUNION
    )
    first = await world.row(concern_report, move.report)
    kept = ("minor_id", "controller_org_id", "summary_for_crip", "appraisal", "danger_types", "origin_contact_id")
    assert {name: copy[name] for name in kept} == {name: first[name] for name in kept}
    due = acknowledge_due(world.now, "Indian/Reunion", 2)
    expected = {
        "status": "SENT", "kind": "INITIAL", "transmitter_code": "520", "sent_at": world.now, "acknowledge_due_at": due,
        "due_at": due, "evaluation_due_at": None, "qualified_at": None, "conclusion": None, "complements_report_id": None,
    }  # fmt: skip
    assert {name: copy[name] for name in expected} == expected
    assert first["status"] == "QUALIFIED"
    [line] = await world.rows(disclosure, disclosure.c.situation_id == move.case)
    assert (line["act"], line["to_authority_id"], line["from_org_id"], line["duty_id"]) == (
        "DEPARTMENT_TRANSFER", REUNION, move.origin.organisation_id, duty,
    )  # fmt: skip
    assert line["field_groups"] == ["G01", "G02", "G03", "G04", "G05", "G08", "G11", "G12"]
    # Each authority sees its own report and not the other's; both see the transfer, and nobody else does.
    for officer, mine, others in ((move.origin, move.report, copy["id"]), (move.destination, copy["id"], move.report)):
        assert await world.version(officer, "ConcernReport", mine)
        assert await world.version(officer, "DepartmentTransfer", one)
        with pytest.raises(AssertionError):
            await world.version(officer, "ConcernReport", others)
    with pytest.raises(AssertionError):
        await world.version(move.stranger, "DepartmentTransfer", one)
    assert await world.refused("receiveTransfer", move.stranger, **wish) == "NOT_FOUND"


async def test_from_reception_on_both_see_the_case_until_the_window_ends(move: Move) -> None:
    world = move.world
    custody = await world.add(
        situation_jurisdiction, situation_id=move.case, authority_id=NORD, department_code="59", role="CUSTODY",
        starts_at=world.now - timedelta(days=1),
    )  # fmt: skip
    one = await move.transfer(S.DUTY, duty="INFORMED")
    wish = {"transfer": public("DepartmentTransfer", one)}
    await move.done("sendTransfer", move.origin, **wish)
    assert await move.refused("receiveTransfer", move.origin, **wish) == "NOT_YOUR_TRANSFER"
    await move.done("receiveTransfer", move.destination, **wish)
    end = window_end(world.now, "Europe/Paris")
    row = await world.row(department_transfer, one)
    assert (row["state"], row["received_at"], row["window_ends_at"]) == ("RECEIVED", world.now, end)
    assert end > world.now + timedelta(days=27)
    ends = {
        (competence["authority_id"], competence["role"]): competence["ends_at"]
        for competence in await world.rows(situation_jurisdiction, situation_jurisdiction.c.situation_id == move.case)
    }
    assert (ends[NORD, "RESIDENCE"], ends[NORD, "CUSTODY"], ends[REUNION, "RESIDENCE"]) == (end, None, None)
    await world.change(situation_jurisdiction, custody, ends_at=world.now)
    for officer in (move.origin, move.destination):
        assert await world.version(officer, "Situation", move.case)
    # The clock of the window is the relation's own: nothing has to happen for it to end.
    for competence in await world.rows(
        situation_jurisdiction,
        situation_jurisdiction.c.situation_id == move.case,
        situation_jurisdiction.c.ends_at == end,
    ):
        await world.change(situation_jurisdiction, competence["id"], ends_at=world.now - timedelta(seconds=1))
    assert await world.version(move.destination, "Situation", move.case)
    for noun, identity in (("Situation", move.case), ("ConcernReport", move.report), ("DepartmentTransfer", one)):
        with pytest.raises(AssertionError):
            await world.version(move.origin, noun, identity)


@pytest.mark.parametrize("state", ReportStatus)
async def test_an_authority_that_has_a_report_on_the_minor_gets_no_second_one(move: Move, state: ReportStatus) -> None:
    await move.world.add(
        situation_jurisdiction, situation_id=move.case, authority_id=REUNION, department_code="974", role="PRESENCE",
        starts_at=move.world.now - timedelta(days=1),
    )  # fmt: skip
    await move.world.report(move.case, REUNION, state, minor_id=move.child)
    one = await move.transfer(S.DUTY, duty="INFORMED")
    await move.done("sendTransfer", move.origin, transfer=public("DepartmentTransfer", one))
    found = await move.world.rows(
        concern_report, concern_report.c.situation_id == move.case, concern_report.c.to_authority_id == REUNION
    )
    unheard = state in {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED}
    assert len(found) == (2 if unheard else 1)


async def test_a_measure_moves_with_a_report_that_was_returned_long_ago(move: Move) -> None:
    await move.world.change(concern_report, move.report, status="RETURNED_TO_119")
    await move.measure("ADMINISTRATIVE")
    one = await move.transfer(S.DUTY, duty="AGREEMENT_WRITTEN", regime="ADMINISTRATIVE")
    await move.done("sendTransfer", move.origin, transfer=public("DepartmentTransfer", one))
    assert await move.world.version(move.destination, "DepartmentTransfer", one)
    [line] = await move.world.rows(disclosure, disclosure.c.situation_id == move.case)
    assert "G21" in line["field_groups"]


# ---------------------------------------------------------------- refusals alike

ACTS: dict[str, tuple[dict[str, Any], Iterable[TransferState]]] = {
    "recordTransferDuty": ({"duty": D.INFORMED, "person": "la mère"}, {S.REQUESTED}),
    "sendTransfer": ({}, {S.DUTY}),
    "receiveTransfer": ({}, {S.SENT}),
    "closeTransfer": ({}, {S.RECEIVED}),
}


@pytest.mark.parametrize("name", ACTS)
async def test_every_other_state_refuses_the_act(move: Move, name: str) -> None:
    wish, allowed = ACTS[name]
    await move.world.add(
        situation_jurisdiction, situation_id=move.case, authority_id=REUNION, department_code="974", role="PRESENCE",
        starts_at=move.world.now - timedelta(days=1),
    )  # fmt: skip
    await move.world.report(move.case, REUNION)
    actor = move.destination if name == "receiveTransfer" else move.origin
    for state in set(S) - set(allowed):
        parties = {"destination_authority_id": REUNION} if state is S.UNKNOWN_ADDRESS else {}
        one = await move.transfer(state, duty="INFORMED", window_ends_at=move.world.now, **parties)
        assert await move.refused(name, actor, transfer=public("DepartmentTransfer", one), **wish) == "WRONG_STATE"


@pytest.mark.parametrize("name", [*ACTS, "declareAddressUnknown", "recordTransferAddress"])
async def test_out_of_reach_is_not_found_and_a_stale_version_is_refused(move: Move, name: str) -> None:
    wish, allowed = ACTS.get(name, ({}, {S.REQUESTED}))
    if name == "recordTransferAddress":
        wish = {"department_code": "974", "destination_authority": public("Authority", REUNION)}
    one = await move.transfer(next(iter(allowed)), duty="INFORMED")
    errors = []
    for target in (public("DepartmentTransfer", one), public("DepartmentTransfer")):
        with pytest.raises(NotFoundError) as caught:
            await move.world.act(name, move.stranger, transfer=target, **wish)
        errors.append((caught.value.code, caught.value.sentence, caught.value.reason))
    assert errors[0] == errors[1]
    assert (await move.world.log(move.world.traces[-2]))["situations"] == []
    named = {**wish, "transfer": public("DepartmentTransfer", one)}
    assert await move.refused(name, move.origin, **named, expected_version="old") == "STALE_VERSION"


async def test_of_two_sendings_at_once_one_wins(move: Move) -> None:
    one = await move.transfer(S.DUTY, duty="INFORMED")
    wish = {"transfer": public("DepartmentTransfer", one)}
    outcomes = await together(
        move.world.act("sendTransfer", move.origin, **wish), move.world.act("sendTransfer", move.origin, **wish)
    )
    assert sorted(outcome.refusal.code if outcome.refusal else "" for outcome in outcomes) == ["", "WRONG_STATE"]
    assert len(await move.world.rows(disclosure, disclosure.c.situation_id == move.case)) == 1


async def test_a_transfer_from_before_says_first_how_the_duty_was_met(move: Move) -> None:
    one = await move.transfer(S.DUTY)
    wish = {"transfer": public("DepartmentTransfer", one)}
    assert await move.refused("sendTransfer", move.origin, **wish) == "DUTY_NOT_MET"
    await move.done("recordTransferDuty", move.origin, **wish, duty=D.INFORMED, person="la mère")
    await move.done("sendTransfer", move.origin, **wish)
    await move.world.change(department_transfer, one, state="RECEIVED")
    await move.done("closeTransfer", move.destination, **wish)


async def test_the_ledger_says_whether_a_caller_went_along(move: Move) -> None:
    owner = (await move.world.row(situation, move.case))["controller_org_id"]
    taken = await move.world.add(
        contact, situation_id=move.case, controller_org_id=owner, outcome="ANSWERED_IP", channel="PHONE", direction="IN"
    )
    named = {"contact_id": taken, "situation_id": move.case, "controller_org_id": owner}
    await move.world.add(caller, **named, anonymity="TRANSMISSIBLE_CRIP")
    await move.world.change(concern_report, move.report, origin_contact_id=taken)
    one = await move.transfer(S.DUTY, duty="INFORMED")
    await move.done("sendTransfer", move.origin, transfer=public("DepartmentTransfer", one))
    [line] = await move.world.rows(disclosure, disclosure.c.situation_id == move.case)
    assert line["field_groups"][-2:] == ["G06", "G07"]
