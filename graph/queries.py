"""The root fields: from arguments to binds, one statement, the access record committed, bytes out."""

from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any, Protocol, cast
from uuid import UUID

import orjson
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_argument_values,
    get_named_type,
)

from auth.caller import Caller
from auth.oauth.guard import is_client_id
from graph.budgets import Budgets
from graph.cursors import cursor_key, read_cursor
from graph.documents import Prepared
from graph.limits import Limits
from graph.plan import Planned, Planner
from loaders import accesses, deadlines, sealed_values, viewer
from loaders.audit import AccessRecord
from loaders.audit_chain import Event
from loaders.commands.at_once import Shown
from loaders.commands.running import Commands
from loaders.context import NOBODY
from loaders.context import values as context_values
from loaders.doors import column_rule
from loaders.emergency import must_be_listed, opened_case
from loaders.execute import Reads
from loaders.feed import Feeds
from loaders.keyring import Keyring
from loaders.keyset import place
from loaders.logins import COMMANDS, login_of
from loaders.nouns import BY_PREFIX, NOUNS, Noun
from loaders.question import Categories, NodeQuestion
from loaders.statement import Statement, compose, tellable
from schema.errors import BadInputError, ForbiddenError, SealedValueError
from schema.scopes import Scope
from schema.types.monitoring import AuthorityMonitoring, MonitoringPeriod, NationalMonitoring, PeriodInput
from schema.types.query import ROOTS
from schema.types.viewer import Viewer
from schema.types.yearly import YearlyReport
from schema.vocabulary import Audience, Category

Info = GraphQLResolveInfo["Request"]

_NULL = orjson.Fragment(b"null")
_NO_CATEGORIES = Categories((), ())
_DIRECTORY = frozenset({"Department", "Authority", "AuthorityDepartment", "Organisation", "ResourceCard"})


class AccessLog(Protocol):
    """Where the records of a request go."""

    async def write(self, record: AccessRecord) -> None:
        """Returns once the record is committed. Raises UnavailableError when it may not be."""


class Request:
    """What the resolvers of one request share."""

    __slots__ = (
        "audit",
        "budgets",
        "caller",
        "commands",
        "feeds",
        "keyring",
        "limits",
        "monitoring",
        "prepared",
        "reader",
        "root",
        "secret",
        "stood",
        "tells_cost",
        "trace_id",
        "unreadable",
    )

    def __init__(
        self,
        caller: Caller,
        prepared: Prepared,
        trace_id: str,
        *,
        reader: Reads,
        audit: AccessLog,
        limits: Limits,
        secret: bytes,
        keyring: Keyring,
        commands: Commands,
        monitoring: Any,
        feeds: Feeds,
        budgets: Budgets,
        tells_cost: bool = False,
        root: Any = None,
    ) -> None:
        self.caller = caller
        self.prepared = prepared
        self.trace_id = trace_id
        self.reader = reader
        self.audit = audit
        self.limits = limits
        self.secret = secret
        self.keyring = keyring
        self.commands = commands
        self.monitoring = monitoring
        self.feeds = feeds
        self.budgets = budgets
        self.tells_cost = tells_cost
        # Of a stream: what has happened.
        self.root = root
        # Whether a statement has found the token standing.
        self.stood = False
        # Sealed values that may be shown and cannot be opened: null in the answer, and an error each.
        self.unreadable: list[GraphQLError] = []


async def must_stand(reader: Reads, caller: Caller) -> None:
    """For answers that no statement of the caller's has guarded: what is cached about a token is not enough.

    Raises: UnauthenticatedError, UnavailableError.
    """
    await viewer.must_stand(await reader.pool(login_of(caller.audience)), caller)


# ---------------------------------------------------------------- scopes


async def need(request: Request, scope: Scope, operation: str) -> None:
    """Scopes only narrow: the policy has already decided what the role may see. A refusal is in the access log.

    Raises: ForbiddenError.
    """
    if scope.value in request.caller.scopes:
        return
    refusal = ForbiddenError(f"Your token lacks the scope `{scope.value}`.", reason="SCOPE")
    await request.audit.write(access_record(request, datetime.now(UTC), operation, "REFUSAL", refusal.code))
    raise refusal


def _scope_of(noun: str) -> Scope:
    return Scope.DIRECTORY_READ if noun in _DIRECTORY else Scope.CASES_READ


# ---------------------------------------------------------------- binds


def _instant(value: datetime, name: str) -> datetime:
    if value.tzinfo is None:
        raise BadInputError(f"`{name}` needs a time zone, for example 2026-01-31T08:00:00Z.", reason="NO_TIME_ZONE")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadInputError(f"`{name}` is too far away.", reason="OUT_OF_RANGE") from None


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


def connection_binds(request: Request, noun: Noun, field: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The bind values of a page.

    Raises: BadInputError naming the argument.
    """
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadInputError("Use `first` or `last`, not both.", reason="FIRST_AND_LAST")
    backward = last is not None
    used, unused = ("before", "after") if backward else ("after", "before")
    if arguments.get(unused) is not None:
        raise BadInputError(f"`{unused}` goes with `{'first' if backward else 'last'}`.", reason="CURSOR_DIRECTION")
    filters = {name: value for name, value in (arguments.get("filter") or {}).items() if value is not None}
    order = arguments["orderBy"].value
    key = cursor_key(
        request.secret,
        request.caller,
        orjson.dumps([field, order, _canonical(filters)], option=orjson.OPT_SORT_KEYS | orjson.OPT_NAIVE_UTC),
    )
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


def _nested_binds(planned: Planned, info: Info, limits: Limits) -> dict[str, Any]:
    return {
        bind: _size(get_argument_values(definition, node, info.variable_values).get("first"), limits, "first")
        for bind, definition, node in planned.nested
    }


# ---------------------------------------------------------------- one root field


def _switches(info: Info) -> tuple[Any, ...]:
    """The variables that `@skip` and `@include` can depend on: they change the shape of the answer."""
    coerced = _coerced(info)
    return tuple(sorted((name, value) for name, value in coerced.items() if isinstance(value, bool)))


def _coerced(info: Info) -> Mapping[str, Any]:
    coerced: Mapping[str, Any] = info.variable_values.coerced
    return coerced


def _planner(request: Request, info: Info) -> Planner:
    return Planner(request.prepared.schema, request.prepared.fragments, _coerced(info))


def _statement(
    request: Request, info: Info, shape: Any, plan: Any, write: Any = compose, below: tuple[str, ...] = ()
) -> tuple[Planned, Statement]:
    """The statement of a root field, or of a field of a payload `below` it, for this shape of arguments, composed once."""
    key = (request.prepared.key, (*info.path.as_list(), *below), _switches(info), shape)
    found = request.prepared.plans.get(key)
    if found is None:
        planner = _planner(request, info)
        question = plan(planner)
        planned = Planned(question, tuple(planner.nested))
        found = planned, write(request.caller.audience, question)
        request.prepared.plans[key] = found
    return found


async def _answer(
    request: Request,
    info: Info,
    found: tuple[Planned, Statement],
    binds: Mapping[str, Any],
    *,
    recorded: Container[str] = (),
    seen_as: Caller | None = None,
) -> orjson.Fragment:
    planned, statement = found
    nested = _nested_binds(planned, info, request.limits)
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


def access_record(
    request: Request,
    at: datetime,
    operation: str,
    event: Event,
    outcome: str,
    categories: Categories = _NO_CATEGORIES,
    situations: bytes = b"[]",
) -> AccessRecord:
    """The access record of one read, or of one refusal."""
    caller = request.caller
    return AccessRecord(
        at=at,
        event=event,
        outcome=outcome,
        trace_id=request.trace_id,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        member_id=caller.member_id,
        audience=caller.audience.value,
        purpose=caller.purpose.value if caller.purpose else None,
        operation=operation,
        document_hash=request.prepared.hash,
        situations=situations,
        categories=categories.read,
        withheld=categories.conditional,
    )


async def resolve_connection(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """A page of a root list."""
    request: Request = info.context
    noun = NOUNS[ROOTS[info.field_name]]
    await need(request, _scope_of(noun.name), info.field_name)
    binds = connection_binds(request, noun, info.field_name, arguments)
    given = arguments.get("filter") or {}
    shape = (
        arguments["orderBy"],
        frozenset(name for name, value in given.items() if value is not None),
        arguments.get("last") is None,
        "cursor_id" in binds,
    )
    found = _statement(request, info, shape, lambda planner: planner.connection(noun.name, info.field_nodes, arguments))
    return await _answer(request, info, found, binds)


async def resolve_deadlines(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """A page of the clocks that run on what the caller may see."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    filters = {name: value for name, value in (arguments.get("filter") or {}).items() if value is not None}
    asked = orjson.dumps([info.field_name, _canonical(filters)], option=orjson.OPT_SORT_KEYS)
    key = cursor_key(request.secret, request.caller, asked)
    binds: dict[str, Any] = {
        "page_size": _size(arguments.get("first"), request.limits, "first"),
        "cursor_inner": key.inner,
        "cursor_outer": key.outer,
        **{f"filter_{name}": _clock_value(name, value) for name, value in filters.items()},
    }
    if arguments.get("after") is not None:
        binds.update(deadlines.place(*read_cursor(key, arguments["after"], "after")))
    shape = (frozenset(filters), "cursor_id" in binds)
    found = _statement(
        request, info, shape, lambda planner: planner.deadlines(info.field_nodes, arguments), deadlines.compose
    )
    return await _answer(request, info, found, binds)


def _clock_value(name: str, value: Any) -> Any:
    if deadlines.FILTERS[name][1] == "due_within":
        return _days(name, value)
    return [one.value for one in value] if isinstance(value, list) else value


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
    await need(request, _scope_of(found[0].name), info.field_name)
    return await resolve_row(request, info, found[0].name, found[1])


async def resolve_row(
    request: Request, info: Info, noun: str, identity: UUID, recorded: Container[str] = ()
) -> orjson.Fragment:
    """One row of a noun, with the selection of the field being resolved; situations `recorded` are in the log already."""
    found = _statement(request, info, noun, lambda planner: planner.node(noun, info.field_nodes))
    return await _answer(request, info, found, {"node_id": identity}, recorded=recorded)


def shown_in_payload(request: Request, info: Info, noun: str) -> Shown:
    """What the fields of a mutation's payload will show: for the command's record, and for the command to tell."""
    key = (request.prepared.key, *info.path.as_list(), _switches(info))
    found = request.prepared.payloads.get(key)
    if found is None:
        found = request.prepared.payloads[key] = _shown_in_payload(request, info, noun)
    return found


def _shown_in_payload(request: Request, info: Info, noun: str) -> Shown:
    payload = cast("GraphQLObjectType", get_named_type(info.return_type))
    read: set[str] = set()
    conditional: set[str] = set()
    selections = []
    around: list[bytes] | None = []
    for out, nodes in _planner(request, info).fields_of(payload, info.field_nodes).items():
        name = nodes[0].name.value
        # A receipt and the errors are of the act itself: only a row is read back.
        if nodes[0].selection_set is None or name == "userErrors":
            known = {"userErrors": b"[]", "__typename": orjson.dumps(payload.name)}.get(name)
            around = None if known is None or around is None else [*around, b"%b:%b" % (orjson.dumps(out), known)]
            continue
        if around is not None:
            around.append(b"%b:%b" % (orjson.dumps(out), _TOLD))
        plan = partial(Planner.node, noun=noun, nodes=nodes)
        planned, statement = _statement(request, info, noun, plan, below=(out,))
        read.update(statement.categories.read)
        conditional.update(statement.categories.conditional)
        selections.append(cast("NodeQuestion", planned.question).selection)
    categories = Categories(tuple(sorted(read)), tuple(sorted(conditional - read)))
    # Under two names there are two selections of one row, which hardly anybody asks for.
    if len(selections) != 1 or not tellable(selections[0]):
        return Shown(categories)
    before, _, after = (b"{%b}" % b",".join(around)).partition(_TOLD) if around else (b"", b"", b"")
    return Shown(categories, selections[0], (before, after) if around else None)


# In no response name: those are letters, digits and `_`.
_TOLD = b"<told>"


async def resolve_opened(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """The case of an exceptional access, by its receipt: never anything of the reader's own reach, and nothing else."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    receipt = parse_id(arguments["receipt"])
    if receipt is None or receipt[0].name != "EmergencyAccess":
        return _NULL
    opened = await opened_case(await request.reader.pool(COMMANDS), request.caller, receipt[1])
    if opened is None:
        await must_stand(request.reader, request.caller)
        return _NULL
    found = _statement(request, info, "Situation", lambda planner: planner.node("Situation", info.field_nodes))
    question = found[0].question
    assert isinstance(question, NodeQuestion)  # noqa: S101 (planned on the line above)
    try:
        must_be_listed(opened, question.selection, found[1].categories)
    except ForbiddenError as refusal:
        await request.audit.write(access_record(request, datetime.now(UTC), info.field_name, "REFUSAL", refusal.code))
        raise
    binds = {"node_id": opened.situation}
    return await _answer(request, info, found, binds, seen_as=opened.seen_by(request.caller))


async def resolve_nodes(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """Several rows by their public ids, in order, null for each that is not there for this caller."""
    request: Request = info.context
    ids: list[str] = arguments["ids"]
    if len(ids) > request.limits.ids:
        raise BadInputError(f"`ids` holds at most {request.limits.ids} ids.", reason="OUT_OF_RANGE")
    rows = [_reachable(request.caller.audience, request.prepared.schema, public_id) for public_id in ids]
    prefixes = {row[0].prefix: row[0].name for row in rows if row}
    for scope in {_scope_of(noun) for noun in prefixes.values()}:
        await need(request, scope, info.field_name)
    return await _rows(request, info, prefixes, rows)


async def _rows(
    request: Request, info: Info, prefixes: Mapping[str, str], rows: Sequence[tuple[Noun, Any] | None]
) -> orjson.Fragment:
    if not prefixes:
        return orjson.Fragment(orjson.dumps([None] * len(rows)))
    binds = {
        "node_ids": [row[1] if row and not row[0].key_is_public else UUID(int=0) for row in rows],
        "node_kinds": [row[0].prefix if row else "-" for row in rows],
        "node_names": [row[1] if row and row[0].key_is_public else "-" for row in rows],
    }
    found = _statement(request, info, frozenset(prefixes), lambda planner: planner.nodes(prefixes, info.field_nodes))
    return await _answer(request, info, found, binds)


async def resolve_rows(request: Request, info: Info, rows: Sequence[tuple[Noun, UUID]]) -> list[orjson.Fragment]:
    """Several rows of nouns of the audience, with the selection of the field being resolved, each by itself."""
    prefixes = {noun.prefix: noun.name for noun, _ in rows}
    found = await _rows(request, info, prefixes, rows)
    return [orjson.Fragment(orjson.dumps(one)) for one in orjson.loads(orjson.dumps(found))]


async def resolve_reader(_: Any, info: Info, **arguments: Any) -> orjson.Fragment:
    """The person behind a pseudonym of the access log, through the caller's own door to members."""
    request: Request = info.context
    await need(request, Scope.CASES_READ, info.field_name)
    found = _reachable(request.caller.audience, request.prepared.schema, arguments["access"])
    if found is None or found[0].name != "Access":
        return _NULL
    behind = await accesses.behind(await request.reader.pool(COMMANDS), request.caller, found[1])
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
    name = await viewer.organisation_name(await request.reader.pool(COMMANDS), caller)
    request.stood = True
    return Viewer(
        audience=caller.audience,
        organisation=name,
        organisation_kind=caller.organisation_kind,
        purpose=caller.purpose,
        scopes=sorted(caller.scopes),
        has_person=caller.member_id is not None,
    )


async def resolve_monitoring(_: Any, info: Info, **arguments: Any) -> NationalMonitoring:
    """The national figures of a fixed period."""
    request: Request = info.context
    await need(request, Scope.INDICATORS_READ, info.field_name)
    answer: NationalMonitoring = await request.monitoring.national(request.caller, _period(arguments))
    request.stood = True
    return answer


async def resolve_authority_monitoring(_: Any, info: Info, **arguments: Any) -> AuthorityMonitoring:
    """The figures of the caller's own authority."""
    request: Request = info.context
    await need(request, Scope.INDICATORS_READ, info.field_name)
    answer: AuthorityMonitoring = await request.monitoring.own(request.caller, _period(arguments))
    request.stood = True
    return answer


async def resolve_periods(_: Any, info: Info, **__: Any) -> list[MonitoringPeriod]:
    """The years for which there are figures."""
    request: Request = info.context
    await need(request, Scope.INDICATORS_READ, info.field_name)
    answer: list[MonitoringPeriod] = await request.monitoring.periods(request.caller)
    request.stood = True
    return answer


async def resolve_yearly_reports(_: Any, info: Info, **arguments: Any) -> list[YearlyReport]:
    """The versions of a year's report."""
    request: Request = info.context
    await need(request, Scope.INDICATORS_READ, info.field_name)
    answer: list[YearlyReport] = await request.monitoring.reports(request.caller, arguments["year"])
    request.stood = True
    return answer


def _period(arguments: Mapping[str, Any]) -> PeriodInput:
    return PeriodInput(**{name: value for name, value in arguments["period"].items() if value is not None})


def attach(schema: GraphQLSchema, others: Mapping[str, Any]) -> None:
    """Give every root field of a compiled schema its way to an answer; a field without one stops start-up."""
    for name, field in (schema.query_type.fields if schema.query_type else {}).items():
        field.resolve = _RESOLVERS.get(name) or others.get(name) or _ROOT_LIST[name]


_RESOLVERS = {
    "node": resolve_node,
    "nodes": resolve_nodes,
    "viewer": resolve_viewer,
    "accessReader": resolve_reader,
    "nationalMonitoring": resolve_monitoring,
    "authorityMonitoring": resolve_authority_monitoring,
    "monitoringPeriods": resolve_periods,
    "yearlyReports": resolve_yearly_reports,
    "openedCase": resolve_opened,
    "deadlines": resolve_deadlines,
}
_ROOT_LIST = dict.fromkeys(ROOTS, resolve_connection)
# Their values come complete from PostgreSQL.
COMPLETE = frozenset({resolve_node, resolve_nodes, resolve_connection})

__all__ = [
    "Request",
    "attach",
    "must_stand",
    "need",
    "resolve_row",
    "resolve_rows",
    "shown_in_payload",
]
