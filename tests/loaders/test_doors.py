"""The doors: what an audience never sees cannot be asked for, and whatever it may ask compiles."""

import warnings
from typing import Any

import pytest
from sqlalchemy import Select, select

from loaders.nouns import NOUNS, Noun
from loaders.policy.doors import HiddenError, column_rule, door, door_of_table, noun_visible, relation_rule
from loaders.statement import compiled
from schema.vocabulary import Audience, Category
from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_words import absent, oracle_name

AUDIENCES = list(Audience)
PAIRS = [(audience, noun) for audience in Audience for noun in NOUNS.values()]


def _name(value: Any) -> str:
    return value.name if isinstance(value, Noun) else str(value.value)


def _names(noun: Noun) -> list[str]:
    return [column.name for column in noun.table.c]


def everything(audience: Audience, noun: Noun) -> Select[Any]:
    """All columns and steps that the door gives, of the rows within reach."""
    gate = door(audience, noun)
    columns = [gate.column(name).label(name) for name in _names(noun) if column_rule(audience, noun, name)]
    steps = [
        gate.link(relation).label(f"step_{name}")
        for name, relation in noun.relations.items()
        if relation_rule(audience, noun, relation)
    ]
    return select(*columns, *steps).where(gate.where)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_door_compiles(audience: Audience) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for noun in NOUNS.values():
            if noun_visible(audience, noun):
                sql, _, _ = compiled(everything(audience, noun))
                assert noun.table.name in sql


@pytest.mark.parametrize(("audience", "noun"), PAIRS, ids=_name)
def test_a_hidden_column_cannot_be_asked_for(audience: Audience, noun: Noun) -> None:
    gate = door(audience, noun)
    for name in _names(noun):
        if column_rule(audience, noun, name) is None:
            with pytest.raises(HiddenError):
                gate.column(name)
        else:
            gate.column(name)


@pytest.mark.parametrize(("audience", "noun"), PAIRS, ids=_name)
def test_a_hidden_step_cannot_be_taken(audience: Audience, noun: Noun) -> None:
    gate = door(audience, noun)
    for relation in noun.relations.values():
        if relation_rule(audience, noun, relation) is None:
            with pytest.raises(HiddenError):
                gate.link(relation)


@pytest.mark.parametrize(("audience", "noun"), PAIRS, ids=_name)
def test_what_the_matrix_refuses_is_hidden(audience: Audience, noun: Noun) -> None:
    """By the oracle: no door of an audience gives a column of a group that its role does not have."""
    name = audience.value if audience.role else "CLIENT:" + audience.value.removeprefix("ORG_")
    for column in noun.table.c:
        category = column.info["category"]
        if category is not Category.KEY and not oracle.may_exist(name, category.value):
            assert column_rule(audience, noun, column.name) is None, column


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_door_has_exactly_the_columns_of_the_matrix(audience: Audience) -> None:
    """And of the exceptions that tests/test_matrix.py gives reasons for."""
    for noun in NOUNS.values():
        groups = GROUP_OF_COLUMN.get(noun.table.name, {})
        assert {name for name in groups if column_rule(audience, noun, name) is not None} == {
            name
            for name, group in groups.items()
            if oracle.may_exist(oracle_name(audience.value), group) and not absent(audience.value, noun.name, name)
        }, noun.name


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_noun_that_is_not_there_has_no_row(audience: Audience) -> None:
    for noun in NOUNS.values():
        if not noun_visible(audience, noun):
            sql, _, _ = compiled(
                select(noun.table.c[noun.table.primary_key.columns.keys()[0]]).where(door(audience, noun).where)
            )
            assert sql.rstrip().endswith("false")


def test_a_made_up_column_is_hidden_too() -> None:
    with pytest.raises(HiddenError):
        door_of_table(Audience.SUP, "minor").column("horoscope")


def test_keys_are_never_shown_but_the_public_id() -> None:
    for audience, noun in PAIRS:
        for column in noun.table.c:
            if column.info["category"] is Category.KEY and column.name != "id":
                assert column_rule(audience, noun, column.name) is None, (audience, column)


@pytest.mark.parametrize("audience", [Audience.ASM, Audience.ASO, Audience.ORG_ASSOCIATION])
def test_where_a_case_is_known_by_its_referral_nothing_names_it(audience: Audience) -> None:
    for noun, column in (("Situation", "id"), ("Situation", "ref"), ("Minor", "id")):
        assert column_rule(audience, NOUNS[noun], column) is None


def test_a_cell_that_its_row_always_shows_costs_nothing() -> None:
    """A row that is there by the same rule as its column needs no CASE."""
    gate = door_of_table(Audience.CRI, "situation")
    assert "CASE" not in compiled(select(gate.column("ref")))[0]
    assert "CASE" in compiled(select(gate.column("qualification")))[0]


@pytest.mark.parametrize(
    ("audience", "noun", "step"),
    [
        # Rule 5.9 and condition 16: the desk to call, not whose desk it is.
        (Audience.ASM, "AseLink", "aseOrganisation"),
        # Condition 8: reference, dates, status, urgency.
        (Audience.COO, "Referral", "toOrganisation"),
        (Audience.COO, "ConcernReport", "toAuthority"),
        (Audience.COO, "ConcernReport", "complements"),
        (Audience.COO, "Evaluation", "authority"),
        (Audience.ASO, "Referral", "minor"),
        (Audience.ASO, "Referral", "situation"),
        (Audience.ORG_ASSOCIATION, "Referral", "situation"),
    ],
)
def test_a_step_that_tells_of_others_is_not_there(audience: Audience, noun: str, step: str) -> None:
    assert relation_rule(audience, NOUNS[noun], NOUNS[noun].relations[step]) is None
