"""Our signing keys change without anybody noticing, and are dropped at once when one is compromised."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select, update

from auth.oauth import signed
from loaders.commands import signing_keys
from loaders.commands.authorization import create_first_signing_key
from schema.errors import SetupError, UnauthenticatedError, UnavailableError
from schema.tables.oauth import oauth_token, signing_key
from tests.auth.oauth_world import SEALING_KEY, World

pytestmark = pytest.mark.asyncio

RECORDED: list[tuple[str, dict[str, str]]] = []


async def heard(what: str, /, **details: str) -> None:
    """What would be written into the access log."""
    RECORDED.append((what, details))


async def away(_: str, /, **__: str) -> None:
    """An access log that cannot be written."""
    raise UnavailableError(reason="test")


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(world: World) -> AsyncIterator[World]:
    """One active key and no other, before and after."""
    await _one_key(world)
    yield world
    await _one_key(world)


async def _one_key(world: World) -> None:
    await world.run(delete(signing_key))
    async with world.engine.begin() as connection:
        await create_first_signing_key(connection, SEALING_KEY)


async def published(world: World) -> set[str]:
    return {str(key["kid"]) for key in (await world.http.get("/oauth/jwks")).json()["keys"]}


async def token(world: World) -> str:
    answer = await (await world.tool()).token()
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def older(world: World, kid: str, by: timedelta) -> None:
    await world.run(update(signing_key).where(signing_key.c.kid == kid).values(created_at=datetime.now(UTC) - by))


async def test_the_next_key_is_published_before_it_signs_and_old_tokens_live_out_their_life(fresh: World) -> None:
    before = await token(fresh)
    old = signed.read(before).heading("kid")
    step = await signing_keys.rotate(fresh.engine, SEALING_KEY, heard)
    assert (step.active, step.wait) == (old, 300)
    assert step.next is not None
    assert await published(fresh) == {old, step.next}
    # Too early: somebody's copy of our keys may not have it yet.
    again = await signing_keys.rotate(fresh.engine, SEALING_KEY, heard)
    assert (again.active, again.next) == (old, step.next)
    assert 0 < again.wait <= 300
    assert signed.read(await token(fresh)).heading("kid") == old
    await older(fresh, step.next, timedelta(minutes=5, seconds=1))
    done = await signing_keys.rotate(fresh.engine, SEALING_KEY, heard)
    assert (done.active, done.next, done.wait) == (step.next, None, 0)
    after = await token(fresh)
    assert signed.read(after).heading("kid") == step.next
    assert await published(fresh) == {old, step.next}
    for one in (before, after):
        assert (await fresh.bearer.caller(f"Bearer {one}")).client_id
    states = {key.kid: key.state for key in await signing_keys.keys(fresh.engine)}
    assert states == {old: "retired", step.next: "active"}


async def test_two_operators_at_once_make_one_next_key(fresh: World) -> None:
    steps = await asyncio.gather(*(signing_keys.rotate(fresh.engine, SEALING_KEY, heard) for _ in range(4)))
    assert len({step.next for step in steps}) == 1
    assert len(await signing_keys.keys(fresh.engine)) == 2


async def test_a_compromised_key_is_dropped_at_once_with_every_token(fresh: World) -> None:
    before = await token(fresh)
    await fresh.bearer.caller(f"Bearer {before}")
    waiting = await signing_keys.rotate(fresh.engine, SEALING_KEY, heard)
    done = await signing_keys.drop_all(fresh.engine, SEALING_KEY, heard)
    assert RECORDED[-2:] == [
        ("signing-key.rotated", {"active": str(waiting.active), "next": str(waiting.next), "wait": "300"}),
        ("signing-key.dropped", {"active": done.active, "ended_tokens": str(done.ended_tokens)}),
    ]
    assert await published(fresh) == {done.active}
    assert waiting.next != done.active
    assert done.ended_tokens >= 1
    live = (
        select(func.count())
        .select_from(oauth_token)
        .where(oauth_token.c.revoked_at.is_(None), oauth_token.c.expires_at > func.now())
    )
    assert await fresh.value(live) == 0
    token_id = str(signed.read(before).claims["jti"])
    assert await fresh.value(select(func.standing(token_id))) is False
    fresh.bearer.forget(token_id)
    with pytest.raises(UnauthenticatedError):
        await fresh.bearer.caller(f"Bearer {before}")
    after = await token(fresh)
    assert signed.read(after).heading("kid") == done.active
    assert {key.state for key in await signing_keys.keys(fresh.engine)} == {"active", "dropped"}


async def test_what_cannot_be_recorded_is_not_done(fresh: World) -> None:
    before, access = await signing_keys.keys(fresh.engine), await token(fresh)
    for change in (signing_keys.rotate, signing_keys.drop_all):
        with pytest.raises(UnavailableError):
            await change(fresh.engine, SEALING_KEY, away)
    assert await signing_keys.keys(fresh.engine) == before
    assert (await fresh.bearer.caller(f"Bearer {access}")).client_id


async def test_without_a_key_rotating_says_what_to_do(fresh: World) -> None:
    await fresh.run(delete(signing_key))
    with pytest.raises(SetupError, match="--compromised"):
        await signing_keys.rotate(fresh.engine, SEALING_KEY, heard)
    assert (await signing_keys.drop_all(fresh.engine, SEALING_KEY, heard)).ended_tokens >= 0
    assert len(await published(fresh)) == 1
