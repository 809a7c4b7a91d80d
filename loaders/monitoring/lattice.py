"""Disclosure control over a year: months in quarters in the year, by word, decided together from the numbers alone.

A breakdown is shown for the year word by word, and below the year column by column: a quarter or a month shows its whole
breakdown or none. Hidden columns then form a rectangle of which readers know the margins at most, and in such a rectangle
a cell can be bounded no tighter than the smallest of its row, its column, and what is left of both. So it is enough that
these are large: `_safe` asks exactly that (docs/monitoring.md; tests/loaders/monitoring/attacker.py tries to do better).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from loaders.monitoring.disclosure import Cell, exact, hidden_keys, masked
from schema.types.monitoring import Count

Slot = tuple[int, int]
"""A stretch of a year: number of its first month, from 0, and how many months."""
YEAR: Slot = (0, 12)
_MONTHS = YEAR[1]
QUARTERS: tuple[Slot, ...] = tuple((month, 3) for month in range(0, 12, 3))


def months_in(slot: Slot) -> tuple[Slot, ...]:
    """The months of a slot."""
    return tuple((month, 1) for month in range(slot[0], slot[0] + slot[1]))


@dataclass(frozen=True, slots=True)
class Row:
    """One word of a breakdown, month by month, or column by column of any other table; the flags are those of a `Cell`.

    After the months of now may stand those of earlier versions of the same year, the newest first.
    """

    key: str
    values: tuple[int, ...]
    printed: bool = True
    zero_is_open: bool = False
    hidden: bool = False

    def at(self, slot: Slot) -> int:
        """How many in a slot."""
        return sum(self.values[slot[0] : slot[0] + slot[1]])

    def in_version(self, back: int) -> "Row":
        """The row as so many versions ago: 0 is now."""
        return replace(self, values=self.values[back * _MONTHS : (back + 1) * _MONTHS]) if back else self


@dataclass(frozen=True, slots=True)
class Decision:
    """What is hidden of a breakdown: words everywhere, and slots for every word; `told` is as in `loaders.monitoring.disclosure`."""

    words: frozenset[str]
    slots: frozenset[Slot]
    told: bool = False

    def shows(self, key: str, slot: Slot) -> bool:
        """Whether the number of a word in a slot is published."""
        return key not in self.words and slot not in self.slots


ALL_SLOTS: tuple[Slot, ...] = (YEAR, *QUARTERS, *months_in(YEAR))


def decide(
    rows: Sequence[Row], national: int, fine: int, closed: Iterable[Slot] = (), before: Decision | None = None
) -> Decision:
    """What to hide of a breakdown by words and time.

    `closed`: slots whose total is not shown. `before`: what a stricter reader is refused includes all that this refuses.
    """
    shut = frozenset(closed) | (before.slots if before else frozenset())
    if YEAR in shut:
        return Decision(frozenset(row.key for row in rows), frozenset(ALL_SLOTS))
    refused = before.words if before else frozenset()
    cells = [
        Cell(row.key, row.at(YEAR), row.printed, row.zero_is_open, hidden=row.hidden or row.key in refused)
        for row in rows
    ]
    unseen, told = hidden_keys(cells, national)
    # What is only left out is no secret: anybody computes it, as long as it hides nothing else.
    secret = any(cell.key in unseen and (cell.printed or cell.hidden or cell.value < national) for cell in cells)
    words = unseen if secret else frozenset()
    known = merged(rows, words)
    slots = _hidden_columns(known, QUARTERS, fine, shut)
    for quarter in QUARTERS:
        months = months_in(quarter)
        slots |= frozenset(months) if quarter in slots else _hidden_columns(known, months, fine, shut)
    return Decision(words, slots, told)


def columns(rows: Sequence[Row], fine: int, closed: Iterable[int] = ()) -> frozenset[int]:
    """Numbers of the columns whose breakdown is hidden, of a table whose row and column totals are known at most."""
    width = len(rows[0].values) if rows else 0
    every = tuple((place, 1) for place in range(width))
    return frozenset(
        place for place, _ in _hidden_columns(rows, every, fine, frozenset((place, 1) for place in closed))
    )


def merged(rows: Sequence[Row], words: frozenset[str]) -> list[Row]:
    """Hidden words are known together only, so together they are one row."""
    hidden = [row for row in rows if row.key in words]
    open_ = [row for row in rows if row.key not in words]
    if not hidden:
        return open_
    # Words of which some version has no case are shorter.
    together = tuple(sum(values) for values in zip_longest(*(row.values for row in hidden), fillvalue=0))
    return [*open_, Row("", together, printed=False)]


def _hidden_columns(
    rows: Sequence[Row], slots: Sequence[Slot], smallest: int, closed: frozenset[Slot]
) -> frozenset[Slot]:
    found = {slot: [row.at(slot) for row in rows] for slot in slots}
    # Where nobody is, there is nothing to hide, and nothing to hide behind.
    full = [slot for slot in slots if any(found[slot])]
    hidden = [
        slot
        for slot in full
        if slot in closed
        or any(
            value < smallest and (value or not row.zero_is_open) for row, value in zip(rows, found[slot], strict=True)
        )
    ]
    if hidden:
        shown = sorted((slot for slot in full if slot not in hidden), key=lambda slot: sum(found[slot]))
        while shown and not _safe(rows, [found[slot] for slot in hidden], smallest):
            hidden.append(shown.pop(0))
    return frozenset(hidden).union(slot for slot in slots if slot not in full)


def _safe(rows: Sequence[Row], hidden: Sequence[Sequence[int]], smallest: int) -> bool:
    """Whether rows, columns, and what is left of each, are large in the rectangle of hidden columns."""
    if len(hidden) == 1:
        return False
    sums: list[int] = [sum(values) for values in zip(*hidden, strict=True)]
    if any(value < smallest and (value or not row.zero_is_open) for row, value in zip(rows, sums, strict=True)):
        return False
    whole = sum(sums)
    # One row alone that is not empty is its columns' totals: nothing of it is hidden that the totals do not tell.
    return max(sums) == whole or (whole - max(sums) >= smallest and whole - max(map(sum, hidden)) >= smallest)


def counts(rows: Sequence[Row], decision: Decision, slot: Slot, smallest: int) -> Mapping[str, Count]:
    """The printed words of a breakdown in a slot, as readers may see them."""
    below = smallest if decision.told and slot == YEAR else None
    return {
        row.key: exact(row.at(slot)) if decision.shows(row.key, slot) else masked(below) for row in rows if row.printed
    }


def hidden_totals(
    values: Sequence[int], smallest: int, before: frozenset[Slot] = frozenset(), *, by_quarter: bool = False
) -> frozenset[Slot]:
    """Which totals of a year's months, quarters, and the year itself are hidden; nothing at all tells about nobody.

    `by_quarter`: the quarters of a year that still runs are published one by one, so what is shown once is shown for good,
    and it is the year that gives way. Else a year is published as a whole, and its quarters give way.
    """
    row = Row("", tuple(values))
    year_is_small = row.at(YEAR) < smallest or YEAR in before
    if year_is_small and not by_quarter:
        return frozenset(ALL_SLOTS)
    hidden: frozenset[Slot] = before | (frozenset({YEAR}) if year_is_small else frozenset())
    quarters = (
        frozenset(quarter for quarter in QUARTERS if quarter in hidden or 0 < row.at(quarter) < smallest)
        if by_quarter
        else _hidden_among(row, QUARTERS, smallest, hidden)
    )
    for quarter in QUARTERS:
        months = months_in(quarter)
        hidden |= frozenset(months) if quarter in quarters else _hidden_among(row, months, smallest, hidden)
    left = sum(row.at(quarter) for quarter in quarters)
    if by_quarter and quarters and (len(quarters) == 1 or left < smallest):
        hidden |= frozenset({YEAR})
    return hidden | quarters


def _hidden_among(row: Row, slots: Sequence[Slot], smallest: int, before: frozenset[Slot]) -> frozenset[Slot]:
    cells = [Cell(str(slot), row.at(slot), zero_is_open=True, hidden=slot in before) for slot in slots]
    keys, _ = hidden_keys(cells, smallest)
    return frozenset(slot for slot in slots if str(slot) in keys)
