"""Break-glass: one case, the groups listed, an hour, a second person, an owner who is told, a third person who reviews."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import Table

from auth.caller import Caller
from loaders.commands.emergency import openable
from loaders.emergency import opened_case
from loaders.lapses import lapse
from schema.deadlines import review_due
from schema.tables.contact import caller as callers
from schema.tables.journal import outbox
from schema.tables.people import habilitation
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.sharing import disclosure, emergency_access
from schema.tables.situation import minor, situation
from schema.vocabulary import (
    Audience,
    BreakGlassReason,
    BreakGlassReview,
    OrgKind,
    Problematic,
    ReportStatus,
    Role,
    TriState,
)
from tests.loaders.commands.dlpm_world import REUNION, together
from tests.loaders.commands.sharing_world import Office, made_desk, made_office, made_world, public  # noqa: F401

ASK, ASK_CALLER, OPEN, APPROVE, CLOSE, REVIEW = (
    "requestControlAccess", "requestCallerIdentity", "openEmergencyAccess", "approveEmergencyAccess",
    "closeEmergencyAccess", "reviewEmergencyAccess",
)  # fmt: skip
R = BreakGlassReason


@dataclass
class Watch:
    """Who may open what, and who looks on."""

    office: Office
    dpo: Caller
    second: Caller
    third: Caller
    on_call: Caller
    coordinator: Caller
    case: UUID
    ref: str
    name: str = field(default="Lina")

    async def ask(self, who: Caller | None = None, **changes: Any) -> UUID:
        wish = {
            "ref": self.ref,
            "reason_code": R.COMPLAINT,
            "reason": "Réclamation de la mère.",
            "field_groups": ["G03"],
        }
        return await self.office.done(ASK, who or self.dpo, **{**wish, **changes})

    async def open(self, who: Caller | None = None, **changes: Any) -> UUID:
        wish = {"ref": self.ref, "reason": "Elle vient d'appeler, en pleurs.", "field_groups": ["G03"]}
        return await self.office.done(OPEN, who or self.on_call, **{**wish, **changes})

    async def approve(self, one: UUID, who: Caller | None = None) -> None:
        await self.office.done(APPROVE, who or self.second, receipt=receipt(one))

    async def row(self, one: UUID) -> dict[str, Any]:
        return await self.office.row(emergency_access, one)

    async def sees(self, who: Caller) -> list[Any]:
        """The first names that somebody reads in the case."""
        return await self.office.reads(who, "Minor", "first_name", self.case)

    async def told(self, who: Caller) -> list[Any]:
        """The reasons that somebody finds in the list of exceptional accesses to the case."""
        return await self.office.reads(who, "EmergencyAccess", "reason", self.case)


def receipt(one: UUID | None) -> str:
    return public("EmergencyAccess", one)


@pytest_asyncio.fixture(loop_scope="module", name="watch")
async def made_watch(office: Office) -> Watch:
    case = await office.case()
    await office.child(case, first_name="Lina")
    await office.link(case, office.ase, caseworker_id=office.caseworker.member_id)
    return Watch(
        office, await office.person(office.dlpm, Role.DPO), office.supervisor, await office.person(office.dlpm, Role.SUP),
        await office.person(office.ase, Role.ASE), await office.person(office.ase, Role.COO),
        case, (await office.row(situation, case))["ref"],
    )  # fmt: skip


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
    pool = watch.office.pool
    connections = [await pool.acquire() for _ in range(pool.get_max_size())]
    for one in connections:
        one.add_query_logger(lambda record: seen.append(record.query))
    for one in connections:
        await pool.release(one, timeout=5)
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
            assert await opened_case(office.pool, who, subject) is None
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


# ---------------------------------------------------------------- on call


async def test_a_colleague_on_call_reads_the_case_by_its_receipt_and_by_nothing_else(watch: Watch) -> None:
    office = watch.office
    one = await watch.open()
    opened = await opened_case(office.pool, watch.on_call, one)
    assert opened
    assert (opened.situation, opened.assignee) == (watch.case, office.caseworker.member_id)
    assert opened.groups == {"G03"}
    # No list, no search, no node: the case is not among theirs.
    for noun, column in (("Situation", "status"), ("Minor", "first_name"), ("EmergencyAccess", "reason")):
        assert await office.reads(watch.on_call, noun, column, watch.case) == []
    # Theirs alone, and while they stand.
    assert await opened_case(office.pool, office.caseworker, one) is None
    assert await opened_case(office.pool, watch.on_call, uuid4()) is None
    await office.suspend(watch.on_call)
    assert await opened_case(office.pool, watch.on_call, one) is None


async def test_no_act_goes_through_it(watch: Watch) -> None:
    await watch.open()
    wish = {"situation": public("Situation", watch.case), "kind": Problematic.RUNAWAY, "value": TriState.YES}
    assert await watch.office.refused_unchanged(watch.case, "recordProblematic", watch.on_call, **wish) == "NOT_FOUND"
    # Who follows the case may.
    await watch.office.done("recordProblematic", watch.office.caseworker, **wish)


@pytest.mark.parametrize("ending", ["time", "closed", "link", "case", "other service"])
async def test_what_ends_it_ends_it_at_the_next_read(watch: Watch, ending: str) -> None:
    office = watch.office
    one = await watch.open()
    assert await opened_case(office.pool, watch.on_call, one)
    if ending == "time":
        begin = office.now - timedelta(minutes=61)
        await office.change(emergency_access, one, opened_at=begin, expires_at=begin + timedelta(minutes=60))
    elif ending == "closed":
        await office.done(CLOSE, watch.coordinator, receipt=receipt(one))
    elif ending == "link":
        [link] = await office.of(ase_link, watch.case)
        await office.change(ase_link, link["id"], state="ENDED", ended_at=office.now)
    elif ending == "case":
        await office.close(watch.case)
    else:
        other = await office.person(await office.partner(OrgKind.ASE, REUNION), Role.ASE)
        [link] = await office.of(ase_link, watch.case)
        await office.change(ase_link, link["id"], caseworker_id=other.member_id)
    assert await opened_case(office.pool, watch.on_call, one) is None


async def test_a_second_person_confirms_within_the_hour_or_the_dpo_finds_it(watch: Watch) -> None:
    office = watch.office
    late = office.now - timedelta(minutes=70)
    confirmed, forgotten = await watch.open(), await watch.open()
    await watch.approve(confirmed, watch.coordinator)
    row = await watch.row(confirmed)
    assert (row["approved_by_id"], row["approved_at"], row["confirm_due_at"]) == (
        watch.coordinator.member_id, office.now, None,
    )  # fmt: skip
    await office.change(
        emergency_access, forgotten, opened_at=late, expires_at=late + timedelta(minutes=60),
        confirm_due_at=late + timedelta(minutes=60),
    )  # fmt: skip
    assert await opened_case(office.pool, watch.on_call, forgotten) is None
    code = await office.refused_unchanged(watch.case, APPROVE, watch.coordinator, receipt=receipt(forgotten))
    assert code == "TOO_LATE"
    theirs = await office.person(office.ase, Role.DPO)
    due = await office.reads(theirs, "EmergencyAccess", "confirm_due_at", watch.case)
    assert sorted(map(str, due)) == sorted(map(str, [None, late + timedelta(minutes=60)]))


async def test_who_may_confirm(watch: Watch) -> None:
    office = watch.office
    one = await watch.open()
    outsider = await office.person(await office.partner(OrgKind.ASE, REUNION), Role.ASE)
    for who, code in ((outsider, "NOT_FOUND"), (watch.second, "NOT_FOUND"), (watch.on_call, "SAME_PERSON")):
        assert await office.refused_unchanged(watch.case, APPROVE, who, receipt=receipt(one)) == code
    await watch.approve(one, office.caseworker)


async def test_who_has_reviewed_it_under_another_habilitation_does_not_confirm_it(watch: Watch) -> None:
    office = watch.office
    one = await watch.open()
    reviewer = await office.person(office.ase, Role.DPO)
    verdict = {"verdict": BreakGlassReview.JUSTIFIED, "reason": "Vu."}
    await office.done(REVIEW, reviewer, emergency_access=receipt(one), **verdict)
    # The same member, as the coordinator they are too.
    twice = replace(watch.coordinator, member_id=reviewer.member_id)
    assert await office.refused_unchanged(watch.case, APPROVE, twice, receipt=receipt(one)) == "SAME_PERSON"
    await watch.approve(one, watch.coordinator)


async def test_it_opens_a_colleagues_case_only_and_one_own_groups_only(watch: Watch) -> None:
    office = watch.office
    mine = await office.case()
    await office.link(mine, office.ase, caseworker_id=watch.on_call.member_id)
    nobodys = await office.case()
    await office.link(nobodys, office.ase)
    for case in (mine, nobodys):
        one = await watch.open(ref=(await office.row(situation, case))["ref"])
        assert (await watch.row(one))["situation_id"] is None
    for groups in ([], ["G06"], ["G10"], ["G11"], ["G19"], ["G26"], ["G03", "G07"]):
        wish = {"ref": watch.ref, "reason": "x", "field_groups": groups}
        assert await office.refused_unchanged(watch.case, OPEN, watch.on_call, **wish) == "NOT_OPENABLE"


async def test_a_worker_on_call_opens_a_colleagues_orientation_by_its_own_reference(watch: Watch) -> None:
    office = watch.office
    case = await office.shared_case()
    [orientation] = await office.of(referral, case)
    on_call = await office.person(office.association, Role.ASM)
    # Rule 5.9: the reference of the situation is none of theirs.
    stranger = await watch.open(on_call, ref=(await office.row(situation, case))["ref"])
    assert (await watch.row(stranger))["situation_id"] is None
    one = await watch.open(on_call, ref=orientation["ref"])
    opened = await opened_case(office.pool, on_call, one)
    assert opened
    assert (opened.situation, opened.assignee) == (case, office.worker.member_id)


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


# ---------------------------------------------------------------- told, reviewed


async def test_the_owner_is_told_at_once_and_others_are_not(watch: Watch) -> None:
    office = watch.office
    one = await watch.open(reason="Danger immédiat.")
    for who in (office.me, watch.second, office.caseworker, await office.person(office.ase, Role.DPO)):
        assert await watch.told(who) == ["Danger immédiat."], who.audience
    for who in (office.colleague, watch.on_call, office.officer):
        assert await watch.told(who) == [], who.audience
    [event] = await office.events(one)
    assert (event["kind"], event["situation_id"]) == ("emergency.opened", watch.case)
    assert {"DLPM", "ASE"} <= set(event["audiences"])


async def test_a_third_person_reviews(watch: Watch) -> None:
    office = watch.office
    one = await watch.ask()
    await watch.approve(one)
    access = {"emergency_access": public("EmergencyAccess", one), "reason": "Examiné."}
    no = {"verdict": BreakGlassReview.NOT_JUSTIFIED}
    for who in (watch.dpo, watch.second):
        assert await office.refused_unchanged(watch.case, REVIEW, who, **access, **no) == "SAME_PERSON"
    pending = {"verdict": BreakGlassReview.PENDING}
    assert await office.refused_unchanged(watch.case, REVIEW, watch.third, **access, **pending) == "NOT_A_VERDICT"
    await office.done(REVIEW, watch.third, **access, **no)
    row = await watch.row(one)
    assert (row["review"], row["reviewed_by_id"], row["reviewed_at"], row["review_due_at"], row["review_reason"]) == (
        "NOT_JUSTIFIED", watch.third.member_id, office.now, None, "Examiné.",
    )  # fmt: skip
    assert (await office.events(one))[-1]["kind"] == "emergency.incident"
    assert await office.refused_unchanged(watch.case, REVIEW, watch.third, **access, **no) == "WRONG_STATE"
    foreign = await office.person(await office.partner(OrgKind.CRIP, REUNION), Role.DPO)
    assert await office.refused_unchanged(watch.case, REVIEW, foreign, **access, **no) == "NOT_FOUND"


async def test_what_is_not_reviewed_in_time_blocks_the_next_one(watch: Watch) -> None:
    office = watch.office
    waiting = await watch.ask()
    one = await watch.ask()
    await watch.approve(one)
    # Not yet due: another may still be opened.
    await watch.ask()
    await office.change(emergency_access, one, review_due_at=office.now - timedelta(seconds=1))
    wish = {"ref": watch.ref, "reason_code": R.COMPLAINT, "reason": "x", "field_groups": ["G03"]}
    assert await office.refused_unchanged(watch.case, ASK, watch.dpo, **wish) == "BREAK_GLASS_BLOCKED"
    assert (
        await office.refused_unchanged(watch.case, ASK, watch.dpo, **{**wish, "ref": "S-NOTHING"})
        == "BREAK_GLASS_BLOCKED"
    )
    code = await office.refused_unchanged(watch.case, APPROVE, watch.second, receipt=receipt(waiting))
    assert code == "BREAK_GLASS_BLOCKED"
    # Another person's are not blocked by it, and the review lifts it.
    await watch.ask(await office.person(office.dlpm, Role.DPO))
    await office.done(
        REVIEW, watch.third, emergency_access=public("EmergencyAccess", one), verdict=BreakGlassReview.JUSTIFIED, reason="x"
    )  # fmt: skip
    await watch.ask()


async def test_a_refused_request_writes_nothing_anywhere(watch: Watch) -> None:
    tables: tuple[Table, ...] = (emergency_access, disclosure, outbox)
    before = [await watch.office.rows(table) for table in tables]
    wish = {"ref": watch.ref, "reason": "x", "field_groups": ["G11"]}
    assert await watch.office.refused(OPEN, watch.on_call, **wish) == "NOT_OPENABLE"
    assert [await watch.office.rows(table) for table in tables] == before


async def test_what_nobody_has_confirmed_or_reviewed_in_time_is_counted(watch: Watch) -> None:
    office = watch.office
    late = office.now - timedelta(minutes=70)
    async with office.pool.acquire() as connection:
        before = await lapse(connection)
        one = await watch.open()
        assert await lapse(connection) == before
        await office.change(
            emergency_access, one, opened_at=late, expires_at=late + timedelta(minutes=60),
            confirm_due_at=late + timedelta(minutes=60), review_due_at=late,
        )  # fmt: skip
        after = await lapse(connection)
    assert (after.unconfirmed, after.unreviewed) == (before.unconfirmed + 1, before.unreviewed + 1)
