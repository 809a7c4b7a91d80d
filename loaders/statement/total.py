"""How many rows a list has, as far as it is worth counting."""

from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from loaders.nouns import NOUNS, Order
from loaders.policy import leading
from loaders.statement.filters import matching
from loaders.statement.order import has_place, tie_of
from loaders.statement.question import ConnectionQuestion
from schema.types.node import COUNTED
from schema.vocabulary import Audience

FEW = 200_000
"""Relations. Whoever has more sees so much of the newest that `COUNTED` is reached soon."""


def total_of(audience: Audience, question: ConnectionQuestion, order: Order) -> ColumnElement[int]:
    """The rows of the whole list, wherever the page begins; counted to `COUNTED` and no further."""
    counts: list[ColumnElement[int]] = []
    for led, (gate, guards) in enumerate(leading.doors(audience, NOUNS[question.noun], "counted", few=FEW)):
        rows: Select[Any] = (
            select(literal_column("1"))
            .where(gate.where, *guards, *has_place(gate, order), *(matching(gate, one) for one in question.filters))
            .select_from(gate.source)
        )
        if not led:
            # What is within reach is rather new, and what is out of reach rather old: from the newest on, along the index.
            # Which of them are counted is never told, so the bare column is asked: the redacted one has no index.
            bare, tie = gate.row.c[order.column], tie_of(gate)
            rows = rows.order_by(*((bare.desc(), tie.desc()) if order.descending else (bare.asc(), tie.asc())))
        counts.append(
            select(func.count()).select_from(rows.limit(literal_column(str(COUNTED))).subquery()).scalar_subquery()
        )
    return reduce(add, counts)


__all__ = ["FEW", "total_of"]
