"""What a schema says of its own fields: to which category each belongs, and when a conditional one is shown.

From the policy itself, so that the words cannot differ from what happens. It is part of the description: a directive would
be one more thing that tools have to know, and could name what stands behind it.
"""

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from auth.policy import decision
from loaders.nouns import NOUNS, Noun
from loaders.policy.conditions import row_rule
from loaders.policy.doors import column_rule, relation_rule
from loaders.policy.rules import Rule
from loaders.statement import camel
from schema.vocabulary import Audience, Category


def describe(audience: Audience, schema: GraphQLSchema) -> None:
    """Complete the descriptions of an audience's schema."""
    for noun in NOUNS.values():
        kind = schema.type_map.get(noun.name)
        if isinstance(kind, GraphQLObjectType):
            _describe_type(audience, noun, kind)


def _describe_type(audience: Audience, noun: Noun, kind: GraphQLObjectType) -> None:
    for column in noun.table.c:
        field, category = kind.fields.get(camel(column.name)), column.info["category"]
        if field is not None and category is not Category.KEY:
            _describe_field(audience, noun, field, category, column_rule(audience, noun, column.name))
    for name, relation in noun.relations.items():
        field = kind.fields.get(name)
        if field is not None and relation.category is not None:
            _describe_field(audience, noun, field, relation.category, relation_rule(audience, noun, relation))


def _describe_field(audience: Audience, noun: Noun, field: GraphQLField, category: Category, rule: Rule | None) -> None:
    rows = row_rule(audience, noun.table)
    said = f"{field.description}\n\nCategory {category.value}: {category.label}."
    if rule is not None and rows is not None and not rule.implied_by(rows):
        said += f" {_when(audience, category, rule)}"
    field.description = said


def _when(audience: Audience, category: Category, rule: Rule) -> str:
    conditions = sorted(decision(audience, category).conditions, key=lambda condition: condition.number)
    named = [condition.sentence.rstrip(".") for condition in conditions if condition.reason is not None]
    shown = (
        f"Shown when this holds: {'; and '.join(named)}."
        if named
        else "Shown as far as your relation to the case goes."
    )
    return shown if rule.reason is None else f"{shown} Else null, and `withheld` says {rule.reason.value}."


__all__ = ["describe"]
