"""A real PgBouncer before PostgreSQL: the service refuses to start, and even so no viewer would see another's rows."""

import asyncio
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from loaders.policy.context import NOBODY
from loaders.postgres.logins import COMMANDS, login_of, password_of
from loaders.setup.readiness import must_be_ready
from schema.errors import SetupError
from schema.vocabulary import Audience
from tests.durable.proxy import SOCKET, Proxy, to_path
from tests.network import Network

PORT = 6432
# How often each asks.
ROUNDS = 12
CRI = login_of(Audience.CRI)
pytestmark = pytest.mark.skipif(
    shutil.which("pgbouncer") is None, reason="PgBouncer is not installed: apt-get install pgbouncer"
)


@contextmanager
def pooler(network: Network, folder: Path, mode: str) -> Iterator[Network]:
    """PgBouncer with one server connection for each login, until the block ends; gives the network as it is seen through it."""
    server = network.cluster.server
    folder.mkdir()
    # It will not run as root, and the server's own socket is its owner's alone: it has another that leads there.
    way = Proxy(to_path(server.socket_directory / SOCKET))
    way.on_path(folder / SOCKET)
    (folder / SOCKET).chmod(0o777)
    (folder / "users.txt").write_text(
        "".join(f'"{name}" "{password_of(network.secrets.database, name)}"\n' for name in (CRI, COMMANDS))
    )
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{server.database} = host={folder} dbname={server.database}\n"
        f"[pgbouncer]\nlisten_addr =\nunix_socket_dir = {folder}\nlisten_port = {PORT}\nauth_type = plain\n"
        f"auth_file = {folder / 'users.txt'}\npool_mode = {mode}\ndefault_pool_size = 1\nmax_client_conn = 50\n"
    )
    process = subprocess.Popen(["pgbouncer", "-q", str(settings)], stderr=subprocess.DEVNULL, **_as_nobody(folder))
    patience = time.monotonic() + 10
    while not (folder / f".s.PGSQL.{PORT}").exists():
        assert process.poll() is None and time.monotonic() < patience, "PgBouncer did not start"
        time.sleep(0.05)
    try:
        cluster = replace(network.cluster, server=replace(server, socket_directory=folder))
        yield replace(network, cluster=cluster)
    finally:
        process.terminate()
        process.wait(10)
        way.stop()


def _as_nobody(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where another user can look for it: not below what is only ours."""
    found = Path("/tmp") / f"maillage-pooler-{os.getpid()}"
    yield found
    shutil.rmtree(found, ignore_errors=True)


def dsn(network: Network, login: str) -> str:
    """The address of a login, through whatever stands before the server."""
    address = network.cluster.server.dsn(login, password_of(network.secrets.database, login))
    return f"{address}&port={PORT}"


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_the_service_does_not_start_behind_a_pooler_and_says_so(network: Network, folder: Path, mode: str) -> None:
    with (
        pooler(network, folder, mode) as pooled,
        pytest.raises(SetupError, match="A connection pooler stands before PostgreSQL"),
    ):
        asyncio.run(must_be_ready(dsn(pooled, COMMANDS)))


def test_through_a_pooler_no_viewer_sees_the_rows_of_the_one_before(network: Network, folder: Path) -> None:
    """Two departments under one login, over one and the same connection of the server, turn about and at once."""
    viewers = {client: _facts(network, client) for client in ("cli_crip_59", "cli_crip_974")}
    expected = {client: _received(network, facts) for client, facts in viewers.items()}
    assert all(expected.values()) and not expected["cli_crip_59"] & expected["cli_crip_974"]
    with pooler(network, folder, "transaction") as pooled:
        found = asyncio.run(_turn_about(dsn(pooled, CRI), viewers))
    assert len(found) == ROUNDS * 3
    for client, seen in found:
        # Who has said nothing of themselves sees nothing, whoever was there before.
        assert seen == (expected[client] if client else set())


def _facts(network: Network, client: str) -> Mapping[str, str]:
    (row,) = network.fetch(
        "SELECT o.id, o.kind, o.authority_id FROM oauth_client c JOIN organisation o ON o.id = c.organisation_id WHERE c.id = $1",
        client,
    )
    (member,) = network.members(client, "CRI")[:1]
    return {
        "organisation": str(row["id"]), "authority": str(row["authority_id"] or NOBODY), "member": member["id"],
        "kind": row["kind"], "purpose": "EVALUATE",
    }  # fmt: skip


def _received(network: Network, facts: Mapping[str, str]) -> set[Any]:
    """What a viewer sees without a pooler, through their own wall."""
    address = network.cluster.server.dsn(CRI, password_of(network.secrets.database, CRI))

    async def run() -> set[Any]:
        connection = await asyncpg.connect(address)
        try:
            return await _seen(connection, facts)
        finally:
            await connection.close()

    return asyncio.run(run())


async def _seen(connection: "asyncpg.Connection[Any]", facts: Mapping[str, str]) -> set[Any]:
    # Without facts the wall cannot even be asked: what the transaction before has left behind is no one's name.
    with suppress(asyncpg.InvalidTextRepresentationError, asyncpg.UndefinedObjectError):
        async with connection.transaction():
            for name, value in facts.items():
                await connection.fetchval(f"SELECT set_config('app.{name}', $1, true)", value)
            return {row["id"] for row in await connection.fetch("SELECT id FROM concern_report")}
    return set()


async def _turn_about(address: str, viewers: Mapping[str, Mapping[str, str]]) -> list[tuple[str, set[Any]]]:
    found: list[tuple[str, set[Any]]] = []

    async def ask(client: str, facts: Mapping[str, str]) -> None:
        connection = await asyncpg.connect(address, statement_cache_size=0)
        try:
            found.extend([(client, await _seen(connection, facts)) for _ in range(ROUNDS)])
        finally:
            await connection.close()

    await asyncio.gather(*(ask(client, facts) for client, facts in (*viewers.items(), ("", {}))))
    return found
