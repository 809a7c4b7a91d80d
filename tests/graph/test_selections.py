"""Aliases, fragments, `@skip`, `@include`, variables and operations change the shape of an answer, never its content."""

from collections.abc import Callable
from typing import Any

import pytest

from schema.vocabulary import Audience
from tests.graph.callers import code, data, post, token
from tests.network import Network

SUP = Audience.SUP
PLAIN = (
    "{ situations(first: 3) { totalCount nodes { id ref status minors { id ageBand } concernReports { id sentAt } } } }"
)


@pytest.fixture(scope="module")
def plain(network: Network) -> Any:
    """The answer that all others are shaped from."""
    return data(network, SUP, PLAIN)["situations"]


def _rows(plain: Any, shape: Callable[[Any], Any]) -> list[Any]:
    return [shape(node) for node in plain["nodes"]]


def test_aliases_rename_at_every_level(network: Network, plain: Any) -> None:
    found = data(
        network,
        SUP,
        "{ all: situations(first: 3) { n: totalCount rows: nodes { i: id r: ref kids: minors { i: id b: ageBand } again: ref } } }",
    )
    assert found == {
        "all": {
            "n": plain["totalCount"],
            "rows": _rows(
                plain,
                lambda one: {
                    "i": one["id"],
                    "r": one["ref"],
                    "kids": [{"i": kid["id"], "b": kid["ageBand"]} for kid in one["minors"]],
                    "again": one["ref"],
                },
            ),
        }
    }


def test_keys_follow_the_order_of_the_document(network: Network) -> None:
    found = data(
        network, SUP, "{ situations(first: 1) { nodes { status z: ref id a: ref minors { ageBand id } } totalCount } }"
    )
    node = found["situations"]["nodes"][0]
    assert list(found["situations"]) == ["nodes", "totalCount"]
    assert list(node) == ["status", "z", "id", "a", "minors"]
    assert list(node["minors"][0]) == ["ageBand", "id"]


@pytest.mark.parametrize(
    "alias",
    [
        "situations_", "shape", "answer", "page", "numbered", "found", "listed", "wanted", "row", "rows", "notice",
        "anon_1", "anon_2", "anon_3", "situation_1", "minor_1", "node_0", "cursor", "situation", "number", "value",
        "ctid", "oid", "tableoid", "xmin", "select", "from", "user", "null", "order", "count", "json_agg", "keys", "items",
        "__x", "_", "A", "a", "Z9", "x" * 63,
    ],
)  # fmt: skip
def test_an_alias_may_be_any_name(network: Network, plain: Any, alias: str) -> None:
    query = f"{{ {alias}: situations(first: 3) {{ {alias}: nodes {{ {alias}: id minors {{ {alias}: id }} }} }} }}"
    assert data(network, SUP, query) == {
        alias: {
            alias: _rows(plain, lambda one: {alias: one["id"], "minors": [{alias: kid["id"]} for kid in one["minors"]]})
        }
    }
    counted = data(
        network, SUP, f"{{ situations(first: 3) {{ {alias}: totalCount pageInfo {{ {alias}: hasNextPage }} }} }}"
    )
    assert counted == {"situations": {alias: plain["totalCount"], "pageInfo": {alias: True}}}
    one = data(network, SUP, f'{{ {alias}: node(id: "{plain["nodes"][0]["id"]}") {{ {alias}: id }} }}')
    assert one == {alias: {alias: plain["nodes"][0]["id"]}}


def test_an_alias_that_postgresql_would_cut_is_refused(network: Network) -> None:
    long = "x" * 64
    for query in (f"{{ situations {{ nodes {{ {long}: id }} }} }}", f"{{ situations {{ {long}: totalCount }} }}"):
        answer = post(network, SUP, query)
        assert code(answer) == "BAD_USER_INPUT"
        assert answer.json()["errors"][0]["extensions"]["reason"] == "NAME_TOO_LONG"


def test_fragments_of_every_kind_add_up(network: Network, plain: Any) -> None:
    found = data(
        network,
        SUP,
        """
        query { situations(first: 3) { ...Page ... on SituationConnection { nodes { status } } ... { nodes { ref } } } }
        fragment Page on SituationConnection { totalCount nodes { ...Row ...Row ... on Node { id } } }
        fragment Row on Situation { ... on Situation { minors { ...Kid } } concernReports { id } concernReports { sentAt } }
        fragment Kid on Minor { id ...Same } fragment Same on Minor { id ageBand ...Last } fragment Last on Node { id }
        """,
    )["situations"]
    assert found == plain


def test_a_fragment_of_another_type_adds_nothing(network: Network, plain: Any) -> None:
    query = """query($id: ID!) { node(id: $id) { __typename ...A ...B ... on Minor { ageBand } ... on Node { id } } }
    fragment A on Situation { ref } fragment B on ConcernReport { sentAt }"""
    one = plain["nodes"][0]
    assert data(network, SUP, query, {"id": one["id"]})["node"] == {
        "__typename": "Situation", "ref": one["ref"], "id": one["id"]
    }  # fmt: skip
    kid = one["minors"][0]
    assert data(network, SUP, query, {"id": kid["id"]})["node"] == {
        "__typename": "Minor", "ageBand": kid["ageBand"], "id": kid["id"]
    }  # fmt: skip


def test_the_type_of_everything(network: Network) -> None:
    found = data(
        network,
        SUP,
        "{ __typename situations(first: 1) { __typename pageInfo { __typename t: __typename } edges { __typename node { "
        "__typename minors { __typename } concernReports { __typename toAuthority { __typename } } } } nodes { __typename } } "
        "viewer { __typename } }",
    )
    page = found["situations"]
    assert (found["__typename"], page["__typename"], found["viewer"]["__typename"]) == (
        "Query",
        "SituationConnection",
        "Viewer",
    )
    assert page["pageInfo"] == {"__typename": "PageInfo", "t": "PageInfo"}
    assert page["edges"][0]["__typename"] == "SituationEdge"
    assert page["nodes"] == [{"__typename": "Situation"}]
    assert page["edges"][0]["node"] == {
        "__typename": "Situation",
        "minors": [{"__typename": "Minor"}],
        "concernReports": [{"__typename": "ConcernReport", "toAuthority": {"__typename": "Authority"}}]
        * len(page["edges"][0]["node"]["concernReports"]),
    }


SWITCHED = """query($a: Boolean!, $b: Boolean = true) { situations(first: 3) {
  totalCount @include(if: $a) nodes { id @skip(if: $a) ref @include(if: $b) minors @skip(if: $b) { id }
  ... on Situation @include(if: $a) { status } ...R @skip(if: $a) } } } fragment R on Situation { concernReports { id } }"""


def test_skip_and_include_follow_their_variables_though_the_document_is_prepared(network: Network, plain: Any) -> None:
    def expected(*, a: bool, b: bool) -> Any:
        def row(one: Any) -> Any:
            made = {}
            if not a:
                made["id"] = one["id"]
            if b:
                made["ref"] = one["ref"]
            if not b:
                made["minors"] = [{"id": kid["id"]} for kid in one["minors"]]
            if a:
                made["status"] = one["status"]
            else:
                made["concernReports"] = [{"id": report["id"]} for report in one["concernReports"]]
            return made

        return {**({"totalCount": plain["totalCount"]} if a else {}), "nodes": _rows(plain, row)}

    for a, b in [(True, True), (False, True), (True, False), (False, False), (True, True)]:
        assert data(network, SUP, SWITCHED, {"a": a, "b": b})["situations"] == expected(a=a, b=b)
    assert data(network, SUP, SWITCHED, {"a": True})["situations"] == expected(a=True, b=True)


def test_a_condition_that_is_null_is_refused(network: Network) -> None:
    assert code(post(network, SUP, SWITCHED, {"a": True, "b": None})) == "BAD_USER_INPUT"
    assert code(post(network, SUP, SWITCHED, {})) == "BAD_USER_INPUT"


def test_literal_conditions_and_both_directives_together(network: Network, plain: Any) -> None:
    found = data(
        network,
        SUP,
        "{ situations(first: 3) { nodes { id @skip(if: false) ref @skip(if: true) status @include(if: true) @skip(if: true) "
        "minors @include(if: false) { id } } } a: viewer @include(if: false) { audience } }",
    )
    assert found == {"situations": {"nodes": _rows(plain, lambda one: {"id": one["id"]})}}


def test_a_selection_may_be_left_with_nothing(network: Network, plain: Any) -> None:
    found = data(
        network,
        SUP,
        "{ situations(first: 3) { nodes { id @skip(if: true) } pageInfo { hasNextPage @skip(if: true) } "
        "edges { cursor @skip(if: true) } } b: situations { totalCount @skip(if: true) } }",
    )
    assert found == {"situations": {"nodes": [{}] * 3, "pageInfo": {}, "edges": [{}] * 3}, "b": {}}
    withheld = "{ contacts(first: 1) { nodes { at withheld { field @skip(if: true) } } } }"
    assert data(network, Audience.DPO, withheld)["contacts"]["nodes"] == [{"at": None, "withheld": [{}]}]
    kids = data(network, SUP, "{ situations(first: 3) { nodes { minors { id @skip(if: true) } } } }")
    assert kids["situations"]["nodes"] == _rows(plain, lambda one: {"minors": [{}] * len(one["minors"])})


def test_variables_have_defaults_and_nested_lists_their_own_sizes(network: Network, plain: Any) -> None:
    query = """query($n: Int = 1, $m: Int = 3, $k: Int!) { situations(first: $m) {
      nodes { a: concernReports(first: $n) { id } b: concernReports(first: $k) { id } minors { id ageBand } } } }"""

    def expected(n: int, k: int) -> Any:
        return [
            {
                "a": [{"id": report["id"]} for report in one["concernReports"][:n]],
                "b": [{"id": report["id"]} for report in one["concernReports"][:k]],
                "minors": one["minors"],
            }
            for one in plain["nodes"]
        ]

    for variables, n, k in [
        ({"k": 0}, 1, 0),
        ({"n": 2, "k": 1}, 2, 1),
        ({"n": 0, "k": 100}, 0, 100),
        ({"k": 20}, 1, 20),
    ]:
        assert data(network, SUP, query, variables)["situations"]["nodes"] == expected(n, k), variables
    for size in (-1, 101):
        answer = post(network, SUP, query, {"k": size})
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "OUT_OF_RANGE"}


def test_root_fields_stand_side_by_side(network: Network, plain: Any) -> None:
    found = data(
        network,
        SUP,
        '{ a: situations(first: 1) { nodes { id } } b: situations(first: 2) { nodes { id } } node(id: "x") { id } '
        "viewer { audience } departments(first: 1) { totalCount } }",
    )
    ids = [{"id": one["id"]} for one in plain["nodes"]]
    assert found == {
        "a": {"nodes": ids[:1]},
        "b": {"nodes": ids[:2]},
        "node": None,
        "viewer": {"audience": "SUP"},
        "departments": {"totalCount": 101},
    }


def test_one_root_field_may_fail_beside_another(network: Network) -> None:
    answer = post(network, SUP, '{ node(id: "x") { id } nodes(ids: []) { id } situations(first: -1) { totalCount } }')
    assert answer.status_code == 200
    assert answer.json()["data"] is None  # `situations` is never null
    assert answer.json()["errors"][0]["path"] == ["situations"]


TWO = "query A { __typename } query B { viewer { audience } }"


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        (TWO, "A", {"data": {"__typename": "Query"}}),
        (TWO, "B", {"data": {"viewer": {"audience": "SUP"}}}),
        ("query A { __typename }", "A", {"data": {"__typename": "Query"}}),
        ("query A { __typename }", None, {"data": {"__typename": "Query"}}),
        ("query A { __typename }", "", {"data": {"__typename": "Query"}}),
        ("{ __typename }", None, {"data": {"__typename": "Query"}}),
        (TWO, None, "OPERATION_RESOLUTION_FAILURE"),
        (TWO, "", "OPERATION_RESOLUTION_FAILURE"),
        (TWO, "C", "OPERATION_RESOLUTION_FAILURE"),
        (TWO, "a", "OPERATION_RESOLUTION_FAILURE"),
        ("{ __typename }", "A", "OPERATION_RESOLUTION_FAILURE"),
        ("query A { __typename } fragment F on Query { __typename }", "F", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Query { __typename }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ __typename } query A { __typename }", "A", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query A { __typename }", "A", "GRAPHQL_VALIDATION_FAILED"),
        ("type A { b: Int }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("", None, "GRAPHQL_PARSE_FAILED"),
        ("# only a comment", None, "GRAPHQL_PARSE_FAILED"),
        ("{ }", None, "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { } }", None, "GRAPHQL_PARSE_FAILED"),
        ("{ ... { } }", None, "GRAPHQL_PARSE_FAILED"),
        ("query A", None, "GRAPHQL_PARSE_FAILED"),
        ("{ a(b: ) }", None, "GRAPHQL_PARSE_FAILED"),
        ('{ a(b: "x) }', None, "GRAPHQL_PARSE_FAILED"),
        ("{ \x07 }", None, "GRAPHQL_PARSE_FAILED"),
        ("{ é }", None, "GRAPHQL_PARSE_FAILED"),
        ('{ node(id: "\\ud800") { id } }', None, "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_the_operation_is_the_one_that_is_named(network: Network, query: str, name: str | None, expected: Any) -> None:
    answer = network.post(token(network, SUP), {"query": query, "operationName": name})
    if isinstance(expected, str):
        assert code(answer) == expected
    else:
        assert answer.json() == expected


def test_operations_of_one_document_do_not_share_plans(network: Network, plain: Any) -> None:
    document = "query A { situations(first: 3) { nodes { id } } } query B { situations(first: 3) { nodes { ref } } }"
    for name, field in [("A", "id"), ("B", "ref"), ("A", "id")]:
        answer = network.post(token(network, SUP), {"query": document, "operationName": name}).json()
        assert answer["data"]["situations"]["nodes"] == [{field: one[field]} for one in plain["nodes"]]


def test_audiences_do_not_share_plans(network: Network) -> None:
    question = "{ situations(first: 5) { nodes { status withheld { field } } totalCount } }"
    counts = {
        audience: data(network, audience, question)["situations"]["totalCount"] for audience in (SUP, Audience.CRI)
    }
    assert counts[SUP] > counts[Audience.CRI] > 0
    assert counts == {
        audience: data(network, audience, question)["situations"]["totalCount"] for audience in (SUP, Audience.CRI)
    }
