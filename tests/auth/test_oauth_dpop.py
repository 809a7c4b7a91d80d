"""A bound token is worth nothing without its key: at the token endpoint and at the API."""

import asyncio
import secrets
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key
from sqlalchemy import func, select

from auth.bearer import Bearer
from auth.oauth import signed
from auth.oauth.assertions_out import make_proof
from auth.oauth.nonces import PERIOD, Nonces
from loaders.tokens.standing import DatabaseStanding
from schema.errors import NonceError, ProofError, UnauthenticatedError, UnavailableError
from schema.tables.oauth import oauth_jti, oauth_token
from tests.auth.oauth_world import ISSUER, Tool, World, now_seconds
from tests.auth.proofs import KEY, proof

pytestmark = pytest.mark.asyncio

AS_BY_DEFAULT: dict[str, Any] = {"dpop_bound": True, "bearer_for_persons": False}


async def bound(world: World, key: Key = KEY) -> tuple[Tool, str]:
    """A tool as it is by default, and a token of it that is bound to a key."""
    tool = await world.tool(**AS_BY_DEFAULT)
    answer = await world.post(tool.form(), make_proof(key, "POST", ISSUER.token_endpoint))
    assert answer.status_code == 200, answer.text
    return tool, str(answer.json()["access_token"])


async def tokens_of(world: World, tool: Tool) -> int:
    """How many tokens were issued to a tool."""
    return int(await world.value(select(func.count()).where(oauth_token.c.client_id == tool.id)))


# -------------------- 21: the token endpoint


async def test_a_token_is_bound_to_the_key_of_its_proof(world: World) -> None:
    tool, token = await bound(world)
    claims = signed.read(token).claims
    assert claims["cnf"] == {"jkt": KEY.thumbprint()}
    row = select(oauth_token.c.key_thumbprint).where(oauth_token.c.id == claims["jti"])
    assert await world.value(row) == KEY.thumbprint()
    answer = await world.post(tool.form(), make_proof(KEY, "POST", ISSUER.token_endpoint))
    assert answer.json()["token_type"] == "DPoP"
    assert "dpop-nonce" not in answer.headers


async def test_a_client_is_bound_unless_decided_otherwise(world: World) -> None:
    tool = await world.tool(**AS_BY_DEFAULT)
    person = await world.staff(tool.organisation_id)
    for answer in (await tool.token(), await tool.token_for(person)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
        assert answer.headers["cache-control"] == "no-store"
    assert await tokens_of(world, tool) == 0


async def test_bearer_by_decision_is_not_yet_bearer_for_persons(world: World) -> None:
    tool = await world.tool(dpop_bound=False, bearer_for_persons=False)
    person = await world.staff(tool.organisation_id)
    assert (await tool.token()).json()["token_type"] == "Bearer"
    voucher = tool.vouch(person)
    refused = await tool.token_for(person, assertion=voucher)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    # A bad or absent proof burns no assertion about a person.
    form = tool.form("urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=voucher)
    answer = await world.post(form, make_proof(KEY, "POST", ISSUER.token_endpoint))
    assert answer.json()["token_type"] == "DPoP"


async def test_a_client_that_may_have_bearer_tokens_may_bind_one(world: World) -> None:
    tool = await world.tool()
    answer = await world.post(tool.form(), make_proof(KEY, "POST", ISSUER.token_endpoint))
    assert signed.read(answer.json()["access_token"]).claims["cnf"] == {"jkt": KEY.thumbprint()}


async def test_a_broken_repeated_or_doubled_proof_gets_no_token_and_burns_no_assertion(world: World) -> None:
    tool = await world.tool(**AS_BY_DEFAULT)
    form = tool.form()
    fresh = make_proof(KEY, "POST", ISSUER.token_endpoint)
    for proofs in ([proof()], [fresh, fresh], ["not a proof"], ["x" * 5000]):
        answer = await world.post(form, *proofs)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), proofs
    assert (await world.post(form, fresh)).status_code == 200
    again = await world.post(tool.form(), fresh)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")
    assert await tokens_of(world, tool) == 1


async def test_of_eight_parallel_uses_of_one_proof_one_gets_a_token(world: World) -> None:
    tool = await world.tool(**AS_BY_DEFAULT)
    fresh = make_proof(KEY, "POST", ISSUER.token_endpoint)
    answers = await asyncio.gather(*(world.post(tool.form(), fresh) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_two_keys_may_use_the_same_jti(world: World) -> None:
    tool, jti = await world.tool(**AS_BY_DEFAULT), secrets.token_urlsafe()
    for key in (ECKey.generate_key("P-256"), ECKey.generate_key("P-256")):
        assert (await world.post(tool.form(), proof(key, ISSUER.token_endpoint, jti=jti))).status_code == 200


async def test_a_stranger_with_a_good_proof_writes_nothing_to_the_replay_store(world: World) -> None:
    tool = await world.tool(**AS_BY_DEFAULT)
    count = select(func.count()).select_from(oauth_jti)
    before = await world.value(count)
    stranger = Tool(tool.id, tool.organisation_id, ECKey.generate_key("P-256"), tool.kid, world)
    answer = await world.post(stranger.form(), make_proof(KEY, "POST", ISSUER.token_endpoint))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert await world.value(count) == before


# -------------------- 21: the API


async def refused(bearer: Bearer, authorization: str, header: str | None) -> UnauthenticatedError:
    """The refusal of a request."""
    with pytest.raises(UnauthenticatedError) as caught:
        await bearer.caller(authorization, header)
    return caught.value


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP "])
async def test_a_bound_token_passes_with_a_proof_of_its_own_for_each_request(world: World, scheme: str) -> None:
    tool, token = await bound(world)
    for _ in range(3):
        caller = await world.bearer.caller(f"{scheme} {token}", make_proof(KEY, "POST", ISSUER.api, token=token))
        assert (caller.client_id, caller.key_thumbprint) == (tool.id, KEY.thumbprint())


async def test_a_bound_token_is_nothing_without_its_key(world: World) -> None:
    _, token = await bound(world)
    _, other_token = await bound(world)
    thief = ECKey.generate_key("P-256")
    header = f"DPoP {token}"
    for seen in (False, True):
        cases = [
            (f"Bearer {token}", make_proof(KEY, "POST", ISSUER.api, token=token), UnauthenticatedError),
            (f"Bearer {token}", None, UnauthenticatedError),
            (header, None, ProofError),
            (header, make_proof(thief, "POST", ISSUER.api, token=token), ProofError),
            (header, make_proof(KEY, "POST", ISSUER.api, token=other_token), ProofError),
            (header, make_proof(KEY, "POST", ISSUER.api), ProofError),
            (header, make_proof(KEY, "GET", ISSUER.api, token=token), ProofError),
            (header, make_proof(KEY, "POST", ISSUER.token_endpoint, token=token), ProofError),
        ]
        for authorization, shown, error in cases:
            assert type(await refused(world.bearer, authorization, shown)) is error, (seen, authorization[:6])
        await world.bearer.caller(header, make_proof(KEY, "POST", ISSUER.api, token=token))


async def test_an_unbound_token_proves_nothing_by_a_proof(world: World) -> None:
    token = (await (await world.tool()).token()).json()["access_token"]
    for _ in range(2):
        shown = make_proof(KEY, "POST", ISSUER.api, token=token)
        assert type(await refused(world.bearer, f"DPoP {token}", shown)) is UnauthenticatedError
        assert await world.bearer.caller(f"Bearer {token}")


async def test_a_proof_passes_once_also_when_the_token_is_remembered(world: World) -> None:
    _, token = await bound(world)
    header = f"DPoP {token}"
    shown = make_proof(KEY, "POST", ISSUER.api, token=token)
    await world.bearer.caller(header, shown)
    for _ in range(2):
        assert (await refused(world.bearer, header, shown)).reason == "replayed proof"
    fresh = make_proof(KEY, "POST", ISSUER.api, token=token)
    uses = await asyncio.gather(*(world.bearer.caller(header, fresh) for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(use, BaseException) for use in uses) == 1
    assert sum(isinstance(use, ProofError) for use in uses) == 7


async def test_a_proof_of_the_token_endpoint_is_none_at_the_api(world: World) -> None:
    tool = await world.tool(**AS_BY_DEFAULT)
    shown = make_proof(KEY, "POST", ISSUER.token_endpoint)
    token = (await world.post(tool.form(), shown)).json()["access_token"]
    assert (await refused(world.bearer, f"DPoP {token}", shown)).reason == "htu"


async def test_without_a_replay_store_no_bound_token_passes(world: World) -> None:
    _, token = await bound(world)
    alone = Bearer(ISSUER, world.desk.public_keys, DatabaseStanding(world.lanes))
    with pytest.raises(UnavailableError):
        await alone.caller(f"DPoP {token}", make_proof(KEY, "POST", ISSUER.api, token=token))


async def test_the_row_and_the_token_have_to_name_the_same_key(world: World) -> None:
    _, token = await bound(world)
    await world.change(oauth_token, signed.read(token).claims["jti"], key_thumbprint="another")
    shown = make_proof(KEY, "POST", ISSUER.api, token=token)
    assert (await refused(world.bearer, f"DPoP {token}", shown)).reason == "row"


async def test_the_api_asks_for_its_nonce_and_renews_it(world: World) -> None:
    clock = [float(now_seconds())]
    nonces = Nonces(b"secret")
    bearer = Bearer(
        ISSUER, world.desk.public_keys, DatabaseStanding(world.lanes), lambda: clock[0],
        replays=world.replays, nonces=nonces,
    )  # fmt: skip
    _, token = await bound(world)
    header = f"DPoP {token}"

    def shown(nonce: str | None) -> str:
        return make_proof(KEY, "POST", ISSUER.api, token=token, nonce=nonce)

    for nonce in (None, "an old one"):
        error = await refused(bearer, header, shown(nonce))
        assert isinstance(error, NonceError)
        said = dict(bearer.challenges(error))
        assert said[b"dpop-nonce"].decode() == nonces.current(clock[0])
    first = nonces.current(clock[0])
    admitted = await bearer.admit(header, shown(first))
    await admitted.settle()
    assert admitted.headers == ()
    # The clock of the API moves on by one period, which is within the skew of the proof's iat only just.
    older = nonces.current(clock[0] - PERIOD)
    renewed = bearer.known(header, shown(older))
    assert renewed is not None
    await renewed.settle()
    assert renewed.headers == [(b"dpop-nonce", str(first).encode())]


async def test_the_token_endpoint_asks_for_its_nonce(world: World) -> None:
    nonces = Nonces(b"secret")
    world.desk._rules = type(world.desk._rules)(ISSUER, world.desk._rules.purposes, world.desk._rules.open_key, nonces)
    tool = await world.tool(**AS_BY_DEFAULT)
    form = tool.form()
    sent_back = await world.post(form, make_proof(KEY, "POST", ISSUER.token_endpoint))
    assert (sent_back.status_code, sent_back.json()["error"]) == (400, "use_dpop_nonce")
    nonce = sent_back.headers["dpop-nonce"]
    answer = await world.post(form, make_proof(KEY, "POST", ISSUER.token_endpoint, nonce=nonce))
    assert answer.status_code == 200
    assert answer.headers["dpop-nonce"] == nonces.current(now_seconds())
