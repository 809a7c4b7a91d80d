"""The place of a row in a keyset order, from the text that a cursor holds to values the driver can send."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Integer
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.nouns import Noun, Order


def place(noun: Noun, order: Order, value: str, tie: str) -> dict[str, Any]:
    """The binds of the place after which a page begins: the order's value, and what tells equal values apart."""
    binds: dict[str, Any] = {"cursor_id": _value(noun.table.c[noun.tie], tie)}
    if order.column != "id":
        binds["cursor_value"] = _value(noun.table.c[order.column], value)
    return binds


def _value(column: Column[Any], text: str) -> Any:
    kind = column.type
    if isinstance(kind, DateTime):
        # asyncpg sends these two, without a zone, as the infinities.
        return {"infinity": datetime.max, "-infinity": datetime.min}.get(text) or datetime.fromisoformat(text)  # noqa: DTZ901
    if isinstance(kind, Date):
        return {"infinity": date.max, "-infinity": date.min}.get(text) or date.fromisoformat(text)
    if isinstance(kind, Integer):
        return int(text)
    if isinstance(kind, BYTEA):
        return bytes.fromhex(text.removeprefix("\\x"))
    return UUID(text) if isinstance(kind, Uuid) else text
