"""No hidden number can be bounded tighter than its protection interval by anybody who adds and subtracts all that is shown."""

import random
from collections.abc import Mapping, Sequence

import pytest

from loaders.monitoring.lattice import (
    ALL_SLOTS,
    QUARTERS,
    YEAR,
    Decision,
    Row,
    Slot,
    decide,
    hidden_totals,
    months_in,
)
from loaders.monitoring.places import hidden_places
from tests.loaders.attacker import Attacker, Name, tightest

NATIONAL, FINE = 5, 11
MONTHS = months_in(YEAR)
LEVELS = ((NATIONAL, FINE), (FINE, FINE))


def _cells(key: str, slot: Slot) -> list[Name]:
    return [(key, str(month[0])) for month in MONTHS if slot[0] <= month[0] < slot[0] + slot[1]]


def _publish(
    attacker: Attacker, rows: Sequence[Row], decision: Decision, totals: frozenset[Slot]
) -> Mapping[Name, Sequence[Name]]:
    """Tell the attacker everything that is shown; returns what is hidden."""
    hidden: dict[Name, Sequence[Name]] = {}
    for slot in ALL_SLOTS:
        whole = [cell for row in rows for cell in _cells(row.key, slot)]
        if slot not in totals:
            attacker.learns(whole, sum(row.at(slot) for row in rows))
        for row in rows:
            if decision.shows(row.key, slot):
                if row.printed:
                    attacker.learns(_cells(row.key, slot), row.at(slot))
            elif row.zero_is_open and not row.at(slot):
                # What is shown anyway says nothing of anybody.
                continue
            elif any(one.at(slot) for one in rows):
                hidden[row.key, str(slot)] = _cells(row.key, slot)
    return hidden


def _drawn(chance: random.Random) -> list[Row]:
    size = chance.choice([0.05, 0.3, 1, 4, 12])
    words = chance.randint(2, 5)
    rows = []
    for number in range(words):
        weight = chance.choice([0.2, 1, 3, 10]) * size
        values = tuple(max(0, round(chance.gauss(weight, weight**0.5))) for _ in MONTHS)
        rows.append(Row(f"w{number}", values, zero_is_open=number == words - 1))
    if chance.random() < 0.3:
        rows[1] = Row("w1", rows[1].values, printed=False, zero_is_open=True)
    return rows


# A few of them at every run, forty where there is time.
MANY = [pytest.param(seed, marks=pytest.mark.slow) if seed >= 4 else seed for seed in range(40)]


@pytest.mark.parametrize("seed", MANY)
def test_a_breakdown_over_time_keeps_its_hidden_numbers(seed: int) -> None:
    chance = random.Random(seed)
    rows = _drawn(chance)
    base = tuple(sum(values) for values in zip(*(row.values for row in rows), strict=True))
    by_quarter = chance.random() < 0.5
    before: Decision | None = None
    closed: frozenset[Slot] = frozenset()
    for national, fine in LEVELS:
        closed = hidden_totals(base, national, closed, by_quarter=by_quarter)
        before = decide(rows, national, fine, closed, before)
        attacker = Attacker()
        hidden = _publish(attacker, rows, before, closed)
        if hidden:
            found, name = tightest(attacker, hidden)
            # As many whole numbers as the threshold are possible: k - 1 apart.
            assert found >= national - 1 - 1e-6, (name, rows, before, closed)


@pytest.mark.parametrize("seed", MANY)
def test_totals_over_time_keep_their_hidden_numbers(seed: int) -> None:
    chance = random.Random(seed)
    base = tuple(chance.choice([0, 0, 1, 2, 3, 4, 6, 9, 14]) for _ in MONTHS)
    before: frozenset[Slot] = frozenset()
    by_quarter = chance.random() < 0.5
    for smallest in (NATIONAL, FINE):
        hidden_slots = hidden_totals(base, smallest, before, by_quarter=by_quarter)
        row = Row("t", base)
        attacker = Attacker()
        for slot in ALL_SLOTS:
            if slot not in hidden_slots:
                attacker.learns(_cells("t", slot), row.at(slot))
        hidden: dict[Name, Sequence[Name]] = {
            ("t", str(slot)): _cells("t", slot) for slot in hidden_slots if row.at(slot)
        }
        attacker.cell(("t", "0"))
        found, name = tightest(attacker, hidden) if attacker.rows else (float("inf"), None)
        assert found >= smallest - 1 - 1e-6, (name, base, sorted(hidden_slots))
        before = hidden_slots


@pytest.mark.parametrize("seed", MANY)
def test_places_keep_their_hidden_numbers(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.choice([1, 3, 8])
    regions = {
        f"r{place}": {
            f"d{place}.{number}": round(chance.expovariate(1 / size)) for number in range(chance.choice([1, 2, 5, 13]))
        }
        for place in range(chance.choice([3, 8]))
    }
    hidden_regions, hidden_departments = hidden_places(regions, FINE)
    attacker = Attacker()
    everything = [(code,) for inner in regions.values() for code in inner]
    attacker.learns(everything, sum(sum(inner.values()) for inner in regions.values()))
    hidden: dict[Name, Sequence[Name]] = {}
    for region, inner in regions.items():
        cells = [(code,) for code in inner]
        if region in hidden_regions:
            hidden[region,] = cells
        else:
            attacker.learns(cells, sum(inner.values()))
        for code, value in inner.items():
            if code in hidden_departments:
                hidden[code,] = [(code,)]
            else:
                attacker.learns([(code,)], value)
    total = sum(sum(inner.values()) for inner in regions.values())
    if hidden and total >= FINE:
        found, name = tightest(attacker, hidden)
        assert found >= FINE - 1 - 1e-6, (name, regions)


def test_the_attacker_finds_what_masking_small_cells_alone_gives_away() -> None:
    """Masking what is below the threshold and nothing else leaves one cell per quarter, which is the rest."""
    rows = [Row("girl", (12,) * 12), Row("boy", (*(11,) * 11, 2))]
    naive = Decision(frozenset(), frozenset({MONTHS[-1]}))
    attacker = Attacker()
    hidden = _publish(attacker, rows, naive, frozenset())
    assert tightest(attacker, hidden)[0] == pytest.approx(0, abs=1e-6)
    assert QUARTERS[-1] not in naive.slots
