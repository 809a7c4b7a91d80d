"""A prepared PostgreSQL for tests, made by the very code that prepares any other."""

import asyncio
import atexit
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

from loaders.embedded.cluster import clone
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.postgres.logins import password_of
from loaders.setup import database

SECRET = b"tests-only-secret-of-32-bytes-ok"
# No test cuts the machine's power: what a killed server has written is in the kernel's hands, and comes back whole.
UNSAFE = {
    "shared_buffers": "64MB", "fsync": "off", "full_page_writes": "off", "wal_compression": "off", "summarize_wal": "off",
}  # fmt: skip


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

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What the administrator sees."""
        return fetched(self.admin, query, *values)


def fetched(dsn: str, query: str, *values: Any) -> list[Any]:
    """Rows, asked from where no loop runs, over a connection that lives as long as the question."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(dsn)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    return asyncio.run(run())


def start(data: Path) -> tuple[EmbeddedPostgres, Cluster]:
    """A prepared cluster in a folder; a new one is a copy of the first of this run, which costs a tenth of it."""
    if data.exists():
        postgres = supervisor(data)
        return postgres, prepared(postgres)
    clone(once("pristine", _make_pristine) / "pg", data)
    postgres = supervisor(data)
    return postgres, Cluster(postgres.start())


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A prepared cluster in a folder of its own, which goes with it."""
    postgres, cluster = start(folder / "pg")
    try:
        yield cluster
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepared(postgres: EmbeddedPostgres) -> Cluster:
    """Start a server, and prepare it."""
    cluster = Cluster(postgres.start())
    asyncio.run(database.prepare(cluster.admin, SECRET, datetime.now(UTC).date()))
    return cluster


def supervisor(data: Path) -> EmbeddedPostgres:
    """Of a server that is quick and may forget."""
    return EmbeddedPostgres(data, settings=UNSAFE)


def _make_pristine(folder: Path) -> None:
    postgres = supervisor(folder / "pg")
    try:
        prepared(postgres)
    finally:
        postgres.stop()


# ---------------------------------------------------------------- what is made once, for all processes of a run


def share(folder: Path) -> None:
    """Other processes of this run keep their templates here, too."""
    folder.mkdir(exist_ok=True)
    _FOLDER.append(folder)


_FOLDER: list[Path] = []


@cache
def _own_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="maillage-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, made by whichever process asks first; the others wait until it is whole."""
    parent = _FOLDER[0] if _FOLDER else _own_folder()
    folder = parent / name
    with (parent / f"{name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not folder.exists():
            half = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=parent))
            make(half)
            half.rename(folder)
    return folder
