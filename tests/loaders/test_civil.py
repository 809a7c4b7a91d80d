"""The civil clocks in SQL say what the pure ones say, in every zone of the 101 departments."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Date, DateTime, Text, bindparam, select

from loaders.calendar.civil import civil_day, days, end_of_day, months
from loaders.statement import compiled
from schema.deadlines import address_answer_due, answer_due, majority_at, measure_review_due
from schema.reference import departments
from schema.vocabulary import MeasureDecision
from tests.cluster import Cluster

ZONES = sorted({department.timezone for department in departments()})
_AT, _DAY = bindparam("at", type_=DateTime(timezone=True)), bindparam("day", type_=Date())
_ZONE = bindparam("zone", type_=Text())
CLOCKS: dict[str, tuple[Any, Callable[[datetime, date, str], datetime]]] = {
    "answer": (end_of_day(civil_day(_AT, _ZONE), _ZONE, months(3)), lambda at, _, zone: answer_due(at, zone)),
    "address": (end_of_day(civil_day(_AT, _ZONE), _ZONE, days(10)), lambda at, _, zone: address_answer_due(at, zone)),
    "review": (
        end_of_day(_DAY, _ZONE, months(24)),
        lambda _, day, zone: measure_review_due(day, zone, MeasureDecision.JUDICIAL),
    ),
    "majority": (end_of_day(_DAY, _ZONE, months(216), days(-1)), lambda _, day, zone: majority_at(day, zone)),
}
EDGES = [
    date(2025, 11, 30),
    date(2024, 2, 29),
    date(2026, 3, 28),
    date(2026, 10, 24),
    date(2008, 2, 29),
    date(2025, 12, 31),
]


@pytest.mark.parametrize("name", CLOCKS)
async def test_sql_and_python_agree(cluster: Cluster, name: str) -> None:
    in_sql, in_python = CLOCKS[name]
    sql, names, constants = compiled(select(in_sql))
    assert not constants
    chance = random.Random(119)
    some = [date(2007, 1, 1) + timedelta(days=chance.randrange(9000)) for _ in range(60)]
    connection: asyncpg.Connection[Any] = await asyncpg.connect(cluster.admin)
    try:
        for day in [*EDGES, *some]:
            at = datetime(day.year, day.month, day.day, chance.randrange(24), chance.randrange(60), tzinfo=UTC)
            for zone in ZONES:
                binds = {"at": at, "day": day, "zone": zone}
                found = await connection.fetchval(sql, *(binds[bind] for bind in names))
                assert found == in_python(at, day, zone), (at, day, zone)
    finally:
        await connection.close()
