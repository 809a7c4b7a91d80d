"""Disclosure control over publications: what a later version may show beside the earlier ones, which nobody forgets.

Two versions of a table, subtracted, are a table of what was entered in between. So a number is shown again only where it
moved by none or by many, what is hidden once stays hidden, and nothing else is hidden beside it: a table of which a later
version would hide more than an earlier one showed is not shown at all. Then the hidden numbers of both versions are the same
sums, plus or minus none or many, and no better known than in the first (docs/decisions; tests/loaders/test_sequence.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from loaders.monitoring.lattice import ALL_SLOTS, QUARTERS, YEAR, Decision, Row, Slot, merged, months_in

BELOW_THE_YEAR: frozenset[Slot] = frozenset(ALL_SLOTS) - {YEAR}
Table = tuple[Sequence[Row], Decision]


class Totals(NamedTuple):
    """The totals of a version: what it hides, and what of the year it spoke of at all."""

    row: Row
    hidden: frozenset[Slot]
    told: frozenset[Slot] = frozenset(ALL_SLOTS)


def moved_few(now: int, then: int, smallest: int) -> bool:
    """Whether two numbers differ by few persons."""
    return 0 < abs(now - then) < smallest


def following_totals(row: Row, own: frozenset[Slot], earlier: Sequence[Totals], smallest: int) -> frozenset[Slot]:
    """Which totals are hidden beside those of earlier versions; `own` includes what these hid."""
    told = [one for one in earlier if one.told - one.hidden]
    if not told:
        return own
    beside = frozenset().union(*(one.hidden & one.told for one in told))
    # Hidden now, of what was shown before.
    taken_back = (own - beside) & frozenset().union(*(one.told for one in told))
    if YEAR in taken_back or (YEAR not in own and _any_few(row, told, [YEAR], smallest)):
        return frozenset(ALL_SLOTS)
    shown = [slot for slot in ALL_SLOTS if slot not in own]
    if taken_back or _any_few(row, told, shown, smallest) or _rests_few(row, told, own, smallest):
        return own | BELOW_THE_YEAR
    return own


def _any_few(row: Row, told: Sequence[Totals], slots: Iterable[Slot], smallest: int) -> bool:
    slots = list(slots)
    return any(
        moved_few(row.at(slot), one.row.at(slot), smallest) for one in told for slot in slots if slot not in one.hidden
    )


def _rests_few(row: Row, told: Sequence[Totals], hidden: frozenset[Slot], smallest: int) -> bool:
    """Whether what is hidden of a quarter, or of the year, moved by few: anybody subtracts it from the shown whole."""
    return any(
        moved_few(_rest(row, slots), _rest(one.row, slots), smallest) for one in told for slots in _rests(hidden)
    )


def _rests(hidden: frozenset[Slot]) -> list[list[Slot]]:
    wholes = [list(QUARTERS), *([*months_in(quarter)] for quarter in QUARTERS if quarter not in hidden)]
    return [[slot for slot in parts if slot in hidden] for parts in wholes]


def _rest(row: Row, slots: Iterable[Slot]) -> int:
    return sum(row.at(slot) for slot in slots)


def together(decisions: Iterable[Decision | None]) -> Decision | None:
    """What any of these hides."""
    found = [decision for decision in decisions if decision is not None]
    if not found:
        return None
    return Decision(frozenset().union(*(one.words for one in found)), frozenset().union(*(one.slots for one in found)))


def says_nothing(decision: Decision, rows: Sequence[Row]) -> bool:
    """Whether a version shows no word of this table."""
    return all(row.key in decision.words for row in rows)


def nothing(rows: Sequence[Row]) -> Decision:
    """The table is not shown."""
    return Decision(frozenset(row.key for row in rows), frozenset(ALL_SLOTS))


def following(rows: Sequence[Row], own: Decision, earlier: Sequence[Table], national: int, fine: int) -> Decision:
    """What is hidden of a breakdown beside those of earlier versions; `own` includes what these hid."""
    told = [(then, decision) for then, decision in earlier if not says_nothing(decision, then)]
    if not told:
        return own
    beside = together(decision for _, decision in told)
    if beside is None or own.words - beside.words or YEAR in own.slots:
        return nothing(rows)
    pairs = [
        (now, one)
        for then, _ in told
        for now, one in zip(merged(rows, own.words), merged(then, own.words), strict=True)
    ]
    if any(moved_few(now.at(YEAR), then.at(YEAR), national) for now, then in pairs):
        return nothing(rows)
    own = replace(own, told=False)
    shown = BELOW_THE_YEAR - own.slots
    few = any(moved_few(now.at(slot), then.at(slot), fine) for now, then in pairs for slot in shown) or any(
        moved_few(_rest(now, slots), _rest(then, slots), fine) for now, then in pairs for slots in _rests(own.slots)
    )
    return replace(own, slots=own.slots | BELOW_THE_YEAR) if few or own.slots - beside.slots else own
