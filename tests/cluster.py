"""A prepared PostgreSQL for tests, made by the very code that prepares any other."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
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
    """A fresh, prepared cluster in a folder."""
    postgres = EmbeddedPostgres(data, settings={"shared_buffers": "64MB", "fsync": "off"})
    return postgres, prepared(postgres)


def prepared(postgres: EmbeddedPostgres) -> Cluster:
    """Start a server, and prepare it."""
    cluster = Cluster(postgres.start())
    asyncio.run(database.prepare(cluster.admin, SECRET, datetime.now(UTC).date()))
    return cluster
