"""Who reads an authority's figures and the nation's, and subtracts, bounds no hidden number tighter than its threshold less one."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from loaders.monitoring.beside import Beside
from loaders.monitoring.disclosure import Grain, Thresholds
from loaders.monitoring.document import Tallies
from loaders.monitoring.lattice import YEAR, Row
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.view import Level, View, levels
from schema.types.monitoring import Count, PeriodKind
from schema.vocabulary import Audience, CountState
from tests.loaders.attacker import Attacker, Name, tightest

THRESHOLDS = Thresholds()
STRICTEST = 11
Numbers = Mapping[str, int]


def _year(cube: str, numbers: Numbers) -> Tallies:
    """A year of which everything falls into one month: for whole years that is all there is to know."""
    span = REPORT_YEAR.months[0][1].isoformat()
    cells: list[Mapping[str, Any]] = [
        {"cube": cube, "span": span, "word": word, "amount": amount} for word, amount in numbers.items() if amount
    ]
    return Tallies({"computed_at": "2025-06-01T10:00:00+00:00", "cells": cells, "places": []})


def _beside(own: Numbers, nation: Numbers, audience: Audience, period: Period = REPORT_YEAR) -> Beside:
    ladder = [Level(5, 11)] if audience is Audience.CRI else [Level(5, 11), Level(11, 11)]
    return Beside(
        View(_year("OWN", own), period, tuple(ladder)),
        View(_year("NATION", nation), period, levels(THRESHOLDS, audience)),
        STRICTEST,
    )


def _rows(beside: Beside, words: Sequence[str]) -> tuple[list[Row], list[Row]]:
    return beside.own.rows("OWN", words, words[-1]), beside.nation.rows("NATION", words, words[-1])


def _drawn(chance: random.Random) -> tuple[Numbers, Numbers]:
    """A nation of several words, and an authority that has little of it, some, or nearly all."""
    share = chance.choice([0.05, 0.3, 0.6, 0.95, 1])
    nation = {f"w{number}": chance.choice([0, 2, 4, 8, 15, 40, 120]) for number in range(chance.randint(2, 5))}
    own = {word: sum(chance.random() < share for _ in range(count)) for word, count in nation.items()}
    return own, nation


def _learnt(
    beside: Beside, own: Sequence[Row], nation: Sequence[Row]
) -> tuple[Attacker, dict[Name, Sequence[Name]], Mapping[str, Count]]:
    attacker = Attacker()
    cells, base = beside.cells(own, nation)
    decision, whole = beside.nation.decision(nation, beside.nation.sums("NATION")), beside.nation.sums("NATION")
    total = beside.nation.total(whole)
    hidden: dict[Name, Sequence[Name]] = {}
    if total.value is not None:
        attacker.learns([(side, row.key) for row in own for side in ("own", "rest")], total.value)
    if base.value is not None:
        attacker.learns([("own", row.key) for row in own], base.value)
    for mine, theirs in zip(own, nation, strict=True):
        both = [("own", mine.key), ("rest", mine.key)]
        shown = decision.shows(theirs.key, YEAR)
        if shown:
            attacker.learns(both, theirs.at(YEAR))
        elif theirs.at(YEAR) or not theirs.zero_is_open:
            hidden["nation", mine.key] = both
        if cells[mine.key].value is not None:
            attacker.learns(both[:1], mine.at(YEAR))
        elif theirs.at(YEAR) or not mine.zero_is_open:
            hidden["own", mine.key], hidden["rest", mine.key] = both[:1], both[1:]
    return attacker, hidden, cells


# As tests/loaders/test_attacker.py: a few at every run, many where there is time.
MANY = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 4 else seed for seed in range(200)]


@pytest.mark.parametrize("audience", [Audience.CRI, Audience.ASE], ids=lambda one: one.value)
@pytest.mark.parametrize("seed", MANY)
def test_an_authority_beside_the_nation_keeps_what_is_hidden_of_both(seed: int, audience: Audience) -> None:
    own_numbers, nation_numbers = _drawn(random.Random(seed))
    beside = _beside(own_numbers, nation_numbers, audience)
    own, nation = _rows(beside, list(nation_numbers))
    attacker, hidden, cells = _learnt(beside, own, nation)
    smallest = THRESHOLDS.smallest(audience, Grain.OWN_AUTHORITY)
    for row in own:
        rest = nation_numbers[row.key] - own_numbers[row.key]
        assert cells[row.key].value is None or rest >= STRICTEST or (row.zero_is_open and not rest), row
    if hidden and attacker.rows:
        found, name = tightest(attacker, hidden)
        assert found >= smallest - 1 - 1e-6, (name, own_numbers, nation_numbers, cells)


@pytest.mark.parametrize("seed", range(4))
def test_a_service_is_shown_nothing_that_its_crip_is_not(seed: int) -> None:
    drawn = _drawn(random.Random(seed))
    crip, service = (_beside(*drawn, audience) for audience in (Audience.CRI, Audience.ASE))
    more, _ = crip.cells(*_rows(crip, list(drawn[1])))
    less, _ = service.cells(*_rows(service, list(drawn[1])))
    assert {word for word, count in less.items() if count.value is not None} <= {
        word for word, count in more.items() if count.value is not None
    }


def test_what_is_shown_without_a_look_at_the_nation_gives_a_hidden_number_away() -> None:
    """All of a word that the nation hides are the authority's: shown here, it is bounded there."""
    own, nation = {"a": 0, "b": 20, "c": 10, "u": 0}, {"a": 3, "b": 20, "c": 50, "u": 0}
    beside = _beside(own, nation, Audience.CRI)
    mine, theirs = _rows(beside, list(nation))
    alone = beside.own.decision(mine, beside.own.sums("OWN"))
    assert alone.shows("b", YEAR) and not alone.shows("a", YEAR)
    naive = Attacker()
    naive.learns([("own", "a"), ("own", "c")], 10)
    naive.learns([("own", "b")], 20)
    naive.learns([("own", "a"), ("rest", "a"), ("own", "b"), ("rest", "b")], 23)
    assert tightest(naive, {("nation", "a"): [("own", "a"), ("rest", "a")]})[0] == pytest.approx(3)
    cells, base = beside.cells(mine, theirs)
    assert base.value == 30 and cells["b"].value is None


def test_of_an_authority_a_whole_year_is_shown_and_nothing_finer() -> None:
    own, nation = {"a": 40, "b": 50, "u": 0}, {"a": 400, "b": 500, "u": 0}
    cells, base = (found := _beside(own, nation, Audience.CRI)).cells(*_rows(found, list(nation)))
    assert (base.value, {word: count.value for word, count in cells.items()}) == (90, own)
    month = Period(2023, month=4, kind=PeriodKind.REPORT)
    cells, base = (found := _beside(own, nation, Audience.CRI, month)).cells(*_rows(found, list(nation)))
    assert {count.state for count in (base, *cells.values())} == {CountState.NOT_AVAILABLE}


def test_an_authority_without_a_nation_beside_it_is_shown_nothing() -> None:
    found = _beside({"a": 40, "b": 50}, {}, Audience.CRI)
    cells, base = found.cells(*_rows(found, ["a", "b"]))
    assert {count.state for count in (base, *cells.values())} == {CountState.MASKED}
