"""A cluster for those who erase: rules look at everything there is."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import create_async_engine

from loaders.postgres.dsn import async_url
from schema.tables.directory import organisation
from tests.cluster import Cluster
from tests.loaders.retention.archive import Archive


@pytest_asyncio.fixture
async def archive(own_cluster: Cluster) -> AsyncIterator[Archive]:
    """Empty but for the 119's organisation: rules look at everything there is."""
    admin = create_async_engine(async_url(own_cluster.admin))
    engine = create_async_engine(async_url(own_cluster.login("maillage_retention")))
    async with admin.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE situation, organisation, oauth_jti, outbox, retention_job CASCADE")
        dlpm = (
            await connection.execute(insert(organisation).values(name="119", kind="DLPM").returning(organisation.c.id))
        ).scalar_one()
    yield Archive(admin, engine, dlpm)
    await engine.dispose()
    await admin.dispose()
