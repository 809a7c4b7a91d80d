"""What the rows of a list are ordered by, as far as the caller may know it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Uuid, func, literal_column, not_, or_

from loaders.nouns import Noun, Order
from loaders.policy.doors import Door, column_rule
from schema.vocabulary import Category


def key_of(gate: Door, order: Order) -> ColumnElement[Any]:
    """What rows are ordered by: the value as the caller sees it, and where that is withheld the far end of the list.

    Null has no place in a keyset: rows that compare with it would be on no page.
    """
    plain: ColumnElement[Any] = gate.row.c[order.column]
    if gate.noun.table.c[order.column].info["category"] is Category.KEY:
        return plain
    column = gate.column(order.column)
    if column is plain:
        return column
    return func.coalesce(column, far_end(gate.noun, order))


def far_end(noun: Noun, order: Order) -> ColumnElement[Any]:
    kind = {DateTime: "timestamptz", Date: "date"}[type(noun.table.c[order.column].type)]
    return literal_column(f"'{'-' if order.descending else ''}infinity'::{kind}", type_of(noun, order))


def beyond_ids(*, descending: bool) -> ColumnElement[Any]:
    """What no row has for its id: the first in this order."""
    return literal_column(f"'{UUID(int=2**128 - 1 if descending else 0)}'::uuid", Uuid(as_uuid=True))


def may_order(gate: Door, order: Order) -> bool:
    category = gate.noun.table.c[order.column].info["category"]
    return category is Category.KEY or column_rule(gate.audience, gate.noun, order.column) is not None


def has_place(gate: Door, order: Order) -> Iterator[ColumnElement[bool]]:
    """Leaves out the rows that this order says nothing of (a draft was never sent); withheld is not empty."""
    rule = column_rule(gate.audience, gate.noun, order.column)
    column = gate.row.c[order.column]
    if not gate.noun.table.c[order.column].nullable or rule is None:
        return
    yield column.is_not(None) if rule.implied_by(gate.rows) else or_(not_(gate.shows(rule)), column.is_not(None))


def ordering(gate: Door, order: Order | None) -> tuple[ColumnElement[Any], ...]:
    if order is None:
        return (tie_of(gate),)
    keys = (gate.row.c.id,) if order.column == "id" else (key_of(gate, order), tie_of(gate))
    return tuple(key.desc() if order.descending else key.asc() for key in keys)


def tie_of(gate: Door) -> ColumnElement[Any]:
    return gate.row.c[gate.noun.tie]


def type_of(noun: Noun, order: Order) -> Any:
    return noun.table.c[order.column].type
