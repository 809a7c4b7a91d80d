"""Seals what an older version wrote in the clear: run by `migrate`, which holds the keys that a numbered migration has not."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from loaders.sealed.envelope import FORM, DataKey, Place, WrappedKey, new_data_key
from loaders.sealed.keyring import Keyring
from schema.tables import metadata

BATCH = 500
_SEALED = {
    table.name: tuple(column.name for column in table.c if column.info.get("sealed"))
    for table in metadata.sorted_tables
    if any(column.info.get("sealed") for column in table.c)
}
_OPEN_CHECKS = """
    SELECT conrelid::regclass::text AS table_name, conname FROM pg_constraint
    WHERE contype = 'c' AND NOT convalidated AND conname LIKE '%_sealed'"""


async def seal_what_is_clear(admin_dsn: str, keyring: Keyring, told: Callable[[int], None] = lambda _: None) -> int:
    """Seal row by row in batches of one transaction each, then let the database vouch for it; returns how many rows.

    Safe to kill and to run again. Nothing happens where the checks are already validated.
    """
    connection = await asyncpg.connect(admin_dsn)
    try:
        checks = await connection.fetch(_OPEN_CHECKS)
        done = 0
        for table in dict.fromkeys(row["table_name"] for row in checks):
            # Onward by id: each batch would else look through all that is sealed already.
            after = UUID(int=0)
            while sealed := await _batch(connection, table, keyring, after):
                after = sealed[-1]
                done += len(sealed)
                told(done)
        for row in checks:
            await connection.execute(f"ALTER TABLE {row['table_name']} VALIDATE CONSTRAINT {row['conname']}")
        if done:
            # The old versions of the rows still hold the texts until their space is used again.
            for table in _SEALED:
                await connection.execute(f"VACUUM (FULL) {table}")
        return done
    finally:
        await connection.close()


async def _batch(connection: "asyncpg.Connection[Any]", table: str, keyring: Keyring, after: UUID) -> list[UUID]:
    columns = _SEALED[table]
    clear = " OR ".join(f"(octet_length({name}) > 0 AND get_byte({name}, 0) <> 1)" for name in columns)
    empty = " OR ".join(f"octet_length({name}) = 0" for name in columns)
    async with connection.transaction():
        rows = await connection.fetch(
            f"SELECT id, situation_id, {', '.join(columns)} FROM {table} WHERE id > $1 AND ({clear} OR {empty}) "
            f"ORDER BY id LIMIT {BATCH} FOR UPDATE",
            after,
        )
        keys: dict[UUID, DataKey] = {}
        places = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
        for row in rows:
            key = keys.get(row["situation_id"]) or await _data_key(connection, row["situation_id"], keyring)
            keys[row["situation_id"]] = key
            values = [_sealed(key, table, name, row) for name in columns]
            await connection.execute(f"UPDATE {table} SET {places} WHERE id = $1", row["id"], *values)
    return [row["id"] for row in rows]


def _sealed(key: DataKey, table: str, name: str, row: Mapping[str, Any]) -> bytes | None:
    value: bytes | None = row[name]
    if value is None or value[:1] == FORM:
        return value
    return key.seal(Place(table, name, row["id"]), value.decode())


async def _data_key(connection: "asyncpg.Connection[Any]", situation: UUID, keyring: Keyring) -> DataKey:
    row = await connection.fetchrow(
        "SELECT id, kek_version, wrapped FROM situation_key WHERE situation_id = $1", situation
    )
    if row is not None:
        return keyring.open(WrappedKey(row["id"], situation, row["kek_version"], row["wrapped"]))
    version, kek = keyring.newest()
    key, wrapped = new_data_key(situation, uuid4(), kek, version)
    await connection.execute(
        "INSERT INTO situation_key (id, situation_id, wrapped, kek_version) VALUES ($1, $2, $3, $4)",
        wrapped.id, situation, wrapped.wrapped, version,
    )  # fmt: skip
    return key
