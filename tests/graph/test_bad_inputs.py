"""Whatever an act is given, by whichever role: a stable code, a sentence, nothing written where it is refused."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLObjectType, get_named_type, is_required_argument

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.tables import metadata
from schema.vocabulary import Audience
from tests.cluster import SECRET
from tests.filled import filled_cluster
from tests.graph.bad_inputs import MARK, Drawn, Ids, document, input_of, mutations_of
from tests.graph.callers import RESPONSE, check, data, token
from tests.network import Network, running_network

WRITERS = [audience for audience in Audience if mutations_of(audience)]
# Whoever sees every row of what they act on, network wide, has nothing out of reach to name.
BOUNDED = [one for one in WRITERS if one not in {Audience.SUP, Audience.ANA, Audience.ADM, Audience.DPO}]
# What the server writes by itself, or for every request, also a refused one: the log and its seals, figures and feeds that
# are folded later, what has lapsed, deliveries, the last call, and the token that a test needs anew.
BY_ITSELF = frozenset(
    "access_log case_access chain_sealed journal_seal ledger_link ledger_unsealed monitoring_cell monitoring_edition "
    "monitoring_mark monitoring_part feed feed_row outbox_head reach webhook webhook_delivery oauth_client oauth_jti "
    "oauth_token".split()
)
# What has happened gets its number a little later.
NUMBERED = "outbox"
SENTENCE = re.compile(r"[A-ZÀ-Ý`].{8,}[.?]", re.DOTALL)
# Whom an act would take from this network with luck: the callers of the other tests.
PERSONS = ("org", "mbr", "hab", "cli")


@pytest.fixture(scope="module")
def own_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A network that nobody else reads: of many wrong inputs some are right."""
    folder = tmp_path_factory.mktemp("own")
    with filled_cluster(folder) as made, running_network(made, SECRET, folder / "demo") as network:
        yield network


def _near(network: Network, audience: Audience) -> dict[str, list[str]]:
    """Ids that the audience's caller sees, by their prefix: a few of each list."""
    kind = schema_of(audience).query_type
    assert kind is not None
    lists = [
        name
        for name, field in kind.fields.items()
        if "orderBy" in field.args
        and not ("filter" in field.args and is_required_argument(field.args["filter"]))
        and "id" in _parts(_parts(kind, name), "nodes").fields
    ]
    page = data(network, audience, f"{{ {' '.join(f'{name}(first: 4) {{ nodes {{ id }} }}' for name in lists)} }}")
    found: dict[str, list[str]] = {}
    for identity in [row["id"] for one in page.values() for row in one["nodes"]]:
        found.setdefault(identity[:3], []).append(identity)
    return found


def _parts(kind: GraphQLObjectType, field: str) -> GraphQLObjectType:
    found = get_named_type(kind.fields[field].type)
    assert isinstance(found, GraphQLObjectType)
    return found


_EVERY = " UNION ALL ".join(
    f"(SELECT '{noun.prefix}_' || id AS id FROM \"{noun.table.name}\" ORDER BY md5(id::text) LIMIT 6)"
    for noun in NOUNS.values()
    if "id" in noun.table.c
)


def _far(network: Network, audience: Audience) -> dict[str, list[str]]:
    """Ids of rows that are there and that the caller does not see, by their prefix."""
    every = [row["id"] for row in network.fetch(_EVERY)]
    found: dict[str, list[str]] = {}
    for some in (every[place : place + 100] for place in range(0, len(every), 100)):
        seen = data(network, audience, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": some})["nodes"]
        for identity in [one for one, row in zip(some, seen, strict=True) if row is None]:
            found.setdefault(identity[:3], []).append(identity)
    return found


# How many rows each table has, and who wrote them: what is written at all shows.
_STATE = " UNION ALL ".join(
    f"SELECT '{table.name}', count(*), coalesce(sum({'0' if table.name == NUMBERED else 'xmin::text::bigint'}), 0)::bigint "
    f'FROM "{table.name}"'
    for table in metadata.sorted_tables
    if table.name not in BY_ITSELF
)


@contextmanager
def _watched(network: Network) -> Iterator[Callable[[], set[tuple[Any, ...]]]]:
    """What is in the database, whenever it is asked, over one connection."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(network.cluster.admin))
        try:
            yield lambda: {tuple(row) for row in runner.run(connection.fetch(_STATE))}
        finally:
            runner.run(connection.close())


def _sent(network: Network, audience: Audience, name: str, given: Any) -> tuple[bytes, bool]:
    """The answer to an act, and whether it was refused; what holds for every answer is seen to."""
    body = json.dumps({"query": document(audience, name), "variables": {"input": given}})
    answer = network.post(token(network, audience), body, Accept=RESPONSE)
    assert answer.status_code in {200, 400, 413}, (name, given, answer.text)
    check(answer)
    found = answer.json()
    done = (found.get("data") or {}).get("done") or {}
    problems = found.get("errors", []) + done.get("userErrors", [])
    for problem in problems:
        assert SENTENCE.fullmatch(problem["message"]), (name, given, problem)
    for problem in done.get("userErrors", []):
        assert re.fullmatch(r"[A-Z][A-Z_]+", problem["code"])
        assert problem["field"] is None or problem["field"] in input_of(audience, name).fields, (name, problem)
    assert not problems or MARK not in answer.text, (name, given, answer.text)
    return answer.content, bool(problems)


def _drawn(network: Network, audience: Audience, without: Sequence[str] = ()) -> Drawn:
    near: Ids = {prefix: ids for prefix, ids in _near(network, audience).items() if prefix not in without}
    return Drawn(audience, near, _far(network, audience), audience.value)


@pytest.mark.parametrize("audience", BOUNDED, ids=str)
def test_an_act_on_a_row_out_of_reach_answers_like_one_on_nothing_and_writes_nothing(
    network: Network, audience: Audience
) -> None:
    drawn = _drawn(network, audience)
    with _watched(network) as state:
        before = state()
        pairs = [(name, pair) for name in mutations_of(audience) for pair in drawn.targets(name)]
        assert pairs
        for name, (theirs, nobodys) in pairs:
            answers = [_sent(network, audience, name, given) for given in (theirs, nobodys)]
            assert answers[0] == answers[1], (name, theirs, nobodys)
            assert answers[0][1], (name, theirs)
        assert state() == before


@pytest.mark.slow
@pytest.mark.parametrize("audience", WRITERS, ids=str)
def test_an_act_with_something_wrong_in_it_is_told_so_and_writes_nothing(
    own_network: Network, audience: Audience
) -> None:
    drawn = _drawn(own_network, audience, PERSONS if audience in {Audience.DEL, Audience.ADM} else ())
    with _watched(own_network) as state:
        before = state()
        for name in mutations_of(audience):
            for given in drawn.inputs(name, 24):
                _, refused = _sent(own_network, audience, name, given)
                after = state()
                assert after == before or not refused, (name, given, after ^ before)
                before = after
