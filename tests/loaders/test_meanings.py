"""What each atom of a rule asks of a row, one fact at a time (tests/atoms_lab.py)."""

import asyncpg

from loaders.policy.meanings import MEANINGS
from tests.atoms_lab import TRIALS, problems
from tests.cluster import Cluster


async def test_each_atom_holds_and_fails_as_the_documents_say(cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.admin)
    try:
        assert [found async for found in problems(connection)] == []
    finally:
        await connection.close()


def test_every_atom_is_tried() -> None:
    assert {trial.atom.name for trial in TRIALS} == set(MEANINGS)
