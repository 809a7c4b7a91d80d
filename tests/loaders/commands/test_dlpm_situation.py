"""The DLPM's acts on a situation: exactly the steps of its state machine, and what closure ends."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from loaders.commands.entry import REFERENCE_ALPHABET
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.tables.sharing import information_duty, sharing_grant
from schema.tables.situation import situation, situation_jurisdiction
from schema.vocabulary import (
    AseLinkState,
    GrantState,
    JurisdictionRole,
    KnownSource,
    OrgKind,
    Qualification,
    ReferralStatus,
    ReportStatus,
    Role,
    SituationStatus,
    TriState,
    Urgency,
)
from tests.loaders.commands.dlpm_world import NORD, REUNION, Desk, made_desk, made_world, public, together  # noqa: F401

S = SituationStatus
STEPS: dict[str, tuple[set[SituationStatus], SituationStatus]] = {
    "assessSituation": ({S.OPEN, S.REOPENED}, S.ASSESSED),
    "monitorSituation": ({S.ADVICE_ONLY, S.IP_SENT, S.LINKED_TO_ASE}, S.MONITORED),
    "closeSituation": ({S.MONITORED}, S.CLOSED),
    "reopenSituation": ({S.CLOSED}, S.REOPENED),
}


async def test_opening_gives_a_random_reference_and_makes_me_the_listener(desk: Desk) -> None:
    first = await desk.done(
        "openSituation", desk.me, urgency=Urgency.PRIORITY, qualification=Qualification.SUSPECTED,
        known_to_cp=TriState.YES, known_source=KnownSource.CALLER_SAID,
    )  # fmt: skip
    second = await desk.done("openSituation", desk.me)

    row = await desk.row(situation, first)
    assert row.pop("ref").startswith("S-")
    assert row == {
        "id": first, "controller_org_id": desk.dlpm.id, "assigned_member_id": desk.me.member_id, "opened_at": desk.now,
        "closed_at": None, "status": "OPEN", "urgency": "PRIORITY", "retention_state": "ACTIVE", "qualification": "SUSPECTED",
        "known_to_cp": "YES", "known_source": "CALLER_SAID",
    }  # fmt: skip
    plain = await desk.row(situation, second)
    assert (plain["urgency"], plain["qualification"], plain["known_to_cp"], plain["known_source"]) == (
        "STANDARD",
        "UNKNOWN",
        "UNKNOWN",
        "UNKNOWN",
    )
    refs = {(await desk.row(situation, one))["ref"] for one in (first, second)}
    assert len(refs) == 2
    assert all(len(ref) == 10 and set(ref[2:]) <= set(REFERENCE_ALPHABET) for ref in refs)
    assert await desk.events(first) == [{"kind": "situation.opened", "situation_id": first, "audiences": ["DLPM"]}]
    log = await desk.log(desk.traces[0])
    assert (log["event"], log["outcome"], log["operation"], log["situations"]) == (
        "COMMAND",
        "OK",
        "openSituation",
        [str(first)],
    )


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("name", STEPS)
async def test_each_step_is_possible_from_its_states_only(desk: Desk, name: str, status: SituationStatus) -> None:
    case = await desk.case(status, closed_at=desk.now if status is S.CLOSED else None)
    allowed, after = STEPS[name]
    if status not in allowed:
        assert await desk.refused_unchanged(case, name, desk.me, situation=public("Situation", case)) == "WRONG_STATE"
        return
    version = await desk.version(desk.me, "Situation", case)
    assert await desk.done(name, desk.me, situation=public("Situation", case), expected_version=version) == case
    row = await desk.row(situation, case)
    assert row["status"] == after.value
    assert row["closed_at"] == (desk.now if after is S.CLOSED else None)
    assert [event["kind"] for event in await desk.events(case)] == [f"situation.{after.value.lower()}"]
    assert await desk.version(desk.me, "Situation", case) != version


async def test_updating_changes_what_is_given_and_nothing_else(desk: Desk) -> None:
    case = await desk.case(urgency="PRIORITY", qualification="SUSPECTED")
    before, version = await desk.row(situation, case), await desk.version(desk.me, "Situation", case)
    wish = {"situation": public("Situation", case), "known_to_cp": TriState.YES, "expected_version": version}
    assert await desk.done("updateSituation", desk.me, **wish) == case
    assert await desk.row(situation, case) == {**before, "known_to_cp": "YES"}
    assert await desk.events(case) == [
        {"kind": "situation.updated", "situation_id": case, "audiences": ["DLPM", "CRIP", "ASE"]}
    ]
    assert await desk.refused_unchanged(case, "updateSituation", desk.me, **wish) == "STALE_VERSION"
    assert (
        await desk.refused_unchanged(case, "updateSituation", desk.me, situation=public("Situation", case))
        == "NOTHING_TO_CHANGE"
    )


async def test_of_two_listeners_who_have_read_the_same_version_one_writes(desk: Desk) -> None:
    case = await desk.case()
    version = await desk.version(desk.me, "Situation", case)
    wish = {"situation": public("Situation", case), "expected_version": version}
    outcomes = await together(
        desk.act("updateSituation", desk.me, urgency=Urgency.PRIORITY, **wish),
        desk.act("updateSituation", desk.colleague, urgency=Urgency.IMMEDIATE_DANGER, **wish),
    )
    assert sorted(str(one.refusal and one.refusal.code) for one in outcomes) == ["None", "STALE_VERSION"]
    assert len(await desk.events(case)) == 1


# ---------------------------------------------------------------- closure


@pytest.mark.parametrize("status", ReportStatus)
async def test_closure_waits_for_each_report_that_is_neither_returned_nor_overdue(
    desk: Desk, status: ReportStatus
) -> None:
    case = await desk.case(S.MONITORED)
    waiting = await desk.notice(case, status, return_due_at=desk.now + timedelta(days=1))
    wish = {"situation": public("Situation", case)}
    if status in {ReportStatus.DRAFT, ReportStatus.RETURNED_TO_119}:
        await desk.done("closeSituation", desk.me, **wish)
        return
    assert await desk.refused_unchanged(case, "closeSituation", desk.me, **wish) == "REPORT_UNDER_WAY"
    await desk.change(concern_report, waiting, return_due_at=desk.now - timedelta(seconds=1))
    await desk.done("closeSituation", desk.me, **wish)
    assert (await desk.row(situation, case))["status"] == "CLOSED"


@pytest.mark.parametrize(("days", "closes"), [(4, False), (88, False), (93, True)])
async def test_a_report_nobody_acknowledged_is_overdue_three_months_after_it_left(
    desk: Desk, days: int, closes: bool
) -> None:
    case = await desk.case(S.MONITORED)
    sent = desk.now - timedelta(days=days)
    await desk.notice(
        case,
        ReportStatus.SENT,
        sent_at=sent,
        acknowledge_due_at=sent + timedelta(days=2),
        due_at=sent + timedelta(days=2),
    )
    outcome = await desk.act("closeSituation", desk.me, situation=public("Situation", case))
    assert (outcome.refusal is None) is closes


async def test_a_validated_report_has_to_leave_before_the_situation_is_closed(desk: Desk) -> None:
    case = await desk.case(S.MONITORED)
    await desk.notice(case, ReportStatus.VALIDATED)
    closing = {"situation": public("Situation", case)}
    assert await desk.refused_unchanged(case, "closeSituation", desk.me, **closing) == "REPORT_UNDER_WAY"


async def grant(desk: Desk, case: UUID, state: GrantState, to: UUID | None = None, **columns: Any) -> UUID:
    receiver = await desk.partner(OrgKind.ASE, NORD)
    person = await desk.person(receiver, Role.ASE)
    duty = await desk.add(information_duty, situation_id=case, duty="SHARING", person="la mère", done_at=desk.now)
    times = {"starts_at": desk.now - timedelta(days=10), "expires_at": desk.now + timedelta(days=10), **columns}
    return await desk.add(
        sharing_grant, situation_id=case, from_member_id=desk.me.member_id, from_org_id=desk.dlpm.id, to_member_id=person.member_id,
        to_org_id=to or receiver.id, duty_id=duty, purpose="EVALUATE", field_groups=["G11"], justification="nécessaire",
        state=state.value, **times,
    )  # fmt: skip


async def test_closure_ends_live_grants_and_leaves_those_that_are_over(desk: Desk) -> None:
    case = await desk.case(S.MONITORED)
    grants = {state: await grant(desk, case, state) for state in GrantState}
    late = await grant(desk, case, GrantState.ACTIVE, expires_at=desk.now - timedelta(minutes=1))
    before = {state: await desk.row(sharing_grant, one) for state, one in grants.items()}
    await desk.done("closeSituation", desk.me, situation=public("Situation", case))
    for state, one in grants.items():
        ended = {"state": "REVOKED", "revoked_at": desk.now, "revoked_by_id": desk.me.member_id}
        live = state in {GrantState.REQUESTED, GrantState.APPROVED, GrantState.ACTIVE}
        assert await desk.row(sharing_grant, one) == before[state] | (ended if live else {})
        assert len(await desk.events(one)) == int(live)
    row = await desk.row(sharing_grant, late)
    assert (row["state"], row["revoked_at"], row["revoked_by_id"]) == ("EXPIRED", None, None)


@pytest.mark.parametrize("status", ReferralStatus)
async def test_closure_withdraws_live_orientations_and_never_shows_a_draft(desk: Desk, status: ReferralStatus) -> None:
    case = await desk.case(S.MONITORED)
    one = await desk.orientation(case, status)
    before = await desk.row(referral, one)
    await desk.done("closeSituation", desk.me, situation=public("Situation", case))
    live = {
        ReferralStatus.PROPOSED, ReferralStatus.ACCEPTED, ReferralStatus.IDENTITY_RELEASED, ReferralStatus.ENGAGED,
        ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY,
    }  # fmt: skip
    ended = {"status": "WITHDRAWN", "ended_at": desk.now} if status in live else {}
    assert await desk.row(referral, one) == before | ended
    assert [event["kind"] for event in await desk.events(one)] == (["referral.withdrawn"] if ended else [])


@pytest.mark.parametrize("state", AseLinkState)
async def test_closure_ends_live_ase_links(desk: Desk, state: AseLinkState) -> None:
    case = await desk.case(S.MONITORED)
    one = await desk.link(case, await desk.partner(OrgKind.ASE, NORD), state)
    before = await desk.row(ase_link, one)
    await desk.done("closeSituation", desk.me, situation=public("Situation", case))
    live = state in {AseLinkState.PROPOSED, AseLinkState.CONTACTED, AseLinkState.CONFIRMED}
    assert await desk.row(ase_link, one) == before | ({"state": "ENDED", "ended_at": desk.now} if live else {})


async def test_what_closure_ended_does_not_come_back_with_reopening(desk: Desk) -> None:
    case = await desk.case(S.MONITORED)
    one = await desk.orientation(case, ReferralStatus.ONGOING)
    await desk.done("closeSituation", desk.me, situation=public("Situation", case))
    await desk.done("reopenSituation", desk.colleague, situation=public("Situation", case))
    row = await desk.row(situation, case)
    assert (row["status"], row["closed_at"], row["assigned_member_id"]) == ("REOPENED", None, desk.me.member_id)
    assert (await desk.row(referral, one))["status"] == "WITHDRAWN"


# ---------------------------------------------------------------- who is competent


async def test_an_authority_that_answers_for_the_department_becomes_competent(desk: Desk) -> None:
    case = await desk.case()
    wish = {
        "situation": public("Situation", case), "department_code": "974", "authority": public("Authority", REUNION), "role": JurisdictionRole.PRESENCE,
    }  # fmt: skip
    one = await desk.done("recordJurisdiction", desk.me, **wish)
    assert await desk.row(situation_jurisdiction, one) == {
        "id": one, "situation_id": case, "department_code": "974", "authority_id": REUNION, "role": "PRESENCE",
        "starts_at": desk.now, "ends_at": None,
    }  # fmt: skip
    assert [event["kind"] for event in await desk.events(one)] == ["jurisdiction.recorded"]
    assert await desk.refused_unchanged(case, "recordJurisdiction", desk.me, **wish) == "ALREADY_RECORDED"
    await desk.done("recordJurisdiction", desk.me, **{**wish, "role": JurisdictionRole.CUSTODY})


async def test_an_authority_that_does_not_answer_for_the_department_does_not(desk: Desk) -> None:
    case = await desk.case()
    wish = {"situation": public("Situation", case), "role": JurisdictionRole.RESIDENCE}
    elsewhere = {**wish, "department_code": "59", "authority": public("Authority", REUNION)}
    assert await desk.refused_unchanged(case, "recordJurisdiction", desk.me, **elsewhere) == "NOT_COMPETENT"
    for code, authority in (("975", public("Authority", NORD)), ("59", public("Authority", uuid4()))):
        wrong = {**wish, "department_code": code, "authority": authority}
        assert await desk.wrong_input(case, "recordJurisdiction", desk.me, **wrong) == "UNKNOWN_REFERENCE"


async def test_a_competence_ends_once(desk: Desk) -> None:
    case = await desk.case()
    [before] = await desk.of(situation_jurisdiction, case)
    wish = {"jurisdiction": public("Jurisdiction", before["id"])}
    await desk.done("endJurisdiction", desk.colleague, **wish)
    assert await desk.row(situation_jurisdiction, before["id"]) == {**before, "ends_at": desk.now}
    assert [event["kind"] for event in await desk.events(before["id"])] == ["jurisdiction.ended"]
    assert await desk.refused_unchanged(case, "endJurisdiction", desk.me, **wish) == "WRONG_STATE"
