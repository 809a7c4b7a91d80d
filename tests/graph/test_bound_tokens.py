"""Over real HTTP a bound token passes with a fresh proof only, whatever is asked; a repeated proof does and tells nothing."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey

from auth.oauth.assertions_out import make_client_assertion, make_proof
from graph.demonstration import demo_tool
from tests.network import Network

CLIENT = "cli_crip_59_dpop"
QUESTIONS = {
    "personal": "{ concernReports(first: 1) { totalCount nodes { status } } }",
    "its own organisation": "{ viewer { audience organisation } }",
    "type name": "{ __typename }",
}
NOT_A_DOCUMENT = "{ nothingLikeThis }"


class Tool:
    """A demonstration's tool whose tokens are bound, with its key."""

    def __init__(self, network: Network, member: str | None = None) -> None:
        self.network = network
        self.url = f"{network.base_url}/graphql"
        found = next(one for one in network.card["clients"] if one["client_id"] == CLIENT)
        assert found["dpop"] is True
        self.key = ECKey.import_key(json.loads(Path(found["key_file"]).read_text()))
        self.token = demo_tool.fetch_token(network.card, CLIENT, member, None)

    def proof(self, method: str = "POST", url: str | None = None) -> str:
        """A fresh proof."""
        return make_proof(self.key, method, url or self.url, token=self.token)

    def ask(self, query: str, *proofs: str, scheme: str = "DPoP", **variables: Any) -> httpx2.Response:
        """Ask with these proofs."""
        headers = [("Authorization", f"{scheme} {self.token}"), *(("DPoP", proof) for proof in proofs)]
        return self.network.http.post(self.url, json={"query": query, "variables": variables}, headers=headers)


@pytest.fixture
def tool(network: Network) -> Tool:
    return Tool(network)


def challenges(answer: httpx2.Response) -> list[str]:
    return answer.headers.get_list("www-authenticate")


@pytest.mark.parametrize("query", list(QUESTIONS.values()), ids=list(QUESTIONS))
def test_each_question_needs_a_proof_of_its_own(tool: Tool, query: str) -> None:
    fresh = tool.proof()
    first = tool.ask(query, fresh)
    assert first.status_code == 200 and "errors" not in first.json(), first.text
    again = tool.ask(query, fresh)
    assert again.status_code == 401
    assert "data" not in again.json()
    assert again.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


def test_a_repeated_proof_is_not_told_either_what_is_wrong_with_a_document(tool: Tool) -> None:
    fresh = tool.proof()
    assert tool.ask(QUESTIONS["type name"], fresh).status_code == 200
    answer = tool.ask(NOT_A_DOCUMENT, fresh)
    assert answer.status_code == 401
    assert "nothingLikeThis" not in answer.text


def test_of_eight_parallel_uses_of_a_proof_one_gets_data(tool: Tool) -> None:
    fresh = tool.proof()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tool.ask(QUESTIONS["personal"], fresh), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


def test_a_repeated_proof_reads_nothing_into_the_access_log(network: Network, tool: Tool) -> None:
    fresh = tool.proof()
    assert tool.ask(QUESTIONS["personal"], fresh).status_code == 200
    before = _records(network)
    for _ in range(3):
        assert tool.ask(QUESTIONS["personal"], fresh).status_code == 401
    assert _records(network) == before


def _records(network: Network) -> int:
    return int(network.fetch("SELECT count(*) FROM access_log WHERE client_id = $1", CLIENT)[0][0])


def test_a_mutation_with_a_used_proof_writes_nothing(network: Network) -> None:
    tool = Tool(network, "CRI")
    listed = tool.ask("{ concernReports(first: 1, filter: {status: [SENT]}) { nodes { id } } }", tool.proof()).json()
    report = listed["data"]["concernReports"]["nodes"][0]["id"]
    act = (
        "mutation($r: ID!) { acknowledgeReport(input: {report: $r}) { concernReport { status } userErrors { code } } }"
    )
    used = tool.proof()
    assert tool.ask(QUESTIONS["type name"], used).status_code == 200
    assert tool.ask(act, used, r=report).status_code == 401
    seen = tool.ask("query($r: ID!) { node(id: $r) { ... on ConcernReport { status } } }", tool.proof(), r=report)
    assert seen.json()["data"]["node"]["status"] == "SENT"


def test_without_a_proof_or_with_another_scheme_nothing_is_answered(tool: Tool) -> None:
    query = QUESTIONS["type name"]
    stolen = make_proof(ECKey.generate_key("P-256"), "POST", tool.url, token=tool.token)
    two = tool.proof(), tool.proof()
    elsewhere = tool.proof(url=f"{tool.network.base_url}/oauth/token")
    for answer in (
        tool.ask(query), tool.ask(query, *two), tool.ask(query, stolen), tool.ask(query, elsewhere),
        tool.ask(query, tool.proof("GET")), tool.ask(query, "a.b.c"),
    ):  # fmt: skip
        assert answer.status_code == 401
        dpop, bearer = challenges(answer)
        assert 'error="invalid_dpop_proof"' in dpop
        assert "error" not in bearer
    for answer in (tool.ask(query, tool.proof(), scheme="Bearer"), tool.ask(query, scheme="Bearer")):
        assert answer.status_code == 401
        assert all('error="invalid_token"' in one for one in challenges(answer))


def test_a_stranger_is_told_how_to_come_in_and_no_error(network: Network) -> None:
    answer = network.post(None, {"query": "{ __typename }"})
    dpop, bearer = challenges(answer)
    place = f'resource_metadata="{network.base_url}/.well-known/oauth-protected-resource/graphql"'
    assert dpop == f'DPoP realm="maillage", {place}, algs="ES256 Ed25519 EdDSA"'
    assert bearer == f'Bearer realm="maillage", {place}'


def test_a_bound_token_reads_by_get_with_a_proof_for_get(tool: Tool) -> None:
    headers = {"Authorization": f"DPoP {tool.token}", "Accept": "application/graphql-response+json"}
    for proof, status in ((tool.proof("GET"), 200), (tool.proof("POST"), 401)):
        answer = tool.network.http.get(tool.url, params={"query": "{ __typename }"}, headers={**headers, "DPoP": proof})
        assert answer.status_code == status, answer.text


def test_a_bound_client_gets_nothing_without_a_proof(network: Network) -> None:
    found = next(one for one in network.card["clients"] if one["client_id"] == CLIENT)
    with pytest.raises(Exception, match=re.escape("DPoP")):
        demo_tool.fetch_token({**network.card, "clients": [{**found, "dpop": False}]}, CLIENT, None, None)


def test_a_revoked_token_reads_nothing_at_the_next_request(tool: Tool) -> None:
    issuer = tool.network.base_url
    form = {
        "token": tool.token,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }

    def asked(path: str) -> Any:
        assertion = make_client_assertion(tool.key, CLIENT, issuer, kid=tool.key.kid)
        return tool.network.http.post(f"{issuer}{path}", data={**form, "client_assertion": assertion}).json()

    assert tool.ask(QUESTIONS["personal"], tool.proof()).status_code == 200
    assert asked("/oauth/introspect")["active"] is True
    assert asked("/oauth/revoke") == {}
    assert asked("/oauth/introspect") == {"active": False}
    for query in QUESTIONS.values():
        assert tool.ask(query, tool.proof()).status_code == 401
