"""The life of our signing keys: the next one is published before it signs, the last one after it has signed.

Every copy of our key set (ours, partners' resource servers) may be five minutes old, so a key signs only after it has
been published for that long, and stays published for as long after its last token as that token can live.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.oauth.signing_keys import new_signing_key
from loaders.journals.authentication_log import Record
from schema.errors import SetupError
from schema.tables.oauth import oauth_token, signing_key

# The `max-age` under which the key set is served.
PUBLISHED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KeyState:
    """One key, as `keys list` shows it."""

    kid: str
    state: str
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was done: the key that signs now, the next one, and in how many seconds the next step is possible."""

    active: str
    next: str | None
    wait: int
    ended_tokens: int = 0


async def keys(engine: AsyncEngine) -> list[KeyState]:
    """Every key, the newest first."""
    columns = (signing_key.c.kid, signing_key.c.state, signing_key.c.created_at, signing_key.c.retired_at)
    async with engine.connect() as connection:
        rows = await connection.execute(select(*columns).order_by(signing_key.c.created_at.desc()))
        return [KeyState(*row) for row in rows]


async def rotate(engine: AsyncEngine, sealing_key: bytes, record: Record) -> Rotation:
    """The next step: publish a next key; once that is old enough, let it sign and retire the active one."""
    async with engine.begin() as connection:
        await _lock(connection)
        step = await _next_step(connection, sealing_key)
        await record("signing-key.rotated", active=step.active, next=step.next or "none", wait=str(step.wait))
        return step


async def _next_step(connection: AsyncConnection, sealing_key: bytes) -> Rotation:
    active, coming = await _one(connection, "active"), await _one(connection, "next")
    if active is None:
        raise SetupError("No key signs: `keys rotate --compromised` makes a new one at once.")
    if coming is None:
        fresh = await _add(connection, sealing_key, "next")
        return Rotation(active.kid, fresh, int(PUBLISHED_BEFORE.total_seconds()))
    wait = (PUBLISHED_BEFORE - coming.age).total_seconds()
    if wait > 0:
        return Rotation(active.kid, coming.kid, int(wait) + 1)
    await connection.execute(_moved(signing_key.c.kid == active.kid, "retired"))
    await connection.execute(update(signing_key).where(signing_key.c.kid == coming.kid).values(state="active"))
    return Rotation(coming.kid, None, 0)


async def drop_all(engine: AsyncEngine, sealing_key: bytes, record: Record) -> Rotation:
    """A key was compromised: none of those we had is published or signs any more, and no token of theirs stands."""
    async with engine.begin() as connection:
        await _lock(connection)
        # All of them lie under one sealing key, so whoever had one may have had the others.
        await connection.execute(_moved(signing_key.c.state != "dropped", "dropped"))
        fresh = await _add(connection, sealing_key, "active")
        live = (oauth_token.c.revoked_at.is_(None), oauth_token.c.expires_at > func.now())
        ended = await connection.execute(
            update(oauth_token).where(*live).values(revoked_at=func.now()).returning(oauth_token.c.id)
        )
        dropped = Rotation(fresh, None, 0, len(ended.all()))
        await record("signing-key.dropped", active=fresh, ended_tokens=str(dropped.ended_tokens))
        return dropped


async def _lock(connection: AsyncConnection) -> None:
    # Two operators at once would otherwise both find no next key.
    await connection.execute(select(func.pg_advisory_xact_lock(7_264_520)))


async def _one(connection: AsyncConnection, state: str) -> Any:
    age = (func.now() - signing_key.c.created_at).label("age")
    return (await connection.execute(select(signing_key.c.kid, age).where(signing_key.c.state == state))).one_or_none()


async def _add(connection: AsyncConnection, sealing_key: bytes, state: str) -> str:
    fresh = new_signing_key(sealing_key)
    row = {"kid": fresh.kid, "state": state, "public_jwk": fresh.public_jwk, "sealed_private_key": fresh.sealed}
    await connection.execute(insert(signing_key).values(**row))
    return fresh.kid


def _moved(which: Any, state: str) -> Any:
    return (
        update(signing_key)
        .where(which)
        .values(state=state, retired_at=func.coalesce(signing_key.c.retired_at, func.now()))
    )
