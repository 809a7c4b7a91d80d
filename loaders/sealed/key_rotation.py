"""A new key-encryption key: every data key is wrapped anew, in batches, while the service runs; values stay as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from loaders.sealed.envelope import CannotOpenError, WrappedKey, rewrap
from loaders.sealed.keyring import KeyAwayError, Keyring
from schema.tables.keys import situation_key

BATCH = 500
_FIRST = UUID(int=0)
_LIVE = situation_key.c.wrapped.is_not(None)
_IN_USE = (
    select(situation_key.c.kek_version, func.count().label("keys_of"))
    .where(_LIVE)
    .group_by(situation_key.c.kek_version)
)
_CHANGE = (
    update(situation_key)
    .where(situation_key.c.id == bindparam("key_id"))
    .values(wrapped=bindparam("new_wrapped"), kek_version=bindparam("new_version"))
)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    version: int
    rewrapped: int
    unreadable: int
    retired: tuple[int, ...]
    destroyed: tuple[int, ...]


async def in_use(engine: AsyncEngine) -> Mapping[int, int]:
    """How many data keys each version wraps."""
    async with engine.connect() as connection:
        found = (await connection.execute(_IN_USE)).all()
    return {row.kek_version: row.keys_of for row in found}


async def rotate(
    engine: AsyncEngine,
    keyring: Keyring,
    today: date,
    backups: timedelta,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    batch: int = BATCH,
) -> Rotation:
    """Wrap every data key by the newest version, made now unless a rotation was interrupted before.

    A version that wraps nothing any more is retired: it opens backups for as long as they are kept, then it is
    destroyed, and with it whatever was erased from the database before. Safe to kill and to run again.
    """
    used = await in_use(engine)
    newest, _ = keyring.newest()
    # An interrupted run has left keys under an older version than the newest: this one goes on with it. It may also
    # have stopped between the new key and the first row: then the newest wraps nothing yet.
    started = bool(used) and used.keys() != {newest}
    version = newest if started else keyring.add_version()
    total = sum(keys for old, keys in used.items() if old != version)
    told(0, total)
    place, done, unreadable = _FIRST, 0, 0
    while True:
        async with engine.begin() as connection:
            found, changed = await _batch(connection, keyring, version, place, batch)
        if not found:
            break
        place, done, unreadable = found[-1], done + changed, unreadable + len(found) - changed
        told(done, total)
    left = await in_use(engine)
    retired = tuple(old for old in sorted(keyring.live()) if old < version and old not in left)
    for old in retired:
        keyring.retire(old, today)
    return Rotation(version, done, unreadable, retired, destroy_expired(keyring, left, today, backups))


def destroy_expired(keyring: Keyring, used: Mapping[int, int], today: date, backups: timedelta) -> tuple[int, ...]:
    """Remove retired versions that no backup needs any more; never one that still wraps a key."""
    retired = sorted(keyring.retired().items())
    over = tuple(version for version, (day, _) in retired if day + backups <= today and version not in used)
    for version in over:
        keyring.destroy(version)
    return over


async def _batch(
    connection: AsyncConnection, keyring: Keyring, version: int, place: UUID, size: int
) -> tuple[Sequence[UUID], int]:
    """The ids looked at, and how many of them changed."""
    # Keys that an act holds are waited for: none may be left behind, or its version could never be retired.
    wanted = (
        select(situation_key)
        .where(_LIVE, situation_key.c.kek_version != version, situation_key.c.id > place)
        .order_by(situation_key.c.id)
        .limit(size)
        .with_for_update()
    )
    rows = (await connection.execute(wanted)).all()
    new = keyring.key(version)
    changed: list[dict[str, Any]] = []
    for row in rows:
        old = WrappedKey(row.id, row.situation_id, row.kek_version, row.wrapped)
        try:
            wrapped = rewrap(old, keyring.key(old.version), new, version).wrapped
        except (KeyAwayError, CannotOpenError):
            # Left as it is and counted: its key may still be found.
            continue
        changed.append({"key_id": row.id, "new_wrapped": wrapped, "new_version": version})
    if changed:
        await connection.execute(_CHANGE, changed)
    return [row.id for row in rows], len(changed)


__all__ = ["Rotation", "destroy_expired", "in_use", "rotate"]
