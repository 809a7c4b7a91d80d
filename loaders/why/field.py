"""One field of one case: the rule of its rows and its own, atom by atom.

Nothing here reads a protected value: each row of an answer is an id and truth values.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Text, cast, or_, select

from auth.caller import Caller
from auth.policy import Cell, decision
from loaders.nouns import NOUNS, Noun
from loaders.policy.conditions import row_rule
from loaders.policy.context import BOUND, bind, values
from loaders.policy.doors import column_rule
from loaders.policy.meanings import meaning
from loaders.policy.reached import situation_of
from loaders.policy.rules import Atom, Rule
from loaders.statement import camel
from loaders.statement.fetching import fetch
from loaders.why.facts import Fact, facts_of
from loaders.why.people import Person, only
from loaders.why.relations import CASE, claims_of, relations_of
from loaders.why.words import words_of
from schema.errors import SetupError
from schema.tables.situation import situation
from schema.vocabulary import Audience, Category, Purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """One atom: the numbers of the conditions it belongs to, what it says, whether it holds, what it rests on."""

    atom: str
    conditions: tuple[int, ...]
    sentence: str
    holds: bool
    who: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Atoms that must all hold; of several alternatives one is enough."""

    holds: bool
    atoms: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One row of the type: why it is there, why the field is shown on it."""

    id: str
    row: tuple[Alternative, ...]
    field: tuple[Alternative, ...]
    exists: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; `reason` is what `withheld` says where the row is there and the field is not."""

    audience: Audience
    purpose: Purpose | None
    field: str
    category: Category
    cell: Cell
    standing: tuple[Fact, ...]
    in_schema: bool
    reason: str | None
    rows: tuple[RowAnswer, ...]

    @property
    def stands(self) -> bool:
        """Whether the caller may ask anything at all."""
        return all(fact.holds for fact in self.standing)


async def case_of(connection: asyncpg.Connection[Any], name: str) -> UUID:
    """A situation by its reference or its id; raises SetupError where there is none."""
    found = await fetch(
        connection,
        select(situation.c.id).where(
            or_(situation.c.ref == bind("name", Text()), cast(situation.c.id, Text) == bind("bare", Text()))
        ),
        {"name": name, "bare": name.removeprefix("sit_")},
    )
    case: UUID = only(found, f"situation {name}")["id"]
    return case


async def explain(connection: asyncpg.Connection[Any], who: Person, case: UUID, name: str) -> Answer:
    """Evaluate the rule of a field on each row of its type that hangs on the case."""
    noun, column = _field(name)
    caller = who.caller
    category = noun.table.c[column].info["category"]
    rows, shown = row_rule(caller.audience, noun.table), column_rule(caller.audience, noun, column)
    answers: tuple[RowAnswer, ...] = ()
    if rows is not None and shown is not None:
        answers = await _answers(connection, caller, case, noun, rows, shown)
    return Answer(
        audience=caller.audience,
        purpose=caller.purpose,
        field=name,
        category=category,
        cell=decision(caller.audience, category),
        standing=who.standing,
        in_schema=shown is not None,
        reason=shown.reason.value if shown is not None and shown.reason else None,
        rows=answers,
    )


def _field(name: str) -> tuple[Noun, str]:
    kind, _, wanted = name.partition(".")
    noun = NOUNS.get(kind)
    if noun is None:
        raise SetupError(f"There is no type `{kind}`.")
    column = next((one.name for one in noun.table.c if camel(one.name) == wanted), None)
    if column is None or noun.table.c[column].info["category"] is Category.KEY:
        raise SetupError(f"`{kind}` has no field `{wanted}` that a category protects.")
    if noun.situation_column is None:
        raise SetupError(f"`{kind}` hangs on no situation: `explain ROLE {name}` says all there is to say.")
    return noun, column


async def _answers(
    connection: asyncpg.Connection[Any], caller: Caller, case: UUID, noun: Noun, rows: Rule, shown: Rule
) -> tuple[RowAnswer, ...]:
    atoms = sorted({atom for rule in (rows, shown) for conjunction in rule.any_of for atom in conjunction}, key=str)
    row = noun.table.alias("row")
    key = row.c.id if "id" in row.c else next(iter(row.c))
    wanted = select(
        cast(key, Text).label("id"), *(meaning(atom, row, BOUND).label(f"a{n}") for n, atom in enumerate(atoms))
    )
    found = await fetch(
        connection,
        wanted.where(situation_of(row) == CASE).order_by(key),
        {**values(caller), "situation": case},
    )
    facts = await _facts_of_each(connection, caller, case, atoms)
    return tuple(
        _answer(
            f"{noun.prefix}_{one['id']}",
            rows,
            shown,
            {atom: bool(one[f"a{n}"]) for n, atom in enumerate(atoms)},
            facts,
        )
        for one in found
    )


def _answer(
    identity: str,
    rows: Rule,
    shown: Rule,
    holds: Mapping[Atom, bool],
    facts: Mapping[Atom, tuple[Fact, ...]],
) -> RowAnswer:
    row = _alternatives(rows, holds, facts)
    field = _alternatives(shown, holds, facts)
    there = any(one.holds for one in row)
    return RowAnswer(identity, row, field, exists=there, shown=there and any(one.holds for one in field))


def _alternatives(
    rule: Rule, holds: Mapping[Atom, bool], facts: Mapping[Atom, tuple[Fact, ...]]
) -> tuple[Alternative, ...]:
    made = [
        Alternative(
            all(holds[atom] for atom in conjunction),
            tuple(_said(atom, holds[atom], facts.get(atom, ())) for atom in sorted(conjunction, key=str)),
        )
        for conjunction in rule.any_of
    ]
    return tuple(sorted(made, key=lambda one: (not one.holds, sum(not atom.holds for atom in one.atoms), str(one))))


def _said(atom: Atom, holds: bool, facts: tuple[Fact, ...]) -> Asked:
    words = words_of(atom)
    numbers = tuple(condition.number for condition in words.conditions)
    return Asked(str(atom), numbers, words.sentence, holds, words.who, facts)


async def _facts_of_each(
    connection: asyncpg.Connection[Any], caller: Caller, case: UUID, atoms: Iterable[Atom]
) -> Mapping[Atom, tuple[Fact, ...]]:
    binds = {**values(caller), "situation": case}
    found = {}
    for atom in atoms:
        claims = [claim for relation in relations_of(atom, caller.purpose) for claim in claims_of(relation)]
        if claims:
            found[atom] = await facts_of(connection, binds, claims)
    return found
