"""The mutations: arguments to an input object, one command, then the payload's selection on the new state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from graph.payloads import shown_in_payload
from graph.reading import resolve_row
from graph.request import Info, Request, need
from loaders.commands.at_once import Shown
from loaders.commands.registry import COMMANDS
from loaders.nouns import AGGREGATES, NOUNS
from loaders.statement import camel
from schema.errors import DomainRefusalError, ForbiddenError
from schema.scopes import Scope
from schema.types.mutation import Mutation
from schema.types.mutation_parts import UserError
from schema.types.yearly import YearlyReport


@dataclass(frozen=True, slots=True)
class Payload:
    """What a mutation gives to the fields of its payload."""

    noun: str
    subject: UUID | None
    refusal: DomainRefusalError | None
    recorded: frozenset[str]
    told: bytes | None
    shown_once: str | None = field(default=None, repr=False)


@cache
def _snake(name: str) -> str:
    # Names of input fields only, which the schema bounds.
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _annotation(field: StrawberryField) -> type[Any]:
    annotation = field.arguments[0].type_annotation
    return cast("type[Any]", annotation.annotation if annotation else None)


# The input class of each mutation, as its field declares it.
_INPUTS: Mapping[str, type[Any]] = {
    camel(field.python_name): _annotation(field) for field in get_object_definition(Mutation, strict=True).fields
}


async def resolve_mutation(done: Any, info: Info, **arguments: Any) -> Payload | orjson.Fragment:
    """Run the command of a mutation; where it has told all that its payload asks for, nothing is left to execute.

    `done` is the payload where the command has run already and only its fields are left.
    """
    if isinstance(done, Payload):
        return done
    request: Request = info.context
    command = COMMANDS[info.field_name]
    if request.caller.audience not in command.act.audiences:
        # The schema does not have the field, so this cannot be reached; the second look costs nothing.
        raise ForbiddenError
    await need(request, Scope.CASES_WRITE, info.field_name)
    wish = _INPUTS[info.field_name](**{_snake(name): value for name, value in arguments["input"].items()})
    shown = Shown() if command.noun in AGGREGATES else await shown_in_payload(request, info, command.noun)
    outcome = await request.commands.run(info.field_name, command, request.caller, wish, request.trace_id, shown)
    request.stood = True
    if outcome.told is not None and shown.around is not None:
        before, after = shown.around
        return orjson.Fragment(before + outcome.told + after)
    refusal = outcome.refusal and _of_this_input(outcome.refusal, info)
    return Payload(command.noun, outcome.subject, refusal, outcome.recorded, outcome.told, outcome.shown_once)


def _of_this_input(refusal: DomainRefusalError, info: Info) -> DomainRefusalError:
    """A rule that several acts share may name what this act's input does not have: then it refuses the act as a whole."""
    given = cast("GraphQLInputObjectType", get_named_type(info.parent_type.fields[info.field_name].args["input"].type))
    named = refusal.field is not None and refusal.field.partition(".")[0] in given.fields
    return refusal if named else DomainRefusalError(refusal.code, refusal.sentence)


def _errors(payload: Payload, _: Info) -> list[UserError]:
    refusal = payload.refusal
    return [UserError(field=refusal.field, code=refusal.code, message=refusal.sentence)] if refusal else []


async def _subject(payload: Payload, info: Info) -> Any:
    if payload.subject is None:
        return None
    if payload.told is not None:
        return orjson.Fragment(payload.told)
    return await resolve_row(info.context, info, payload.noun, payload.subject, payload.recorded)


def _receipt(payload: Payload, _: Info) -> str | None:
    """What was recorded, by its id: nothing is read back, so a request on nothing answers like any other."""
    return None if payload.subject is None else f"{NOUNS[payload.noun].prefix}_{payload.subject}"


async def _secret(payload: Payload, info: Info) -> str | None:
    """The secret of a webhook, made anew from what is stored, for it is stored nowhere itself; of a tool, this once."""
    if payload.subject is None or payload.noun != "Webhook":
        return payload.shown_once
    found: str = await info.context.commands.secret(payload.subject)
    return found


async def _yearly_report(payload: Payload, info: Info) -> YearlyReport | None:
    """What the indicator service shows of the version that the act has made."""
    if payload.subject is None:
        return None
    found: YearlyReport | None = await info.context.monitoring.report(info.context.caller, payload.subject)
    return found


_RESOLVERS = {"yearlyReport": _yearly_report, "userErrors": _errors, "receipt": _receipt, "secret": _secret}


def attach(schema: GraphQLSchema) -> None:
    """Give every mutation and the fields of its payload their resolvers."""
    if schema.mutation_type is None:
        return
    for mutation in schema.mutation_type.fields.values():
        mutation.resolve = resolve_mutation
        payload = cast("GraphQLObjectType", get_named_type(mutation.type))
        for name, part in payload.fields.items():
            part.resolve = _RESOLVERS.get(name, _subject)
