"""A write returns when its record is committed, and only then."""

import asyncio
from dataclasses import fields, replace
from typing import Any

import asyncpg
import pytest

from loaders.embedded.server import PostgresServer
from loaders.journals.audit import AccessRecord
from loaders.journals.audit_chain import Verification
from schema.tables.journal import access_log
from tests.loaders.audit.log import (
    AT,
    EMPTY,
    NOTHING,
    PASSWORD,
    RECORD,
    execute,
    numbered,
    owner,
    refused,
    rows,
    verified,
    writing,
)


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
