"""A coordinator answers an orientation once, for their own organisation, with somebody who may take it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.caller import Caller
from schema.errors import NotFoundError
from schema.tables.people import habilitation, member
from schema.tables.referral import referral
from schema.tables.situation import situation_jurisdiction
from schema.vocabulary import AseLinkState, DeclineReason, MandateKind, OrgKind, ReferralKind, ReferralStatus, Role
from tests.loaders.commands.world import NORD, Partner, World, made_world, public, together  # noqa: F401

S = ReferralStatus
RUNNING = {S.ACCEPTED, S.IDENTITY_RELEASED, S.ENGAGED, S.ONGOING, S.PAUSED_RUNAWAY}


async def association(world: World, mandate: MandateKind = MandateKind.ASE_MISSION) -> tuple[Partner, Caller, Caller]:
    """An association, its coordinator and one worker."""
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=mandate)
    role = Role.ASO if mandate is MandateKind.OUTSIDE_MISSION else Role.ASM
    return partner, await world.person(partner, Role.COO), await world.person(partner, role)


def who(worker: Caller) -> str:
    return public("Member", worker.member_id)


async def test_accepting_puts_it_into_the_hands_of_one_worker(world: World) -> None:
    partner, coordinator, worker = await association(world)
    identity = await world.referral(partner)
    before, version = await world.row(referral, identity), await world.version(coordinator, "Referral", identity)
    wish = {"referral": public("Referral", identity), "assignee": who(worker), "expected_version": version}
    outcome = await world.act("acceptReferral", coordinator, **wish)
    assert (outcome.subject, outcome.refusal) == (identity, None)
    assert await world.row(referral, identity) == before | {
        "status": "ACCEPTED", "answered_at": world.now, "assigned_member_id": worker.member_id,
    }  # fmt: skip
    assert await world.events(identity) == [
        {
            "kind": "referral.accepted",
            "situation_id": before["situation_id"],
            "audiences": ["ASE", "ASSOCIATION", "CRIP", "DLPM"],
        }
    ]
    assert await world.version(coordinator, "Referral", identity) != version
    assert await world.version(worker, "Referral", identity)


async def test_declining_needs_a_reason_and_ends_it(world: World) -> None:
    partner, coordinator, _ = await association(world)
    identity = await world.referral(partner)
    before = await world.row(referral, identity)
    with pytest.raises(TypeError):
        await world.act("declineReferral", coordinator, referral=public("Referral", identity))
    outcome = await world.act(
        "declineReferral", coordinator, referral=public("Referral", identity), reason=DeclineReason.CAPACITY
    )
    assert outcome.subject == identity
    assert await world.row(referral, identity) == before | {
        "status": "DECLINED",
        "answered_at": world.now,
        "decline_reason": "CAPACITY",
    }
    assert [event["kind"] for event in await world.events(identity)] == ["referral.declined"]


@pytest.mark.parametrize("name", ["acceptReferral", "declineReferral"])
async def test_what_is_no_longer_proposed_has_nothing_left_to_answer(world: World, name: str) -> None:
    partner, coordinator, worker = await association(world)
    extra: dict[str, Any] = {"assignee": who(worker)} if name == "acceptReferral" else {"reason": DeclineReason.AGE}
    for state in set(ReferralStatus) - {S.PROPOSED}:
        identity = await world.referral(partner, state)
        before = await world.row(referral, identity)
        assert await world.refused(name, coordinator, referral=public("Referral", identity), **extra) == "NOT_FOUND"
        assert await world.row(referral, identity) == before
        assert await world.events(identity) == []


async def test_only_a_running_referral_is_assigned(world: World) -> None:
    partner, coordinator, first = await association(world)
    second = await world.person(partner, Role.ASM)
    for state in ReferralStatus:
        identity = await world.referral(partner, state, assignee=first)
        before = await world.row(referral, identity)
        wish = {"referral": public("Referral", identity), "assignee": who(second)}
        if state in RUNNING:
            assert (await world.act("assignReferral", coordinator, **wish)).subject == identity
            assert await world.row(referral, identity) == before | {"assigned_member_id": second.member_id}
            assert [event["kind"] for event in await world.events(identity)] == ["referral.assigned"]
            assert await world.refused("assignReferral", coordinator, **wish) == "SAME_PERSON"
        else:
            assert await world.refused("assignReferral", coordinator, **wish) == (
                "NOT_FOUND" if state is S.DRAFT else "WRONG_STATE"
            )
            assert await world.row(referral, identity) == before
            assert await world.events(identity) == []


async def test_assigning_ends_the_first_workers_access(world: World) -> None:
    partner, coordinator, first = await association(world)
    second = await world.person(partner, Role.ASM)
    identity = await world.referral(partner, S.ENGAGED, assignee=first)
    follow_up = {"referral": public("Referral", identity), "text": "note"}
    assert (await world.act("writeAssociationNote", first, **follow_up)).subject
    await world.act("assignReferral", coordinator, referral=public("Referral", identity), assignee=who(second))
    assert await world.refused("writeAssociationNote", first, **follow_up) == "NOT_FOUND"
    assert (await world.act("writeAssociationNote", second, **follow_up)).subject


async def test_who_may_not_take_it_is_refused_like_nobody(world: World) -> None:
    partner, coordinator, worker = await association(world)
    stranger = (await association(world))[2]
    identity = await world.referral(partner)
    before = await world.row(referral, identity)
    expired, revoked, suspended = [await world.person(partner, Role.ASM) for _ in range(3)]
    await world.change(
        habilitation, _right(expired), valid_from=world.now - timedelta(days=9), valid_to=world.now - timedelta(days=1)
    )
    await world.change(habilitation, _right(revoked), revoked_at=world.now)
    assert suspended.member_id is not None
    await world.change(member, suspended.member_id, status="SUSPENDED")
    outsider = await world.person(partner, Role.ASO)
    for assignee in (
        who(stranger),
        who(expired),
        who(revoked),
        who(suspended),
        who(outsider),
        who(coordinator),
        public("Member"),
    ):
        assert (
            await world.refused("acceptReferral", coordinator, referral=public("Referral", identity), assignee=assignee)
            == "NOT_HABILITATED"
        )
    assert await world.row(referral, identity) == before
    assert await world.events(identity) == []
    assert (
        await world.act("acceptReferral", coordinator, referral=public("Referral", identity), assignee=who(worker))
    ).subject == identity


def _right(caller: Caller) -> UUID:
    assert caller.habilitation_id is not None
    return caller.habilitation_id


async def test_an_association_outside_any_mission_takes_coded_consultations(world: World) -> None:
    partner, coordinator, worker = await association(world, MandateKind.OUTSIDE_MISSION)
    consultation = await world.referral(partner, kind=ReferralKind.PROFESSIONAL_CONSULTATION)
    support = await world.referral(partner)
    accept = {"assignee": who(worker)}
    assert (
        await world.act("acceptReferral", coordinator, referral=public("Referral", consultation), **accept)
    ).subject == consultation
    assert (
        await world.refused("acceptReferral", coordinator, referral=public("Referral", support), **accept)
        == "NOT_FOUND"
    )


@pytest.mark.parametrize("name", ["acceptReferral", "declineReferral", "assignReferral"])
async def test_another_organisation_finds_nothing_and_a_stale_version_is_refused(world: World, name: str) -> None:
    partner, coordinator, worker = await association(world)
    _, stranger, strange_worker = await association(world)
    identity = await world.referral(partner, S.ACCEPTED if name == "assignReferral" else S.PROPOSED)
    before = await world.row(referral, identity)

    def wish(assignee: Caller) -> dict[str, Any]:
        return {"reason": DeclineReason.OTHER} if name == "declineReferral" else {"assignee": who(assignee)}

    errors = []
    for target in (public("Referral", identity), public("Referral")):
        with pytest.raises(NotFoundError) as caught:
            await world.act(name, stranger, referral=target, **wish(strange_worker))
        errors.append((caught.value.code, caught.value.sentence, caught.value.reason))
    assert errors[0] == errors[1]
    stale = {"referral": public("Referral", identity), "expected_version": "old", **wish(worker)}
    assert await world.refused(name, coordinator, **stale) == "STALE_VERSION"
    assert await world.row(referral, identity) == before
    assert await world.events(identity) == []


@pytest.mark.parametrize("kind", [OrgKind.CRIP, OrgKind.ASE])
async def test_who_follows_the_case_answers_for_nobody(world: World, kind: OrgKind) -> None:
    partner, _, worker = await association(world)
    service = await world.partner(kind, NORD)
    onlooker = await world.person(service, Role.COO)
    for state in (S.PROPOSED, S.ACCEPTED, S.DECLINED):
        identity = await world.referral(partner, state, assignee=worker)
        case = (await world.row(referral, identity))["situation_id"]
        await world.add(
            situation_jurisdiction, situation_id=case, authority_id=NORD, department_code="59", role="RESIDENCE",
            starts_at=world.now - timedelta(days=9),
        )  # fmt: skip
        if kind is OrgKind.CRIP:
            await world.report(case, NORD)
        else:
            await world.link(case, service, AseLinkState.CONFIRMED)
        # They see it, so the answer is no "not found".
        assert await world.version(onlooker, "Referral", identity)
        before = await world.row(referral, identity)
        wish: dict[str, Any] = {"referral": public("Referral", identity)}
        for name, extra in (
            ("declineReferral", {"reason": DeclineReason.OTHER}),
            ("acceptReferral", {"assignee": who(worker)}),
            ("assignReferral", {"assignee": who(worker)}),
        ):
            assert await world.refused(name, onlooker, **wish, **extra) == "NOT_YOUR_REFERRAL"
        assert await world.row(referral, identity) == before
        assert await world.events(identity) == []


@pytest.mark.parametrize("second", ["acceptReferral", "declineReferral"])
async def test_of_two_answers_at_once_one_wins_and_the_other_finds_nothing(world: World, second: str) -> None:
    partner, coordinator, worker = await association(world)
    colleague, other_worker = await world.person(partner, Role.COO), await world.person(partner, Role.ASM)
    for _ in range(5):
        identity = await world.referral(partner)
        version = await world.version(coordinator, "Referral", identity)
        wish = {"referral": public("Referral", identity), "expected_version": version}
        extra: dict[str, Any] = (
            {"assignee": who(other_worker)} if second == "acceptReferral" else {"reason": DeclineReason.OTHER}
        )
        results = await together(
            world.act("acceptReferral", coordinator, assignee=who(worker), **wish),
            world.act(second, colleague, **wish, **extra),
        )
        assert sorted(
            result.code if isinstance(result, NotFoundError) else str(result.refusal) for result in results
        ) == ["NOT_FOUND", "None"]
        assert len(await world.events(identity)) == 1
        row = await world.row(referral, identity)
        first_won = not isinstance(results[0], NotFoundError)
        expected = worker.member_id if first_won else other_worker.member_id if second == "acceptReferral" else None
        assert (row["status"], row["assigned_member_id"]) == (
            "ACCEPTED" if first_won or second == "acceptReferral" else "DECLINED",
            expected,
        )
