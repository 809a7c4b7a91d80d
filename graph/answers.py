"""Answers: data and errors as the bytes of a GraphQL response. Our own sentences only, never a library's wording."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from traceback import format_tb
from typing import Any

import orjson
from graphql import GraphQLError

from schema.errors import BadInputError, InternalError, ParseFailedError, RefusedError, ValidationFailedError

logger = logging.getLogger(__name__)

MOST_ERRORS = 5
_PUBLIC_REASON = re.compile(r"[A-Z][A-Z_]*")

# What a library said, to what we say: a name out of the caller's document may be repeated, nothing else. Read from the
# start, because a message can quote a value that looks like another message.
_SENTENCES = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"Cannot query field '(\w+)'", "There is no field `{}` here."),
        (r"Unknown argument '(\w+)'", "There is no argument `{}` here."),
        (r"Unknown type '(\w+)'", "There is no type `{}`."),
        (r"Unknown fragment '(\w+)'", "There is no fragment `{}` in the document."),
        (r"Unknown directive '@(\w+)'", "There is no directive `@{}`."),
        (r"Directive '@(\w+)' may not be used", "The directive `@{}` cannot stand here."),
        (r"The directive '@(\w+)' can only be used once", "The directive `@{}` can stand here only once."),
        (r"Expected value of type '\S+' not to include unknown field '(\w+)'", "There is no input field `{}` here."),
        (r"Expected value of type '\S+' to include required field '(\w+)'", "The input field `{}` is required."),
        (r"Value '(\w+)' does not exist in", "There is no value `{}` here."),
        (r"Field '(\w+)' of type '\S+' must have", "Select fields of `{}`."),
        (r"Field '(\w+)' must not have a selection", "`{}` has no fields to select."),
        (r"Argument '[^']*\((\w+):\)' of type '\S+' is required", "The argument `{}` is required."),
        (r"Variable '\$(\w+)' is not defined", "The variable `${}` is not declared."),
        (r"Variable '\$(\w+)' is never used", "The variable `${}` is never used."),
        (r"Variable '\$(\w+)' cannot be non-input type", "The variable `${}` needs a type that can be sent."),
        (r"Variable '\$(\w+)'", "The variable `${}` does not fit where it is used."),
        (r"Fragment '(\w+)' is never used", "The fragment `{}` is never used."),
        (r"Fragment '(\w+)' cannot", "The fragment `{}` does not fit where it is used."),
        (r"Fragment cannot", "A fragment of the document does not fit where it is used."),
        (r"Fields '(\w+)' conflict", "The fields named `{}` conflict: give one of them another alias."),
        (r"There can be only one [a-z ]+ named '([$@]?\w+)'", "`{}` is there twice."),
        (
            r"(?:Anonymous )?Subscription (?:'\w+' )?must (?:not )?select",
            "A subscription follows one field of its type, once.",
        ),
        (r"The (query|mutation|subscription) operation is not supported", "There is no `{}` here."),
        (
            r"Expected value|\w+ cannot represent|Enum '\w+' cannot represent",
            "A value in the document does not fit its type.",
        ),
    )
)
# Limits that the library keeps for us.
_TOO_MANY_TOKENS = re.compile(r"Syntax Error: Document contains more than \d+ tokens")
_TOO_MANY = "The document has too many names, signs and comments."
_TOO_DEEP_A_SCHEMA = "Maximum introspection depth"
# Of a variable: its name, and the path to what does not fit. A path is made of names of the caller's own schema and of
# places in a list, never of a key that was sent; what follows it quotes the value.
_VARIABLE = re.compile(r"Variable '\$(\w+)'(?: has invalid value(?: at \.?((?:\w|\[|\]|\.)+))?: )?")
_FAULTS = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"Expected a value of non-null type", "The variable `${name}` is required."),
        (r"Expected value of non-null type", "The variable `${name}` needs a value{at}: it is null."),
        (
            r"Expected value of type '\w+' to include required field '(?P<field>\w+)'",
            "The variable `${name}` needs the field `{field}`{at}.",
        ),
        (
            r"Expected value of type '\w+' not to include unknown field",
            "The variable `${name}` has a field{at} that does not exist.",
        ),
        (r"Value cannot represent a Date:", "The variable `${name}` has no day{at}: write it like 2026-01-31."),
        (
            r"Value cannot represent a DateTime:",
            "The variable `${name}` has no moment{at}: write it like 2026-01-31T08:00:00Z.",
        ),
        (r"Value '", "The variable `${name}` has a word{at} that its enum does not have."),
        (r"", "The variable `${name}` has a value{at} that does not fit its type."),
    )
)


def sentence_of(message: str, otherwise: str) -> str:
    """Our own sentence for a library's message about a document."""
    for pattern, sentence in _SENTENCES:
        match = pattern.match(message)
        if match:
            return sentence.format(*match.groups())
    return otherwise


def sentence_of_variable(message: str) -> str:
    """Our own sentence for a library's message about a variable: where it does not fit and why, never what it is."""
    variable = _VARIABLE.match(message)
    if variable is None:
        return "A variable has a value that does not fit its type."
    name, path = variable.groups()
    found = ((pattern.match(message, variable.end()), sentence) for pattern, sentence in _FAULTS)
    fault, sentence = next((match, sentence) for match, sentence in found if match)
    return sentence.format(name=name, at=f" at `{path}`" if path else "", **fault.groupdict())


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
    made["extensions"] = {"code": refused.code}
    # A reason is a word for programs (OUT_OF_RANGE); one in small letters is for our log alone.
    if refused.reason is not None and _PUBLIC_REASON.fullmatch(refused.reason):
        made["extensions"]["reason"] = refused.reason
    return made


def refusal(refused: RefusedError) -> bytes:
    """A response without data."""
    return orjson.dumps({"errors": [error(refused)]})


def syntax_refusal(problem: GraphQLError) -> bytes:
    """A response to a document that does not parse, or that its reader gave up."""
    if _TOO_MANY_TOKENS.match(problem.message):
        return orjson.dumps({"errors": [error(ParseFailedError(_TOO_MANY, reason="TOO_MANY_TOKENS"))]})
    return orjson.dumps({"errors": [error(ParseFailedError(), locations=problem.locations or ())]})


def validation_refusal(problems: Sequence[GraphQLError]) -> bytes:
    """A response to a document that does not fit the caller's schema."""
    made = [error(_invalid(problem.message), locations=problem.locations or ()) for problem in problems[:MOST_ERRORS]]
    return orjson.dumps({"errors": made})


def _invalid(message: str) -> ValidationFailedError:
    if message.startswith(_TOO_DEEP_A_SCHEMA):
        return ValidationFailedError("The document asks for the schema too deep.", reason="TOO_MUCH_INTROSPECTION")
    return ValidationFailedError(sentence_of(message, ValidationFailedError.sentence))


def coercion_refusal(problems: Sequence[GraphQLError]) -> bytes:
    """A response to variables that do not fit."""
    # One sentence per variable: several faults in one value read alike.
    sentences = dict.fromkeys(sentence_of_variable(problem.message) for problem in problems[:MOST_ERRORS])
    return orjson.dumps({"errors": [error(BadInputError(sentence)) for sentence in sentences]})


def executed(data: Any, problems: Sequence[GraphQLError] | None) -> bytes:
    """A response with data, and the errors of its fields."""
    response: dict[str, Any] = {"data": data}
    if problems:
        response["errors"] = [field_error(problem) for problem in problems[:MOST_ERRORS]]
    return orjson.dumps(response)


def with_cost(body: bytes, requested: int, actual: int, throttle: Mapping[str, Any]) -> bytes:
    """A response that tells its cost; one that nobody asked for is not told, so that equal questions get equal bytes."""
    told = {"cost": {"requested": requested, "actual": actual, "throttleStatus": throttle}}
    return body[:-1] + b',"extensions":' + orjson.dumps(told) + b"}"


def field_error(problem: GraphQLError) -> dict[str, Any]:
    """A field's error: ours as it is, an argument that does not fit as bad input, anything else as our bug."""
    original = problem.original_error
    if isinstance(original, RefusedError):
        return error(original, path=problem.path)
    if original is None:
        return error(BadInputError(), path=problem.path)
    # The class and the place, never the message: a driver's message can quote a child's file.
    logger.error("field failed: %s\n%s", type(original).__name__, "".join(format_tb(original.__traceback__)))
    return error(InternalError(), path=problem.path)
