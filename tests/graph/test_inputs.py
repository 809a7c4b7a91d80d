"""A schema holds no input field that its audience may not fill, and no payload that shows it nothing."""

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from graph.schemas.roles import schema_of
from loaders.commands.registry import COMMANDS
from loaders.nouns import NOUNS
from schema.types.mutation import INPUTS
from schema.vocabulary import Audience
from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_words import oracle_name, snake

# Of an act, what only some who do it may ask for besides: the person who asks becomes the caseworker.
TAKES_CHARGE = {"AnswerAseLinkInput": {"ASE"}, "RecordMeasureInput": {"ASE"}}


def filled(audience: Audience, name: str) -> set[str]:
    """The fields of a mutation's input in the audience's schema."""
    mutation = schema_of(audience).mutation_type
    assert mutation is not None
    kind = get_named_type(mutation.fields[name].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return {snake(field) for field in kind.fields}


# Aggregates are rows for nobody, and acts on them are given by name ("publish a cube SUP + DPO").
TABLES = {"YearlyReport": "yearly_report"}


def _is_given_by_name(name: str, noun: str) -> bool:
    """Exceptional access (permissions, section 9) and how accounts are opened (OAuth, section 5): no `w` of the table."""
    return noun == "EmergencyAccess" or name in {"createOrganisation", "inviteMember", "registerClient"}


@pytest.mark.parametrize("audience", Audience, ids=str)
def test_an_input_has_exactly_what_its_audience_writes(audience: Audience) -> None:
    for name, command in COMMANDS.items():
        if audience not in command.act.audiences:
            continue
        groups = GROUP_OF_COLUMN[TABLES.get(command.noun) or NOUNS[command.noun].table.name]
        expected = {
            field
            for field in INPUTS[name].__dataclass_fields__
            if (
                _is_given_by_name(name, command.noun)
                or command.noun in TABLES
                or field not in groups
                or oracle.may_exist_in_inputs(oracle_name(audience.value), groups[field])
            )
            and (field != "take_charge" or audience.value in TAKES_CHARGE[INPUTS[name].__name__])
        }
        assert filled(audience, name) == expected, name


@pytest.mark.parametrize("audience", Audience, ids=str)
def test_a_payload_shows_something_or_says_only_whether_it_was_done(audience: Audience) -> None:
    schema = schema_of(audience)
    for name, field in (schema.mutation_type.fields if schema.mutation_type else {}).items():
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        # A secret that was made for the caller is said once.
        shown = {
            part: get_named_type(of.type) for part, of in payload.fields.items() if part not in {"userErrors", "secret"}
        }
        # A receipt says only whether it was done.
        if set(shown) == {"receipt"}:
            continue
        for kind in shown.values():
            assert isinstance(kind, GraphQLObjectType)
            assert set(kind.fields) - {"id", "version", "withheld"}, (name, kind.name)


def test_what_the_document_says_of_the_minor_and_of_the_notes() -> None:
    minimal = {"first_name", "gender", "age", "age_precision", "safe_channel", "safe_hours", "language"}
    for audience in (Audience.CRI, Audience.ASE):
        assert filled(audience, "updateMinor") == {"minor", "expected_version", "idempotency_key"} | minimal
    assert filled(Audience.LIS, "updateMinor") > {"last_name", "birth_date", "address"}
    assert "note_for_ase" in filled(Audience.ASM, "recordFollowUp")
    for audience in (Audience.ASO, Audience.ORG_ASSOCIATION):
        assert "note_for_ase" not in filled(audience, "recordFollowUp")
    assert "AseLink" not in schema_of(Audience.ORG_ASE).type_map
