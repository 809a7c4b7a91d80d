"""Every schema explains itself: all of it is described, each field names its category, a conditional one when it is shown."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.types.described import retired
from schema.vocabulary import Audience
from tests.matrix_columns import GROUP_OF_COLUMN

PERMISSIONS = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
FIELD = re.compile(r"^\| (\w+) \| (\w+) \| (G\d\d) \| ([A-Z_ -]+) \| ([A-Z_ -]+) \|$", re.MULTILINE)
RETIRED = re.compile(r"Since (\d{4}-\d\d-\d\d): use .+\. Removed on (\d{4}-\d\d-\d\d)\.")


def _described(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Everything that can have a description, with its place."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, kind
        for field_name, field in getattr(kind, "fields", {}).items():
            yield f"{name}.{field_name}", field
            for argument_name, argument in getattr(field, "args", {}).items():
                yield f"{name}.{field_name}({argument_name})", argument
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value_name}", value) for value_name, value in kind.values.items())


@pytest.mark.parametrize("audience", Audience)
def test_nothing_is_without_a_description(audience: Audience) -> None:
    places = dict(_described(schema_of(audience)))
    assert len(places) > 100
    assert [place for place, found in places.items() if not (found.description or "").strip()] == []


def _columns() -> dict[tuple[str, str], str]:
    """(type, field) -> category, typed from the data model."""
    found: dict[tuple[str, str], str] = {}
    for noun in NOUNS.values():
        for column, category in GROUP_OF_COLUMN.get(noun.table.name, {}).items():
            head, *rest = column.split("_")
            found[noun.name, head + "".join(part.title() for part in rest)] = category
    return found


@pytest.mark.parametrize("audience", Audience)
def test_a_field_names_the_category_that_the_data_model_gives_it(audience: Audience) -> None:
    categories, seen = _columns(), 0
    assert len(categories) > 200
    for name, kind in schema_of(audience).type_map.items():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for field_name, field in kind.fields.items():
            category = categories.get((name, field_name))
            if category is None or field_name == "id":
                continue
            seen += 1
            assert f"\n\nCategory {category}: " in (field.description or ""), f"{name}.{field_name}"
    assert (seen > 10) == (audience is not Audience.ORG_OBSERVATORY)


@pytest.mark.parametrize("audience", Audience)
def test_a_field_says_when_it_is_shown_exactly_where_the_matrix_says_on_condition(audience: Audience) -> None:
    matrix = {(row[1], row[2]): (row[4].split(), row[5].split()) for row in FIELD.finditer(PERMISSIONS.read_text())}
    assert len(matrix) > 200
    for (name, field_name), (always, sometimes) in matrix.items():
        kind = schema_of(audience).type_map.get(name)
        field = kind.fields.get(field_name) if isinstance(kind, GraphQLObjectType) else None
        assert (field is not None) == (audience.value in always or audience.value in sometimes), (name, field_name)
        if field is not None:
            assert ("Shown " in (field.description or "")) == (audience.value in sometimes), (name, field_name)


def test_what_a_field_says_is_what_its_role_has_to_do() -> None:
    schema = schema_of(Audience.ASM)
    minor = schema.type_map["Minor"]
    assert isinstance(minor, GraphQLObjectType)
    assert minor.fields["firstName"].description == (
        "First name, or the one the minor uses.\n\nCategory G03: mineur, minimum. Shown when this holds: The identity was "
        "released to me with the minor's agreement. Else null, and `withheld` says NEEDS_AGREEMENT."
    )


# ---------------------------------------------------------------- deprecation


def _faults(schema: GraphQLSchema) -> list[str]:
    """The deprecations that do not say what a partner needs."""
    found = []
    for place, one in _described(schema):
        reason = getattr(one, "deprecation_reason", None)
        if reason is None:
            continue
        told = RETIRED.fullmatch(reason)
        if told is None:
            found.append(place)
            continue
        since, removed = map(date.fromisoformat, told.groups())
        if (removed - since).days < 90 or removed.day != 1 or removed.month not in {1, 4, 7, 10}:
            found.append(place)
    return found


@pytest.mark.parametrize("audience", Audience)
def test_a_deprecation_tells_since_when_what_instead_and_until_when(audience: Audience) -> None:
    assert _faults(schema_of(audience)) == []


def test_a_deprecation_of_any_other_form_is_seen() -> None:
    good = retired("`b`", since=date(2026, 11, 22), removed=date(2027, 4, 1))
    assert good == "Since 2026-11-22: use `b`. Removed on 2027-04-01."
    schema = build_schema(
        f"""type Query {{
            good: Int @deprecated(reason: "{good}")
            old(a: Int @deprecated(reason: "Use b.")): Int @deprecated
            soon: Int @deprecated(reason: "Since 2026-11-22: use `b`. Removed on 2027-01-01.")
            odd: E @deprecated(reason: "Since 2026-11-22: use `b`. Removed on 2027-04-02.")
        }}
        enum E {{ A @deprecated(reason: "gone") B }}
        input I {{ a: Int @deprecated(reason: "gone") }}"""
    )
    assert sorted(_faults(schema)) == ["E.A", "I.a", "Query.odd", "Query.old", "Query.old(a)", "Query.soon"]
    assert isinstance(schema.type_map["I"], GraphQLInputObjectType)


@pytest.mark.parametrize(
    ("since", "removed"), [((2026, 11, 22), (2027, 1, 1)), ((2026, 1, 1), (2026, 9, 1)), ((2026, 1, 1), (2026, 10, 2))]
)
def test_a_notice_is_three_months_to_the_first_day_of_a_quarter(
    since: tuple[int, int, int], removed: tuple[int, int, int]
) -> None:
    with pytest.raises(TypeError):
        retired("x", since=date(*since), removed=date(*removed))
