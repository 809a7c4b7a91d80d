"""What a subscription looks at before it tells anybody anything: which rows are there for its caller, and where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    Double,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.events.outbox import told
from loaders.nouns import NOUNS, Noun
from loaders.policy.context import bind
from loaders.policy.context import values as context_values
from loaders.policy.doors import column_rule, entrance, noun_visible
from loaders.postgres.connections import Lanes
from loaders.statement import Statement, compiled
from loaders.statement.execute import Reads
from loaders.statement.guarded import listed
from schema.tables.journal import reach
from schema.vocabulary import Audience

_ID = Uuid(as_uuid=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """One row that is within reach: where it stands as its caller sees it, and of which situation it is."""

    noun: str
    row: UUID
    status: str | None
    situation: UUID


@cache
def watchable(audience: Audience) -> frozenset[str]:
    """The nouns whose rows an audience can watch: rows of cases that it knows by an id."""
    return frozenset(
        noun.name
        for noun in NOUNS.values()
        if told(noun.table) and noun_visible(audience, noun) and column_rule(audience, noun, "id") is not None
    )


def status_column(audience: Audience, noun: Noun) -> str | None:
    """The column that says where a row stands, if the audience sees it."""
    return next((name for name in ("status", "state") if column_rule(audience, noun, name) is not None), None)


@cache
def with_status(audience: Audience) -> frozenset[str]:
    """Those of them that stand somewhere."""
    return frozenset(name for name in watchable(audience) if status_column(audience, NOUNS[name]) is not None)


@cache
def _statement(audience: Audience, nouns: frozenset[str]) -> Statement:
    parts = []
    for name in sorted(nouns):
        gate = entrance(audience, NOUNS[name])
        status = status_column(audience, gate.noun)
        columns = (
            literal_column(f"'{name}'", Text).label("noun"),
            gate.row.c.id.label("row"),
            (cast(gate.column(status), Text) if status else cast(null(), Text)).label("status"),
            gate.row.c[gate.noun.situation_column or "situation_id"].label("situation"),
        )
        where = gate.where
        parts.append(
            select(*columns).select_from(gate.source).where(gate.row.c.id == any_(bind("rows", ARRAY(_ID))), where)
        )
    rows = union_all(*parts).subquery("found")
    return listed(rows)


async def standing(reader: Reads, caller: Caller, nouns: frozenset[str], rows: Iterable[UUID]) -> list[Standing]:
    """Those of the rows that the caller may see at this moment, through its doors and its login.

    Raises: UnauthenticatedError, UnavailableError.
    """
    wanted = sorted(set(rows))
    if not nouns or not wanted:
        return []
    binds = {**context_values(caller), "rows": wanted}
    data, _ = await reader.read(caller.audience, _statement(caller.audience, nouns), binds)
    return [
        Standing(one["noun"], UUID(one["row"]), one["status"], UUID(one["situation"])) for one in orjson.loads(data)
    ]


_CONCERNED = compiled(
    select(reach.c.viewer, reach.c.situation_id).where(
        reach.c.situation_id == any_(bindparam("situations", type_=ARRAY(_ID))),
        reach.c.viewer == any_(bindparam("viewers", type_=ARRAY(_ID))),
    )
)


async def concerned(lanes: Lanes, situations: Iterable[UUID], viewers: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Which of the viewers stand in a relation to which of the situations: who has to look, not what they see."""
    binds = {"situations": list(situations), "viewers": list(viewers)}
    rows = await lanes.fetch(_CONCERNED[0], *(binds[name] for name in _CONCERNED[1]))
    return [(row["viewer"], row["situation_id"]) for row in rows]


_AGO: Any = func.now() - func.make_interval(*[literal_column("0")] * 6, bindparam("seconds", type_=Double()))
_TURNED = compiled(
    select(reach.c.situation_id)
    .distinct()
    .where(
        reach.c.situation_id == any_(bindparam("situations", type_=ARRAY(_ID))),
        or_(
            and_(reach.c.ends_at > _AGO, reach.c.ends_at <= func.now()),
            and_(reach.c.starts_at > _AGO, reach.c.starts_at <= func.now()),
        ),
    )
)


async def turned(lanes: Lanes, situations: Iterable[UUID], seconds: float) -> list[UUID]:
    """To which of the situations a relation began or ended by itself in the last seconds, which no event tells.

    Seconds, and the database's own clock: ours may jump.
    """
    binds = {"situations": list(situations), "seconds": seconds}
    rows = await lanes.fetch(_TURNED[0], *(binds[name] for name in _TURNED[1]))
    return [row["situation_id"] for row in rows]
