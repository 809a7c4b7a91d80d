"""What an audience sees of a situation: the rows within reach, with one hash for each group of fields."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, case, cast, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import array

from loaders.events.outbox import told
from loaders.feed.binds import CASES
from loaders.nouns import NOUNS, Noun
from loaders.policy.conditions import row_rule
from loaders.policy.context import word
from loaders.policy.doors import Door, column_rule, entrance, noun_visible, relation_rule
from loaders.policy.rules import Rule
from schema.errors import PolicyError
from schema.vocabulary import Audience, Category


@cache
def nouns_of(audience: Audience) -> tuple[Noun, ...]:
    """The nouns of a feed: rows of cases that the audience knows by an id.

    Raises: PolicyError where a row could come into view without a relation of the organisation, which would be missed.
    """
    found = []
    for noun in NOUNS.values():
        if not told(noun.table) or not noun_visible(audience, noun) or column_rule(audience, noun, "id") is None:
            continue
        rule = row_rule(audience, noun.table)
        for conjunction in rule.any_of if rule else ():
            viewers = {atom.arguments[0] for atom in conjunction if atom.name == "via"}
            if not viewers & {"organisation", "authority"}:
                raise PolicyError(f"The feed of {audience.value} would miss rows of {noun.name}.")
        found.append(noun)
    return tuple(found)


def _groups(gate: Door) -> Mapping[str, list[ColumnElement[Any]]]:
    """The columns of a noun as the audience sees them, and the steps that say something, by category."""
    found: dict[str, list[ColumnElement[Any]]] = {}
    for column in gate.noun.table.c:
        category = column.info["category"]
        if category is not Category.KEY and column_rule(gate.audience, gate.noun, column.name) is not None:
            found.setdefault(category.value, []).append(gate.column(column.name))
    for relation in gate.noun.relations.values():
        if relation.category and not relation.many and relation_rule(gate.audience, gate.noun, relation) is not None:
            found.setdefault(relation.category.value, []).append(gate.link(relation))
    return dict(sorted(found.items()))


def _rules(gate: Door) -> Mapping[str, list[Rule]]:
    """Under which rules the columns of each category are shown."""
    found: dict[str, list[Rule]] = {}
    for column in gate.noun.table.c:
        rule = column_rule(gate.audience, gate.noun, column.name)
        if column.info["category"] is not Category.KEY and rule is not None:
            found.setdefault(column.info["category"].value, []).append(rule)
    return found


def _while(gate: Door, rules: list[Rule], category: str) -> ColumnElement[Any]:
    """The category, while all of it is shown: then a change of it is one that the organisation may see."""
    conditions = [gate.shows(rule) for rule in rules if not rule.implied_by(gate.rows)]
    return case((and_(*conditions), word(category))) if conditions else word(category)


def _hash(values: list[ColumnElement[Any]]) -> ColumnElement[str]:
    shown = func.convert_to(cast(func.row(*values), Text), word("UTF8"))
    return func.left(func.encode(func.sha256(shown), word("hex")), literal_column("24"))


def texts(values: list[ColumnElement[str]]) -> ColumnElement[Any]:
    """A list of texts."""
    return array(values, type_=Text())


def view(audience: Audience) -> Any:
    """Every row of the situations that is within reach, with a hash of each group as it is seen."""
    parts = []
    for noun in nouns_of(audience):
        gate = entrance(audience, noun)
        groups = _groups(gate)
        situation = gate.row.c[noun.situation_column or "situation_id"]
        shown = [_while(gate, names, name) for name, names in _rules(gate).items()]
        columns = (
            gate.row.c.id.label("row_id"),
            word(noun.prefix).label("prefix"),
            situation.label("situation_id"),
            texts([word(name) for name in groups]).label("categories"),
            texts([_hash(values) for values in groups.values()]).label("hashes"),
            func.array_remove(texts(shown), None, type_=ARRAY(Text)).label("shown"),
        )
        # Before the source, which holds what the rule joins.
        reached = gate.where
        parts.append(select(*columns).select_from(gate.source).where(situation == any_(CASES), reached))
    return union_all(*parts).cte("seen")


__all__ = ["nouns_of", "texts", "view"]
