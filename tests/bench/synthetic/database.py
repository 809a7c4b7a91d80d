"""A loaded database, to be asked in SQL, and how it comes to be."""

import asyncio
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import create_mock_engine
from sqlalchemy.engine.mock import MockConnection

from bench.synthetic.load import DemoDirectory, load
from loaders.embedded.server import PostgresServer
from loaders.journals import ledger
from loaders.postgres.logins import OWNER
from loaders.sealed.envelope import Place, WrappedKey
from loaders.sealed.keyring import Keyring
from schema.tables import metadata
from tests.cluster import supervisor

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
SEED = 119
DEMO_AUTHORITIES = ("59", "69M", "69D", "2A+2B", "974", "13")
PERIOD = "s.opened_at >= '2023-04-03 00:00 Europe/Paris' AND s.opened_at < '2024-04-03 00:00 Europe/Paris'"
UNITS = 3
REFRESH = """
    CREATE FUNCTION refresh_reach_all() RETURNS void LANGUAGE sql AS
    $$ INSERT INTO reach (viewer, situation_id, via) SELECT controller_org_id, id, 'REFRESHED' FROM situation $$
"""


@dataclass(frozen=True)
class Told:
    """What a load said of itself: the directory at its end, and how far it was at each step."""

    directory: DemoDirectory
    steps: list[int]


class Database:
    """One loaded database: ask it in SQL, over one connection."""

    def __init__(self, folder: Path, server: PostgresServer, name: str, runner: asyncio.Runner) -> None:
        told: Told = pickle.loads((folder / f"{name}.told").read_bytes())
        self.directory, self.steps = told.directory, told.steps
        self.dsn = server.dsn(server.admin_user, server.admin_password, name)
        self._keyring = Keyring(folder / f"{name}.keys")
        self._runner = runner
        self._connection = runner.run(asyncpg.connect(self.dsn))

    def in_the_clear(self, table: str, column: str) -> list[str]:
        """The texts of a sealed column."""
        rows = self.rows(
            f"SELECT t.id, t.{column}, k.id, t.situation_id, k.kek_version, k.wrapped FROM {table} t "
            f"JOIN situation_key k USING (situation_id) WHERE t.{column} IS NOT NULL"
        )
        return [self._keyring.open(WrappedKey(*key)).open(Place(table, column, row), text) for row, text, *key in rows]

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._runner.run(self._connection.fetch(sql, *arguments))]

    def value(self, sql: str, *arguments: object) -> Any:
        return self.rows(sql, *arguments)[0][0]

    def words(self, sql: str) -> set[str]:
        return {row[0] for row in self.rows(sql)}

    def close(self) -> None:
        self._runner.run(self._connection.close())


@contextmanager
def opened(folder: Path, server: PostgresServer, name: str) -> Iterator[Database]:
    """One of the databases that `make` made in this folder, on a server that runs on a copy of its cluster."""
    with asyncio.Runner() as runner:
        database = Database(folder, server, name, runner)
        yield database
        database.close()


def make(folder: Path) -> None:
    """The network once, and several units of it that two processes made."""
    with supervisor(folder / "pg") as server:
        for name, scale, workers in (("one", 1, 1), ("three", UNITS, 2)):
            keyring = Keyring(folder / f"{name}.keys")
            keyring.create_first()
            told = asyncio.run(_fill(server, name, keyring, scale=scale, workers=workers))
            (folder / f"{name}.told").write_bytes(pickle.dumps(told))


async def _fill(server: PostgresServer, name: str, keyring: Keyring, *, scale: int, workers: int) -> Told:
    """All tables, the hook that keeps `reach`, and the synthetic network."""
    admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    dsn = server.dsn(server.admin_user, server.admin_password, name)
    steps: list[int] = []
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
            await connection.execute(f"CREATE ROLE {OWNER}")
        for statement in [*_ddl(), REFRESH, *ledger.statements()]:
            await connection.execute(statement)
        directory = await load(
            connection, scale=scale, seed=SEED, now=NOW, keyring=keyring, dsn=dsn, workers=workers,
            progress=lambda done, _: steps.append(done),
        )  # fmt: skip
    finally:
        await connection.close()
    return Told(directory, steps)


def _ddl() -> list[str]:
    """What `create_all` would send, as text: asyncpg is the only driver here."""
    statements: list[str] = []
    engine: MockConnection = create_mock_engine(
        "postgresql+asyncpg://",
        lambda statement, *_, **__: statements.append(str(statement.compile(dialect=engine.dialect))),
    )
    metadata.create_all(engine, checkfirst=False)
    return statements
