"""Clusters with an access log: one that tests share, and one for whoever kills it."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.schema import CreateIndex, CreateTable

from loaders.embedded.cluster import clone
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.journals.audit import partition_statements
from schema.tables.journal import access_log
from tests.cluster import once
from tests.loaders.audit.log import DIALECT, PASSWORD, SMALL, execute, owner


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A stopped cluster with the log, its partitions and the login that may only write."""
    return once("audit", _make) / "pg"


def _make(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg", settings=SMALL) as server:
        asyncio.run(_create(server))


async def _create(server: PostgresServer) -> None:
    async with owner(server) as connection:
        await connection.execute(str(CreateTable(access_log).compile(dialect=DIALECT)))
        for index in access_log.indexes:
            await connection.execute(str(CreateIndex(index).compile(dialect=DIALECT)))
        for statement in partition_statements(date(2026, 11, 22), 3):
            await connection.execute(statement)
        await connection.execute(f"CREATE ROLE maillage_audit LOGIN PASSWORD '{PASSWORD}'")
        await connection.execute("GRANT INSERT ON access_log TO maillage_audit")


@pytest.fixture
def supervisor(prepared: Path, tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A stopped supervisor of a cluster of one's own."""
    clone(prepared, tmp_path / "data")
    supervisor = EmbeddedPostgres(tmp_path / "data", settings=SMALL)
    yield supervisor
    supervisor.stop()


@pytest.fixture(scope="session")
def shared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running server for tests that leave it running; each starts from an empty log."""
    data = tmp_path_factory.mktemp("shared") / "data"
    clone(prepared, data)
    with EmbeddedPostgres(data, settings=SMALL) as server:
        yield server
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def server(shared: PostgresServer) -> PostgresServer:
    asyncio.run(execute(shared, "TRUNCATE access_log"))
    return shared
