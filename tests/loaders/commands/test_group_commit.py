"""Acts that wait are committed together, and each is still its own: what it sees, what it is refused, what is written of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from auth.caller import Caller
from loaders.commands.running import Outcome
from loaders.journals.audit import verify
from loaders.postgres import crowds
from schema.errors import UnavailableError
from schema.tables.journal import access_log
from schema.tables.referral import follow_up, referral
from schema.vocabulary import FollowUpStatus, MandateKind, OrgKind, ReferralStatus, Role
from tests.cluster import Cluster
from tests.loaders.commands.world import LANES, Partner, World, made_world, public, today, together  # noqa: F401

# One that goes at once, and a group of those that wait for it.
MANY = 8


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine of the tests is."""
    monkeypatch.setattr(crowds, "PATIENCE", 3600.0)


async def _association(world: World) -> tuple[Partner, Caller]:
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.ASE_MISSION)
    return partner, await world.person(partner, Role.ASM)


async def _referrals(world: World, partner: Partner, worker: Caller, number: int = MANY) -> list[UUID]:
    return [await world.referral(partner, ReferralStatus.ONGOING, assignee=worker) for _ in range(number)]


def _report(world: World, worker: Caller, identity: UUID, **more: Any) -> Any:
    wish = {"status": FollowUpStatus.ONGOING, "date": today(world), **more}
    return world.act("recordFollowUp", worker, referral=public("Referral", identity), **wish)


async def _transactions(world: World, referrals: list[UUID]) -> Counter[str]:
    """How many follow-ups each transaction has written."""
    found = await world.lanes.fetch("SELECT xmin::text FROM follow_up WHERE referral_id = ANY($1)", referrals)
    return Counter(row["xmin"] for row in found)


async def _recorded(world: World) -> Counter[str]:
    rows = await world.rows(access_log, access_log.c.trace_id.in_(world.traces))
    return Counter(f"{row['event']} {row['outcome']}" for row in rows)


async def _sound(cluster: Cluster) -> bool:
    connection = await asyncpg.connect(cluster.login("maillage_verifier"))
    try:
        return (await verify(connection)).sound
    finally:
        await connection.close()


@asynccontextmanager
async def _forbidden(world: World) -> AsyncIterator[date]:
    """A day that a constraint refuses in a follow-up."""
    day = today(world) - timedelta(days=11)
    await world.admin.exec_driver_sql(
        f"ALTER TABLE follow_up ADD CONSTRAINT no_such_day CHECK (date <> '{day}') NOT VALID"
    )
    try:
        yield day
    finally:
        await world.admin.exec_driver_sql("ALTER TABLE follow_up DROP CONSTRAINT no_such_day")


async def test_acts_that_wait_for_others_are_one_transaction(world: World, cluster: Cluster) -> None:
    partner, worker = await _association(world)
    referrals = await _referrals(world, partner, worker)
    outcomes = await together(*(_report(world, worker, identity) for identity in referrals))
    assert all(isinstance(one, Outcome) and one.refusal is None for one in outcomes)
    # Each is told of its own row.
    for identity, outcome in zip(referrals, outcomes, strict=True):
        assert (await world.row(follow_up, outcome.subject))["referral_id"] == identity
    assert sorted((await _transactions(world, referrals)).values()) == [1, MANY - 1]
    assert await _recorded(world) == {"COMMAND OK": MANY}
    for outcome, trace in zip(outcomes, world.traces, strict=True):
        [shown] = outcome.recorded
        assert (await world.log(trace))["situations"] == [shown]
    assert world.commands._group._crowds.rests
    # Once more: the chains of the places go on.
    await together(*(_report(world, worker, identity) for identity in referrals))
    assert sum(head.seq for head in world.commands._log.heads()) == 2 * MANY
    assert await _sound(cluster)


async def test_acts_of_two_tokens_never_share_a_transaction(world: World) -> None:
    callers = [await _association(world) for _ in range(2)]
    referrals = [await _referrals(world, *one) for one in callers]
    acts = [
        _report(world, worker, one)
        for row in zip(*referrals, strict=True)
        for (_, worker), one in zip(callers, row, strict=True)
    ]
    assert all(isinstance(one, Outcome) for one in await together(*acts))
    first, second = [await _transactions(world, one) for one in referrals]
    assert first.total() == second.total() == MANY
    assert max(first.values()) > 1
    assert not first.keys() & second.keys()


async def test_each_sees_what_those_before_it_have_done(world: World) -> None:
    """Of many who end one accompaniment one does, and all others hear that it has ended."""
    partner, worker = await _association(world)
    [identity] = await _referrals(world, partner, worker, 1)
    ends = {"status": FollowUpStatus.COMPLETED}
    outcomes = await together(*(_report(world, worker, identity, **ends) for _ in range(MANY)))
    refusals = [one.refusal.code for one in outcomes if one.refusal is not None]
    assert refusals == ["WRONG_STATE"] * (MANY - 1)
    assert (await world.row(referral, identity))["status"] == ReferralStatus.COMPLETED.value
    assert (await _transactions(world, [identity])).total() == 1
    assert await _recorded(world) == {"COMMAND OK": 1, "REFUSAL WRONG_STATE": MANY - 1}


async def test_under_one_key_one_is_done_and_the_others_show_it(world: World) -> None:
    partner, worker = await _association(world)
    [identity] = await _referrals(world, partner, worker, 1)
    key = {"idempotency_key": str(uuid4())}
    outcomes = await together(*(_report(world, worker, identity, **key) for _ in range(MANY)))
    assert len({one.subject for one in outcomes}) == 1
    assert (await _transactions(world, [identity])).total() == 1
    assert await _recorded(world) == {"COMMAND OK": 1}


async def test_what_a_constraint_refuses_one_takes_nothing_from_the_others(world: World, cluster: Cluster) -> None:
    partner, worker = await _association(world)
    referrals = await _referrals(world, partner, worker)
    async with _forbidden(world) as day:
        dates = [today(world)] * (MANY - 2) + [day, today(world)]
        acts = [_report(world, worker, one, date=day) for one, day in zip(referrals, dates, strict=True)]
        outcomes = await together(*acts)
    refused = [one.refusal and one.refusal.code for one in outcomes]
    assert refused == [None] * (MANY - 2) + ["NOT_ALLOWED_HERE", None]
    # The group was undone, and each done by itself.
    assert sorted((await _transactions(world, referrals)).values()) == [1] * (MANY - 1)
    assert await _recorded(world) == {"COMMAND OK": MANY - 1, "REFUSAL NOT_ALLOWED_HERE": 1}
    assert await _sound(cluster)


@asynccontextmanager
async def _locked(world: World, *referrals: UUID) -> AsyncIterator[None]:
    """Somebody else holds these rows."""
    async with world.lanes.begin() as other:
        await other.execute("SELECT FROM referral WHERE id = ANY($1) FOR UPDATE", referrals)
        yield


async def _impatient(world: World, setting: str) -> None:
    """How long every connection waits for a row that another holds."""
    async with AsyncExitStack() as held:
        for connection in [await held.enter_async_context(world.lanes.acquire()) for _ in range(LANES)]:
            await connection.execute(f"SET lock_timeout = '{setting}'")


async def test_whoever_waits_for_a_locked_row_takes_nothing_from_the_others(world: World, cluster: Cluster) -> None:
    partner, worker = await _association(world)
    referrals = await _referrals(world, partner, worker)
    await _impatient(world, "200ms")
    async with _locked(world, referrals[-2]):
        outcomes = await together(*(_report(world, worker, one) for one in referrals))
    await _impatient(world, "4s")
    busy = outcomes.pop(-2)
    assert isinstance(busy, UnavailableError)
    assert busy.reason == "BUSY"
    assert all(isinstance(one, Outcome) for one in outcomes)
    assert await _recorded(world) == {"COMMAND OK": MANY - 1}
    assert await _sound(cluster)


async def _waits_for_a_lock(world: World) -> int:
    """The process of PostgreSQL that does."""
    for _ in range(1000):
        found = await world.admin.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'maillage_commands' AND wait_event_type = 'Lock'"
        )
        if pids := found.scalars().all():
            return int(pids[0])
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_when_its_connection_dies_all_of_a_group_are_in_doubt_and_none_is_done_twice(
    world: World, cluster: Cluster
) -> None:
    partner, worker = await _association(world)
    referrals = await _referrals(world, partner, worker)
    async with _locked(world, referrals[-1]):
        acts = asyncio.create_task(together(*(_report(world, worker, one) for one in referrals)))
        await world.admin.exec_driver_sql(f"SELECT pg_terminate_backend({await _waits_for_a_lock(world)})")
        outcomes = await acts
    assert all(isinstance(one, Outcome) for one in outcomes[:1])
    assert [getattr(one, "reason", one) for one in outcomes[1:]] == ["IN_DOUBT"] * (MANY - 1)
    assert (await _transactions(world, referrals)).total() == 1
    again = await together(*(_report(world, worker, one) for one in referrals))
    assert all(isinstance(one, Outcome) for one in again)
    assert await _recorded(world) == {"COMMAND OK": 1 + MANY}
    assert await _sound(cluster)


async def test_what_nobody_waits_for_any_more_is_not_sent(world: World) -> None:
    partner, worker = await _association(world)
    referrals = await _referrals(world, partner, worker)
    async with _locked(world, referrals[0]):
        acts = [asyncio.create_task(_report(world, worker, one)) for one in referrals]
        await _waits_for_a_lock(world)
        acts[-1].cancel()
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert isinstance(outcomes[-1], asyncio.CancelledError)
    assert all(isinstance(one, Outcome) for one in outcomes[:-1])
    assert (await _transactions(world, referrals)).total() == MANY - 1
    assert (await _transactions(world, referrals[-1:])).total() == 0
