"""The mutants of the walls and thresholds: a row policy that lets everything through, a grant too many or too few."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache, partial
from types import ModuleType
from typing import Any

from loaders import walls
from loaders.monitoring import disclosure
from loaders.nouns import BY_TABLE
from loaders.policy import reach
from loaders.postgres import logins
from schema.tables import metadata
from schema.vocabulary import Audience, Category
from tests.mutation import relations
from tests.mutation.mutant import Mutant, everywhere, holders, unchanged, with_word


def relation_mutants() -> Iterator[Mutant]:
    """Each condition, word, branch and period of the definition of `reach`."""
    for change in relations.changes(reach.DEFINITION):
        yield Mutant(
            "relation",
            f"{relations.relation_at(change.start, reach.DEFINITION)}: {change.what}",
            unchanged,
            statements=(change.apply(reach.DEFINITION),),
        )


def row_policies() -> Iterator[Mutant]:
    """Each row policy lets every row through."""
    for audience in Audience:
        for noun in BY_TABLE.values():
            name = noun.table.name
            if walls.columns(audience, noun.table) and walls.predicate(audience, noun.table) != "true":
                yield Mutant(
                    "row policy",
                    f"{audience.value} reads every row of {name}",
                    unchanged,
                    statements=(f"ALTER POLICY {logins.login_of(audience)} ON {name} USING (true)",),
                    audience=audience,
                    table=name,
                )


def column_grants() -> Iterator[Mutant]:
    """Each column that a login does not read is granted, each that it reads for the sake of its rows is not."""
    for audience in Audience:
        for table in metadata.sorted_tables:
            known = walls.columns(audience, table)
            for column in table.c:
                others = tuple(name for name in [*table.columns.keys()] if (name in known) ^ (name == column.name))
                if column.name in known and column.info["category"] is Category.KEY:
                    continue
                yield Mutant(
                    "column grant",
                    f"{audience.value} {table.name} {with_word(frozenset(known), column.name)}",
                    partial(_columns, audience, table, others),
                    audience=audience,
                    table=table.name,
                )


@contextmanager
def _columns(audience: Audience, table: Any, others: tuple[str, ...]) -> Iterator[None]:
    original = walls.columns

    def changed(who: Audience, where: Any) -> tuple[str, ...]:
        return others if who is audience and where is table else original(who, where)

    # Nothing that is remembered was made of it, and there are thousands of these.
    places = _holders_of_columns()
    for module, name in places:
        setattr(module, name, changed)
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, original)


@cache
def _holders_of_columns() -> list[tuple[ModuleType, str]]:
    return holders(walls.columns)


def thresholds() -> Iterator[Mutant]:
    """Each threshold of condition 11 one lower."""
    defaults = disclosure.Thresholds()
    for one in fields(defaults):
        lower = replace(defaults, **{one.name: getattr(defaults, one.name) - 1})
        yield Mutant(
            "threshold",
            f"{one.name} {getattr(defaults, one.name)} becomes {getattr(lower, one.name)}",
            partial(everywhere, disclosure.Thresholds, partial(replace, lower)),
        )
    for name, value in list(vars(disclosure).items()):
        if isinstance(value, frozenset) and value and all(isinstance(word, Audience) for word in value):
            for audience in Audience:
                yield Mutant(
                    "threshold",
                    f"{name} {with_word(value, audience)}",
                    partial(everywhere, value, value ^ {audience}),
                )
