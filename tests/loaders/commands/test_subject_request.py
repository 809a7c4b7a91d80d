"""Requests of persons: a data protection officer takes them down, follows, extends once and answers them in time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.caller import Caller
from schema.errors import BadInputError
from schema.tables.sharing import legal_hold, subject_request
from schema.tables.situation import minor
from schema.vocabulary import OrgKind, Requester, Role, SubjectRequestKind, SubjectRequestOutcome
from tests.loaders.commands.world import NORD, World, made_world, public  # noqa: F401

RECORD, FOLLOW, EXTEND, ANSWER = (f"{verb}SubjectRequest" for verb in ("record", "update", "extend", "answer"))


async def officer_of(world: World, kind: OrgKind = OrgKind.DLPM, *authority: UUID) -> Caller:
    return await world.person(await world.partner(kind, *authority), Role.DPO)


async def taken(world: World, officer: Caller, **wish: Any) -> UUID:
    given = {"kind": SubjectRequestKind.ACCESS, "requester": Requester.MINOR} | wish
    subject = (await world.act(RECORD, officer, **given)).subject
    assert subject is not None
    return subject


async def test_its_month_is_a_calendar_month_of_who_was_asked(world: World) -> None:
    officer = await officer_of(world)
    case = await world.situation()
    received = world.now - timedelta(days=2)
    identity = await taken(world, officer, situation=public("Situation", case), received_at=received)
    row = await world.row(subject_request, identity)
    assert (row["kind"], row["requester"], row["received_at"]) == ("ACCESS", "MINOR", received)
    assert (row["controller_org_id"], row["taken_by_id"]) == (officer.organisation_id, officer.member_id)
    assert (row["situation_id"], row["answered_at"], row["outcome"]) == (case, None, None)
    assert timedelta(days=28) <= row["due_at"] - received <= timedelta(days=32)
    assert [event["kind"] for event in await world.events(identity)] == ["request.recorded"]


async def test_it_is_extended_once_within_the_first_month(world: World) -> None:
    officer = await officer_of(world)
    identity = await taken(world, officer, received_at=world.now - timedelta(days=20))
    request = public("SubjectRequest", identity)
    first = (await world.row(subject_request, identity))["due_at"]
    await world.act(EXTEND, officer, subject_request=request, reason=" Dossier de dix ans ")
    row = await world.row(subject_request, identity)
    assert (row["extended_at"], row["extension_reason"]) == (world.now, "Dossier de dix ans")
    assert timedelta(days=58) <= row["due_at"] - first <= timedelta(days=64)
    assert await world.refused(EXTEND, officer, subject_request=request, reason="x") == "ALREADY_EXTENDED"
    late = await taken(world, officer, received_at=world.now - timedelta(days=40))
    assert (
        await world.refused(EXTEND, officer, subject_request=public("SubjectRequest", late), reason="x") == "TOO_LATE"
    )
    assert (await world.row(subject_request, late))["extended_at"] is None


async def test_an_access_is_granted_once_its_author_is_known_and_its_export_made(world: World) -> None:
    officer = await officer_of(world)
    identity = await taken(world, officer)
    request = public("SubjectRequest", identity)
    wish = {"subject_request": request, "outcome": SubjectRequestOutcome.GRANTED, "decision": "Remise en main propre"}
    assert await world.refused(ANSWER, officer, **wish) == "IDENTITY_NOT_CHECKED"
    await world.act(FOLLOW, officer, subject_request=request, identity_checked_at=world.now)
    assert await world.refused(ANSWER, officer, **wish) == "NOT_EXPORTED"
    await world.change(subject_request, identity, reported_at=world.now)
    await world.act(ANSWER, officer, **wish)
    row = await world.row(subject_request, identity)
    assert (row["answered_at"], row["outcome"], row["decision"]) == (world.now, "GRANTED", "Remise en main propre")
    for act, more in ((ANSWER, wish), (EXTEND, {"reason": "x"}), (FOLLOW, {"identity_checked_at": world.now})):
        assert await world.refused(act, officer, **({"subject_request": request} | more)) == "ALREADY_ANSWERED"


@pytest.mark.parametrize("outcome", ["REFUSED", "NO_DATA", "FORWARDED", "WITHDRAWN"])
async def test_what_gives_nothing_away_asks_for_no_proof(world: World, outcome: str) -> None:
    officer = await officer_of(world)
    identity = await taken(world, officer)
    wish = {"subject_request": public("SubjectRequest", identity), "outcome": SubjectRequestOutcome(outcome)}
    with pytest.raises(BadInputError):
        await world.act(ANSWER, officer, **wish, decision=" ")
    await world.act(ANSWER, officer, **wish, decision="Motif et voies de recours")
    assert (await world.row(subject_request, identity))["outcome"] == outcome


async def test_nothing_is_erased_under_a_hold(world: World) -> None:
    officer = await officer_of(world)
    case = await world.situation()
    hold = await world.add(legal_hold, situation_id=case, controller_org_id=officer.organisation_id, reason="x")
    identity = await taken(world, officer, kind=SubjectRequestKind.ERASURE, situation=public("Situation", case))
    request = public("SubjectRequest", identity)
    await world.act(FOLLOW, officer, subject_request=request, identity_checked_at=world.now)
    wish = {"subject_request": request, "outcome": SubjectRequestOutcome.GRANTED, "decision": "x"}
    assert await world.refused(ANSWER, officer, **wish) == "LEGAL_HOLD"
    await world.change(legal_hold, hold, lifted_at=world.now)
    assert (await world.act(ANSWER, officer, **wish)).subject == identity


async def test_it_follows_its_case_and_forgets_what_was_of_another(world: World) -> None:
    officer = await officer_of(world)
    first, second = await world.situation(), await world.situation()
    child = await world.add(minor, situation_id=second)
    identity = await taken(world, officer)
    request = public("SubjectRequest", identity)
    assert await world.refused(FOLLOW, officer, subject_request=request, minor=public("Minor", child)) == "NO_SITUATION"
    assert await world.refused(FOLLOW, officer, subject_request=request) == "NOTHING_TO_CHANGE"
    await world.act(FOLLOW, officer, subject_request=request, situation=public("Situation", first))
    await world.change(subject_request, identity, reported_at=world.now)
    wish = {"subject_request": request, "situation": public("Situation", first), "minor": public("Minor", child)}
    assert await world.refused(FOLLOW, officer, **wish) == "OTHER_SITUATION"
    await world.act(FOLLOW, officer, **(wish | {"situation": public("Situation", second)}))
    row = await world.row(subject_request, identity)
    assert (row["situation_id"], row["minor_id"], row["reported_at"]) == (second, child, None)


async def test_a_case_out_of_reach_answers_like_none_and_a_request_is_its_controllers(world: World) -> None:
    network = await officer_of(world)
    crip = await officer_of(world, OrgKind.CRIP, NORD)
    strange = await world.situation()
    for situation in (public("Situation", strange), public("Situation")):
        wish = {"kind": SubjectRequestKind.ACCESS, "requester": Requester.OTHER, "situation": situation}
        assert await world.refused(RECORD, crip, **wish) == "NOT_FOUND"
    assert await world.rows(subject_request, subject_request.c.controller_org_id == crip.organisation_id) == []
    theirs = public("SubjectRequest", await taken(world, crip))
    foreign = public("SubjectRequest", await taken(world, network))
    for act, more in ((EXTEND, {"reason": "x"}), (ANSWER, {"outcome": SubjectRequestOutcome.REFUSED, "decision": "x"})):
        assert await world.refused(act, crip, subject_request=foreign, **more) == "NOT_FOUND"
        # The officer of the 119 sees the whole network, and answers for the 119 only.
        assert await world.refused(act, network, subject_request=theirs, **more) == "NOT_YOUR_REQUEST"
