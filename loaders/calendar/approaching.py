"""The clocks that end soon, for a stream: the same clocks as the list of deadlines, by the same doors."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, literal_column, select

from auth.caller import Caller
from loaders.calendar.deadlines import Wanted, clocks
from loaders.policy.context import values as context_values
from loaders.statement import Statement
from loaders.statement.execute import Reads
from loaders.statement.guarded import listed
from loaders.statement.question import FilterBy
from schema.vocabulary import Audience, DeadlineKind

_MOST = 1000


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock that runs, as its caller knows it."""

    kind: DeadlineKind
    due_at: datetime
    about: str | None
    situation: UUID | None
    row: UUID
    overdue: bool = False


@cache
def _statement(audience: Audience) -> Statement:
    clock = clocks(audience, Wanted((FilterBy("due_at", "due_within", "days"),), soonest=_MOST))
    rows = (
        select(
            clock.c.kind,
            clock.c.due_at,
            clock.c.about,
            cast(clock.c.situation, Text).label("situation"),
            cast(clock.c.id, Text).label("row"),
        )
        .order_by(clock.c.due_at, clock.c.kind, clock.c.id)
        .limit(literal_column(str(_MOST)))
        .subquery("soon")
    )
    return listed(rows)


async def within(reader: Reads, caller: Caller, days: int) -> list[Clock]:
    """The clocks that end within so many days, soonest first.

    Raises: UnauthenticatedError, UnavailableError.
    """
    binds = {**context_values(caller), "days": days}
    data, _ = await reader.read(caller.audience, _statement(caller.audience), binds)
    return [
        Clock(
            DeadlineKind(one["kind"]),
            datetime.fromisoformat(one["due_at"]),
            one["about"],
            UUID(one["situation"]) if one["situation"] else None,
            UUID(one["row"]),
        )
        for one in orjson.loads(data)
    ]
