"""What a question costs: known before it runs, told where it is asked for, counted in the answer alone."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from graph.cost import Cost, cost_of
from graph.documents import Documents
from graph.http.budgets import Allowance, Budgets
from graph.http.limits import Limits
from schema.errors import BadInputError
from schema.vocabulary import Audience
from tests.graph.callers import CALLERS, code, post, token
from tests.network import Network

SUP = Audience.SUP


@dataclass
class _Someone:
    """All that a cost asks of a caller."""

    audience: Audience


def cost(query: str, variables: dict[str, Any] | None = None, audience: Audience = SUP, **limits: Any) -> Cost:
    """The cost of a document."""
    made = Limits(**limits)
    caller: Any = _Someone(audience)
    prepared = Documents(made).prepare(audience, query, None)
    found = cost_of(prepared, variables or {}, made, caller)
    assert cost_of(prepared, variables or {}, made, caller) == found, "the second time the formula is known"
    return found


# The rows of lists, every other object, and what reading the document is worth: one point, and ten for a mutation.
COSTS: dict[str, tuple[str, dict[str, Any], int, int]] = {
    "nothing": ("{ __typename }", {}, 0, 0),
    "one object": ("{ viewer { audience } }", {}, 0, 1),
    "a count": ("{ situations { totalCount } }", {}, 0, 1),
    "a page of the default size": ("{ situations { nodes { id } } }", {}, 20, 1),
    "a page": ("{ situations(first: 7) { nodes { id } } }", {}, 7, 1),
    "the last of a list": ("{ situations(last: 3) { nodes { id } } }", {}, 3, 1),
    "a page by a variable": ("query($n: Int) { situations(first: $n) { nodes { id } } }", {"n": 5}, 5, 1),
    "a variable that is not there": ("query($n: Int) { situations(first: $n) { nodes { id } } }", {}, 20, 1),
    "a variable's default": ("query($n: Int = 4) { situations(first: $n) { nodes { id } } }", {}, 4, 1),
    "a variable that is null": ("query($n: Int = 4) { situations(first: $n) { nodes { id } } }", {"n": None}, 4, 1),
    "both ends by variables": (
        "query($a: Int, $b: Int) { situations(first: $a, last: $b) { nodes { id } } }",
        {"a": 6},
        6,
        1,
    ),
    "absurd sizes are counted as far as they may go": (
        "query($n: Int) { situations(first: $n) { nodes { id } } }",
        {"n": 1_000_000},
        100,
        1,
    ),
    "a negative size": ("query($n: Int) { situations(first: $n) { nodes { id } } }", {"n": -1}, 0, 1),
    "a size of another kind": ("query($n: Int) { situations(first: $n) { nodes { id } } }", {"n": "x"}, 20, 1),
    "edges": ("{ situations(first: 5) { edges { node { id } } pageInfo { endCursor } } }", {}, 5, 1 + 1 + 5),
    "nodes and edges": ("{ situations(first: 5) { nodes { id } edges { node { id } } } }", {}, 5, 1 + 5 + 5),
    "a nested list": ("{ situations(first: 5) { nodes { minors { id } } } }", {}, 5 + 5 * 20, 1),
    "nested lists": (
        "{ situations(first: 5) { nodes { contacts(first: 3) { id } minors(first: 2) { id } } } }",
        {},
        5 + 5 * 3 + 5 * 2,
        1,
    ),
    "one of each row": (
        "{ concernReports(first: 4) { nodes { situation { minors(first: 3) { id } } toAuthority { code } } } }",
        {},
        4 + 4 * 3,
        1 + 4 + 4,
    ),
    "the same list twice is one": (
        "{ situations(first: 4) { nodes { id } } ...F } fragment F on Query { situations(first: 4) { nodes { ref } } }",
        {},
        4,
        1,
    ),
    "under two names it is two": ("{ a: situations(first: 4) { nodes { id } } b: situations(first: 3) { nodes { id } } }", {}, 7, 2),
    "ids": ('{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3, 0),
    "ids by a variable": ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a", "b"]}, 2, 0),
    "what is left out": ("{ situations(first: 4) @skip(if: true) { nodes { id } } viewer { audience } }", {}, 0, 1),
    "what a variable leaves out": (
        "query($w: Boolean!) { situations(first: 4) { nodes { id minors(first: 2) @include(if: $w) { id } } } }",
        {"w": False},
        4,
        1,
    ),
    "what a variable takes in": (
        "query($w: Boolean!) { situations(first: 4) { nodes { id minors(first: 2) @include(if: $w) { id } } } }",
        {"w": True},
        4 + 8,
        1,
    ),
    "a fragment of one kind": (
        'query { node(id: "x") { ... on Situation { minors(first: 2) { id } } ... on Minor { situation { id } } } }',
        {},
        2,
        1 + 1,
    ),
    "the schema": ("{ __schema { types { fields { name } } } }", {}, 0, 1_000),
    "a type": ('{ __type(name: "Query") { name } }', {}, 0, 50),
    "a mutation": (
        'mutation { acknowledgeReport(input: {report: "x"}) { userErrors { code } } }',
        {},
        0,
        2 + 10,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_is_the_objects_that_an_answer_can_hold(name: str) -> None:
    query, variables, rows, others = COSTS[name]
    found = cost(query, variables, Audience.CRI if "acknowledgeReport" in query else SUP)
    assert (found.rows, found.requested) == (rows, rows + others + 1)


def test_reading_a_long_document_costs_too() -> None:
    assert cost("{ " + "__typename " * 20 + "}").requested == 1
    assert cost("{ " + " ".join("... { __typename }" for _ in range(150)) + " }").requested == 1 + 602 // 100


def test_the_rows_of_a_document_have_a_limit_that_an_audience_may_have_lower() -> None:
    query = "{ situations(first: 100) { nodes { minors(first: 49) { id } } } }"
    assert cost(query).rows == 5_000
    with pytest.raises(BadInputError, match="5000 rows together, 4999 are allowed"):
        cost(query, rows=4_999)
    with pytest.raises(BadInputError, match="5000 rows together, 300 are allowed"):
        cost(query, rows_of={"SUP": 300})
    assert cost(query, rows_of={"ASM": 300}).rows == 5_000


def test_an_answer_never_used_more_than_it_asked_for() -> None:
    asked = Cost(rows=2, requested=4, fixed=1)
    assert asked.actual(b'{"data":{"situations":{"nodes":[{"id":"a"}]}}}') == 3
    assert asked.actual(b'{"data":{"situations":{"nodes":[{"id":"a"},{"id":"b"}]}}}') == 4
    assert asked.actual(b'{"data":{"x":"' + b"{" * 50 + b'"}}') == 4
    assert asked.actual(b'{"data":null}') == 1


def _objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_objects(inner) for inner in value.values())
    return sum(_objects(inner) for inner in value) if isinstance(value, list) else 0


QUESTION = """query($n: Int!) { situations(first: $n) { totalCount pageInfo { hasNextPage } edges { cursor node { id
minors(first: 5) { id ageBand } concernReports(first: 3) { id toAuthority { code } } } } } viewer { audience } }"""


@pytest.mark.parametrize("audience", [Audience.SUP, Audience.CRI, Audience.LIS])
def test_what_was_used_is_what_the_answer_holds(network: Network, audience: Audience) -> None:
    body = {"query": QUESTION, "variables": {"n": 30}, "extensions": {"cost": True}}
    answer = network.post(token(network, audience), body).json()
    told = answer["extensions"]["cost"]
    # Nothing but the answer decides it: what the caller cannot see has no part in it.
    assert told["actual"] == 1 + _objects(answer["data"]) - 1
    assert told["actual"] < told["requested"]
    assert set(told["throttleStatus"]) == {"maximumAvailable", "currentlyAvailable", "restoreRate"}
    assert list(answer) == ["data", "extensions"]


def test_a_cost_is_told_only_to_who_asks(network: Network) -> None:
    for extensions in (None, {}, {"cost": False}, {"cost": "true"}, {"cost": 1}, {"other": True}):
        body = {"query": "{ viewer { audience } }", "extensions": extensions}
        assert network.post(token(network, SUP), body).json() == {"data": {"viewer": {"audience": "SUP"}}}


def test_a_cost_is_told_beside_an_error_and_by_get(network: Network) -> None:
    query = '{ a: viewer { audience } b: situations(after: "x") { totalCount } }'
    answer = network.post(token(network, SUP), {"query": query, "extensions": {"cost": True}}).json()
    assert answer["errors"][0]["path"] == ["b"]
    assert answer["extensions"]["cost"]["requested"] == 3
    found = network.http.get(
        f"{network.base_url}/graphql",
        params={"query": "{ viewer { audience } }", "extensions": json.dumps({"cost": True})},
        headers={"Authorization": f"Bearer {token(network, SUP)}"},
    ).json()
    assert found["extensions"]["cost"]["actual"] == 2


# ---------------------------------------------------------------- the organisation's budget


@pytest.fixture
def poor(network: Network, monkeypatch: pytest.MonkeyPatch) -> Budgets:
    """The network's endpoint with little to spend and next to nothing coming back."""
    endpoint = next(route.app for route in network.routes if route.path == "/graphql")
    budgets = Budgets(Allowance(100, 0.001))
    monkeypatch.setattr(endpoint, "_budgets", budgets)
    return budgets


def test_an_organisation_that_has_spent_all_is_told_when_to_come_back(network: Network, poor: Budgets) -> None:
    query = "{ situations(first: 60) { totalCount } departments(first: 60) { nodes { code } } }"
    spent = [post(network, SUP, query) for _ in range(3)]
    assert [answer.status_code for answer in spent] == [200, 429, 429]
    assert code(spent[1]) == "RATE_LIMITED"
    assert int(spent[1].headers["retry-after"]) > 1
    # Another organisation has a budget of its own.
    assert post(network, Audience.CRI, "{ viewer { audience } }").status_code == 200


def test_what_an_answer_did_not_hold_is_given_back(network: Network, poor: Budgets) -> None:
    query = '{ situations(first: 60, filter: {openedSince: "2100-01-01T00:00:00Z"}) { nodes { id } } }'
    for _ in range(10):
        assert post(network, SUP, query).json() == {"data": {"situations": {"nodes": []}}}


def test_a_refused_document_costs_its_length(network: Network, poor: Budgets) -> None:
    wrong = "{ nothing } #" + "x" * 6_000
    assert [post(network, SUP, wrong).status_code for _ in range(3)] == [200, 429, 429]


def test_with_nothing_left_no_body_is_read(network: Network, poor: Budgets) -> None:
    member = CALLERS[SUP]
    caller = network.ask(member[0], "{ viewer { audience } }", member=member[1])
    assert "data" in caller
    post(network, SUP, "{ nothing } #" + "x" * 9_700)
    post(network, SUP, "{ a } #" + "x" * 200)
    answer = network.post(token(network, SUP), b"this is no JSON")
    assert (answer.status_code, code(answer)) == (429, "RATE_LIMITED")
