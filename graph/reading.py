"""One field of rows: its statement, run; the access record committed; the bytes, as they are.

Raises: BadInputError, UnauthenticatedError, UnavailableError.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError

from auth.caller import Caller
from graph.arguments import nested_binds
from graph.plan import Planned, Planner
from graph.request import Info, Request, access_record
from loaders.nouns import Noun
from loaders.policy.context import values as context_values
from loaders.sealed import sealed_values
from loaders.statement import Statement, compose
from schema.errors import SealedValueError


def switches(info: Info) -> tuple[Any, ...]:
    """The variables that `@skip` and `@include` can depend on: they change the shape of the answer."""
    coerced = _coerced(info)
    return tuple(sorted((name, value) for name, value in coerced.items() if isinstance(value, bool)))


def _coerced(info: Info) -> Mapping[str, Any]:
    coerced: Mapping[str, Any] = info.variable_values.coerced
    return coerced


def planner_of(request: Request, info: Info) -> Planner:
    return Planner(request.prepared.schema, request.prepared.fragments, _coerced(info))


async def composed(
    request: Request, info: Info, shape: Any, plan: Any, write: Any = compose, below: tuple[str, ...] = ()
) -> tuple[Planned, Statement]:
    """The statement of a root field, or of a field of a payload `below` it, for this shape of arguments, composed once."""
    key = (request.prepared.key, (*info.path.as_list(), *below), switches(info), shape)
    found = request.prepared.plans.get(key)
    if found is not None:
        return found
    async with request.turns.of(request.caller.organisation_id):
        found = request.prepared.plans.get(key)
        if found is None:
            planner = planner_of(request, info)
            question = plan(planner)
            planned = Planned(question, tuple(planner.nested))
            found = planned, write(request.caller.audience, question)
            request.prepared.plans[key] = found
    return found


async def answered(
    request: Request,
    info: Info,
    found: tuple[Planned, Statement],
    binds: Mapping[str, Any],
    *,
    recorded: Container[str] = (),
    seen_as: Caller | None = None,
) -> orjson.Fragment:
    planned, statement = found
    nested = nested_binds(planned, info, request.limits)
    at = datetime.now(UTC)
    asked = {**context_values(seen_as or request.caller), **nested, **binds}
    if statement.sealed:
        asked[sealed_values.MARK] = sealed_values.new_mark()
    data, situations = await request.reader.read(request.caller.audience, statement, asked)
    request.stood = True
    if statement.categories.personal and not _all_in(situations, recorded):
        await request.audit.write(
            access_record(request, at, info.field_name, "READ", "OK", statement.categories, situations)
        )
    return orjson.Fragment(_opened(request, info, data, asked) if statement.sealed else data)


def _opened(request: Request, info: Info, data: bytes, asked: Mapping[str, Any]) -> bytes:
    """The answer with its sealed values opened; only after its access record is committed."""
    body, unreadable = sealed_values.opened(data, asked[sealed_values.MARK], request.keyring)
    for one in unreadable:
        problem = SealedValueError(reason=one.reason)
        request.unreadable.append(
            GraphQLError(problem.sentence, path=[*info.path.as_list(), *one.path], original_error=problem)
        )
    return body


def _all_in(situations: bytes, recorded: Container[str]) -> bool:
    """Whether a record that is committed already says that these situations are shown."""
    return bool(recorded) and all(situation in recorded for situation in orjson.loads(situations))


async def resolve_row(
    request: Request, info: Info, noun: str, identity: UUID, recorded: Container[str] = ()
) -> orjson.Fragment:
    """One row of a noun, with the selection of the field being resolved; situations `recorded` are in the log already."""
    found = await composed(request, info, noun, lambda planner: planner.node(noun, info.field_nodes))
    return await answered(request, info, found, {"node_id": identity}, recorded=recorded)


async def rows_of(
    request: Request, info: Info, prefixes: Mapping[str, str], rows: Sequence[tuple[Noun, Any] | None]
) -> orjson.Fragment:
    if not prefixes:
        return orjson.Fragment(orjson.dumps([None] * len(rows)))
    binds = {
        "node_ids": [row[1] if row and not row[0].key_is_public else UUID(int=0) for row in rows],
        "node_kinds": [row[0].prefix if row else "-" for row in rows],
        "node_names": [row[1] if row and row[0].key_is_public else "-" for row in rows],
    }
    found = await composed(
        request, info, frozenset(prefixes), lambda planner: planner.nodes(prefixes, info.field_nodes)
    )
    return await answered(request, info, found, binds)


async def resolve_rows(request: Request, info: Info, rows: Sequence[tuple[Noun, UUID]]) -> list[orjson.Fragment]:
    """Several rows of nouns of the audience, with the selection of the field being resolved, each by itself."""
    prefixes = {noun.prefix: noun.name for noun, _ in rows}
    found = await rows_of(request, info, prefixes, rows)
    return [orjson.Fragment(orjson.dumps(one)) for one in orjson.loads(orjson.dumps(found))]
