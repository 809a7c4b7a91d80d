"""Folding in the background: one process at a time takes the marks away, some at a time, and rests in between."""

import asyncio
import logging
from time import monotonic

import asyncpg

from loaders.monitoring.rollups import FOLD

logger = logging.getLogger(__name__)

BATCH = 200
# How often a long catching-up is told in the log.
TOLD_EVERY = 15.0
# A reader counts every marked situation afresh: a few of them cost less than a folding after each command would.
PAUSE_SECONDS = 2.0
_PATIENCE = 5.0


class Folder:
    """Folds while the service runs; a failure leaves the marks to the next time, and no figure is ever wrong by it."""

    def __init__(self, dsn: str, *, pause: float = PAUSE_SECONDS) -> None:
        self._dsn = dsn
        self._pause = pause
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="monitoring folder")

    async def close(self) -> None:
        """Leave what is not folded to the next start."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                connection = await asyncpg.connect(self._dsn, timeout=_PATIENCE)
                try:
                    await self._keep_folding(connection)
                finally:
                    await connection.close()
            except Exception as problem:  # noqa: BLE001 (whatever it is, the next time takes up what this one left)
                logger.warning("monitoring: not folded: %s", type(problem).__name__)
                await self._rest(self._pause)

    async def _keep_folding(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        behind, begun, told = 0, monotonic(), monotonic()
        while not self._stop.is_set():
            before = monotonic()
            folded = await connection.fetchval(FOLD, BATCH)
            now = monotonic()
            if folded < BATCH:
                if behind:
                    logger.info("monitoring: caught up, %d marks in %.0f s", behind + folded, now - begun)
                await self._rest(self._pause)
                behind, begun, told = 0, monotonic(), monotonic()
                continue
            behind += folded
            if now - told >= TOLD_EVERY:
                logger.info("monitoring: catching up, %d marks in %.0f s so far", behind, now - begun)
                told = now
            # After a new definition every case is marked: as long as a batch took, the processor is for others.
            await self._rest(now - before)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return
