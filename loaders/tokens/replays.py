"""The replay store: what may be used once only. Many proofs become one statement, and the losers of a race are told.

An assertion or a proof is known by the SHA-256 of its kind, its subject and its `jti`. Of parallel uses, in one process
or in several, the first to commit wins: the primary key says so. The token endpoint writes in its own transaction
(loaders/commands/authorization.py); here the API writes the proofs of its requests, while their statements run.

Nobody waits for the disk here. What a crash of the database can forget is refused for its age instead: proofs from before
the connection came back, or from before the database started. Only a proof dated ahead of our clock is made durable, for
it could be younger than the crash.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from schema.errors import UnavailableError

CONNECT_PATIENCE = 5.0
COMMIT_PATIENCE = 5.0
SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
PURGE_EVERY = 60.0
PURGED_AT_ONCE = 10_000
MOST_AT_ONCE = 500
# So often the loop goes round before a batch leaves: under load what has arrived meanwhile joins it, and a statement costs
# hardly more for seven proofs than for one; without load a round costs microseconds (bench/oauth.md).
ROUNDS = 4

# In the order of the digests, so that two processes with the same proofs never wait for each other in a circle.
MARK = """
INSERT INTO oauth_jti (digest, expires_at)
SELECT digest, expires_at
FROM (SELECT set_config('synchronous_commit', $3, true)) AS durable,
     unnest($1::bytea[], $2::timestamptz[]) AS used (digest, expires_at)
ORDER BY digest
ON CONFLICT DO NOTHING RETURNING digest
"""
PURGE = """
WITH gone AS (
  DELETE FROM oauth_jti WHERE digest = ANY (ARRAY(SELECT digest FROM oauth_jti WHERE expires_at < now() LIMIT $1))
  RETURNING 1)
SELECT count(*) FROM gone
"""

# The statistics begin anew when a crash was recovered from, which the start of the server does not tell.
STARTED = """
SELECT extract(epoch FROM greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_checkpointer)))::float8
"""

logger = logging.getLogger(__name__)


def digest_of(kind: str, subject: str, jti: str) -> bytes:
    """What is stored of a use: nobody can read out of it who used what."""
    return hashlib.sha256(f"{kind}\0{subject}\0{jti}".encode()).digest()


@dataclass(slots=True)
class _Pending:
    """A use on its way, and who waits to hear whether it is the first."""

    digest: bytes
    until: datetime
    ahead: bool
    first: asyncio.Future[bool]


class Replays:
    """Marks proofs as used, through one connection of its own: everything that arrives meanwhile is the next batch."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._mark: PreparedStatement[asyncpg.Record] | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting: list[_Pending] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._purge_at = 0.0
        # Proofs from before are refused: nobody knows whether they were used.
        self._since = float("-inf")

    @property
    def ready(self) -> bool:
        """Whether a use can be marked at this moment."""
        return self._connection is not None and not self._connection.is_closed() and not self._closing

    async def start(self) -> None:
        """Raises: UnavailableError when the database does not answer or refuses the login."""
        try:
            await self._open()
            if self._connection is not None:
                self._since = float(await self._connection.fetchval(STARTED, timeout=CONNECT_PATIENCE))
        except Exception as error:
            raise UnavailableError(reason=f"replay store: {type(error).__name__}") from error
        self._task = asyncio.create_task(self._run(), name="replay store")

    def use(self, kind: str, subject: str, jti: str, issued: float, until: float) -> asyncio.Future[bool]:
        """Whether this is the first use, once that is committed; the future raises UnavailableError if nobody knows.

        `issued` is when the proof says it was made (Unix seconds), `until` when its age alone refuses it.

        Raises: UnavailableError where nobody can know now.
        """
        if not self.ready:
            raise UnavailableError(reason="replay store: not connected")
        first: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # Moments of proofs are whole seconds.
        if issued < int(self._since):
            first.set_result(False)
            return first
        ahead = issued > time.time()
        self._waiting.append(_Pending(digest_of(kind, subject, jti), datetime.fromtimestamp(until, UTC), ahead, first))
        self._wake.set()
        return first

    async def close(self) -> None:
        """Mark what is queued, then leave."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task})
        connection = self._connection
        if connection is not None and not connection.is_closed():
            await connection.close(timeout=CONNECT_PATIENCE)
        self._lose("closed")

    async def _open(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_PATIENCE,
            server_settings={"application_name": "maillage replay store"},
        )
        try:
            self._mark = await connection.prepare(MARK, timeout=CONNECT_PATIENCE)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._wake.set())
        self._connection = connection
        self._wake_for_purge()

    def _wake_for_purge(self) -> None:
        loop = asyncio.get_running_loop()
        self._purge_at = loop.time() + PURGE_EVERY
        loop.call_at(self._purge_at, self._wake.set)

    async def _run(self) -> None:
        """The pause grows until a batch succeeds, so a server that accepts logins and no rows is not stormed."""
        pause = SHORTEST_PAUSE
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._work()
                pause = SHORTEST_PAUSE
            except Exception as error:  # noqa: BLE001 - in doubt nobody knows what was used: whoever waits is refused
                self._lose(type(error).__name__)
            if self._closing:
                return
            if self._connection is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                self._wake.set()

    async def _work(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._lose("connection closed")
            await self._open()
            self._since = time.time()
        while self._waiting:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._commit(batch)
            finally:
                # Whatever happened, nobody may wait for ever.
                _refuse(batch, "not committed")
        await self._purge()

    async def _commit(self, batch: list[_Pending]) -> None:
        """One statement, hence one transaction."""
        # Of two uses of one proof in one batch, the first that came is the first.
        firsts: dict[bytes, _Pending] = {}
        for pending in batch:
            firsts.setdefault(pending.digest, pending)
        untils = [pending.until for pending in firsts.values()]
        if self._mark is None:
            return
        durable = "on" if any(pending.ahead for pending in batch) else "off"
        rows = await self._mark.fetch(list(firsts), untils, durable, timeout=COMMIT_PATIENCE)
        fresh = {row[0] for row in rows}
        for pending in batch:
            if not pending.first.done():
                pending.first.set_result(pending.digest in fresh and firsts[pending.digest] is pending)

    async def _purge(self) -> None:
        if self._connection is None or asyncio.get_running_loop().time() < self._purge_at:
            return
        while await self._connection.fetchval(PURGE, PURGED_AT_ONCE, timeout=COMMIT_PATIENCE) == PURGED_AT_ONCE:
            pass
        self._wake_for_purge()

    def _lose(self, reason: str) -> None:
        """Give up a connection whose state is unknown, and everybody who waits behind it."""
        connection, self._connection, self._mark = self._connection, None, None
        if connection is not None and not connection.is_closed():
            logger.warning("replay store: connection given up: %s", reason)
            connection.terminate()
        waiting, self._waiting = self._waiting, []
        _refuse(waiting, reason)


def _refuse(batch: list[_Pending], reason: str) -> None:
    for pending in batch:
        if not pending.first.done():
            pending.first.set_exception(UnavailableError(reason=f"replay store: {reason}"))
            # Whoever has left meanwhile does not ask for it any more.
            pending.first.exception()
