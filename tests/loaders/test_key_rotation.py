"""A rotation changes no value, can be killed anywhere, and forgets a key only when nothing needs it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from loaders.postgres.dsn import async_url
from loaders.sealed import key_rotation
from loaders.sealed.envelope import CannotOpenError, Place, WrappedKey, rewrap, unwrap
from loaders.sealed.key_rotation import rotate
from loaders.sealed.keyring import Keyring
from schema.tables.directory import organisation
from schema.tables.keys import situation_key
from schema.tables.situation import situation
from tests.cluster import Cluster
from tests.sealed import fresh_key, key_of

TODAY = date(2026, 11, 22)
MONTH = timedelta(days=30)
PLACE = Place("caller", "name", uuid4())


class KilledError(Exception):
    """Stands for SIGKILL: nothing after it runs."""


class Vault:
    """A database with some data keys, and one value that each of them sealed."""

    def __init__(self, admin: AsyncEngine, engine: AsyncEngine, keyring: Keyring) -> None:
        self.admin, self.engine, self.keyring = admin, engine, keyring
        self.values: dict[UUID, bytes] = {}

    async def fill(self, count: int) -> None:
        async with self.admin.begin() as connection:
            owner = (
                await connection.execute(
                    insert(organisation).values(name=str(uuid4()), kind="DLPM").returning(organisation.c.id)
                )
            ).scalar_one()
            for _ in range(count):
                case = uuid4()
                await connection.execute(insert(situation).values(id=case, ref=str(case), controller_org_id=owner))
                key, row = fresh_key(self.keyring, case)
                await connection.execute(insert(situation_key).values(**row))
                self.values[case] = key.seal(PLACE, str(case))

    async def keys(self) -> dict[UUID, Any]:
        async with self.admin.connect() as connection:
            return {row.situation_id: row._mapping for row in await connection.execute(select(situation_key))}

    async def readable(self) -> int:
        """How many values open, with a keyring that has only the files."""
        keyring = Keyring(self.keyring.folder)
        keys = await self.keys()
        return sum(_opens(keyring, keys[case], case, value) for case, value in self.values.items())

    async def rotate(self, **options: Any) -> key_rotation.Rotation:
        return await rotate(self.engine, Keyring(self.keyring.folder), TODAY, MONTH, **options)


def _opens(keyring: Keyring, row: Any, case: UUID, value: bytes) -> bool:
    return key_of(keyring, row).open(PLACE, value) == str(case)


@pytest_asyncio.fixture
async def vault(own_cluster: Cluster, tmp_path: Path) -> AsyncIterator[Vault]:
    admin = create_async_engine(async_url(own_cluster.admin), poolclass=NullPool)
    # The login that the command line uses: what it may not do would show here.
    engine = create_async_engine(async_url(own_cluster.login("maillage_commands")), poolclass=NullPool)
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    made = Vault(admin, engine, keyring)
    await made.fill(25)
    yield made
    async with admin.begin() as connection:
        await connection.execute(delete(situation_key))
    await engine.dispose()
    await admin.dispose()


async def test_every_key_is_wrapped_by_the_new_version_and_every_value_still_opens(vault: Vault) -> None:
    before = await vault.keys()
    seen: list[tuple[int, int]] = []
    done = await vault.rotate(batch=10, told=lambda *progress: seen.append(progress))
    assert (done.version, done.rewrapped, done.unreadable, done.retired, done.destroyed) == (2, 25, 0, (1,), ())
    assert seen == [(0, 25), (10, 25), (20, 25), (25, 25)]
    after = await vault.keys()
    assert {row["kek_version"] for row in after.values()} == {2}
    assert {case: row["id"] for case, row in after.items()} == {case: row["id"] for case, row in before.items()}
    assert await vault.readable() == 25
    # The key that was retired wraps none of them any more.
    old = Keyring(vault.keyring.folder).key(1)
    for row in after.values():
        with pytest.raises(CannotOpenError):
            unwrap(WrappedKey(row["id"], row["situation_id"], 2, row["wrapped"]), old)


@pytest.mark.parametrize("batches", [0, 1, 2])
async def test_a_rotation_that_was_killed_goes_on_with_the_same_version(vault: Vault, batches: int) -> None:
    calls = 0

    def told(_done: int, _total: int) -> None:
        nonlocal calls
        if calls == batches:
            raise KilledError
        calls += 1

    with pytest.raises(KilledError):
        await vault.rotate(batch=10, told=told)
    # Halfway, everything is readable, and the old version is still there for the other half.
    assert await vault.readable() == 25
    assert sorted(vault.keyring.live()) == [1, 2]
    assert await key_rotation.in_use(vault.engine) == {
        0: {1: 25}, 1: {1: 15, 2: 10}, 2: {1: 5, 2: 20},
    }[batches]  # fmt: skip
    done = await vault.rotate(batch=10)
    assert (done.version, done.rewrapped, done.retired) == (2, 25 - 10 * batches, (1,))
    assert await vault.readable() == 25
    assert await key_rotation.in_use(vault.engine) == {2: 25}


async def test_a_rotation_killed_inside_a_batch_leaves_that_batch_as_it_was(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped = 0

    def some(*arguments: Any) -> WrappedKey:
        nonlocal wrapped
        wrapped += 1
        if wrapped == 15:
            raise KilledError
        return rewrap(*arguments)

    monkeypatch.setattr("loaders.sealed.key_rotation.rewrap", some)
    with pytest.raises(KilledError):
        await vault.rotate(batch=10)
    assert await key_rotation.in_use(vault.engine) == {1: 15, 2: 10}
    assert await vault.readable() == 25


async def test_a_key_made_meanwhile_under_the_old_version_is_found_by_the_next_run(vault: Vault) -> None:
    await vault.rotate()
    old = Keyring(vault.keyring.folder)
    case, sealed = next(iter(vault.values.items()))
    row = (await vault.keys())[case]
    # A server that had not seen the new version yet.
    late = _wrapped_again(old, row, 1)
    async with vault.admin.begin() as connection:
        await connection.execute(
            update(situation_key).where(situation_key.c.id == row["id"]).values(wrapped=late, kek_version=1)
        )
    assert await vault.readable() == 25
    done = await vault.rotate()
    assert (done.version, done.rewrapped) == (2, 1)
    assert _opens(Keyring(vault.keyring.folder), (await vault.keys())[case], case, sealed)


def _wrapped_again(keyring: Keyring, row: Any, version: int) -> bytes:
    stored = WrappedKey(row["id"], row["situation_id"], row["kek_version"], row["wrapped"])
    return rewrap(stored, keyring.key(stored.version), keyring.key(version), version).wrapped


async def test_a_retired_version_is_destroyed_when_no_backup_needs_it_any_more(vault: Vault) -> None:
    backup = await vault.keys()
    await vault.rotate()
    keyring = Keyring(vault.keyring.folder)
    used = await key_rotation.in_use(vault.engine)
    assert key_rotation.destroy_expired(keyring, used, TODAY + MONTH - timedelta(days=1), MONTH) == ()
    case, sealed = next(iter(vault.values.items()))
    assert _opens(keyring, backup[case], case, sealed)
    # Still used by one row, whatever the calendar says.
    assert key_rotation.destroy_expired(keyring, {**used, 1: 1}, TODAY + MONTH, MONTH) == ()
    assert key_rotation.destroy_expired(keyring, used, TODAY + MONTH, MONTH) == (1,)
    with pytest.raises(CannotOpenError):
        key_of(Keyring(vault.keyring.folder), backup[case])
    assert await vault.readable() == 25


async def test_a_key_that_cannot_be_opened_is_counted_and_left_and_its_version_stays(vault: Vault) -> None:
    case = next(iter(vault.values))
    async with vault.admin.begin() as connection:
        broken = func.overlay(situation_key.c.wrapped, b"\0\0\0\0", 20, type_=situation_key.c.wrapped.type)
        await connection.execute(
            update(situation_key).where(situation_key.c.situation_id == case).values(wrapped=broken)
        )
    done = await vault.rotate(batch=10)
    assert (done.rewrapped, done.unreadable, done.retired) == (24, 1, ())
    assert sorted(vault.keyring.live()) == [1, 2]


async def test_a_destroyed_key_is_not_made_again(vault: Vault) -> None:
    case = next(iter(vault.values))
    async with vault.admin.begin() as connection:
        await connection.execute(
            update(situation_key)
            .where(situation_key.c.situation_id == case)
            .values(wrapped=None, destroyed_at=func.now())
        )
    done = await vault.rotate()
    assert (done.rewrapped, done.retired) == (24, (1,))
    row = (await vault.keys())[case]
    assert (row["wrapped"], row["kek_version"]) == (None, 1)
