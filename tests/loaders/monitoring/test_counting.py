"""National monitoring counts what its definitions say, in one statement, by a login that reads nothing else."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import orjson
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bench.synthetic.load import load
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.monitoring import editions, rollups
from loaders.monitoring.archive import DLPM_TABLES, Sight, version_statement, versions_statement
from loaders.monitoring.document import (
    MONITORING_COLUMNS,
    MONITORING_VIEW,
    Tallies,
    authority_statement,
    counting_statement,
    national_statement,
)
from loaders.monitoring.national import national_monitoring
from loaders.monitoring.periods import REPORT_YEAR
from loaders.monitoring.remembered import Remembered
from loaders.sealed.keyring import Keyring
from schema.tables import metadata
from schema.types.monitoring import NationalMonitoring
from schema.vocabulary import Audience, DlpmActionKind, Problematic
from tests.loaders.monitoring.plain import became, expected, midnight, readable
from tests.loaders.monitoring.printed import assert_report, seen
from tests.loaders.monitoring.world import PERIODS, TOLD, WORLD

T = TypeVar("T")

LOGIN, PASSWORD = "maillage_monitoring", "only for this test"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server with every table, the rows of the world, and the login that may read `MONITORING_COLUMNS`."""
    data = tmp_path_factory.mktemp("monitoring") / "data"
    with EmbeddedPostgres(data, settings={"shared_buffers": "32MB", "fsync": "off"}) as running:
        asyncio.run(_fill(running))
        yield running
    shutil.rmtree(data, ignore_errors=True)


async def _fill(server: PostgresServer) -> None:
    # In another zone than Paris, so that a civil date taken from the session's zone is found out.
    dsn = server.dsn(server.admin_user, server.admin_password)
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for text in [*rollups.statements(), *editions.statements()]:
            await connection.exec_driver_sql(text)
        for table in metadata.sorted_tables:
            if WORLD.get(table.name):
                await connection.execute(insert(table), WORLD[table.name])
        await connection.exec_driver_sql(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        await _grant(connection)
        await connection.exec_driver_sql(f"ALTER ROLE {LOGIN} SET timezone TO 'Pacific/Auckland'")
    await engine.dispose()


async def _grant(connection: AsyncConnection) -> None:
    for name, columns in MONITORING_COLUMNS.items():
        await connection.exec_driver_sql(f"GRANT SELECT ({', '.join(sorted(columns))}) ON {name} TO {LOGIN}")
    await connection.exec_driver_sql(f"GRANT SELECT ON {MONITORING_VIEW} TO {LOGIN}")


def as_monitoring(server: PostgresServer, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async def talk() -> T:
        connection = await asyncpg.connect(server.dsn(LOGIN, PASSWORD), timeout=5)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(talk())


def fetched(server: PostgresServer, sql: str, arguments: list[Any]) -> dict[str, Any]:
    async def work(connection: asyncpg.Connection) -> dict[str, Any]:
        document: dict[str, Any] = orjson.loads(await connection.fetchval(sql, *arguments))
        return document

    return as_monitoring(server, work)


def folded(server: PostgresServer) -> int:
    async def work() -> int:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        try:
            found: int = await admin.fetchval(rollups.FOLD, 1_000_000)
        finally:
            await admin.close()
        return found

    return asyncio.run(work())


def test_every_figure_is_what_plain_python_counts_folded_or_not(server: PostgresServer) -> None:
    def check() -> None:
        for period, first, last in PERIODS:
            document = fetched(server, *counting_statement(period))
            wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
            found = readable(document, period)
            whole = period.whole_year
            year = expected(WORLD, midnight(whole.starts_on), midnight(whole.ends_on + timedelta(days=1)))
            # Places are of whole years.
            assert found == wanted | {"departments": year["departments"]}, period.label

    check()
    assert folded(server) > len(WORLD["situation"])
    check()
    assert folded(server) == 0


def test_the_world_of_these_tests_is_not_empty() -> None:
    _, first, last = PERIODS[0]
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert wanted["situations"] == 98
    assert len(wanted["observations"]) == len(Problematic)
    assert len(wanted["actions"]) == len(DlpmActionKind)
    assert set(wanted["gender"]) == {"GIRL", "BOY", "TRANS_OTHER", "UNKNOWN"}
    assert wanted["ages"]["known"] < sum(wanted["gender"].values())
    assert wanted["departments"]["?"] > 0
    assert wanted["situations"] < sum(wanted["contacts_by_month"].values())
    assert sum(wanted["callers"].values()) < wanted["situations"]
    assert len(wanted["situations_by_month"]) == 12


@pytest.mark.parametrize("place", [0, 1])
def test_an_authority_counts_only_what_it_was_told_of(server: PostgresServer, place: int) -> None:
    period, first, last = PERIODS[0]
    authority = WORLD["authority"][place]["id"]
    competent = {row["situation_id"] for row in WORLD["situation_jurisdiction"] if row["authority_id"] == authority}
    told = {
        row["situation_id"]
        for row in WORLD["concern_report"]
        if row["to_authority_id"] == authority and row["status"] in TOLD
    }
    assert competent - told
    assert told - competent
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last), competent & told)
    months = Tallies(fetched(server, *authority_statement(period, authority))).as_of(period).months(period)
    found = {name: {word: sum(values) for word, values in months[name].items()} for name in months}
    assert found["OWN_SITUATIONS"] == {"": wanted["situations"]}
    assert (found["OWN_GENDER"], found["OWN_KNOWN"]) == (wanted["gender"], wanted["known"])
    assert wanted["situations"] > 5
    for name, words in became(
        WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last), competent & told
    ).items():
        assert {word: count for word, count in found[name].items() if count} == words, name
        assert len(words) > 1, name


def test_all_figures_take_one_statement(server: PostgresServer) -> None:
    executed: list[str] = []

    async def work(connection: asyncpg.Connection) -> NationalMonitoring:
        async def fetch(sql: str, arguments: list[Any]) -> bytes:
            value: str = await connection.fetchval(sql, *arguments)
            return value.encode()

        connection.add_query_logger(lambda record: executed.append(record.query))
        return await national_monitoring(fetch, Audience.ANA, REPORT_YEAR)

    figures = as_monitoring(server, work)
    _, first, last = PERIODS[0]
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert len(executed) == 1
    assert figures.situations.count.value == wanted["situations"]
    assert figures.contacts.count.value == sum(wanted["contacts_by_month"].values())
    assert figures.mean_age.mean.value == pytest.approx(wanted["ages"]["total"] / wanted["ages"]["known"], abs=0.051)


def test_the_login_reads_no_row_beyond_its_columns(server: PostgresServer) -> None:
    async def work(connection: asyncpg.Connection) -> int:
        refused = 0
        for table in metadata.sorted_tables:
            for column in table.c:
                if column.name not in MONITORING_COLUMNS.get(table.name, ()):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.fetch(f'SELECT "{column.name}" FROM {table.name}')
                    refused += 1
        return refused

    every_column = sum(len(table.c) for table in metadata.sorted_tables)
    granted = sum(len(columns) for columns in MONITORING_COLUMNS.values())
    assert as_monitoring(server, work) == every_column - granted


EVERYTHING = Sight(DLPM_TABLES, draft=True, frozen=True)


def test_every_granted_column_is_needed(server: PostgresServer) -> None:
    statements = [
        national_statement(REPORT_YEAR),
        authority_statement(REPORT_YEAR, WORLD["authority"][0]["id"]),
        versions_statement(REPORT_YEAR, EVERYTHING),
        version_statement(WORLD["authority"][0]["id"], EVERYTHING),
    ]

    async def work() -> list[str]:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        login = await asyncpg.connect(server.dsn(LOGIN, PASSWORD))
        useless = []
        try:
            for name, columns in MONITORING_COLUMNS.items():
                for column in sorted(columns):
                    await admin.execute(f"REVOKE SELECT ({column}) ON {name} FROM {LOGIN}")
                    if not await _any_refused(login, statements):
                        useless.append(f"{name}.{column}")
                    await admin.execute(f"GRANT SELECT ({column}) ON {name} TO {LOGIN}")
        finally:
            await admin.close()
            await login.close()
        return useless

    assert asyncio.run(work()) == []


async def _any_refused(connection: asyncpg.Connection, statements: list[tuple[str, list[Any]]]) -> bool:
    for sql, arguments in statements:
        try:
            await connection.fetchval(sql, *arguments)
        except asyncpg.InsufficientPrivilegeError:
            return True
    return False


def test_the_yearly_report_comes_out_of_the_synthetic_network(server: PostgresServer, tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()

    async def work() -> NationalMonitoring:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        await admin.execute("CREATE DATABASE synthetic")
        await admin.close()
        dsn = server.dsn(server.admin_user, server.admin_password, "synthetic")
        engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for text in [*rollups.statements(), *editions.statements()]:
                await connection.exec_driver_sql(text)
            await _grant(connection)
        await engine.dispose()
        admin = await asyncpg.connect(dsn)
        await load(admin, now=datetime(2026, 1, 15, tzinfo=UTC), keyring=keyring)
        await admin.close()
        login = await asyncpg.connect(server.dsn(LOGIN, PASSWORD, "synthetic"))
        try:
            return await national_monitoring(
                lambda sql, arguments: login.fetchval(sql, *arguments), Audience.ANA, REPORT_YEAR
            )
        finally:
            await login.close()

    assert_report(asyncio.run(work()))


def test_a_statement_says_first_when_it_was_computed(server: PostgresServer) -> None:
    """What is remembered is found by all that stands behind it."""

    async def work(connection: asyncpg.Connection) -> list[str]:
        asked = (national_statement(REPORT_YEAR), authority_statement(REPORT_YEAR, WORLD["authority"][0]["id"]))
        return [await connection.fetchval(sql, *arguments) for sql, arguments in asked]

    for body in as_monitoring(server, work):
        assert body.startswith('{"computed_at":"')
        remembered = Remembered()
        one, again = (remembered.answer("x", body, seen) for _ in range(2))
        assert again.situations is one.situations
