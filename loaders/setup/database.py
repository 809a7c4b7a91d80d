"""Bring a database to what this code expects: logins, numbered migrations, functions, triggers, grants, row policies.

`prepare` is what `python -m graph migrate` runs, on the embedded server and on any other; it is safe to run again.
Only this step connects with a login that owns things; the server itself never does.
"""

from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from loaders import walls
from loaders.calendar import clocks
from loaders.commands import idempotency
from loaders.events import outbox
from loaders.journals import ledger
from loaders.journals.audit import partition_statements
from loaders.monitoring import editions, reports, rollups
from loaders.policy import reach
from loaders.postgres import logins
from loaders.postgres.dsn import brief_engine
from loaders.repeats.rebuild import ERASE, rebuild_keys
from loaders.setup import discretion, fitting, readiness, reference
from loaders.tokens import falling_sessions, standing

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# How far ahead the access log has its monthly partitions; every `migrate` extends them.
_MONTHS_AHEAD = 18
_MONTHS_BACK = 1


def alembic_config() -> Config:
    """Alembic's settings: there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(_MIGRATIONS / "versions"))
    config.set_main_option("path_separator", "os")
    return config


async def prepare(admin_dsn: str, secret: bytes, today: date) -> None:
    """Make the database ready. `admin_dsn` may create roles; `secret` is what the passwords are derived from.

    Raises: SetupError where the database is too old or not ours alone, and the driver's errors; everything is one
    transaction, so a failure leaves the database as it was.
    """
    async with brief_engine(admin_dsn) as engine, engine.begin() as connection:
        await _prepare(connection, secret, today)


async def _prepare(connection: AsyncConnection, secret: bytes, today: date) -> None:
    await readiness.must_be_new_enough(connection)
    await readiness.must_be_ours(connection)
    # One at a time, whoever starts; long enough for another worker's run to end.
    await _run(
        connection,
        "SELECT pg_advisory_xact_lock(7264519)",
        "SET LOCAL statement_timeout = '10min'",
        *logins.statements(secret),
    )
    database = (await connection.exec_driver_sql("SELECT current_database()")).scalar_one()
    await _run(
        connection,
        f"GRANT {logins.OWNER} TO CURRENT_USER",
        # A temporary function is one's own operator on others' rows; nothing of ours needs a temporary table.
        f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CREATE, TEMPORARY ON DATABASE "{database}" TO {logins.OWNER}',
        f"GRANT ALL ON SCHEMA public TO {logins.OWNER}",
        *discretion.statements(database),
        # Owned by a role nobody logs in with: the definer's functions run as it, and it is no superuser.
        f"SET LOCAL ROLE {logins.OWNER}",
    )
    await readiness.must_not_be_newer(connection)
    await connection.run_sync(_upgrade)
    walled = walls.statements()
    first = date(today.year - (today.month <= _MONTHS_BACK), (today.month - _MONTHS_BACK - 1) % 12 + 1, 1)
    await _run(
        connection,
        *standing.statements(),
        *fitting.statements(oldest_code(), walled),
        *falling_sessions.statements(),
        *reach.statements(),
        *outbox.statements(),
        *partition_statements(first, _MONTHS_AHEAD),
        *ERASE,
        *ledger.statements(),
        *idempotency.statements(),
        *rollups.statements(),
        *editions.statements(),
        *reports.statements(),
        *clocks.statements(),
    )
    await _load_reference(connection)
    await _run(connection, *walled)
    await rebuild_keys(connection)
    await _rebuild(connection)
    await _run(connection, "RESET ROLE")


async def _rebuild(connection: AsyncConnection) -> None:
    """Compute afresh what is stored by a definition that has changed; else the triggers have kept it exact."""
    for stored in (reach, rollups, clocks):
        if (await connection.exec_driver_sql(stored.BUILT_WITH)).scalar() != stored.fingerprint():
            await _run(connection, *stored.rebuilding())


async def _load_reference(connection: AsyncConnection) -> None:
    await connection.run_sync(reference.fill_reference)


def oldest_code() -> str:
    """The oldest version of the code that goes on serving beside the newest migration, as the migrations say."""
    newest_first = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    # Whether older code fits is said by those that it fits.
    return next(one.revision for one in newest_first if not getattr(one.module, "older_code_serves", False))


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _run(connection: AsyncConnection, *statements: str) -> None:
    for statement in statements:
        await connection.exec_driver_sql(statement)
