"""Every mutation has its command, and what it shows, takes and allows hangs together."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema, get_named_type

from auth.policy import Act
from loaders.commands.registry import COMMANDS
from loaders.nouns import AGGREGATES, NOUNS
from schema.types import TYPES
from schema.types.mutation import INPUTS, Mutation
from schema.types.node import Node
from schema.types.query import Query

SCHEMA = build_schema(
    strawberry.Schema(
        query=Query, mutation=Mutation, types=[kind for kind in TYPES.values() if issubclass(kind, Node)]
    ).as_str()
)
every_act = pytest.mark.parametrize("name", COMMANDS)


def field(name: str) -> Any:
    assert SCHEMA.mutation_type is not None
    return SCHEMA.mutation_type.fields[name]


def test_mutations_and_commands_are_the_same() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(SCHEMA.mutation_type.fields) == set(COMMANDS) == set(INPUTS)


def test_every_act_of_the_policy_has_a_command() -> None:
    assert {command.act for command in COMMANDS.values()} == set(Act)


@every_act
def test_a_payload_shows_the_noun_of_its_command(name: str) -> None:
    noun = COMMANDS[name].noun
    payload = field(name).type.of_type
    assert isinstance(payload, GraphQLObjectType)
    assert (noun in NOUNS) is not (noun in AGGREGATES)
    # What a foreign reference answers like a right one gives a receipt, and no row.
    receipt = payload.name == f"{noun.removesuffix('Access')}ReceiptPayload"
    shown = {"receipt": "ID"} if receipt else {noun[0].lower() + noun[1:]: noun}
    # What was made for the caller and is stored nowhere is said once.
    secret = payload.name == f"{noun}SecretPayload"
    shown |= {"secret": "String"} if secret else {}
    assert {key: str(part.type) for key, part in payload.fields.items()} == {"userErrors": "[UserError!]!", **shown}
    assert receipt or secret or payload.name == f"{noun}Payload"


@every_act
def test_an_input_is_flat_and_every_part_described(name: str) -> None:
    assert set(field(name).args) == {"input"}
    kind = field(name).args["input"].type.of_type
    assert isinstance(kind, GraphQLInputObjectType)
    assert kind.name == INPUTS[name].__name__
    assert kind.description
    for part in kind.fields.values():
        assert part.description
        assert not isinstance(get_named_type(part.type), GraphQLInputObjectType)
