"""The access log by situation, for the owner of a case to read: written from records that are sealed."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import asyncio

import asyncpg

# Keeps each statement short where every record shows a page of cases.
RECORDS_PER_LISTING = 100
# The pseudonym is keyed, and by the situation: whoever reads two cases cannot tell that one person read both.
_LIST = """
INSERT INTO case_access (situation_id, controller_org_id, organisation_id, member_id, at, event, outcome, trace_id, reader, audience,
                         purpose, operation, categories, conditional)
SELECT s.id, s.controller_org_id, l.organisation_id, l.member_id, l.at, l.event, l.outcome, l.trace_id,
       'lec_' || left(encode(sha256($4::bytea || uuid_send(s.id) || uuid_send(l.member_id)), 'hex'), 16),
       l.audience, l.purpose, l.operation, l.categories, l.withheld
FROM access_log l
CROSS JOIN LATERAL (SELECT DISTINCT word::uuid AS id FROM json_array_elements_text(l.situations) word) named
JOIN situation s ON s.id = named.id
WHERE l.writer_id = $1 AND l.seq > $2 AND l.seq <= $3
"""
_TO_LIST = """
SELECT writer_id, listed, least(seq, listed + $1) AS until FROM chain_sealed WHERE listed < seq
ORDER BY writer_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_LISTED = "UPDATE chain_sealed SET listed = $2 WHERE writer_id = $1"


async def list_accesses(
    connection: asyncpg.Connection[asyncpg.Record],
    pseudonyms: bytes,
    *,
    share: float = 1.0,
    stop: asyncio.Event | None = None,
) -> int:
    """List the sealed records by situation, some at a time: a checkpoint never waits for it. Returns how many records.

    `share` is the part of the time that it works; it rests for the other, and leaves when `stop` is set.
    """
    done = 0
    loop = asyncio.get_running_loop()
    while stop is None or not stop.is_set():
        began = loop.time()
        async with connection.transaction():
            chain = await connection.fetchrow(_TO_LIST, RECORDS_PER_LISTING)
            if chain is None:
                return done
            writer_id, listed, until = chain
            await connection.execute(_LIST, writer_id, listed, until, pseudonyms)
            await connection.execute(_LISTED, writer_id, until)
        done += until - listed
        if stop is not None:
            await waited(stop, (loop.time() - began) * (1 / share - 1))
    return done


async def waited(stop: asyncio.Event, seconds: float) -> None:
    """Rest, unless it is time to leave."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
