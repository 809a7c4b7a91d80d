"""Rows that several stretches have found, told once: doors, steps and JSON are for those on the page, not for each place to look."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import CTE, ColumnClause, ColumnElement, Select, Text, column, literal_column, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import visitors

from loaders.policy.doors import Door
from loaders.policy.reached import Brought

KEY, TIE, VIAS = "key$", "tie$", "vias$"
_ROWS = "rows$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What each stretch brings along of its rows: columns as they are, and what the viewer is to their situation."""

    names: tuple[str, ...]
    viewers: frozenset[str]

    def of(self, gate: Door) -> list[ColumnElement[Any]]:
        """As columns of the rows behind a door."""
        columns: list[ColumnElement[Any]] = [gate.row.c[name] for name in self.names]
        if self.viewers and gate.seen is not None:
            gate.seen.viewers |= self.viewers
            columns.append(gate.seen.vias.label(VIAS))
        return columns


class Carried:
    """The rows of a page, by name: the door to them redacts as any other, with nothing to look up again."""

    def __init__(self, found: Door, key: Any) -> None:
        self._row = table(_ROWS, *(column(one.name, one.type) for one in found.noun.table.c))
        self._seen = Brought(count(1), literal_column(f"{_ROWS}.{VIAS}", ARRAY(Text)))
        self.gate = Door(found.audience, found.noun, self._row, found.viewer, self._seen)
        self.key: ColumnElement[Any] = literal_column(f"{_ROWS}.{KEY}", key)
        self.tie: ColumnElement[Any] = literal_column(f"{_ROWS}.{TIE}", found.row.c[found.noun.tie].type)

    def asked_by(self, told: Iterable[ColumnElement[Any]]) -> Wanted:
        """What has to be brought along, so that all of this can be told."""
        parts = (part for one in told for part in visitors.iterate(one))
        named = {part.name for part in parts if isinstance(part, ColumnClause) and part.table is self._row}
        return Wanted(tuple(one.name for one in self._row.c if one.name in named), frozenset(self._seen.viewers))

    def cte(self, page: Select[Any]) -> CTE:
        """The rows themselves, under the name by which they are told."""
        return page.cte(_ROWS, nesting=True)


__all__ = ["KEY", "TIE", "Carried", "Wanted"]
