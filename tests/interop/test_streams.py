"""npm graphql-ws and graphql-sse follow what happens, ask, act and are refused over streams, in their own words."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop.node import talking
from tests.network import Network

ASSOCIATION = "cli_asso_measure"
CLIENTS = ("graphql-ws", "graphql-sse")
QUESTION = "{ viewer { audience } }"
WATCH = """subscription Followed($ids: [ID!]!) { statusChanged(ids: $ids) { id ended node { ... on Referral { status } } } }"""
MUTATION = "mutation Note($input: RecordFollowUpInput!) { recordFollowUp(input: $input) { userErrors { code } } }"


@pytest.fixture(scope="module", name="found")
def what_clients_got(network: Network) -> Iterator[tuple[str, dict[str, Any]]]:
    nodes = network.data(ASSOCIATION, "{ referrals(first: 100) { nodes { id status } } }")["referrals"]["nodes"]
    public = next(node["id"] for node in nodes if node["status"] == "ONGOING")
    row = public.partition("_")[2]
    given = {
        "url": f"{network.base_url}/graphql",
        "token": network.token(ASSOCIATION),
        "question": QUESTION,
        "wrong": "{ nothingOfTheKind }",
        "watch": WATCH,
        "variables": {"ids": [public]},
        "mutation": MUTATION,
        "input": {
            "referral": "ref_00000000-0000-4000-8000-000000000000",
            "status": "FIRST_MEETING",
            "date": "2026-01-01",
        },
    }
    with talking("streams.mjs", given) as hear:
        try:
            assert hear() == "waiting"
            network.administer("UPDATE referral SET status = 'PAUSED_RUNAWAY' WHERE id = $1", row)
            network.administer("UPDATE referral SET status = 'WITHDRAWN' WHERE id = $1", row)
            yield public, hear()
        finally:
            network.administer("UPDATE referral SET status = 'ONGOING' WHERE id = $1", row)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_hears_the_end_of_access_and_its_stream_completes(
    found: tuple[str, dict[str, Any]], client: str
) -> None:
    public, answers = found
    events = [result["data"]["statusChanged"] for result in answers[client]["events"]]
    # Both changes may be one look: what is told is how things stand.
    assert events[-1] == {"id": public, "ended": True, "node": None}
    for event in events[:-1]:
        # Looked up before the second change, and shown under the rights after it.
        assert event in [{"id": public, "ended": False, "node": node} for node in (None, {"status": "PAUSED_RUNAWAY"})]
    assert len(events) <= 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_asks_and_acts_over_its_stream(found: tuple[str, dict[str, Any]], client: str) -> None:
    answers = found[1][client]
    assert answers["question"] == [{"data": {"viewer": {"audience": "ORG_ASSOCIATION"}}}]
    assert answers["act"] == ["NOT_FOUND"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_tells_its_user_why_it_is_refused(found: tuple[str, dict[str, Any]], client: str) -> None:
    answers = found[1][client]
    assert answers["wrong"] == ["GRAPHQL_VALIDATION_FAILED"]
    assert answers["bad"] == {"graphql-ws": 4403, "graphql-sse": 401}[client]
