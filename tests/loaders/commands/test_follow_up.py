"""Follow-ups: three fields in, one statement, exactly the effect of the state machine; and notes that nobody else reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, true

from auth.caller import Caller
from loaders.commands.at_once import AtOnce, Opening
from loaders.commands.registry import COMMANDS
from loaders.nouns import NOUNS
from schema.errors import BadInputError, NotFoundError, UnauthenticatedError
from schema.tables.journal import outbox
from schema.tables.people import member
from schema.tables.referral import association_note, follow_up, referral
from schema.vocabulary import (
    Audience,
    Category,
    FollowUpStatus,
    MandateKind,
    OrgKind,
    ReferralKind,
    ReferralStatus,
    Role,
)
from tests.loaders.commands.world import Partner, World, made_world, public, today, together  # noqa: F401

F, S = FollowUpStatus, ReferralStatus
SUPPORT, CONSULTATION = ReferralKind.DIRECT_SUPPORT, ReferralKind.PROFESSIONAL_CONSULTATION
ENDS = {F.REFUSED_BY_MINOR, F.LOST_CONTACT, F.COMPLETED, F.TRANSFERRED}

# Typed from the document (domain, section 7): (state, follow-up) -> the state after it.
_MET: dict[tuple[ReferralStatus, FollowUpStatus], ReferralStatus] = {
    (S.ENGAGED, F.MISSED_MEETING): S.ENGAGED,
    (S.ONGOING, F.MISSED_MEETING): S.ONGOING,
    (S.PAUSED_RUNAWAY, F.MISSED_MEETING): S.PAUSED_RUNAWAY,
    (S.ENGAGED, F.ONGOING): S.ONGOING,
    (S.ONGOING, F.ONGOING): S.ONGOING,
    (S.PAUSED_RUNAWAY, F.ONGOING): S.ONGOING,
    (S.ONGOING, F.PAUSED_RUNAWAY): S.PAUSED_RUNAWAY,
    (S.PAUSED_RUNAWAY, F.PAUSED_RUNAWAY): S.PAUSED_RUNAWAY,
    **{(state, end): S(end.value) for state in (S.ENGAGED, S.ONGOING, S.PAUSED_RUNAWAY) for end in ENDS},
}
_FIRST = {
    SUPPORT: {
        (S.IDENTITY_RELEASED, F.FIRST_MEETING): S.ENGAGED,
        (S.IDENTITY_RELEASED, F.MISSED_MEETING): S.IDENTITY_RELEASED,
    },
    CONSULTATION: {(S.ACCEPTED, F.FIRST_MEETING): S.ENGAGED, (S.ACCEPTED, F.MISSED_MEETING): S.ACCEPTED},
}
UNSEEN_BY_WORKER = {S.DRAFT, S.PROPOSED, S.DECLINED}
SEEN_BY_TOOL = {S.PROPOSED, S.ACCEPTED, S.IDENTITY_RELEASED, S.ENGAGED, S.ONGOING, S.PAUSED_RUNAWAY}


async def association(world: World, role: Role = Role.ASM) -> tuple[Partner, Caller]:
    mandate = MandateKind.OUTSIDE_MISSION if role is Role.ASO else MandateKind.ASE_MISSION
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=mandate)
    return partner, await world.person(partner, role)


async def follow_ups(world: World, identity: UUID) -> list[dict[str, Any]]:
    return await world.rows(follow_up, follow_up.c.referral_id == identity)


def about(world: World, identity: UUID, status: FollowUpStatus, **more: Any) -> dict[str, Any]:
    return {"referral": public("Referral", identity), "status": status, "date": today(world), **more}


async def _every_pair(
    world: World, partner: Partner, caller: Caller, worker: Caller, kind: ReferralKind, steps: Any, unseen: Any
) -> None:
    earlier = world.now - timedelta(days=4)
    for state in ReferralStatus:
        for status in FollowUpStatus:
            engaged = None if state in {S.ACCEPTED, S.IDENTITY_RELEASED} else earlier
            identity = await world.referral(partner, state, kind, worker, engaged_at=engaged)
            before = await world.row(referral, identity)
            wish = about(world, identity, status)
            after = steps.get((state, status))
            if after is None:
                assert await world.refused("recordFollowUp", caller, **wish) == (
                    "NOT_FOUND" if state in unseen else "WRONG_STATE"
                ), (state, status)
                assert await world.row(referral, identity) == before
                assert await follow_ups(world, identity) == []
                continue
            outcome = await world.act("recordFollowUp", caller, **wish)
            assert outcome.refusal is None, (state, status)
            times = (
                {"engaged_at": world.now}
                if status is F.FIRST_MEETING
                else {"ended_at": world.now}
                if status in ENDS
                else {}
            )
            assert await world.row(referral, identity) == before | {"status": after.value} | times
            [row] = await follow_ups(world, identity)
            assert row == {
                "id": outcome.subject, "referral_id": identity, "situation_id": before["situation_id"], "organisation_id": partner.id,
                "recorded_by_id": caller.member_id, "status": status.value, "date": wish["date"], "recorded_at": world.now, "note_for_ase": None,
            }  # fmt: skip
            assert outcome.subject is not None
            # Once: what makes such a row is the act, and nothing else.
            assert [
                (event["kind"], event["situation_id"], event["changed"])
                for event in await world.rows(outbox, outbox.c.subject_id == outcome.subject)
            ] == [("row.follow_up", before["situation_id"], ["+"])]


@pytest.mark.parametrize(("role", "kind"), [(Role.ASM, SUPPORT), (Role.ASM, CONSULTATION), (Role.ASO, CONSULTATION)])
async def test_a_worker_reports_exactly_the_steps_of_the_machine(world: World, role: Role, kind: ReferralKind) -> None:
    partner, worker = await association(world, role)
    await _every_pair(world, partner, worker, worker, kind, _MET | _FIRST[kind], UNSEEN_BY_WORKER)


@pytest.mark.parametrize("kind", ReferralKind)
async def test_a_tool_reports_from_the_first_meeting_on(world: World, kind: ReferralKind) -> None:
    partner, worker = await association(world)
    tool = await world.tool(partner)
    await _every_pair(world, partner, tool, worker, kind, _MET, set(ReferralStatus) - SEEN_BY_TOOL)


async def test_the_version_moves_with_the_state_and_a_stale_one_is_refused(world: World) -> None:
    partner, worker = await association(world)
    identity = await world.referral(partner, S.IDENTITY_RELEASED, assignee=worker)
    version = await world.version(worker, "Referral", identity)
    before = await world.row(referral, identity)
    stale = about(world, identity, F.FIRST_MEETING, expected_version="old")
    assert await world.refused("recordFollowUp", worker, **stale) == "STALE_VERSION"
    assert await world.row(referral, identity) == before
    assert await follow_ups(world, identity) == []
    assert (
        await world.act("recordFollowUp", worker, **about(world, identity, F.FIRST_MEETING, expected_version=version))
    ).refusal is None
    assert await world.version(worker, "Referral", identity) != version
    assert (
        await world.refused("recordFollowUp", worker, **about(world, identity, F.ONGOING, expected_version=version))
        == "STALE_VERSION"
    )


async def test_a_note_for_the_ase_is_a_persons(world: World) -> None:
    partner, worker = await association(world)
    identity = await world.referral(partner, S.ONGOING, assignee=worker)
    await world.act(
        "recordFollowUp", worker, **about(world, identity, F.ONGOING, note_for_ase="  Elle veut un logement. ")
    )
    [row] = await follow_ups(world, identity)
    assert row["note_for_ase"] == "Elle veut un logement."
    record = await world.log(world.traces[-1])
    assert (record["categories"], record["situations"]) == (["G23", "G24"], [str(row["situation_id"])])
    with pytest.raises(BadInputError) as caught:
        await world.act(
            "recordFollowUp", await world.tool(partner), **about(world, identity, F.ONGOING, note_for_ase="x")
        )
    assert caught.value.reason == "NEEDS_PERSON"
    assert len(await follow_ups(world, identity)) == 1


async def test_the_day_is_neither_to_come_nor_before_the_referral(world: World) -> None:
    partner, worker = await association(world)
    identity = await world.referral(partner, S.IDENTITY_RELEASED, assignee=worker)
    before = await world.row(referral, identity)
    wish = about(world, identity, F.FIRST_MEETING)
    assert (
        await world.refused("recordFollowUp", worker, **wish | {"date": today(world) - timedelta(days=22)})
        == "BEFORE_REFERRAL"
    )
    for day in (today(world) + timedelta(days=2), today(world).replace(year=1950)):
        with pytest.raises(BadInputError):
            await world.act("recordFollowUp", worker, **wish | {"date": day})
    assert await world.row(referral, identity) == before
    assert await follow_ups(world, identity) == []
    assert (
        await world.act("recordFollowUp", worker, **wish | {"date": today(world) - timedelta(days=19)})
    ).refusal is None


@pytest.mark.parametrize("name", ["recordFollowUp", "writeAssociationNote"])
async def test_a_colleague_another_association_and_a_random_id_are_the_same_nothing(world: World, name: str) -> None:
    partner, worker = await association(world)
    colleague, (_, stranger) = await world.person(partner, Role.ASM), await association(world)
    identity = await world.referral(partner, S.ONGOING, assignee=worker)
    extra = {"text": "note"} if name == "writeAssociationNote" else {"status": F.ONGOING, "date": today(world)}
    errors = []
    for caller, target in ((colleague, identity), (stranger, identity), (worker, None)):
        with pytest.raises(NotFoundError) as caught:
            await world.act(name, caller, referral=public("Referral", target), **extra)
        errors.append((caught.value.code, caught.value.sentence, caught.value.reason))
        assert (await world.log(world.traces[-1]))["situations"] == []
    assert len(set(errors)) == 1
    assert await follow_ups(world, identity) == []
    assert await world.rows(association_note, association_note.c.referral_id == identity) == []


async def test_another_associations_tool_finds_nothing(world: World) -> None:
    partner, worker = await association(world)
    identity = await world.referral(partner, S.ONGOING, assignee=worker)
    tool = await world.tool((await association(world))[0])
    assert await world.refused("recordFollowUp", tool, **about(world, identity, F.ONGOING)) == "NOT_FOUND"
    assert await follow_ups(world, identity) == []


async def test_two_follow_ups_at_once_are_both_kept_and_the_state_is_one_of_theirs(world: World) -> None:
    partner, worker = await association(world)
    tool = await world.tool(partner)
    for _ in range(5):
        identity = await world.referral(partner, S.ENGAGED, assignee=worker, engaged_at=world.now)
        results = await together(
            world.act("recordFollowUp", worker, **about(world, identity, F.ONGOING)),
            world.act("recordFollowUp", tool, **about(world, identity, F.ONGOING)),
        )
        assert [result.refusal for result in results] == [None, None]
        assert (await world.row(referral, identity))["status"] == "ONGOING"
        assert len(await follow_ups(world, identity)) == 2


async def test_of_two_endings_at_once_the_second_sees_the_first(world: World) -> None:
    partner, worker = await association(world)
    tool = await world.tool(partner)
    for _ in range(5):
        identity = await world.referral(partner, S.ONGOING, assignee=worker)
        results = await together(
            world.act("recordFollowUp", worker, **about(world, identity, F.COMPLETED)),
            world.act("recordFollowUp", tool, **about(world, identity, F.LOST_CONTACT)),
        )
        [row] = await follow_ups(world, identity)
        assert (await world.row(referral, identity))["status"] == row["status"]
        [lost] = [result for result in results if isinstance(result, NotFoundError) or result.refusal]
        # The worker still sees what has ended, the tool does not.
        assert isinstance(lost, NotFoundError) if row["status"] == "COMPLETED" else lost.refusal.code == "WRONG_STATE"


async def test_of_a_pause_and_an_end_at_once_both_stand_or_the_end_alone(world: World) -> None:
    """The second changes a row that the statement first saw as it was before the first."""
    partner, worker = await association(world)
    tool = await world.tool(partner)
    for _ in range(5):
        identity = await world.referral(partner, S.ONGOING, assignee=worker)
        paused, lost = await together(
            world.act("recordFollowUp", tool, **about(world, identity, F.PAUSED_RUNAWAY)),
            world.act("recordFollowUp", worker, **about(world, identity, F.LOST_CONTACT)),
        )
        assert lost.refusal is None
        assert (await world.row(referral, identity))["status"] == "LOST_CONTACT"
        reported = {row["status"] for row in await follow_ups(world, identity)}
        if isinstance(paused, NotFoundError):
            assert reported == {"LOST_CONTACT"}
        else:
            assert reported == {"PAUSED_RUNAWAY", "LOST_CONTACT"}


async def test_what_is_told_at_once_is_what_its_caller_wrote(world: World) -> None:
    """No row policy stands behind a payload that is told by the act itself, so nothing else may ever be in it."""
    at_once = {name: command for name, command in COMMANDS.items() if isinstance(command, AtOnce)}
    assert set(at_once) == {"recordFollowUp"}
    for command in at_once.values():
        table = NOUNS[command.noun].table
        opening = Opening(select(true().label("stands")).cte("token"), true())
        shown = {column.name for column in table.c if column.info["category"] is not Category.KEY}
        for moving in (False, True):
            made: Any = command.parts(Audience.ASM, opening, False, moving).made.element
            assert shown <= set(made._select_names)
        # Nor does the database fill anything in before it gives the row back.
        filled_in = await world.lanes.fetch(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::text::regclass AND NOT tgisinternal AND tgtype & 2 = 2 "
            "UNION ALL SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attgenerated <> ''",
            table.name,
        )
        assert filled_in == []


class _One:
    """A pool of one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        yield self._connection


@pytest.mark.parametrize("name", [None, "a-key-of-a-repeat"])
async def test_a_follow_up_is_one_statement(world: World, monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    """All but the first "ongoing" after another state, which the statement that moves nothing leaves undone."""
    partner, worker = await association(world)
    identity = await world.referral(partner, S.ENGAGED, assignee=worker)
    seen: list[str] = []
    async with world.lanes.acquire() as connection:
        monkeypatch.setattr(world.commands._group, "_lanes", _One(connection))
        connection.add_query_logger(lambda record: seen.append(record.query))
        for status, statements in ((F.ONGOING, 2), (F.ONGOING, 1), (F.PAUSED_RUNAWAY, 1), (F.LOST_CONTACT, 1)):
            key = name and f"{name}-{status}-{statements}"
            seen.clear()
            outcome = await world.act("recordFollowUp", worker, **about(world, identity, status, idempotency_key=key))
            await asyncio.sleep(0)  # query loggers are called by the event loop
            assert len(seen) == statements, status
            assert outcome.refusal is None
            assert (await world.row(referral, identity))["status"] == status.value
            assert (await world.log(world.traces[-1]))["outcome"] == "OK"
    assert len(await follow_ups(world, identity)) == 4


async def test_a_follow_up_that_moves_nothing_does_not_touch_the_referral(world: World) -> None:
    """Or the relations of the situation would be computed again at each of them."""
    partner, worker = await association(world)
    identity = await world.referral(partner, S.ONGOING, assignee=worker)
    written_by = "SELECT xmin::text FROM referral WHERE id = $1"
    before = await world.lanes.fetchval(written_by, identity)
    for status in (F.ONGOING, F.MISSED_MEETING):
        assert (await world.act("recordFollowUp", worker, **about(world, identity, status))).refusal is None
    assert await world.lanes.fetchval(written_by, identity) == before
    assert len(await follow_ups(world, identity)) == 2
    assert (await world.act("recordFollowUp", worker, **about(world, identity, F.PAUSED_RUNAWAY))).refusal is None
    assert await world.lanes.fetchval(written_by, identity) != before


async def test_a_token_that_no_longer_stands_writes_nothing(world: World) -> None:
    partner, worker = await association(world)
    identity = await world.referral(partner, S.ONGOING, assignee=worker)
    before = await world.row(referral, identity)
    assert worker.member_id is not None
    await world.change(member, worker.member_id, status="SUSPENDED")
    for target in (identity, uuid4()):
        with pytest.raises(UnauthenticatedError):
            await world.act("recordFollowUp", worker, **about(world, target, F.COMPLETED))
    assert await world.row(referral, identity) == before
    assert await follow_ups(world, identity) == []


async def test_notes_are_written_during_the_support_only(world: World) -> None:
    partner, worker = await association(world)
    for state in ReferralStatus:
        identity = await world.referral(partner, state, assignee=worker)
        wish = {"referral": public("Referral", identity), "text": " Rappeler jeudi. "}
        if state in {S.IDENTITY_RELEASED, S.ENGAGED, S.ONGOING, S.PAUSED_RUNAWAY}:
            outcome = await world.act("writeAssociationNote", worker, **wish)
            assert outcome.subject is not None
            case = (await world.row(referral, identity))["situation_id"]
            assert await world.row(association_note, outcome.subject) == {
                "id": outcome.subject, "referral_id": identity, "situation_id": case, "organisation_id": partner.id,
                "author_id": worker.member_id, "text": "Rappeler jeudi.", "at": world.now,
            }  # fmt: skip
            assert await world.events(outcome.subject) == [
                {"kind": "association_note.written", "situation_id": case, "audiences": ["ASSOCIATION"]}
            ]
        else:
            expected = "NOT_FOUND" if state in UNSEEN_BY_WORKER else "WRONG_STATE"
            assert await world.refused("writeAssociationNote", worker, **wish) == expected
            assert await world.rows(association_note, association_note.c.referral_id == identity) == []


async def test_a_consultant_writes_notes_once_accepted_and_no_note_is_empty(world: World) -> None:
    partner, worker = await association(world, Role.ASO)
    identity = await world.referral(partner, S.ACCEPTED, CONSULTATION, worker)
    assert (await world.act("writeAssociationNote", worker, referral=public("Referral", identity), text="note")).subject
    for text in ("", "  \n ", "x" * 10_001, "a\x00b"):
        with pytest.raises(BadInputError):
            await world.act("writeAssociationNote", worker, referral=public("Referral", identity), text=text)
    assert len(await world.rows(association_note, association_note.c.referral_id == identity)) == 1


async def test_a_note_for_the_ase_is_no_business_of_a_consultation(world: World) -> None:
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.OUTSIDE_MISSION)
    worker = await world.person(partner, Role.ASO)
    identity = await world.referral(partner, S.ENGAGED, ReferralKind.PROFESSIONAL_CONSULTATION, worker)
    with pytest.raises(BadInputError) as caught:
        await world.act("recordFollowUp", worker, **about(world, identity, F.ONGOING, note_for_ase="x"))
    assert caught.value.reason == "NEEDS_PERSON"
    assert await world.rows(follow_up, follow_up.c.referral_id == identity) == []
