"""One page of a list, out of its stretches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, FromClause, Select, case, func, select, tuple_, union_all

from loaders.nouns import Order
from loaders.policy.context import bind
from loaders.policy.doors import Door
from loaders.statement.carried import KEY, TIE, Carried, Wanted
from loaders.statement.cursors import cursor_of
from loaders.statement.filters import matching
from loaders.statement.order import beyond_ids, tie_of, type_of
from loaders.statement.question import ConnectionQuestion, Selection
from loaders.statement.rows import as_object
from loaders.statement.situations import situation_shown
from loaders.statement.stretches import Stretch


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
            return self._told(first[0]).subquery("page")
        carried = Carried(first[0].gate, type_of(first[0].gate.noun, self.order))
        told = self._columns(carried.gate, carried.key, carried.tie)
        found = self._of_all(first, last, carried.asked_by(told)).subquery()
        kept = select(*found.c).order_by(*self._ordered(found.c[KEY], found.c[TIE])).limit(self.size)
        page = select(*told).select_from(carried.gate.source).add_cte(carried.cte(kept))
        return page.order_by(*self._ordered(carried.key, carried.tie)).subquery("page")

    def _of_all(self, first: list[Stretch], last: list[Stretch], wanted: Wanted) -> CompoundSelect[Any]:
        if not last:
            return _together(self._found(first, wanted))
        near, far = (last, first) if self.question.backward else (first, last)
        nearer = _together(self._found(near, wanted)).cte("near", nesting=True)
        room = select(func.count()).select_from(nearer).scalar_subquery() < self.size
        return _together([nearer, *self._found(far, wanted, room)])

    def _columns(self, gate: Door, key: ColumnElement[Any], tie: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """What the page tells of a row."""
        columns: list[ColumnElement[Any]] = [
            as_object(gate, node).label(f"node_{index}") for index, node in enumerate(self.nodes)
        ]
        if self.cursors:
            columns.append(cursor_of(key, tie).label("cursor"))
        return [*columns, situation_shown(gate).label("situation")]

    def _told(self, stretch: Stretch) -> Select[Any]:
        """The rows of the only stretch, told where they are found."""
        return self._rows(stretch, self._columns(stretch.gate, stretch.key, tie_of(stretch.gate)))

    def _found(self, stretches: list[Stretch], wanted: Wanted, *guards: ColumnElement[bool]) -> list[FromClause]:
        """The rows of each stretch, as they are: of all that are found, few are on the page, and those are told."""
        return [
            self._rows(one, [*wanted.of(one.gate), one.key.label(KEY), tie_of(one.gate).label(TIE)], *guards).subquery()
            for one in stretches
        ]

    def _rows(self, stretch: Stretch, columns: list[ColumnElement[Any]], *guards: ColumnElement[bool]) -> Select[Any]:
        gate = stretch.gate
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


def _together(parts: Iterable[FromClause]) -> CompoundSelect[Any]:
    return union_all(*(select(*part.c) for part in parts))
