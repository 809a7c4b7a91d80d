"""Who reads all authorities beside each other, and the nation, bounds no hidden number tighter than its threshold less one."""

import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pytest

from loaders.monitoring.authorities import RETURNS, SHARES, Compared, authority_shares, hidden, per_authority
from loaders.monitoring.cubes import CUBES
from loaders.monitoring.document import Tallies
from loaders.monitoring.lattice import YEAR, Row
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.view import Level, View
from schema.types.monitoring import Count, PeriodKind
from schema.vocabulary import CountState
from tests.loaders.attacker import Attacker, Name, width

NATIONAL, FINE = 5, 11
FIGURES = {compared.definition.code: compared for compared in (RETURNS, *SHARES)}
WORDS: Mapping[str, Sequence[str]] = {code: CUBES[figure.of_nation].words for code, figure in FIGURES.items()}
World = Mapping[tuple[str, ...], int]
"""(word, competent authority, perhaps a second one) -> how many."""


def _view(figure: Compared, worlds: Sequence[World], authorities: Sequence[str], period: Period = REPORT_YEAR) -> View:
    """The year as the last of these worlds tells it, after the ones before; all of it falls into one month."""
    span = REPORT_YEAR.months[0][1].isoformat()

    def tallies(world: World) -> dict[str, Any]:
        nation: dict[str, int] = {}
        places: dict[tuple[str, str], int] = {}
        for (word, *whose), count in world.items():
            nation[word] = nation.get(word, 0) + count
            for one in whose:
                places[one, word] = places.get((one, word), 0) + count
        return {
            "computed_at": "2026-06-01T10:00:00+00:00",
            "cells": [
                {"cube": figure.of_nation, "span": span, "word": word, "amount": count}
                for word, count in nation.items()
                if count
            ],
            "places": [
                {"place": f"A:{one}", "cube": figure.cube, "word": word, "amount": count}
                for (one, word), count in places.items()
                if count
            ],
            "authorities": [{"id": one, "code": one, "name": one} for one in authorities],
        }

    newest, *before = [tallies(world) for world in reversed(worlds)]
    return View(Tallies(newest, tuple(map(Tallies, before))), period, (Level(NATIONAL, FINE),))


def _printed(code: str, view: View) -> Mapping[str, tuple[Count, Count]]:
    """What the table says of each authority: its base, and the part of it that is counted."""
    if code == "PER_AUTHORITY":
        return {one.authority_code: (one.due, one.returned.count) for one in per_authority(view).parts}
    table = next(one for one in authority_shares(view) if one.code == code)
    return {one.authority_code: (one.share.base, one.share.count) for one in table.parts}


def _drawn(chance: random.Random, code: str, authorities: Sequence[str], *, shared: bool) -> World:
    """Large and small authorities, words that everybody has and words that few have; cases of two, and of nobody."""
    size = chance.choice([2, 8, 30, 80])
    weights = {word: chance.choice([0, 0.02, 0.3, 1, 1]) for word in WORDS[code]}
    whose: list[tuple[str, ...]] = [(one,) for one in authorities]
    if shared:
        whose += [(), *chance.choices(list(combinations(authorities, 2)), k=2)]
    scale = {one: chance.choice([0.1, 1, 1, 3]) * (1 if len(one) == 1 else 0.2) for one in whose}
    return {
        (word, *one): round(chance.expovariate(1) * size * weights[word] * scale[one])
        for one in whose
        for word in weights
    }


def _words(rows: Sequence[Row], every: frozenset[str]) -> Mapping[str, list[str]]:
    """Of which words the rows of a nation's table are: some bear their names, some only their ends, some are the rest."""
    named = {row.key: [word for word in every if row.key.upper() in {word, word.partition(":")[2]}] for row in rows}
    said = {word for words in named.values() for word in words}
    return {key: words or sorted(every - said) for key, words in named.items()}


def _learn(
    attackers: Sequence[Attacker], figure: Compared, worlds: Sequence[World], authorities: Sequence[str]
) -> dict[Name, list[Name]]:
    """Tell all that the last of these worlds shows, the nation's to both attackers, authorities to the first; returns what it hides."""
    view, version = _view(figure, worlds, authorities), str(len(worlds) - 1)
    # Of a kind of which the nation is told no total, authorities are told nothing.
    every = [word for one in figure.told(view) if view.total(one.base).value is not None for word in one.words]
    counted = [word for word in every if figure.counted(word)]
    others = [word for word in every if not figure.counted(word)]

    # What a later version says is what was known first and all that came since, as the attacker knows.
    def parts(words: Sequence[str], one: str | None = None) -> list[Name]:
        return [
            (str(back), *key)
            for back in range(len(worlds))
            for key in worlds[-1]
            if key[0] in words and (one is None or one in key[1:])
        ]

    secret: dict[Name, list[Name]] = {}
    for rows, base, of_words in figure.told(view):
        words = _words(rows, of_words)
        decision, total = view.decision(rows, base), view.total(base)
        for attacker in attackers:
            if total.value is not None:
                attacker.learns(parts([word for found in words.values() for word in found]), total.value)
            for row in rows:
                if decision.shows(row.key, YEAR):
                    attacker.learns(parts(words[row.key]), row.at(YEAR))
        secret |= {
            ("nation", version, *words[row.key]): parts(words[row.key])
            for row in rows
            if not decision.shows(row.key, YEAR) and (row.at(YEAR) or not row.zero_is_open)
        }
    for one, (base_, count) in _printed(figure.definition.code, view).items():
        for name, shown, said in (("base", base_, every), ("counted", count, counted)):
            if not every:
                continue
            if shown.value is None:
                secret[name, version, one] = parts(said, one)
            else:
                attackers[0].learns(parts(said, one), shown.value)
        if every and count.value is None:
            secret["others", version, one] = parts(others, one)
    return secret


def _solve(attackers: Sequence[Attacker], secret: Mapping[Name, Sequence[Name]], worlds: Sequence[World]) -> None:
    for parts in secret.values():
        for part in parts:
            for attacker in attackers:
                attacker.cell(part)
    both, nation = attackers
    for name, parts in secret.items():
        smallest = NATIONAL if name[0] == "nation" else FINE
        found = width(both.bounds(parts)) if both.rows else float("inf")
        if found < smallest - 1 - 1e-6:
            # What the nation's own figures tell of all authorities together, in any version, and so of the other half of a shown
            # base, no table of authorities can hide again.
            halves = [half for key, half in secret.items() if key[0] in {"counted", "others"} and key[2:] == name[2:]]
            assert found >= min(width(nation.bounds(half)) for half in [parts, *halves]) - 1e-6, (name, found, worlds)


# As tests/loaders/test_attacker.py: a few at every run, many where there is time.
MANY = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 2 else seed for seed in range(60)]


@pytest.mark.parametrize("code", FIGURES)
@pytest.mark.parametrize("seed", MANY)
def test_authorities_beside_each_other_and_the_nation_keep_what_is_hidden(seed: int, code: str) -> None:
    chance, figure = random.Random(seed), FIGURES[code]
    authorities = [str(number) for number in range(chance.choice([2, 4, 7]))]
    # Nobody says of which cases there are two authorities, or none: whoever knows that there are no such cases is stronger.
    world = _drawn(chance, code, authorities, shared=figure.cube.startswith("OWN_") and chance.random() < 0.6)
    attackers = Attacker(), Attacker()
    _solve(attackers, _learn(attackers, figure, [world], authorities), [world])


def _later(chance: random.Random, first: World) -> World:
    """The same year as it is known later: more is entered, seldom and often."""
    late = chance.choice([0, 0.3, 4, 40])
    return {
        key: count + (round(chance.expovariate(1) * late) if chance.random() < 0.4 else 0)
        for key, count in first.items()
    }


@pytest.mark.parametrize("code", FIGURES)
@pytest.mark.parametrize("seed", MANY)
def test_two_versions_of_authorities_keep_what_each_hides_and_who_came_between(seed: int, code: str) -> None:
    chance, figure = random.Random(seed), FIGURES[code]
    authorities = [str(number) for number in range(chance.choice([2, 4]))]
    first = _drawn(chance, code, authorities, shared=figure.cube.startswith("OWN_") and chance.random() < 0.5)
    worlds = [first, _later(chance, first)]
    attackers = Attacker(), Attacker()
    secret = _learn(attackers, figure, worlds[:1], authorities)
    # What only the later version hides is what was told before and what came since: the secret is what came.
    refused = _learn(attackers, figure, worlds, authorities)
    secret |= {name: parts for name, parts in refused.items() if (name[0], "0", *name[2:]) in secret}
    for one in authorities:
        for half in (True, False):
            keys = [key for key in first if one in key[1:] and figure.counted(key[0]) is half]
            if 0 < sum(worlds[1][key] - first[key] for key in keys) < FINE:
                secret["came", one, str(half)] = [("1", *key) for key in keys]
    _solve(attackers, secret, worlds)


def test_where_all_are_shown_they_would_add_up_to_what_the_nation_hides() -> None:
    """Two large authorities, of which the nation hides what came late, and what is missing with it."""
    figure = FIGURES["PER_AUTHORITY"]
    world: World = {
        (word, one): count for one in "01" for word, count in (("IN_TIME", 60), ("LATE", 1), ("MISSING", 30 + int(one)))
    }
    view = _view(figure, [world], "01")
    (told,) = figure.told(view)
    assert not view.decision(told.rows, told.base).shows("MISSING", YEAR)
    counted, others = (61, 61), (30, 31)
    assert hidden([(counted, others)], [False], FINE) == (frozenset(), frozenset())
    assert hidden([(counted, others)], [True], FINE)[1] == {0, 1}
    assert {count.value for _, count in _printed("PER_AUTHORITY", view).values()} == {None}


def test_large_authorities_are_shown_with_their_part_and_small_ones_are_not() -> None:
    figure, authorities = FIGURES["PER_AUTHORITY_ACCEPTED"], [str(number) for number in range(5)]
    sizes = dict(zip(authorities, (200, 100, 60, 8, 8), strict=True))
    world: World = {
        (word, one): size // share for one, size in sizes.items() for word, share in (("ACCEPTED", 1), ("DECLINED", 2))
    }
    shown = _printed("PER_AUTHORITY_ACCEPTED", _view(figure, [world], authorities))
    assert {one: (base.value, count.value) for one, (base, count) in shown.items()} == {
        "0": (300, 200),
        "1": (150, 100),
        # Of those whose base is large enough the part may still be small, or hide a small one.
        "2": (90, None),
        "3": (12, None),
        "4": (12, None),
    }
    assert {count.label for pair in shown.values() for count in pair if count.value is None} == {"masqué"}


def test_of_a_part_of_a_year_authorities_are_told_nothing() -> None:
    world: World = {("ACCEPTED", "0"): 200, ("DECLINED", "0"): 100}
    quarter = Period(REPORT_YEAR.year, quarter=2, kind=PeriodKind.REPORT)
    for code, figure in FIGURES.items():
        shown = _printed(code, _view(figure, [world], "01", quarter))
        assert {count.state for pair in shown.values() for count in pair} == {CountState.NOT_AVAILABLE}, code


def test_a_year_that_was_told_before_these_were_counted_hides_them_until_it_is_corrected() -> None:
    figure, authorities = FIGURES["PER_AUTHORITY_ACCEPTED"], ["0", "1", "2"]
    now: World = {(word, one): 40 for one in authorities for word in ("ACCEPTED", "DECLINED")}
    before: World = {(word,): 120 for word in ("ACCEPTED", "DECLINED")}
    assert {
        count.value for _, count in _printed(figure.definition.code, _view(figure, [before], authorities)).values()
    } == {None}
    corrected = _printed(figure.definition.code, _view(figure, [before, now], authorities))
    assert [base.value for base, _ in corrected.values()] == [80, 80, 80]
    # The nation hides words that nobody has: not all of three are shown, or they would add up to these.
    assert [count.value for _, count in corrected.values()] == [None, None, 40]
