"""Execution with graphql-core, where JSON from PostgreSQL passes through untouched."""

from typing import Any, NamedTuple

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationType,
    execute,
    get_argument_values,
    get_variable_values,
    is_non_null_type,
    located_error,
)
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.pyutils import Path

from graph import answers
from graph.cost import cost_of
from graph.documents import Prepared, ResponseError
from graph.mutations import Payload, resolve_mutation
from graph.queries import COMPLETE
from graph.request import Request, must_stand
from schema.errors import BadInputError, UnauthenticatedError, UnavailableError

_LONE = COMPLETE | {resolve_mutation}


class PassThrough(ExecutorThrowingOnIncremental):
    """Leaves a `Fragment` as it is: the statement has already selected, named, typed and redacted it."""

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Complete a value, unless PostgreSQL did."""
        if isinstance(result, orjson.Fragment):
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


async def run(prepared: Prepared, variables: dict[str, Any], request: Request) -> bytes:
    """Execute a prepared operation, at its organisation's cost; the bytes of its response.

    Raises: ResponseError where the variables do not fit, the lists could hold too much or the answer is too large;
    RateLimitedError, UnauthenticatedError and UnavailableError for the whole request, where the organisation has nothing
    left to spend, the token no longer stands or nothing may be shown.
    """
    try:
        cost = cost_of(prepared, variables, request.limits, request.caller)
    except BadInputError as refused:
        raise ResponseError(answers.refusal(refused)) from None
    organisation, used = request.caller.organisation_id, cost.requested
    request.budgets.spend(organisation, cost.requested)
    try:
        body = await _run(prepared, variables, request)
        used = cost.actual(body)
    except UnavailableError:
        used = 0
        raise
    finally:
        # What was refused has used what it asked for: whoever tries has to ask for less.
        left = request.budgets.settle(organisation, cost.requested, used)
    return answers.with_cost(body, cost.requested, used, left.as_extension()) if request.tells_cost else body


async def _run(prepared: Prepared, variables: dict[str, Any], request: Request) -> bytes:
    lone, root = _lone_field(prepared), request.root
    if lone is not None:
        result = await _resolve(lone, prepared, variables, request)
        root = next(iter(result.data.values())) if result.data else None
        if not isinstance(root, Payload):
            return await _response(result, prepared, request)
        # The act is done, and more is asked of its payload than it has told.
    found = execute(
        prepared.schema,
        prepared.document,
        root_value=root,
        context_value=request,
        variable_values=variables,
        operation_name=prepared.operation.name.value if prepared.operation.name else None,
        executor_class=PassThrough,
        hide_suggestions=True,
        max_coercion_errors=answers.MOST_ERRORS,
    )
    return await _response(found if isinstance(found, ExecutionResult) else await found, prepared, request)


async def _response(result: ExecutionResult, prepared: Prepared, request: Request) -> bytes:
    if result.data is None and result.errors and all(problem.path is None for problem in result.errors):
        raise ResponseError(answers.coercion_refusal(result.errors))
    for problem in result.errors or ():
        _refuse_whole(problem, prepared)
    if not request.stood:
        await must_stand(request.reader, request.caller)
    body = answers.executed(result.data, [*(result.errors or ()), *request.unreadable])
    # What a mutation wrote has to be told, and its payload is one row.
    if len(body) > request.limits.answer_bytes and prepared.operation.operation is OperationType.QUERY:
        raise ResponseError(
            answers.refusal(BadInputError("The answer is too large: ask for less.", reason="TOO_LARGE"))
        )
    return body


# ---------------------------------------------------------------- a request of one field


_Lone = tuple[GraphQLObjectType, FieldNode, GraphQLField]


def _lone_field(prepared: Prepared) -> _Lone | None:
    """The only root field, where PostgreSQL completes its value or may do so: then there is nothing left to execute."""
    operation = prepared.operation
    selections = operation.selection_set.selections
    root = prepared.schema.get_root_type(operation.operation)
    if len(selections) != 1 or root is None:
        return None
    node = selections[0]
    if not isinstance(node, FieldNode) or node.directives:
        return None
    field = root.fields.get(node.name.value)
    return (root, node, field) if field is not None and field.resolve in _LONE else None


async def _resolve(lone: _Lone, prepared: Prepared, variables: dict[str, Any], request: Request) -> ExecutionResult:
    """What the executor does for one field (specification, 6.4), without the executor."""
    root, node, field = lone
    values = get_variable_values(
        prepared.schema,
        prepared.operation.variable_definitions or (),
        variables,
        answers.MOST_ERRORS,
        hide_suggestions=True,
    )
    if isinstance(values, list):
        return ExecutionResult(None, values)
    name = node.alias.value if node.alias else node.name.value
    path = Path(None, name, root.name)
    resolve: Any = field.resolve
    try:
        arguments = get_argument_values(field, node, values)
        value = await resolve(
            None, _Info(node.name.value, [node], root, field.type, path, values, request), **arguments
        )
    except Exception as raw:  # noqa: BLE001 (whatever a resolver raises is an error of its field)
        problem = located_error(raw, [node], path.as_list())
        return ExecutionResult(None if is_non_null_type(field.type) else {name: None}, [problem])
    return ExecutionResult({name: value})


class _Info(NamedTuple):
    """What our resolvers read of `GraphQLResolveInfo`."""

    field_name: str
    field_nodes: list[FieldNode]
    parent_type: GraphQLObjectType
    return_type: GraphQLOutputType
    path: Path
    variable_values: Any
    context: Request


def _refuse_whole(problem: GraphQLError, prepared: Prepared) -> None:
    """A dead token and a service that may show nothing end the request, not a field."""
    cause = problem.original_error
    if not isinstance(cause, UnauthenticatedError | UnavailableError) or cause.reason == "TIMEOUT":
        return
    # Below a mutation something was written: its caller has to see that, so there the field says it.
    written = prepared.operation.operation is OperationType.MUTATION and len(problem.path or ()) > 1
    if not written:
        raise cause


__all__ = ["PassThrough", "run"]
