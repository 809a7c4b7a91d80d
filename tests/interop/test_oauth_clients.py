"""Clients that others wrote get tokens, ask, introspect and revoke; and a foreign resource server accepts our tokens (18)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.demonstration.demo_tool import ACR
from tests.interop.node import run
from tests.network import Network, neighbour

QUESTION = json.dumps({"query": "{ viewer { audience } }"})
BOUND = pytest.mark.parametrize("client", ["cli_crip_59_dpop", "cli_crip_59"], ids=["bound", "bearer"])


@pytest.fixture(scope="module")
def asking_for_nonces(network: Network) -> Iterator[Network]:
    """The same network, served by a process that asks for a nonce in every proof."""
    with neighbour(network, dpop_nonce=True) as served:
        yield served


def given(network: Network, client: str) -> dict[str, Any]:
    """What a partner knows: our address, its own client and key, and one of its people."""
    entry = next(one for one in network.card["clients"] if one["client_id"] == client)
    person = next(one for one in entry["members"] if one["role"] == "CRI")
    return {
        "issuer": network.base_url,
        "resource": f"{network.base_url}/graphql",
        "clientId": client,
        "jwk": json.loads(Path(entry["key_file"]).read_text()),
        "person": {"id": person["id"], "acr": ACR, "purpose": person["purposes"][0]},
        "dpop": entry["dpop"],
        "question": QUESTION,
    }


def check(told: dict[str, Any], *, bound: bool) -> None:
    """What every client has to be able to do."""
    assert told["tokenType"] == ("dpop" if bound else "bearer")
    assert told["scope"] == "cases:read"
    assert told["organisation"] == {"data": {"viewer": {"audience": "ORG_CRIP"}}}
    assert told["person"] == {"data": {"viewer": {"audience": "CRI"}}}
    assert (told["before"], told["after"]) == (True, False)
    assert told["revoked"] == [["dpop", "invalid_token"], ["bearer", "invalid_token"]]


@BOUND
def test_oauth4webapi_does_everything_and_accepts_our_tokens_as_a_resource_server(
    network: Network, client: str
) -> None:
    asked = given(network, client)
    told = run("oauth4webapi.mjs", asked)
    check(told, bound=asked["dpop"])
    assert told["issuer"] is True
    assert "nonces" not in told
    assert told["organisationClaims"] == {"sub": client, "client_id": client, "bound": asked["dpop"]}
    assert told["personClaims"] == {"sub": asked["person"]["id"], "client_id": client, "bound": asked["dpop"]}


@BOUND
def test_openid_client_does_everything(network: Network, client: str) -> None:
    asked = given(network, client)
    check(run("openid_client.mjs", asked), bound=asked["dpop"])


@pytest.mark.parametrize("script", ["oauth4webapi.mjs", "openid_client.mjs"])
def test_both_follow_a_server_that_asks_for_nonces(asking_for_nonces: Network, script: str) -> None:
    told = run(script, given(asking_for_nonces, "cli_crip_59_dpop"))
    check(told, bound=True)
    if script == "oauth4webapi.mjs":
        # Once at the token endpoint; there the API's nonce came too, and each answer renews it.
        assert told["nonces"] == 1
