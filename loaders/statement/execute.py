"""Run one statement, get bytes: the only await between a plan and its answer."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg

from loaders.postgres.connections import Connections, Lanes
from loaders.postgres.logins import login_of
from loaders.statement import Statement
from loaders.statement.several import several
from schema.errors import UnauthenticatedError, UnavailableError
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
# Or others beside it took what a statement needed: a migration under running processes locks table after table, as
# every question does. Nothing of the statement was done, and asked again it goes on.
NOT_NOW = (
    *AWAY,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.QueryCanceledError,
)


# The field's JSON, and the JSON list of the situations it shows.
Answer = tuple[bytes, bytes]


class Reads(Protocol):
    """Who runs the statements of a request."""

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        """The answer of a question."""

    def lanes(self, login: str) -> Lanes:
        """The connections of a login."""


async def our_bug() -> None:
    """Nothing more is known."""


class Reader:
    """Lanes for each login, opened at their first question."""

    def __init__(
        self,
        dsn_of: Callable[[str], str],
        *,
        size: int,
        most: int,
        explain: Callable[[], Awaitable[None]] = our_bug,
    ) -> None:
        self._dsn_of = dsn_of
        # Raises what to say of a statement that the database does not understand or allow, where there is more to say.
        self._explain = explain
        self._size = size
        self._connections = Connections(most)
        self._lanes: dict[str, Lanes] = {}

    def lanes(self, login: str) -> Lanes:
        """The connections of a login."""
        found = self._lanes.get(login)
        if found is None:
            found = self._lanes[login] = Lanes(self._dsn_of(login), size=self._size, connections=self._connections)
        return found

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        """The answer of a question.

        Raises: UnauthenticatedError where the token no longer stands, UnavailableError where the database has no answer now.
        """
        data, situations = await self._ask(audience, statement.sql, [binds[name] for name in statement.binds])
        if data is None and statement.whole is not None:
            return await self.read(audience, statement.whole, binds)
        return data, situations

    async def read_several(
        self, audience: Audience, statement: Statement, questions: Sequence[Mapping[str, Any]]
    ) -> list[Answer]:
        """The answer of each question, in their order: one statement of one caller, with different values.

        Raises: as `read`, for all of them.
        """
        form = several(statement)
        values = [[binds[name] for name in statement.binds] for binds in questions]
        found = await self._ask(audience, form.sql, form.arguments(values))
        if statement.whole is None:
            return [(data, situations) for data, situations in found]
        return [
            (data, situations) if data is not None else await self.read(audience, statement.whole, asked)
            for (data, situations), asked in zip(found, questions, strict=True)
        ]

    async def _ask(self, audience: Audience, sql: str, arguments: Sequence[Any]) -> Any:
        try:
            found = await self.lanes(login_of(audience)).fetchval(sql, *arguments)
        except asyncpg.QueryCanceledError:
            raise UnavailableError("The question took too long: ask for less at once.", reason="TIMEOUT") from None
        except NOT_NOW as problem:
            logger.warning("read without database", extra={"error": type(problem).__name__})
            raise UnavailableError from None
        except asyncpg.SyntaxOrAccessError:
            await self._explain()
            raise
        if found is None:
            raise UnauthenticatedError
        return found

    async def close(self) -> None:
        """Close every connection."""
        for lanes in self._lanes.values():
            await lanes.close()
