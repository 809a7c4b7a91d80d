"""A statement outside a plan: compiled, its values put in by name, its rows fetched."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from loaders.statement import compiled
from loaders.statement.text import written_out

# Whatever a database that is away, or will not, makes the driver say.
FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Row(asyncpg.Record):
    """A row whose columns have names."""

    def __getattr__(self, name: str) -> Any:
        """The value of a column."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def bound(statement: Any, binds: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """SQL text for asyncpg, and the values in their order."""
    sql, names, constants = compiled(statement)
    known = {**constants, **binds}
    return sql, [known[name] for name in names]


async def fetch(connection: Any, statement: Any, binds: Mapping[str, Any]) -> list[Any]:
    """The rows, from a connection or lanes."""
    sql, given = bound(statement, binds)
    found: list[Any] = await connection.fetch(sql, *given)
    return found


async def answer(connection: "asyncpg.Connection[Any]", statement: Any) -> list[Any]:
    """The rows, by name, of a statement that holds its values itself: for what is asked seldom, it is compiled each time."""
    sql, values = written_out(statement)
    return await connection.fetch(sql, *values, record_class=Row)


async def one(connection: "asyncpg.Connection[Any]", statement: Any) -> Any:
    """The row of a statement that has one or none."""
    found = await answer(connection, statement)
    return found[0] if found else None
