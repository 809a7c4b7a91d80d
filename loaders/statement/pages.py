"""One page of a list, out of its stretches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, func, select, tuple_, union_all

from loaders.nouns import Order
from loaders.policy.context import bind
from loaders.statement.cursors import cursor_of
from loaders.statement.filters import matching
from loaders.statement.order import beyond_ids, tie_of, type_of
from loaders.statement.question import ConnectionQuestion, Selection
from loaders.statement.rows import as_object
from loaders.statement.situations import situation_shown
from loaders.statement.stretches import Stretch

_KEY, _TIE = "key$", "tie$"


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page of a list, as a statement reads them."""

    question: ConnectionQuestion
    order: Order
    size: ColumnElement[int]
    nodes: list[Selection]
    cursors: bool

    def of(self, first: list[Stretch], last: list[Stretch]) -> FromClause:
        """`node_0`, `node_1`..., `cursor` and `situation`, in order; the second are read where the first leave room."""
        if not last and len(first) == 1:
            return self._rows(first[0]).subquery("page")
        if not last:
            return self._merged(self._parts(first))
        near, far = (last, first) if self.question.backward else (first, last)
        found = self._together(self._parts(near)).cte("near", nesting=True)
        room = select(func.count()).select_from(found).scalar_subquery() < self.size
        return self._merged([found, *self._parts(far, room)])

    def _parts(self, stretches: list[Stretch], *guards: ColumnElement[bool]) -> list[Any]:
        return [self._rows(one, *guards, key=True).subquery() for one in stretches]

    def _together(self, parts: list[Any]) -> Any:
        return union_all(*(select(*part.c) for part in parts))

    def _merged(self, parts: list[Any]) -> FromClause:
        rows = self._together(parts).subquery("rows")
        told = (column for column in rows.c if column.name not in {_KEY, _TIE})
        return select(*told).order_by(*self._ordered(rows.c[_KEY], rows.c[_TIE])).limit(self.size).subquery("page")

    def _rows(self, stretch: Stretch, *guards: ColumnElement[bool], key: bool = False) -> Select[Any]:
        gate = stretch.gate
        columns: list[ColumnElement[Any]] = [
            as_object(gate, node).label(f"node_{index}") for index, node in enumerate(self.nodes)
        ]
        if self.cursors:
            columns.append(cursor_of(gate, stretch.key).label("cursor"))
        columns.append(situation_shown(gate).label("situation"))
        if key:
            columns += [stretch.key.label(_KEY), tie_of(gate).label(_TIE)]
        filters = (matching(gate, wanted) for wanted in self.question.filters)
        return (
            select(*columns)
            .select_from(gate.row)
            .where(gate.where, *stretch.kept, *filters, *self._place(stretch), *guards)
            .order_by(*self._ordered(stretch.key, tie_of(gate)))
            .limit(self.size)
            .select_from(gate.source)
        )

    def _ordered(self, key: ColumnElement[Any], tie: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
        keys = (key,) if self.order.column == "id" else (key, tie)
        return tuple(one.desc() if self._down else one.asc() for one in keys)

    @property
    def _down(self) -> bool:
        return self.order.descending is not self.question.backward

    def _place(self, stretch: Stretch) -> Iterator[ColumnElement[bool]]:
        """What comes after the cursor."""
        if not self.question.after:
            return
        tie = tie_of(stretch.gate)
        identity = bind("cursor_id", tie.type)
        if self.order.column == "id":
            yield tie < identity if self._down else tie > identity
            return
        value = bind("cursor_value", type_of(stretch.gate.noun, self.order))
        if stretch.alike:
            # A comparison with the id alone, which has an index. Seen from a row that shows its key, all of these are
            # behind it: after it forward, and none of them before it.
            place = case((value == stretch.key, identity), else_=beyond_ids(descending=self.order.descending))
            yield tie < place if self._down else tie > place
            return
        here, there = tuple_(stretch.key, tie), tuple_(value, identity)
        yield here < there if self._down else here > there
