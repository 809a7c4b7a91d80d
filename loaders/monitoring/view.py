"""What one kind of reader may see of one year: every table of it goes through here, and no number past it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, zip_longest
from typing import Any

from loaders.monitoring.disclosure import DLPM, Grain, Thresholds, exact, masked, not_available
from loaders.monitoring.document import Tallies
from loaders.monitoring.editions import OF_QUARTERS
from loaders.monitoring.indicators import Definition
from loaders.monitoring.lattice import ALL_SLOTS, YEAR, Decision, Row, Slot, counts, decide, hidden_totals
from loaders.monitoring.periods import IN_A_QUARTER, MONTHS, Period
from loaders.monitoring.sequence import Totals, following, following_totals, says_nothing, together
from schema.types.monitoring import Count
from schema.vocabulary import Audience

REST = "REST"
Months = Mapping[str, Mapping[str, tuple[int, ...]]]
Closed = tuple[frozenset[Slot], ...]
EVERYTHING = frozenset(ALL_SLOTS)


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
        running = [self.tallies.running] if self.tallies.running else []
        versions = (self.tallies, *self.tallies.earlier, *running)
        now, *earlier = [one.months(self.period.whole_year) for one in versions]
        return _one_after_another(now, earlier) if earlier else now

    @property
    def versions(self) -> range:
        """How many versions back each is, the oldest first; 0 is now."""
        return range(len(self.tallies.earlier), -1, -1)

    @property
    def _while_running(self) -> int:
        """How many versions back is what was told while the year ran."""
        return len(self.tallies.earlier) + 1

    @cached_property
    def _by_quarter(self) -> frozenset[tuple[int, ...]]:
        """The totals of which a running year shows the quarters that are over."""
        return frozenset(self.sums(cube) for cube in OF_QUARTERS)

    @cached_property
    def _closed(self) -> dict[tuple[tuple[int, ...], tuple[int, ...] | None], Mapping[int, Closed]]:
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
        return self._over_on(slot, self.tallies.today)

    def _over_on(self, slot: Slot, day: date) -> bool:
        last = MONTHS - 1 if slot == YEAR else slot[0] + (IN_A_QUARTER - slot[0] % IN_A_QUARTER) - 1
        return self.period.whole_year.months[last][2] < day

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

    def told_years(self, base: tuple[int, ...]) -> list[bool]:
        """Whether the total of the year is shown, version by version, the oldest first."""
        closed = self._closed_versions(base)
        return [YEAR not in closed[back][-1] for back in self.versions]

    def closed(self, base: tuple[int, ...], among: tuple[int, ...] | None = None) -> Closed:
        """For each level, the slots whose total is hidden; `among`: and wherever that total is."""
        return self._closed_versions(base, among)[0]

    def _closed_versions(self, base: tuple[int, ...], among: tuple[int, ...] | None = None) -> Mapping[int, Closed]:
        if (base, among) not in self._closed:
            found: dict[int, Closed] = {}
            spoke: dict[int, frozenset[Slot]] = {}
            running = self.tallies.running
            if running is not None and base in self._by_quarter:
                spoke[self._while_running] = frozenset(one for one in ALL_SLOTS if self._over_on(one, running.today))
            for back in (*spoke, *self.versions):
                found[back] = self._closed_version(back, base, among, found, spoke)
            self._closed[base, among] = found
        return self._closed[base, among]

    def _closed_version(
        self,
        back: int,
        base: tuple[int, ...],
        among: tuple[int, ...] | None,
        earlier: Mapping[int, Closed],
        spoke: Mapping[int, frozenset[Slot]],
    ) -> Closed:
        refused = self._closed_versions(among)[back] if among else (frozenset[Slot](),) * len(self.levels)
        whole, row = Row("", base), Row("", base).in_version(back)
        found: list[frozenset[Slot]] = []
        for number, (level, besides) in enumerate(zip(self.levels, refused, strict=True)):
            told = [
                Totals(whole.in_version(then), slots[number], spoke.get(then, EVERYTHING))
                for then, slots in earlier.items()
            ]
            before = besides.union(*found[-1:], *(one.hidden & one.told for one in told if one.told - one.hidden))
            own = hidden_totals(row.values[:MONTHS], level.year, before, by_quarter=base in self._by_quarter)
            found.append(following_totals(row, own, told, level.year))
        return tuple(found)

    def total(self, base: tuple[int, ...], slot: Slot | None = None, among: tuple[int, ...] | None = None) -> Count:
        """A total of persons; `among`: hidden wherever that total is."""
        slot = slot or self.slot
        value = Row("", base).at(slot)
        # Of a year that runs, these totals alone: what is shown once by quarter is shown for good.
        if not self.is_over(slot) or not (self.complete or base in self._by_quarter):
            return not_available()
        if slot not in self.closed(base, among)[-1]:
            return exact(value)
        # Never "fewer than" of a part: three months of 4 in a quarter of 12 would each be told by it.
        return masked(self.level.year if slot == YEAR and value < self.level.year else None)

    @cached_property
    def _decided(self) -> dict[tuple[tuple[Row, ...], tuple[int, ...]], tuple[Decision, ...]]:
        return {}

    def decision(self, rows: Sequence[Row], base: tuple[int, ...]) -> Decision:
        """What is hidden of a breakdown."""
        return self.decisions(rows, base)[-1]

    def decisions(self, rows: Sequence[Row], base: tuple[int, ...]) -> tuple[Decision, ...]:
        """What is hidden of a breakdown in each version, the oldest first."""
        asked = tuple(rows), base
        if asked not in self._decided:
            self._decided[asked] = self._decide(rows, base)
        return self._decided[asked]

    def _decide(self, rows: Sequence[Row], base: tuple[int, ...]) -> tuple[Decision, ...]:
        earlier: list[tuple[Sequence[Row], Sequence[Decision]]] = []
        closed = self._closed_versions(base)
        for back in self.versions:
            at_that_time = [row.in_version(back) for row in rows]
            found: list[Decision] = []
            for number, (level, slots) in enumerate(zip(self.levels, closed[back], strict=True)):
                told = [(then, decisions[number]) for then, decisions in earlier]
                before = together(
                    [*found[-1:], *(decision for then, decision in told if not says_nothing(decision, then))]
                )
                own = decide(at_that_time, level.year, level.fine, slots, before)
                found.append(following(at_that_time, own, told, level.year, level.fine))
            earlier.append((at_that_time, found))
        return tuple(found[-1] for _, found in earlier)

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


NOTHING: tuple[int, ...] = (0,) * MONTHS


def _one_after_another(now: Months, earlier: Sequence[Months]) -> Months:
    """The months of now, and after them those of each earlier version."""
    versions = (now, *earlier)
    return {
        cube: {
            word: tuple(chain.from_iterable(one.get(cube, {}).get(word, NOTHING) for one in versions))
            for word in {word: None for one in versions for word in one.get(cube, {})}
        }
        for cube in {cube: None for one in versions for cube in one}
    }


# A word that no case has, in no version, has the months of now only: what is not there is nothing.
def added(parts: Any) -> tuple[int, ...]:
    """Month by month, the sum of several."""
    return tuple(sum(values) for values in zip_longest(NOTHING, *parts, fillvalue=0))


def less(whole: tuple[int, ...], *parts: tuple[int, ...]) -> tuple[int, ...]:
    """Month by month, what is left."""
    return tuple(left - sum(taken) for left, *taken in zip_longest(whole, *parts, fillvalue=0))
