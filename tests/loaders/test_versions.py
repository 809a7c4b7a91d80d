"""A version moves with what its reader may see, and with nothing else (leak catalogue, case 56)."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Integer, Text, bindparam, cast, func, select

from auth.caller import Caller
from loaders.nouns import NOUNS, Noun
from loaders.policy.context import values
from loaders.policy.doors import column_rule, door, onward, relation_rule
from loaders.statement import compiled, version
from tests.cluster import Cluster
from tests.loaders.commands.dlpm_world import REUNION
from tests.loaders.commands.sharing_world import Office, made_desk, made_office, made_world  # noqa: F401

WHO = ("me", "colleague", "supervisor", "analyst", "officer", "other_officer", "caseworker", "worker")
_HOURS = iter(range(1, 10_000))


def _other(column: Column[Any], value: Any, office: Office) -> Any:
    """Another value that the column may hold; None where none is known."""
    words = sorted({word.value for word in column.info.get("words", ())} - {str(value)})
    links = {
        "assigned_member_id": office.colleague.member_id, "to_authority_id": REUNION, "to_org_id": office.ase.id,
        "validated_by_id": office.supervisor.member_id, "controller_org_id": office.crip.id,
    }  # fmt: skip
    if column.name in links:
        return links[column.name]
    if column.foreign_keys or column.primary_key or column.name == "situation_id":
        return None
    match column.type:
        case ARRAY():
            return words[:1] if words and not value else [] if value else ["75"]
        case DateTime():
            return office.now - timedelta(hours=next(_HOURS))
        case Date():
            return office.now.date() - timedelta(days=next(_HOURS))
        case Boolean():
            return not value
        case Integer():
            return 14 if value != 14 else 15
        case _ if words:
            return words[0]
        case Text():
            return f"autre {next(_HOURS)}"
    return None


def _seen_by(noun: Noun, caller: Caller) -> tuple[str, list[str]]:
    """What a caller sees of a row, by its doors: every column, every single row that a step leads to, and the version."""
    gate = door(caller.audience, noun)
    steps = []
    for relation in noun.relations.values():
        if relation.many or relation.filters_only or relation_rule(caller.audience, noun, relation) is None:
            continue
        target = onward(gate, relation)
        led = select(target.row.c.id).where(target.row.c[relation.remote] == gate.link(relation), target.where)
        steps.append(led.correlate(gate.row).scalar_subquery())
    shown = [gate.column(name) for name in noun.table.c.keys() if column_rule(caller.audience, noun, name) is not None]  # noqa: SIM118 (columns)
    wanted = gate.row.c.id == bindparam("row_id", type_=noun.table.c.id.type)
    sql, names, _ = compiled(select(cast(func.row(*shown, *steps), Text), version(gate)).where(wanted, gate.where))
    return sql, list(names)


@pytest.mark.parametrize("noun", ["Situation", "ConcernReport", "Referral", "Minor"])
async def test_a_version_moves_with_what_its_reader_sees_and_with_nothing_else(
    office: Office, cluster: Cluster, noun: str
) -> None:
    case = await office.shared_case()
    table = NOUNS[noun].table
    identity = case if noun == "Situation" else (await office.of(table, case))[0]["id"]
    row = await office.row(table, identity)
    moved: set[tuple[str, str]] = set()
    still: set[tuple[str, str]] = set()
    connection = await asyncpg.connect(cluster.admin)
    views = {who: _seen_by(NOUNS[noun], getattr(office, who)) for who in WHO}

    async def seen(who: str) -> Any:
        sql, names = views[who]
        binds = {"row_id": identity, **values(getattr(office, who))}
        return await connection.fetchrow(sql, *(binds[name] for name in names))

    try:
        for column in table.c:
            value = _other(column, row[column.name], office)
            if value is None:
                continue
            before = {who: await seen(who) for who in WHO}
            undo = connection.transaction()
            await undo.start()
            try:
                await connection.execute(f"UPDATE {table.name} SET {column.name} = $1 WHERE id = $2", value, identity)
                after = {who: await seen(who) for who in WHO}
            except asyncpg.IntegrityConstraintViolationError:
                continue
            finally:
                await undo.rollback()
            for who in WHO:
                if before[who] is None or after[who] is None:
                    continue
                assert (before[who][0] != after[who][0]) == (before[who][1] != after[who][1]), (column.name, who)
                (moved if before[who][1] != after[who][1] else still).add((column.name, who))
    finally:
        await connection.close()
    assert len(moved) > 10
    if noun in {"Situation", "Referral"}:
        # Sharp: the same edit is seen by one and unseen by another.
        assert {column for column, _ in moved} & {column for column, _ in still}
