"""The second wall, alone: each audience's own login, straight to PostgreSQL, with no code of ours in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from loaders import walls
from loaders.nouns import BY_TABLE
from loaders.policy.conditions import row_rule
from loaders.policy.context import NOBODY, NOTHING
from loaders.policy.doors import door_of_table
from loaders.postgres import logins
from loaders.statement import compiled
from schema.tables import metadata
from schema.vocabulary import Audience
from tests import oracle
from tests.cluster import Cluster
from tests.filled import cases_of, fill, filled_cluster
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_words import absent, oracle_name

AUDIENCES = list(Audience)
TABLES = {table.name: table for table in metadata.sorted_tables}
ARCHIVE = {"access_log": "access_log_%"}


@dataclass(frozen=True)
class Case:
    """A full database, and who is in it."""

    cluster: Cluster
    card: dict[str, Any]
    organisations: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The synthetic network and the cases made by hand, without a server."""
    folder = tmp_path_factory.mktemp("walls")
    with filled_cluster(folder, cases=True) as cluster:
        card, organisations = asyncio.run(_known(cluster, folder / "demo"))
        yield Case(cluster, card, organisations)


async def _known(cluster: Cluster, folder: Path) -> tuple[dict[str, Any], Mapping[str, Mapping[str, Any]]]:
    card = await fill(cluster.admin, folder)
    cases_of(folder, card)
    async with connected(cluster.admin) as admin:
        rows = await admin.fetch(
            "SELECT c.id AS client, o.id, o.kind, o.authority_id FROM oauth_client c "
            "JOIN organisation o ON o.id = c.organisation_id"
        )
    return card, {row["client"]: dict(row) for row in rows}


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


# Who stands behind each login: a client of the demonstration, and the role of one of its members.
VIEWERS: Mapping[Audience, tuple[tuple[str, str | None, str | None], ...]] = {
    Audience.LIS: (("cli_dlpm", "LIS", "EVALUATE"),),
    Audience.SUP: (("cli_dlpm", "SUP", "EVALUATE"),),
    Audience.ANA: (("cli_dlpm", "ANA", "MONITORING"),),
    Audience.CRI: (("cli_crip_59", "CRI", "EVALUATE"), ("cli_crip_974", "CRI", "DETERMINE")),
    Audience.ASE: (("cli_ase_59", "ASE", "EVALUATE"), ("cli_ase_59", "ASE", "IMPLEMENT")),
    Audience.ASM: (("cli_asso_measure", "ASM", "IMPLEMENT"), ("cli_foyer", "ASM", "IMPLEMENT")),
    Audience.ASO: (("cli_asso_outside_mission", "ASO", "CONSULTATION"),),
    Audience.COO: (
        ("cli_crip_59", "COO", "EVALUATE"),
        ("cli_ase_59", "COO", "IMPLEMENT"),
        ("cli_asso_measure", "COO", "IMPLEMENT"),
    ),
    Audience.DEL: (("cli_crip_59", "DEL", "ADMINISTRATION"),),
    Audience.ADM: (("cli_operator", "ADM", "ADMINISTRATION"),),
    Audience.DPO: (("cli_dlpm", "DPO", "CONTROL"), ("cli_crip_59", "DPO", "CONTROL"), ("cli_foyer", "DPO", "CONTROL")),
    Audience.ONP: (("cli_observatory", "ONP", "MONITORING"),),
    Audience.ORG_CRIP: (("cli_crip_59", None, None),),
    Audience.ORG_ASE: (("cli_ase_59", None, None),),
    Audience.ORG_ASSOCIATION: (("cli_asso_measure", None, None), ("cli_foyer", None, None)),
    Audience.ORG_DLPM: (("cli_dlpm", None, None),),
    Audience.ORG_OBSERVATORY: (("cli_observatory", None, None),),
}


def settings_of(case: Case, audience: Audience, client: str, role: str | None, purpose: str | None) -> dict[str, str]:
    """The five facts of a caller, as the server writes them for each transaction."""
    organisation = case.organisations[client]
    members = next(one["members"] for one in case.card["clients"] if one["client_id"] == client)
    by_links = audience in {Audience.COO, Audience.DPO} and organisation["kind"] != "CRIP"
    return {
        "organisation": str(organisation["id"]),
        "authority": str(NOBODY if by_links else organisation["authority_id"] or NOBODY),
        "member": next(one["id"] for one in members if one["role"] == role) if role else str(NOBODY),
        "kind": organisation["kind"],
        "purpose": purpose or NOTHING,
    }


async def become(connection: "asyncpg.Connection[Any]", settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        await connection.fetchval(f"SELECT set_config('app.{name}', $1, true)", value)


def binds_of(settings: Mapping[str, str]) -> dict[str, Any]:
    return {
        f"viewer_{name}": UUID(value) if name in {"organisation", "authority", "member"} else value
        for name, value in settings.items()
    }


def keys_of(table: str) -> list[str]:
    return [column.name for column in TABLES[table].primary_key.columns]


async def rows_by_door(admin: "asyncpg.Connection[Any]", audience: Audience, table: str, settings: Any) -> set[Any]:
    """What the first wall gives, asked as the administrator, whom no wall stops."""
    gate = door_of_table(audience, table)
    sql, names, _ = compiled(select(*(gate.row.c[name] for name in keys_of(table))).where(gate.where))
    binds = binds_of(settings)
    return {tuple(row) for row in await admin.fetch(sql, *(binds[name] for name in names))}


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_a_login_sees_the_rows_that_the_doors_give(case: Case, audience: Audience) -> None:
    seen_something = False
    async with (
        connected(case.cluster.login(logins.login_of(audience))) as login,
        connected(case.cluster.admin) as admin,
    ):
        for client, role, purpose in VIEWERS[audience]:
            settings = settings_of(case, audience, client, role, purpose)
            for name in BY_TABLE:
                granted = set(walls.columns(audience, TABLES[name]))
                keys = keys_of(name)
                if not granted:
                    continue
                # The key is asked for where it is granted; any granted column counts the rows all the same.
                asked = keys if set(keys) <= granted else sorted(granted)[:1]
                async with login.transaction():
                    await become(login, settings)
                    rows = [tuple(row) for row in await login.fetch(f"SELECT {', '.join(asked)} FROM {name}")]
                expected = await rows_by_door(admin, audience, name, settings)
                assert len(rows) == len(expected), (client, name)
                if asked == keys:
                    assert set(rows) == expected, (client, name)
                seen_something |= bool(rows)
    assert seen_something or audience is Audience.ORG_OBSERVATORY


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_a_login_reads_its_columns_and_no_other(case: Case, audience: Audience) -> None:
    settings = settings_of(case, audience, *VIEWERS[audience][0])
    async with connected(case.cluster.login(logins.login_of(audience))) as login:
        for name, table in TABLES.items():
            granted = set(walls.columns(audience, table))
            if granted:
                # In one statement: PostgreSQL refuses all of it for one column that is not granted.
                async with login.transaction():
                    await become(login, settings)
                    await login.fetch(f"SELECT {', '.join(sorted(granted))} FROM {name} LIMIT 1")
            for column in sorted(set(table.c.keys()) - granted):
                for sql in (f'SELECT "{column}" FROM {name}', f'SELECT count("{column}") FROM {name}'):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await login.fetch(sql)
            if granted != set(table.c.keys()):
                for sql in (f"SELECT * FROM {name}", f"SELECT to_jsonb(t) FROM {name} t"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await login.fetch(sql)


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_without_the_settings_no_case_row_is_read(case: Case, audience: Audience) -> None:
    """An error, never rows: a statement that forgot to say who looks shows nothing at all."""
    async with connected(case.cluster.login(logins.login_of(audience))) as login:
        for name in BY_TABLE:
            granted = walls.columns(audience, TABLES[name])
            if not granted or "app." not in walls.predicate(audience, TABLES[name]):
                continue
            with pytest.raises(asyncpg.PostgresError, match=r"app\.|invalid input syntax for type uuid"):
                await login.fetch(f"SELECT {granted[0]} FROM {name}")
        # What a transaction set is gone with it.
        async with login.transaction():
            await become(login, settings_of(case, audience, *VIEWERS[audience][0]))
        for name in BY_TABLE:
            granted = walls.columns(audience, TABLES[name])
            if granted and "app." in walls.predicate(audience, TABLES[name]):
                # A setting that was set reads '' from then on: no id, no purpose and no kind of organisation.
                with suppress(asyncpg.InvalidTextRepresentationError):
                    assert await login.fetch(f"SELECT {granted[0]} FROM {name}") == [], name


@pytest.mark.parametrize("audience", AUDIENCES)
def test_only_what_belongs_to_no_case_is_open_to_all(audience: Audience) -> None:
    """A policy that asks nothing about the viewer is for reference data only."""
    open_to_all = {name for name in BY_TABLE if walls.predicate(audience, TABLES[name]) == "true"}
    for name in open_to_all:
        assert not {"situation_id", "controller_org_id"} & set(TABLES[name].c.keys()), name


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_a_login_changes_nothing(case: Case, audience: Audience) -> None:
    async with connected(case.cluster.login(logins.login_of(audience))) as login:
        for name, table in TABLES.items():
            # What the database numbers by itself is refused to everybody, before anybody's rights are looked at.
            first = next(column.name for column in table.c if column.identity is None)
            for sql in (
                f"INSERT INTO {name} DEFAULT VALUES",
                f'UPDATE {name} SET "{first}" = "{first}"',
                f"DELETE FROM {name}",
                f"TRUNCATE {name}",
            ):
                # The login is read-only by its own settings, and may not even when it takes those off.
                with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
                    await login.execute(sql)
        await login.execute("SET default_transaction_read_only = off")
        for name in TABLES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(f"DELETE FROM {name}")
        for sql in ("CREATE TABLE mine (a int)", "SELECT refresh_reach_all()", "SET ROLE maillage_owner"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(sql)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.fetch("SELECT * FROM reach_definition")


async def test_the_logins_are_nobody_special(case: Case) -> None:
    async with connected(case.cluster.admin) as admin:
        names = [logins.login_of(audience) for audience in Audience]
        rows = await admin.fetch("SELECT * FROM pg_roles WHERE rolname = ANY ($1)", names)
        assert len(rows) == len(names)
        for row in rows:
            assert not any(
                row[right]
                for right in (
                    "rolsuper",
                    "rolbypassrls",
                    "rolcreatedb",
                    "rolcreaterole",
                    "rolreplication",
                    "rolinherit",
                )
            )
        assert not await admin.fetch(
            "SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY ($1)", names
        )
        assert not await admin.fetch(
            "SELECT 1 FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE r.rolname = ANY ($1)", names
        )
        assert not await admin.fetch(
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY ($1)", names
        )


async def test_every_table_has_row_security(case: Case) -> None:
    async with connected(case.cluster.admin) as admin:
        without = await admin.fetch(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity "
            "AND relname NOT LIKE 'access_log_%'"
        )
        assert not without
        # Reached by nobody but their owner: partitions, and what version the database has.
        open_ones = await admin.fetch(
            "SELECT grantee, privilege_type FROM information_schema.table_privileges WHERE table_schema = 'public' "
            "AND (table_name LIKE 'access_log_%' OR table_name LIKE 'alembic%') AND grantee LIKE 'maillage\\_%' "
            "AND grantee <> $1",
            logins.OWNER,
        )
        assert not open_ones


async def test_the_catalogue_grants_what_the_policy_says(case: Case) -> None:
    names = [logins.login_of(audience) for audience in Audience]
    async with connected(case.cluster.admin) as admin:
        rows = await admin.fetch(
            "SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges "
            "WHERE table_schema = 'public' AND grantee = ANY ($1)",
            [*names, "PUBLIC"],
        )
    assert {row["privilege_type"] for row in rows} == {"SELECT"}
    live: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        live.setdefault((row["grantee"], row["table_name"]), set()).add(row["column_name"])
    assert live == {key: set(columns) for key, columns in walls.grants().items()}


async def test_the_catalogue_has_the_policies_and_no_other(case: Case) -> None:
    names = {logins.login_of(audience) for audience in Audience}
    async with connected(case.cluster.admin) as admin:
        rows = await admin.fetch(
            "SELECT tablename, policyname, roles, cmd, permissive, qual FROM pg_policies WHERE schemaname = 'public'"
        )
        live = {(row["policyname"], row["tablename"]): row for row in rows if set(row["roles"]) & names}
        expected = walls.policies()
        assert set(live) == set(expected)
        for (login, table), row in live.items():
            assert (row["roles"], row["cmd"], row["permissive"]) == ([login], "SELECT", "PERMISSIVE")
            assert row["qual"] == await _canonical(admin, table, expected[login, table]), (login, table)


async def _canonical(admin: "asyncpg.Connection[Any]", table: str, clause: str) -> str:
    """The clause as PostgreSQL prints it back."""
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(f"CREATE POLICY probe ON {table} FOR SELECT USING ({clause})")
        printed: str = await admin.fetchval(
            "SELECT qual FROM pg_policies WHERE policyname = 'probe' AND tablename = $1", table
        )
        return printed
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_table_out_of_the_schema_is_out_of_the_grants(audience: Audience) -> None:
    for name, table in TABLES.items():
        if name not in {"reach", "situation_key"} and (name not in BY_TABLE or row_rule(audience, table) is None):
            assert walls.columns(audience, table) == (), name


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_login_is_granted_the_columns_of_the_matrix_and_the_keys(audience: Audience) -> None:
    """By the oracle: what the walls are generated from may be wrong in the same way as the walls."""
    for name, table in TABLES.items():
        if name != "reach":
            assert set(walls.columns(audience, table)) == granted_by_the_matrix(audience, name), name


@cache
def granted_by_the_matrix(audience: Audience, name: str) -> set[str]:
    if name == "situation_key":
        # The wrapped key goes with the values it opens (decision 0012); without the network's own key it opens nothing.
        sealed = any(oracle.may_exist(oracle_name(audience.value), group) for group in ("G06", "G10"))
        return (
            {column.name for column in TABLES[name].c} & {"id", "situation_id", "wrapped", "kek_version"}
            if sealed
            else set()
        )
    if name not in BY_TABLE:
        return set()
    protected = {
        column
        for column, group in GROUP_OF_COLUMN.get(name, {}).items()
        if oracle.may_exist(oracle_name(audience.value), group)
        and not absent(audience.value, BY_TABLE[name].name, column)
    }
    # A link between two rows is granted where both ends are.
    linked = name == "working_session_actor" and bool(granted_by_the_matrix(audience, "working_session"))
    keys = {column.name for column in TABLES[name].c} - GROUP_OF_COLUMN.get(name, {}).keys() - INWARD.get(name, set())
    return protected | keys if protected or linked else set()


# Which case row a notice is about, and how far a feed was read: nobody who may see a webhook may see these.
INWARD = {
    "webhook": {"told"},
    "webhook_delivery": {"row_id", "prefix"},
    # What proves a tool is compared with, and read by nobody.
    "client_secret": {"hash"},
    "client_key": {"public_jwk"},
}


async def test_the_reach_a_login_reads_is_its_own(case: Case) -> None:
    """Who else stands in a case cannot be read off the table of relations."""
    async with connected(case.cluster.admin) as admin:
        everyone = await admin.fetchval("SELECT count(DISTINCT viewer) FROM reach")
    for audience in (Audience.CRI, Audience.ASM, Audience.COO, Audience.LIS):
        settings = settings_of(case, audience, *VIEWERS[audience][0])
        async with connected(case.cluster.login(logins.login_of(audience))) as login, login.transaction():
            await become(login, settings)
            viewers = {row["viewer"] for row in await login.fetch("SELECT DISTINCT viewer FROM reach")}
        mine = {UUID(settings[name]) for name in ("organisation", "authority", "member")} | {NOBODY}
        assert viewers <= mine
        assert len(viewers) < everyone
