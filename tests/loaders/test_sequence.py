"""Later versions beside earlier ones tell no more: an attacker who forgets nothing solves for what is hidden in any of them."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest

from loaders.monitoring.document import Tallies
from loaders.monitoring.lattice import ALL_SLOTS, YEAR, Decision, Row, Slot, months_in
from loaders.monitoring.periods import REPORT_YEAR
from loaders.monitoring.places import beside, following_places, hidden_places
from loaders.monitoring.view import Level, View
from tests.loaders.attacker import Attacker, Name, tightest

Months = Mapping[str, tuple[int, ...]]
LEVEL = Level(5, 11)
WORDS = ("w0", "w1", "w2")
STARTS = [first.isoformat() for _, first, _ in REPORT_YEAR.months]


def _tallies(versions: Sequence[Months]) -> Tallies:
    """The newest version, with the ones before it."""
    made = [
        Tallies(
            {
                "computed_at": "2026-06-01T00:00:00+00:00",
                "cells": [
                    {"cube": "C", "span": start, "word": word, "amount": amount}
                    for word, months in version.items()
                    for start, amount in zip(STARTS, months, strict=True)
                    if amount
                ],
            }
        )
        for version in reversed(versions)
    ]
    return Tallies(made[0].document, tuple(made[1:]))


def _told(versions: Sequence[Months]) -> tuple[Decision, frozenset[Slot]]:
    """What the newest version hides."""
    view = View(_tallies(versions), REPORT_YEAR, (LEVEL,))
    rows = view.rows("C", WORDS, WORDS[-1])
    base = view.sums("C")
    return view.decision(rows, base), view.closed(base)[-1]


def _history(chance: random.Random) -> list[Months]:
    """A year as it is known first, and as it is known later: more is entered, seldom and often."""
    size = chance.choice([0.3, 1, 4, 12])
    first = {
        word: tuple(chance.randint(0, round(4 * size * weight)) for _ in STARTS)
        for word, weight in zip(WORDS, (5, 1, 1), strict=True)
    }
    found: list[Months] = [first]
    for _ in range(chance.choice([1, 1, 2])):
        late = chance.choice([0, 0.1, 1, 15])
        additions = {word: [0] * 12 for word in WORDS}
        for word in chance.sample(WORDS, chance.choice([1, 2, 3])):
            for month in chance.sample(range(12), chance.choice([1, 3, 12])):
                additions[word][month] = round(chance.expovariate(1 / late)) if late else 0
        found.append({word: tuple(map(sum, zip(found[-1][word], additions[word], strict=True))) for word in WORDS})
    return found


def _cells(version: int, word: str, slot: Slot) -> list[Name]:
    """A number of a version is what was known first and all that came since: late data only adds, as the attacker knows."""
    months = [str(month[0]) for month in months_in(slot)]
    return [(str(back), word, month) for back in range(version + 1) for month in months]


def _learn(
    attacker: Attacker, version: int, months: Months, decision: Decision, totals: frozenset[Slot]
) -> dict[Name, list[Name]]:
    """Tell the attacker all that a version shows; returns what it hides."""
    hidden: dict[Name, list[Name]] = {}
    rows = [Row(word, months[word]) for word in WORDS]
    for slot in ALL_SLOTS:
        if slot not in totals:
            attacker.learns(
                [cell for word in WORDS for cell in _cells(version, word, slot)], sum(row.at(slot) for row in rows)
            )
        for row in rows:
            if decision.shows(row.key, slot):
                attacker.learns(_cells(version, row.key, slot), row.at(slot))
            elif any(one.at(slot) for one in rows) and (row.at(slot) or row.key != WORDS[-1]):
                hidden[str(version), row.key, str(slot)] = _cells(version, row.key, slot)
    return hidden


def _came(version: int, before: Months, after: Months) -> dict[Name, list[Name]]:
    """The numbers of few persons who were entered between two versions."""
    few: dict[Name, list[Name]] = {}
    for word in WORDS:
        for slot in ALL_SLOTS:
            if 0 < Row("", after[word]).at(slot) - Row("", before[word]).at(slot) < LEVEL.year:
                few["came", str(version), word, str(slot)] = [
                    (str(version), word, str(month[0])) for month in months_in(slot)
                ]
    return few


SEEDS = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 3 else seed for seed in range(60)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_version_gives_away_what_another_hides_nor_who_came_between(seed: int) -> None:
    versions = _history(random.Random(seed))
    attacker, hidden = Attacker(), dict[Name, list[Name]]()
    for number, months in enumerate(versions):
        refused = _learn(attacker, number, months, *_told(versions[: number + 1]))
        # What only a later version hides is what was told before and what came since: the secret is what came.
        hidden |= {name: parts for name, parts in refused.items() if not number or ("0", *name[1:]) in hidden}
    for number, (before, after) in enumerate(pairwise(versions), 1):
        hidden |= _came(number, before, after)
    if hidden and attacker.rows:
        for parts in hidden.values():
            for part in parts:
                attacker.cell(part)
        found, name = tightest(attacker, hidden)
        assert found >= LEVEL.year - 1 - 1e-6, (name, versions)


def test_versions_that_forget_each_other_would_give_a_case_away() -> None:
    """The same attacker, where each version is protected by itself: one late case is seen."""
    first = {"w0": (40,) * 12, "w1": (20,) * 12, "w2": (0,) * 12}
    second = first | {"w1": (21, *(20,) * 11)}
    attacker, hidden = Attacker(), dict[Name, list[Name]]()
    for number, months in enumerate((first, second)):
        hidden |= _learn(attacker, number, months, *_told([months]))
    came = _came(1, first, second)
    for parts in came.values():
        for part in parts:
            attacker.cell(part)
    assert tightest(attacker, came)[0] == pytest.approx(0, abs=1e-6)
    decision, totals = _told([first, second])
    assert (decision.shows("w0", YEAR), YEAR in totals) == (False, True)


def test_a_number_that_was_hidden_stays_hidden_and_what_moved_by_many_is_shown_again() -> None:
    small = {"w0": (30,) * 12, "w1": (*(0,) * 11, 3), "w2": (*(0,) * 11, 6)}
    many = {"w0": (30,) * 12, "w1": (*(0,) * 11, 20), "w2": (*(0,) * 11, 6)}
    assert _told([many])[0].shows("w1", YEAR)
    decision, _ = _told([small, many])
    assert not decision.shows("w1", YEAR), "its neighbour of the first version would be the rest"
    assert decision.shows("w0", YEAR)
    open_ = {"w0": (30,) * 12, "w1": (20,) * 12, "w2": (20,) * 12}
    more = open_ | {"w1": (32, *(20,) * 11)}
    decision, totals = _told([open_, more])
    assert decision.words == frozenset() and decision.slots == frozenset() and totals == frozenset()


@pytest.mark.parametrize("seed", SEEDS)
def test_places_of_two_versions_keep_what_each_hides(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.choice([3, 8, 30])
    first = {
        f"r{one}": {f"d{one}.{two}": round(chance.expovariate(1 / size)) for two in range(chance.choice([1, 2, 5]))}
        for one in range(5)
    }
    late = chance.choice([0, 2, 20])
    second = {
        region: {
            code: count + (round(chance.expovariate(1 / late)) if late and chance.random() < 0.3 else 0)
            for code, count in inner.items()
        }
        for region, inner in first.items()
    }
    fine = LEVEL.fine
    hidden_first = hidden_places(first, fine)
    hidden_second = following_places(
        second, hidden_places(second, fine, beside(None, [(first, hidden_first)])), [(first, hidden_first)], fine
    )
    attacker = Attacker()
    secret: dict[Name, list[Name]] = {}
    for number, (regions, (shut, below)) in enumerate(((first, hidden_first), (second, hidden_second))):
        every: list[Name] = [
            (str(back), code) for back in range(number + 1) for inner in regions.values() for code in inner
        ]
        total = sum(sum(inner.values()) for inner in regions.values())
        before = sum(sum(inner.values()) for inner in first.values())
        # The total of the nation is decided elsewhere: it is told where it moved by none or by many.
        if not number or not 0 < total - before < fine:
            attacker.learns(every, total)
        for region, inner in regions.items():
            of_region: list[Name] = [(str(back), code) for back in range(number + 1) for code in inner]
            if region in shut:
                secret |= {(str(number), region): of_region} if not number or region in hidden_first[0] else {}
            else:
                attacker.learns(of_region, sum(inner.values()))
            for code, count in inner.items():
                parts: list[Name] = [(str(back), code) for back in range(number + 1)]
                if code in below:
                    secret |= {(str(number), code): parts} if not number or code in hidden_first[1] else {}
                else:
                    attacker.learns(parts, count)
                if number and 0 < count - first[region][code] < fine:
                    secret |= {("came", code): [("1", code)]}
    if secret and sum(sum(inner.values()) for inner in first.values()) >= fine:
        for parts in secret.values():
            for part in parts:
                attacker.cell(part)
        found, name = tightest(attacker, secret)
        assert found >= fine - 1 - 1e-6, (name, first, second)
