"""The end of access records: whole months leave, whole chains with them, and a seal proves what left.

A chain never leaves its month, so what remains verifies as before; the seal lists every chain that was removed, with
its length and the hash of its last record, and the next checkpoint signs it.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from loaders.journals.sealing import append, last_tree, lock
from loaders.journals.seals import PURGE_FLOOR_MONTHS, Purged, in_leaves, month_number, purge_body
from loaders.postgres.logins import OWNER
from schema.errors import SetupError
from schema.vocabulary import OrgKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from loaders.journals.transparency import Signer

RULE = "ACCESS_LOG"
_PARTITION = re.compile(r"access_log_(\d{4})_(\d{2})")

_CHAINS = """
SELECT l.writer_id, count(*) AS records, max(l.seq) AS seq, (array_agg(l.hash ORDER BY l.seq DESC))[1] AS hash,
       coalesce(max(s.seq), 0) >= max(l.seq) AS sealed, min(l.seq) = 1 AND max(l.seq) = count(*) AS whole
FROM access_log l LEFT JOIN chain_sealed s ON s.writer_id = l.writer_id
WHERE l.at < $1 GROUP BY l.writer_id ORDER BY l.writer_id
"""
_LATER = "SELECT count(*) FROM access_log WHERE at >= $1 AND writer_id = ANY ($2)"
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'access_log'::regclass ORDER BY 1"
_JOB = """
INSERT INTO retention_job (controller_org_id, rule, rows_changed, proof)
SELECT id, $1, $2, $3 FROM organisation WHERE kind = $4 ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge removes: records before `before`, which are these whole chains and these partitions."""

    before: datetime
    records: int
    chains: tuple[Purged, ...]
    partitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge left behind."""

    plan: PurgePlan
    size: int
    checkpoint: str
    proof: str


def limit(today: date, months: int, before: date | None = None) -> datetime:
    """The first moment that is kept: the start of a month, `months` ago unless an earlier day is given.

    Raises: SetupError where it is later than the rule allows.
    """
    latest = _month(month_number(today) - months)
    if before is None:
        return latest
    wanted = _month(month_number(before))
    if wanted > latest:
        raise SetupError(
            f"The access log is kept for {months} months: nothing after {latest:%Y-%m-%d} may be removed today."
        )
    return wanted


def _month(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


async def plan_purge(connection: asyncpg.Connection[asyncpg.Record], before: datetime) -> PurgePlan:
    """What would be removed.

    Raises: SetupError where a chain is not whole or not sealed: its removal could not be proved.
    """
    rows = await connection.fetch(_CHAINS, before)
    later = await connection.fetchval(_LATER, before, [row["writer_id"] for row in rows])
    if later or not all(row["whole"] for row in rows):
        raise SetupError("Some chains before that day are not whole: run `audit verify`, nothing was removed.")
    if not all(row["sealed"] for row in rows):
        raise SetupError(
            "Some records before that day are not sealed yet: run `audit checkpoint`, nothing was removed."
        )
    partitions = [row[0] for row in await connection.fetch(_PARTITIONS)]
    return PurgePlan(
        before,
        sum(row["records"] for row in rows),
        tuple(Purged(row["writer_id"], row["seq"], row["hash"]) for row in rows),
        tuple(name for name in partitions if _lies_before(name, before)),
    )


def _lies_before(partition: str, before: datetime) -> bool:
    month = _PARTITION.fullmatch(partition)
    return month is not None and month_number(date(int(month[1]), int(month[2]), 1)) < month_number(before.date())


async def preview(connection: asyncpg.Connection[asyncpg.Record], before: datetime) -> PurgePlan:
    """What a purge would remove, as a login that may become the owner.

    Raises: SetupError, as the purge would.
    """
    async with connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        return await plan_purge(connection, before)


async def purge(
    connection: asyncpg.Connection[asyncpg.Record], signer: Signer, before: datetime, *, now: datetime
) -> Purge:
    """Remove and prove, in one transaction, as a login that may become the owner.

    Raises: SetupError, SealError; then nothing was removed.
    """
    if month_number(now.date()) - month_number(before.date()) < PURGE_FLOOR_MONTHS:
        raise SetupError(f"The access log is kept for at least {PURGE_FLOOR_MONTHS} months: nothing was removed.")
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        await connection.execute("SET LOCAL lock_timeout = '4s'")
        await lock(connection)
        tree, _ = await last_tree(connection, signer)
        plan = await plan_purge(connection, before)
        bodies = _bodies(plan, now)
        tree, checkpoint = await append(connection, signer, tree, bodies)
        proof = sha256(b"".join(bodies)).hexdigest()
        await _remove(connection, plan)
        await connection.execute(_JOB, RULE, plan.records, proof, OrgKind.DLPM.value)
    return Purge(plan, tree.size, checkpoint, proof)


def _bodies(plan: PurgePlan, now: datetime) -> Sequence[bytes]:
    parts = in_leaves(plan.chains) or [()]
    # The number of records stands on the first leaf only, so that the leaves add up.
    return [purge_body(now, plan.before, 0 if place else plan.records, part) for place, part in enumerate(parts)]


async def _remove(connection: asyncpg.Connection[asyncpg.Record], plan: PurgePlan) -> None:
    for name in plan.partitions:
        await connection.execute(f'DROP TABLE "{name}"')
    # What lay in the partition that catches all others.
    await connection.execute("DELETE FROM access_log WHERE at < $1", plan.before)
    await connection.execute("DELETE FROM case_access WHERE at < $1", plan.before)
    await connection.execute(
        "DELETE FROM chain_sealed WHERE writer_id = ANY ($1)", [chain.writer_id for chain in plan.chains]
    )
