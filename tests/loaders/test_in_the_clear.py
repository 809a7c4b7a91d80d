"""What an older version wrote in the clear is sealed by `migrate`, once, wherever it was killed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from loaders.sealed import in_the_clear
from loaders.sealed.in_the_clear import seal_what_is_clear
from loaders.sealed.keyring import Keyring
from tests.cluster import Cluster
from tests.sealed import SEALED, key_of, opened

Connection = Any


class KilledError(Exception):
    """Stands for SIGKILL."""


@pytest_asyncio.fixture
async def old(own_cluster: Cluster) -> AsyncIterator[Connection]:
    """The database as migration 0005 leaves it where there were texts: bytes in the clear, checks not validated."""
    connection = await asyncpg.connect(own_cluster.admin)
    await connection.execute("TRUNCATE situation, organisation CASCADE")
    for table, columns in SEALED.items():
        for column in columns:
            name = f"ck_{table}_{column}_sealed"
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    owner = await connection.fetchval("INSERT INTO organisation (name, kind) VALUES ('119', 'DLPM') RETURNING id")
    for number in range(7):
        case, taken = uuid4(), uuid4()
        await connection.execute(
            "INSERT INTO situation (id, ref, controller_org_id) VALUES ($1, $2, $3)", case, str(case), owner
        )
        await connection.execute(
            "INSERT INTO contact (id, situation_id, controller_org_id, outcome) VALUES ($1, $2, $3, 'ANSWERED_HELP')",
            taken, case, owner,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO caller (contact_id, situation_id, controller_org_id, name, phone) VALUES ($1, $2, $3, $4, $5)",
            taken, case, owner, f"Zéphirine {number}".encode(), b"",
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO listening_note (contact_id, situation_id, text) VALUES ($1, $2, $3)",
            taken, case, f"Note de Zéphirine {number}".encode(),
        )  # fmt: skip
    for table, columns in SEALED.items():
        for column in columns:
            await connection.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column}_sealed "
                f"CHECK (octet_length({column}) >= 29 AND get_byte({column}, 0) = 1) NOT VALID"
            )
    yield connection
    await connection.close()


async def texts(connection: Connection, keyring: Keyring) -> list[tuple[Any, ...]]:
    keys: dict[UUID, Any] = {
        row["situation_id"]: key_of(keyring, row) for row in await connection.fetch("SELECT * FROM situation_key")
    }
    callers = [
        opened(keys[row["situation_id"]], "caller", row) for row in await connection.fetch("SELECT * FROM caller")
    ]
    notes = await connection.fetch("SELECT * FROM listening_note")
    found = [opened(keys[row["situation_id"]], "listening_note", row)["text"] for row in notes]
    return sorted((row["name"], row["phone"], row["email"]) for row in callers) + sorted((note,) for note in found)


EXPECTED = [(f"Zéphirine {number}", "", None) for number in range(7)] + [
    (f"Note de Zéphirine {number}",) for number in range(7)
]


async def test_texts_in_the_clear_are_sealed_and_the_database_vouches_for_it(
    own_cluster: Cluster, old: Connection, tmp_path: Path
) -> None:
    keyring = Keyring(tmp_path)
    keyring.create_first()
    assert await seal_what_is_clear(own_cluster.admin, keyring) == 14
    assert await texts(old, keyring) == EXPECTED
    assert await old.fetchval("SELECT count(*) FROM situation_key") == 7
    assert await old.fetchval("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == 0
    assert await seal_what_is_clear(own_cluster.admin, keyring) == 0
    for table in SEALED:
        content: list[bytes] = []

        async def keep(data: bytes, content: list[bytes] = content) -> None:
            content.append(data)

        await old.copy_from_table(table, output=keep, format="binary")
        assert "Zéphirine".encode() not in b"".join(content)


async def test_a_killed_run_goes_on(
    own_cluster: Cluster, old: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(tmp_path)
    keyring.create_first()
    monkeypatch.setattr(in_the_clear, "BATCH", 3)

    def killed(done: int) -> None:
        if done == 6:
            raise KilledError

    with pytest.raises(KilledError):
        await seal_what_is_clear(own_cluster.admin, keyring, killed)
    assert await old.fetchval("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == 5
    assert await seal_what_is_clear(own_cluster.admin, keyring) == 8
    assert await texts(old, keyring) == EXPECTED
