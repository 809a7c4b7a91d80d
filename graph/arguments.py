"""The arguments of root fields, as the values that statements bind.

Raises: BadInputError naming the argument, from every function here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from graphql import get_argument_values

from auth.oauth.guard import is_client_id
from graph.cursors import CursorKey, cursor_key, read_cursor
from graph.http.limits import Limits
from graph.plan import Planned
from graph.request import Info, Request
from loaders.calendar import deadlines
from loaders.nouns import BY_PREFIX, Noun
from loaders.statement.keyset import place
from schema.errors import BadInputError


def parse_id(public_id: str) -> tuple[Noun, Any] | None:
    """The noun and the row's key of a public id, a UUID but for tools; None where it is none."""
    prefix, _, text = public_id.partition("_")
    noun = BY_PREFIX.get(prefix)
    if noun is not None and noun.key_is_public:
        return (noun, public_id) if is_client_id(public_id) else None
    try:
        identity = UUID(text)
    except ValueError:
        return None
    return (noun, identity) if noun and str(identity) == text else None


def filters_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that were given: null is as good as nothing."""
    return {name: value for name, value in (arguments.get("filter") or {}).items() if value is not None}


def connection_binds(request: Request, noun: Noun, field: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The bind values of a page of a root list."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadInputError("Use `first` or `last`, not both.", reason="FIRST_AND_LAST")
    backward = last is not None
    used, unused = ("before", "after") if backward else ("after", "before")
    if arguments.get(unused) is not None:
        raise BadInputError(f"`{unused}` goes with `{'first' if backward else 'last'}`.", reason="CURSOR_DIRECTION")
    filters = filters_of(arguments)
    order = arguments["orderBy"].value
    key = _key(request, field, order, _canonical(filters))
    binds: dict[str, Any] = {
        "page_size": _size(last if backward else first, request.limits, "last" if backward else "first"),
        "cursor_inner": key.inner,
        "cursor_outer": key.outer,
        **{f"filter_{name}": _filter_value(noun, name, value) for name, value in filters.items()},
    }
    cursor = arguments.get(used)
    if cursor is not None:
        binds.update(place(noun, noun.orders[order], *read_cursor(key, cursor, used)))
    return binds


def nested_binds(planned: Planned, info: Info, limits: Limits) -> dict[str, Any]:
    return {
        bind: _size(get_argument_values(definition, node, info.variable_values).get("first"), limits, "first")
        for bind, definition, node in planned.nested
    }


def deadline_binds(request: Request, field: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The bind values of a page of clocks, which goes forward only."""
    filters = filters_of(arguments)
    key = _key(request, field, _canonical(filters))
    binds: dict[str, Any] = {
        "page_size": _size(arguments.get("first"), request.limits, "first"),
        "cursor_inner": key.inner,
        "cursor_outer": key.outer,
        **{f"filter_{name}": _clock_value(name, value) for name, value in filters.items()},
    }
    if arguments.get("after") is not None:
        binds.update(deadlines.place(*read_cursor(key, arguments["after"], "after")))
    return binds


def _key(request: Request, *asked: Any) -> CursorKey:
    """A cursor fits the very question that it was made for."""
    question = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS | orjson.OPT_NAIVE_UTC)
    return cursor_key(request.secret, request.caller, question)


def _size(value: int | None, limits: Limits, name: str) -> int:
    if value is None:
        return limits.default_page
    if not 0 <= value <= limits.page:
        raise BadInputError(f"`{name}` is a number from 0 to {limits.page}.", reason="OUT_OF_RANGE")
    return value


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def _filter_value(noun: Noun, name: str, value: Any) -> Any:
    operator = noun.filters[name][1]
    if operator == "id":
        return _related_id(noun, noun.filters[name][0], value, name)
    if operator in {"since", "before"}:
        return _instant(value, name)
    if operator == "due_within":
        return _days(name, value)
    if isinstance(value, list):
        return [str(item.value) if isinstance(item, Enum) else str(item) for item in value]
    return value


def _days(name: str, value: int) -> int:
    if not 0 <= value <= 3660:  # noqa: PLR2004 (ten years of days)
        raise BadInputError(f"`{name}` is a number of days from 0 to 3660.", reason="OUT_OF_RANGE")
    return value


def _related_id(noun: Noun, column: str, value: str, name: str) -> UUID:
    target = next(relation.target for relation in noun.relations.values() if relation.local == column)
    found = parse_id(value)
    if found is None or found[0].name != target:
        raise BadInputError(f"`{name}` is not an id of the expected kind.", reason="INVALID_ID")
    identity: UUID = found[1]
    return identity


def _clock_value(name: str, value: Any) -> Any:
    if deadlines.FILTERS[name][1] == "due_within":
        return _days(name, value)
    return [one.value for one in value] if isinstance(value, list) else value


def _instant(value: datetime, name: str) -> datetime:
    if value.tzinfo is None:
        raise BadInputError(f"`{name}` needs a time zone, for example 2026-01-31T08:00:00Z.", reason="NO_TIME_ZONE")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadInputError(f"`{name}` is too far away.", reason="OUT_OF_RANGE") from None
