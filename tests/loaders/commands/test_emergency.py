"""Break-glass: one case, the groups listed, an hour, and a second person who approves."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.caller import Caller
from loaders.commands.emergency import openable
from loaders.emergency import opened_case
from schema.deadlines import review_due
from schema.tables.contact import caller as callers
from schema.tables.journal import outbox
from schema.tables.people import habilitation
from schema.tables.sharing import disclosure, emergency_access
from schema.tables.situation import minor, situation
from schema.vocabulary import (
    Audience,
    OrgKind,
    ReportStatus,
    Role,
)
from tests.loaders.commands.dlpm_world import REUNION, together
from tests.loaders.commands.sharing_world import made_desk, made_office, made_world, public  # noqa: F401
from tests.loaders.commands.watches import APPROVE, ASK, ASK_CALLER, CLOSE, OPEN, R, Watch, made_watch, receipt  # noqa: F401
from tests.loaders.commands.world import LANES

# ---------------------------------------------------------------- the data protection officer


async def test_a_dpo_reads_what_was_listed_once_a_second_person_has_approved(watch: Watch) -> None:
    office = watch.office
    one = await watch.ask()
    assert await watch.sees(watch.dpo) == [None]
    asked = await watch.row(one)
    assert (asked["situation_id"], asked["opened_at"], asked["expires_at"], asked["review"]) == (
        watch.case,
        None,
        None,
        None,
    )
    assert await office.of(disclosure, watch.case) == []

    await watch.approve(one)
    row = await watch.row(one)
    assert row == {
        **asked, "approved_by_id": watch.second.member_id, "approved_at": office.now, "opened_at": office.now,
        "expires_at": office.now + timedelta(minutes=60), "review": "PENDING",
        "review_due_at": review_due(office.now, "Europe/Paris"),
    }  # fmt: skip
    assert await watch.sees(watch.dpo) == ["Lina"]
    # The group that was listed, and no other; that person, and no other.
    assert await office.reads(watch.dpo, "Minor", "age_band", watch.case) == [None]
    assert await watch.sees(await office.person(office.dlpm, Role.DPO)) == [None]
    [line] = await office.of(disclosure, watch.case)
    assert (line["act"], line["field_groups"], line["to_org_id"], line["from_org_id"], line["purpose"]) == (
        "BREAK_GLASS", ["G03"], office.dlpm.id, office.dlpm.id, watch.second.purpose,
    )  # fmt: skip


async def test_it_closes_after_sixty_minutes_and_when_somebody_closes_it(watch: Watch) -> None:
    one = await watch.ask()
    await watch.approve(one)
    assert await watch.sees(watch.dpo) == ["Lina"]
    await watch.office.done(CLOSE, watch.second, receipt=receipt(one))
    assert await watch.sees(watch.dpo) == [None]
    assert await watch.office.refused_unchanged(watch.case, CLOSE, watch.dpo, receipt=receipt(one)) == "WRONG_STATE"
    again = await watch.ask()
    await watch.approve(again)
    begin = watch.office.now - timedelta(minutes=61)
    await watch.office.change(emergency_access, again, opened_at=begin, expires_at=begin + timedelta(minutes=60))
    assert await watch.sees(watch.dpo) == [None]


@pytest.mark.parametrize("groups", [[], ["G06"], ["G10"], ["G03", "G06"], ["G23"], ["G25"], ["G30"], ["G99"]])
async def test_a_dpo_opens_no_caller_no_note_and_nothing_of_others(watch: Watch, groups: list[str]) -> None:
    wish = {"ref": watch.ref, "reason_code": R.COMPLAINT, "reason": "x", "field_groups": groups}
    assert await watch.office.refused_unchanged(watch.case, ASK, watch.dpo, **wish) == "NOT_OPENABLE"


async def test_a_dpo_has_its_own_reasons_and_writes_them(watch: Watch) -> None:
    wish: dict[str, Any] = {"ref": watch.ref, "field_groups": ["G03"], "reason": "x"}
    assert (
        await watch.office.refused_unchanged(watch.case, ASK, watch.dpo, **wish, reason_code=R.IMMEDIATE_DANGER)
        == "NOT_YOUR_REASON"
    )
    wish["reason"] = " "
    assert await watch.office.wrong_input(watch.case, ASK, watch.dpo, **wish, reason_code=R.REQUISITION) == "EMPTY"


async def test_who_may_be_the_second_person(watch: Watch) -> None:
    office = watch.office
    [child] = await office.of(minor, watch.case)
    await office.notice(watch.case, ReportStatus.SENT, minor_id=child["id"])
    theirs = await office.person(office.crip, Role.DPO)
    stranger = await office.person(await office.partner(OrgKind.CRIP, REUNION), Role.CRI)
    for approver, code in (
        (office.officer, None),
        (await office.person(office.crip, Role.COO), None),
        (watch.second, None),
        (stranger, "NOT_FOUND"),
        (office.caseworker, "NOT_FOUND"),
        (watch.coordinator, "NOT_FOUND"),
    ):
        one = await watch.ask(theirs)
        if code is None:
            await watch.approve(one, approver)
            assert await watch.sees(theirs) == ["Lina"]
            await office.done(CLOSE, theirs, receipt=receipt(one))
        else:
            wish = {"receipt": receipt(one)}
            assert await office.refused_unchanged(watch.case, APPROVE, approver, **wish) == code
            assert await office.refused_unchanged(watch.case, APPROVE, approver, receipt=receipt(None)) == code
            assert await watch.sees(theirs) == [None]


async def test_two_people_are_two_and_two_approvals_are_one(watch: Watch) -> None:
    office = watch.office
    one = await watch.ask()
    await office.change(habilitation, watch.dpo.habilitation_id, role="SUP")  # type: ignore[arg-type]
    outcomes = await together(
        office.act(APPROVE, watch.second, receipt=receipt(one)), office.act(APPROVE, watch.third, receipt=receipt(one))
    )
    assert sorted(outcome.refusal.code if outcome.refusal else "" for outcome in outcomes) == ["", "WRONG_STATE"]
    assert len(await office.of(disclosure, watch.case)) == 1


async def test_an_old_request_is_made_again(watch: Watch) -> None:
    one = await watch.ask()
    await watch.office.change(emergency_access, one, requested_at=watch.office.now - timedelta(hours=24))
    assert await watch.office.refused_unchanged(watch.case, APPROVE, watch.second, receipt=receipt(one)) == "TOO_LATE"


# ---------------------------------------------------------------- a reference that is not theirs


async def _statements(watch: Watch, name: str, who: Caller, **wish: Any) -> tuple[list[str], UUID | None, Any]:
    """What an act asks of the database, and what it answers."""
    seen: list[str] = []
    async with AsyncExitStack() as stack:
        # Whichever the act will take.
        for _ in range(LANES):
            connection = await stack.enter_async_context(watch.office.lanes.acquire())
            connection.add_query_logger(lambda record: seen.append(record.query))
    outcome = await watch.office.act(name, who, **wish)
    # The driver looks types up at their first use on a connection, whoever asks.
    asked = [sql for sql in seen if "typeinfo_tree" not in sql and "set_config('jit'" not in sql]
    return asked, outcome.subject, outcome.refusal


@pytest.mark.parametrize("variant", ["dpo", "on call"])
async def test_a_foreign_reference_is_recorded_like_a_right_one(watch: Watch, variant: str) -> None:
    office = watch.office
    elsewhere = await office.situation(REUNION)
    foreign = (await office.row(situation, elsewhere))["ref"]
    if variant == "dpo":
        name, who = ASK, await office.person(office.ase, Role.DPO)
        wish: dict[str, Any] = {"reason_code": R.COMPLAINT, "reason": "x", "field_groups": ["G03"]}
    else:
        name, who, wish = OPEN, watch.on_call, {"reason": "x", "field_groups": ["G03"]}
    answers = []
    for ref in (watch.ref, foreign, "S-NOTHING"):
        asked, subject, refusal = await _statements(watch, name, who, ref=ref, **wish)
        assert refusal is None
        assert subject is not None
        answers.append((len(asked), (await office.log(office.traces[-1]))["outcome"]))
        row = await watch.row(subject)
        right = ref == watch.ref
        assert row["situation_id"] == (watch.case if right else None)
        assert row["member_id"] == who.member_id
        if not right:
            assert (row["review"], row["review_due_at"], row["confirm_due_at"]) == (None, None, None)
            [event] = await office.rows(outbox, outbox.c.subject_id == subject, ~outbox.c.kind.startswith("row."))
            assert (event["situation_id"], event["audiences"]) == (None, [])
            assert await opened_case(office.lanes, who, subject) is None
    assert len(set(answers)) == 1
    assert len(await office.of(emergency_access, elsewhere)) == 0
    assert len(await office.of(disclosure, elsewhere)) == 0


async def test_a_second_person_approves_a_foreign_reference_alike_and_it_opens_nothing(watch: Watch) -> None:
    office = watch.office
    elsewhere = await office.situation(REUNION)
    await office.child(elsewhere, first_name="Autre")
    theirs = await office.person(office.ase, Role.DPO)
    one = await watch.ask(theirs, ref=(await office.row(situation, elsewhere))["ref"])
    await watch.approve(one, watch.coordinator)
    row = await watch.row(one)
    assert (row["situation_id"], row["review"]) == (None, None)
    assert await office.reads(theirs, "Minor", "first_name", elsewhere) == []


def test_what_each_role_may_open_is_what_the_document_says() -> None:
    """Typed from the table: `-4` cells for a DPO; own O cells without a grant for the others."""
    assert {one.value for one in openable(Audience.DPO)} == set(
        "G02 G03 G04 G05 G09 G11 G13 G14 G15 G16 G17 G18 G19 G20 G21 G22 G24 G26 G36".split()
    )
    assert {one.value for one in openable(Audience.ASE)} == set(
        "G01 G02 G03 G04 G05 G12 G13 G14 G15 G16 G17 G18 G20 G21 G22 G23 G24 G27 G28 G29 G36".split()
    )
    assert {one.value for one in openable(Audience.ASM)} == set("G01 G02 G03 G04 G05 G16 G20 G23 G24 G25".split())


# ---------------------------------------------------------------- one caller, two supervisors


async def test_a_second_supervisor_opens_one_caller_and_not_the_others(watch: Watch) -> None:
    office = watch.office
    contacts = [await office.contact(watch.case), await office.contact(watch.case)]
    for number, one in enumerate(contacts):
        await office.caller_of(watch.case, one, "KNOWN_119_ONLY", name=f"Appelante {number}")
    wish = {"contact": public("Contact", contacts[0]), "reason_code": R.IMMEDIATE_DANGER, "reason": "Rappeler."}
    one = await office.done(ASK_CALLER, watch.second, **wish)
    assert await office.reads(watch.second, "Caller", "name", watch.case) == []
    code = await office.refused_unchanged(watch.case, APPROVE, watch.second, receipt=receipt(one))
    assert code == "SAME_PERSON"
    # Whoever may confirm a danger elsewhere is no second supervisor.
    assert await office.refused_unchanged(watch.case, APPROVE, watch.coordinator, receipt=receipt(one)) == "NOT_FOUND"
    await watch.approve(one, watch.third)
    # Sealed as it is stored: whoever may see it has it opened in the answer.
    [opened] = await office.rows(callers, callers.c.contact_id == contacts[0])
    assert await office.reads(watch.second, "Caller", "name", watch.case) == [opened["name"]]
    assert await office.reads(watch.third, "Caller", "name", watch.case) == []
    assert (await watch.row(one))["expires_at"] == office.now + timedelta(minutes=60)
    [line] = await office.of(disclosure, watch.case)
    assert (line["act"], line["field_groups"]) == ("BREAK_GLASS", ["G06"])


async def test_a_contact_without_a_caller_is_recorded_alike(watch: Watch) -> None:
    office = watch.office
    contact = await office.contact(watch.case)
    wish = {"contact": public("Contact", contact), "reason_code": R.COMPLAINT, "reason": "x"}
    one = await office.done(ASK_CALLER, watch.second, **wish)
    await watch.approve(one, watch.third)
    assert (await watch.row(one))["caller_id"] is None
    assert await office.reads(watch.second, "Caller", "name", watch.case) == []
