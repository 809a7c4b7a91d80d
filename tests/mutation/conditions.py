"""The mutants of the conditions: a rule that asks less or forgets what it must say, an atom that has lost a clause."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.selectable import Exists

from loaders.nouns import BY_TABLE
from loaders.policy import conditions, meanings
from loaders.policy.context import BOUND
from loaders.policy.rules import NEVER, Conjunction, Rule
from schema.vocabulary import Audience, Category
from tests.mutation.mutant import Mutant, entry, everywhere


def rules() -> Iterator[Mutant]:
    """Each rule of each audience on each table: without one of its atoms, without one of its alternatives."""
    for audience in Audience:
        for table in BY_TABLE.values():
            for rule, names in _rules_of(audience, table.table.name).items():
                # A reason is said of a row that is there: where the row is there by this very rule, never.
                said = not rule.implied_by(conditions.row_rule(audience, table.table) or NEVER)
                for other, what in weakened(rule, said=said):
                    yield Mutant(
                        "rule",
                        f"{audience.value} {table.table.name} ({', '.join(names)}) {what}",
                        partial(_rule, audience, table.table, rule, other),
                        audience=audience,
                        table=table.table.name,
                    )


def _rules_of(audience: Audience, table: str) -> Mapping[Rule, list[str]]:
    """The rules of the table's columns, each with the columns it is for."""
    found: dict[Rule, list[str]] = {}
    for column in BY_TABLE[table].table.c:
        rule = conditions.cell_rule(audience, column) if column.info["category"] is not Category.KEY else None
        if rule is not None:
            found.setdefault(rule, []).append(column.name)
    return found


def weakened(rule: Rule, *, said: bool) -> Iterator[tuple[Rule, str]]:
    """The rule without one atom, or without one alternative, or with another reason."""
    for conjunction in sorted(rule.any_of, key=str):
        for atom in sorted(conjunction, key=str):
            yield (
                replace(rule, any_of=rule.any_of - {conjunction} | {conjunction - {atom}}),
                f"without {atom}, which stood with {conjunction_text(conjunction - {atom})}",
            )
        yield replace(rule, any_of=rule.any_of - {conjunction}), f"without {conjunction_text(conjunction)}"
    if rule.reason is not None and said:
        yield replace(rule, reason=None), f"without the reason {rule.reason.value}"


def conjunction_text(conjunction: Conjunction) -> str:
    return " and ".join(sorted(map(str, conjunction))) or "nothing"


@contextmanager
def _rule(audience: Audience, table: Any, known: Rule, other: Rule) -> Iterator[None]:
    original = conditions.category_rule

    def changed(*asked: Any) -> Rule | None:
        rule = original(*asked)
        if asked[0] is not audience or asked[1] is not table or rule != known:
            return rule
        return None if other.never else other

    with everywhere(original, changed):
        yield


def atoms() -> Iterator[Mutant]:
    """Each atom made true, and each clause of what it means left out."""
    for name, meaning in meanings.MEANINGS.items():
        yield Mutant(
            "atom",
            f"{name} always holds",
            partial(entry, meanings.MEANINGS, name, lambda *_: true()),
        )
        for place in range(_most_clauses(name)):
            yield Mutant(
                "atom",
                f"{name} without clause {place + 1} of {_most_clauses(name)} ({_clause_text(name, place)})",
                partial(entry, meanings.MEANINGS, name, _without_clause(meaning, place)),
            )


def _without_clause(meaning: Callable[..., ColumnElement[bool]], place: int) -> Callable[..., ColumnElement[bool]]:
    def changed(*asked: Any) -> ColumnElement[bool]:
        pruned: ColumnElement[bool] = _pruned(meaning(*asked), place)
        return pruned

    return changed


def _clauses(expression: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """What an expression joins: the clauses of its EXISTS, or the operands of its AND or OR; nested ones too."""
    found: list[ColumnElement[bool]] = []
    for part in _parts(expression):
        found += [part, *_clauses(part)]
    return found


def _parts(expression: Any) -> list[ColumnElement[bool]]:
    inner: Any = getattr(expression, "element", None)
    if isinstance(expression, Exists):
        where = _selected(expression).whereclause
        return _parts(where) or ([where] if where is not None else [])
    if hasattr(inner, "clauses") or isinstance(inner, Exists):
        return _parts(inner)
    if isinstance(expression, BooleanClauseList) and len(expression.clauses) > 1:
        return list(expression.clauses)
    return []


def _selected(expression: Any) -> Any:
    """The SELECT inside an EXISTS."""
    inner = expression.element
    return inner.element if hasattr(inner, "element") else inner


def _pruned(expression: Any, place: int) -> Any:
    """The expression with the clause at a place (as `_clauses` counts) replaced by what keeps the others in force."""
    wanted = _clauses(expression)
    if place >= len(wanted):
        return expression
    return _replaced(expression, wanted[place])


def _replaced(expression: Any, target: Any) -> Any:
    if isinstance(expression, Exists):
        copied: Any = expression._clone()
        fresh = _selected(expression)._clone()
        fresh._where_criteria = tuple(_replaced(one, target) for one in _others(_parts(expression), target))
        copied.element = fresh.scalar_subquery()
        return copied
    if isinstance(expression, BooleanClauseList) and len(expression.clauses) > 1:
        kept = [_replaced(one, target) for one in _others(expression.clauses, target)]
        return (or_ if expression.operator is operators.or_ else and_)(*kept)
    inner = getattr(expression, "element", None)
    if hasattr(inner, "clauses") or isinstance(inner, Exists):
        return _replaced(inner, target)
    return expression


def _others(parts: Iterable[Any], target: Any) -> list[Any]:
    # Compared by what they say: SQLAlchemy puts brackets around a part anew each time it is asked for it.
    return [one for one in parts if not one.compare(target)]


def _examples(name: str) -> Iterator[ColumnElement[bool]]:
    """What an atom means wherever it stands today."""
    for audience in Audience:
        for noun in BY_TABLE.values():
            for rule in _rules_of(audience, noun.table.name):
                for conjunction in rule.any_of:
                    for atom in conjunction:
                        if atom.name == name:
                            yield meanings.MEANINGS[name](noun.table.alias(), BOUND, *atom.arguments)


def _most_clauses(name: str) -> int:
    return max((len(_clauses(one)) for one in _examples(name)), default=0)


def _clause_text(name: str, place: int) -> str:
    example = next(one for one in _examples(name) if len(_clauses(one)) > place)
    return " ".join(str(_clauses(example)[place]).split())[:120]
