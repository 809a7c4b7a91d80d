"""The delta feed at the front door: a page of changes, its cursor, and the rows as they are now."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from graphql import GraphQLObjectType, GraphQLSchema

from graph.cursors import CursorKey, cursor_key, read_cursor, write_cursor
from graph.reading import resolve_rows
from graph.request import Info, Request, access_record, need
from loaders.feed.pages import Entry, Page
from loaders.nouns import NOUNS
from loaders.statement.question import Categories
from schema.errors import BadInputError
from schema.scopes import Scope

_NULL = orjson.Fragment(b"null")


@dataclass(slots=True)
class _Changes:
    """What the fields of `Changes` are read from."""

    entries: "list[_Change]"
    cursor: str
    more: bool


@dataclass(slots=True)
class _Change:
    """What the fields of `Change` are read from."""

    id: str
    gone: bool
    groups: list[str]
    at: datetime
    page: "_Rows"


@dataclass(slots=True)
class _Rows:
    """The rows of a page, read together, once for each time the document asks for them."""

    entries: tuple[Entry, ...]
    # Begun by the first entry that is resolved: all of them are resolved at the same time.
    reading: dict[str, asyncio.Task[dict[str, orjson.Fragment]]] = field(default_factory=dict)

    async def node(self, request: Request, info: Info, public_id: str) -> orjson.Fragment:
        """One of them; null where it is out of reach by now."""
        out = str(info.path.key)
        if out not in self.reading:
            self.reading[out] = asyncio.create_task(self._read(request, info))
        return (await self.reading[out]).get(public_id, _NULL)

    async def _read(self, request: Request, info: Info) -> dict[str, orjson.Fragment]:
        here = [entry for entry in self.entries if not entry.gone]
        rows = await resolve_rows(request, info, [(NOUNS[entry.noun], entry.row) for entry in here])
        return {entry.public_id: row for entry, row in zip(here, rows, strict=True)}


async def resolve_changes(_: Any, info: Info, **arguments: Any) -> _Changes:
    """A piece of the organisation's feed."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    size = arguments["first"]
    if not 1 <= size <= request.limits.page:
        raise BadInputError(f"`first` is a number from 1 to {request.limits.page}.", reason="OUT_OF_RANGE")
    key = cursor_key(request.secret, request.caller, b"changes")
    at = datetime.now(UTC)
    page = await request.feeds.page(request.caller, _place(key, arguments.get("since")), size)
    request.stood = True
    await _record(request, info, at, page)
    rows = _Rows(page.entries)
    changes = [_Change(one.public_id, one.gone, list(one.groups), one.at, rows) for one in page.entries]
    return _Changes(changes, write_cursor(key, str(page.position), "changes"), page.more)


def _place(key: CursorKey, cursor: str | None) -> int | None:
    return None if cursor is None else int(read_cursor(key, cursor, "since")[0])


async def _record(request: Request, info: Info, at: datetime, page: Page) -> None:
    """That these cases changed was read, whatever is read of them."""
    if page.entries:
        situations = orjson.dumps(sorted({str(entry.situation) for entry in page.entries}))
        none = Categories((), (), case=True)
        await request.audit.write(access_record(request, at, info.field_name, "READ", "OK", none, situations))


async def _node(change: _Change, info: Info) -> orjson.Fragment:
    if change.gone:
        return _NULL
    return await change.page.node(info.context, info, change.id)


def attach(schema: GraphQLSchema) -> None:
    """Give `Change.node` its resolver, where the schema has it."""
    kind = schema.type_map.get("Change")
    if kind is not None:
        cast("GraphQLObjectType", kind).fields["node"].resolve = _node


RESOLVERS = {"changes": resolve_changes}

__all__ = ["RESOLVERS", "attach"]
