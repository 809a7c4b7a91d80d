"""Folding in the background: one process at a time takes the marks away, some at a time, and rests in between."""

import asyncio
import logging

import asyncpg

from loaders.monitoring.rollups import FOLD

logger = logging.getLogger(__name__)

BATCH = 200
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
                await self._rest()

    async def _keep_folding(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        while not self._stop.is_set():
            if await connection.fetchval(FOLD, BATCH) < BATCH:
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), self._pause)
        except TimeoutError:
            return
