"""Answers: data and errors as the bytes of a GraphQL response. Our own sentences only, never a library's wording."""

import logging
import re
from collections.abc import Iterable, Sequence
from traceback import format_tb
from typing import Any

import orjson
from graphql import GraphQLError

from schema.errors import BadInputError, InternalError, ParseFailedError, RefusedError, ValidationFailedError

logger = logging.getLogger(__name__)

MOST_ERRORS = 5

# What a library said, to what we say: a name out of the caller's document may be repeated, nothing else.
_SENTENCES = (
    (re.compile(r"Cannot query field '(\w+)'"), "There is no field `{}` here."),
    (re.compile(r"Unknown argument '(\w+)'"), "There is no argument `{}` here."),
    (re.compile(r"Unknown type '(\w+)'"), "There is no type `{}`."),
    (re.compile(r"Unknown fragment '(\w+)'"), "There is no fragment `{}` in the document."),
    (re.compile(r"Unknown directive '@?(\w+)'"), "There is no directive `@{}`."),
    (re.compile(r"Field '(\w+)' is not defined by type"), "There is no input field `{}` here."),
    (re.compile(r"Value '(\w+)' does not exist in"), "There is no value `{}` here."),
    (re.compile(r"Field '(\w+)' of type .* must have a selection"), "Select fields of `{}`."),
    (re.compile(r"Field '(\w+)' must not have a selection"), "`{}` has no fields to select."),
    (re.compile(r"argument '(\w+)' of type .* is required"), "The argument `{}` is required."),
    (re.compile(r"Argument '\w+\.(\w+)' of required type"), "The argument `{}` is required."),
    (re.compile(r"Field '\w+\.(\w+)' of required type"), "The input field `{}` is required."),
    (re.compile(r"Variable '\$(\w+)' is not defined"), "The variable `${}` is not declared."),
    (re.compile(r"Variable '\$(\w+)' is never used"), "The variable `${}` is never used."),
    (re.compile(r"Variable '\$(\w+)' of required type"), "The variable `${}` is required."),
    (re.compile(r"Variable '\$(\w+)'"), "The variable `${}` has a value or a type that does not fit."),
    (re.compile(r"Fragment '(\w+)' is never used"), "The fragment `{}` is never used."),
    (re.compile(r"Fields '(\w+)' conflict"), "The fields named `{}` conflict: give one of them another alias."),
    (re.compile(r"Cannot spread fragment '(\w+)' within itself"), "The fragment `{}` contains itself."),
    (re.compile(r"cannot represent"), "A value in the document does not fit its type."),
    (re.compile(r"Expected value of type"), "A value in the document does not fit its type."),
)


def sentence_of(message: str, otherwise: str) -> str:
    """Our own sentence for a library's message."""
    for pattern, sentence in _SENTENCES:
        match = pattern.search(message)
        if match:
            return sentence.format(*match.groups())
    return otherwise


def error(
    refused: RefusedError, *, path: Sequence[str | int] | None = None, locations: Iterable[Any] = ()
) -> dict[str, Any]:
    """One entry of `errors`."""
    made: dict[str, Any] = {"message": refused.sentence}
    placed = [{"line": place.line, "column": place.column} for place in locations]
    if placed:
        made["locations"] = placed
    if path is not None:
        made["path"] = list(path)
    made["extensions"] = {"code": refused.code, **({"reason": refused.reason} if refused.reason else {})}
    return made


def refusal(refused: RefusedError) -> bytes:
    """A response without data."""
    return orjson.dumps({"errors": [error(refused)]})


def syntax_refusal(problem: GraphQLError) -> bytes:
    """A response to a document that does not parse."""
    return orjson.dumps({"errors": [error(ParseFailedError(), locations=problem.locations or ())]})


def validation_refusal(problems: Sequence[GraphQLError]) -> bytes:
    """A response to a document that does not fit the caller's schema."""
    made = [
        error(
            ValidationFailedError(sentence_of(problem.message, ValidationFailedError.sentence)),
            locations=problem.locations or (),
        )
        for problem in problems[:MOST_ERRORS]
    ]
    return orjson.dumps({"errors": made})


def coercion_refusal(problems: Sequence[GraphQLError]) -> bytes:
    """A response to variables that do not fit."""
    made = [
        error(BadInputError(sentence_of(problem.message, BadInputError.sentence))) for problem in problems[:MOST_ERRORS]
    ]
    return orjson.dumps({"errors": made})


def executed(data: Any, problems: Sequence[GraphQLError] | None) -> bytes:
    """A response with data, and the errors of its fields."""
    response: dict[str, Any] = {"data": data}
    if problems:
        response["errors"] = [field_error(problem) for problem in problems[:MOST_ERRORS]]
    return orjson.dumps(response)


def field_error(problem: GraphQLError) -> dict[str, Any]:
    """A field's error: ours as it is, an argument that does not fit as bad input, anything else as our bug."""
    original = problem.original_error
    if isinstance(original, RefusedError):
        return error(original, path=problem.path)
    if original is None:
        return error(BadInputError(sentence_of(problem.message, BadInputError.sentence)), path=problem.path)
    # The class and the place, never the message: a driver's message can quote a child's file.
    logger.error("field failed: %s\n%s", type(original).__name__, "".join(format_tb(original.__traceback__)))
    return error(InternalError(), path=problem.path)
