"""Who asks every day learns no more than who asks once: figures that nobody has frozen yet are taken once and told again."""

import asyncio
import random
from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from loaders.monitoring.document import Tallies, authority_statement, national_statement
from loaders.monitoring.lattice import ALL_SLOTS, QUARTERS, YEAR, Slot, months_in
from loaders.monitoring.periods import REPORT_YEAR, Period, year_of
from loaders.monitoring.view import Level, View
from schema.types.monitoring import PeriodKind
from tests.cluster import Cluster
from tests.loaders.attacker import Attacker, Name, tightest

LEVELS = (Level(5, 11), Level(11, 11))
WORDS = ("YES", "NO", "UNKNOWN")
STARTS = [first for _, first, _ in REPORT_YEAR.months]
# The day after the last one of each quarter, typed from a calendar.
TAKEN_FROM = (date(2023, 7, 3), date(2023, 10, 3), date(2024, 1, 3), date(2024, 4, 3))
Truth = Mapping[str, tuple[int, ...]]


def _history(chance: random.Random) -> list[tuple[date, str, int, int]]:
    """What is entered: on which day, under which word, of which month, how many; much of it late."""
    size = chance.choice([0.02, 0.1, 0.5])
    late = chance.choice([0.0, 0.01, 0.2])
    found = []
    for number in range(480):
        day = STARTS[0] + timedelta(days=number)
        for word, weight in zip(WORDS, (5, 1, 0.5), strict=True):
            month = bisect_right(STARTS, day) - 1
            if number < 366 and chance.random() < min(1, size * weight):
                found.append((day, word, month, chance.choice([1, 1, 2, 9])))
            if month and chance.random() < late * weight:
                found.append((day, word, chance.randrange(min(month, 12)), chance.choice([1, 1, 2, 14])))
    return found


def _truth(history: list[tuple[date, str, int, int]], day: date) -> Truth:
    months = {word: [0] * 12 for word in WORDS}
    for entered, word, month, count in history:
        if entered <= day:
            months[word][month] += count
    return {word: tuple(counts) for word, counts in months.items()}


def _cells(truth: Truth) -> list[dict[str, Any]]:
    totals = tuple(map(sum, zip(*truth.values(), strict=True)))
    rows = [("SITUATIONS", "", totals), *(("KNOWN", word, counts) for word, counts in truth.items())]
    return [
        {"cube": cube, "word": word, "span": start.isoformat(), "amount": amount}
        for cube, word, counts in rows
        for start, amount in zip(STARTS, counts, strict=True)
        if amount
    ]


@dataclass
class Service:
    """What answers: it keeps editions as the database does (`monitoring_taken`), written again from the decision."""

    history: list[tuple[date, str, int, int]]
    editions: dict[int, tuple[date, Truth]] = field(default_factory=dict)

    def asked(self, day: date) -> Tallies:
        """The document of a day."""
        over = sum(first <= day for first in TAKEN_FROM)
        if over and over not in self.editions:
            self.editions[over] = day, _truth(self.history, day)
        taken = [
            {
                "number": number,
                "computed_at": f"{taken_on}T12:00:00+02:00",
                "cells": _cells(truth),
                "places": [],
                "thresholds": {},
            }
            for number, (taken_on, truth) in sorted(self.editions.items(), reverse=True)
        ]
        return Tallies({"computed_at": f"{day}T12:00:00+02:00", "frozen": None, "taken": taken or None}).as_of(
            REPORT_YEAR
        )


def _told_at(service: Service, day: date, slot: Slot) -> int:
    """Which edition a number is of: a quarter's first while the year runs, the whole year's afterwards."""
    if day >= TAKEN_FROM[-1]:
        return 4
    quarter = slot[0] // 3 + 1
    return min(number for number in service.editions if number >= quarter)


def _parts(edition: int, words: tuple[str, ...], slot: Slot) -> list[Name]:
    """A number is all that was entered up to its edition: late data only adds, as the attacker knows."""
    return [
        (str(number), word, str(month[0]))
        for number in range(1, edition + 1)
        for word in words
        for month in months_in(slot)
    ]


@dataclass
class Reader:
    """Somebody who asks for everything, keeps every answer, and adds up."""

    service: Service
    level: int
    attacker: Attacker = field(default_factory=Attacker)
    shown: set[tuple[str, Slot, int]] = field(default_factory=set)
    last: Mapping[str, Any] = field(default_factory=dict)

    def asks(self, day: date) -> None:
        tallies = self.service.asked(day)
        # Answers are made of the document alone: of the same one, they are the same.
        counted = {**tallies.document, "computed_at": tallies.today if tallies.document["cells"] else None}
        if counted == self.last:
            return
        self.last = counted
        view = View(tallies, REPORT_YEAR, LEVELS[: self.level + 1])
        base = view.sums("SITUATIONS")
        rows = view.rows("KNOWN", WORDS, WORDS[-1])
        for slot in ALL_SLOTS:
            total = view.total(base, slot)
            if total.value is not None:
                self._learns("", slot, day, total.value)
            if view.complete:
                decision = view.decision(rows, base)
                for row in rows:
                    if decision.shows(row.key, slot):
                        self._learns(row.key, slot, day, row.at(slot))

    def _learns(self, word: str, slot: Slot, day: date, value: int) -> None:
        edition = _told_at(self.service, day, slot)
        if (word, slot, edition) not in self.shown:
            self.shown.add((word, slot, edition))
            self.attacker.learns(_parts(edition, (word,) if word else WORDS, slot), value)

    def secrets(self) -> dict[Name, list[Name]]:
        """Small or hidden numbers of the year, and the few who were entered between two editions."""
        kept = {number: truth for number, (_, truth) in sorted(self.service.editions.items())}
        found: dict[Name, list[Name]] = {}
        last = kept[4]
        for slot in ALL_SLOTS:
            if not any(sum(last[word][month[0]] for month in months_in(slot)) for word in WORDS):
                continue
            for word in WORDS:
                value = sum(last[word][month[0]] for month in months_in(slot))
                if (word, slot, 4) not in self.shown and (value or word != WORDS[-1]):
                    found["4", word, str(slot)] = _parts(4, (word,), slot)
        for number in sorted(kept)[1:]:
            before = kept[max(one for one in kept if one < number)]
            for slot in (*QUARTERS, *months_in(YEAR)):
                # What came since its own first edition; what came before it is in the number.
                if number <= slot[0] // 3 + 1:
                    continue
                for words in (*((word,) for word in WORDS), WORDS):
                    months = [month[0] for month in months_in(slot)]
                    came = sum(kept[number][word][month] - before[word][month] for word in words for month in months)
                    if 0 < came < LEVELS[self.level].year:
                        found["came", str(number), "+".join(words), str(slot)] = [
                            (str(number), word, str(month)) for word in words for month in months
                        ]
        return found


SEEDS = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 3 else seed for seed in range(60)]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_asks_every_day_learns_no_more_than_who_asks_once(seed: int) -> None:
    chance = random.Random(seed)
    service = Service(_history(chance))
    level = seed % 2
    reader = Reader(service, level)
    first = chance.choice([0, 0, 95, 200])
    for number in range(first, 480):
        reader.asks(STARTS[0] + timedelta(days=number))
    secrets = reader.secrets()
    if secrets and reader.attacker.rows:
        for parts in secrets.values():
            for part in parts:
                reader.attacker.cell(part)
        found, name = tightest(reader.attacker, secrets)
        assert found >= LEVELS[level].year - 1 - 1e-6, name


def test_answers_of_the_day_would_give_a_late_case_away() -> None:
    """The same reader, answered from the cases as they are: two days apart, one case is seen."""
    history = [(day, word, month, 40) for month, day in enumerate(STARTS) for word in WORDS]
    late = date(2024, 5, 10)
    attacker = Attacker()
    for edition, day in enumerate((late - timedelta(days=1), late), 1):
        truth = _truth([*history, (late, "NO", 3, 1)], day)
        view = View(Tallies({"computed_at": f"{day}T12:00:00+02:00", "cells": _cells(truth)}), REPORT_YEAR, LEVELS[:1])
        for word in WORDS:
            assert view.breakdown(view.rows("KNOWN", WORDS, WORDS[-1]), view.sums("SITUATIONS"))[word].value is not None
            attacker.learns(_parts(edition, (word,), YEAR), sum(truth[word]))
    came: dict[Name, list[Name]] = {("came",): [("2", "NO", str(month)) for month in range(12)]}
    assert tightest(attacker, came)[0] == pytest.approx(0, abs=1e-6)
    service = Service([*history, (late, "NO", 3, 1)])
    asked = [service.asked(day).document for day in (late - timedelta(days=1), late, late + timedelta(days=90))]
    assert asked[0] == asked[1] == asked[2], "and told again, nothing is"


def test_a_quarter_is_told_as_it_was_first_while_its_year_runs() -> None:
    history = [(STARTS[0], "YES", 0, 20), (date(2023, 8, 1), "YES", 1, 3), (date(2023, 8, 1), "YES", 4, 30)]
    service = Service(history)
    first = service.asked(date(2023, 7, 10))
    later = service.asked(date(2023, 11, 1))
    views = [View(one, REPORT_YEAR, LEVELS[:1]) for one in (first, later)]
    told = [[view.total(view.sums("SITUATIONS"), slot).value for slot in QUARTERS] for view in views]
    assert told == [[20, None, None, None], [20, 30, None, None]]
    assert [view.total(view.sums("KNOWN"), QUARTERS[0]).value for view in views] == [20, 20], "as they have one base"
    assert service.asked(date(2023, 5, 1)).document["cells"] != [], "what was told is told"
    assert Service(history).asked(date(2023, 5, 1)).document["cells"] == [], "and nothing before"


# ---------------------------------------------------------------- the database that takes them


@pytest.fixture
async def undone(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """The database, of which nothing that is done here stays."""
    connection = await asyncpg.connect(cluster.admin)
    work = connection.transaction()
    await work.start()
    yield connection
    await work.rollback()
    await connection.close()


async def _enter(connection: asyncpg.Connection, place: str, span: date, count: int, cube: str = "SITUATIONS") -> None:
    await connection.execute(
        "INSERT INTO monitoring_cell (cube, place, span, word, amount) VALUES ($1, $2, $3, '', $4) "
        "ON CONFLICT (place, span, cube, word) DO UPDATE SET amount = monitoring_cell.amount + excluded.amount",
        cube, place, span, count,
    )  # fmt: skip


async def _taken(connection: asyncpg.Connection, period: Period, authority: UUID | None = None) -> list[dict[str, Any]]:
    asked = national_statement(period) if authority is None else authority_statement(period, authority)
    taken: list[dict[str, Any]] = orjson.loads(await connection.fetchval(asked[0], *asked[1]))["taken"] or []
    return taken


def _counts(edition: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    return sorted((cell["cube"], cell["span"], cell["amount"]) for cell in edition["cells"])


async def test_a_year_that_is_over_is_taken_once(undone: asyncpg.Connection) -> None:
    year, inside, outside = Period(2009, kind=PeriodKind.REPORT), date(2010, 4, 1), date(2010, 4, 3)
    await _enter(undone, "", inside, 7)
    await _enter(undone, "", outside, 9)
    await _enter(undone, "R:11", inside, 7)
    (first,) = await _taken(undone, year)
    assert (first["number"], _counts(first)) == (4, [("SITUATIONS", "2010-04-01", 7)])
    assert [(one["place"], one["amount"]) for one in first["places"]] == [("R:11", 7)]
    await _enter(undone, "", inside, 1)
    assert await _taken(undone, Period(2009, month=5, kind=PeriodKind.REPORT)) == [first]
    assert await _taken(undone, Period(2098)) == [], "of a year that has not begun nothing"


async def test_a_quarter_is_taken_with_its_totals_alone(undone: asyncpg.Connection) -> None:
    """One of the two calendars has a year that runs and a quarter that is over, whatever the day."""
    today = datetime.now(UTC).date()
    years = (year_of(today, kind) for kind in PeriodKind)
    year, over = next(
        (one, over)
        for one in years
        if (
            over := sum(
                Period(one.year, number, kind=one.kind).ends_on < today - timedelta(days=1) for number in range(1, 5)
            )
        )
    )
    starts = [first for _, first, _ in year.months]
    for cube in ("SITUATIONS", "CONTACTS", "ACTIONS"):
        await _enter(undone, "", starts[0], 6, cube)
        await _enter(undone, "", starts[3 * over], 8, cube)
    (first,) = await _taken(undone, year)
    assert (first["number"], first["places"]) == (over, [])
    assert _counts(first) == [(cube, starts[0].isoformat(), 6) for cube in ("CONTACTS", "SITUATIONS")]
    assert await _taken(undone, year, uuid4()) == [], "an authority has whole years"


async def test_a_correction_lets_an_authority_have_another_edition(undone: asyncpg.Connection) -> None:
    year, authority = Period(2009, kind=PeriodKind.REPORT), uuid4()

    async def version(number: int) -> None:
        await undone.execute(
            "INSERT INTO yearly_report (kind, year, version, figures, tables, thresholds) VALUES ('REPORT', 2009, $1, '{}', '{}', '{}')",
            number,
        )

    await _enter(undone, f"A:{authority}", date(2009, 5, 3), 20, "OWN_SITUATIONS")
    (first,) = await _taken(undone, year, authority)
    await version(1)
    await _enter(undone, f"A:{authority}", date(2009, 5, 3), 15, "OWN_SITUATIONS")
    assert await _taken(undone, year, authority) == [first], "frozen is what was told"
    await version(2)
    second, kept = await _taken(undone, year, authority)
    assert (second["number"], _counts(second), kept) == (5, [("OWN_SITUATIONS", "2009-05-03", 35)], first)
    assert await _taken(undone, year) == [], "of a frozen year nothing more is taken"


async def test_two_who_ask_first_are_told_the_same(cluster: Cluster) -> None:
    logins = [await asyncpg.connect(cluster.login("maillage_monitoring")) for _ in range(4)]
    try:
        authority = uuid4()
        told = await asyncio.gather(*(_taken(one, Period(2009), authority) for one in logins))
        assert [len(taken) for taken in told] == [1] * 4
        assert told[1:] == told[:-1]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await logins[0].fetch("SELECT * FROM monitoring_edition")
    finally:
        for one in logins:
            await one.close()
