"""Clients that know only a secret come in where the operator has decided so: requests-oauthlib, Authlib, simple-oauth2 (15)."""

import json
from typing import Any

import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
from oauthlib.oauth2 import BackendApplicationClient  # type: ignore[import-untyped]
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped]

from tests.interop.node import run
from tests.network import Network

CLIENT = "cli_crip_59_secret"
QUESTION = {"query": "{ viewer { audience } }"}
ANSWER = {"data": {"viewer": {"audience": "ORG_CRIP"}}}

REGISTER = """mutation ($organisation: ID!, $client: String!) { registerClient(input: {
  organisation: $organisation, client: $client, name: "Outil ancien", scopes: ["cases:read"], bearer: true, secret: true
}) { organisation { id } userErrors { code } } }"""
ISSUE = """mutation ($client: String!, $key: String) { issueClientSecret(input: {client: $client, idempotencyKey: $key}) {
  secret organisation { id } userErrors { code } } }"""
SECRETS = """{ tools(first: 100) { nodes { id authMethod secrets { id expiresAt } } } }"""


@pytest.fixture(scope="module")
def secret(network: Network) -> str:
    """An administrator registers the tool with the flag, the organisation's own delegate makes the secret."""
    [owner] = network.fetch("SELECT organisation_id FROM oauth_client WHERE id = 'cli_crip_59'")
    given = {"organisation": f"org_{owner['organisation_id']}", "client": CLIENT}
    registered = network.data("cli_operator", REGISTER, given, member="ADM")["registerClient"]
    assert registered["userErrors"] == []
    made = network.data("cli_crip_59", ISSUE, {"client": CLIENT, "key": "asked-once"}, member="DEL")[
        "issueClientSecret"
    ]
    assert made["userErrors"] == []
    # Asked again under its key the act is the same one, and what was shown once is not shown again.
    again = network.data("cli_crip_59", ISSUE, {"client": CLIENT, "key": "asked-once"}, member="DEL")[
        "issueClientSecret"
    ]
    assert (again["secret"], again["organisation"]) == (None, made["organisation"])
    found = network.data("cli_crip_59", SECRETS, member="DEL")["tools"]["nodes"]
    [tool] = [one for one in found if one["id"] == CLIENT]
    assert tool["authMethod"] == "CLIENT_SECRET_BASIC"
    [listed] = tool["secrets"]
    assert listed["id"].removeprefix("sec_").replace("-", "") in made["secret"]
    text: str = made["secret"]
    stored = str([network.fetch(f"SELECT * FROM {table}") for table in ("client_secret", "access_log", "idempotency")])
    assert text not in stored
    assert text.split("_", 2)[2] not in stored
    return text


def check(network: Network, token: dict[str, Any]) -> None:
    """A Bearer token that reads what an organisation may, and nothing of a person."""
    assert token["token_type"] == "Bearer"
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx2.post(f"{network.base_url}/graphql", json=QUESTION, headers=headers).json() == ANSWER


def test_requests_oauthlib_comes_in(network: Network, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with OAuth2Session(client=BackendApplicationClient(client_id=CLIENT, scope=["cases:read"])) as client:
        check(network, client.fetch_token(f"{network.base_url}/oauth/token", auth=HTTPBasicAuth(CLIENT, secret)))


def test_authlibs_client_comes_in_introspects_and_revokes(network: Network, secret: str) -> None:
    with OAuth2Client(CLIENT, secret, token_endpoint_auth_method="client_secret_basic") as client:
        token = client.fetch_token(f"{network.base_url}/oauth/token", grant_type="client_credentials")
        check(network, token)
        text = token["access_token"]
        asked = client.introspect_token(f"{network.base_url}/oauth/introspect", token=text)
        assert (asked.json()["active"], asked.json()["client_id"]) == (True, CLIENT)
        assert client.revoke_token(f"{network.base_url}/oauth/revoke", token=text).status_code == 200
        asked = client.introspect_token(f"{network.base_url}/oauth/introspect", token=text)
        assert asked.json() == {"active": False}


def test_simple_oauth2_comes_in_by_the_header_only(network: Network, secret: str) -> None:
    told = run(
        "simple_oauth2.mjs",
        {
            "issuer": network.base_url,
            "resource": f"{network.base_url}/graphql",
            "clientId": CLIENT,
            "secret": secret,
            "question": json.dumps(QUESTION),
        },
    )
    assert told == {"type": "Bearer", "answer": ANSWER, "inTheBody": "invalid_client"}
