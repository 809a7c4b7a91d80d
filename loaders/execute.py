"""Run one statement, get bytes: the only await between a plan and its answer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg

from loaders.logins import COMMANDS, login_of
from loaders.statement import Statement
from schema.errors import MaillageError, UnauthenticatedError, UnavailableError
from schema.vocabulary import Audience

logger = logging.getLogger(__name__)

AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    # The driver lost its way on a connection that was cut under it.
    asyncpg.InternalClientError,
    # A full disk, no memory, no connection left; a disk that does not answer.
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


# Statements stay prepared, whatever their length: their plans are what makes a read cheap.
_STAYS_PREPARED: Mapping[str, Any] = {
    "statement_cache_size": 200,
    "max_cacheable_statement_size": 0,
    "max_cached_statement_lifetime": 0,
}


async def prepare_connection(connection: "asyncpg.Connection[Any]") -> None:
    """JSON arrives as the bytes PostgreSQL made, never decoded."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=lambda data: data, decoder=bytes
    )


async def _keep(connection: "asyncpg.Connection[Any]") -> None:
    """No reset: nothing sets session state, and the default one costs a second round trip per read."""


async def open_pool(dsn: str, *, size: int) -> "asyncpg.Pool[Any]":
    """A pool whose statements stay prepared, whatever their length."""
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        init=prepare_connection,
        reset=_keep,
        **_STAYS_PREPARED,
        # Idle connections are kept: their prepared statements are what makes a read cheap.
        max_inactive_connection_lifetime=0,
    )


class Lanes:
    """Connections for single statements: each is its own transaction, so nothing has to be reset in between.

    asyncpg's pool spends more time on checking a connection in and out than a small read takes.
    """

    def __init__(self, dsn: str, *, size: int) -> None:
        self._dsn = dsn
        self._free = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection[Any]] = []

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        row = await self.fetchrow(sql, *arguments)
        return None if row is None else row[0]

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """The first row."""
        async with self.acquire() as connection:
            return await connection.fetchrow(sql, *arguments)

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

    def _back(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_in_transaction():
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)

    async def _take(self) -> "asyncpg.Connection[Any]":
        while self._idle:
            # The last one back has the warmest caches.
            known = self._idle.pop()
            if not known.is_closed():
                return known
        connection: asyncpg.Connection[Any] = await asyncpg.connect(self._dsn, **_STAYS_PREPARED)
        await prepare_connection(connection)
        return connection

    async def close(self) -> None:
        """Close what is idle; what is busy is closed by its own end."""
        while self._idle:
            await self._idle.pop().close()


class Reads(Protocol):
    """Who runs the statements of a request."""

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """The field's JSON and the JSON list of the situations it shows."""

    async def pool(self, login: str) -> "asyncpg.Pool[Any]":
        """The pool of a login."""


class Reader:
    """One pool per audience, opened at its first question."""

    def __init__(self, dsn_of: Callable[[str], str], *, size: int) -> None:
        self._dsn_of = dsn_of
        self._size = size
        self._pools: dict[str, asyncpg.Pool[Any]] = {}
        self._opening = asyncio.Lock()
        self._read: dict[str, Lanes] = {}

    def lanes(self, login: str) -> Lanes:
        """The connections of a login for what needs no pool."""
        found = self._read.get(login)
        if found is None:
            found = self._read[login] = Lanes(self._dsn_of(login), size=self._size)
        return found

    async def for_commands(self) -> Lanes:
        """The connections of commands."""
        return self.lanes(COMMANDS)

    async def pool(self, login: str) -> "asyncpg.Pool[Any]":
        """The pool of a login."""
        found = self._pools.get(login)
        if found is not None:
            return found
        async with self._opening:
            if login not in self._pools:
                self._pools[login] = await open_pool(self._dsn_of(login), size=self._size)
        return self._pools[login]

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """The field's JSON and the JSON list of the situations it shows.

        Raises: UnauthenticatedError where the token no longer stands, UnavailableError where the database is away.
        """
        try:
            found = await self.lanes(login_of(audience)).fetchval(
                statement.sql, *(binds[name] for name in statement.binds)
            )
        except AWAY as problem:
            logger.warning("read without database", extra={"error": type(problem).__name__})
            raise UnavailableError from None
        except asyncpg.QueryCanceledError:
            raise UnavailableError("The question took too long: ask for less at once.", reason="TIMEOUT") from None
        if found is None:
            raise UnauthenticatedError
        data, situations = found
        return data, situations

    async def close(self) -> None:
        """Close every pool."""
        for lanes in self._read.values():
            await lanes.close()
        for pool in self._pools.values():
            await pool.close()
