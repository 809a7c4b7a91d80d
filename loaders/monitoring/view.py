"""What one kind of reader may see of one year: every table of it goes through here, and no number past it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from loaders.disclosure import DLPM, Grain, Thresholds, exact, masked, not_available
from loaders.indicators import Definition
from loaders.monitoring.document import Tallies
from loaders.monitoring.lattice import YEAR, Decision, Row, Slot, counts, decide, hidden_totals
from loaders.monitoring.periods import IN_A_QUARTER, Period
from schema.types.monitoring import Count
from schema.vocabulary import Audience

REST = "REST"


@dataclass(frozen=True, slots=True)
class Level:
    """The smallest numbers of one kind of reader: of a year's breakdown, and of anything finer."""

    year: int
    fine: int

    def of(self, slot: Slot) -> int:
        return self.year if slot == YEAR else self.fine


def levels(thresholds: Thresholds, audience: Audience) -> tuple[Level, ...]:
    """The readers whose tables nest: the DLPM first, then everybody else, who see no number that the DLPM does not."""
    mine = Level(thresholds.national, thresholds.fine)
    if audience in DLPM:
        return (mine,)
    return mine, Level(thresholds.smallest(audience, Grain.NATIONAL), max(thresholds.fine, thresholds.others))


@dataclass(frozen=True)
class View:
    """The tables of a year, for the readers of the last of `levels`, and the part of it that is asked for."""

    tallies: Tallies
    period: Period
    levels: tuple[Level, ...]

    @cached_property
    def _months(self) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
        return self.tallies.months(self.period.whole_year)

    @cached_property
    def _by_quarter(self) -> frozenset[tuple[int, ...]]:
        """The totals of which a running year shows the quarters that are over."""
        return frozenset(self.sums(cube) for cube in ("SITUATIONS", "CONTACTS"))

    @cached_property
    def _closed(self) -> dict[tuple[tuple[int, ...], tuple[int, ...] | None], tuple[frozenset[Slot], ...]]:
        return {}

    @property
    def slot(self) -> Slot:
        return self.period.slot

    @property
    def level(self) -> Level:
        return self.levels[-1]

    @property
    def smallest(self) -> int:
        """The smallest number of a breakdown in the part that is asked for."""
        return self.level.of(self.slot)

    @cached_property
    def complete(self) -> bool:
        """Whether the year is over: until then breakdowns would tell, month after month, of the month just past."""
        return self.period.whole_year.ends_on < self.tallies.today

    def is_over(self, slot: Slot) -> bool:
        """Whether the numbers of a slot are published: those of a year once it is over, months with their quarter."""
        if slot == YEAR:
            return self.complete
        last = slot[0] + (IN_A_QUARTER - slot[0] % IN_A_QUARTER) - 1
        return self.period.whole_year.months[last][2] < self.tallies.today

    # ------------------------------------------------------------ rows

    def months(self, cube: str) -> Mapping[str, tuple[int, ...]]:
        """Word -> how many in each month."""
        return self._months.get(cube, {})

    def sums(self, cube: str) -> tuple[int, ...]:
        """How many in each month, all words together."""
        return added(self.months(cube).values())

    def rows(self, cube: str, words: Sequence[str], unknown: str | None = None) -> list[Row]:
        """The rows of a breakdown whose words exclude each other."""
        found = self.months(cube)
        return [Row(word, found.get(word, NOTHING), zero_is_open=word == unknown) for word in words]

    def part(self, cube: str, word: str, base: tuple[int, ...]) -> list[Row]:
        """One word of a breakdown whose words overlap, and the rest, which is not printed."""
        value = self.months(cube).get(word, NOTHING)
        return [Row(word, value), Row(REST, less(base, value), printed=False, zero_is_open=True)]

    # ------------------------------------------------------------ decisions

    def closed(self, base: tuple[int, ...], among: tuple[int, ...] | None = None) -> tuple[frozenset[Slot], ...]:
        """For each level, the slots whose total is hidden; `among`: and wherever that total is."""
        if (base, among) in self._closed:
            return self._closed[base, among]
        refused = self.closed(among) if among else (frozenset[Slot](),) * len(self.levels)
        found: list[frozenset[Slot]] = []
        for level, besides in zip(self.levels, refused, strict=True):
            before = besides | (found[-1] if found else frozenset())
            found.append(hidden_totals(base, level.year, before, by_quarter=base in self._by_quarter))
        self._closed[base, among] = tuple(found)
        return self._closed[base, among]

    def total(self, base: tuple[int, ...], slot: Slot | None = None, among: tuple[int, ...] | None = None) -> Count:
        """A total of persons; `among`: hidden wherever that total is."""
        slot = slot or self.slot
        value = Row("", base).at(slot)
        if not self.is_over(slot):
            return not_available()
        if slot not in self.closed(base, among)[-1]:
            return exact(value)
        return masked(self.level.year if value < self.level.year else None)

    def decision(self, rows: Sequence[Row], base: tuple[int, ...]) -> Decision:
        """What is hidden of a breakdown."""
        found: Decision | None = None
        for level, closed in zip(self.levels, self.closed(base), strict=True):
            found = decide(rows, level.year, level.fine, closed, found)
        if found is None:
            message = "a view has at least one level"
            raise ValueError(message)
        return found

    def breakdown(self, rows: Sequence[Row], base: tuple[int, ...]) -> Mapping[str, Count]:
        """The printed words of a breakdown, in the part that is asked for."""
        if not self.complete:
            return {row.key: not_available() for row in rows if row.printed}
        return counts(rows, self.decision(rows, base), self.slot, self.level.year)

    def about(self, definition: Definition, threshold: int | None, unknowns: Count | None = None) -> dict[str, Any]:
        """The words that go with a figure."""
        return {
            "code": definition.code,
            "label": definition.label,
            "definition": definition.definition,
            "denominator": definition.denominator,
            "source": definition.source,
            "article": definition.article,
            "decimals": definition.decimals,
            "threshold": threshold,
            "unknowns": unknowns or not_available(),
        }


NOTHING: tuple[int, ...] = (0,) * 12


def added(parts: Any) -> tuple[int, ...]:
    """Month by month, the sum of several."""
    return tuple(sum(values) for values in zip(NOTHING, *parts, strict=True))


def less(whole: tuple[int, ...], *parts: tuple[int, ...]) -> tuple[int, ...]:
    """Month by month, what is left."""
    return tuple(left - sum(taken) for left, *taken in zip(whole, *parts, strict=True))
