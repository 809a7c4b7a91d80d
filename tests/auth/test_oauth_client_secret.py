"""Secrets of tools that cannot sign (10): Basic and nothing else, where the row says so; overlap, end, one refusal, bounded work."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auth.oauth import client_secret as secrets_
from auth.oauth.client_secret import SecretHashes, hash_of, new_secret, presented
from auth.oauth.person_assertion import GRANT_TYPE
from auth.oauth.refusals import CLIENT_SENTENCE
from schema.errors import UnavailableError
from schema.tables.oauth import client_secret, oauth_client, oauth_jti, oauth_token
from tests.auth.oauth_world import ACR, Tool, World

REFUSED = {"error": "invalid_client", "error_description": CLIENT_SENTENCE}
BY_SECRET: dict[str, Any] = {
    "auth_method": "CLIENT_SECRET_BASIC",
    "grants": ["client_credentials"],
    "accepted_acr": [],
    "bearer_for_persons": False,
}
FORM = {"grant_type": "client_credentials"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def made(world: World, tool: Tool, **columns: Any) -> str:
    """A secret of the tool, as the act that makes one leaves it."""
    identity = uuid4()
    secret = new_secret(identity)
    people = [(await world.staff(tool.organisation_id)).id for _ in range(2)]
    values = {"allowed_by_id": people[0], "added_by_id": people[1], "expires_at": datetime.now(UTC) + timedelta(days=9)}
    row = {"id": identity, "client_id": tool.id, "organisation_id": tool.organisation_id, "hash": hash_of(secret)}
    await world.run(insert(client_secret).values(**row, **(values | columns)))
    return secret


async def ask(world: World, user: str, password: str, **form: str) -> httpx2.Response:
    return await world.http.post("/oauth/token", data=FORM | form, headers=basic(user, password))


async def test_a_secret_gives_an_organisations_token_however_it_is_encoded(world: World) -> None:
    tool = await world.tool(**BY_SECRET)
    secret = await made(world, tool)
    strict = [quote(word, safe="").replace("-", "%2D").replace("_", "%5F") for word in (tool.id, secret)]
    for user, password in ((tool.id, secret), (quote_plus(tool.id), quote_plus(secret)), (strict[0], strict[1])):
        answer = await ask(world, user, password)
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "Bearer"
    assert (await ask(world, tool.id, secret, client_id=tool.id)).status_code == 200
    caller = (await world.bearer.admit(f"Bearer {answer.json()['access_token']}")).caller
    assert (caller.client_id, caller.member_id) == (tool.id, None)
    # What it used up is nothing: there is no assertion.
    told = await world.http.post(
        "/oauth/introspect", data={"token": answer.json()["access_token"]}, headers=basic(tool.id, secret)
    )
    assert told.json()["active"] is True
    ended = await world.http.post(
        "/oauth/revoke", data={"token": answer.json()["access_token"]}, headers=basic(tool.id, secret)
    )
    assert ended.status_code == 200
    token = select(oauth_token.c.revoked_at).where(oauth_token.c.id == caller.token_id)
    assert await world.value(token) is not None


async def test_every_other_way_is_the_one_refusal_and_writes_nothing(world: World) -> None:
    tool, other, signing = (await world.tool(**BY_SECRET), await world.tool(**BY_SECRET), await world.tool())
    secret, of_other = await made(world, tool), await made(world, other)
    ended = await made(world, tool, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    of_signing = await made(world, signing)
    before = await world.value(select(func.count()).select_from(oauth_token))
    used = await world.value(select(func.count()).select_from(oauth_jti))
    answers = [
        await ask(world, tool.id, secret[:-1] + ("A" if secret[-1] != "A" else "B")),
        await ask(world, tool.id, of_other),
        await ask(world, tool.id, ended),
        await ask(world, "cli_no_such_tool", secret),
        await ask(world, signing.id, of_signing),
        await ask(world, tool.id, secret, client_id=other.id),
        await ask(world, tool.id, ""),
        await ask(world, "", secret),
        await ask(world, "é", secret),
        await world.http.post("/oauth/token", data=FORM, headers={"Authorization": "Basic %%%"}),
        await world.http.post("/oauth/token", data=FORM, headers={"Authorization": "Bearer " + secret}),
        await world.http.post("/oauth/token", data=FORM | {"client_id": tool.id, "client_secret": secret}),
        # A tool with a secret cannot sign, whatever keys it has.
        await tool.token(),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    assert all(answer.json() == REFUSED for answer in answers)
    assert {answer.headers["www-authenticate"].split()[0] for answer in answers} == {"Basic"}
    query = await world.http.post(f"/oauth/token?client_id={tool.id}&client_secret={secret}", data=FORM)
    assert query.status_code == 400
    assert await world.value(select(func.count()).select_from(oauth_token)) == before
    assert await world.value(select(func.count()).select_from(oauth_jti)) == used


async def test_two_secrets_overlap_and_one_that_ends_ends_at_once(world: World) -> None:
    tool = await world.tool(**BY_SECRET)
    first, second = await made(world, tool), await made(world, tool)
    assert [(await ask(world, tool.id, one)).status_code for one in (first, second)] == [200, 200]
    named = presented(basic(tool.id, first)["Authorization"])
    assert named is not None
    await world.run(update(client_secret).where(client_secret.c.id == named.secret_id).values(expires_at=func.now()))
    # Known to the process from its first use, and refused all the same.
    assert [(await ask(world, tool.id, one)).status_code for one in (first, second)] == [401, 200]
    await world.change(oauth_client, tool.id, status="SUSPENDED")
    assert (await ask(world, tool.id, second)).json() == REFUSED


async def test_a_secret_is_never_enough_for_a_person_nor_for_a_bound_tool_without_proof(world: World) -> None:
    tool = await world.tool(**BY_SECRET)
    secret, person = await made(world, tool), await world.staff(tool.organisation_id)
    answer = await world.http.post(
        "/oauth/token",
        data={"grant_type": GRANT_TYPE, "assertion": tool.vouch(person)},
        headers=basic(tool.id, secret),
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    bound = await world.tool(**BY_SECRET, dpop_bound=True)
    refused = await ask(world, bound.id, await made(world, bound))
    assert refused.json()["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize(
    "columns",
    [{"grants": ["client_credentials", GRANT_TYPE]}, {"accepted_acr": [ACR]}, {"bearer_for_persons": True},
     {"jwks_uri": "https://keys.example/jwks"}],
    ids=["grant", "acr", "bearer for persons", "address"],
)  # fmt: skip
async def test_the_database_refuses_a_secret_beside_anything_for_persons(world: World, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="secret_without_persons"):
        await world.tool(**(BY_SECRET | columns))


async def test_the_database_refuses_one_person_alone_a_plain_secret_and_one_for_ever(world: World) -> None:
    tool = await world.tool(**BY_SECRET)
    one = (await world.staff(tool.organisation_id)).id
    for columns in (
        {"allowed_by_id": one, "added_by_id": one},
        {"hash": "mls_in_the_clear"},
        {"expires_at": datetime.now(UTC) + timedelta(days=400)},
    ):
        people = {"allowed_by_id": one, "added_by_id": (await world.staff(tool.organisation_id)).id}
        row = {"client_id": tool.id, "organisation_id": tool.organisation_id, "hash": hash_of("x")}
        values = {"expires_at": datetime.now(UTC) + timedelta(days=1), **people, **row, **columns}
        with pytest.raises(IntegrityError):
            await world.run(insert(client_secret).values(**values))


async def test_an_unknown_client_and_a_wrong_secret_cost_one_hash_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    verified = secrets_._verified

    def noted(stored: str, text: str) -> bool:
        tried.append(stored)
        return verified(stored, text)

    monkeypatch.setattr(secrets_, "_verified", noted)
    tool = await world.tool(**BY_SECRET)
    await made(world, tool)
    secret = await made(world, tool)
    for user, password in ((tool.id, secret[:-1] + "~"), ("cli_nobody", secret), ("cli_nobody", new_secret(uuid4()))):
        tried.clear()
        assert (await ask(world, user, password)).status_code == 401
        # Not even the shape of a secret: nothing was tried, whoever it says it is.
        assert len(tried) == (0 if "~" in password else 1)
    tried.clear()
    assert (await ask(world, tool.id, secret[:-1] + ("A" if secret[-1] != "A" else "B"))).status_code == 401
    assert len(tried) == 1
    for _ in range(3):
        assert (await ask(world, tool.id, secret)).status_code == 200
    # The right one is tried once; then its digest is known.
    assert len(tried) == 2


async def test_more_at_once_than_can_wait_are_told_to_come_back_and_the_loop_goes_on() -> None:
    hashes = SecretHashes()
    stored = hash_of("right")
    asked = [hashes.matches(stored, f"wrong {number}") for number in range(secrets_._MOST_WAITING + 5)]
    turns = 0

    async def counted() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    ticking = asyncio.create_task(counted())
    told = await asyncio.gather(*asked, return_exceptions=True)
    ticking.cancel()
    assert [one for one in told if isinstance(one, UnavailableError)] == told[secrets_._MOST_WAITING :]
    assert set(told[: secrets_._MOST_WAITING]) == {False}
    assert turns > len(told)
    assert await hashes.matches(stored, "right")
    hashes.close()


def test_a_secret_is_ours_256_bits_behind_its_own_id_and_stored_as_argon2id() -> None:
    identity = UUID(int=7)
    secret = new_secret(identity)
    assert len(base64.urlsafe_b64decode(secret[-43:] + "=")) * 8 == 256
    assert secret.startswith(f"mls_{identity.hex}_")
    assert len(secret) == 4 + 32 + 1 + 43
    assert new_secret(identity) != secret
    assert hash_of(secret).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert secret not in hash_of(secret)
