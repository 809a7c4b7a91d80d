"""The sealer of a process: it seals and lists by itself, and knows the newest checkpoint."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from loaders.journals.audit_chain import Head
from loaders.journals.case_accesses import list_accesses, waited
from loaders.journals.sealing import Sealed, SealError, seal
from loaders.journals.transparency import Signer, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The service lists in this share of the time: under a storm of reads the list comes later, and answers do not.
LISTING_SHARE = 0.05
_LISTING_PAUSE = 5.0
_CONNECT_PATIENCE = 5.0
# A chain never leaves its month, and a live process seals every minute: older ones are looked for at start and stop.
_RECENT = timedelta(days=2)

logger = logging.getLogger(__name__)


class Sealer:
    """Seals at start, every so often, when much was written, and at stop; and knows the newest checkpoint.

    A failure never stops the service: records wait for the next sealing, and what they say is in the chains already.
    """

    def __init__(
        self,
        dsn: str,
        signer: Signer,
        pseudonyms: bytes,
        heads: Callable[[], Sequence[Head]],
        *,
        seconds: float,
        records: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.signer = signer
        self._dsn = dsn
        self._pseudonyms = pseudonyms
        self._heads = heads
        self._seconds = seconds
        self._records = records
        self._clock = clock
        self._tree = Tree()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self.checkpoint: str | None = None

    async def start(self) -> None:
        """Seal what earlier processes left, then go on by oneself."""
        await self._attempt(everything=True)
        self._tasks = {
            asyncio.create_task(self._run(), name="journal sealer"),
            asyncio.create_task(self._keep_listing(), name="journal lister"),
        }

    async def close(self) -> None:
        """Seal what is left."""
        self._stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks)
            # Listing can take its time: the next start goes on with it.
            await self._attempt(everything=True)

    async def seal(self, *, everything: bool = False, listing: bool = True) -> Sealed:
        """Seal now, then list by situation what is sealed.

        Raises: SealError, the driver's errors.
        """
        now = self._clock()
        since = datetime.min.replace(tzinfo=UTC) if everything else now - _RECENT
        connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_PATIENCE)
        try:
            tree, sealed = await seal(connection, self.signer, now=now, since=since, own=list(self._heads()))
            if tree.size < self._tree.size:
                # The row that our last signature stands on is gone.
                raise SealError
            self._tree, self.checkpoint = tree, sealed.checkpoint
            if listing:
                await list_accesses(connection, self._pseudonyms)
        finally:
            await connection.close()
        return sealed

    async def _run(self) -> None:
        written, rested, step = self._written(), 0.0, min(1.0, self._seconds)
        while not self._stop.is_set():
            await waited(self._stop, step)
            rested += step
            if not self._stop.is_set() and (rested >= self._seconds or self._written() - written >= self._records):
                await self._attempt()
                written, rested = self._written(), 0.0

    async def _keep_listing(self) -> None:
        # What earlier processes sealed too, once requests are welcome.
        while not self._stop.is_set():
            try:
                connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_PATIENCE)
                try:
                    await list_accesses(connection, self._pseudonyms, share=LISTING_SHARE, stop=self._stop)
                finally:
                    await connection.close()
            except Exception as problem:  # noqa: BLE001 (whatever it is, the next time takes up what this one left)
                logger.warning("journals: not listed: %s", type(problem).__name__)
            await waited(self._stop, min(_LISTING_PAUSE, self._seconds))

    def _written(self) -> int:
        return sum(head.seq for head in self._heads())

    async def _attempt(self, *, everything: bool = False) -> None:
        try:
            await self.seal(everything=everything, listing=False)
        except SealError:
            self.checkpoint = None
            logger.exception("journals: the seals contradict what was signed")
        except Exception as problem:  # noqa: BLE001 (whatever it is, the next sealing takes up what this one left)
            logger.warning("journals: not sealed: %s", type(problem).__name__)
