"""On call: a colleague's case for an hour, by its receipt, and somebody who confirms it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from loaders.emergency import opened_case
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.sharing import emergency_access
from schema.tables.situation import situation
from schema.vocabulary import (
    BreakGlassReview,
    OrgKind,
    Problematic,
    Role,
    TriState,
)
from tests.loaders.commands.dlpm_world import REUNION
from tests.loaders.commands.sharing_world import made_desk, made_office, made_world, public  # noqa: F401
from tests.loaders.commands.watches import APPROVE, CLOSE, OPEN, REVIEW, Watch, made_watch, receipt  # noqa: F401


async def test_a_colleague_on_call_reads_the_case_by_its_receipt_and_by_nothing_else(watch: Watch) -> None:
    office = watch.office
    one = await watch.open()
    opened = await opened_case(office.lanes, watch.on_call, one)
    assert opened
    assert (opened.situation, opened.assignee) == (watch.case, office.caseworker.member_id)
    assert opened.groups == {"G03"}
    # No list, no search, no node: the case is not among theirs.
    for noun, column in (("Situation", "status"), ("Minor", "first_name"), ("EmergencyAccess", "reason")):
        assert await office.reads(watch.on_call, noun, column, watch.case) == []
    # Theirs alone, and while they stand.
    assert await opened_case(office.lanes, office.caseworker, one) is None
    assert await opened_case(office.lanes, watch.on_call, uuid4()) is None
    await office.suspend(watch.on_call)
    assert await opened_case(office.lanes, watch.on_call, one) is None


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
    assert await opened_case(office.lanes, watch.on_call, one)
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
    assert await opened_case(office.lanes, watch.on_call, one) is None


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
    assert await opened_case(office.lanes, watch.on_call, forgotten) is None
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
    opened = await opened_case(office.lanes, on_call, one)
    assert opened
    assert (opened.situation, opened.assignee) == (case, office.worker.member_id)
