"""A key is one act: done once, answered again, never anybody else's, and forgotten after two days."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from auth.caller import Caller
from loaders.commands.idempotency import Claims, Forgetter, forget
from loaders.commands.registry import COMMANDS
from loaders.commands.running import Outcome
from schema.errors import BadInputError, NotFoundError, UnauthenticatedError, UnavailableError
from schema.tables.idempotency import idempotency
from schema.tables.journal import access_log, outbox
from schema.tables.referral import follow_up, referral
from schema.types.mutation import INPUTS
from schema.vocabulary import FollowUpStatus, MandateKind, OrgKind, ReferralStatus, Role
from tests.loaders.commands.world import NORD, Partner, World, made_world, public, today, together  # noqa: F401

F, S = FollowUpStatus, ReferralStatus


def key() -> str:
    return str(uuid4())


async def followed(world: World, **columns: Any) -> tuple[Partner, Caller, UUID]:
    """An association's worker, and an orientation that is under way."""
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.ASE_MISSION)
    worker = await world.person(partner, Role.ASM)
    return partner, worker, await world.referral(partner, S.ENGAGED, assignee=worker, **columns)


def report(world: World, identity: UUID, name: str | None, status: FollowUpStatus = F.ONGOING) -> dict[str, Any]:
    return {"referral": public("Referral", identity), "status": status, "date": today(world), "idempotency_key": name}


async def follow_ups(world: World, identity: UUID) -> int:
    return len(await world.rows(follow_up, follow_up.c.referral_id == identity))


async def kept(world: World) -> int:
    return int((await world.admin.execute(select(func.count()).select_from(idempotency))).scalar_one())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_mutation_takes_a_key(name: str) -> None:
    parts = INPUTS[name].__dataclass_fields__
    assert parts["idempotency_key"].default is None
    # Last, so that what is written comes before how it is sent.
    assert list(parts)[-1] == "idempotency_key"


async def test_a_repeat_is_answered_and_not_done_again(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = report(world, identity, key())
    first = await world.act("recordFollowUp", worker, **wish)
    again = await world.act("recordFollowUp", worker, **wish)
    assert (again.subject, again.refusal) == (first.subject, None)
    # What the repeat shows is read, and recorded, anew.
    assert first.recorded
    assert again.recorded == frozenset()
    assert await follow_ups(world, identity) == 1
    assert first.subject is not None
    assert len(await world.rows(outbox, outbox.c.subject_id == first.subject)) == 1
    records = await world.rows(access_log, access_log.c.trace_id.in_(world.traces))
    assert [record["event"] for record in records] == ["COMMAND"]


async def test_a_repeat_is_known_although_the_state_and_the_version_have_moved(world: World) -> None:
    partner = await world.partner(OrgKind.CRIP, NORD)
    officer = await world.person(partner, Role.CRI)
    case = await world.situation(NORD)
    identity = await world.report(case, NORD)
    wish = {
        "report": public("ConcernReport", identity),
        "expected_version": await world.version(officer, "ConcernReport", identity),
        "idempotency_key": key(),
    }
    first = await world.act("acknowledgeReport", officer, **wish)
    assert first.subject == identity
    assert (await world.act("acknowledgeReport", officer, **wish)).subject == identity
    assert await world.refused("acknowledgeReport", officer, **{**wish, "idempotency_key": key()}) == "STALE_VERSION"


async def test_without_a_key_every_act_is_one_of_its_own(world: World) -> None:
    _, worker, identity = await followed(world)
    before = await kept(world)
    for _ in range(2):
        await world.act("recordFollowUp", worker, **report(world, identity, None))
    assert await follow_ups(world, identity) == 2
    assert await kept(world) == before


async def test_a_key_stands_for_one_act_and_no_other(world: World) -> None:
    _, worker, identity = await followed(world)
    name = key()
    wish = report(world, identity, name)
    assert (await world.act("recordFollowUp", worker, **wish)).refusal is None
    events = len(await world.rows(outbox))
    others: list[tuple[str, dict[str, Any]]] = [
        ("recordFollowUp", {**wish, "status": F.COMPLETED}),
        ("recordFollowUp", {**wish, "date": today(world) - timedelta(days=1)}),
        ("recordFollowUp", {**wish, "referral": public("Referral")}),
        ("recordFollowUp", {**wish, "expected_version": "0" * 20}),
        ("writeAssociationNote", {"referral": wish["referral"], "text": "x", "idempotency_key": name}),
    ]
    for mutation, other in others:
        outcome = await world.act(mutation, worker, **other)
        assert outcome.subject is None
        assert outcome.refusal is not None
        assert (outcome.refusal.code, outcome.refusal.field) == ("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")
        assert (await world.log(world.traces[-1]))["outcome"] == "IDEMPOTENCY_KEY_REUSED"
    assert await follow_ups(world, identity) == 1
    assert len(await world.rows(outbox)) == events


async def test_a_key_of_another_is_no_key(world: World) -> None:
    partner, worker, identity = await followed(world)
    wish = report(world, identity, key())
    done = {(await world.act("recordFollowUp", worker, **wish)).subject}
    # The same person with another of the organisation's tools, the tool for nobody, and a colleague.
    elsewhere = replace(worker, client_id=(await world.tool(partner)).client_id)
    tool = await world.tool(partner)
    for other in (elsewhere, tool):
        done.add((await world.act("recordFollowUp", other, **wish)).subject)
    assert len(done) == 3
    colleague = await world.person(partner, Role.ASM)
    assert await world.refused("recordFollowUp", colleague, **wish) == "NOT_FOUND"
    assert await follow_ups(world, identity) == 3


async def test_a_refused_act_leaves_its_key_free(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = report(world, identity, key(), F.FIRST_MEETING)
    before = await kept(world)
    assert await world.refused("recordFollowUp", worker, **wish) == "WRONG_STATE"
    assert await kept(world) == before
    await world.change(referral, identity, status=S.IDENTITY_RELEASED.value)
    assert (await world.act("recordFollowUp", worker, **wish)).refusal is None
    assert await follow_ups(world, identity) == 1


@pytest.mark.parametrize("name", ["recordFollowUp", "writeAssociationNote"])
async def test_of_many_repeats_at_once_one_is_done_and_all_are_answered(world: World, name: str) -> None:
    _, worker, identity = await followed(world)
    wish = report(world, identity, key())
    if name == "writeAssociationNote":
        wish = {"referral": wish["referral"], "text": "x", "idempotency_key": wish["idempotency_key"]}
    outcomes = await together(*(world.act(name, worker, **wish) for _ in range(12)))
    assert all(isinstance(outcome, Outcome) and outcome.refusal is None for outcome in outcomes), outcomes
    assert len({outcome.subject for outcome in outcomes}) == 1
    kinds = [row["kind"] for row in await world.rows(outbox, outbox.c.subject_id == outcomes[0].subject)]
    assert sorted(set(kinds)) == sorted(kinds)
    assert sum(bool(outcome.recorded) for outcome in outcomes) == 1


async def test_a_repeat_waits_for_an_act_under_way_and_does_it_where_that_one_fails(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = INPUTS["recordFollowUp"](**report(world, identity, key()))
    claim = world.commands._claims.of("recordFollowUp", worker, wish)
    assert claim is not None
    async with world.lanes.acquire() as other:
        transaction = other.transaction()
        await transaction.start()
        await other.fetchval("SELECT done_before($1)", claim.id)
        waiting = asyncio.create_task(
            world.commands.run("recordFollowUp", COMMANDS["recordFollowUp"], worker, wish, uuid4().hex)
        )
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await transaction.rollback()
    assert (await waiting).refusal is None
    assert await follow_ups(world, identity) == 1


async def test_a_repeat_that_waits_too_long_says_so_and_does_nothing(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = INPUTS["recordFollowUp"](**report(world, identity, key()))
    claim = world.commands._claims.of("recordFollowUp", worker, wish)
    assert claim is not None
    async with world.lanes.acquire() as other, other.transaction():
        await other.fetchval("SELECT done_before($1)", claim.id)
        # The only other connection that the pool gives meanwhile.
        async with world.lanes.acquire() as second:
            await second.execute("SET lock_timeout = '100ms'")
        with pytest.raises(UnavailableError) as refused:
            await world.commands.run("recordFollowUp", COMMANDS["recordFollowUp"], worker, wish, uuid4().hex)
        assert refused.value.reason == "BUSY"
    assert await follow_ups(world, identity) == 0


@pytest.mark.parametrize(
    "name", ["", "short12"[:7], "x" * 129, "with blank", "tab\tinside", "é" * 8, "nul\x00inside", "line\nbreak"]
)
async def test_a_key_that_is_none_is_bad_input_and_nothing_runs(world: World, name: str) -> None:
    _, worker, identity = await followed(world)
    with pytest.raises(BadInputError, match="idempotencyKey"):
        await world.act("recordFollowUp", worker, **report(world, identity, name))
    assert await follow_ups(world, identity) == 0


@pytest.mark.parametrize("name", ["x" * 8, "~" * 128, "!\"#$%&'()*+,-./"])
async def test_a_key_may_be_any_visible_characters(world: World, name: str) -> None:
    _, worker, identity = await followed(world)
    assert (await world.act("recordFollowUp", worker, **report(world, identity, name))).refusal is None


async def test_a_repeat_needs_a_token_that_stands(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = report(world, identity, key())
    await world.act("recordFollowUp", worker, **wish)
    with pytest.raises(UnauthenticatedError):
        await world.act("recordFollowUp", replace(worker, token_id="gone"), **wish)


async def test_what_was_sent_cannot_be_found_in_the_store(world: World) -> None:
    _, worker, identity = await followed(world)
    wish = INPUTS["recordFollowUp"](**report(world, identity, key()))
    one, other = (Claims(secret).of("recordFollowUp", worker, wish) for secret in (b"one", b"other"))
    assert one is not None
    assert other is not None
    assert (len(one.id), len(one.request)) == (32, 32)
    # Without the secret nobody can compute what a guess would have given.
    assert one.id != other.id
    assert one.request != other.request


async def test_keys_are_forgotten_after_two_days_by_the_clock_of_the_database(world: World) -> None:
    _, worker, identity = await followed(world)
    old, young = report(world, identity, key()), report(world, identity, key())
    for wish in (old, young):
        await world.act("recordFollowUp", worker, **wish)
    claim = world.commands._claims.of("recordFollowUp", worker, INPUTS["recordFollowUp"](**old))
    assert claim is not None
    await world.admin.execute(
        idempotency.update().where(idempotency.c.id == claim.id).values(at=func.now() - timedelta(hours=48, seconds=1))
    )
    await forget(world.lanes)
    for wish in (old, young):
        await world.act("recordFollowUp", worker, **wish)
    assert await follow_ups(world, identity) == 3


async def test_keys_are_forgotten_by_themselves_and_a_failure_ends_nothing(world: World) -> None:
    asked = asyncio.Event()
    failures = 2

    class Away:
        async def execute(self, sql: str, *arguments: Any) -> str:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise OSError
            asked.set()
            return await world.lanes.execute(sql, *arguments)

    away: Any = Away()
    forgetter = Forgetter(away, seconds=0.01)
    forgetter.start()
    await asyncio.wait_for(asked.wait(), 5)
    await forgetter.close()


async def test_a_repeat_by_somebody_who_lost_the_row_is_answered_with_its_name_alone(world: World) -> None:
    """The outcome names the row; whether it may be shown is decided by the door that the payload is read through."""
    _, worker, identity = await followed(world)
    wish = report(world, identity, key(), F.COMPLETED)
    first = await world.act("recordFollowUp", worker, **wish)
    await world.change(referral, identity, assigned_member_id=None)
    assert (await world.act("recordFollowUp", worker, **wish)).subject == first.subject
    with pytest.raises(NotFoundError):
        await world.act("recordFollowUp", worker, **{**wish, "idempotency_key": key()})
