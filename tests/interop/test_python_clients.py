"""requests-oauthlib gets tokens and asks: it knows only Basic, so the client's assertion goes with its request for a token."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error  # type: ignore[import-untyped]
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped]

from auth.oauth.assertions_out import make_client_assertion
from auth.oauth.client_assertion import ASSERTION_TYPE
from tests.network import Network

CLIENT = "cli_crip_59"
QUESTION = {"query": "{ viewer { audience } }"}


def session(network: Network, monkeypatch: pytest.MonkeyPatch) -> tuple[OAuth2Session, dict[str, str]]:
    """The library's session, and what it sends besides its grant."""
    # The network of the tests speaks plain HTTP on this machine.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    entry = next(one for one in network.card["clients"] if one["client_id"] == CLIENT)
    key = ECKey.import_key(json.loads(Path(entry["key_file"]).read_text()))
    assertion = make_client_assertion(key, CLIENT, network.base_url, kid=key.kid)
    made = OAuth2Session(client=BackendApplicationClient(client_id=CLIENT, scope=["cases:read"]))
    return made, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def test_requests_oauthlib_gets_a_token_and_an_answer(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    client, proven = session(network, monkeypatch)
    with client:
        token = client.fetch_token(f"{network.base_url}/oauth/token", include_client_id=True, **proven)
        assert (token["token_type"], token["scope"]) == ("Bearer", ["cases:read"])
        answer = client.post(f"{network.base_url}/graphql", json=QUESTION)
    assert answer.json() == {"data": {"viewer": {"audience": "ORG_CRIP"}}}


def test_its_own_methods_are_refused_in_words_that_it_understands(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in (
        {"client_id": CLIENT, "client_secret": "guess"},
        {"include_client_id": True, "client_secret": "guess"},
    ):
        client, _ = session(network, monkeypatch)
        with client, pytest.raises(OAuth2Error) as refused:
            client.fetch_token(f"{network.base_url}/oauth/token", **method)
        assert refused.value.error == "invalid_client"
