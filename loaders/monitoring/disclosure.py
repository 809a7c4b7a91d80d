"""Disclosure control: which numbers of persons may be published, decided on the counts before anything is formatted.

What is protected here is one list of numbers with a known total. Breakdowns over time, and places within places, are
built of it: loaders/monitoring/lattice.py and places.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from schema.types.monitoring import Count, Mean, Share
from schema.vocabulary import Audience, CountState

DLPM = frozenset({Audience.LIS, Audience.SUP, Audience.ANA, Audience.ORG_DLPM})
CRIP = frozenset({Audience.CRI, Audience.ORG_CRIP})


class Grain(Enum):
    """How fine a table is."""

    NATIONAL = "national, one dimension"
    FINE = "below the nation, or two dimensions"
    OWN_AUTHORITY = "the reader's own authority"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The smallest numbers that are published (permissions, condition 11); all of them are settings.

    `services` is the smallest base of a survey: it counts services, not persons, so its cells are not masked.
    """

    national: int = 5
    own_authority: int = 5
    fine: int = 11
    others: int = 11
    services: int = 3

    def __post_init__(self) -> None:
        if min(self.national, self.own_authority, self.fine, self.others, self.services) < 1:
            message = "a threshold is at least 1"
            raise ValueError(message)

    def smallest(self, audience: Audience, grain: Grain) -> int:
        """The smallest number of persons shown to this audience in a table of this grain."""
        match grain:
            case Grain.NATIONAL if audience in DLPM:
                return self.national
            case Grain.OWN_AUTHORITY if audience in CRIP:
                return self.own_authority
            case Grain.FINE if audience in DLPM:
                return self.fine
            case _:
                return max(self.others, self.fine)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table whose numbers add up to a total that readers know.

    `printed` is false for what the table leaves out but anybody can compute as the rest. `zero_is_open` says that a
    zero here tells nothing about anybody: that nothing is unknown, that the rest is empty. `hidden` is for a cell that
    another table masks.
    """

    key: str
    value: int
    printed: bool = True
    zero_is_open: bool = False
    hidden: bool = False


def exact(value: int) -> Count:
    return Count(value=value, state=CountState.EXACT, label=str(value))


def masked(below: int | None = None) -> Count:
    """A masked number; `below` only where it really is smaller than that."""
    return Count(value=None, state=CountState.MASKED, label=f"moins de {below}" if below else "masqué")


def not_available() -> Count:
    return Count(value=None, state=CountState.NOT_AVAILABLE, label="sans objet")


def whole(value: int, smallest: int) -> Count:
    """A number that is no part of a table; zero is masked like any other small number."""
    return exact(value) if value >= smallest else masked(smallest)


def table(cells: Sequence[Cell], smallest: int) -> Mapping[str, Count]:
    """The printed cells as readers may see them.

    Small cells are masked. What is not shown, readers can add up as total minus shown cells: while that sum is small,
    or pins the masked cells by their labels, the next smallest cell is masked too. If exactly one cell is masked, the
    sum is that small cell, so a second one always follows.
    """
    hidden, told = hidden_keys(cells, smallest)
    return {
        cell.key: exact(cell.value) if cell.key not in hidden else masked(smallest if told else None)
        for cell in cells
        if cell.printed
    }


def hidden_keys(cells: Sequence[Cell], smallest: int) -> tuple[frozenset[str], bool]:
    """Keys of the cells that readers do not see, and whether `moins de k` is true and harmless for all printed ones."""
    candidates = [cell for cell in cells if cell.hidden or cell.value or not cell.zero_is_open]
    unseen: list[Cell] = []
    seen: list[Cell] = []
    for cell in candidates:
        (unseen if cell.hidden or cell.value < smallest or not cell.printed else seen).append(cell)
    seen.sort(key=lambda cell: cell.value)
    while unseen and seen and not _safe(unseen, smallest):
        unseen.append(seen.pop(0))
    small = all(cell.value < smallest for cell in unseen if cell.printed)
    return frozenset(cell.key for cell in unseen), small and not _pinned(unseen, smallest)


def _safe(unseen: Sequence[Cell], smallest: int) -> bool:
    alone = len(unseen) == 1 and unseen[0].hidden
    return not alone and sum(cell.value for cell in unseen) >= smallest and not _pinned(unseen, smallest)


def _pinned(unseen: Sequence[Cell], smallest: int) -> bool:
    """Whether all are known to be small, yet add up to so much that none can be as small as zero.

    4 and 4 under a threshold of 5: readers know the sum, 8, and two times `moins de 5` leaves only one solution.
    """
    if len(unseen) <= 1 or not all(cell.printed and cell.value < smallest for cell in unseen):
        return False
    return sum(cell.value for cell in unseen) > (len(unseen) - 1) * (smallest - 1)


def part(value: int, of: int, smallest: int) -> Count:
    """A part of a base: masked when it is small, and when what is left of the base is small but not empty."""
    return table([Cell("part", value), Cell("rest", of - value, printed=False, zero_is_open=True)], smallest)["part"]


def percent(value: int, of: int, decimals: int) -> float:
    """A percentage rounded half up, as a reader expects: Python's own rounding goes to the even digit."""
    exactly = Decimal(100 * value) / Decimal(of)
    return float(exactly.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def share(count: Count, base: Count, decimals: int = 0) -> Share:
    """Number and percentage, masked together: with the base, a percentage gives its number away."""
    if count.value is None or base.value is None:
        state = CountState.MASKED if CountState.MASKED in {count.state, base.state} else CountState.NOT_AVAILABLE
        # Where only the base is masked, the number would be a lower bound of it.
        return Share(percent=None, state=state, count=count if count.value is None else masked(), base=base)
    if base.value == 0:
        return Share(percent=None, state=CountState.NOT_AVAILABLE, count=count, base=base)
    return Share(percent=percent(count.value, base.value, decimals), state=CountState.EXACT, count=count, base=base)


def mean(total: int, values: int, base: Count, smallest: int, decimals: int = 1) -> Mean:
    """An average of at least `smallest` values, rounded half up; `base` may be masked for the sake of its table."""
    if values < smallest:
        return Mean(value=None, state=CountState.MASKED, base=base)
    exactly = Decimal(total) / Decimal(values)
    rounded = exactly.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return Mean(value=float(rounded), state=CountState.EXACT, base=base)
