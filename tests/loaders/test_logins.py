"""Who may make the logins: whoever can create roles, and nobody has to be a superuser for it."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from loaders.postgres import logins
from tests.cluster import Cluster

SECRET = b"\x01" * 32
SPARE = "spare_login"
STRONG = ("rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole", "rolreplication", "rolinherit")


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """One login that this cluster does not have yet: roles are the cluster's, not a database's."""
    monkeypatch.setattr(logins, "logins", lambda: (SPARE,))
    monkeypatch.setattr(logins, "OWNER", "spare_owner")


@pytest_asyncio.fixture
async def admin(cluster: Cluster) -> "AsyncIterator[asyncpg.Connection[Any]]":
    """The administrator, whose roles are gone with the test."""
    connection = await asyncpg.connect(cluster.admin)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


@pytest.mark.usefixtures("spare")
async def test_logins_are_made_by_whoever_may_create_roles_and_are_nobody_special(
    admin: "asyncpg.Connection[Any]",
) -> None:
    await admin.execute("CREATE ROLE plain_administrator NOLOGIN CREATEROLE")
    await admin.execute("SET LOCAL ROLE plain_administrator")
    for _ in range(2):
        for statement in logins.statements(SECRET):
            await admin.execute(statement)
    row = await admin.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", SPARE)
    assert row is not None and row["rolcanlogin"]
    assert not any(row[right] for right in STRONG)


@pytest.mark.usefixtures("spare")
async def test_a_login_that_somebody_made_strong_is_weak_again(admin: "asyncpg.Connection[Any]") -> None:
    await admin.execute(f"CREATE ROLE {SPARE} LOGIN SUPERUSER BYPASSRLS CREATEDB CREATEROLE REPLICATION")
    # Who may not take it away does not go on as if it were gone.
    await admin.execute("CREATE ROLE plain_administrator NOLOGIN CREATEROLE")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with admin.transaction():
            await admin.execute("SET LOCAL ROLE plain_administrator")
            for statement in logins.statements(SECRET):
                await admin.execute(statement)
    for statement in logins.statements(SECRET):
        await admin.execute(statement)
    row = await admin.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", SPARE)
    assert row is not None and not any(row[right] for right in STRONG)
