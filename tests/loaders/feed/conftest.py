"""Fixtures of the feed: the pool it is read by, and what numbers events."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest_asyncio

from loaders import logins
from loaders.outbox import NUMBER
from tests.cluster import Cluster
from tests.loaders.commands.world import made_world


@pytest_asyncio.fixture(loop_scope="module", name="pool")
async def made_pool(cluster: Cluster) -> AsyncIterator["asyncpg.Pool[Any]"]:
    async with asyncpg.create_pool(cluster.login(logins.COMMANDS), min_size=0, max_size=6) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module", name="number")
async def made_number(cluster: Cluster) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(cluster.login(logins.RELAY))

    async def number() -> None:
        while await connection.fetchval(NUMBER):
            pass

    yield number
    await connection.close()


__all__ = ["made_world"]
