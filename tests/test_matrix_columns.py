"""What each schema shows against an independent reading of the matrix: exactly its columns, and no exception that is not needed."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.vocabulary import Audience
from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_words import ABSENT, AUDIENCES, NAMELESS, TABLE_OF, absent, oracle_name, snake


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_schema_has_exactly_the_columns_of_the_matrix(audience: str) -> None:
    expected = {
        (noun, column)
        for noun, table in TABLE_OF.items()
        for column, group in GROUP_OF_COLUMN.get(table, {}).items()
        if oracle.may_exist(oracle_name(audience), group)
        and not absent(audience, noun, column)
        and column != "withheld"  # the log's column of that name is not exposed: the field is the notice of every type
    }
    assert {(noun, column) for noun, column in columns_of(audience)} == expected


def columns_of(audience: str) -> Iterator[tuple[str, str]]:
    """(noun, column) for every leaf field of the audience's schema that shows a protected column."""
    kinds = schema_of(Audience(audience)).type_map
    for noun, table in TABLE_OF.items():
        kind = kinds.get(noun)
        if isinstance(kind, GraphQLObjectType):
            for name in kind.fields:
                if snake(name) in GROUP_OF_COLUMN.get(table, {}) and name != "withheld":
                    yield noun, snake(name)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_exception_is_needed(audience: str) -> None:
    """An exception for something the matrix does not give anyway would hide the next mistake."""
    for entry in ABSENT.get(audience, "").split():
        noun, _, column = entry.partition(".")
        groups = GROUP_OF_COLUMN[TABLE_OF[noun]]
        asked = groups.values() if column == "*" else [groups[column]]
        assert any(oracle.may_exist(oracle_name(audience), group) for group in asked), entry


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_id_is_there_exactly_where_it_may_be_told(audience: str) -> None:
    kinds = schema_of(Audience(audience)).type_map
    without = {
        noun
        for noun, row in NOUNS.items()
        if isinstance(kind := kinds.get(noun), GraphQLObjectType) and "id" in row.table.c and "id" not in kind.fields
    }
    assert without == NAMELESS.get(audience, set())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_type_shows_something(audience: str) -> None:
    """A type of which only keys are left has no business in a schema."""
    kinds = schema_of(Audience(audience)).type_map
    shown = {noun for noun, _ in columns_of(audience)} | {"WorkingSessionActor", "AuthorityDepartment"}
    assert {noun for noun in TABLE_OF if noun in kinds} <= shown
