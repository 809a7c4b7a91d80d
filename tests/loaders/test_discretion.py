"""Whoever migrates an external server tells it to keep quiet, where they may; where not, nothing is said to have been done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from loaders.setup import discretion
from schema.errors import SetupError
from tests.cluster import Cluster

PARAMETERS = ", ".join(discretion.SETTINGS)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def loud(cluster: Cluster) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A database that logs all it can, and its owner, who is no superuser; gives the server's administrator."""
    async with connected(cluster.admin) as admin:
        await admin.execute("CREATE ROLE quiet_administrator LOGIN PASSWORD 'quiet'")
        await admin.execute("CREATE DATABASE loud OWNER quiet_administrator")
        await admin.execute("ALTER DATABASE loud SET log_error_verbosity = 'verbose'")
        try:
            yield admin
        finally:
            await admin.execute("DROP DATABASE loud")
            await admin.execute(f"REVOKE SET ON PARAMETER {PARAMETERS} FROM quiet_administrator")
            await admin.execute("DROP ROLE quiet_administrator")


@pytest.mark.parametrize("allowed", [True, False], ids=["may", "may not"])
async def test_a_database_is_told_to_keep_quiet_by_whoever_may(own_cluster: Cluster, allowed: bool) -> None:
    """With the right that the operations page gives the owner of the database, and without it."""
    owners = own_cluster.server.dsn("quiet_administrator", "quiet", "loud")
    async with loud(own_cluster) as admin:
        if allowed:
            await admin.execute(f"GRANT SET ON PARAMETER {PARAMETERS} TO quiet_administrator")
        async with connected(owners) as owner:
            for statement in discretion.statements("loud"):
                await owner.execute(statement)
        # What a database is told holds for who comes after.
        async with connected(owners) as owner:
            if allowed:
                await discretion.must_be_discreet(owner)
            else:
                with pytest.raises(SetupError, match="SET log_error_verbosity = terse"):
                    await discretion.must_be_discreet(owner)
