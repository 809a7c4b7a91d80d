"""Fixtures of the feed: the lanes it is read by, and what numbers events."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest_asyncio

from loaders.events.outbox import NUMBER
from loaders.postgres import logins
from loaders.postgres.connections import Lanes
from tests.cluster import Cluster
from tests.loaders.commands.world import made_world


@pytest_asyncio.fixture(loop_scope="module", name="lanes")
async def made_lanes(cluster: Cluster) -> AsyncIterator[Lanes]:
    lanes = Lanes(cluster.login(logins.COMMANDS), size=6)
    yield lanes
    await lanes.close()


@pytest_asyncio.fixture(loop_scope="module", name="number")
async def made_number(cluster: Cluster) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(cluster.login(logins.RELAY))

    async def number() -> None:
        while await connection.fetchval(NUMBER):
            pass

    yield number
    await connection.close()


__all__ = ["made_world"]
