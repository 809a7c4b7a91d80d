"""What the authorization server and the API say of themselves, whatever a request claims (RFC 8414, RFC 9728)."""

import pytest

from auth.oauth import signed
from auth.oauth.issuer import Issuer
from auth.oauth.person_assertion import GRANT_TYPE
from schema.errors import SetupError
from tests.auth.oauth_world import ISSUER, World

pytestmark = pytest.mark.asyncio

ENDPOINTS = ("token", "introspection", "revocation")


async def test_the_metadata_names_what_is_there(world: World) -> None:
    answer = await world.http.get("/.well-known/oauth-authorization-server")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "issuer": "https://maillage.example",
        "token_endpoint": "https://maillage.example/oauth/token",
        "jwks_uri": "https://maillage.example/oauth/jwks",
        "scopes_supported": ["cases:read", "cases:write", "directory:read", "indicators:read"],
        "response_types_supported": ["none"],
        "grant_types_supported": ["client_credentials", GRANT_TYPE],
        "introspection_endpoint": "https://maillage.example/oauth/introspect",
        "revocation_endpoint": "https://maillage.example/oauth/revoke",
        **{
            f"{endpoint}_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"]
            for endpoint in ENDPOINTS
        },
        **{
            f"{endpoint}_endpoint_auth_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA", "PS256"]
            for endpoint in ENDPOINTS
        },
        "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
        "protected_resources": ["https://maillage.example/graphql"],
    }


@pytest.mark.parametrize("path", ["", "/graphql"])
async def test_the_api_names_its_authorization_server(world: World, path: str) -> None:
    answer = await world.http.get(f"/.well-known/oauth-protected-resource{path}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "resource": "https://maillage.example/graphql",
        "resource_name": "Maillage",
        "authorization_servers": ["https://maillage.example"],
        "scopes_supported": ["cases:read", "cases:write", "directory:read", "indicators:read"],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
        "dpop_bound_access_tokens_required": False,
    }


async def test_a_forged_host_changes_nothing(world: World) -> None:
    tool = await world.tool()
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    metadata = (await world.http.get("/.well-known/oauth-authorization-server", headers=forged)).json()
    assert metadata["issuer"] == ISSUER.url
    answer = await world.http.post("/oauth/token", data=tool.form(), headers=forged)
    claims = signed.read(answer.json()["access_token"]).claims
    assert (claims["iss"], claims["aud"]) == (ISSUER.url, ISSUER.api)
    redirected = tool.form(client_assertion=tool.proof(aud="https://evil.example"))
    assert (await world.http.post("/oauth/token", data=redirected, headers=forged)).status_code == 401


@pytest.mark.parametrize(
    "url",
    [
        "http://maillage.example",
        "https://maillage.example/",
        "https://maillage.example/path",
        "https://maillage.example?x=1",
        "https://user@maillage.example",
        "ftp://maillage.example",
        "maillage.example",
        "",
    ],
)
async def test_an_issuer_that_is_not_a_bare_secure_address_stops_the_start(url: str) -> None:
    with pytest.raises(SetupError):
        Issuer(url)


async def test_a_loopback_issuer_may_be_plain_http() -> None:
    assert Issuer("http://127.0.0.1:8000").api == "http://127.0.0.1:8000/graphql"
    assert Issuer("http://localhost:8000").token_endpoint == "http://localhost:8000/oauth/token"
