"""The public types are exactly the nouns: their columns, relations, filters and orders, each one described."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    print_ast,
    validate_schema,
)
from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, Integer
from strawberry.types.base import StrawberryObjectDefinition

from loaders.nouns import NOUNS, Noun
from schema import vocabulary
from schema.types import TYPES
from schema.types.described import public_enum, public_input, public_interface, public_type
from schema.types.node import Node
from schema.types.query import ROOTS, Query
from schema.vocabulary import Category, Word

STRAWBERRY = strawberry.Schema(query=Query)
# Read back from its own SDL, so that what clients are given is what is tested.
SCHEMA = build_schema(STRAWBERRY.as_str())
VERSIONED = {
    "Tool",
    "Webhook",
    "WebhookDelivery",
    "Situation", "Minor", "ConcernReport", "AseLink", "Measure", "Referral", "DepartmentTransfer", "ParentalHolder", "Jurisdiction", "Caller",
    "SharingGrant", "EmergencyAccess", "LegalHold", "SubjectRequest", "DataBreach", "RepeatCandidate", "ResourceCard", "SurveyResponse",
    "Organisation", "Member", "Habilitation",
}  # fmt: skip
BUILT_IN = {"String", "Int", "Boolean", "Float", "ID"}
VOCABULARIES = {
    name: words
    for name, words in vars(vocabulary).items()
    if isinstance(words, type) and issubclass(words, Word) and words is not Word
}

every_noun = pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.name)
every_root = pytest.mark.parametrize(("root", "name"), ROOTS.items())


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def object_type(name: str) -> GraphQLObjectType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def enum_type(name: str) -> GraphQLEnumType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLEnumType)
    return found


def arguments(field: GraphQLField) -> dict[str, str]:
    return {name: str(argument.type) for name, argument in field.args.items()}


def default(field: GraphQLField, argument: str) -> str:
    node = field.args[argument].ast_node
    assert node is not None
    assert node.default_value is not None
    return print_ast(node.default_value)


def shown_columns(noun: Noun) -> list[Column[Any]]:
    return [column for column in noun.table.c if column.info["category"] is not Category.KEY]


def allowed_words(column: Column[Any]) -> set[str] | None:
    """Read from the check constraint the words that a word column accepts; none for any other column."""
    for constraint in column.constraints:
        if isinstance(constraint, CheckConstraint):
            return set(re.findall(r"'(\w+)'", str(constraint.sqltext)))
    return None


def assert_word_or_text(name: str, column: Column[Any]) -> None:
    words = allowed_words(column)
    if words is None:
        assert name == "String"
    else:
        assert set(enum_type(name).values) == words


def test_the_schema_is_valid_and_needs_nothing_but_the_query() -> None:
    assert validate_schema(SCHEMA) == []
    assert set(TYPES) == set(NOUNS) <= set(SCHEMA.type_map)
    assert {name: cls.__name__ for name, cls in TYPES.items()} == {name: name for name in NOUNS}


@every_noun
def test_a_type_has_exactly_the_columns_and_relations_of_its_noun(noun: Noun) -> None:
    relations = {name for name, relation in noun.relations.items() if not relation.filters_only}
    expected = {camel(column.name) for column in shown_columns(noun)} | relations
    expected |= {"id"} if "id" in noun.table.c else set()
    expected |= {"withheld"} if noun.case else set()
    expected |= {"version"} if noun.name in VERSIONED else set()
    assert set(object_type(noun.name).fields) == expected


@every_noun
def test_a_type_is_a_node_exactly_when_it_has_a_public_id(noun: Noun) -> None:
    found = object_type(noun.name)
    assert [interface.name for interface in found.interfaces] == (["Node"] if "id" in noun.table.c else [])
    if "id" in noun.table.c:
        assert str(found.fields["id"].type) == "ID!"


@every_noun
def test_a_column_may_be_null_and_has_the_type_of_what_it_holds(noun: Noun) -> None:
    fields = object_type(noun.name).fields
    for column in shown_columns(noun):
        field = fields[camel(column.name)]
        assert field.args == {}
        shape = str(field.type)
        assert re.fullmatch(r"\w+|\[\w+!\]", shape), f"{column} is {shape}"
        match column.type:
            case ARRAY():
                assert shape.startswith("[")
                assert_word_or_text(shape[1:-2], column)
            case JSON():
                assert shape == "[String!]"
            case DateTime():
                assert shape == "DateTime"
            case Date():
                assert shape == "Date"
            case Integer() | BigInteger():
                assert shape == "Int"
            case Boolean():
                assert shape == "Boolean"
            case _:
                assert_word_or_text(shape, column)


@every_noun
def test_a_relation_to_one_may_be_null_and_one_to_many_is_a_list_cut_at_first(noun: Noun) -> None:
    fields = object_type(noun.name).fields
    for name, relation in noun.relations.items():
        if relation.filters_only:
            assert name not in fields
        elif relation.many:
            assert str(fields[name].type) == f"[{relation.target}!]!"
            assert arguments(fields[name]) == {"first": "Int!"}
            assert default(fields[name], "first") == "20"
        else:
            assert str(fields[name].type) == relation.target
            assert fields[name].args == {}


@every_noun
def test_what_is_withheld_and_the_version_are_never_null(noun: Noun) -> None:
    fields = object_type(noun.name).fields
    if noun.case:
        assert str(fields["withheld"].type) == "[WithheldField!]!"
        assert "without looking at" in str(fields["withheld"].description)
    if noun.name in VERSIONED:
        assert str(fields["version"].type) == "String!"
        assert "expectedVersion" in str(fields["version"].description)


def test_the_shared_types_have_exactly_their_fields() -> None:
    shapes = {
        name: {field: str(found.type) for field, found in object_type(name).fields.items()}
        for name in ("PageInfo", "WithheldField", "Viewer")
    }
    assert shapes == {
        "PageInfo": {
            "hasNextPage": "Boolean!",
            "hasPreviousPage": "Boolean!",
            "startCursor": "String",
            "endCursor": "String",
        },
        "WithheldField": {"field": "String!", "reason": "WithheldReason!", "howToRequest": "String!"},
        "Viewer": {
            "audience": "Audience!",
            "organisation": "String!",
            "organisationKind": "OrgKind!",
            "purpose": "Purpose",
            "scopes": "[String!]!",
            "hasPerson": "Boolean!",
        },
    }
    # The classes that lend `withheld` and `version` are no types of the API.
    assert {"Withholding", "Versioned"} & set(SCHEMA.type_map) == set()


def test_nodes_are_nullable_one_by_one() -> None:
    fields = object_type("Query").fields
    assert str(fields["viewer"].type) == "Viewer!"
    assert (str(fields["node"].type), arguments(fields["node"])) == ("Node", {"id": "ID!"})
    assert (str(fields["nodes"].type), arguments(fields["nodes"])) == ("[Node]!", {"ids": "[ID!]!"})


def test_the_root_lists_are_the_connections_of_the_query() -> None:
    connections = {
        name: str(field.type)
        for name, field in object_type("Query").fields.items()
        if str(field.type).endswith("Connection!")
    }
    # The clocks are rows of many tables, so of none.
    assert connections.pop("deadlines") == "DeadlineConnection!"
    assert connections == {root: f"{noun}Connection!" for root, noun in ROOTS.items()}
    assert len(set(ROOTS.values())) == len(ROOTS) == 33


@every_root
def test_a_root_list_takes_the_filter_and_orders_of_its_noun(root: str, name: str) -> None:
    field = object_type("Query").fields[root]
    needed = "!" if root in OF_ONE else ""
    filters = {"filter": f"{name}Filter{needed}"} if NOUNS[name].filters else {}
    assert arguments(field) == {
        **filters,
        "orderBy": f"{name}Order!",
        "first": "Int",
        "after": "String",
        "last": "Int",
        "before": "String",
    }
    orders = list(NOUNS[name].orders)
    assert list(enum_type(f"{name}Order").values) == orders
    assert default(field, "orderBy") == orders[0]


@every_root
def test_a_root_list_is_a_connection(root: str, name: str) -> None:
    connection, edge = object_type(f"{name}Connection"), object_type(f"{name}Edge")
    assert {field: str(found.type) for field, found in connection.fields.items()} == {
        "edges": f"[{name}Edge!]!",
        "nodes": f"[{name}!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int!",
    }
    assert {field: str(found.type) for field, found in edge.fields.items()} == {"cursor": "String!", "node": f"{name}!"}


# What is listed is of something that has to be named.
OF_ONE = {"repeatCandidates"}
NEEDED = {("RepeatCandidate", "situation")}
SINGLE = {
    "eq": "String",
    "has": "String",
    "since": "DateTime",
    "before": "DateTime",
    "overdue": "Boolean",
    "due_within": "Int",
    "id": "ID",
}


@every_noun
def test_a_filter_has_exactly_the_conditions_of_its_noun(noun: Noun) -> None:
    found = SCHEMA.type_map.get(f"{noun.name}Filter")
    if not noun.filters:
        assert found is None
        return
    assert isinstance(found, GraphQLInputObjectType)
    assert list(found.fields) == list(noun.filters)
    for name, (column, operator) in noun.filters.items():
        shape = str(found.fields[name].type)
        if operator == "in":
            match = re.fullmatch(r"\[(\w+)!\]", shape)
            assert match is not None, f"{noun.name}Filter.{name} is {shape}"
            assert_word_or_text(match[1], noun.table.c[column])
        else:
            needed = "!" if (noun.name, name) in NEEDED else ""
            assert shape == SINGLE[operator] + needed


def test_an_enum_made_of_the_vocabulary_says_what_the_vocabulary_says() -> None:
    shown = set(VOCABULARIES) & set(SCHEMA.type_map)
    assert {"Audience", "Problematic", "WithheldReason"} <= shown
    for name in shown:
        words, found = VOCABULARIES[name], enum_type(name)
        assert found.description == words.__doc__
        labels = {value_name: value.description for value_name, value in found.values.items()}
        assert labels == {word.value: word.label for word in words}


def _descriptions() -> Iterator[tuple[str, str | None]]:
    for name, found in SCHEMA.type_map.items():
        if name in BUILT_IN or name.startswith("__"):
            continue
        yield name, found.description
        match found:
            case GraphQLObjectType() | GraphQLInterfaceType():
                for field_name, field in found.fields.items():
                    yield f"{name}.{field_name}", field.description
                    for argument_name, argument in field.args.items():
                        yield f"{name}.{field_name}({argument_name})", argument.description
            case GraphQLInputObjectType():
                for field_name, input_field in found.fields.items():
                    yield f"{name}.{field_name}", input_field.description
            case GraphQLEnumType():
                for value_name, value in found.values.items():
                    yield f"{name}.{value_name}", value.description
            case _:
                assert isinstance(found, GraphQLScalarType), f"{name} is of a kind nobody walks through here"


def test_everything_is_described() -> None:
    assert [where for where, description in _descriptions() if not (description or "").strip()] == []


def test_a_description_is_a_sentence() -> None:
    # French labels and the two scalars of Strawberry are words, not sentences.
    words = {f"{name}.{word.value}" for name, members in VOCABULARIES.items() for word in members}
    others = {where: text for where, text in _descriptions() if where not in words | {"Date", "DateTime"}}
    assert [where for where, text in others.items() if not re.fullmatch(r"[A-Z0-9].*\.", text or "", re.DOTALL)] == []


def test_no_field_has_a_resolver() -> None:
    definitions = [STRAWBERRY.get_type_by_name(name) for name in (*TYPES, "Query", "Viewer", "SituationConnection")]
    for definition in definitions:
        assert isinstance(definition, StrawberryObjectDefinition)
        assert [field.python_name for field in definition.fields if field.base_resolver is not None] == []


SILENT = [
    (public_type, type("Silent", (TYPES["Actor"],), {})),
    (public_interface, type("Silent", (Node,), {})),
    (public_input, type("Silent", (), {})),
    (public_enum, Enum("Silent", ["A"])),
]


@pytest.mark.parametrize(("declare", "silent"), SILENT, ids=lambda value: value.__name__)
def test_a_type_without_a_docstring_of_its_own_cannot_be_declared(declare: Any, silent: Any) -> None:
    with pytest.raises(TypeError, match="Silent has no docstring"):
        declare(silent)
