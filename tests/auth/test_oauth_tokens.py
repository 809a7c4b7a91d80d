"""What is issued: short tokens for the API alone, scopes never wider than asked or allowed, public keys only."""

import base64
import hashlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest
import uvicorn
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import URL, delete, func, insert, select, update
from starlette.applications import Starlette

from auth.bearer import Bearer
from auth.oauth import signed
from auth.oauth.issuer import Issuer
from auth.oauth.signing_keys import new_signing_key, unseal
from auth.policy import PURPOSES
from graph.oauth_endpoints import routes
from loaders.commands.authorization import AuthorizationDesk, create_first_signing_key
from loaders.postgres.connections import Lanes
from loaders.tokens.standing import DatabaseStanding
from schema.errors import SetupError, UnavailableError
from schema.tables.oauth import oauth_token, signing_key
from schema.vocabulary import Audience, OrgKind
from tests.auth.oauth_world import CASES, ISSUER, SEALING_KEY, World, dsn_of, now_seconds, open_reception

pytestmark = pytest.mark.asyncio


def unpadded(part: str) -> bytes:
    """Base64url without padding, as RFC 7515 writes it; independent of the code under test."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_token_is_an_rfc_9068_token_for_the_api_of_five_minutes(world: World) -> None:
    tool = await world.tool()
    answer = (await tool.token()).json()
    token = signed.read(answer["access_token"])
    active = await world.value(select(signing_key.c.kid).where(signing_key.c.state == "active"))
    assert token.header == {"alg": "ES256", "typ": "at+jwt", "kid": active}
    claims = dict(token.claims)
    assert set(claims) == {"iss", "sub", "aud", "client_id", "scope", "iat", "nbf", "exp", "jti", "org", "ep"}
    assert (claims["iss"], claims["aud"]) == ("https://maillage.example", "https://maillage.example/graphql")
    assert claims["sub"] == claims["client_id"] == tool.id
    assert claims["org"] == str(tool.organisation_id)
    assert claims["ep"] == "0.0"
    assert claims["exp"] - claims["iat"] == 300
    assert abs(claims["iat"] - now_seconds()) <= 2
    assert claims["nbf"] == claims["iat"]
    assert len(unpadded(claims["jti"])) == 18
    assert "refresh_token" not in answer


async def test_a_stranger_can_verify_a_token_with_the_published_key_alone(world: World) -> None:
    tool = await world.tool()
    header, payload, signature = (await tool.token()).json()["access_token"].split(".")
    jwks = (await world.http.get("/oauth/jwks")).json()["keys"]
    jwk = next(key for key in jwks if key["kid"] == orjson.loads(unpadded(header))["kid"])
    point = ec.EllipticCurvePublicNumbers(
        int.from_bytes(unpadded(jwk["x"])), int.from_bytes(unpadded(jwk["y"])), ec.SECP256R1()
    )
    raw = unpadded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    point.public_key().verify(der, f"{header}.{payload}".encode(), ec.ECDSA(SHA256()))


async def test_the_token_itself_is_nowhere_in_the_database(world: World) -> None:
    tool = await world.tool()
    token = (await tool.token()).json()["access_token"]
    async with world.engine.connect() as connection:
        rows = (await connection.execute(select(oauth_token).where(oauth_token.c.client_id == tool.id))).all()
    assert len(rows) == 1
    stored = repr(rows)
    assert token not in stored
    assert token.split(".")[2] not in stored
    assert hashlib.sha256(token.encode()).hexdigest() not in stored


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (None, "cases:read directory:read"),
        ("cases:read", "cases:read"),
        ("directory:read cases:read", "cases:read directory:read"),
        ("cases:read cases:read", "cases:read"),
    ],
)
async def test_a_scope_is_what_was_asked_within_what_is_allowed(world: World, asked: str | None, granted: str) -> None:
    tool = await world.tool()
    answer = (await tool.token(scope=asked)).json()
    assert answer["scope"] == granted
    token = signed.read(answer["access_token"])
    assert token.claims["scope"] == granted
    row = select(oauth_token.c.scopes).where(oauth_token.c.id == token.claims["jti"])
    assert await world.value(row) == granted.split()


@pytest.mark.parametrize(
    "asked", ["cases:write", "cases:read cases:write", "no:such", "cases:read no:such", "CASES:READ"]
)
@pytest.mark.parametrize("person", [False, True])
async def test_a_scope_beyond_the_client_is_refused_not_narrowed(world: World, asked: str, *, person: bool) -> None:
    tool = await world.tool()
    worker = await world.staff(tool.organisation_id)
    answer = await (tool.token_for(worker, scope=asked) if person else tool.token(scope=asked))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_a_scope_unknown_to_us_is_never_granted_even_if_the_clients_row_has_it(world: World) -> None:
    tool = await world.tool(scopes=["cases:read", "retired:scope"])
    assert (await tool.token()).json()["scope"] == "cases:read"
    assert (await tool.token(scope="retired:scope")).json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("kind", "audience"),
    [
        (OrgKind.CRIP, Audience.ORG_CRIP),
        (OrgKind.ASE, Audience.ORG_ASE),
        (OrgKind.ASSOCIATION, Audience.ORG_ASSOCIATION),
        (OrgKind.FOYER, Audience.ORG_ASSOCIATION),
        (OrgKind.DLPM, Audience.ORG_DLPM),
        (OrgKind.OBSERVATORY, Audience.ORG_OBSERVATORY),
    ],
)
async def test_an_organisations_token_has_the_audience_of_its_kind_and_no_person(
    world: World, kind: OrgKind, audience: Audience
) -> None:
    tool = await world.tool(await world.organisation(kind))
    token = (await tool.token()).json()["access_token"]
    caller = await world.bearer.caller(f"Bearer {token}")
    assert caller.audience is audience
    assert caller.audience.role is None
    assert (caller.member_id, caller.habilitation_id, caller.purpose) == (None, None, None)
    assert caller.scopes == CASES


async def test_only_public_keys_are_published_and_only_as_long_as_needed(world: World) -> None:
    gone, recent, coming = (new_signing_key(SEALING_KEY) for _ in range(3))
    now = datetime.now(UTC)
    rows = [
        (gone, "retired", now - timedelta(minutes=16)),
        (recent, "retired", now - timedelta(minutes=14)),
        (coming, "next", None),
    ]
    await world.run(delete(signing_key).where(signing_key.c.state == "next"))
    for key, state, retired_at in rows:
        values = {"state": state, "retired_at": retired_at, "sealed_private_key": key.sealed}
        await world.run(insert(signing_key).values(kid=key.kid, public_jwk=key.public_jwk, **values))
    active = await world.value(select(signing_key.c.kid).where(signing_key.c.state == "active"))
    answer = await world.http.get("/oauth/jwks")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = answer.json()["keys"]
    kids = {key["kid"] for key in keys}
    assert {active, recent.kid, coming.kid} <= kids
    assert gone.kid not in kids
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_a_private_key_is_sealed_in_the_database_and_bound_to_its_row() -> None:
    key, other = new_signing_key(SEALING_KEY), new_signing_key(SEALING_KEY)
    private = next(iter(unseal(key.sealed, SEALING_KEY, key.kid))).as_dict(private=True)
    assert private["x"] == key.public_jwk["x"]
    assert str(private["d"]).encode() not in key.sealed
    assert unpadded(str(private["d"])) not in key.sealed
    for sealed, sealing_key, kid in (
        (key.sealed, bytes(32), key.kid),
        (key.sealed, SEALING_KEY, other.kid),
        (key.sealed[:-1] + bytes([key.sealed[-1] ^ 1]), SEALING_KEY, key.kid),
        (key.sealed, b"short", key.kid),
    ):
        with pytest.raises(SetupError):
            unseal(sealed, sealing_key, kid)


async def test_there_is_one_first_key_however_often_it_is_made(world: World) -> None:
    async with world.engine.begin() as connection:
        first = await create_first_signing_key(connection, SEALING_KEY)
        again = await create_first_signing_key(connection, SEALING_KEY)
    assert first == again
    count = select(func.count()).select_from(signing_key).where(signing_key.c.state == "active")
    assert await world.value(count) == 1


async def test_a_desk_with_the_wrong_sealing_key_does_not_start(world: World) -> None:
    await world.desk.check()
    with pytest.raises(SetupError):
        await AuthorizationDesk(world.lanes, ISSUER, PURPOSES, bytes(32)).check()


async def test_without_a_database_the_answer_is_try_again_and_nothing_else() -> None:
    nowhere = Lanes("postgresql://nobody@/none?host=/nonexistent", size=1)
    desk = AuthorizationDesk(nowhere, ISSUER, PURPOSES, SEALING_KEY)
    transport = httpx2.ASGITransport(app=Starlette(routes=routes(desk, open_reception())))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER.url) as http:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjbGlfbm9ib2R5In0.AA",
        }
        answers = [await http.post("/oauth/token", data=form), await http.get("/oauth/jwks")]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json() == {"error": "temporarily_unavailable", "error_description": "Try again in a moment."}
        assert answer.headers["retry-after"] == "2"
    with pytest.raises(UnavailableError):
        await DatabaseStanding(nowhere).caller_of("x")
    with pytest.raises(UnavailableError):
        await desk.check()


async def test_without_a_signing_key_no_token_is_issued_and_the_assertion_may_be_sent_again(world: World) -> None:
    tool = await world.tool()
    active = await world.value(select(signing_key.c.kid).where(signing_key.c.state == "active"))
    set_aside = update(signing_key).where(signing_key.c.kid == active)
    form = tool.form()
    await world.run(set_aside.values(state="retired", retired_at=func.now()))
    try:
        answer = await world.post(form)
    finally:
        await world.run(set_aside.values(state="active", retired_at=None))
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert (await world.post(form)).status_code == 200


# -------------------- over a real socket


@pytest.fixture
def live(oauth_database: URL) -> Iterator[Issuer]:
    """The issuer of a real HTTP server on a free port of this machine."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        issuer = Issuer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        # The server thread has its own event loop, and so its own connections.
        desk = AuthorizationDesk(Lanes(dsn_of(oauth_database), size=4), issuer, PURPOSES, SEALING_KEY)

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            yield
            await desk.close()

        served = Starlette(routes=routes(desk, open_reception()), lifespan=life)
        server = uvicorn.Server(uvicorn.Config(served, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield issuer
        finally:
            server.should_exit = True
            thread.join()


def as_authlib(tool_id: str, key: Any, issuer: Issuer, kid: str) -> AsyncOAuth2Client:
    """A client written by others, told only what our documentation tells: kid, audience and a life of a minute."""
    client = AsyncOAuth2Client(tool_id, key, token_endpoint_auth_method="private_key_jwt")
    claims = {"exp": now_seconds() + 60}
    client.register_client_auth_method(PrivateKeyJWT(issuer.url, alg="ES256", headers={"kid": kid}, claims=claims))
    return client


async def test_authlibs_own_client_gets_a_token_over_http_that_the_api_accepts(world: World, live: Issuer) -> None:
    tool = await world.tool()
    async with httpx2.AsyncClient() as http:
        metadata = (await http.get(f"{live.url}/.well-known/oauth-authorization-server")).json()
    async with as_authlib(tool.id, tool.key, live, tool.kid) as client:
        endpoint = metadata["token_endpoint"]
        token = await client.fetch_token(endpoint, grant_type="client_credentials", scope="cases:read")
    assert token["scope"] == "cases:read"
    bearer = Bearer(live, world.desk.public_keys, DatabaseStanding(world.lanes))
    caller = await bearer.caller("Bearer " + token["access_token"])
    assert (caller.client_id, caller.organisation_id) == (tool.id, tool.organisation_id)
    assert caller.scopes == {"cases:read"}


async def test_a_body_over_the_limit_is_refused_over_http_without_reading_it_all(live: Issuer) -> None:
    async with httpx2.AsyncClient() as http:
        answer = await http.post(
            f"{live.url}/oauth/token",
            content=b"a=" + b"x" * 40_000,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


async def test_a_retired_signing_key_no_longer_signs_and_its_tokens_still_pass(world: World) -> None:
    tool = await world.tool()
    before = (await tool.token()).json()["access_token"]
    old = signed.read(before).header["kid"]
    fresh = new_signing_key(SEALING_KEY)
    retire = update(signing_key).where(signing_key.c.kid == old)
    await world.run(
        retire.values(state="retired", retired_at=func.now()),
        insert(signing_key).values(
            kid=fresh.kid, state="active", public_jwk=fresh.public_jwk, sealed_private_key=fresh.sealed
        ),
    )
    after = (await tool.token()).json()["access_token"]
    assert signed.read(after).header["kid"] == fresh.kid
    for token in (before, after):
        assert (await world.bearer.caller(f"Bearer {token}")).client_id == tool.id
