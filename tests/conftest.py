"""What every test may use: one real PostgreSQL per test process, prepared by the very code that prepares any other."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loaders import database
from loaders.embedded import EmbeddedPostgres, PostgresServer
from loaders.logins import password_of

SECRET = b"tests-only-secret-of-32-bytes-ok"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A prepared server: `admin` owns everything, `login(name)` is one of the logins the server itself uses."""

    server: PostgresServer

    @property
    def admin(self) -> str:
        """DSN of the administrator."""
        return self.server.dsn(self.server.admin_user, self.server.admin_password)

    def login(self, name: str) -> str:
        """DSN of a login."""
        return self.server.dsn(name, password_of(SECRET, name))


def start(data: Path) -> tuple[EmbeddedPostgres, Cluster]:
    """A fresh, prepared cluster in a folder."""
    postgres = EmbeddedPostgres(data, settings={"shared_buffers": "64MB", "fsync": "off"})
    cluster = Cluster(postgres.start())
    asyncio.run(database.prepare(cluster.admin, SECRET, datetime.now(UTC).date()))
    return postgres, cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The prepared cluster of this test process, empty but for reference data."""
    data = tmp_path_factory.mktemp("pg") / "data"
    postgres, made = start(data)
    yield made
    postgres.stop()
    shutil.rmtree(data, ignore_errors=True)
