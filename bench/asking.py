"""The statement of a question, and what it costs the backend of PostgreSQL that answers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import FieldNode, get_argument_values
from graphql.execution.values import VariableValues, get_variable_values

from bench.load_tool import BenchError
from graph.documents import Documents
from graph.http.limits import Limits
from graph.plan import Planner
from loaders.statement import Statement, compose
from schema.types.query import ROOTS
from schema.vocabulary import Audience

_NESTED = 5
"""Rows of each list within a row."""


@dataclass(frozen=True, slots=True)
class ListAsked:
    """A list as it is asked for: its statement, and the arguments of the field."""

    statement: Statement
    arguments: Mapping[str, Any]


def list_asked(audience: Audience, document: str) -> ListAsked:
    """What the front door makes of a document with one list. Raises: BenchError."""
    prepared = Documents(Limits()).prepare(audience, document, None)
    found = get_variable_values(prepared.schema, prepared.operation.variable_definitions or (), {})
    root, field = prepared.schema.query_type, prepared.operation.selection_set.selections[0]
    if root is None or not isinstance(field, FieldNode) or not isinstance(found, VariableValues):
        raise BenchError("This document is no page.")
    arguments: dict[str, Any] = get_argument_values(root.fields[field.name.value], field, found)
    planner = Planner(prepared.schema, prepared.fragments, found.coerced)
    question = planner.connection(ROOTS[field.name.value], [field], arguments)
    return ListAsked(compose(audience, question), arguments)


def used(pid: int) -> int:
    """Nanoseconds of CPU that a backend has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


@dataclass(slots=True)
class Asked:
    """One prepared statement in one session."""

    connection: Any
    prepared: Any
    arguments: list[Any]

    @classmethod
    async def of(cls, connection: Any, statement: Statement, known: Mapping[str, Any]) -> "Asked":
        """Prepared, with the values of its binds by their names."""
        # Whether the token stands is asked alike; here nobody has one.
        sql = re.sub(r"standing\((\$\d+)[^)]*\)", r"(\1::text IS NOT NULL)", statement.sql)
        values = {**known, **statement.constants}
        arguments = [values[name] if name in values else _first(name) for name in statement.binds]
        return cls(connection, await connection.prepare(sql), arguments)

    async def answer(self) -> Any:
        """The field's JSON and the situations it shows."""
        return await self.prepared.fetchval(*self.arguments)

    async def cost(self, times: int) -> float:
        """Milliseconds of CPU of one question, of so many in a row."""
        pid = self.connection.get_server_pid()
        before = used(pid)
        for _ in range(times):
            await self.answer()
        return (used(pid) - before) / times / 1e6


def _first(name: str) -> int:
    if not name.startswith("first_"):
        raise BenchError(f"Nobody said what {name} is.")
    return _NESTED
