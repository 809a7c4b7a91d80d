"""The access log keeps every record whose write returned, shows every change, and recovers by itself."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from loaders import audit
from loaders.audit import AccessRecord, AuditWriter, partition_statements, verify
from loaders.audit_chain import (
    MOST_FAULTS,
    START,
    Damage,
    Fault,
    Head,
    Link,
    Verification,
    Verifier,
    body,
    canonical,
    encode,
)
from loaders.embedded import SOCKET_FILE, EmbeddedPostgres, PostgresServer, clone
from schema.errors import UnavailableError
from schema.tables.journal import access_log

SMALL = {"shared_buffers": "16MB"}
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
PASSWORD = "writes only"
AT = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)
RECORD = AccessRecord(
    at=AT,
    event="READ",
    outcome="OK",
    trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
    organisation_id=UUID("1c9f6d1e-6a3c-4a0e-9d4b-111111111111"),
    client_id="crip-75",
    member_id=UUID("1c9f6d1e-6a3c-4a0e-9d4b-222222222222"),
    audience="CRIP",
    purpose="EVALUATION",
    operation="situations",
    document_hash="ab" * 32,
    situations=b'["1c9f6d1e-6a3c-4a0e-9d4b-333333333333",  "\\u00e9"]',
    categories=("IDENTITY", "HEALTH"),
    withheld=("CALLER_IDENTITY",),
)
EMPTY = replace(
    RECORD,
    organisation_id=None,
    client_id=None,
    member_id=None,
    purpose=None,
    operation=None,
    document_hash=None,
    situations=b"[]",
    categories=(),
    withheld=(),
)

# A value of a wrong type, as a bug would hand it over.
NOTHING: Any = None

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def numbered(number: int) -> AccessRecord:
    return replace(RECORD, trace_id=f"trace {number}")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped cluster with the log, its partitions and the login that may only write."""
    data = tmp_path_factory.mktemp("audit") / "data"

    async def create(server: PostgresServer) -> None:
        async with owner(server) as connection:
            await connection.execute(str(CreateTable(access_log).compile(dialect=DIALECT)))
            for index in access_log.indexes:
                await connection.execute(str(CreateIndex(index).compile(dialect=DIALECT)))
            for statement in partition_statements(date(2026, 11, 22), 3):
                await connection.execute(statement)
            await connection.execute(f"CREATE ROLE maillage_audit LOGIN PASSWORD '{PASSWORD}'")
            await connection.execute("GRANT INSERT ON access_log TO maillage_audit")

    with EmbeddedPostgres(data, settings=SMALL) as server:
        asyncio.run(create(server))
    return data


@pytest.fixture
def supervisor(prepared: Path, tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A stopped supervisor of a cluster of one's own."""
    clone(prepared, tmp_path / "data")
    supervisor = EmbeddedPostgres(tmp_path / "data", settings=SMALL)
    yield supervisor
    supervisor.stop()


@pytest.fixture(scope="module")
def shared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running server for tests that leave it running; each starts from an empty log."""
    data = tmp_path_factory.mktemp("shared") / "data"
    clone(prepared, data)
    with EmbeddedPostgres(data, settings=SMALL) as server:
        yield server


@pytest.fixture
def server(shared: PostgresServer) -> PostgresServer:
    asyncio.run(execute(shared, "TRUNCATE access_log"))
    return shared


@contextlib.asynccontextmanager
async def owner(server: PostgresServer) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password), timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def writing(server: PostgresServer, *, max_batch: int = 500) -> AsyncIterator[AuditWriter]:
    writer = AuditWriter(server.dsn("maillage_audit", PASSWORD), max_batch=max_batch)
    await writer.start()
    try:
        yield writer
    finally:
        await writer.close()


async def execute(server: PostgresServer, statement: str, *values: object) -> None:
    async with owner(server) as connection:
        await connection.execute(statement, *values)


async def rows(server: PostgresServer) -> list[asyncpg.Record]:
    async with owner(server) as connection:
        return await connection.fetch("SELECT *, xmin::text AS batch FROM access_log ORDER BY writer_id, seq")


async def verified(server: PostgresServer) -> Verification:
    async with owner(server) as connection:
        return await verify(connection)


async def eventually(question: Callable[[], bool], patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def refused(write: Awaitable[None]) -> str:
    with pytest.raises(UnavailableError) as caught:
        await asyncio.wait_for(write, 5)
    return caught.value.reason or ""


# What is written


def test_a_record_is_stored_as_given(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            await writer.write(RECORD)
            await writer.write(EMPTY)
        first, second = await rows(server)
        assert (first["seq"], first["prev"]) == (1, bytes(32))
        assert (second["seq"], second["prev"]) == (2, first["hash"])
        for row, record in ((first, RECORD), (second, EMPTY)):
            for name in (item.name for item in fields(AccessRecord)):
                expected = getattr(record, name)
                if name in ("categories", "withheld"):
                    expected = list(expected)
                if name == "situations":
                    expected = expected.decode()
                assert row[name] == expected, name

    asyncio.run(scenario())


def test_every_column_is_the_place_the_link_or_a_field_of_the_record() -> None:
    named = ["writer_id", "seq", *(item.name for item in fields(AccessRecord)), "prev", "hash"]
    assert [column.name for column in access_log.columns] == named


@pytest.mark.parametrize("word", ["a,b", 'a"b', "a\\b", "{}", "NULL", "", " é\n", "a','b"])
def test_words_of_a_list_are_stored_whatever_they_hold(server: PostgresServer, word: str) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            await writer.write(replace(RECORD, categories=(word, "x"), withheld=(word,)))
        (row,) = await rows(server)
        assert (row["categories"], row["withheld"]) == ([word, "x"], [word])
        assert (await verified(server)).sound

    asyncio.run(scenario())


def test_ids_that_came_from_the_database_are_accepted(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with owner(server) as connection:
            organisation = await connection.fetchval("SELECT gen_random_uuid()")
        async with writing(server) as writer:
            await writer.write(replace(RECORD, organisation_id=organisation))
        assert [row["organisation_id"] for row in await rows(server)] == [organisation]
        assert (await verified(server)).sound

    asyncio.run(scenario())


def test_two_thousand_writes_at_once_are_all_committed_when_awaited(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer, owner(server) as connection:
            await asyncio.gather(*(writer.write(numbered(number)) for number in range(2000)))
            found = await connection.fetch("SELECT trace_id, xmin::text AS batch FROM access_log")
        assert sorted(row["trace_id"] for row in found) == sorted(f"trace {number}" for number in range(2000))
        # Grouped: one transaction per batch of at most 500, no more.
        assert len({row["batch"] for row in found}) == 4
        assert await verified(server) == Verification(chains=1, good=2000, broken=0, faults=())

    asyncio.run(scenario())


def test_a_write_has_not_returned_while_its_batch_is_not_committed(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer, owner(server) as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("LOCK TABLE access_log IN SHARE MODE")
            write = asyncio.create_task(writer.write(RECORD))
            done, _ = await asyncio.wait({write}, timeout=0.3)
            assert not done
            await transaction.rollback()
            await asyncio.wait_for(write, 5)
        assert len(await rows(server)) == 1

    asyncio.run(scenario())


def test_a_batch_is_durable_even_where_the_login_is_told_otherwise(server: PostgresServer) -> None:
    async def scenario() -> None:
        await execute(server, "ALTER ROLE maillage_audit SET synchronous_commit = off")
        async with writing(server) as writer:
            assert writer._session is not None
            assert await writer._session.connection.fetchval("SHOW synchronous_commit") == "on"
        await execute(server, "ALTER ROLE maillage_audit RESET synchronous_commit")

    asyncio.run(scenario())


def test_closing_commits_what_is_queued_and_refuses_what_comes_after(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server, max_batch=10) as writer:
            writes = [asyncio.create_task(writer.write(numbered(number))) for number in range(100)]
            await asyncio.sleep(0)
            await writer.close()
            await asyncio.gather(*writes)
            assert "not connected" in await refused(writer.write(RECORD))
        assert len(await rows(server)) == 100

    asyncio.run(scenario())


def test_a_cancelled_waiter_breaks_no_other_and_stays_in_the_log(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server, max_batch=7) as writer:
            writes = [asyncio.create_task(writer.write(numbered(number))) for number in range(60)]
            await asyncio.sleep(0)
            for write in writes[::3]:
                write.cancel()
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            await writer.write(numbered(60))
        assert [type(outcome) for outcome in outcomes[::3]] == [asyncio.CancelledError] * 20
        assert {outcome for number, outcome in enumerate(outcomes) if number % 3} == {None}
        assert await verified(server) == Verification(chains=1, good=61, broken=0, faults=())

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "poison",
    [replace(RECORD, operation="nul \0"), replace(RECORD, situations=b"[not json"), replace(RECORD, outcome=NOTHING)],
    ids=["nul", "json", "null"],
)
def test_one_record_that_cannot_be_stored_refuses_no_other(server: PostgresServer, poison: AccessRecord) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            good = [asyncio.create_task(writer.write(numbered(number))) for number in range(20)]
            bad = asyncio.create_task(writer.write(poison))
            good += [asyncio.create_task(writer.write(numbered(number))) for number in range(20, 40)]
            await refused(bad)
            await asyncio.gather(*good)
        assert await verified(server) == Verification(chains=1, good=40, broken=0, faults=())

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("trace_id", "\ud800", TypeError),
        ("at", AT.replace(tzinfo=None), TypeError),
        ("situations", b"\xff", UnicodeDecodeError),
        ("client_id", b"bytes", TypeError),
    ],
)
def test_a_record_that_cannot_be_encoded_fails_alone_and_before_the_queue(
    server: PostgresServer, field: str, value: Any, error: type[Exception]
) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            with pytest.raises(error):
                await writer.write(replace(RECORD, **{field: value}))
            await writer.write(RECORD)
        assert await verified(server) == Verification(chains=1, good=1, broken=0, faults=())

    asyncio.run(scenario())


# What the login may do


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT seq FROM access_log",
        "SELECT count(*) FROM access_log",
        "SELECT seq FROM access_log_2026_11",
        "UPDATE access_log SET outcome = 'OK'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "DROP TABLE access_log",
        "INSERT INTO access_log_2026_11 SELECT * FROM access_log_2026_11",
        "COPY access_log TO STDOUT",
    ],
)
def test_the_login_of_the_writer_only_adds(server: PostgresServer, statement: str) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            await writer.write(RECORD)
        connection = await asyncpg.connect(server.dsn("maillage_audit", PASSWORD))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        await connection.close()
        assert await verified(server) == Verification(chains=1, good=1, broken=0, faults=())

    asyncio.run(scenario())


# The database dies


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
            began = time.monotonic()
            for _ in range(100):
                await refused(writer.write(numbered(2)))
            assert time.monotonic() - began < 1
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


# Months


def test_each_month_has_its_partition_and_whole_chains(server: PostgresServer) -> None:
    late = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC)
    moments = [late, late + timedelta(microseconds=1), late, datetime(2031, 1, 1, tzinfo=UTC)]
    # 00:30 in Paris on the first of December is still November.
    moments.append(datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))

    async def scenario() -> None:
        async with writing(server) as writer:
            await asyncio.gather(*(writer.write(replace(RECORD, at=at)) for at in moments))
        async with owner(server) as connection:
            found = await connection.fetch(
                "SELECT tableoid::regclass::text AS partition, writer_id, seq FROM access_log ORDER BY 1, 3"
            )
        assert [(row["partition"], row["seq"]) for row in found] == [
            ("access_log_2026_11", 1),
            ("access_log_2026_11", 2),
            ("access_log_2026_11", 3),
            ("access_log_2026_12", 1),
            ("access_log_default", 1),
        ]
        assert await verified(server) == Verification(chains=3, good=5, broken=0, faults=())
        await execute(server, "TRUNCATE access_log_2026_11")
        assert await verified(server) == Verification(chains=2, good=2, broken=0, faults=())

    asyncio.run(scenario())


def test_partitions_follow_each_other_over_the_year_and_can_be_asked_for_again(server: PostgresServer) -> None:
    statements = partition_statements(date(2026, 11, 22), 3)
    assert statements == [
        "CREATE TABLE IF NOT EXISTS access_log_2026_11 PARTITION OF access_log "
        "FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_2026_12 PARTITION OF access_log "
        "FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_2027_01 PARTITION OF access_log "
        "FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_default PARTITION OF access_log DEFAULT",
    ]

    async def again() -> None:
        for statement in statements:
            await execute(server, statement)

    asyncio.run(again())


# What verification finds


async def tampered(server: PostgresServer, statement: str, *values: object) -> Verification:
    """A chain of ten, changed in the table by its owner."""
    async with writing(server) as writer:
        await asyncio.gather(*(writer.write(numbered(number)) for number in range(1, 11)))
    assert await verified(server) == Verification(chains=1, good=10, broken=0, faults=())
    await execute(server, statement, *values)
    return await verified(server)


CHANGES = {
    "seq": "0",
    "at": "at + interval '1 microsecond'",
    "event": "'COMMAND'",
    "outcome": "outcome || ' '",
    "trace_id": "''",
    "organisation_id": "NULL",
    "client_id": "NULL",
    "member_id": "organisation_id",
    "audience": "'ASE'",
    "purpose": "''",
    "operation": "NULL",
    "document_hash": "upper(document_hash)",
    "situations": "replace(situations::text, '  ', ' ')::json",
    "categories": "categories || 'FAMILY'::text",
    "withheld": "'{}'",
    "prev": "sha256(prev)",
    "hash": "sha256(hash)",
}


@pytest.mark.parametrize("column", [column.name for column in access_log.columns if column.name != "writer_id"])
def test_a_change_of_any_column_is_found_with_its_place(server: PostgresServer, column: str) -> None:
    verification = asyncio.run(tampered(server, f"UPDATE access_log SET {column} = {CHANGES[column]} WHERE seq = 5"))
    expected = [(Damage.INSERTED, 0), (Damage.REMOVED, 5)] if column == "seq" else [(Damage.ALTERED, 5)]
    assert [(fault.damage, fault.seq) for fault in verification.faults] == expected
    assert (verification.sound, verification.good) == (False, 9)


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "50000-01-01", "0044-03-15 BC", "294000-01-01"])
def test_a_moment_that_python_cannot_hold_is_found(server: PostgresServer, moment: str) -> None:
    verification = asyncio.run(tampered(server, f"UPDATE access_log SET at = '{moment}' WHERE seq = 5"))
    assert [(fault.damage, fault.seq) for fault in verification.faults] == [(Damage.ALTERED, 5)]


def test_a_record_moved_to_another_writer_is_found(server: PostgresServer) -> None:
    other = uuid4()
    verification = asyncio.run(tampered(server, "UPDATE access_log SET writer_id = $1 WHERE seq = 5", other))
    assert sorted((fault.damage, fault.seq, fault.until) for fault in verification.faults) == [
        (Damage.ALTERED, 5, None),
        (Damage.REMOVED, 5, 5),
        (Damage.TRUNCATED_HEAD, 1, 4),
    ]
    assert {fault.writer_id for fault in verification.faults if fault.damage != Damage.REMOVED} == {other}


@pytest.mark.parametrize(
    ("condition", "damage", "first", "last"),
    [
        ("seq = 1", Damage.TRUNCATED_HEAD, 1, 1),
        ("seq <= 4", Damage.TRUNCATED_HEAD, 1, 4),
        ("seq = 5", Damage.REMOVED, 5, 5),
        ("seq BETWEEN 5 AND 9", Damage.REMOVED, 5, 9),
    ],
)
def test_removed_records_are_found_with_their_places(
    server: PostgresServer, condition: str, damage: Damage, first: int, last: int
) -> None:
    verification = asyncio.run(tampered(server, f"DELETE FROM access_log WHERE {condition}"))
    (fault,) = verification.faults
    assert (fault.damage, fault.seq, fault.until) == (damage, first, last)
    assert verification.good == 10 - (last - first + 1)


def test_swapped_records_are_found_with_the_places_where_they_belong(server: PostgresServer) -> None:
    statement = "UPDATE access_log SET seq = CASE seq WHEN 3 THEN 7 ELSE 3 END WHERE seq IN (3, 7)"

    async def scenario() -> Verification:
        async with writing(server) as writer:
            for number in range(1, 11):
                await writer.write(replace(numbered(number), at=AT + timedelta(seconds=number)))
        await execute(server, statement)
        return await verified(server)

    verification = asyncio.run(scenario())
    assert [(fault.damage, fault.seq, fault.belongs) for fault in verification.faults] == [
        (Damage.REORDERED, 3, 7),
        (Damage.REORDERED, 7, 3),
    ]
    assert verification.good == 8


def test_a_second_record_at_a_place_is_found(server: PostgresServer) -> None:
    columns = ", ".join(column.name for column in access_log.columns)
    values = columns.replace("at,", "at + interval '1 second',", 1)
    verification = asyncio.run(
        tampered(server, f"INSERT INTO access_log ({columns}) SELECT {values} FROM access_log WHERE seq = 5")
    )
    assert [(fault.damage, fault.seq) for fault in verification.faults] == [(Damage.INSERTED, 5)]
    assert verification.good == 10


def test_a_reader_that_may_only_select_can_verify(server: PostgresServer) -> None:
    async def scenario() -> None:
        async with writing(server) as writer:
            await writer.write(RECORD)
        async with owner(server) as connection:
            await connection.execute("CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT ON access_log TO reader")
        connection = await asyncpg.connect(server.dsn("reader", "r"))
        assert (await verify(connection)).good == 1
        await connection.close()

    asyncio.run(scenario())


# The chain alone


def chain(count: int) -> list[Link]:
    links, head = [], Head.fresh()
    for number in range(count):
        content = body(numbered(number))
        after = head.follow(content)
        links.append(Link(after.writer_id, after.seq, head.hash, after.hash, content))
        head = after
    return links


def check(links: list[Link]) -> Verification:
    verifier = Verifier()
    for link in sorted(links, key=lambda link: (link.writer_id, link.seq)):
        verifier.add(link)
    return verifier.finish()


def test_the_canonical_bytes_and_the_hash_are_these() -> None:
    writer_id = UUID("9b2f0c7e-0000-4000-8000-000000000001")
    head = Head(writer_id, 0, START).follow(body(RECORD))
    expected = (
        b'["maillage-access-1","9b2f0c7e-0000-4000-8000-000000000001",1,1795336200123456,"READ","OK",'
        b'"4bf92f3577b34da6a3ce929d0e0e4736","1c9f6d1e-6a3c-4a0e-9d4b-111111111111","crip-75",'
        b'"1c9f6d1e-6a3c-4a0e-9d4b-222222222222","CRIP","EVALUATION","situations","' + b"ab" * 32 + b'",'
        b'"[\\"1c9f6d1e-6a3c-4a0e-9d4b-333333333333\\",  \\"\\\\u00e9\\"]",["IDENTITY","HEALTH"],["CALLER_IDENTITY"]]'
    )
    assert canonical(writer_id, 1, body(RECORD)) == expected
    assert head == (writer_id, 1, sha256(bytes(32) + expected).digest())


def test_text_is_escaped_as_rfc_8785_says() -> None:
    text = "".join(map(chr, range(32))) + '"\\/\x7f\u2028é😀'
    escapes = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    controls = "".join(escapes.get(code, f"\\u{code:04x}") for code in range(32))
    assert encode([text]) == f'["{controls}\\"\\\\/\x7f\u2028é😀"]'.encode()


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
RECORDS = st.builds(
    AccessRecord,
    at=st.datetimes(timezones=st.just(UTC)),
    event=st.sampled_from(["READ", "COMMAND", "REFUSAL"]),
    outcome=TEXT,
    trace_id=TEXT,
    organisation_id=st.none() | st.uuids(),
    client_id=st.none() | TEXT,
    member_id=st.none() | st.uuids(),
    audience=TEXT,
    purpose=st.none() | TEXT,
    operation=st.none() | TEXT,
    document_hash=st.none() | TEXT,
    situations=TEXT.map(str.encode),
    categories=st.lists(TEXT).map(tuple),
    withheld=st.lists(TEXT).map(tuple),
)
PLACES = st.tuples(st.uuids(), st.integers(1, 2**53))


@given(RECORDS, RECORDS, PLACES, PLACES)
def test_two_records_never_share_their_canonical_bytes(
    one: AccessRecord, other: AccessRecord, place: tuple[UUID, int], elsewhere: tuple[UUID, int]
) -> None:
    same = (one, place) == (other, elsewhere)
    assert (canonical(*place, body(one)) == canonical(*elsewhere, body(other))) == same


@given(RECORDS, st.data())
def test_each_field_changes_the_canonical_bytes(record: AccessRecord, data: st.DataObject) -> None:
    other = data.draw(RECORDS)
    for item in fields(AccessRecord):
        changed = replace(record, **{item.name: getattr(other, item.name)})
        assert (body(changed) == body(record)) == (changed == record)


@settings(deadline=None)
@given(st.integers(2, 12), st.data())
def test_whatever_is_removed_or_permuted_before_the_newest_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    places = data.draw(st.permutations(range(length)))
    kept = data.draw(st.sets(st.integers(0, length - 1), min_size=1))
    newest = max(kept)
    mixed = [links[places[index]]._replace(seq=index + 1) for index in sorted(kept)]
    verification = check(mixed)
    untouched = all(places[index] == index for index in kept) and kept == set(range(newest + 1))
    assert verification.sound == untouched
    for fault in verification.faults:
        if fault.damage == Damage.REORDERED:
            assert fault.belongs == places[fault.seq - 1] + 1
    missing: set[int] = set()
    for fault in verification.faults:
        if fault.until is not None:
            missing |= set(range(fault.seq, fault.until + 1))
    assert missing == set(range(1, newest + 2)) - {index + 1 for index in kept}


def test_a_record_written_anew_with_its_own_hash_breaks_the_link_after_it() -> None:
    links = chain(6)
    before = Head(links[1].writer_id, 2, links[1].hash)
    forged = body(replace(RECORD, audience="NOBODY"))
    links[2] = links[2]._replace(body=forged, hash=before.follow(forged).hash)
    verification = check(links)
    assert verification.faults == (Fault(Damage.UNLINKED, links[0].writer_id, 4),)
    assert verification.good == 5


def test_a_first_record_that_continues_another_is_found() -> None:
    first, *_ = chain(1)
    head = Head(first.writer_id, 0, bytes(31) + b"\1").follow(first.body)
    verification = check([first._replace(prev=bytes(31) + b"\1", hash=head.hash)])
    assert verification.faults == (Fault(Damage.TRUNCATED_HEAD, first.writer_id, 1),)


def test_chains_do_not_excuse_each_other_and_every_fault_is_counted() -> None:
    whole, hollow = chain(3), chain(3)
    verification = check([*whole, hollow[0], hollow[2]])
    assert (verification.chains, verification.good, verification.broken) == (2, 5, 1)
    one, two = chain(2), chain(2)
    one[0], two[0] = (link._replace(body=b"[0]") for link in (one[0], two[0]))
    verification = check([*one, *two])
    assert (verification.chains, verification.good, verification.broken) == (2, 2, 2)
    assert {fault.writer_id for fault in verification.faults} == {one[0].writer_id, two[0].writer_id}
    spoiled: list[Any] = [link._replace(body=b"[0]") for link in chain(MOST_FAULTS + 100)]
    verification = check(spoiled)
    assert (verification.good, verification.broken) == (0, MOST_FAULTS + 100)
    assert len(verification.faults) == MOST_FAULTS
