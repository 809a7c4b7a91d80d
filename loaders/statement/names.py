"""The names of a statement: those of the caller's answer, and those of its own beside them."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column
from sqlalchemy.dialects.postgresql import JSON

# GraphQL names only; PostgreSQL cuts identifiers at 63 bytes silently, so two long aliases would become one key.
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,62}")
# Names of our own beside names of the caller's: `$` is in no GraphQL name, so an alias can never stand for the row.
ROW = "row$"
SITUATIONS = "situations$"
ASKED = "asked$"
MORE = "more$"


def response_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return name


def camel(name: str) -> str:
    """`opened_at` -> `openedAt`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def empty_list() -> ColumnElement[Any]:
    return literal_column("'[]'::json", JSON)


def as_json(rows: Select[Any]) -> ColumnElement[Any]:
    """One row as a JSON object, its columns named as the caller named them."""
    return func.row_to_json(rows.subquery(ROW).table_valued())
