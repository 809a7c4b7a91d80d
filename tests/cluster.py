"""A prepared PostgreSQL for tests, made by the very code that prepares any other."""

import asyncio
import atexit
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

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
    """A prepared cluster in a folder; a new one is a copy of the first of this process, which costs a tenth of it."""
    if data.exists():
        postgres = _supervisor(data)
        return postgres, prepared(postgres)
    data.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_pristine(), data)
    postgres = _supervisor(data)
    return postgres, Cluster(postgres.start())


def prepared(postgres: EmbeddedPostgres) -> Cluster:
    """Start a server, and prepare it."""
    cluster = Cluster(postgres.start())
    asyncio.run(database.prepare(cluster.admin, SECRET, datetime.now(UTC).date()))
    return cluster


@cache
def _pristine() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="maillage-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    postgres = _supervisor(folder / "pg")
    try:
        prepared(postgres)
    finally:
        postgres.stop()
    return folder / "pg"


def _supervisor(data: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data, settings={"shared_buffers": "64MB", "fsync": "off"})
