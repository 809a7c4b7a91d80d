"""One attacker, everything: two versions of a year, each part of it, the nation, its territories and all authorities, in one program.

The attackers beside this one solve for one kind of table in many drawn worlds; here whatever an analyst can ever be answered of
a year is one system of equations, with what tables have in common by what they mean.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

from loaders.monitoring import indicators
from loaders.monitoring.authorities import RETURNS, SHARES
from loaders.monitoring.cubes import CUBES, Delay, Returned, Routed
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies
from loaders.monitoring.national import answer
from loaders.monitoring.periods import REPORT_YEAR, Period
from schema.types.monitoring import Count, NationalMonitoring, Share
from schema.vocabulary import Audience, CountState
from tests.loaders.attacker import Attacker, Name, width
from tests.loaders.test_whole_answer import MONTHS, PERIODS, TABLES, Year, said

NATIONAL, FINE = 5, 11
# The tables of what became of cases, and under which name an authority's part of each is kept.
CIRCUIT = {
    "RETURNS": "RETURNS",
    "ROUTING": "ROUTING",
    "REPORT_DELAYS": "REPORT_DELAYS",
    "ORIENTATIONS": "OWN_ORIENTATIONS",
    "FOLLOW_UPS": "OWN_FOLLOW_UPS",
    "DUTIES": "OWN_DUTIES",
}
Cell = tuple[str, str, int, tuple[str, ...]]
"""Table, word, month, and the authorities that were told of it: one of a report, none or several of what follows."""
Said = tuple[Count, str, Sequence[str], range, str | None]
"""A number of an answer: of which words of which table, of which months, and of which authority."""


@dataclass
class Network:
    """A year: its situations, and what became of them."""

    situations: Year
    authorities: Sequence[str]
    counts: dict[Cell, int] = field(default_factory=dict)

    @classmethod
    def drawn(cls, chance: random.Random) -> "Network":
        """Large and small authorities, words that everybody has and words that few have."""
        made = cls(Year.drawn(chance), [str(number) for number in range(chance.choice([2, 4]))])
        pairs = list(combinations(made.authorities, 2))
        for table, own in CIRCUIT.items():
            size = chance.choice([0.3, 1, 4, 12])
            weights = {word: chance.choice([0, 0.03, 0.3, 1, 1]) for word in CUBES[table].words}
            whose: list[tuple[str, ...]] = [(one,) for one in made.authorities]
            if own != table and chance.random() < 0.6:
                whose += [(), chance.choice(pairs)]
            scale = {one: chance.choice([0.1, 1, 1, 3]) for one in whose}
            for month in MONTHS:
                for word, weight in weights.items():
                    for one in whose:
                        drawn = chance.expovariate(1) * size * weight * scale[one]
                        made.counts[table, word, month, one] = round(drawn)
        made._of_the_same_reports(chance)
        return made

    def _of_the_same_reports(self, chance: random.Random) -> None:
        """A report is routed and has its delay: month by month and authority by authority both tables have as many."""
        for month in MONTHS:
            for one in self.authorities:
                delays = sum(self.counts["REPORT_DELAYS", word.value, month, (one,)] for word in Delay)
                astray = sum(chance.random() < 0.1 for _ in range(delays))
                self.counts["ROUTING", Routed.MISROUTED.value, month, (one,)] = astray
                self.counts["ROUTING", Routed.KEPT.value, month, (one,)] = delays - astray

    def later(self, chance: random.Random) -> "Network":
        """The same year as it is known later: more is entered, seldom and often."""
        late = chance.choice([0, 0.1, 1])

        def grown(count: int) -> int:
            return count + (round(chance.expovariate(1) * late) if chance.random() < 0.3 else 0)

        # Situations of which more was entered are tests/loaders/test_editions.py's.
        made = Network(self.situations, self.authorities, {cell: grown(count) for cell, count in self.counts.items()})
        for month in MONTHS:
            for one in self.authorities:
                delays = sum(made.counts["REPORT_DELAYS", word.value, month, (one,)] for word in Delay)
                astray = made.counts["ROUTING", Routed.MISROUTED.value, month, (one,)] = self.counts[
                    "ROUTING", Routed.MISROUTED.value, month, (one,)
                ]
                made.counts["ROUTING", Routed.KEPT.value, month, (one,)] = delays - astray
        return made

    def document(self) -> Mapping[str, Any]:
        """The same as the rollups tell it."""
        starts = [first.isoformat() for _, first, _ in REPORT_YEAR.months]
        found = dict(self.situations.document())
        nation: dict[tuple[str, str, int], int] = {}
        places: dict[tuple[str, str, str], int] = {}
        for (table, word, month, whose), count in self.counts.items():
            nation[table, word, month] = nation.get((table, word, month), 0) + count
            for one in whose:
                key = one, CIRCUIT[table], word
                places[key] = places.get(key, 0) + count
        cells = [
            {"cube": table, "word": word, "span": starts[month], "amount": count}
            for (table, word, month), count in nation.items()
            if count
        ]
        own = [
            {"place": f"A:{one}", "cube": cube, "word": word, "amount": count}
            for (one, cube, word), count in places.items()
            if count
        ]
        return {
            **found,
            "cells": [*found["cells"], *cells],
            "places": [*found["places"], *own],
            "authorities": [{"id": one, "code": one, "name": one} for one in self.authorities],
        }

    def are_all(self, table: str, words: Sequence[str]) -> bool:
        """Whether all of a year have this word of two: that is told of the year, and is so of its parts, of nobody in particular."""
        if table not in {"DUTIES", "ROUTING"} or len(words) > 1:
            return False
        kind = words[0].rpartition(":")[0]
        others = [one for one in CUBES[table].words if one.rpartition(":")[0] == kind and one not in words]
        return not any(count for cell, count in self.counts.items() if cell[0] == table and cell[1] in others)

    def parts(self, table: str, words: Sequence[str], months: range, authority: str | None) -> list[Cell]:
        """The cells that a number is the sum of."""
        return [
            cell
            for cell in self.counts
            if cell[0] == table
            and cell[1] in words
            and cell[2] in months
            and (authority is None or authority in cell[3])
        ]


def _circuit(figures: NationalMonitoring) -> Iterator[Said]:
    """Every number about what became of cases."""
    period = figures.period
    first, long = Period(period.year, period.quarter, period.month, kind=period.kind).slot
    months = range(first, first + long)

    def shares(table: str, every: Sequence[str], shown: Mapping[str, Share]) -> Iterator[Said]:
        for word, one in shown.items():
            yield one.count, table, [word], months, None
            yield one.base, table, every, months, None

    for table, figure in (
        ("RETURNS", figures.returns),
        ("REPORT_DELAYS", figures.report_delays),
        ("ORIENTATIONS", figures.orientations),
        ("FOLLOW_UPS", figures.follow_ups),
    ):
        yield from shares(table, CUBES[table].words, {part.code: part.share for part in figure.parts})
    came = [Returned.IN_TIME.value, Returned.LATE.value]
    yield figures.return_rate.share.count, "RETURNS", came, months, None
    yield figures.return_delay.median.base, "RETURNS", came, months, None
    yield figures.overdue.share.count, "RETURNS", [Returned.MISSING.value], months, None
    yield from shares("ROUTING", CUBES["ROUTING"].words, {Routed.MISROUTED.value: figures.misrouted.share})
    told = []
    for kind, waived in zip(indicators.WAIVERS, figures.waivers, strict=True):
        both = [f"{kind.value}:WAIVED", f"{kind.value}:DONE"]
        told += both if waived.share.base.value is not None else []
        yield from shares("DUTIES", both, {both[0]: waived.share})
    yield from _authorities(figures, months, told)


def _authorities(figures: NationalMonitoring, months: range, duties: Sequence[str]) -> Iterator[Said]:
    """Every number about authorities; of duties, those kinds of which the nation is told how many there were."""
    tables = {
        RETURNS.definition.code: [
            (one.authority_code, one.due, one.returned.count) for one in figures.per_authority.parts
        ],
        **{
            table.code: [(one.authority_code, one.share.base, one.share.count) for one in table.parts]
            for table in figures.authority_shares
        },
    }
    for compared in (RETURNS, *SHARES):
        every = duties if compared.of_nation == "DUTIES" else CUBES[compared.of_nation].words
        counted = [word for word in every if compared.counted(word)]
        for one, base, count in tables[compared.definition.code] if every else ():
            yield base, compared.of_nation, every, months, one
            yield count, compared.of_nation, counted, months, one


@dataclass
class Reader:
    """Who has kept every answer: with the tables of authorities, and, to compare, without them."""

    everything: Attacker = field(default_factory=Attacker)
    nation: Attacker = field(default_factory=Attacker)
    secret: dict[tuple[Name, ...], int] = field(default_factory=dict)
    """What was masked in each version that has spoken of it, and the smallest number of its table."""

    def reads(self, versions: Sequence[Network]) -> None:
        """All answers of the last of these versions."""
        now = versions[-1]
        tallies = Tallies(now.document(), tuple(Tallies(then.document()) for then in reversed(versions[:-1])))
        masked: dict[tuple[Name, ...], int] = {}
        for period in PERIODS:
            figures = answer(tallies, Thresholds(), Audience.ANA, period)
            for count, table, words, months in said(figures):
                # Situations are the same in both versions.
                parts: tuple[Name, ...] = tuple(("0", table, word, str(month)) for word in words for month in months)
                true = now.situations.value([part[1:] for part in parts])
                self._hears(count, parts, true, NATIONAL, masked)
            for count, table, words, months, authority in _circuit(figures):
                cells = now.parts(table, words, months, authority)
                # What a later version says is what was known first and all that came since.
                parts = tuple(
                    (str(back), table, cell[1], str(cell[2]), *cell[3])
                    for back in range(len(versions))
                    for cell in cells
                )
                true = sum(now.counts[cell] for cell in cells)
                smallest = FINE if authority else NATIONAL
                told = {} if now.are_all(table, words) else masked
                self._hears(count, parts, true, smallest, told, of_nation=authority is None)
        again = {parts: smallest for parts, smallest in masked.items() if _first(parts) in self.secret}
        self.secret |= masked if len(versions) == 1 else again

    def _hears(
        self,
        count: Count,
        parts: tuple[Name, ...],
        true: int,
        smallest: int,
        masked: dict[tuple[Name, ...], int],
        *,
        of_nation: bool = True,
    ) -> None:
        readers = [self.everything, self.nation] if of_nation else [self.everything]
        for reader in (self.everything, self.nation):
            for part in parts:
                reader.cell(part)
        if count.value is not None:
            assert count.value == true, parts[0]
            for reader in readers:
                reader.learns(parts, true)
        elif count.state is CountState.MASKED and true:
            masked[parts] = smallest
            if count.label.startswith("moins de "):
                for reader in readers:
                    slack = ("slack", str(len(reader.rows)))
                    reader.learns([*parts, slack], int(count.label.split()[-1]) - 1)

    def knows_what_tables_have_in_common(self, network: Network, versions: int) -> None:
        """Each situation stands in every table of situations; each report in that of routes and in that of delays."""
        for reader in (self.everything, self.nation):
            for month in MONTHS:
                of_month = {name: [("0", name, word, str(month)) for word in words] for name, words in TABLES.items()}
                for cells in of_month.values():
                    reader.knows_equal(cells, of_month["PLACES"])
                for back in range(versions):
                    for one in network.authorities:
                        delays, routes = (
                            [(str(back), table, word, str(month), one) for word in CUBES[table].words]
                            for table in ("REPORT_DELAYS", "ROUTING")
                        )
                        reader.knows_equal(delays, routes)


def _first(parts: tuple[Name, ...]) -> tuple[Name, ...]:
    """The same number as the first version told it."""
    return tuple(part for part in parts if part[0] == "0")


SEEDS = [pytest.param(seed, marks=pytest.mark.slow) if seed else seed for seed in range(60)]
SOME = 14


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_is_ever_answered_of_a_year_bounds_no_number_tighter_than_its_protection_interval(
    seed: int,
) -> None:
    chance, reader = random.Random(seed), Reader()
    network = Network.drawn(chance)
    versions = [network, network.later(chance)]
    reader.knows_what_tables_have_in_common(network, len(versions))
    for number in range(len(versions)):
        reader.reads(versions[: number + 1])
    of_circuit = sorted(parts for parts in reader.secret if parts[0][1] in CIRCUIT)
    assert of_circuit and reader.everything.rows
    for sought in chance.sample(of_circuit, min(SOME, len(of_circuit))):
        smallest = reader.secret[sought]
        found = width(reader.everything.bounds(sought))
        if found < smallest - 1 - 1e-6:
            # A part is never more than the lawful number of the nation that it is a part of: docs/monitoring.md.
            assert smallest == FINE, (sought[0], len(sought), found)
            assert found >= width(reader.nation.bounds(sought)) - 1e-6, (sought[0], len(sought), found)
