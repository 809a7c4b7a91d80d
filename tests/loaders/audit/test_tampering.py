"""Whatever is changed in the log is found, with its place."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from loaders.embedded.server import PostgresServer
from loaders.journals.audit import verify
from loaders.journals.audit_chain import Damage, Verification
from schema.tables.journal import access_log
from tests.loaders.audit.log import AT, RECORD, execute, numbered, owner, verified, writing


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
