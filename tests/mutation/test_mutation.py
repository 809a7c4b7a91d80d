"""The tests notice when the policy widens: some mutants of every kind here, all of them in `make test-all`."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from loaders.nouns import BY_TABLE
from loaders.policy import reach
from tests.cluster import Cluster
from tests.mutation import relations
from tests.mutation.__main__ import filled, unargued
from tests.mutation.argued import ARGUED
from tests.mutation.mutant import Mutant, forget
from tests.mutation.mutants import KINDS, all_mutants
from tests.mutation.runner import Bench, Outcome, Verdict, compiled, run, sample
from tests.seats import SEATS, Seat
from tests.sightings import Sightings, door_problem, sightings, wall_problem

Filled = tuple[Cluster, Any]
SAMPLE, SEED = 60, 1


@pytest.fixture(scope="module")
def world() -> Iterator[Filled]:
    with filled() as made:
        yield made


def with_sightings(world: Filled, use: Any) -> Any:
    cluster, card = world

    async def main() -> Any:
        connection = await asyncpg.connect(cluster.admin)
        try:
            return await use(await sightings(connection, cluster.admin, card))
        finally:
            await connection.close()

    return asyncio.run(main())


def tried(world: Filled, mutants: list[Mutant]) -> list[Verdict]:
    async def use(stage: Sightings) -> list[Verdict]:
        return await run(Bench(stage), mutants, lambda _: None)

    verdicts: list[Verdict] = with_sightings(world, use)
    return verdicts


def test_every_kind_of_mutant_is_made() -> None:
    """A generator that finds nothing to change would leave the score at 100 %."""
    assert [kind for kind, made in KINDS.items() if next(iter(made()), None) is None] == []


def test_a_mutant_leaves_no_trace() -> None:
    known = compiled()
    for mutant in sample(all_mutants(), 20, seed=7):
        with mutant.applied():
            pass
        forget()
    assert compiled() == known


def test_the_definition_of_reach_is_changed_in_one_place_at_a_time() -> None:
    made = list(relations.changes(reach.DEFINITION))
    assert len(set(made)) == len(made)
    for change in made:
        text = change.apply(reach.DEFINITION)
        assert text != reach.DEFINITION
        assert text[: change.start] == reach.DEFINITION[: change.start]
    # Every condition of every relation is among them.
    for name, text in reach.relations().items():
        of_it = [one for one in made if relations.relation_at(one.start, reach.DEFINITION) == name]
        assert len(of_it) >= len(re.findall(r"\bAND\b", text)), name


# Everything that a seat of every kind may ask; all seats are asked over HTTP in tests/test_matrix.py.
@pytest.mark.slow
@pytest.mark.parametrize("seat", SEATS, ids=str)
def test_doors_and_walls_are_what_the_oracle_says(world: Filled, seat: Seat) -> None:
    async def use(stage: Sightings) -> list[str]:
        return [
            found
            for table in BY_TABLE
            for problem in (door_problem, wall_problem)
            if (found := await problem(stage, seat, table))
        ]

    assert with_sightings(world, use) == []


def test_a_sample_of_mutants_is_noticed(world: Filled) -> None:
    settled = [mutant for mutant in all_mutants() if mutant.kind not in {"rule", "atom"}]
    verdicts = tried(world, sample(settled, SAMPLE, SEED))
    assert [str(verdict.mutant) for verdict in verdicts if unargued(verdict)] == []
    # PostgreSQL and the policy take nearly all of them: what they refuse would be killed for nothing.
    assert sum(verdict.outcome is Outcome.STILLBORN for verdict in verdicts) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_mutant_is_noticed_or_argued_for(world: Filled, kind: str) -> None:
    verdicts = tried(world, list(KINDS[kind]()))
    left = [str(verdict.mutant) for verdict in verdicts if unargued(verdict)]
    assert left == []
    texts = [" ".join(str(verdict.mutant).split()) for verdict in verdicts if verdict.outcome is Outcome.SURVIVED]
    stale = [
        pattern
        for pattern, _ in ARGUED
        if pattern.startswith(f"^{kind}: ") and not any(re.search(pattern, text) for text in texts)
    ]
    assert stale == []
