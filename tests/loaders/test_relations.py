"""What makes each relation to a case and what ends it, one change at a time (tests/relations_lab.py)."""

import asyncpg

from loaders.nouns import NOUNS
from loaders.policy.conditions import cell_rule
from schema.vocabulary import Audience
from tests.cluster import Cluster
from tests.relations_lab import problems
from tests.relations_trials import TRIALS


async def test_each_relation_stands_and_ends_as_the_documents_say(cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.admin)
    try:
        assert [found async for found in problems(connection, TRIALS)] == []
    finally:
        await connection.close()


def test_every_relation_that_a_rule_asks_for_is_tried() -> None:
    asked = {
        relation
        for audience in Audience
        for noun in NOUNS.values()
        for column in noun.table.c
        if (rule := cell_rule(audience, column))
        for conjunction in rule.any_of
        for atom in conjunction
        if atom.name == "via"
        for relation in atom.arguments[1:]
    }
    tried = {trial.via for trial in TRIALS}
    # The receiver's relations after closure: what they show is asked of the made world (tests/test_matrix.py).
    assert asked - tried == {"SUPPORTS_CLOSED", "CONSULTS_CLOSED"}
