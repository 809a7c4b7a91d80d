"""A second server before the same database, whose every statement is recorded."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from loaders.journals.audit import INSERT, AuditWriter
from loaders.postgres import connections
from loaders.postgres.logins import FOLDER, RELAY, REPLAYS, SEALER, SIGNIN
from tests.cluster import SECRET
from tests.network import Network, running_network

Connection = Any


@dataclass(slots=True)
class Recorder:
    """What the server asked the database, in order, and over which connections."""

    network: Network
    statements: list[str] = field(default_factory=list)
    readers: list[Connection] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def recorded(self) -> Iterator[list[str]]:
        """The statements of the block."""
        found: list[str] = []
        before = len(self.statements)
        yield found
        found += self.statements[before:]

    def on_each_reader(self, sql: str) -> list[Any]:
        """The rows that a statement gives on each connection that reads for an audience, seen from inside."""

        async def fetch() -> list[Any]:
            return [row for one in self.readers if not one.is_closed() for row in await one.fetch(sql)]

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(fetch(), self.loop).result(20)


_BY_ITSELF = (SEALER, SIGNIN, FOLDER, RELAY, REPLAYS)


@pytest.fixture(scope="module")
def recorder(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """The recording server; it has the first one's keys and secrets."""
    folder = tmp_path_factory.mktemp("recorded") / "demo"
    first = Path(network.card["clients"][0]["key_file"]).parent.parent
    shutil.copytree(first, folder)
    recorder = Recorder(network)

    heard: set[int] = set()

    def hear(query: Any) -> None:
        # Deliveries are looked for by themselves too, over the connections of commands.
        if "webhook_delivery" not in query.query:
            recorder.statements.append(query.query)

    def listen(connection: Any) -> None:
        # A connection that reads is both connected and prepared: it is heard once.
        if id(connection) not in heard:
            heard.add(id(connection))
            connection.add_query_logger(hear)

    prepare, connect = connections.prepare_connection, asyncpg.connect

    async def prepare_and_listen(connection: Any) -> None:
        await prepare(connection)
        recorder.loop = asyncio.get_running_loop()
        recorder.readers.append(connection)
        listen(connection)

    async def connect_and_listen(*arguments: Any, **options: Any) -> Any:
        connection = await connect(*arguments, **options)
        # What the server does by itself, whenever its time has come, it does not do for a request.
        if not any(word in f"{arguments} {options}" for word in (*_BY_ITSELF, "maillage auth state")):
            listen(connection)
        return connection

    insert = AuditWriter._insert

    async def insert_and_tell(writer: AuditWriter, session: Any, batch: Any) -> None:
        # A prepared statement tells no query logger.
        recorder.statements.append(INSERT)
        await insert(writer, session, batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditWriter, "_insert", insert_and_tell)
        patch.setattr(connections, "prepare_connection", prepare_and_listen)
        patch.setattr(asyncpg, "connect", connect_and_listen)
        with running_network(network.cluster, SECRET, folder) as recorder.network:
            yield recorder
