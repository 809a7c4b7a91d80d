"""The API accepts its own live tokens and nothing else, and never says why not."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey
from sqlalchemy import delete, func, insert, select

from auth.bearer import Bearer
from auth.caller import Caller
from auth.oauth import signed
from auth.oauth.signing_keys import new_signing_key, unseal
from loaders.tokens.standing import DatabaseStanding
from schema.errors import UnauthenticatedError
from schema.tables.oauth import oauth_token, signing_key
from schema.vocabulary import Audience, OrgKind, Role
from tests.auth.oauth_world import ISSUER, SEALING_KEY, World, now_seconds

pytestmark = pytest.mark.asyncio


class Counted:
    """The real standing, with its questions counted."""

    def __init__(self, world: World) -> None:
        self._standing = DatabaseStanding(world.lanes)
        self.asked = 0

    async def caller_of(self, token_id: str) -> Caller | None:
        """As the database says."""
        self.asked += 1
        return await self._standing.caller_of(token_id)


async def refusal(bearer: Bearer, header: str | None) -> str:
    """The reason kept for our log, after checking that the caller learns nothing of it."""
    with pytest.raises(UnauthenticatedError) as caught:
        await bearer.caller(header)
    assert caught.value.sentence == UnauthenticatedError.sentence
    assert str(caught.value) == UnauthenticatedError.sentence
    assert (caught.value.code, caught.value.status) == ("UNAUTHENTICATED", 401)
    return str(caught.value.reason)


async def our_key(world: World) -> tuple[Key, str]:
    """The server's own private key: so that a token can be wrong in one thing only."""
    columns = signing_key.c.kid, signing_key.c.sealed_private_key
    async with world.engine.connect() as connection:
        row = (await connection.execute(select(*columns).where(signing_key.c.state == "active"))).one()
    return next(iter(unseal(row.sealed_private_key, SEALING_KEY, row.kid))), row.kid


async def a_token(world: World) -> str:
    """A live token."""
    return str((await (await world.tool()).token()).json()["access_token"])


def changed(claims: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Claims with some replaced, and those that become None removed."""
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


async def test_a_live_token_is_its_caller(world: World) -> None:
    tool = await world.tool()
    officer = await world.staff(tool.organisation_id, Role.DPO)
    token = (await tool.token_for(officer)).json()["access_token"]
    caller = await world.bearer.caller(f"Bearer {token}")
    assert caller.audience is Audience.DPO
    assert caller.member_id == officer.id
    assert caller.organisation_kind is OrgKind.CRIP
    claims = signed.read(token).claims
    assert (caller.token_id, caller.expires_at, caller.epochs) == (claims["jti"], claims["exp"], claims["ep"])


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer ", "BeArEr   "])
async def test_the_scheme_is_case_insensitive(world: World, scheme: str) -> None:
    assert await world.bearer.caller(f"{scheme} {await a_token(world)}")


async def test_headers_without_a_bearer_token_are_refused(world: World) -> None:
    token = await a_token(world)
    for header in (None, "", "Bearer", "Bearer ", token, f"Basic {token}", f"Bearer {token} x"):
        await refusal(world.bearer, header)
    for header in (f"Bearer {token}\n", f"Bearer é{token}", "Bearer \ud800", "Bearer a.b.c", "Bearer " + "\0"):
        await refusal(world.bearer, header)
    assert await refusal(world.bearer, "Bearer " + token + "A" * 8192) == "oversize"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer or audience"),
        ({"iss": None}, "issuer or audience"),
        ({"aud": "https://maillage.example"}, "issuer or audience"),
        ({"aud": ["https://maillage.example/graphql"]}, "issuer or audience"),
        ({"aud": None}, "issuer or audience"),
        ({"exp": None}, "times"),
        ({"exp": "tomorrow"}, "times"),
        ({"exp": 0}, "times"),
        ({"nbf": None}, "times"),
        ({"nbf": 2**35}, "times"),
        ({"iat": None}, "times"),
        ({"iat": 2**35}, "times"),
        ({"sub": None}, "subject or id"),
        ({"sub": ""}, "subject or id"),
        ({"jti": None}, "subject or id"),
        ({"jti": 5}, "subject or id"),
        ({"jti": "not-a-token-of-ours"}, "standing"),
        ({"jti": "a-nul-inside\0"}, "subject or id"),
        ({"sub": "somebody-else"}, "row"),
        ({"ep": "7.0"}, "row"),
        ({"ep": None}, "row"),
    ],
    ids=str,
)
async def test_each_broken_claim_is_refused_even_under_our_own_signature(
    world: World, changes: dict[str, Any], reason: str
) -> None:
    key, kid = await our_key(world)
    claims = signed.read(await a_token(world)).claims
    header = {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    assert await world.bearer.caller("Bearer " + jwt.encode(header, dict(claims), key))
    token = jwt.encode(header, changed(claims, changes), key)
    assert await refusal(world.bearer, f"Bearer {token}") == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "client-authentication+jwt"},
        {"kid": None},
        {"kid": "unknown"},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/keys"},
        {"jwk": {"kty": "EC"}},
        {"crit": ["b64"], "b64": True},
    ],
    ids=str,
)
async def test_each_broken_header_is_refused_even_under_our_own_signature(
    world: World, changes: dict[str, Any]
) -> None:
    key, kid = await our_key(world)
    claims = dict(signed.read(await a_token(world)).claims)
    header = changed({"alg": "ES256", "typ": "at+jwt", "kid": kid}, changes)
    token = jwt.encode(header, claims, key, default_type=None)
    assert await refusal(world.bearer, f"Bearer {token}") in {"header", "signature"}


async def test_altered_unsigned_and_foreign_tokens_are_refused(world: World) -> None:
    ours, kid = await our_key(world)
    token = await a_token(world)
    head, body, signature = token.split(".")
    claims = dict(signed.read(token).claims)
    stranger = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    other = jwt.encode(header, {**claims, "scope": "cases:write"}, ours).split(".")[1]
    secret = OctKey.import_key(str(ours.as_dict(private=False)["x"]))
    none = urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt","kid":"%s"}' % kid.encode()).rstrip(b"=").decode()
    forgeries = [
        f"{head}.{other}.{signature}",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        jwt.encode(header, claims, stranger),
        jwt.encode({**header, "alg": "HS256"}, claims, secret, algorithms=["HS256"]),
        jwt.encode({**header, "jwk": stranger.as_dict(private=False)}, claims, stranger),
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
    ]
    for forged in forgeries:
        await refusal(world.bearer, f"Bearer {forged}")


async def test_assertions_are_not_access_tokens(world: World) -> None:
    tool = await world.tool()
    worker = await world.staff(tool.organisation_id)
    for assertion in (tool.proof(), tool.proof(aud=ISSUER.api), tool.vouch(worker)):
        assert await refusal(world.bearer, f"Bearer {assertion}") == "header"


async def test_a_token_ends_with_its_time_also_when_it_is_remembered(world: World) -> None:
    clock = [float(now_seconds())]
    bearer = Bearer(ISSUER, world.desk.public_keys, DatabaseStanding(world.lanes), clock=lambda: clock[0])
    token = await a_token(world)
    assert await bearer.caller(f"Bearer {token}")
    clock[0] += 305
    assert await bearer.caller(f"Bearer {token}")  # ten seconds of leeway
    clock[0] += 10
    assert await refusal(bearer, f"Bearer {token}") == "expired"
    assert await refusal(bearer, f"Bearer {token}") == "times"


async def test_the_database_is_asked_once_per_token_until_it_is_forgotten(world: World) -> None:
    standing = Counted(world)
    bearer = Bearer(ISSUER, world.desk.public_keys, standing)
    first, second = await a_token(world), await a_token(world)
    for token in (first, second, first, first, second):
        await bearer.caller(f"Bearer {token}")
    assert standing.asked == 2
    bearer.forget(str(signed.read(first).claims["jti"]))
    for token in (first, second):
        await bearer.caller(f"Bearer {token}")
    assert standing.asked == 3


async def test_a_refused_token_is_not_remembered(world: World) -> None:
    standing = Counted(world)
    bearer = Bearer(ISSUER, world.desk.public_keys, standing)
    token = await a_token(world)
    token_id = signed.read(token).claims["jti"]
    await world.change(oauth_token, token_id, revoked_at=func.now())
    for _ in range(2):
        assert await refusal(bearer, f"Bearer {token}") == "standing"
    assert standing.asked == 2


async def test_keys_are_loaded_rarely_and_a_new_one_is_found(world: World) -> None:
    clock, loads = [float(now_seconds())], 0

    async def load() -> list[dict[str, Any]]:
        nonlocal loads
        loads += 1
        return await world.desk.public_keys()

    bearer = Bearer(ISSUER, load, DatabaseStanding(world.lanes), clock=lambda: clock[0])
    token = await a_token(world)
    for _ in range(3):
        await bearer.caller(f"Bearer {token}")
    assert loads == 1
    fresh = new_signing_key(SEALING_KEY)
    await world.run(delete(signing_key).where(signing_key.c.state == "next"))
    await world.run(
        insert(signing_key).values(
            kid=fresh.kid, state="next", public_jwk=fresh.public_jwk, sealed_private_key=fresh.sealed
        )
    )
    key = next(iter(unseal(fresh.sealed, SEALING_KEY, fresh.kid)))
    claims = dict(signed.read(token).claims)
    under_new_key = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": fresh.kid}, claims, key)
    assert await refusal(bearer, f"Bearer {under_new_key}") == "signature"  # asked for a moment ago
    assert loads == 1
    clock[0] += 2
    assert await bearer.caller(f"Bearer {under_new_key}")
    assert loads == 2


async def test_a_dropped_key_is_forgotten_within_a_minute(world: World) -> None:
    clock = [float(now_seconds())]
    keys = await world.desk.public_keys()

    async def load() -> list[dict[str, Any]]:
        return keys

    bearer = Bearer(ISSUER, load, DatabaseStanding(world.lanes), clock=lambda: clock[0])
    first, second = await a_token(world), await a_token(world)
    await bearer.caller(f"Bearer {first}")
    keys = []
    clock[0] += 61
    assert await refusal(bearer, f"Bearer {second}") == "signature"
