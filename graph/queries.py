"""The root fields of queries: each asks for its scope, then for its rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from graphql import GraphQLObjectType, GraphQLSchema

from graph import figures
from graph.arguments import connection_binds, deadline_binds, filters_of, parse_id
from graph.reading import answered, composed, resolve_row, rows_of
from graph.request import Info, Request, access_record, must_stand, need, scope_of
from loaders import viewer
from loaders.calendar import deadlines
from loaders.emergency import must_be_listed, opened_case
from loaders.journals import accesses
from loaders.nouns import NOUNS, Noun
from loaders.policy.context import NOBODY
from loaders.policy.doors import column_rule
from loaders.postgres.logins import COMMANDS
from loaders.statement.question import Categories, NodeQuestion
from schema.errors import BadInputError, ForbiddenError
from schema.scopes import Scope
from schema.types.query import ROOTS
from schema.types.viewer import Viewer
from schema.vocabulary import Audience, Category

_NULL = orjson.Fragment(b"null")


async def resolve_connection(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """A page of a root list."""
    request: Request = info.context
    noun = NOUNS[ROOTS[info.field_name]]
    await need(request, scope_of(noun.name), info.field_name)
    binds = connection_binds(request, noun, info.field_name, arguments)
    shape = (
        arguments["orderBy"],
        frozenset(filters_of(arguments)),
        arguments.get("last") is None,
        "cursor_id" in binds,
    )
    found = await composed(
        request, info, shape, lambda planner: planner.connection(noun.name, info.field_nodes, arguments)
    )
    return await answered(request, info, found, binds)


async def resolve_deadlines(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """A page of the clocks that run on what the caller may see."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    binds = deadline_binds(request, info.field_name, arguments)
    shape = (frozenset(filters_of(arguments)), "cursor_id" in binds)
    found = await composed(
        request, info, shape, lambda planner: planner.deadlines(info.field_nodes, arguments), deadlines.compose
    )
    return await answered(request, info, found, binds)


def _reachable(audience: Audience, schema: GraphQLSchema, public_id: str) -> tuple[Noun, Any] | None:
    """The noun and row of an id, if the audience's schema has such nodes; hidden kinds read like made-up ones."""
    found = parse_id(public_id)
    if found is None or not isinstance(schema.type_map.get(found[0].name), GraphQLObjectType):
        return None
    return found if column_rule(audience, found[0], "id") else None


async def resolve_node(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """One row by its public id: null where it does not exist or is out of reach."""
    request: Request = info.context
    found = _reachable(request.caller.audience, request.prepared.schema, arguments["id"])
    if found is None:
        return _NULL
    await need(request, scope_of(found[0].name), info.field_name)
    return await resolve_row(request, info, found[0].name, found[1])


async def resolve_nodes(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """Several rows by their public ids, in order, null for each that is not there for this caller."""
    request: Request = info.context
    ids: list[str] = arguments["ids"]
    if len(ids) > request.limits.ids:
        raise BadInputError(f"`ids` holds at most {request.limits.ids} ids.", reason="OUT_OF_RANGE")
    rows = [_reachable(request.caller.audience, request.prepared.schema, public_id) for public_id in ids]
    prefixes = {row[0].prefix: row[0].name for row in rows if row}
    for scope in {scope_of(noun) for noun in prefixes.values()}:
        await need(request, scope, info.field_name)
    return await rows_of(request, info, prefixes, rows)


async def resolve_opened(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """The case of an exceptional access, by its receipt: never anything of the reader's own reach, and nothing else."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    receipt = parse_id(arguments["receipt"])
    if receipt is None or receipt[0].name != "EmergencyAccess":
        return _NULL
    opened = await opened_case(request.reader.lanes(COMMANDS), request.caller, receipt[1])
    if opened is None:
        await must_stand(request.reader, request.caller)
        return _NULL
    found = await composed(request, info, "Situation", lambda planner: planner.node("Situation", info.field_nodes))
    question = found[0].question
    assert isinstance(question, NodeQuestion)  # noqa: S101 (planned on the line above)
    try:
        must_be_listed(opened, question.selection, found[1].categories)
    except ForbiddenError as refusal:
        await request.audit.write(access_record(request, datetime.now(UTC), info.field_name, "REFUSAL", refusal.code))
        raise
    binds = {"node_id": opened.situation}
    return await answered(request, info, found, binds, seen_as=opened.seen_by(request.caller))


async def resolve_reader(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """The person behind a pseudonym of the access log, through the caller's own door to members."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    found = _reachable(request.caller.audience, request.prepared.schema, arguments["access"])
    if found is None or found[0].name != "Access":
        return _NULL
    behind = await accesses.behind(request.reader.lanes(COMMANDS), request.caller, found[1])
    if behind is None:
        return _NULL
    # Written down with its case before the name is shown, and before it is known whether there is one to show.
    categories = Categories((Category.ACCESS_LOG.value, Category.ACCOUNTS.value), ())
    situations = orjson.dumps([str(behind.situation_id)])
    record = access_record(request, datetime.now(UTC), info.field_name, "READ", "OK", categories, situations)
    await request.audit.write(record)
    return await resolve_row(request, info, "Member", behind.member_id or NOBODY)


async def resolve_viewer(_: Any, info: Info, **__: Any) -> Viewer:
    """Who the service takes the caller for."""
    request: Request = info.context
    caller = request.caller
    name = await viewer.organisation_name(request.reader.lanes(COMMANDS), caller)
    request.stood = True
    return Viewer(
        audience=caller.audience,
        organisation=name,
        organisation_kind=caller.organisation_kind,
        purpose=caller.purpose,
        scopes=sorted(caller.scopes),
        has_person=caller.member_id is not None,
    )


def attach(schema: GraphQLSchema, others: Mapping[str, Any]) -> None:
    """Give every root field of a compiled schema its way to an answer; a field without one stops start-up."""
    for name, field in (schema.query_type.fields if schema.query_type else {}).items():
        field.resolve = _RESOLVERS.get(name) or others.get(name) or _ROOT_LIST[name]


_RESOLVERS = {
    "node": resolve_node,
    "nodes": resolve_nodes,
    "viewer": resolve_viewer,
    "accessReader": resolve_reader,
    "openedCase": resolve_opened,
    "deadlines": resolve_deadlines,
    **figures.RESOLVERS,
}
_ROOT_LIST = dict.fromkeys(ROOTS, resolve_connection)
# Their values come complete from PostgreSQL.
COMPLETE = frozenset({resolve_node, resolve_nodes, resolve_connection})
