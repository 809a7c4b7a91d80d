"""Whether a database is one that this code can work on: new enough, nobody else's, and brought to this version."""

from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from loaders.logins import OWNER
from schema.errors import SetupError

OLDEST = 17
HEAD = (Path(__file__).resolve().parent.parent / "migrations" / "head").read_text(encoding="utf-8").strip()

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


async def must_be_new_enough(connection: AsyncConnection) -> None:
    """Raises SetupError for a PostgreSQL that lacks what our statements need."""
    number = int((await connection.exec_driver_sql("SHOW server_version_num")).scalar_one())
    if number < OLDEST * 10_000:
        raise SetupError(f"PostgreSQL {number // 10_000} is too old: Maillage needs {OLDEST} or newer.")


async def must_be_ours(connection: AsyncConnection) -> None:
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


async def must_be_migrated(dsn: str) -> None:
    """The database is at the version of this code; `dsn` is that of the commands' login.

    Raises: SetupError, and the driver's errors where the database is away.
    """
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        found = None
    finally:
        await connection.close()
    if found != HEAD:
        where = f"at version {found}" if found else "not prepared"
        raise SetupError(f"The database is {where}, and this code needs {HEAD}: run `python -m graph migrate` first.")
