"""Who is compared with whom is found in the two indexes, also among a hundred thousand minors, in one statement."""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from loaders.postgres.logins import COMMANDS
from loaders.repeats.evidence import compare
from loaders.repeats.keys import VERSION, keys_of
from loaders.repeats.search import COMPARED, known, pairs
from loaders.setup.database import prepare
from loaders.statement import compiled
from schema.vocabulary import Audience
from tests.cluster import SECRET, Cluster
from tests.loaders.repeats.labelled import person, told

MINORS = 100_000
_REACH = """INSERT INTO reach (viewer, situation_id, via, starts_at, ends_at)
SELECT '00000000-0000-0000-0000-000000000000', id, 'NETWORK', '-infinity', 'infinity' FROM situation"""


async def _fill(admin: str) -> tuple[UUID, UUID]:
    """A hundred thousand files, each with a minor and a place; returns two of the same minor."""
    chance = random.Random(119)
    connection = await asyncpg.connect(admin)
    owner, opened = uuid4(), date(2025, 1, 1)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "situation": [],
        "minor": [],
        "minor_key": [],
        "situation_jurisdiction": [],
    }
    authorities = {
        row["department_code"]: row["authority_id"]
        for row in await connection.fetch("SELECT * FROM authority_department")
    }
    twins = []
    for number in range(MINORS):
        if number != 1:
            truth = person(chance, opened)
        case, child, heard = uuid4(), uuid4(), told(chance, truth, opened, 1.0 if number > 1 else 10.0)
        keys = keys_of(heard)
        moment = datetime.combine(opened, time(12), UTC)
        rows["situation"].append((case, f"S-{number}", owner, moment))
        rows["minor"].append(
            (
                child,
                case,
                heard.first_name,
                heard.last_name,
                heard.age,
                heard.age_precision,
                heard.birth_date,
                heard.phone,
                list(heard.handles),
            )
        )
        rows["minor_key"].append((child, case, list(keys.minimal), list(keys.identity)))
        [place] = heard.departments
        rows["situation_jurisdiction"].append((uuid4(), case, place, authorities[place], "RESIDENCE", moment))
        twins.append(case)
    columns = {
        "situation": "id ref controller_org_id opened_at",
        "minor": "id situation_id first_name last_name age age_precision birth_date phone handles",
        "minor_key": "minor_id situation_id minimal_keys identity_keys",
        "situation_jurisdiction": "id situation_id department_code authority_id role starts_at",
    }
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, records in rows.items():
            await connection.copy_records_to_table(table, records=records, columns=columns[table].split())
        await connection.execute(_REACH)
    await connection.execute("ANALYZE")
    await connection.close()
    return twins[0], twins[1]


@pytest.fixture(scope="module")
def many(own_cluster: Cluster) -> tuple[Cluster, UUID, UUID]:
    one, other = asyncio.run(_fill(own_cluster.admin))
    return own_cluster, one, other


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


@pytest.mark.slow
async def test_both_indexes_are_used_and_no_table_is_read_whole(many: tuple[Cluster, UUID, UUID]) -> None:
    cluster, one, _ = many
    sql, binds, _ = compiled(pairs(Audience.LIS))
    assert binds == ("situation",)
    connection = await asyncpg.connect(cluster.login(COMMANDS))
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        explained = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", one)
    finally:
        await connection.close()
    [report] = json.loads(explained)
    nodes = list(_nodes(report["Plan"]))
    assert {"ix_minor_key_minimal_keys", "ix_minor_key_identity_keys"} <= {node.get("Index Name") for node in nodes}
    whole = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    assert not {"minor_key", "minor", "situation", "reach", "situation_jurisdiction"} & set(whole)
    assert report["Plan"]["Actual Rows"] <= COMPARED


@pytest.mark.slow
async def test_the_other_file_of_the_same_minor_is_first_among_all(many: tuple[Cluster, UUID, UUID]) -> None:
    cluster, one, other = many
    sql, _, _ = compiled(pairs(Audience.LIS))
    connection = await asyncpg.connect(cluster.login(COMMANDS))
    try:
        rows = await connection.fetch(sql, one)
    finally:
        await connection.close()
    best = max(rows, key=lambda row: compare(known(row, "mine"), known(row, "found")).bits)
    assert best["situation_id"] == other


@pytest.mark.slow
async def test_keys_of_other_rules_are_all_made_again(many: tuple[Cluster, UUID, UUID]) -> None:
    cluster, one, _ = many
    admin = await asyncpg.connect(cluster.admin)
    try:
        note = "SELECT obj_description('ix_minor_key_minimal_keys'::regclass, 'pg_class')"
        assert await admin.fetchval(note) == VERSION
        before = await admin.fetch("SELECT * FROM minor_key WHERE situation_id = $1", one)
        await admin.execute(
            "UPDATE minor_key SET minimal_keys = '{}', identity_keys = '{old}' WHERE situation_id = $1", one
        )
        await admin.execute("COMMENT ON INDEX ix_minor_key_minimal_keys IS '0'")
        await _prepare(cluster)
        assert await admin.fetch("SELECT * FROM minor_key WHERE situation_id = $1", one) == before
        assert await admin.fetchval(note) == VERSION
    finally:
        await admin.close()


async def _prepare(cluster: Cluster) -> None:
    await prepare(cluster.admin, SECRET, datetime.now(UTC).date())
