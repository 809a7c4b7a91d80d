"""The leak surface as plain data: what the policy has become for every audience, to be kept, compared and reviewed.

`surface` says of each column under which rule it is shown, and of each act who may do it; also what PostgreSQL is told
(grants, row policies), what each condition asks, and what each relation of `reach` means. Two of them can be compared
without either version of the code (graph/review.py).
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from auth.policy import PURPOSES, Act, decision
from loaders import walls
from loaders.nouns import NOUNS, Noun
from loaders.policy import reach
from loaders.policy.conditions import row_rule
from loaders.policy.context import SETTINGS
from loaders.policy.doors import column_rule, relation_rule
from loaders.policy.meanings import meaning
from loaders.policy.rules import Atom, Conjunction, Rule
from loaders.postgres import logins
from schema.tables import metadata
from schema.vocabulary import Audience, Category

Surface = Mapping[str, Any]
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
FORMAT = 1


def surface() -> Surface:
    """Everything, in one order, so that the same policy is the same text."""
    return {
        "format": FORMAT,
        "audiences": {audience.value: _of_audience(audience) for audience in Audience},
        "acts": {act.name: sorted(audience.value for audience in act.audiences) for act in Act},
        "purposes": {role.value: sorted(purpose.value for purpose in several) for role, several in PURPOSES.items()},
        "categories": {noun.name: _categories(noun) for noun in NOUNS.values()},
        "conditions": _conditions(),
        "relations": dict(_relations()),
        "services": sorted(_services()),
    }


def _of_audience(audience: Audience) -> Mapping[str, Any]:
    return {
        "cells": {category.value: str(decision(audience, category)) for category in _decided()},
        "types": {
            noun.name: _of_noun(audience, noun, rows)
            for noun in NOUNS.values()
            if (rows := row_rule(audience, noun.table)) is not None
        },
        "grants": {
            table.name: sorted(granted)
            for table in metadata.sorted_tables
            if (granted := walls.columns(audience, table))
        },
        "row_policies": {
            table.name: _digest(walls.predicate(audience, table))
            for table in metadata.sorted_tables
            if walls.columns(audience, table)
        },
    }


def _decided() -> Iterator[Category]:
    return (category for category in Category if category is not Category.KEY)


def _of_noun(audience: Audience, noun: Noun, rows: Rule) -> Mapping[str, Any]:
    columns = {
        column.name: _shown(rule, rows) for column in noun.table.c if (rule := column_rule(audience, noun, column.name))
    }
    steps = {
        name: _shown(rule, rows)
        for name, relation in noun.relations.items()
        if (rule := relation_rule(audience, noun, relation))
    }
    return {"table": noun.table.name, "rows": rule_words(rows), "columns": columns, "steps": steps}


def _shown(rule: Rule, rows: Rule) -> Any:
    """`always`: wherever the row is there."""
    if rule.implied_by(rows):
        return "always"
    return {"when": rule_words(rule), "else": rule.reason.value if rule.reason else None}


def rule_words(rule: Rule) -> list[str]:
    """The alternatives of a rule, each as words joined by `and`; an empty one asks nothing."""
    return sorted(" and ".join(sorted(map(str, conjunction))) for conjunction in rule.any_of)


def _categories(noun: Noun) -> Mapping[str, str]:
    return {
        column.name: column.info["category"].value
        for column in noun.table.c
        if column.info["category"] is not Category.KEY
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _conditions() -> Mapping[str, list[str]]:
    """What each condition that is asked anywhere means in SQL: once per kind of row on which it is asked."""
    asked = {(atom, noun.table) for audience in Audience for noun in NOUNS.values() for atom in _atoms(audience, noun)}
    found: dict[str, set[str]] = {}
    for atom, table in asked:
        found.setdefault(str(atom), set()).add(_sql(atom, table))
    return {words: sorted(texts) for words, texts in sorted(found.items())}


def _atoms(audience: Audience, noun: Noun) -> frozenset[Atom]:
    """Every atom that decides something of this noun."""
    rules = [row_rule(audience, noun.table), *(column_rule(audience, noun, column.name) for column in noun.table.c)]
    conjunctions: list[Conjunction] = [conjunction for rule in rules if rule for conjunction in rule.any_of]
    return frozenset(atom for conjunction in conjunctions for atom in conjunction)


def _sql(atom: Atom, table: Table) -> str:
    row = table.alias("row")
    text = str(select(row.c[row.c.keys()[0]]).where(meaning(atom, row, SETTINGS)).compile(dialect=_DIALECT))
    return " ".join(text.partition("\nWHERE ")[2].split())


def _relations() -> Iterator[tuple[str, str]]:
    for name, text in reach.relations().items():
        yield name, " ".join(text.split())


def _services() -> Iterator[str]:
    """What the logins of the server itself are given: every line of the walls that is not about an audience alone."""
    audiences = [logins.login_of(audience) for audience in Audience]
    for line in walls.statements():
        words = " ".join(line.split())
        if (
            words.startswith(("GRANT", "CREATE POLICY")) and not any(f" TO {login}" in words for login in audiences)
        ) or words.startswith("GRANT EXECUTE"):
            yield words
