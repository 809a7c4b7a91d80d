"""Sharing under CASF L226-2-2: two people, one receiver, one purpose, a time, and an end that is an end at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from loaders.commands.lapses import lapse
from loaders.policy.doors import HiddenError
from schema.tables.contact import listening_note
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link, measure
from schema.tables.referral import referral
from schema.tables.sharing import disclosure, sharing_grant
from schema.tables.situation import minor, situation_jurisdiction
from schema.vocabulary import GrantState, MandateKind, OrgKind, Purpose, Role
from tests.loaders.commands.dlpm_world import SUMMARY, together
from tests.loaders.commands.sharing_world import (  # noqa: F401
    EXTRACT,
    NORD,
    Office,
    made_desk,
    made_office,
    made_world,
    public,
)

ASK, APPROVE, REFUSE, REVOKE = (
    "requestSharingGrant",
    "approveSharingGrant",
    "refuseSharingGrant",
    "revokeSharingGrant",
)


async def test_what_one_asks_and_another_approves_is_shared_and_ledgered_at_once(office: Office) -> None:
    case = await office.shared_case()
    wish = await office.wish(case)
    one = await office.done(ASK, office.me, **wish)
    asked = await office.row(sharing_grant, one)
    assert (asked["state"], asked["approved_by_id"], asked["decided_at"]) == ("REQUESTED", None, None)
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == []
    assert await office.of(disclosure, case) == []

    await office.done(APPROVE, office.supervisor, sharing_grant=public("SharingGrant", one))
    assert await office.row(sharing_grant, one) == {
        **asked, "state": "ACTIVE", "approved_by_id": office.supervisor.member_id, "decided_at": office.now,
    }  # fmt: skip
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == ["Gare"]
    [line] = await office.of(disclosure, case)
    assert {name: value for name, value in line.items() if name != "id"} == {
        "situation_id": case, "from_org_id": office.dlpm.id, "to_org_id": office.ase.id, "to_authority_id": None,
        "duty_id": asked["duty_id"], "act": "GRANT", "field_groups": ["G19"], "purpose": office.caseworker.purpose, "at": office.now,
    }  # fmt: skip
    assert [event["kind"] for event in await office.events(one)] == ["grant.requested", "grant.approved"]
    # To that person only, and for that purpose only.
    colleague = await office.person(office.ase, Role.ASE)
    assert await office.reads(colleague, "LiveDanger", "place", case) == []
    assert office.caseworker.purpose
    for purpose in {Purpose.EVALUATE, Purpose.DETERMINE, Purpose.IMPLEMENT} - {office.caseworker.purpose}:
        assert await office.reads(office.asking(office.caseworker, purpose), "LiveDanger", "place", case) == []


async def test_an_association_reads_the_extract_and_never_the_notice(office: Office) -> None:
    case = await office.shared_case()
    one = await office.granted(case, office.worker, field_groups=["G11", "G18"], extract=EXTRACT)
    assert await office.reads(office.worker, "SharingGrant", "extract", case) == [EXTRACT]
    assert (await office.row(sharing_grant, one))["purpose"] == "IMPLEMENT"
    assert await office.reads(office.officer, "SharingGrant", "state", case) == ["ACTIVE"]


@pytest.mark.parametrize("who", ["listener", "crip"])
async def test_each_department_shares_on_its_own(office: Office, who: str) -> None:
    case = await office.shared_case()
    asker, approver = (office.officer, office.other_officer) if who == "crip" else (office.me, office.supervisor)
    one = await office.done(ASK, asker, **await office.wish(case))
    reference = {"sharing_grant": public("SharingGrant", one)}
    stranger = office.supervisor if who == "crip" else office.officer
    assert await office.refused_unchanged(case, APPROVE, stranger, **reference) == "NOT_YOUR_GRANT"
    if who == "crip":
        assert await office.refused_unchanged(case, APPROVE, asker, **reference) == "SAME_PERSON"
    await office.done(APPROVE, approver, **reference)
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == ["Gare"]
    assert await office.refused_unchanged(case, APPROVE, approver, **reference) == "WRONG_STATE"


async def test_a_refusal_says_why_and_ends_the_request(office: Office) -> None:
    case = await office.shared_case()
    one = await office.done(ASK, office.me, **await office.wish(case))
    reference = {"sharing_grant": public("SharingGrant", one)}
    assert await office.wrong_input(case, REFUSE, office.supervisor, reason=" ", **reference) == "EMPTY"
    await office.done(REFUSE, office.supervisor, reason="Pas nécessaire.", **reference)
    row = await office.row(sharing_grant, one)
    assert (row["state"], row["refusal"], row["decided_at"], row["approved_by_id"]) == (
        "REFUSED", "Pas nécessaire.", office.now, None,
    )  # fmt: skip
    for name in (APPROVE, REFUSE, REVOKE):
        extra = {"reason": "x"} if name == REFUSE else {}
        assert await office.refused_unchanged(case, name, office.supervisor, **reference, **extra) == "WRONG_STATE"
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == []
    assert await office.of(disclosure, case) == []


# ---------------------------------------------------------------- who may receive what


async def test_only_who_may_receive_receives_and_everybody_else_is_refused_alike(office: Office) -> None:
    case = await office.shared_case()
    outside = await office.partner(OrgKind.ASSOCIATION, mandate=MandateKind.OUTSIDE_MISSION)
    unbound = await office.person(office.ase, Role.ASE)
    gone = await office.person(office.ase, Role.ASE)
    assert unbound.habilitation_id
    assert gone.member_id
    await office.change(habilitation, unbound.habilitation_id, secrecy_basis=None)
    await office.change(member, gone.member_id, status="SUSPENDED")
    other = await office.person(await office.partner(OrgKind.ASE, NORD), Role.ASE)
    wish = await office.wish(case)
    sentences = set()
    for person, service in (
        (await office.person(outside, Role.ASO), outside.id),
        (unbound, office.ase.id),
        (gone, office.ase.id),
        (await office.person(office.ase, Role.COO), office.ase.id),
        (office.officer, office.crip.id),
        (other, office.ase.id),
        (None, office.ase.id),
    ):
        receiver = {
            "to_member": public("Member", person.member_id if person else None),
            "to_organisation": public("Organisation", service),
        }
        outcome = await office.act(ASK, office.me, **{**wish, **receiver})
        assert outcome.refusal
        sentences.add((outcome.refusal.code, outcome.refusal.sentence, outcome.refusal.field))
    assert {code for code, _, _ in sentences} == {"NOT_A_RECEIVER"}
    assert len(sentences) == 1
    assert await office.of(sharing_grant, case) == []


async def test_an_organisation_without_a_part_in_the_situation_receives_nothing(office: Office) -> None:
    case = await office.shared_case()
    elsewhere = await office.person(await office.partner(OrgKind.FOYER), Role.ASM)
    wish = await office.wish(case, elsewhere, field_groups=["G18"])
    assert await office.refused_unchanged(case, ASK, office.me, **wish) == "NOT_INVOLVED"
    await office.add(
        measure, situation_id=case, authority_id=NORD, organisation_id=elsewhere.organisation_id,
        decision="JUDICIAL", nature="15", starts_on=office.now.date() - timedelta(days=2),
    )  # fmt: skip
    await office.done(ASK, office.me, **wish)


@pytest.mark.parametrize(
    ("role", "groups", "purpose", "code"),
    [
        (Role.ASE, [], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASE, ["G06"], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASE, ["G10"], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASE, ["G04"], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASE, ["G19", "G17"], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASE, ["G18"], Purpose.EVALUATE, "NOT_SHAREABLE"),
        (Role.ASM, ["G19"], Purpose.IMPLEMENT, "NOT_SHAREABLE"),
        (Role.ASM, ["G18", "G99"], Purpose.IMPLEMENT, "NOT_SHAREABLE"),
        (Role.ASM, ["G18"], Purpose.EVALUATE, "PURPOSE_NOT_ALLOWED"),
        (Role.ASM, ["G17"], Purpose.DETERMINE, "PURPOSE_NOT_ALLOWED"),
        (Role.ASE, ["G19"], Purpose.CONTROL, "PURPOSE_NOT_ALLOWED"),
        (Role.ASE, ["G19"], Purpose.MONITORING, "PURPOSE_NOT_ALLOWED"),
        (Role.ASE, ["G11", "G19"], Purpose.IMPLEMENT, None),
        (Role.ASM, ["G17", "G18"], Purpose.IMPLEMENT, None),
    ],
)
async def test_a_sharing_opens_only_what_the_matrix_gives_the_receiver(
    office: Office, role: Role, groups: list[str], purpose: Purpose, code: str | None
) -> None:
    case = await office.shared_case()
    receiver = office.caseworker if role is Role.ASE else office.worker
    wish = await office.wish(case, receiver, field_groups=groups, purpose=purpose)
    if code is None:
        await office.done(ASK, office.me, **wish)
    else:
        assert await office.refused_unchanged(case, ASK, office.me, **wish) == code


async def test_the_notice_itself_is_never_an_extract(office: Office) -> None:
    case = await office.shared_case()
    note = "Elle dit avoir peur de rentrer et ne veut pas que sa mère le sache."
    contact = await office.contact(case)
    await office.add(listening_note, situation_id=case, contact_id=contact, text=note)
    to_association = await office.wish(case, office.worker, field_groups=["G11"])
    to_ase = await office.wish(case, field_groups=["G11"])
    assert await office.refused_unchanged(case, ASK, office.me, **to_association) == "MISSING_EXTRACT"
    assert await office.refused_unchanged(case, ASK, office.me, extract=EXTRACT, **to_ase) == "NO_EXTRACT_HERE"
    copied = f"Voici : {SUMMARY} Merci."
    assert await office.refused_unchanged(case, ASK, office.me, extract=copied, **to_association) == "COPIED_NOTICE"
    assert (
        await office.refused_unchanged(case, ASK, office.me, extract=f"« {note} »", **to_association) == "COPIED_NOTE"
    )
    # A CRIP is not told what a listening note contains.
    await office.done(ASK, office.officer, extract=f"« {note} »", **to_association)


async def test_a_sharing_rests_on_its_own_duty_and_ends_within_ninety_days(office: Office) -> None:
    case, other = await office.shared_case(), await office.shared_case()
    wish = await office.wish(case)
    wrong = {**wish, "duty": public("InformationDuty", await office.told(case, "IP_TRANSMISSION"))}
    assert await office.refused_unchanged(case, ASK, office.me, **wrong) == "WRONG_DUTY"
    elsewhere = {**wish, "duty": public("InformationDuty", await office.told(other))}
    assert await office.refused_unchanged(case, ASK, office.me, **elsewhere) == "OTHER_SITUATION"
    late = {**wish, "expires_at": office.now + timedelta(days=90, seconds=1)}
    assert await office.refused_unchanged(case, ASK, office.me, **late) == "TOO_LONG"
    assert await office.wrong_input(case, ASK, office.me, **{**wish, "expires_at": office.now}) == "INVALID_TIME"
    assert await office.wrong_input(case, ASK, office.me, **{**wish, "justification": "  "}) == "EMPTY"
    waived = await office.told(case, done_at=None, waiver="CHILD_INTEREST", reason="Il serait l'auteur.")
    await office.done(
        ASK, office.me,
        **{**wish, "duty": public("InformationDuty", waived), "expires_at": office.now + timedelta(days=90)},
    )  # fmt: skip


async def test_a_listener_shares_of_its_own_cases_and_a_crip_of_those_it_has_a_report_of(office: Office) -> None:
    case = await office.shared_case()
    wish = await office.wish(case)
    assert await office.refused_unchanged(case, ASK, office.colleague, **wish) == "NOT_YOUR_CASE"
    bare = await office.case()
    assert await office.refused_unchanged(bare, ASK, office.officer, **await office.wish(bare)) == "NOT_FOUND"
    await office.close(case)
    assert await office.refused_unchanged(case, ASK, office.me, **wish) == "WRONG_STATE"


# ---------------------------------------------------------------- what the approval finds


async def _sender_leaves(office: Office, case: Any) -> None:
    await office.suspend(office.me)


async def _receiver_leaves(office: Office, case: Any) -> None:
    await office.suspend(office.caseworker)


async def _service_leaves(office: Office, case: Any) -> None:
    await office.change(organisation, office.ase.id, status="SUSPENDED")


async def _all_are_of_age(office: Office, case: Any) -> None:
    for child in await office.of(minor, case):
        await office.change(minor, child["id"], birth_date=office.now.date() - timedelta(days=366 * 18))


async def _service_has_no_part_any_more(office: Office, case: Any) -> None:
    for link in await office.of(ase_link, case):
        await office.change(ase_link, link["id"], state="ENDED", ended_at=office.now)
    for row in await office.of(situation_jurisdiction, case):
        await office.change(situation_jurisdiction, row["id"], ends_at=office.now - timedelta(minutes=1))


async def _receiver_is_not_bound(office: Office, case: Any) -> None:
    assert office.caseworker.habilitation_id
    await office.change(habilitation, office.caseworker.habilitation_id, secrecy_basis=None)


async def _sender_is_not_bound(office: Office, case: Any) -> None:
    assert office.me.habilitation_id
    await office.change(habilitation, office.me.habilitation_id, secrecy_basis=None)


ENDINGS = {
    "the receiver's secrecy": (_receiver_is_not_bound, "NOT_A_RECEIVER"),
    "the sender's secrecy": (_sender_is_not_bound, "NOT_IN_FORCE"),
    "the sender's habilitation": (_sender_leaves, "NOT_IN_FORCE"),
    "the receiver's habilitation": (_receiver_leaves, "NOT_A_RECEIVER"),
    "the receiver's organisation": (_service_leaves, "NOT_A_RECEIVER"),
    "majority without measure": (_all_are_of_age, "NOT_IN_FORCE"),
    "the receiver's part in the case": (_service_has_no_part_any_more, "NOT_INVOLVED"),
}


@pytest.mark.parametrize("event", ENDINGS)
async def test_what_has_ended_since_the_request_is_not_approved(office: Office, event: str) -> None:
    case = await office.shared_case()
    one = await office.done(ASK, office.me, **await office.wish(case))
    end, code = ENDINGS[event]
    await end(office, case)
    reference = public("SharingGrant", one)
    assert await office.refused_unchanged(case, APPROVE, office.supervisor, sharing_grant=reference) == code


@pytest.mark.parametrize("event", ENDINGS)
async def test_what_ends_a_sharing_ends_it_at_the_next_read(office: Office, event: str) -> None:
    case = await office.shared_case()
    await office.granted(case)
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == ["Gare"]
    await ENDINGS[event][0](office, case)
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == []


async def test_a_request_whose_time_is_over_is_not_approved(office: Office) -> None:
    case = await office.shared_case()
    one = await office.done(ASK, office.me, **await office.wish(case))
    await office.change(
        sharing_grant, one, starts_at=office.now - timedelta(days=5), expires_at=office.now - timedelta(seconds=1)
    )
    reference = {"sharing_grant": public("SharingGrant", one)}
    assert await office.refused_unchanged(case, APPROVE, office.supervisor, **reference) == "EXPIRED"
    assert await office.refused_unchanged(case, REVOKE, office.me, **reference) == "EXPIRED"


async def test_of_two_supervisors_at_once_one_approves_and_the_ledger_has_one_line(office: Office) -> None:
    case = await office.shared_case()
    one = await office.done(ASK, office.me, **await office.wish(case))
    second = await office.person(office.dlpm, Role.SUP)
    reference = {"sharing_grant": public("SharingGrant", one)}
    outcomes = await together(
        office.act(APPROVE, office.supervisor, **reference), office.act(APPROVE, second, **reference)
    )
    assert sorted(outcome.refusal.code if outcome.refusal else "" for outcome in outcomes) == ["", "WRONG_STATE"]
    assert len(await office.of(disclosure, case)) == 1


# ---------------------------------------------------------------- written past every command


async def test_no_row_of_a_sharing_holds_what_is_never_shared(office: Office) -> None:
    """Not even by hand, as the owner of the database."""
    case = await office.shared_case()
    one = await office.granted(case)
    for group in ("G04", "G06", "G10", "G25"):
        with pytest.raises(IntegrityError, match="shareable_groups"):
            await office.change(sharing_grant, one, field_groups=["G19", group])


async def test_a_sharing_of_more_than_the_receivers_role_may_hold_opens_no_more(office: Office) -> None:
    case = await office.shared_case()
    to_association = await office.granted(case, office.worker, field_groups=["G18"])
    await office.change(sharing_grant, to_association, field_groups=["G11", "G17", "G18", "G19"], extract=EXTRACT)
    assert await office.reads(office.worker, "SharingGrant", "extract", case) == [EXTRACT]
    for noun, column in (("LiveDanger", "place"), ("ConcernReport", "summary_for_crip")):
        with pytest.raises(HiddenError):
            await office.reads(office.worker, noun, column, case)


# ---------------------------------------------------------------- revoked


async def test_the_sender_and_the_owner_end_a_sharing_and_nobody_else(office: Office) -> None:
    case = await office.shared_case()
    ours = await office.granted(case)
    asked = await office.done(ASK, office.officer, **await office.wish(case))
    theirs = {"sharing_grant": public("SharingGrant", asked)}
    await office.done(APPROVE, office.other_officer, **theirs)
    assert (
        await office.refused_unchanged(case, REVOKE, office.officer, sharing_grant=public("SharingGrant", ours))
        == "NOT_YOUR_GRANT"
    )
    # Another listener is not in the case.
    assert (
        await office.refused_unchanged(case, REVOKE, office.colleague, sharing_grant=public("SharingGrant", ours))
        == "NOT_YOUR_CASE"
    )
    await office.done(REVOKE, office.me, sharing_grant=public("SharingGrant", ours))
    row = await office.row(sharing_grant, ours)
    assert (row["state"], row["revoked_at"], row["revoked_by_id"]) == ("REVOKED", office.now, office.me.member_id)
    # What the CRIP shares lives on; the owner of the case ends that too.
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == ["Gare"]
    await office.done(REVOKE, office.supervisor, **theirs)
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == []
    assert await office.refused_unchanged(case, REVOKE, office.me, **theirs) == "WRONG_STATE"


async def test_a_sharing_out_of_reach_is_like_one_that_does_not_exist(office: Office) -> None:
    case = await office.shared_case()
    one = await office.done(ASK, office.me, **await office.wish(case))
    stranger = await office.person(await office.partner(OrgKind.CRIP, NORD), Role.CRI)
    elsewhere = await office.person(await office.partner(OrgKind.CRIP, None), Role.CRI)
    assert await office.refused_unchanged(case, APPROVE, stranger, sharing_grant=public("SharingGrant", one)) == (
        "NOT_YOUR_GRANT"  # of the same authority, so in sight
    )
    for identity in (one, None):
        for name in (APPROVE, REVOKE):
            wish = {"sharing_grant": public("SharingGrant", identity)}
            assert await office.refused_unchanged(case, name, elsewhere, **wish) == "NOT_FOUND"


async def test_closure_and_withdrawal_end_sharings(office: Office) -> None:
    case = await office.shared_case()
    one = await office.granted(case, office.worker, field_groups=["G18"])
    [orientation] = await office.of(referral, case)
    await office.done("withdrawReferral", office.me, referral=public("Referral", orientation["id"]))
    assert (await office.row(sharing_grant, one))["state"] == GrantState.REVOKED.value
    assert await office.reads(office.worker, "SharingGrant", "state", case) == []


async def test_what_the_clock_has_ended_is_written_down_once(office: Office) -> None:
    case = await office.shared_case()
    over, waiting, running = [await office.granted(case) for _ in range(3)]
    past = {"starts_at": office.now - timedelta(days=5), "expires_at": office.now - timedelta(seconds=1)}
    await office.change(sharing_grant, over, **past)
    await office.change(sharing_grant, waiting, state="REQUESTED", **past)
    before = await office.row(sharing_grant, over)
    async with office.lanes.acquire() as connection:
        await lapse(connection)
        again = await lapse(connection)
    assert again.grants == 0
    assert await office.row(sharing_grant, over) == {**before, "state": "EXPIRED"}
    states = [(await office.row(sharing_grant, one))["state"] for one in (waiting, running)]
    assert states == ["EXPIRED", "ACTIVE"]
    assert [event["kind"] for event in await office.events(over)][-1] == "grant.ended"
    assert await office.reads(office.caseworker, "LiveDanger", "place", case) == ["Gare"]  # by the running one
