"""One schema per audience: the same types, without what the policy never shows to it.

What an audience may never see does not exist here: not as a field, an argument, an enum value or a type, so a
document that names it gets the very answer an invented name gets.
"""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any, cast

import strawberry
from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, GraphQLSchema, assert_valid_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from auth.conditions import Condition
from auth.policy import FEEDS, NAMELESS, ON_CALL, RECEIVES, Reach, decision
from graph.schemas.described import describe
from loaders.calendar.deadlines import kinds_of
from loaders.commands.registry import COMMANDS
from loaders.commands.writable import may_fill
from loaders.events.watch import watchable, with_status
from loaders.monitoring.authorities import BY_AUTHORITY
from loaders.monitoring.national import AUTHORITY_PARTS_AUDIENCES
from loaders.monitoring.of_authority import AUTHORITY_AUDIENCES
from loaders.nouns import NOUNS, Noun
from loaders.policy.doors import column_rule, noun_visible, relation_rule
from loaders.statement import camel
from schema.types import TYPES
from schema.types.mutation import INPUTS, Mutation
from schema.types.node import Node
from schema.types.query import ROOTS, Query
from schema.types.subscription import Subscription
from schema.vocabulary import Audience, Category

_SNAKE: Mapping[str, Mapping[str, str]] = {
    noun.name: {camel(column.name): column.name for column in noun.table.c} for noun in NOUNS.values()
}
_INPUT_NOUNS: Mapping[str, str] = {INPUTS[name].__name__: command.noun for name, command in COMMANDS.items()}
_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
_NONE: dict[str, Any] = {}
_STREAMS = ("referralReceived", "reportReceived", "statusChanged", "accessEnded", "deadlineApproaching")
_MONITORING = frozenset({"nationalMonitoring", "monitoringPeriods", "yearlyReports"})
# Condition 10: whoever holds pseudonyms may have one resolved, by an act that is logged.
_RESOLVING = frozenset({"accessReader"})
# Who of the 119 froze and published is of its accounts.
_WHO = frozenset({"frozenBy", "publishedBy"})
_EMERGENCY = frozenset({"openedCase"})


def sees_indicators(audience: Audience) -> bool:
    """Whether the audience may ask for aggregates."""
    return decision(audience, Category.INDICATORS).reach is Reach.AGGREGATE


def resolves_readers(audience: Audience) -> bool:
    """Whether the audience may learn who stands behind a pseudonym of the access log."""
    return Condition.DPO_SCOPE in decision(audience, Category.ACCESS_LOG).conditions


class AudienceSchema(strawberry.Schema):
    """The Strawberry schema of one audience; only its compiled form is used to answer."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        visible = [TYPES[noun.name] for noun in NOUNS.values() if noun_visible(audience, noun)]
        may_act = any(audience in command.act.audiences for command in COMMANDS.values())
        super().__init__(
            query=Query,
            mutation=Mutation if may_act else None,
            subscription=Subscription if any(self._follows(name) for name in _STREAMS) else None,
            types=[kind for kind in visible if issubclass(kind, Node)],
            config=StrawberryConfig(auto_camel_case=True),
        )

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """The fields of a type or an input that this audience's schema has."""
        return [self._trimmed(field) for field in type_definition.fields if self._has(type_definition, field)]

    def _trimmed(self, field: StrawberryField) -> StrawberryField:
        """A root list without its `filter`, where nothing it could filter by is in this schema."""
        noun = NOUNS.get(ROOTS.get(self.config.name_converter.from_field(field), ""))
        if noun is None or not noun.filters or any(self._has_filter(noun, name) for name in noun.filters):
            return field
        trimmed = copy(field)
        trimmed.arguments = [argument for argument in field.arguments if argument.python_name != "filter"]
        return trimmed

    def _has(self, kind: StrawberryObjectDefinition, field: StrawberryField) -> bool:
        name = self.config.name_converter.from_field(field)
        if kind.name == "Query":
            return self._has_root(name)
        if kind.name == "Subscription":
            return self._follows(name)
        if kind.name == "Mutation":
            return self.audience in COMMANDS[name].act.audiences
        if kind.name == "NationalMonitoring" and field.python_name in BY_AUTHORITY:
            return self.audience in AUTHORITY_PARTS_AUDIENCES
        if kind.name == "YearlyReport" and name in _WHO:
            return decision(self.audience, Category.ACCOUNTS).in_schema
        if kind.name in NOUNS and not kind.is_input:
            return self._has_field(NOUNS[kind.name], name)
        if kind.name.endswith("Payload") and field.python_name != "user_errors":
            shown = NOUNS.get(kind.name.removesuffix("Payload"))
            return shown is None or noun_visible(self.audience, shown)
        if kind.name in _INPUT_NOUNS:
            return may_fill(self.audience, _INPUT_NOUNS[kind.name], kind.name, field.python_name)
        if kind.is_input and kind.name.endswith("Filter") and kind.name.removesuffix("Filter") in NOUNS:
            return self._has_filter(NOUNS[kind.name.removesuffix("Filter")], name)
        return True

    def _follows(self, name: str) -> bool:
        if name in RECEIVES:
            return self.audience in RECEIVES[name]
        if name == "deadlineApproaching":
            return bool(kinds_of(self.audience))
        return bool(with_status(self.audience) if name == "statusChanged" else watchable(self.audience))

    def _has_root(self, name: str) -> bool:
        if name in ROOTS:
            noun = NOUNS[ROOTS[name]]
            return noun_visible(self.audience, noun) and any(
                _orders_by(self.audience, noun, order.column) for order in noun.orders.values()
            )
        if name in _RESOLVING:
            return resolves_readers(self.audience)
        if name in _EMERGENCY:
            return self.audience in ON_CALL
        if name == "changes":
            return self.audience in FEEDS
        if name == "deadlines":
            return bool(kinds_of(self.audience))
        if name == "authorityMonitoring":
            return self.audience in AUTHORITY_AUDIENCES
        return sees_indicators(self.audience) if name in _MONITORING else True

    def _has_field(self, noun: Noun, name: str) -> bool:
        # An id that names a case goes at the very end (`_without_names`): Strawberry insists on a Node's id.
        if name == "id" or (name in {"withheld", "version"} and name not in _SNAKE[noun.name]):
            return True
        if name in noun.relations:
            return relation_rule(self.audience, noun, noun.relations[name]) is not None
        return column_rule(self.audience, noun, _SNAKE[noun.name][name]) is not None

    def _has_filter(self, noun: Noun, name: str) -> bool:
        column, operator = noun.filters[name]
        if operator == "id":
            return any(
                relation.local == column and relation_rule(self.audience, noun, relation) is not None
                for relation in noun.relations.values()
            )
        return column_rule(self.audience, noun, column) is not None


def _without_hidden_orders(audience: Audience, schema: GraphQLSchema) -> None:
    for noun in NOUNS.values():
        kind = schema.type_map.get(f"{noun.name}Order")
        if isinstance(kind, GraphQLEnumType):
            for name, order in noun.orders.items():
                if not _orders_by(audience, noun, order.column):
                    kind.values.pop(name, None)


def _orders_by(audience: Audience, noun: Noun, column: str) -> bool:
    if noun.table.c[column].info["category"] is Category.KEY:
        return True
    return column_rule(audience, noun, column) is not None


def _without_other_clocks(audience: Audience, schema: GraphQLSchema) -> None:
    kind = schema.type_map.get("DeadlineKind")
    if isinstance(kind, GraphQLEnumType):
        for name in kind.values.keys() - kinds_of(audience):
            kind.values.pop(name)


def _without_names(audience: Audience, schema: GraphQLSchema) -> None:
    """Where a case is known by its referral only, a situation or a minor has no id, so it is no Node."""
    if audience not in NAMELESS:
        return
    for kind in schema.type_map.values():
        if (
            isinstance(kind, GraphQLObjectType)
            and kind.name in NOUNS
            and column_rule(audience, NOUNS[kind.name], "id") is None
        ):
            kind.fields.pop("id", None)
            kind.interfaces = ()  # a cached property; the schema is rebuilt below


@cache
def _attribute(name: str) -> Any:
    """The resolver of a field that is an attribute of what its parent gave; one for all schemas."""

    def resolve(source: Any, _: Any, **__: Any) -> Any:
        return getattr(source, name)

    return resolve


def _without_converter(schema: GraphQLSchema) -> None:
    """Let go of what Strawberry built the schema with: each field of each audience holds on to it, and nothing reads it."""
    for kind in schema.type_map.values():
        parts = list(getattr(kind, "fields", {}).values()) + list(getattr(kind, "values", {}).values())
        for part in parts:
            if isinstance(part, GraphQLField):
                if getattr(part.resolve, "_is_default", False):
                    part.resolve = _attribute(part.extensions[_DEFINITION].python_name)
                for argument in part.args.values():
                    argument.extensions = _NONE
            part.extensions = _NONE
        kind.extensions = _NONE


@cache
def schema_of(audience: Audience) -> GraphQLSchema:
    """The compiled schema of an audience. Raises at start-up where a field has no decision."""
    made: GraphQLSchema = AudienceSchema(audience)._schema  # noqa: SLF001 (Strawberry has no public name for it)
    _without_hidden_orders(audience, made)
    _without_names(audience, made)
    _without_other_clocks(audience, made)
    describe(audience, made)
    _without_converter(made)
    options = cast("dict[str, Any]", made.to_kwargs())
    # Strawberry's own extensions refuse a copy; nothing here reads them.
    options["extensions"] = {}
    rebuilt = GraphQLSchema(**options)
    assert_valid_schema(rebuilt)
    return rebuilt
