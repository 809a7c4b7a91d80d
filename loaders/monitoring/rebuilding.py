"""Counting everything afresh, and comparing what readers are told with a scan of the cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import asyncpg

from loaders.monitoring import rollups

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of which readers are told another number than the cases say."""

    cube: str
    place: str
    span: date
    word: str
    told: int
    counted: int


async def rebuild(
    connection: "asyncpg.Connection[asyncpg.Record]",
    told: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    batch: int = BATCH,
) -> int:
    """Forget what was counted, in one step, and count it afresh in batches; readers are right all the time.

    Killed in the middle, it leaves marks, and whoever folds next goes on. Returns how many situations were counted.
    """
    async with connection.transaction():
        # Nobody folds meanwhile: with parts, cells are sums; without any, they have to be nothing.
        await connection.execute("SELECT pg_advisory_xact_lock(7264521)")
        await connection.execute("DELETE FROM monitoring_part")
        await connection.execute("DELETE FROM monitoring_cell")
        await connection.execute("DELETE FROM monitoring_mark")
        total: int = await connection.fetchval(rollups.MARK_ALL)
    done = 0
    while folded := await connection.fetchval(rollups.FOLD, batch):
        done += folded
        told(min(done, total), total)
    return total


async def verify(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Difference]:
    """What differs; nothing may."""
    return [Difference(**dict(row)) for row in await connection.fetch(rollups.DIFFERENCES)]
