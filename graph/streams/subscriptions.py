"""The root fields of streams: an occurrence is shown by the same way as any question, at the moment it is told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from graphql import GraphQLObjectType, GraphQLSchema

from graph.reading import resolve_row
from graph.request import Info, Request, access_record
from loaders.calendar.approaching import Clock
from loaders.calendar.deadlines import told_by
from loaders.nouns import NOUNS

_NULL = orjson.Fragment(b"null")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What has happened to a row."""

    noun: str
    row: Any
    at: datetime
    ended: bool = False

    @property
    def id(self) -> str:
        """The public id."""
        return f"{NOUNS[self.noun].prefix}_{self.row}"


async def _row(occurrence: Occurrence, info: Info, **_: Any) -> orjson.Fragment:
    request: Request = info.context
    return await resolve_row(request, info, occurrence.noun, occurrence.row)


async def _node(occurrence: Occurrence, info: Info) -> orjson.Fragment:
    if occurrence.ended:
        return _NULL
    return await resolve_row(info.context, info, occurrence.noun, occurrence.row)


async def _clock(clock: Clock, info: Info, **_: Any) -> Clock:
    """Found by a statement of the caller's own a moment ago; shown once it is written down."""
    request: Request = info.context
    request.stood = True
    categories = told_by(request.caller.audience)
    situations = orjson.dumps([] if clock.situation is None else [str(clock.situation)])
    record = access_record(request, datetime.now(UTC), info.field_name, "READ", "OK", categories, situations)
    await request.audit.write(record)
    return clock


def _itself(occurrence: Any, _: Info, **__: Any) -> Any:
    return occurrence


_RESOLVERS = {"referralReceived": _row, "reportReceived": _row, "deadlineApproaching": _clock}


def attach(schema: GraphQLSchema) -> None:
    """Give every root field of the streams its way to an answer."""
    if schema.subscription_type is None:
        return
    for name, field in schema.subscription_type.fields.items():
        field.resolve = _RESOLVERS.get(name, _itself)
    change = schema.type_map.get("StatusChange")
    if change is not None:
        cast("GraphQLObjectType", change).fields["node"].resolve = _node


__all__ = ["Occurrence", "attach"]
