"""A migration under running processes locks table after table, as their own statements do: who loses the ring goes on by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from tests.graph.callers import check
from tests.network import Network

REPORTS = {"query": "{ concernReports(first: 1) { nodes { id situation { ref } } } }"}
# Somebody who holds one table and has just begun to wait for another: after a second they look for a ring, once.
WAITS = """
SELECT EXISTS (
  SELECT FROM pg_locks waits JOIN pg_locks holds USING (pid)
  WHERE waits.relation = $1::text::regclass AND NOT waits.granted
    AND waits.waitstart > clock_timestamp() - interval '0.5 s'
    AND holds.relation = $2::text::regclass AND holds.granted)"""


async def _overtake(network: Network, ask: Callable[[], Any], *, holding: str, wanting: str) -> Any:
    """Take both tables around what asks for them: the first is ours only if whoever held it lost to us; gives what was asked."""
    connection = await asyncpg.connect(network.cluster.admin)
    try:
        async with connection.transaction():
            # They look for the ring before we do, and who finds it is its victim.
            await connection.execute("SET LOCAL deadlock_timeout = '30s'")
            await connection.execute(f"LOCK TABLE {wanting} IN ACCESS EXCLUSIVE MODE")
            asked = asyncio.create_task(asyncio.to_thread(ask))
            async with asyncio.timeout(20):
                while not await connection.fetchval(WAITS, wanting, holding):  # noqa: ASYNC110 (asked of a server)
                    await asyncio.sleep(0.005)
                await connection.execute(f"LOCK TABLE {holding} IN ACCESS EXCLUSIVE MODE")
    finally:
        await connection.close()
    return await asked


async def _until(network: Network, query: str, *values: Any) -> None:
    """Wait until a question has yes for an answer."""
    async with asyncio.timeout(20):
        while not (await asyncio.to_thread(network.fetch, query, *values))[0][0]:  # noqa: ASYNC110 (asked of a server)
            await asyncio.sleep(0.05)


async def test_a_question_that_loses_to_a_migration_is_asked_again_and_is_no_failure_of_ours(network: Network) -> None:
    token = network.token("cli_crip_59", "CRI")
    answer = await _overtake(
        network, lambda: network.post(token, REPORTS), holding="concern_report", wanting="situation"
    )
    assert answer.status_code == 503, answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    check(answer)
    assert (await asyncio.to_thread(network.post, token, REPORTS)).status_code == 200


async def test_the_relay_that_loses_to_a_migration_numbers_what_it_left(network: Network) -> None:
    event = "INSERT INTO outbox (kind, subject_id, changed) VALUES ('test', gen_random_uuid(), '{}') RETURNING seq"
    [row] = await _overtake(network, lambda: network.fetch(event), holding="outbox", wanting="outbox_head")
    await _until(network, "SELECT position IS NOT NULL FROM outbox WHERE seq = $1", row["seq"])


async def test_the_folding_that_loses_to_a_migration_folds_what_it_left(network: Network) -> None:
    mark = "INSERT INTO monitoring_mark (situation_id) SELECT id FROM situation LIMIT 1"
    await _overtake(network, lambda: network.administer(mark), holding="monitoring_mark", wanting="monitoring_part")
    await _until(network, "SELECT NOT EXISTS (SELECT FROM monitoring_mark)")
