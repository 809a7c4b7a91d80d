"""The database dies, hangs or refuses: no write is lost, nobody waits, a new chain starts."""

import asyncio
import os
import signal
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from loaders.embedded.server import PostgresServer
from loaders.embedded.sockets import SOCKET_FILE
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.journals import audit
from loaders.journals.audit import AuditWriter
from loaders.journals.audit_chain import Verification
from schema.errors import UnavailableError
from tests.loaders.audit.log import (
    PASSWORD,
    RECORD,
    eventually,
    execute,
    numbered,
    owner,
    refused,
    rows,
    verified,
    writing,
)


def test_after_kills_under_load_every_write_that_returned_is_there_and_the_chains_verify(
    supervisor: EmbeddedPostgres,
) -> None:
    returned: list[str] = []
    turned_away: list[str] = []

    async def client(writer: AuditWriter, name: int, stop: asyncio.Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            record = replace(RECORD, trace_id=f"{name}:{number}")
            try:
                await writer.write(record)
                returned.append(record.trace_id)
            except UnavailableError:
                turned_away.append(record.trace_id)
                await asyncio.sleep(0.01)

    async def scenario() -> None:
        stop = asyncio.Event()
        async with writing(supervisor.start()) as writer:
            clients = [asyncio.create_task(client(writer, name, stop)) for name in range(50)]
            for _ in range(3):
                before = len(returned)
                await eventually(lambda before=before: len(returned) > before + 500)  # type: ignore[misc]  # a default
                supervisor.kill()
                await eventually(lambda: not writer.ready)
                server = supervisor.start()
                await eventually(lambda: writer.ready)
            await writer.write(RECORD)
            stop.set()
            await asyncio.gather(*clients)
        stored = {row["trace_id"] for row in await rows(server)}
        assert set(returned) - stored == set()
        verification = await verified(server)
        assert (verification.sound, verification.chains) == (True, 4)
        assert verification.good == len(await rows(server)) >= len(returned) + 1

    asyncio.run(scenario())
    assert len(returned) > 1500
    assert turned_away


def test_while_the_database_is_away_writes_fail_fast_and_then_a_new_chain_starts(supervisor: EmbeddedPostgres) -> None:
    async def scenario() -> None:
        async with writing(supervisor.start()) as writer:
            await writer.write(numbered(1))
            supervisor.stop()
            # None waits for a connection: two that did would take as long as this.
            async with asyncio.timeout(2 * audit.CONNECT_PATIENCE):
                for _ in range(100):
                    await refused(writer.write(numbered(2)))
            # It has tried in vain at least twice before the server is back.
            await eventually(lambda: writer._pause > 2 * audit.SHORTEST_PAUSE)
            assert not writer.ready
            server = supervisor.start()
            await eventually(lambda: writer.ready)
            await writer.write(numbered(3))
        found = await rows(server)
        assert sorted((row["trace_id"], row["seq"], row["prev"]) for row in found) == [
            ("trace 1", 1, bytes(32)),
            ("trace 3", 1, bytes(32)),
        ]
        assert await verified(server) == Verification(chains=2, good=2, broken=0, faults=())

    asyncio.run(scenario())


def test_a_start_without_a_database_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        writer = AuditWriter(f"postgresql://maillage_audit@/maillage?host={tmp_path}")
        with pytest.raises(UnavailableError):
            await writer.start()
        await refused(writer.write(RECORD))
        await writer.close()

    asyncio.run(scenario())


def test_closing_while_the_database_is_away_ends_at_once(supervisor: EmbeddedPostgres) -> None:
    async def scenario() -> None:
        writer = AuditWriter(supervisor.start().dsn("maillage_audit", PASSWORD))
        await writer.start()
        supervisor.stop()
        await eventually(lambda: not writer.ready)
        await asyncio.wait_for(writer.close(), 0.5)

    asyncio.run(scenario())


def test_a_start_without_the_table_is_refused_and_leaves_no_connection(server: PostgresServer) -> None:
    async def scenario() -> None:
        writer = AuditWriter(server.dsn("maillage_audit", PASSWORD))
        async with owner(server) as connection:
            await connection.execute("ALTER TABLE access_log RENAME TO elsewhere")
            try:
                with pytest.raises(UnavailableError):
                    await writer.start()
            finally:
                await connection.execute("ALTER TABLE elsewhere RENAME TO access_log")
            question = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'maillage_audit'"
            deadline = time.monotonic() + 5
            while await connection.fetchval(question):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)

    asyncio.run(scenario())


def test_a_writer_that_is_cancelled_leaves_nobody_waiting(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server, max_batch=3) as writer, owner(server) as connection:
            async with connection.transaction():
                await connection.execute("LOCK TABLE access_log IN SHARE MODE")
                writes = [asyncio.create_task(writer.write(numbered(number))) for number in range(10)]
                await asyncio.sleep(0.1)
                assert writer._task is not None
                writer._task.cancel()
                for write in writes:
                    await refused(write)
            await refused(writer.write(RECORD))

    asyncio.run(scenario())


def test_closing_does_not_wait_long_for_a_database_that_hangs(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CONNECT_PATIENCE", 0.2)

    async def scenario() -> None:
        async with writing(server) as writer:
            assert writer._session is not None
            pid = writer._session.connection.get_server_pid()
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.wait_for(writer.close(), 2)
            finally:
                os.kill(pid, signal.SIGCONT)

    asyncio.run(scenario())


def test_a_connection_lost_while_idle_costs_no_write(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            assert writer._session is not None
            first = writer._session
            await execute(server, "SELECT pg_terminate_backend($1)", first.connection.get_server_pid())
            await eventually(lambda: writer._session not in (None, first))
            await writer.write(RECORD)
        assert len(await rows(server)) == 1

    asyncio.run(scenario())


def test_a_database_that_hangs_refuses_in_time_and_a_new_chain_starts(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "COMMIT_PATIENCE", 0.3)

    async def scenario() -> None:
        async with writing(server) as writer:
            await writer.write(numbered(1))
            assert writer._session is not None
            pid = writer._session.connection.get_server_pid()
            os.kill(pid, signal.SIGSTOP)
            try:
                waiting = [asyncio.create_task(writer.write(numbered(number))) for number in (2, 3)]
                await asyncio.sleep(0.1)
                waiting.append(asyncio.create_task(writer.write(numbered(4))))
                for write in waiting:
                    await refused(write)
                await eventually(lambda: writer.ready)
                await writer.write(numbered(5))
            finally:
                os.kill(pid, signal.SIGCONT)
        assert {"trace 1", "trace 5"} <= {row["trace_id"] for row in await rows(server)}
        verification = await verified(server)
        assert (verification.sound, verification.chains) == (True, 2)

    asyncio.run(scenario())


def test_when_the_answer_to_a_commit_is_lost_the_numbers_are_not_used_again(
    server: PostgresServer, tmp_path: Path
) -> None:
    """A relay stands between writer and server and swallows one answer: committed, and nobody knows."""
    silent = asyncio.Event()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        while data := await source.read(65536):
            if answers and silent.is_set():
                break
            sink.write(data)
        sink.close()

    async def relay(reader: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(server.socket_directory / SOCKET_FILE)
        with closing(back), closing(sink):
            await asyncio.gather(pump(reader, back, answers=False), pump(there, sink, answers=True))

    async def scenario() -> None:
        listener = await asyncio.start_unix_server(relay, tmp_path / SOCKET_FILE)
        through = replace(server, socket_directory=tmp_path)
        async with writing(through) as writer:
            await writer.write(numbered(1))
            silent.set()
            await refused(writer.write(numbered(2)))
            silent.clear()
            await eventually(lambda: writer.ready)
            await writer.write(numbered(3))
        listener.close()
        found = {row["trace_id"]: (row["writer_id"], row["seq"]) for row in await rows(server)}
        assert found["trace 2"] == (found["trace 1"][0], 2)
        assert found["trace 3"][1] == 1
        assert found["trace 3"][0] != found["trace 1"][0]
        assert await verified(server) == Verification(chains=2, good=3, broken=0, faults=())

    asyncio.run(scenario())


def test_a_log_that_refuses_rows_lets_nothing_through_and_recovers(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            await execute(server, "REVOKE INSERT ON access_log FROM maillage_audit")
            try:
                await refused(writer.write(numbered(1)))
                await eventually(lambda: writer.ready)
                await refused(writer.write(numbered(2)))
                # A server that accepts the login and no row is asked less and less often.
                assert writer._pause > audit.SHORTEST_PAUSE
            finally:
                await execute(server, "GRANT INSERT ON access_log TO maillage_audit")
            await eventually(lambda: writer.ready)
            await writer.write(numbered(3))
            assert writer._pause == audit.SHORTEST_PAUSE
        assert [row["trace_id"] for row in await rows(server)] == ["trace 3"]

    asyncio.run(scenario())
