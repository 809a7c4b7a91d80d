"""A command is in the log exactly if it is done, in a chain that verifies."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from loaders.journals.audit import verify
from loaders.journals.audit_chain import Head
from loaders.journals.command_log import CommandLog
from schema.errors import UnavailableError
from schema.tables.journal import access_log
from schema.vocabulary import FollowUpStatus, MandateKind, OrgKind, ReferralStatus, Role
from tests.cluster import Cluster
from tests.loaders.commands.world import World, made_world, public, today, together  # noqa: F401


async def _worker(world: World) -> tuple[Any, UUID]:
    partner = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.ASE_MISSION)
    worker = await world.person(partner, Role.ASM)
    return worker, await world.referral(partner, ReferralStatus.ENGAGED, assignee=worker)


def _wish(world: World, identity: UUID, **more: Any) -> dict[str, Any]:
    return {
        "referral": public("Referral", identity), "status": FollowUpStatus.ONGOING, "date": today(world), **more
    }  # fmt: skip


async def _sound(cluster: Cluster) -> bool:
    connection = await asyncpg.connect(cluster.login("maillage_verifier"))
    try:
        return (await verify(connection)).sound
    finally:
        await connection.close()


async def _recorded(world: World) -> Counter[str]:
    rows = await world.rows(access_log, access_log.c.trace_id.in_(world.traces), access_log.c.event == "COMMAND")
    return Counter(row["trace_id"] for row in rows)


async def test_acts_at_once_are_recorded_once_each_in_whole_chains(world: World, cluster: Cluster) -> None:
    worker, identity = await _worker(world)
    outcomes = await together(*(world.act("recordFollowUp", worker, **_wish(world, identity)) for _ in range(20)))
    assert all(outcome.refusal is None for outcome in outcomes)
    assert await _recorded(world) == Counter(world.traces)
    heads = {head.writer_id: head for head in world.commands._log.heads()}
    rows = await world.rows(access_log, access_log.c.writer_id.in_(heads))
    assert {
        row["writer_id"]: max(other["seq"] for other in rows if other["writer_id"] == row["writer_id"]) for row in rows
    } == {name: head.seq for name, head in heads.items()}
    assert await _sound(cluster)


async def test_an_act_that_fails_after_its_record_leaves_none_and_the_chain_goes_on(
    world: World, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, identity = await _worker(world)
    note = {"referral": public("Referral", identity), "text": "x"}
    await world.act("writeAssociationNote", worker, **note)
    add = CommandLog.add

    async def add_and_fail(log: CommandLog, connection: Any, record: Any, kept: Any) -> Any:
        await add(log, connection, record, kept)
        raise asyncpg.DeadlockDetectedError

    with monkeypatch.context() as patch:
        patch.setattr(CommandLog, "add", add_and_fail)
        with pytest.raises(UnavailableError):
            await world.act("writeAssociationNote", worker, **note)
    await world.act("writeAssociationNote", worker, **note)
    assert await _recorded(world) == Counter([world.traces[0], world.traces[2]])
    assert await _sound(cluster)


async def test_an_act_of_one_statement_that_the_server_refuses_leaves_its_chain_as_it_was(
    world: World, cluster: Cluster
) -> None:
    worker, identity = await _worker(world)
    await world.act("recordFollowUp", worker, **_wish(world, identity))
    log = world.commands._log
    before = set(log.heads())
    async with world.lanes.acquire() as other, other.transaction():
        await other.fetchrow("SELECT 1 FROM referral WHERE id = $1 FOR UPDATE", identity)
        # The only other connection that the pool gives meanwhile.
        async with world.lanes.acquire() as second:
            await second.execute("SET lock_timeout = '100ms'")
        with pytest.raises(UnavailableError) as refused:
            await world.act("recordFollowUp", worker, **_wish(world, identity))
    assert refused.value.reason == "BUSY"
    assert set(log.heads()) == before
    await world.act("recordFollowUp", worker, **_wish(world, identity))
    assert await _recorded(world) == Counter([world.traces[0], world.traces[2]])
    assert await _sound(cluster)


async def test_records_of_one_statement_and_of_several_share_their_chains(world: World, cluster: Cluster) -> None:
    worker, identity = await _worker(world)
    note = {"referral": public("Referral", identity), "text": "x"}
    for _ in range(3):
        await world.act("recordFollowUp", worker, **_wish(world, identity, note_for_ase='é"\\'))
        await world.act("writeAssociationNote", worker, **note)
    assert await _recorded(world) == Counter(world.traces)
    assert sum(head.seq for head in world.commands._log.heads()) == len(world.traces)
    assert await _sound(cluster)


async def test_an_act_whose_record_is_refused_is_not_done(world: World) -> None:
    worker, identity = await _worker(world)
    revoke, grant = ("REVOKE INSERT ON access_log FROM", "GRANT INSERT ON access_log TO")
    await world.admin.exec_driver_sql(f"{revoke} maillage_commands")
    try:
        with pytest.raises(UnavailableError) as refused:
            await world.act("recordFollowUp", worker, **_wish(world, identity, idempotency_key=str(uuid4())))
    finally:
        await world.admin.exec_driver_sql(f"{grant} maillage_commands")
    assert refused.value.reason == "access log: InsufficientPrivilegeError"
    assert await _recorded(world) == Counter()
    assert (await world.act("recordFollowUp", worker, **_wish(world, identity))).refusal is None


@pytest.mark.parametrize("name", ["recordFollowUp", "writeAssociationNote"])
async def test_after_a_commit_that_nobody_heard_a_new_chain_begins(world: World, cluster: Cluster, name: str) -> None:
    worker, identity = await _worker(world)
    at_once = name == "recordFollowUp"
    wish = _wish(world, identity) if at_once else {"referral": public("Referral", identity), "text": "x"}
    await world.act(name, worker, **wish)
    log = world.commands._log
    before: dict[Any, Head] = dict(log._heads)
    doubted = asyncio.Event()

    async def commit_and_lose(self: Any, *given: Any) -> Any:
        found = await commits(self, *given)
        # Other statements may run in this process.
        if doubted.is_set() or (at_once and access_log.name not in given[0]):
            return found
        doubted.set()
        raise ConnectionResetError

    # What commits: the one statement, or the end of the transaction.
    whose, what = (asyncpg.Connection, "fetch") if at_once else (asyncpg.transaction.Transaction, "__aexit__")
    commits = getattr(whose, what)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whose, what, commit_and_lose)
        with pytest.raises(UnavailableError) as refused:
            await world.act(name, worker, **wish)
    assert refused.value.reason == "IN_DOUBT"
    for _ in range(6):
        await world.act(name, worker, **wish)
    # It was done, and is in the log; what followed did not build on it.
    assert await _recorded(world) == Counter(world.traces)
    assert {head.writer_id for head in before.values()} <= {head.writer_id for head in log.heads()}
    assert await _sound(cluster)
