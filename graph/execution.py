"""Execution with graphql-core, where JSON from PostgreSQL passes through untouched."""

from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from graph import answers
from graph.documents import Prepared, ResponseError
from graph.queries import Request, must_stand
from schema.errors import BadInputError, UnauthenticatedError, UnavailableError


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
    """Execute a prepared operation; the bytes of its response.

    Raises: ResponseError where the variables do not fit or the answer is too large; UnauthenticatedError and UnavailableError for the whole
    request, where the token no longer stands or nothing may be shown.
    """
    found = execute(
        prepared.schema,
        prepared.document,
        context_value=request,
        variable_values=variables,
        operation_name=prepared.operation.name.value if prepared.operation.name else None,
        executor_class=PassThrough,
        hide_suggestions=True,
        max_coercion_errors=answers.MOST_ERRORS,
    )
    result: ExecutionResult = found if isinstance(found, ExecutionResult) else await found
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
