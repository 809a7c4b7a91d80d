"""GET asks queries, with a token of its own, and never anything that should not be written down on the way."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from structlog.testing import capture_logs

from graph.schemas.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import RESPONSE, check, code, post, token
from tests.network import Network

CRI, SUP = Audience.CRI, Audience.SUP


def get(network: Network, audience: Audience | None, raw: str | None = None, **parameters: Any) -> httpx2.Response:
    """The answer to a GET with these parameters, or with this query string."""
    headers = {} if audience is None else {"Authorization": f"Bearer {token(network, audience)}"}
    sent = raw if raw is not None else "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return network.http.get(f"{network.base_url}/graphql?{sent}", headers=headers)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ viewer { audience } }", {}),
        ("query($n: Int!) { situations(first: $n) { nodes { id ref status } totalCount } }", {"n": 3}),
        ("{ situations(first: 2, orderBy: OPENED_AT_NEWEST) { pageInfo { endCursor hasNextPage } } }", {}),
        ("query($name: String!) { __type(name: $name) { name } }", {"name": "Run🏃"}),
        ("{ nothingOfThisName }", {}),
        ("{", {}),
    ],
)
def test_a_query_by_get_is_answered_as_by_post(network: Network, query: str, variables: dict[str, Any]) -> None:
    asked = get(network, SUP, query=query, variables=json.dumps(variables))
    check(asked)
    posted = post(network, SUP, query, variables)
    assert (asked.status_code, asked.headers["content-type"]) == (posted.status_code, posted.headers["content-type"])
    # A cursor is encrypted anew each time.
    found, expected = asked.json(), posted.json()
    for answer in (found, expected):
        if "endCursor" in query:
            answer["data"]["situations"]["pageInfo"].pop("endCursor")
    assert found == expected


def test_the_next_page_is_asked_by_get(network: Network) -> None:
    one = get(network, SUP, query="{ situations(first: 1) { nodes { id } pageInfo { endCursor } } }").json()["data"]
    query = "query($after: String) { situations(first: 1, after: $after) { nodes { id } } }"
    after = one["situations"]["pageInfo"]["endCursor"]
    two = get(network, SUP, query=query, variables=json.dumps({"after": after})).json()["data"]
    assert len(two["situations"]["nodes"]) == 1
    assert two["situations"]["nodes"] != one["situations"]["nodes"]


def test_an_operation_is_chosen_by_its_name_and_an_empty_one_is_none(network: Network) -> None:
    two = "query A { a: __typename } query B { b: __typename }"
    assert get(network, CRI, query=two, operationName="B").json() == {"data": {"b": "Query"}}
    assert code(get(network, CRI, query=two, operationName="")) == "OPERATION_RESOLUTION_FAILURE"
    assert get(network, CRI, query="{ __typename }", operationName="").json() == {"data": {"__typename": "Query"}}


def test_a_get_without_a_token_is_refused_whatever_cookie_or_parameter_it_has(network: Network) -> None:
    live = token(network, CRI)
    for cookie, more in (({}, ""), ({"Cookie": f"session={live}; access_token={live}"}, f"&access_token={live}")):
        answer = network.http.get(f"{network.base_url}/graphql?query=%7B__typename%7D{more}", headers=cookie)
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("media", ["application/json", RESPONSE])
def test_a_mutation_by_get_is_405_and_changes_nothing(network: Network, media: str) -> None:
    document = 'mutation { acknowledgeReport(input: {report: "x"}) { userErrors { code } } }'
    for parameters in (
        {"query": document},
        {"query": f"query A {{ __typename }} {document.replace('mutation', 'mutation B')}", "operationName": "B"},
    ):
        sent = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
        answer = network.http.get(
            f"{network.base_url}/graphql?{sent}",
            headers={"Authorization": f"Bearer {token(network, CRI)}", "Accept": media},
        )
        assert (answer.status_code, answer.headers["allow"], code(answer)) == (405, "POST", "BAD_REQUEST")


SEARCHES: list[tuple[str, dict[str, Any], str]] = [
    ('{ organisations(filter: {territory: "59"}) { totalCount } }', {}, "filter"),
    ("query($f: OrganisationFilter) { organisations(filter: $f) { totalCount } }", {"f": {}}, "filter"),
    ("{ ...F } fragment F on Query { authorities(filter: {code: []}) { totalCount } }", {}, "filter"),
    ('{ repeatCandidates(filter: {situation: "sit_x"}) { totalCount } }', {}, "repeatCandidates"),
]


@pytest.mark.parametrize(("query", "variables", "name"), SEARCHES)
def test_what_searches_or_matches_is_refused_by_get(
    network: Network, query: str, variables: dict[str, Any], name: str
) -> None:
    for _ in range(2):  # the second time the document is known
        answer = get(network, SUP, query=query, variables=json.dumps(variables))
        assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
        assert answer.json()["errors"][0]["message"].startswith(f"`{name}` ")
        assert answer.json()["errors"][0]["extensions"]["reason"] == "NOT_BY_GET"
    assert code_or_none(post(network, SUP, query, variables)) != "BAD_REQUEST"


def code_or_none(answer: httpx2.Response) -> str | None:
    """The code of a refusal, if it is one."""
    return code(answer) if "errors" in answer.json() else None


def test_no_argument_with_words_of_a_person_is_left_to_get() -> None:
    """Whoever adds an argument of text to a query is told here that GET refuses it."""
    texts = {
        f"{field}({name})"
        for audience in Audience
        for field, definition in schema_of(audience).query_type.fields.items()  # type: ignore[union-attr]
        for name, argument in definition.args.items()
        if str(argument.type).strip("!") == "String"
    }
    assert {text.partition("(")[2] for text in texts} == {"after)", "before)", "since)"}


MALFORMED = {
    "nothing": "",
    "no query": "variables={}",
    "query twice": "query=%7B__typename%7D&query=%7B__typename%7D",
    "not utf-8": "query=%ff",
    "nul": "query=%7B__typename%7D%00",
    "nul escaped": "query=%7B__typename%7D&variables=%7B%22a%22:%22%5Cu0000%22%7D",
    "many parameters": "query=%7B__typename%7D" + "&a=1" * 30,
    "variables no json": "query=%7B__typename%7D&variables=x",
    "variables empty": "query=%7B__typename%7D&variables=",
    "variables a list": "query=%7B__typename%7D&variables=[]",
    "variables a string": "query=%7B__typename%7D&variables=%22x%22",
    "variables deep": "query=%7B__typename%7D&variables=%7B%22a%22:" + "[" * 40 + "]" * 40 + "%7D",
    "variables a key twice": "query=%7B__typename%7D&variables=%7B%22a%22:1,%22a%22:2%7D",
    "variables a long number": "query=%7B__typename%7D&variables=%7B%22a%22:" + "1" * 50 + "%7D",
    "extensions a list": "query=%7B__typename%7D&extensions=[1]",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_an_address_that_is_no_request_is_refused(network: Network, name: str) -> None:
    answer = get(network, CRI, MALFORMED[name])
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


def test_null_parameters_are_absent_ones(network: Network) -> None:
    answer = get(network, CRI, query="{ __typename }", variables="null", extensions="null")
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_a_get_with_a_body_is_refused(network: Network) -> None:
    answer = network.http.request(
        "GET",
        f"{network.base_url}/graphql?query=%7B__typename%7D",
        headers={"Authorization": f"Bearer {token(network, CRI)}"},
        content=b"{}",
    )
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


def test_an_address_is_as_long_as_a_header_may_be(network: Network) -> None:
    document = "query=%7B__typename%7D%23"
    assert get(network, CRI, document + "x" * (8_192 - len(document))).json() == {"data": {"__typename": "Query"}}
    answer = get(network, CRI, document + "x" * (8_193 - len(document)))
    assert (answer.status_code, code(answer)) == (414, "BAD_REQUEST")


@contextmanager
def _everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    said: list[str] = []
    with caplog.at_level(logging.DEBUG), capture_logs() as ours:
        yield said
    said += [str(entry) for entry in ours]
    said += [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]


def test_no_query_string_is_logged(network: Network, caplog: pytest.LogCaptureFixture) -> None:
    canary = "Zephirine"
    with _everything_logged(caplog) as said:
        for raw in (
            f"query=%7B__typename%7D%23{canary}",
            f"query=%7B{canary}%7D",
            f"query=%7B__typename%7D&variables={canary}",
            f"{canary}=1",
            f"query=%7B__typename%7D%23{canary}" + "x" * 9_000,
        ):
            check(get(network, CRI, raw))
            check(get(network, None, raw))
    assert any("request_refused" in line for line in said)
    assert not [line for line in said if canary in line]
