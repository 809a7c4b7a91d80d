"""The database connections of a process: lanes for each login, and one bound over all of them."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from schema.errors import MaillageError

# Statements stay prepared, whatever their length: their plans are what makes a read cheap.
_STAYS_PREPARED: Mapping[str, Any] = {
    "statement_cache_size": 200,
    "max_cacheable_statement_size": 0,
    "max_cached_statement_lifetime": 0,
}


class Connections:
    """How many connections a process holds, over all its logins.

    Its lanes bound a login; twenty logins of a few lanes each are more than a PostgreSQL gives away. So where all are
    taken, the one that has rested longest is closed for the next; where none rests, the next waits its turn.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._lanes: list[Lanes] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a place."""
        return bool(self._waiting)

    def serve(self, lanes: "Lanes") -> None:
        """These lanes take their places here."""
        self._lanes.append(lanes)

    async def enter(self) -> None:
        """Take a place, as soon as there is one; whoever came first gets it first."""
        if self._held < self._most:
            self._held += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._close_the_longest_rested()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # Given in the moment in which it was no longer wanted.
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back: to the first who waits, if anybody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._held -= 1

    def _close_the_longest_rested(self) -> None:
        resting = [lanes for lanes in self._lanes if lanes.resting_since is not None]
        if resting:
            min(resting, key=lambda lanes: lanes.resting_since or 0).close_the_longest_rested()


class Lanes:
    """Connections of one login for single statements: each is its own transaction, so nothing has to be reset in between.

    asyncpg's pool spends more time on checking a connection in and out than a small read takes.
    """

    def __init__(self, dsn: str, *, size: int, connections: Connections | None = None) -> None:
        self._dsn = dsn
        self._free = asyncio.Semaphore(size)
        self._connections = connections or Connections(size)
        self._connections.serve(self)
        # With the moment of the monotonic clock since which each rests; the last one back is the last.
        self._resting: deque[tuple[float, asyncpg.Connection[Any]]] = deque()

    @property
    def resting_since(self) -> float | None:
        """Since when the connection rests that was used least recently."""
        return self._resting[0][0] if self._resting else None

    async def fetch(self, sql: str, *arguments: Any, record_class: type[asyncpg.Record] | None = None) -> list[Any]:
        """All rows."""
        async with self.acquire() as connection:
            return await connection.fetch(sql, *arguments, record_class=record_class)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """The first row."""
        async with self.acquire() as connection:
            return await connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        row = await self.fetchrow(sql, *arguments)
        return None if row is None else row[0]

    async def execute(self, sql: str, *arguments: Any) -> str:
        """What PostgreSQL says of it."""
        async with self.acquire() as connection:
            return await connection.execute(sql, *arguments)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A connection for one piece of work; whatever ended it unclean ends the connection."""
        async with self._free:
            connection = await self._take()
            try:
                yield connection
            except (asyncpg.PostgresError, MaillageError):
                # Refused, by the server or by us: the connection goes on, unless it was the server that left.
                self._back(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._back(connection)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A connection within a transaction, which is committed at the end of the block and else undone."""
        async with self.acquire() as connection, connection.transaction():
            yield connection

    def close_the_longest_rested(self) -> None:
        """Somebody else needs its place more."""
        _, connection = self._resting.popleft()
        connection.terminate()

    async def close(self) -> None:
        """Close what rests; what is busy is closed by its own end."""
        while self._resting:
            _, connection = self._resting.pop()
            await connection.close()

    def _back(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_in_transaction() or self._connections.wanted:
            connection.terminate()
        elif not connection.is_closed():
            self._resting.append((time.monotonic(), connection))

    async def _take(self) -> "asyncpg.Connection[Any]":
        while self._resting:
            # The last one back has the warmest caches.
            _, known = self._resting.pop()
            if not known.is_closed():
                return known
        await self._connections.enter()
        try:
            connection: asyncpg.Connection[Any] = await asyncpg.connect(self._dsn, **_STAYS_PREPARED)
        except BaseException:
            self._connections.leave()
            raise
        # However it ends: by us, by the server, by a cut line.
        connection.add_termination_listener(lambda _: self._connections.leave())
        try:
            await prepare_connection(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection


async def prepare_connection(connection: "asyncpg.Connection[Any]") -> None:
    """JSON arrives as the bytes PostgreSQL made, never decoded."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=lambda data: data, decoder=bytes
    )


__all__ = ["Connections", "Lanes"]
