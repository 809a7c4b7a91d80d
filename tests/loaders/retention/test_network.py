"""The whole synthetic network ends, and the figures say what they said."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from loaders.monitoring.document import counting_statement
from loaders.monitoring.periods import Period
from loaders.monitoring.rebuilding import verify
from loaders.postgres.dsn import async_url
from loaders.retention import case_files
from loaders.retention.run import carry_out
from schema.retention import COPIED
from schema.types.monitoring import PeriodKind
from tests.cluster import Cluster
from tests.filled import filled_cluster
from tests.loaders.retention.archive import TERMS


def test_the_whole_network_ends_and_the_figures_say_what_they_said(tmp_path: Path) -> None:
    """All 143 cases and what hangs on them: archived, then anonymised; the figures of the report's year stay right."""
    with filled_cluster(tmp_path) as cluster:
        asyncio.run(_network_ends(cluster))


async def _network_ends(cluster: Cluster) -> None:
    engine = create_async_engine(async_url(cluster.login("maillage_retention")), poolclass=NullPool)
    admin = await asyncpg.connect(cluster.admin)
    try:
        await admin.execute("UPDATE measure SET ends_on = starts_on + 30 WHERE ends_on IS NULL")
        cases = await admin.fetchval("SELECT count(*) FROM situation")
        figures = await _figures(cluster)
        later = datetime.now(UTC) + timedelta(days=366 * 11)
        waiting = await admin.fetchval("SELECT count(*) FROM situation WHERE retention_state = 'ACTIVE'")
        long = replace(TERMS, intermediate_months=2400)
        assert {one.rule.code: one.rows for one in await carry_out(engine, later, long)}["INTERMEDIATE"] == waiting
        assert await _figures(cluster) == figures
        assert await verify(admin) == []
        much_later = later + timedelta(days=366 * 4)
        done = {one.rule.code: one.rows for one in await carry_out(engine, much_later, TERMS, batch=60)}
        assert done["END"] == cases
        after = await _figures(cluster)
        assert await verify(admin) == [], "the rollups say what a scan says of what is left"
        # What the printed report counts is copied, but for exact ages and places; of the rest only what is frozen stays.
        kept = {"SITUATIONS", "CONTACTS", "CALLERS", "KNOWN", "GENDER", "AGE_BANDS", "PROBLEMATICS", "ACTIONS"}
        assert kept < set(figures)
        assert {name for name in kept if figures[name] != after.get(name)} == set()
        assert figures["AGES"] != after.get("AGES")
        assert await admin.fetchval("SELECT count(*) FROM situation WHERE retention_state = 'ANONYMISED'") == cases
        for table in case_files.CASE_TABLES:
            left = await admin.fetchval(f"SELECT count(*) FROM {table.name}")
            assert bool(left) == (table.name in COPIED), table.name
        assert await admin.fetchval("SELECT count(*) FROM reach") == 0
    finally:
        await admin.close()
        await engine.dispose()


async def _figures(cluster: Cluster) -> dict[str, Any]:
    login = await asyncpg.connect(cluster.login("maillage_monitoring"))
    try:
        sql, arguments = counting_statement(Period(2023, kind=PeriodKind.REPORT))
        found = await login.fetchval(sql, *arguments)
    finally:
        await login.close()
    document: dict[str, Any] = orjson.loads(found)
    places = document.pop("places")
    cubes: dict[str, list[Any]] = {"places": [place for place in places if place["cube"] == "SITUATIONS"]}
    for cell in document.pop("cells"):
        cubes.setdefault(cell["cube"], []).append(cell)
    document.pop("computed_at")
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value for name, value in (document | cubes).items()
    }
