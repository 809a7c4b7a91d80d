"""A statement outside a plan: compiled, its values put in by name, its rows fetched."""

from collections.abc import Mapping
from typing import Any

from loaders.statement import compiled


def bound(statement: Any, binds: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """SQL text for asyncpg, and the values in their order."""
    sql, names, constants = compiled(statement)
    known = {**constants, **binds}
    return sql, [known[name] for name in names]


async def fetch(connection: Any, statement: Any, binds: Mapping[str, Any]) -> list[Any]:
    """The rows, from a connection or a pool."""
    sql, given = bound(statement, binds)
    found: list[Any] = await connection.fetch(sql, *given)
    return found
