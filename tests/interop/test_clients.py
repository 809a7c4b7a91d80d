"""Public GraphQL clients get what they ask for, in their own words, with nothing written for them."""

import pytest

from schema.vocabulary import Audience
from tests.graph.callers import data, token
from tests.interop.node import run
from tests.network import Network

QUERY = """query Inbox($n: Int!) { viewer { audience organisation } concernReports(first: $n) { totalCount
  edges { node { id status toAuthority { code } } } pageInfo { hasNextPage } } }"""
WRONG = "query Wrong { nothing }"
MUTATION = """mutation Acknowledge($input: AcknowledgeReportInput!) {
  acknowledgeReport(input: $input) { concernReport { id } userErrors { code field } } }"""
CLIENTS = {
    "graphql-request",
    "Apollo Client",
    "Apollo Client, GET",
    "Apollo Client, hashes",
    "urql",
    "urql, GET",
    "relay-runtime",
}


@pytest.fixture(scope="module")
def answers(network: Network) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = run(
        "clients.mjs",
        {
            "url": f"{network.base_url}/graphql",
            "token": token(network, Audience.CRI),
            "query": QUERY,
            "variables": {"n": 3},
            "wrong": WRONG,
            "mutation": MUTATION,
            "input": {"report": "rep_00000000-0000-4000-8000-000000000000"},
        },
    )
    return found


def test_every_client_gets_the_same_answer(network: Network, answers: dict[str, dict[str, object]]) -> None:
    assert set(answers) == CLIENTS
    expected = data(network, Audience.CRI, QUERY, {"n": 3})
    assert {name: answer["data"] for name, answer in answers.items()} == dict.fromkeys(CLIENTS, expected)


def test_every_client_tells_its_user_why_a_document_is_refused(answers: dict[str, dict[str, object]]) -> None:
    assert {name: answer["codes"] for name, answer in answers.items()} == {
        name: ["GRAPHQL_VALIDATION_FAILED"] for name in CLIENTS
    }


def test_every_client_acts_and_reads_what_was_refused(answers: dict[str, dict[str, object]]) -> None:
    assert {name: answer["act"] for name, answer in answers.items()} == {name: ["NOT_FOUND"] for name in CLIENTS}
