"""Whether a database is one that this code can work on: new enough, nobody else's, at this version, its walls standing."""

from typing import TYPE_CHECKING, Any

import asyncpg

from loaders.postgres.logins import OWNER, logins
from loaders.setup.discretion import must_be_discreet
from loaders.setup.fitting import HEAD, Wanted
from schema.errors import SetupError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

OLDEST = 17

# What is in our schema and not our owner's. Types and indexes go with their tables.
_STRANGERS = f"""
SELECT what FROM (
  SELECT c.relname || CASE c.relkind WHEN 'v' THEN ' (view)' WHEN 'S' THEN ' (sequence)' ELSE ' (table)' END AS what
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND pg_get_userbyid(c.relowner) <> '{OWNER}'
  UNION ALL
  SELECT p.proname || ' (function)' FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND pg_get_userbyid(p.proowner) <> '{OWNER}') found
ORDER BY what LIMIT 4"""
_NAMED = 3
# What lets a login past the row policies: a right of its own, or that of a role it can become.
_STRONG = """
SELECT r.rolname FROM pg_roles r WHERE r.rolname = ANY ($1)
AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
     OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
     OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))
ORDER BY r.rolname LIMIT 1"""
# Partitions are reached over their table only: no login has a right on one.
_OPEN = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition AND NOT c.relrowsecurity ORDER BY c.relname LIMIT 1"""


async def must_be_new_enough(connection: "AsyncConnection") -> None:
    """Raises SetupError for a PostgreSQL that lacks what our statements need."""
    number = int((await connection.exec_driver_sql("SHOW server_version_num")).scalar_one())
    if number < OLDEST * 10_000:
        raise SetupError(f"PostgreSQL {number // 10_000} is too old: Maillage needs {OLDEST} or newer.")


async def must_be_ours(connection: "AsyncConnection") -> None:
    """No table, view or function of anybody else in our schema: what our rules do not cover, they cannot close.

    Raises: SetupError naming the first of them.
    """
    found = (await connection.exec_driver_sql(_STRANGERS)).scalars().all()
    if found:
        named = ", ".join(found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
        raise SetupError(
            f"The schema `public` holds what is not Maillage's: {named}. Give Maillage a database of its own, or move "
            "these to another schema (ALTER ... SET SCHEMA; for an extension ALTER EXTENSION ... SET SCHEMA)."
        )


async def must_not_be_newer(connection: "AsyncConnection") -> None:
    """Raises SetupError where newer code has migrated the database: this code's functions and walls would undo its."""
    if (await connection.exec_driver_sql("SELECT to_regclass('public.alembic_version')")).scalar() is None:
        return
    found = (await connection.exec_driver_sql("SELECT version_num FROM public.alembic_version")).scalar()
    if found is not None and found > HEAD:
        raise SetupError(f"The database is at version {found}, and this code ends at {HEAD}: migrate with newer code.")


async def must_be_ready(dsn: str) -> None:
    """The database is reached directly, is at the version of this code, and its second wall stands; `dsn`: of the commands' login.

    Raises: SetupError, and the driver's errors where the database is away.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await _must_be_direct(connection)
        await _must_be_migrated(connection)
        await _must_be_walled(connection)
        await must_be_discreet(connection)
    finally:
        await connection.close()


async def _must_be_direct(connection: "asyncpg.Connection[Any]") -> None:
    """Nobody in between hands one server's process to several clients: statements stay prepared, and changes are listened for.

    A pooler makes up the key with which a statement can be cancelled, and with it the number of the process.
    """
    if connection.get_server_pid() != await connection.fetchval("SELECT pg_backend_pid()"):
        raise SetupError(
            "A connection pooler stands before PostgreSQL, and what is prepared or listened for gets lost in it: name "
            "PostgreSQL itself in MAILLAGE_DSN. A process holds MAILLAGE_CONNECTIONS connections at most."
        )


async def _must_be_migrated(connection: "asyncpg.Connection[Any]") -> None:
    try:
        wanted = await Wanted.asked(connection)
    except (asyncpg.UndefinedFunctionError, asyncpg.InsufficientPrivilegeError):
        raise SetupError(
            f"The database is not prepared for this code, which needs {HEAD}: run `python -m graph migrate` first."
        ) from None
    if wanted.fits(HEAD):
        return
    remedy = "run `python -m graph migrate` first" if wanted.newest < HEAD else "serve with the code that migrated it"
    raise SetupError(f"The database is at version {wanted.newest}, and this code needs {HEAD}: {remedy}.")


async def _must_be_walled(connection: "asyncpg.Connection[Any]") -> None:
    """Nobody we connect as may pass the row policies (superuser, BYPASSRLS, the owner), and every table has them."""
    if strong := await connection.fetchval(_STRONG, list(logins())):
        raise SetupError(
            f"The login `{strong}` may do more than its policy says (superuser, BYPASSRLS, a role's member or an owner): "
            "take that away from it, then run `python -m graph migrate`."
        )
    if table := await connection.fetchval(_OPEN):
        raise SetupError(f"The table `{table}` has no row security: run `python -m graph migrate` first.")
