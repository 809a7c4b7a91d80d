"""The second wall alone, against somebody who writes SQL: each audience's own login, and what PostgreSQL lets it do.

The rows that a login reads are compared with the oracle, which knows neither doors nor walls. Then the ways around:
the catalogue, functions and operators of one's own, errors that quote values, other roles, files, large objects.

What a login can still learn, because PostgreSQL has no switch for it, is written down in docs/leaks.md (numbers 28 and
89): it may say that it is another caller of its own audience, and it may ask how large tables are.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import true

from loaders import walls
from loaders.nouns import BY_TABLE
from loaders.policy.context import NOBODY, NOTHING
from loaders.policy.doors import Door
from loaders.postgres import logins
from schema.vocabulary import Audience
from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_world import Viewer
from tests.sealed import SEALED
from tests.twins.theatre import MORE_SEATS, SEATS, Seat, Stage, first_world
from tests.twins.worlds import TABLES

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
ASSOCIATION = Seat("cli_asso_measure", "ASM", "IMPLEMENT")


def facts(stage: Stage, viewer: Viewer) -> Mapping[str, str]:
    """The five facts of a caller, as the server writes them for each transaction."""
    own = stage.world.by_id[viewer.organisation]
    # The coordinator and the DPO of an ASE service reach cases by their own links only.
    by_links = viewer.audience in {"COO", "DPO"} and own["kind"] != "CRIP"
    return {
        "organisation": str(viewer.organisation),
        "authority": str(NOBODY if by_links else own["authority_id"] or NOBODY),
        "member": str(viewer.member or NOBODY),
        "kind": own["kind"],
        "purpose": viewer.purpose or NOTHING,
    }


@asynccontextmanager
async def signed_in(stage: Stage, seat: Seat) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A transaction of the audience's login, opened as the server opens one."""
    connection = await asyncpg.connect(stage.cluster.login(logins.login_of(seat.audience)))
    try:
        async with connection.transaction():
            for name, value in facts(stage, stage.viewer(seat)).items():
                await connection.fetchval(f"SELECT set_config('app.{name}', $1, true)", value)
            yield connection
    finally:
        await connection.close()


async def refused(connection: "asyncpg.Connection[Any]", sql: str) -> str:
    """What PostgreSQL says when it refuses; the transaction goes on."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with connection.transaction():
            await connection.execute(sql)
    return str(caught.value)


# ---------------------------------------------------------------- rows and columns


@pytest.mark.parametrize("seat", [*SEATS, *(pytest.param(one, marks=pytest.mark.slow) for one in MORE_SEATS)], ids=str)
async def test_a_login_reads_exactly_the_rows_of_the_oracle(stage: Stage, seat: Seat) -> None:
    sight, viewer = stage.sight(seat), stage.viewer(seat)
    async with signed_in(stage, seat) as connection:
        for name, groups in GROUP_OF_COLUMN.items():
            granted = set(walls.columns(seat.audience, TABLES[name]))
            if name == "situation_key":
                await _reads_keys(connection, sight, granted)
                continue
            if name not in BY_TABLE or not granted:
                assert not granted, name
                continue
            for column in granted & set(groups):
                assert oracle.may_exist(viewer.audience, groups[column]), (name, column)
            rows = stage.world.tables[name]
            if "id" not in granted:
                found = await connection.fetchval(f"SELECT count({min(granted)}) FROM {name}")
                assert found <= sum(sight.sees(name, row) for row in rows), name
                continue
            read = {row["id"] for row in await connection.fetch(f"SELECT id FROM {name}")}
            assert read == {row["id"] for row in rows if sight.sees(name, row)}, name


async def _reads_keys(connection: "asyncpg.Connection[Any]", sight: Sight, granted: set[str]) -> None:
    """Decision 0012: wrapped keys for who may see a sealed value, of cases within reach; without the file they open nothing."""
    groups = {GROUP_OF_COLUMN[table][name] for table, names in SEALED.items() for name in names}
    if not any(oracle.may_exist(sight.audience, group) for group in groups):
        assert not granted
        return
    assert granted == {"id", "situation_id", "wrapped", "kek_version"}
    read = {row["situation_id"] for row in await connection.fetch("SELECT situation_id FROM situation_key")}
    world = sight.world.tables
    needed = {
        row["situation_id"]
        for table, names in SEALED.items()
        for row in world[table]
        if sight.sees(table, row) and any(row[name] and sight.shows(table, row, name) for name in names)
    }
    assert needed <= read <= {row["id"] for row in world["situation"] if sight.sees("situation", row)}
    hidden = {row["situation_id"] for row in world["situation_key"]} - read
    assert hidden, "the worlds hold a key out of reach"


@pytest.mark.parametrize("seat", [*SEATS, *(pytest.param(one, marks=pytest.mark.slow) for one in MORE_SEATS)], ids=str)
async def test_a_login_reads_the_relations_of_its_caller_and_no_others(stage: Stage, seat: Seat) -> None:
    """The views of the owner's beside the table: each gives what is about one identity of who asks."""
    names = ("organisation", "authority", "member")
    own = {name: UUID(value) for name, value in facts(stage, stage.viewer(seat)).items() if name in names}
    admin = await asyncpg.connect(stage.cluster.admin)
    try:
        kept = await admin.fetch("SELECT viewer, situation_id, via FROM reach")
    finally:
        await admin.close()
    async with signed_in(stage, seat) as connection:
        for name, viewer in {**own, "network": NOBODY}.items():
            read = {tuple(row) for row in await connection.fetch(f"SELECT situation_id, via FROM reach_of_{name}")}
            assert read == {(row["situation_id"], row["via"]) for row in kept if row["viewer"] == viewer}, name


DOORLESS = [
    Seat("cli_crip_59", "CRI", "EVALUATE"),
    Seat("cli_ase_59", "ASE", "EVALUATE"),
    ASSOCIATION,
    Seat("cli_asso_measure", "COO", "IMPLEMENT"),
    Seat("cli_asso_measure"),
    Seat("cli_crip_59", "DPO", "CONTROL"),
]


@pytest.mark.parametrize("seat", DOORLESS, ids=str)
async def test_with_doors_wide_open_the_wall_keeps_every_row_rule(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seat: Seat
) -> None:
    """Doors that give every column of every row, the whole server in front, and still no row too many."""
    monkeypatch.setattr(Door, "where", property(lambda _: true()))
    monkeypatch.setattr(Door, "_redacted", lambda _, __, column: column)
    sight = stage.sight(seat)
    kinds = [noun for noun in BY_TABLE.values() if noun.table.name in GROUP_OF_COLUMN and "id" in noun.table.c]
    async with first_world(stage, seat) as (house, token):
        asked = 0
        for noun in kinds:
            rows = stage.world.tables[noun.table.name]
            hidden = [row["id"] for row in rows if not sight.sees(noun.table.name, row)]
            seen = [row["id"] for row in rows if sight.sees(noun.table.name, row)][:20]
            ids = [f"{noun.prefix}_{one}" for one in (*seen, *hidden[:80])]
            body = {"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ids}}
            reply = await house.ask(token, body)
            found = {UUID(one) for one in _ids(reply.body)}
            assert not found & set(hidden), noun.name
            asked += len(found & set(seen))
        assert asked


def _ids(body: bytes) -> list[str]:
    return [part[-36:].decode() for part in body.split(b'"') if len(part) == 40 and part[3:4] == b"_"]


@pytest.mark.parametrize("seat", DOORLESS, ids=str)
async def test_a_column_that_the_role_never_sees_is_refused_in_every_clause(stage: Stage, seat: Seat) -> None:
    async with signed_in(stage, seat) as connection:
        for name, table in TABLES.items():
            granted = set(walls.columns(seat.audience, table))
            hidden = set(table.c.keys()) - granted
            if not granted or not hidden:
                continue
            shown, secret = min(granted), min(hidden)
            for sql in (
                # As text, because some kinds have no order and would be refused for that.
                f"SELECT {shown} FROM {name} ORDER BY {secret}::text",
                f"SELECT {shown} FROM {name} WHERE {secret} IS NULL",
                f"SELECT count(*) FROM {name} GROUP BY {secret}::text",
                f"SELECT a.{shown} FROM {name} a JOIN {name} b ON a.{secret}::text = b.{secret}::text",
                f"SELECT max({secret}::text) FROM {name}",
                f"SELECT row_to_json(a) FROM {name} a",
                f"SELECT a::text FROM {name} a",
                f"TABLE {name}",
                f"SELECT ctid FROM {name}",
                f"COPY {name} TO STDOUT",
                f"COPY (SELECT {secret} FROM {name}) TO STDOUT",
                f"SELECT query_to_xml('SELECT {secret} FROM {name}', true, true, '')",
                f"EXPLAIN SELECT {secret} FROM {name}",
                f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE",
            ):
                assert "permission denied" in await refused(connection, sql), sql


# ---------------------------------------------------------------- predicates that tell


async def _names(stage: Stage, seat: Seat) -> tuple[str, str]:
    """A first name that the login reads, and one of a minor that it does not."""
    sight = stage.sight(seat)
    rows = stage.world.tables["minor"]
    seen = {row["first_name"] for row in rows if sight.sees("minor", row)}
    return (
        next(row["first_name"] for row in rows if row["first_name"] and sight.sees("minor", row)),
        next(row["first_name"] for row in rows if row["first_name"] and row["first_name"] not in seen),
    )


@pytest.mark.parametrize("seat", [ASSOCIATION, Seat("cli_crip_59", "CRI", "EVALUATE")], ids=str)
async def test_an_error_that_depends_on_a_value_never_meets_a_hidden_row(stage: Stage, seat: Seat) -> None:
    seen, hidden = await _names(stage, seat)
    async with signed_in(stage, seat) as connection:
        divided = "SELECT count(id) FROM minor WHERE 1 / (CASE WHEN first_name = '{}' THEN 0 ELSE 1 END) = 1"
        assert "division by zero" in await refused(connection, divided.format(seen))
        await connection.fetch(divided.format(hidden))
        for sql in (
            "SELECT count(id) FROM minor WHERE first_name::int > 0",
            "SELECT count(id) FROM minor WHERE ('{' || first_name)::json IS NULL",
            "SELECT count(id) FROM minor WHERE first_name ~ ('(' || first_name)",
        ):
            rows = {row["first_name"] for row in await connection.fetch("SELECT first_name FROM minor")}
            told = await refused(connection, sql)
            names = {row["first_name"] for row in stage.world.tables["minor"] if row["first_name"]}
            assert not {name for name in names - rows if f'"{name}"' in told or f"({name}" in told}, sql


async def test_functions_and_operators_of_ones_own_cannot_be_made(stage: Stage) -> None:
    connection = await asyncpg.connect(stage.cluster.login(logins.login_of(Audience.ASM)))
    try:
        await connection.execute("SET default_transaction_read_only = off")
        body = (
            "(a text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', a; RETURN true; END $$"
        )
        for sql in (
            f"CREATE FUNCTION public.told{body}",
            f"CREATE FUNCTION pg_temp.told{body}",
            "CREATE TEMPORARY TABLE kept (a text)",
            "CREATE VIEW shown AS SELECT 1",
            "CREATE OPERATOR public.### (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
            "CREATE CAST (text AS int) WITHOUT FUNCTION",
            "CREATE EXTENSION dblink",
            "CREATE EXTENSION postgres_fdw",
            "CREATE ROLE friend",
            "CREATE DATABASE elsewhere",
            "CREATE SCHEMA mine",
            "CREATE PUBLICATION everything FOR ALL TABLES",
            "CREATE STATISTICS told ON id, situation_id FROM minor",
            "CREATE POLICY mine ON minor USING (true)",
            "ALTER TABLE minor DISABLE ROW LEVEL SECURITY",
            "ALTER ROLE CURRENT_USER BYPASSRLS",
            "GRANT SELECT ON minor TO CURRENT_USER",
            "CREATE TRIGGER mine BEFORE INSERT ON minor EXECUTE FUNCTION reach_changed()",
        ):
            with pytest.raises(asyncpg.PostgresError) as caught:
                await connection.execute(sql)
            assert any(
                word in str(caught.value) for word in ("permission denied", "must be owner", "must be superuser")
            ), (sql, caught.value)
    finally:
        await connection.close()


async def test_row_security_cannot_be_turned_off(stage: Stage) -> None:
    async with signed_in(stage, ASSOCIATION) as connection:
        await connection.execute("SET LOCAL row_security = off")
        # PostgreSQL refuses to answer where a policy would have to be skipped.
        assert "row-level security" in await refused(connection, "SELECT id FROM minor")


# ---------------------------------------------------------------- the catalogue


async def test_statistics_say_nothing_of_values(stage: Stage) -> None:
    admin = await asyncpg.connect(stage.cluster.admin)
    try:
        await admin.execute("ANALYZE")
        assert await admin.fetchval("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'") > 100
    finally:
        await admin.close()
    for seat in SEATS:
        async with signed_in(stage, seat) as connection:
            for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
                found = await connection.fetch(f"SELECT tablename FROM {view} WHERE schemaname = 'public'")
                # Where row security is active, PostgreSQL shows no statistics, whatever the columns.
                assert not found, (seat, view)
            for table in (
                "pg_statistic",
                "pg_statistic_ext_data",
                "pg_authid",
                "pg_shadow",
                "pg_largeobject",
                "pg_user_mapping",
            ):
                assert "permission denied" in await refused(connection, f"SELECT * FROM {table}"), table


async def test_the_functions_that_run_as_somebody_else_are_counted(stage: Stage) -> None:
    for seat in SEATS:
        async with signed_in(stage, seat) as connection:
            rows = await connection.fetch(
                "SELECT p.proname FROM pg_proc p WHERE p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE') "
                "AND p.pronamespace = 'public'::regnamespace"
            )
            # twin_id is these tests' own.
            assert {row["proname"] for row in rows} - {"twin_id"} == {"standing"}
            # It answers yes or no about a token whose random id one has to know, and nothing else.
            assert await connection.fetchval("SELECT standing('nothing')") is False
            assert await connection.fetchval("SELECT standing($1)", "' OR true --") is False


async def test_what_another_session_asks_is_not_shown(stage: Stage) -> None:
    other = await asyncpg.connect(stage.cluster.login(logins.login_of(Audience.SUP)))
    try:
        await other.fetch("SELECT 'a name in a statement'")
        async with signed_in(stage, ASSOCIATION) as connection:
            found = await connection.fetch("SELECT query, usename FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            assert any(row["usename"] == logins.login_of(Audience.SUP) for row in found)
            assert not [row for row in found if row["query"] and "a name" in row["query"]]
            assert "permission denied" in await refused(
                connection, f"SELECT pg_terminate_backend({other.get_server_pid()})"
            )
    finally:
        await other.close()


# ---------------------------------------------------------------- who one is


async def test_no_login_becomes_another(stage: Stage) -> None:
    names = [*logins.logins(), logins.OWNER, stage.cluster.server.admin_user]
    for audience in Audience:
        own = logins.login_of(audience)
        connection = await asyncpg.connect(stage.cluster.login(own))
        try:
            for name in set(names) - {own}:
                for sql in (f"SET ROLE {name}", f"SET SESSION AUTHORIZATION {name}"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(sql)
        finally:
            await connection.close()


async def test_who_says_to_be_another_caller_stays_within_the_audience(stage: Stage) -> None:
    """A known limit: the settings say who looks, and whoever writes SQL writes them. The columns stay the login's."""
    crip = Seat("cli_crip_59", "CRI", "EVALUATE")
    sight = stage.sight(ASSOCIATION)
    async with signed_in(stage, ASSOCIATION) as connection:
        for name, value in facts(stage, stage.viewer(crip)).items():
            await connection.fetchval(f"SELECT set_config('app.{name}', $1, true)", value)
        # An officer's facts open none of an officer's rows to a worker's login.
        for table in ("situation", "minor", "problematic"):
            read = {row["id"] for row in await connection.fetch(f"SELECT id FROM {table}")}
            allowed = {row["id"] for row in stage.world.tables[table] if sight.sees(table, row)}
            assert read <= allowed, table
        for secret in ("SELECT name FROM caller", "SELECT text FROM listening_note", "SELECT decision FROM measure"):
            assert "permission denied" in await refused(connection, secret), secret


# ---------------------------------------------------------------- files, objects, messages


async def test_files_programs_and_objects_are_out_of_reach(stage: Stage) -> None:
    connection = await asyncpg.connect(stage.cluster.login(logins.login_of(Audience.ASM)))
    try:
        await connection.execute("SET default_transaction_read_only = off")
        for sql in (
            "SELECT pg_read_file('postgresql.conf')",
            "SELECT pg_read_binary_file('PG_VERSION')",
            "SELECT pg_ls_dir('.')",
            "SELECT pg_stat_file('PG_VERSION')",
            "SELECT lo_import('/etc/hostname')",
            "SELECT pg_logdir_ls()",
            "SELECT pg_switch_wal()",
            "SELECT pg_create_physical_replication_slot('mine')",
            "SELECT pg_reload_conf()",
            "COPY organisation FROM STDIN",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "COPY (SELECT 1) TO '/dev/null'",
            "LOAD 'auto_explain'",
            "ALTER SYSTEM SET log_statement = 'all'",
            "SET session_replication_role = replica",
            "SET log_statement = 'all'",
            "SELECT dblink('', 'SELECT 1')",
            "CHECKPOINT",
        ):
            with pytest.raises(asyncpg.PostgresError) as caught:
                await connection.execute(sql)
            assert isinstance(
                caught.value,
                (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError, asyncpg.UndefinedFileError),
            ), (sql, caught.value)
    finally:
        await connection.close()


async def test_nobody_tells_a_listener_anything(stage: Stage) -> None:
    """LISTEN is open to every login, so nothing of a case may ever be sent that way: that there are events, no more."""
    heard: list[tuple[str, str]] = []
    seat = Seat("cli_dlpm", "LIS", "EVALUATE")
    async with first_world(stage, seat) as (house, token):
        connection = await asyncpg.connect(house.admin_dsn)
        try:
            for channel in ("outbox", "reach", "maillage", "events", "auth_state"):
                await connection.add_listener(channel, lambda _, __, *said: heard.append(said))
            found = await house.ask(
                token,
                {
                    "query": "mutation { openSituation(input: {urgency: STANDARD}) { userErrors { code } situation { id } } }"
                },
            )
            assert b'"sit_' in found.body, found.body
            # By the service's own relay, or here.
            await connection.fetchval("SELECT number_events()")
            await asyncio.sleep(0.2)
            functions = await connection.fetch(
                "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
            telling = {one["proname"] for one in functions if "notify" in one["prosrc"].lower()}
            # Of accounts, that something changed and which row; of a signing key that is no longer ours, its public name.
            assert telling == {"auth_state_changed", "signing_key_changed", "number_events"}
        finally:
            await connection.close()
    assert set(heard) == {("events", "")}
