"""A tool gets a token only by one fresh assertion signed by a live key of its own; every failure answers alike."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from sqlalchemy import func, select, update

from auth.oauth.assertions_out import make_client_assertion
from auth.oauth.client_assertion import ASSERTION_TYPE
from auth.oauth.refusals import CLIENT_SENTENCE
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, oauth_client, oauth_jti, oauth_token
from schema.vocabulary import OrgKind
from tests.auth.oauth_world import ISSUER, Tool, World, now_seconds

pytestmark = pytest.mark.asyncio

REFUSED = {"error": "invalid_client", "error_description": CLIENT_SENTENCE}


async def tokens_of(world: World, tool: Tool) -> int:
    """How many tokens were issued to a tool."""
    statement = select(func.count()).select_from(oauth_token).where(oauth_token.c.client_id == tool.id)
    return int(await world.value(statement))


async def test_a_tool_with_a_good_assertion_gets_a_token(world: World) -> None:
    tool = await world.tool()
    answer = await tool.token()
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope"}
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 300
    assert answer.headers["cache-control"] == "no-store"
    assert await tokens_of(world, tool) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"iss": "cli_somebody_else"},
        {"sub": "cli_somebody_else"},
        {"sub": None},
        {"iss": None},
        {"aud": "https://elsewhere.example"},
        {"aud": ISSUER.token_endpoint},
        {"aud": [ISSUER.url]},
        {"aud": None},
        {"exp": None},
        {"exp": "later"},
        {"exp": True},
        {"exp": 10**18},
        {"jti": None},
        {"jti": "short"},
        {"jti": "x" * 129},
        {"jti": "with a space"},
        {"jti": "nul\u0000nul\u0000"},
        {"jti": 12345678},
        {"header_typ": "at+jwt"},
        {"header_typ": "authorization-grant+jwt"},
        {"header_kid": "unknown"},
        {"header_kid": "nul\u0000"},
    ],
    ids=str,
)
async def test_each_broken_rule_gets_the_same_answer(world: World, broken: dict[str, Any]) -> None:
    tool = await world.tool()
    answer = await tool.token(client_assertion=tool.proof(**broken))
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert await tokens_of(world, tool) == 0


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"exp": +300}, 200),
        ({"exp": +308}, 200),
        ({"exp": +330}, 401),
        ({"exp": +3600}, 401),
        ({"exp": -2}, 200),
        ({"exp": -20}, 401),
        ({"iat": +8, "exp": +68}, 200),
        ({"iat": +90, "exp": +150}, 401),
        ({"nbf": +8}, 200),
        ({"nbf": +90}, 401),
        ({"nbf": None, "iat": None}, 200),
    ],
    ids=str,
)
async def test_clocks_may_differ_by_ten_seconds_and_no_assertion_outlives_five_minutes(
    world: World, times: dict[str, int | None], status: int
) -> None:
    tool = await world.tool()
    now = now_seconds()
    claims = {name: None if shift is None else now + shift for name, shift in times.items()}
    answer = await tool.token(client_assertion=tool.proof(**claims))
    assert answer.status_code == status


@pytest.mark.parametrize("typ", ["JWT", "jwt", "client-authentication+jwt"])
async def test_the_registered_types_pass(world: World, typ: str) -> None:
    tool = await world.tool()
    assert (await tool.token(client_assertion=tool.proof(header_typ=typ))).status_code == 200


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (RSAKey.generate_key(2048), "PS256"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (OKPKey.generate_key("Ed25519"), "EdDSA"),
    ],
    ids=["ES256", "PS256", "Ed25519", "EdDSA"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # our own signing under the older name
async def test_the_accepted_algorithms_pass(world: World, key: Key, algorithm: str) -> None:
    tool = await world.tool(key=key)
    proof = make_client_assertion(key, tool.id, ISSUER.url, kid=tool.kid, algorithm=algorithm)
    assert (await tool.token(client_assertion=proof)).status_code == 200


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: RSAKey.generate_key(2048), "RS256"),
        (lambda: RSAKey.generate_key(1024), "PS256"),
        (lambda: ECKey.generate_key("P-384"), "ES384"),
    ],
    ids=["RS256", "short RSA", "ES384"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # the short key is the test
async def test_other_algorithms_and_weak_keys_are_refused(
    world: World, make: Callable[[], Key], algorithm: str
) -> None:
    key = make()
    tool = await world.tool(key=key)
    proof = make_client_assertion(key, tool.id, ISSUER.url, kid=tool.kid, algorithm=algorithm)
    answer = await tool.token(client_assertion=proof)
    assert (answer.status_code, answer.json()) == (401, REFUSED)


async def test_the_public_key_used_as_a_secret_and_no_signature_at_all_are_refused(world: World) -> None:
    tool = await world.tool()
    public = tool.key.as_dict(private=False)
    jti, expires = secrets.token_urlsafe(), now_seconds() + 60
    claims = {"iss": tool.id, "sub": tool.id, "aud": ISSUER.url, "exp": expires, "jti": jti}
    hmac = OctKey.import_key(str(public["x"]) + str(public["y"]))
    by_secret = jwt.encode({"alg": "HS256", "kid": tool.kid}, claims, hmac, algorithms=["HS256"])
    head, body, signature = tool.proof().split(".")
    none = urlsafe_b64encode(b'{"alg":"none","kid":"%s"}' % tool.kid.encode()).rstrip(b"=").decode()
    altered = f"{head}.{body}.{tool.proof().split('.')[2]}"
    for proof in (by_secret, altered, f"{none}.{body}.{signature}", f"{none}.{body}."):
        answer = await tool.token(client_assertion=proof)
        assert (answer.status_code, answer.json()) == (401, REFUSED)


async def test_another_clients_key_under_our_kid_is_refused(world: World) -> None:
    ours, theirs = await world.tool(), await world.tool()
    forged = make_client_assertion(theirs.key, ours.id, ISSUER.url, kid=ours.kid)
    assert (await ours.token(client_assertion=forged)).status_code == 401
    assert await tokens_of(world, ours) == 0


async def test_an_unknown_client_and_a_bad_key_get_the_same_answer(world: World) -> None:
    known = await world.tool()
    stranger = Tool("cli_nobody_knows_me", known.organisation_id, ECKey.generate_key("P-256"), "kid-1", world)
    forged = make_client_assertion(stranger.key, known.id, ISSUER.url, kid=known.kid)
    unknown, bad_key = await stranger.token(), await known.token(client_assertion=forged)
    assert unknown.status_code == bad_key.status_code == 401
    assert unknown.content == bad_key.content
    assert unknown.headers == bad_key.headers


async def test_a_client_id_beside_the_assertion_must_be_the_same(world: World) -> None:
    tool, other = await world.tool(), await world.tool()
    assert (await tool.token(client_id=tool.id)).status_code == 200
    answer = await tool.token(client_id=other.id)
    assert (answer.status_code, answer.json()) == (401, REFUSED)


async def test_only_an_old_client_may_name_the_token_endpoint(world: World) -> None:
    tool = await world.tool(legacy_aud=True)
    assert (await tool.token(client_assertion=tool.proof(aud=ISSUER.token_endpoint))).status_code == 200
    assert (await tool.token(client_assertion=tool.proof(aud=ISSUER.url))).status_code == 200
    assert (await tool.token(client_assertion=tool.proof(aud=[ISSUER.token_endpoint]))).status_code == 401


async def test_an_assertion_passes_once_even_when_its_first_use_was_refused(world: World) -> None:
    tool = await world.tool()
    proof = tool.proof()
    assert (await tool.token(client_assertion=proof)).status_code == 200
    assert (await tool.token(client_assertion=proof)).json() == REFUSED
    proof = tool.proof()
    assert (await tool.token(client_assertion=proof, scope="no:such")).json()["error"] == "invalid_scope"
    assert (await tool.token(client_assertion=proof)).json() == REFUSED


async def test_of_eight_parallel_uses_one_wins(world: World) -> None:
    tool = await world.tool()
    proof = tool.proof()
    answers = await asyncio.gather(*(tool.token(client_assertion=proof) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert await tokens_of(world, tool) == 1


async def test_two_clients_may_use_the_same_jti(world: World) -> None:
    first, second = await world.tool(), await world.tool()
    jti = secrets.token_urlsafe()
    assert (await first.token(client_assertion=first.proof(jti=jti))).status_code == 200
    assert (await second.token(client_assertion=second.proof(jti=jti))).status_code == 200


async def test_a_stranger_writes_nothing_to_the_replay_table(world: World) -> None:
    tool = await world.tool()
    count = select(func.count()).select_from(oauth_jti)
    before = await world.value(count)
    forged = make_client_assertion(ECKey.generate_key("P-256"), tool.id, ISSUER.url, kid=tool.kid)
    assert (await tool.token(client_assertion=forged)).status_code == 401
    assert await world.value(count) == before


async def test_a_retired_key_is_refused_while_its_successor_overlaps(world: World) -> None:
    tool = await world.tool()
    new = ECKey.generate_key("P-256")
    successor = Tool(tool.id, tool.organisation_id, new, "new-key", world)
    assert (await successor.token()).status_code == 401
    await world.add_key(successor)
    assert [(await one.token()).status_code for one in (tool, successor)] == [200, 200]
    retired = update(client_key).where(client_key.c.client_id == tool.id, client_key.c.kid == tool.kid)
    await world.run(retired.values(retired_at=func.now()))
    assert [(await one.token()).status_code for one in (tool, successor)] == [401, 200]


async def test_a_key_that_is_not_valid_yet_is_refused(world: World) -> None:
    tool = await world.tool()
    later = update(client_key).where(client_key.c.client_id == tool.id)
    await world.run(later.values(not_before=datetime.now(UTC) + timedelta(hours=1)))
    assert (await tool.token()).status_code == 401


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "SUSPENDED"},
        {"status": "PENDING"},
        {"status": "CLOSED"},
        {"valid_to": datetime.now(UTC).date() - timedelta(days=2)},
        {"valid_from": datetime.now(UTC).date() + timedelta(days=2)},
    ],
    ids=str,
)
async def test_an_organisation_out_of_the_network_gets_the_uniform_answer(
    world: World, columns: dict[str, Any]
) -> None:
    tool = await world.tool()
    assert (await tool.token()).status_code == 200
    await world.change(organisation, tool.organisation_id, **columns)
    assert (await tool.token()).json() == REFUSED


async def test_a_suspended_client_gets_the_uniform_answer(world: World) -> None:
    tool = await world.tool()
    await world.change(oauth_client, tool.id, status="SUSPENDED")
    assert (await tool.token()).json() == REFUSED


async def test_no_other_way_of_authentication_and_no_other_grant(world: World) -> None:
    tool = await world.tool()
    proof = tool.form()
    nothing = await world.post({"grant_type": "client_credentials", "client_id": tool.id})
    secret = await world.post({"grant_type": "client_credentials", "client_id": tool.id, "client_secret": "guess"})
    basic = await world.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": "Basic Y2xpOm5v"}
    )
    wrong_type = await world.post(proof | {"client_assertion_type": ASSERTION_TYPE + "x"})
    assert [answer.json() for answer in (nothing, secret, basic, wrong_type)] == [REFUSED] * 4
    assert basic.headers["www-authenticate"].startswith("Basic ")
    for grant in ("password", "authorization_code", "refresh_token", "implicit"):
        answer = await world.post(tool.form(grant, username="someone", password="guess"))
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_two_ways_at_once_repeated_parameters_and_a_query_are_refused(world: World) -> None:
    tool = await world.tool()
    both = await world.post(tool.form(client_secret="guess"))
    header = await world.http.post("/oauth/token", data=tool.form(), headers={"Authorization": "Basic Y2xpOm5v"})
    twice = await world.http.post(
        "/oauth/token",
        content="grant_type=client_credentials&grant_type=client_credentials",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    query = await world.http.post("/oauth/token?client_id=" + tool.id, data=tool.form())
    for answer in (both, header, twice, query):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert await tokens_of(world, tool) == 0


async def test_a_client_may_use_only_its_own_grants(world: World) -> None:
    tool = await world.tool(grants=[])
    answer = await tool.token()
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_the_operators_software_gets_no_token_of_its_own(world: World) -> None:
    tool = await world.tool(await world.organisation(OrgKind.OPERATOR))
    answer = await tool.token()
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert await tokens_of(world, tool) == 0
