"""Where the database is: the embedded server of a folder, or a real one by DSN; the same code afterwards."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from graph.settings import Secrets, Settings
from loaders.embedded.errors import DataInUseError
from loaders.embedded.folder import lock
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.postgres.logins import password_of
from schema.errors import SetupError

# The embedded server's folder, within the data.
CLUSTER = "postgres"


@dataclass(frozen=True, slots=True)
class Database:
    """How to reach it: as its administrator (migrations only), or as one of the server's logins."""

    admin: str
    dsn_of: Callable[[str], str]


def _address(dsn: str) -> str:
    """The administrator's address, under the one scheme that every library of ours reads.

    Raises: SetupError, without repeating what may hold a password.
    """
    scheme, _, rest = dsn.partition("://")
    if scheme not in {"postgresql", "postgres"} or not rest:
        raise SetupError("MAILLAGE_DSN is an address like postgresql://login:password@host:5432/database.")
    return f"postgresql://{rest}"


def _as_login(dsn: str, login: str, password: str) -> str:
    """The same DSN for another login; several hosts stay as they are."""
    parts = urlsplit(dsn)
    hosts = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(login)}:{quote(password)}@{hosts}"))


def must_be_free(data: Path) -> None:
    """Raises SetupError where somebody works in this folder: neither its data nor its demo.json may be taken away."""
    cluster = data / CLUSTER
    if cluster.exists():
        try:
            os.close(lock(cluster, fcntl.LOCK_SH))
        except DataInUseError as problem:
            raise SetupError(
                f"{data} is in use: stop what runs there, or give another folder with --data."
            ) from problem


@contextmanager
def running(settings: Settings, secrets: Secrets, *, founding: bool = False) -> Iterator[Database]:
    """The database for as long as the block runs; the embedded server is started and stopped, a real one is left alone.

    Only who is founding makes an embedded one where there is none: a mistyped folder is an error, not an empty network.
    Raises: SetupError.
    """
    if settings.dsn is not None:
        dsn = _address(settings.dsn)
        yield Database(dsn, lambda login: _as_login(dsn, login, password_of(secrets.database, login)))
        return
    if not founding and not (settings.data / CLUSTER).exists():
        raise SetupError(
            f"There is no database in {settings.data}. --data names its folder, MAILLAGE_DSN a PostgreSQL of your own; "
            "`python -m graph migrate` makes one here, `python -m graph demo` one with synthetic data."
        )
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    postgres = EmbeddedPostgres(
        settings.data / CLUSTER, bindir=settings.postgres_binaries, run_as=settings.postgres_user
    )
    address = settings.data / "server.json"
    try:
        server = postgres.start()
    except DataInUseError:
        # A demonstration runs in this folder: use its server, and leave it running.
        yield _database(_read_address(address), secrets)
        return
    try:
        _write_address(address, server)
        yield _database(server, secrets)
    finally:
        address.unlink(missing_ok=True)
        postgres.stop()


def _write_address(path: Path, server: PostgresServer) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({**asdict(server), "socket_directory": str(server.socket_directory)}, file)


def _read_address(path: Path) -> PostgresServer:
    found = json.loads(path.read_text())
    return PostgresServer(**{**found, "socket_directory": Path(found["socket_directory"])})


def _database(server: PostgresServer, secrets: Secrets) -> Database:
    return Database(
        server.dsn(server.admin_user, server.admin_password),
        lambda login: server.dsn(login, password_of(secrets.database, login)),
    )
