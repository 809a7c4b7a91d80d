"""Many callers at once: no answer holds anything of another's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from graph.schemas.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import CALLERS, token
from tests.network import Network

WHO = "viewer { audience organisation organisationKind purpose hasPerson }"
ROOTS = {
    "situations": "totalCount nodes { status minors { ageBand } withheld { field reason } }",
    "concernReports": "totalCount nodes { id status urgency situation { status } withheld { field reason } } edges { cursor }",
    "referrals": "totalCount nodes { id status kind followUps { status } } pageInfo { endCursor }",
    "resourceCards": "totalCount nodes { id title }",
    "members": "totalCount nodes { id }",
}


def _questions(audience: Audience) -> list[str]:
    root = schema_of(audience).query_type
    assert root is not None
    names = [name for name in ROOTS if name in root.fields and audience is not Audience.ONP]
    one = " ".join(f"{name}(first: 7) {{ {ROOTS[name]} }}" for name in names)
    return [f"{{ {WHO} {one} }}", f"{{ {WHO} }}", "{ nothingOfTheKind }"]


@pytest.fixture(scope="module")
def requests(network: Network) -> list[tuple[str, str]]:
    """A token and a question, for every audience and some more of the same."""
    # A kept token may have ended with what another test suspended: tokens never revive.
    network.tokens.clear()
    made = [(token(network, audience), query) for audience in CALLERS for query in _questions(audience)]
    for client in ("cli_crip_69M", "cli_crip_69D", "cli_crip_974", "cli_crip_13", "cli_ase_13", "cli_foyer"):
        made += [(network.token(client), query) for query in _questions(Audience.ORG_OBSERVATORY)]
    for client in ("cli_crip_69M", "cli_crip_69D", "cli_crip_974", "cli_crip_13"):
        made += [(network.token(client, "CRI"), query) for query in _questions(Audience.CRI)]
    return made


def test_fifty_at_once_get_what_each_gets_alone(network: Network, requests: list[tuple[str, str]]) -> None:
    address = f"{network.base_url}/graphql"
    limits = httpx2.Limits(max_connections=50, max_keepalive_connections=50)
    start = threading.Barrier(50)

    with httpx2.Client(timeout=60, limits=limits) as client:

        def ask(request: tuple[str, str]) -> Any:
            who, query = request
            answer = client.post(address, json={"query": query}, headers={"Authorization": f"Bearer {who}"})
            return answer.status_code, answer.content

        alone = [ask(request) for request in requests]
        assert len({content for _, content in alone}) > 20
        assert {status for status, _ in alone} == {200}

        def ask_together(place: int) -> list[Any]:
            start.wait(20)
            chosen = [(place * 7 + step * 11) % len(requests) for step in range(5)]
            return [(number, ask(requests[number])) for number in chosen]

        with ThreadPoolExecutor(50) as crowd:
            for answers in crowd.map(ask_together, range(50)):
                for number, answer in answers:
                    assert answer == alone[number], requests[number][1]
