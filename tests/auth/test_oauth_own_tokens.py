"""A client sees and ends its own tokens, at once and everywhere, and learns nothing of others' (22, 23)."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from auth.bearer import Bearer
from auth.oauth import signed
from auth.oauth.assertions_out import make_proof
from loaders.tokens.standing import DatabaseStanding
from schema.errors import UnauthenticatedError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation
from schema.vocabulary import Role
from tests.auth.oauth_world import ISSUER, Tool, World
from tests.auth.test_bearer import changed, our_key

pytestmark = pytest.mark.asyncio

INACTIVE = {"active": False}
BOTH = pytest.mark.parametrize("path", ["/oauth/introspect", "/oauth/revoke"])


async def asked(world: World, path: str, tool: Tool, token: str, **more: str) -> httpx2.Response:
    """A client's question about a token."""
    form = tool.form(None, token=token, **more)
    return await world.http.post(path, data=form)


async def introspected(world: World, tool: Tool, token: str) -> dict[str, Any]:
    """What a client is told of a token."""
    answer = await asked(world, "/oauth/introspect", tool, token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def live(world: World, tool: Tool) -> str:
    """A live token."""
    return str((await tool.token()).json()["access_token"])


async def test_a_client_sees_its_own_live_token_whole(world: World) -> None:
    tool = await world.tool()
    officer = await world.staff(tool.organisation_id, Role.DPO)
    for token, extra in (
        (await live(world, tool), set()),
        ((await tool.token_for(officer)).json()["access_token"], {"hab", "purpose", "acr", "auth_time"}),
    ):
        claims = signed.read(token).claims
        told = await introspected(world, tool, token)
        assert told == {
            "active": True,
            "token_type": "Bearer",
            **{name: claims[name] for name in ("iss", "aud", "sub", "client_id", "scope", "iat", "nbf", "jti", "org")},
            **{name: claims[name] for name in extra},
            "exp": claims["exp"],
        }


async def test_a_bound_token_is_told_with_its_key(world: World) -> None:
    tool, key = await world.tool(), ECKey.generate_key("P-256")
    answer = await world.post(tool.form(), make_proof(key, "POST", ISSUER.token_endpoint))
    told = await introspected(world, tool, answer.json()["access_token"])
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": key.thumbprint()})


async def test_what_is_no_live_token_of_the_client_is_exactly_inactive(world: World) -> None:
    tool, neighbour = await world.tool(), None
    neighbour = await world.tool(tool.organisation_id)
    token, theirs = await live(world, tool), await live(world, neighbour)
    key, kid = await our_key(world)
    header, claims = {"alg": "ES256", "typ": "at+jwt", "kid": kid}, dict(signed.read(token).claims)
    head, body, signature = token.split(".")
    stranger = ECKey.generate_key("P-256")
    forged: list[Mapping[str, Any]] = [
        changed(claims, {"iss": "https://elsewhere.example"}),
        changed(claims, {"aud": ISSUER.url}),
        changed(claims, {"exp": 1}),
        changed(claims, {"jti": "no-token-of-ours"}),
        changed(claims, {"jti": None}),
    ]
    garbage = [
        "garbage", "a.b.c", "%", "x" * 9000, tool.proof(), theirs,
        f"{head}.{body}.{signature[:-4]}AAAA",
        jwt.encode(header, claims, stranger),
        jwt.encode({**header, "kid": "unknown"}, claims, key),
        jwt.encode({**header, "typ": "JWT"}, claims, key),
        *(jwt.encode(header, dict(one), key) for one in forged),
    ]  # fmt: skip
    for text in garbage:
        assert await introspected(world, tool, text) == INACTIVE, text
        answer = await asked(world, "/oauth/revoke", tool, text)
        assert (answer.status_code, answer.json()) == (200, {})
    assert (await introspected(world, tool, token))["active"] is True
    assert (await introspected(world, neighbour, theirs))["active"] is True


async def test_revocation_is_seen_by_introspection_and_by_every_process_at_once(world: World) -> None:
    tool = await world.tool()
    token = await live(world, tool)
    elsewhere = Bearer(ISSUER, world.desk.public_keys, DatabaseStanding(world.lanes))
    assert await world.bearer.caller(f"Bearer {token}")
    for _ in range(2):
        answer = await asked(world, "/oauth/revoke", tool, token, token_type_hint="access_token")
        assert (answer.status_code, answer.json()) == (200, {})
        assert answer.headers["cache-control"] == "no-store"
    assert await introspected(world, tool, token) == INACTIVE
    with pytest.raises(UnauthenticatedError):
        await elsewhere.caller(f"Bearer {token}")
    # Who is remembered is asked for by every statement (tests/graph/test_bound_tokens.py, over HTTP).
    assert not await world.value(select(func.standing(signed.read(token).claims["jti"])))


async def test_a_revocation_keeps_its_first_moment(world: World) -> None:
    tool = await world.tool()
    token = await live(world, tool)
    moment = select(oauth_token.c.revoked_at).where(oauth_token.c.id == signed.read(token).claims["jti"])
    await asked(world, "/oauth/revoke", tool, token)
    first = await world.value(moment)
    await asked(world, "/oauth/revoke", tool, token)
    assert first is not None
    assert await world.value(moment) == first


async def test_introspection_sees_what_ends_a_token_and_resuming_revives_nothing(world: World) -> None:
    tool = await world.tool()
    worker = await world.staff(tool.organisation_id)
    token = (await tool.token_for(worker)).json()["access_token"]
    assert (await introspected(world, tool, token))["active"] is True
    await world.change(habilitation, worker.habilitation_id, state="SUSPENDED")
    assert await introspected(world, tool, token) == INACTIVE
    await world.change(habilitation, worker.habilitation_id, state="ACTIVE")
    assert await introspected(world, tool, token) == INACTIVE


async def test_a_suspended_client_or_organisation_may_not_ask(world: World) -> None:
    tool = await world.tool()
    token = await live(world, tool)
    await world.change(organisation, tool.organisation_id, status="SUSPENDED")
    for path in ("/oauth/introspect", "/oauth/revoke"):
        assert (await asked(world, path, tool, token)).json()["error"] == "invalid_client"
    await world.change(organisation, tool.organisation_id, status="ACTIVE")
    await world.change(oauth_client, tool.id, status="SUSPENDED")
    assert (await asked(world, "/oauth/introspect", tool, token)).status_code == 401


@BOTH
async def test_nobody_asks_without_authenticating(world: World, path: str) -> None:
    tool = await world.tool()
    token = await live(world, tool)
    stranger = Tool(tool.id, tool.organisation_id, ECKey.generate_key("P-256"), tool.kid, world)
    forms = [
        {"token": token},
        {"token": token, "client_id": tool.id},
        {"token": token, "client_id": tool.id, "client_secret": "guess"},
        stranger.form(None, token=token),
        tool.form(None, token=token, client_assertion=tool.vouch(await world.staff(tool.organisation_id))),
    ]
    for form in forms:
        answer = await world.http.post(path, data=form)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), form
    by_token = await world.http.post(path, data={"token": token}, headers={"Authorization": f"Bearer {token}"})
    assert by_token.status_code == 401
    once = tool.form(None, token=token)
    answers = await asyncio.gather(*(world.http.post("/oauth/introspect", data=once) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert (await introspected(world, tool, token))["active"] is True


@BOTH
async def test_malformed_questions_are_refused_like_malformed_token_requests(world: World, path: str) -> None:
    tool = await world.tool()
    whole = tool.form(None, token="x")
    del whole["token"]
    empty = tool.form(None, token="")
    for answer, status in (
        (await world.http.get(path), 405),
        (await world.http.post(path, json={"token": "x"}), 400),
        (await world.http.post(path, data=whole), 400),
        (await world.http.post(path, data=empty), 400),
        (await world.http.post(f"{path}?token=x", data=tool.form(None, token="x")), 400),
        (await world.http.post(path, data={"token": "\0"}), 400),
        (await world.http.post(path, data={"token": "x" * 20_000}), 413),
    ):
        assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")
        assert answer.headers["cache-control"] == "no-store"


@BOTH
async def test_a_bound_client_asks_with_its_assertion_alone(world: World, path: str) -> None:
    tool = await world.tool(dpop_bound=True, bearer_for_persons=False)
    assert (await asked(world, path, tool, "anything", token_type_hint="refresh_token")).status_code == 200
