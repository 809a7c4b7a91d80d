"""What a listener records of an exchange: who may write it, and what the caller's anonymity forbids."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from schema.tables.contact import caller, contact, listening_note
from schema.tables.sharing import disclosure
from schema.tables.situation import situation
from schema.vocabulary import (
    CallerAnonymity,
    CallerCategory,
    Channel,
    ContactOutcome,
    Direction,
    ReportStatus,
    RetentionState,
    SituationStatus,
    TriState,
)
from tests.loaders.commands.dlpm_world import NORD, Desk, made_desk, made_world, public, together  # noqa: F401

COARSE = {
    "MOTHER": "FAMILY", "FATHER": "FAMILY", "STEP_PARENT": "FAMILY", "SIBLING": "FAMILY", "EXTENDED_FAMILY": "FAMILY",
    "ENTOURAGE": "OTHER", "PROFESSIONAL": "PROFESSIONAL", "WITNESS": "OTHER", "MINOR": "OTHER",
    "UNDISCLOSED": "UNDISCLOSED", "UNKNOWN": "UNDISCLOSED",
}  # fmt: skip
SPOKEN: dict[str, Any] = {"channel": Channel.PHONE, "outcome": ContactOutcome.ANSWERED_IP}
LEFT = set(ReportStatus) - {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED}


@pytest.mark.parametrize("category", CallerCategory)
async def test_a_contact_is_mine_and_its_coarse_category_is_computed(desk: Desk, category: CallerCategory) -> None:
    case = await desk.case()
    at = desk.now - timedelta(hours=2)
    one = await desk.done(
        "recordContact", desk.colleague, situation=public("Situation", case), caller_category=category, at=at, **SPOKEN
    )
    assert await desk.row(contact, one) == {
        "id": one, "situation_id": case, "controller_org_id": desk.dlpm.id, "taken_by_id": desk.colleague.member_id, "at": at,
        "channel": "PHONE", "direction": "IN", "outcome": "ANSWERED_IP", "caller_category": category.value,
        "caller_category_public": COARSE[category.value], "report_due_at": at + timedelta(hours=24),
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "contact.recorded", "situation_id": case, "audiences": ["DLPM"]}]
    assert await desk.events(case) == []
    assert (await desk.row(situation, case))["status"] == "OPEN"


async def test_an_incoming_contact_reopens_a_closed_situation_and_an_outgoing_one_does_not(desk: Desk) -> None:
    case = await desk.case(SituationStatus.CLOSED, closed_at=desk.now)
    out = {"situation": public("Situation", case), "direction": Direction.OUT, **SPOKEN}
    assert await desk.refused_unchanged(case, "recordContact", desk.me, **out) == "WRONG_STATE"
    await desk.done("recordContact", desk.me, situation=public("Situation", case), **SPOKEN)
    row = await desk.row(situation, case)
    assert (row["status"], row["closed_at"]) == ("REOPENED", None)
    assert [event["kind"] for event in await desk.events(case)] == ["situation.reopened"]
    await desk.done("recordContact", desk.me, **out)


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=-9000)])
async def test_a_contact_lies_neither_in_the_future_nor_before_the_minor_was_born(desk: Desk, shift: timedelta) -> None:
    case = await desk.case()
    wish = {"situation": public("Situation", case), "at": desk.now + shift, **SPOKEN}
    assert await desk.wrong_input(case, "recordContact", desk.me, **wish) == "INVALID_TIME"


async def test_a_moment_without_a_zone_is_no_moment(desk: Desk) -> None:
    case = await desk.case()
    wish = {"situation": public("Situation", case), "at": datetime(2026, 1, 1, 12), **SPOKEN}  # noqa: DTZ001 (the fault itself)
    assert await desk.wrong_input(case, "recordContact", desk.me, **wish) == "INVALID_TIME"


# ---------------------------------------------------------------- who called


async def test_only_the_listener_who_took_the_contact_says_who_called(desk: Desk) -> None:
    case = await desk.case()
    taken = await desk.contact(case, desk.colleague)
    wish = {
        "contact": public("Contact", taken),
        "anonymity": CallerAnonymity.KNOWN_119_ONLY,
        "name": " Dominique Exemple ",
    }
    assert await desk.refused_unchanged(case, "recordCaller", desk.me, **wish) == "NOT_YOUR_CONTACT"
    one = await desk.done(
        "recordCaller", desk.colleague, phone="0102030405", relation="voisine", lives_with_child=TriState.NO, **wish
    )
    assert await desk.row(caller, one) == {
        "id": one, "contact_id": taken, "situation_id": case, "controller_org_id": desk.dlpm.id, "name": "Dominique Exemple",
        "phone": "0102030405", "email": None, "relation": "voisine", "anonymity": "KNOWN_119_ONLY", "consent_at": None, "lives_with_child": "NO",
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "caller.recorded", "situation_id": case, "audiences": ["DLPM"]}]
    assert await desk.of(disclosure, case) == []


async def test_being_named_to_the_crip_needs_the_callers_consent(desk: Desk) -> None:
    case = await desk.case()
    taken = await desk.contact(case)
    wish = {"contact": public("Contact", taken), "anonymity": CallerAnonymity.TRANSMISSIBLE_CRIP, "name": "Dominique"}
    assert await desk.refused_unchanged(case, "recordCaller", desk.me, **wish) == "MISSING_CONSENT"
    one = await desk.done("recordCaller", desk.me, consent_given=True, **wish)
    row = await desk.row(caller, one)
    assert (row["anonymity"], row["consent_at"]) == ("TRANSMISSIBLE_CRIP", desk.now)


@pytest.mark.parametrize("field", ["name", "phone", "email"])
async def test_an_anonymous_caller_is_not_described(desk: Desk, field: str) -> None:
    case = await desk.case()
    wish = {"contact": public("Contact", await desk.contact(case)), "anonymity": CallerAnonymity.ANONYMOUS}
    assert await desk.refused_unchanged(case, "recordCaller", desk.me, **wish, **{field: "x"}) == "ANONYMOUS_CALLER"
    await desk.done("recordCaller", desk.me, **wish, **{field: "  "})


async def test_a_caller_who_takes_the_consent_back_is_anonymous_again(desk: Desk) -> None:
    case = await desk.case()
    taken = public("Contact", await desk.contact(case))
    first = await desk.done(
        "recordCaller",
        desk.me,
        contact=taken,
        anonymity=CallerAnonymity.TRANSMISSIBLE_CRIP,
        consent_given=True,
        name="Dominique",
    )
    again = await desk.done("recordCaller", desk.me, contact=taken, anonymity=CallerAnonymity.ANONYMOUS)
    assert again == first
    row = await desk.row(caller, first)
    assert (row["anonymity"], row["consent_at"], row["name"]) == ("ANONYMOUS", None, None)
    assert len(await desk.of(caller, case)) == 1


@pytest.mark.parametrize("status", ReportStatus)
async def test_naming_the_caller_after_the_report_has_left_is_in_the_ledger(desk: Desk, status: ReportStatus) -> None:
    case = await desk.case()
    taken = await desk.contact(case)
    await desk.notice(case, status, origin_contact_id=taken)
    wish = {"contact": public("Contact", taken), "anonymity": CallerAnonymity.TRANSMISSIBLE_CRIP, "consent_given": True}
    await desk.done("recordCaller", desk.me, **wish)
    await desk.done("recordCaller", desk.me, **wish, name="Dominique")
    lines = await desk.of(disclosure, case)
    assert [(line["act"], line["to_authority_id"], line["field_groups"]) for line in lines] == (
        [("CALLER_TRANSMISSIBLE", NORD, ["G06", "G07"])] if status in LEFT else []
    )


async def test_two_descriptions_at_once_leave_one_row(desk: Desk) -> None:
    case = await desk.case()
    wish = {"contact": public("Contact", await desk.contact(case)), "anonymity": CallerAnonymity.KNOWN_119_ONLY}
    outcomes = await together(
        desk.act("recordCaller", desk.me, name="A", **wish), desk.act("recordCaller", desk.me, name="B", **wish)
    )
    assert [one.refusal for one in outcomes] == [None, None]
    assert len(await desk.of(caller, case)) == 1


# ---------------------------------------------------------------- notes


async def note(desk: Desk, taken: UUID) -> dict[str, Any]:
    return {"contact": public("Contact", taken), "text": "  Elle dit qu'elle a peur.\n"}


async def test_notes_are_written_in_a_situation_of_mine(desk: Desk) -> None:
    mine = await desk.case()
    taken = await desk.contact(mine, desk.colleague)
    for writer in (desk.me, desk.colleague):
        one = await desk.done("writeListeningNote", writer, **await note(desk, taken))
        assert await desk.row(listening_note, one) == {
            "id": one, "contact_id": taken, "situation_id": mine, "author_id": writer.member_id, "text": "Elle dit qu'elle a peur.",
            "at": desk.now,
        }  # fmt: skip
        assert await desk.events(one) == [
            {"kind": "listening_note.written", "situation_id": mine, "audiences": ["DLPM"]}
        ]


async def test_notes_are_not_written_in_a_colleagues_situation(desk: Desk) -> None:
    case = await desk.case()
    taken = await desk.contact(case)
    assert (
        await desk.refused_unchanged(case, "writeListeningNote", desk.colleague, **await note(desk, taken))
        == "NOT_YOUR_CASE"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [(" \n ", "EMPTY"), ("x" * 10_001, "TOO_LONG"), ("a\x00b", "INVALID_TEXT"), ("\ud800", "INVALID_TEXT")],
)
async def test_a_text_that_cannot_be_kept_is_refused_before_it_is_written(desk: Desk, text: str, reason: str) -> None:
    case = await desk.case()
    wish = {"contact": public("Contact", await desk.contact(case)), "text": text}
    assert await desk.wrong_input(case, "writeListeningNote", desk.me, **wish) == reason


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"status": "CLOSED"}, "WRONG_STATE"), ({"retention_state": RetentionState.INTERMEDIATE.value}, "NOT_FOUND")],
)
async def test_nothing_is_written_in_a_situation_that_is_over(desk: Desk, columns: dict[str, str], code: str) -> None:
    case = await desk.case()
    taken = public("Contact", await desk.contact(case))
    await desk.change(situation, case, **columns)
    assert await desk.refused_unchanged(case, "writeListeningNote", desk.me, contact=taken, text="x") == code
    known = {"contact": taken, "anonymity": CallerAnonymity.KNOWN_119_ONLY}
    # Who called is read by the whole team, archived or not; a situation that is over takes no more of it.
    assert await desk.refused_unchanged(case, "recordCaller", desk.me, **known) == code
