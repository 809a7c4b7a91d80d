"""Who asks for every part of a year and adds up whole answers, all their tables together, bounds no masked number too tightly."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies
from loaders.monitoring.national import answer
from loaders.monitoring.periods import REPORT_YEAR, Period
from schema.types.monitoring import Count, NationalMonitoring, PeriodKind
from schema.vocabulary import (
    AgeBand,
    Audience,
    CallerCategory,
    CallerCategoryReport,
    CountState,
    DlpmActionKind,
    ExploitationForm,
    Gender,
    Problematic,
    Qualification,
    TriState,
    report_category,
)
from tests.loaders.attacker import Attacker, Name, width

REGIONS = {"r0": ("d0", "d1", "d2"), "r1": ("d3",), "r2": ("d4", "d5"), "?": ("?",)}
UNSAID = "not said"
_CALLERS = {report_category(one): one for one in CallerCategory}
TABLES: Mapping[str, Sequence[str]] = {
    "KNOWN": [one.value for one in TriState],
    "GENDER": [one.value for one in Gender],
    "AGE_BANDS": [one.value for one in AgeBand],
    "QUALIFICATIONS": [one.value for one in Qualification],
    "CALLERS": [*(one.value for one in _CALLERS), UNSAID],
    **{f"ACTIONS:{one.value}": ("YES", UNSAID) for one in DlpmActionKind},
    **{f"FORMS:{one.value}": ("YES", UNSAID) for one in ExploitationForm},
    **{f"PROBLEMATICS:{one.value}": ("YES", "NO", UNSAID) for one in list(Problematic)[:3]},
    "PLACES": [code for inner in REGIONS.values() for code in inner],
}
"""Every table of situations; one minor each, so that minors are counted alike."""
MONTHS = range(12)


@dataclass
class Year:
    """How many situations of each month have each word of each table."""

    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)

    @classmethod
    def drawn(cls, chance: random.Random) -> "Year":
        """Months of few and of many, words of few and of many."""
        size, made = chance.choice([1, 4, 12, 40]), cls()
        weights = {name: [chance.choice([0, 0.03, 0.2, 1, 1]) + 0.001 for _ in words] for name, words in TABLES.items()}
        for month in MONTHS:
            situations = round(chance.expovariate(1) * size)
            for name, words in TABLES.items():
                for word in words:
                    made.counts[name, word, month] = 0
                for word in chance.choices(words, weights[name], k=situations):
                    made.counts[name, word, month] += 1
        return made

    def document(self) -> Mapping[str, Any]:
        """The same as the rollups tell it."""
        starts = [first.isoformat() for _, first, _ in REPORT_YEAR.months]

        def cell(cube: str, word: str, month: int, amount: int) -> dict[str, Any]:
            return {"cube": cube, "word": word, "span": starts[month], "amount": amount}

        cells = []
        for (name, word, month), amount in self.counts.items():
            cube, _, kind = name.partition(":")
            if cube == "PLACES":
                cells += [cell("SITUATIONS", "", month, amount), cell("CONTACTS", "", month, 3 * amount)]
            elif cube == "CALLERS" and word != UNSAID:
                cells.append(cell(cube, _CALLERS[CallerCategoryReport(word)].value, month, amount))
            elif cube == "PROBLEMATICS" and word != UNSAID:
                cells.append(cell(cube, f"{kind}:{word}", month, amount))
            elif word != UNSAID:
                cells.append(cell(cube, kind or word, month, amount))
            if cube == "AGE_BANDS" and word != AgeBand.UNKNOWN.value:
                cells += [cell("AGES", "KNOWN", month, amount), cell("AGES", "TOTAL", month, 15 * amount)]
        homes = {code: sum(self.counts["PLACES", code, month] for month in MONTHS) for code in TABLES["PLACES"]}
        return {
            "computed_at": "2026-06-01T10:00:00+00:00",
            "cells": [one for one in cells if one["amount"]],
            "places": [
                {"place": f"D:{code}", "cube": "SITUATIONS", "word": "", "amount": count}
                for code, count in homes.items()
                if count
            ],
            "departments": [
                {"code": code, "name": code, "region_code": region, "region_name": region}
                for region, inner in REGIONS.items()
                for code in inner
                if region != "?"
            ],
            "authorities": [],
            "sessions": {"sessions": 0, "actors": 0},
            "awareness": {"events": 0, "participants": 0},
            "podcasts": 0,
            "answers": [],
            "survey_departments": 0,
        }

    def value(self, parts: Sequence[Name]) -> int:
        return sum(self.counts[name, word, int(month)] for name, word, month in parts)


def said(figures: NationalMonitoring) -> Iterator[tuple[Count, str, Sequence[str], range]]:
    """Every number of an answer, and of which words of which table and of which months it is the sum."""
    period = figures.period
    first, long = Period(period.year, period.quarter, period.month, kind=period.kind).slot
    months = range(first, first + long)

    def every(name: str, words: Mapping[str, Count]) -> Iterator[tuple[Count, str, Sequence[str], range]]:
        for word, count in words.items():
            yield count, name, [word], months

    for count, name in ((figures.situations.count, "PLACES"), (figures.minors.count, "GENDER")):
        yield count, name, TABLES[name], months
    for part, month in zip(figures.per_month.parts, months, strict=True):
        yield part.situations, "PLACES", TABLES["PLACES"], range(month, month + 1)
        # Three contacts each: to know one is to know the other.
        third = part.contacts.value // 3 if part.contacts.value is not None else None
        yield (
            Count(value=third, state=part.contacts.state, label="masqué"),
            "PLACES",
            TABLES["PLACES"],
            range(month, month + 1),
        )
    girl, others = Gender.GIRL.value, [one.value for one in Gender if one is not Gender.GIRL]
    yield figures.gender.girls.count, "GENDER", [girl], months
    yield figures.gender.others.count, "GENDER", others, months
    yield from every("GENDER", {part.gender.value: part.share.count for part in figures.gender.parts})
    bands = [one for one in TABLES["AGE_BANDS"] if one != AgeBand.UNKNOWN.value]
    yield figures.mean_age.mean.base, "AGE_BANDS", bands, months
    yield figures.mean_age.unknowns, "AGE_BANDS", [AgeBand.UNKNOWN.value], months
    yield from every("KNOWN", {"YES": figures.already_known.share.count, "UNKNOWN": figures.already_known.unknowns})
    yield from every("CALLERS", {part.category.value: part.share.count for part in figures.callers.parts})
    yield from every("CALLERS", {UNSAID: figures.callers.unknowns})
    for one in figures.actions:
        yield from every(f"ACTIONS:{one.action.value}", {"YES": one.share.count})
    for kind in figures.forms.parts:
        yield from every(f"FORMS:{kind.code}", {"YES": kind.share.count})
    for seen in figures.problematics[:3]:
        yield from every(f"PROBLEMATICS:{seen.problematic.value}", {"YES": seen.share.count, UNSAID: seen.unknowns})
    for name, table in (("AGE_BANDS", figures.age_bands), ("QUALIFICATIONS", figures.qualifications)):
        yield from every(name, {word.code: word.share.count for word in table.parts})
    for region in figures.per_region.parts:
        yield region.situations, "PLACES", REGIONS[region.region_code], months
    yield from every("PLACES", {one.department_code: one.situations for one in figures.per_department.parts})
    yield from every("PLACES", {"?": figures.per_department.unknowns})


def _of_all(year: Year, parts: Sequence[Name]) -> bool:
    """Whether all of the year, of which not only the word is asked, have one of these words."""
    name, words = parts[0][0], {word for _, word, _ in parts}
    found = sum(year.counts[name, word, month] for word in words for month in MONTHS)
    return len(words) < len(TABLES[name]) and found == sum(
        year.counts[name, word, month] for word in TABLES[name] for month in MONTHS
    )


PERIODS = [
    REPORT_YEAR,
    *(Period(REPORT_YEAR.year, quarter=quarter, kind=PeriodKind.REPORT) for quarter in range(1, 5)),
    *(Period(REPORT_YEAR.year, month=month, kind=PeriodKind.REPORT) for month in range(1, 13)),
]
# As tests/loaders/test_attacker.py: one year at every run, and of it some numbers; many where there is time.
SEEDS = [pytest.param(seed, marks=pytest.mark.slow) if seed else seed for seed in range(16)]
SOME = 12


@pytest.mark.parametrize("audience", [Audience.ANA, Audience.ONP], ids=lambda one: one.value)
@pytest.mark.parametrize("seed", SEEDS)
def test_whole_answers_of_all_parts_of_a_year_keep_what_they_mask(seed: int, audience: Audience) -> None:
    chance = random.Random(seed)
    year, attacker = Year.drawn(chance), Attacker()
    smallest = 5 if audience is Audience.ANA else 11
    for month in MONTHS:
        of_month = {name: [(name, word, str(month)) for word in words] for name, words in TABLES.items()}
        for cells in of_month.values():
            attacker.knows_equal(cells, of_month["PLACES"])
    tallies, secret = Tallies(year.document()), dict[tuple[Name, ...], Count]()
    for period in PERIODS:
        for count, name, words, months in said(answer(tallies, Thresholds(), audience, period)):
            parts = tuple((name, word, str(month)) for word in words for month in months)
            true = year.value(parts)
            if count.value is not None:
                assert count.value == true, (period, name, words)
                attacker.learns(parts, true)
            elif count.state is CountState.MASKED and true:
                secret[parts] = count
                if count.label.startswith("moins de "):
                    attacker.learns([*parts, ("slack", str(len(attacker.rows)))], int(count.label.split()[-1]) - 1)
    # Where all of a year have a word, or none is unknown, that is told of the year, and is so of its parts: of nobody in particular.
    secret = {parts: count for parts, count in secret.items() if not _of_all(year, parts)}
    asked = chance.sample(sorted(secret), min(SOME, len(secret))) if not seed else secret
    assert asked
    for sought in asked:
        found = width(attacker.bounds(sought))
        assert found >= smallest - 1 - 1e-6, (sought[0], len(sought), year.value(sought), found)
