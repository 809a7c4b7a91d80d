"""An address of a database means the same to every way of reaching it."""

import asyncpg
import pytest

from loaders.postgres.dsn import async_url, brief_engine
from tests.cluster import Cluster


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", ""),
        ("?host=/run/x", "?host=/run/x"),
        ("?sslmode=verify-full", "?ssl=verify-full"),
        ("?host=/x&sslmode=require", "?host=/x&ssl=require"),
    ],
)
def test_what_a_dsn_says_of_tls_is_told_to_the_driver_in_its_word(query: str, told: str) -> None:
    assert async_url(f"postgresql://a:b@h:5/d{query}") == f"postgresql+asyncpg://a:b@h:5/d{told}"


async def test_a_dsn_that_names_a_mode_of_tls_connects_both_ways(cluster: Cluster) -> None:
    dsn = f"{cluster.admin}{'&' if '?' in cluster.admin else '?'}sslmode=prefer"
    connection = await asyncpg.connect(dsn)
    await connection.close()
    async with brief_engine(dsn) as engine, engine.connect() as made:
        assert (await made.exec_driver_sql("SELECT 1")).scalar_one() == 1
