"""The mutants: every way to widen or to weaken one line of the policy, one condition, one policy or grant of the walls.

All are made from the structures that are there when this runs, and applied in memory; nothing here repeats a list of
theirs. A mutant is a change that somebody could make by mistake: the tests have to notice each one.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import cache, partial
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.selectable import Exists

from auth import policy
from auth.policy import MATRIX, PURPOSES, Act, Cell, Reach
from loaders import conditions, disclosure, doors, logins, meanings, reach, walls
from loaders import relations as relation_words
from loaders.context import BOUND
from loaders.nouns import BY_TABLE
from loaders.rules import NEVER, Conjunction, Rule
from schema.tables import metadata
from schema.vocabulary import Audience, Category, Purpose
from tests.mutation import relations

_ROOMS = ("graph", "loaders", "auth", "schema", "tests")
# The modules whose own tables of words decide who sees what; a word list belongs to the first that has it.
_DECIDING = (policy, relation_words, conditions, meanings, doors)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its kind, what it changes in words, and how to live with it for the length of a block.

    `statements` are SQL to run in the transaction in which it is tried. `audience`, `table` and `column` say where it
    can show, where that is known.
    """

    kind: str
    what: str
    applied: Callable[[], AbstractContextManager[None]]
    statements: tuple[str, ...] = ()
    audience: Audience | None = None
    table: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def forget() -> None:
    """Empty what is remembered of the policy."""
    for module in _DECIDING:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


@contextmanager
def _unchanged() -> Iterator[None]:
    yield


@contextmanager
def _entry(table: Any, key: Any, value: Any) -> Iterator[None]:
    known = table[key]
    table[key] = value
    forget()
    try:
        yield
    finally:
        table[key] = known
        forget()


@contextmanager
def _attribute(owner: Any, name: str, value: Any) -> Iterator[None]:
    known = getattr(owner, name)
    setattr(owner, name, value)
    forget()
    try:
        yield
    finally:
        setattr(owner, name, known)
        forget()


def holders(value: Any) -> list[tuple[ModuleType, str]]:
    """Every name of the house under which this very object is known."""
    return [
        (module, name)
        for key, module in list(sys.modules.items())
        if key.partition(".")[0] in _ROOMS
        for name, held in list(vars(module).items())
        if held is value
    ]


@contextmanager
def _everywhere(known: Any, value: Any) -> Iterator[None]:
    places = holders(known)
    for module, name in places:
        setattr(module, name, value)
    forget()
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, known)
        forget()


# ---------------------------------------------------------------- the table of the policy


def cells() -> Iterator[Mutant]:
    """Each cell: one step further, taken away, each condition dropped, `w` given or taken."""
    steps = list(Reach)
    for (audience, category), cell in MATRIX.items():
        place = steps.index(cell.reach)
        changed = [replace(cell, reach=steps[place + 1])] if place + 1 < len(steps) else []
        changed += [Cell(Reach.NONE, write=False, conditions=frozenset()), replace(cell, write=not cell.write)]
        changed += [replace(cell, conditions=cell.conditions - {condition}) for condition in cell.conditions]
        for other in dict.fromkeys(changed):
            if other != cell:
                yield Mutant(
                    "cell",
                    f"{audience.value} {category.value} {cell} becomes {other}",
                    partial(_entry, MATRIX, (audience, category), other),
                    audience=audience,
                )


def purposes() -> Iterator[Mutant]:
    """Each role with one purpose more or less."""
    for role, known in PURPOSES.items():
        for purpose in Purpose:
            yield Mutant(
                "purpose",
                f"{role.value} {_with(known, purpose)}",
                partial(_entry, PURPOSES, role, known ^ {purpose}),
            )


def acts() -> Iterator[Mutant]:
    """Each act with one audience more or less."""
    for act in Act:
        for audience in Audience:
            yield Mutant(
                "act",
                f"{act.name} {_with(act.audiences, audience)}",
                partial(_attribute, act, "audiences", act.audiences ^ {audience}),
            )


def _with(known: frozenset[Any], word: Any) -> str:
    return f"{'without' if word in known else 'with'} {_name(word)}"


def _name(word: Any) -> str:
    return str(word.value) if isinstance(word, Enum) else str(word)


def words() -> Iterator[Mutant]:
    """Each set of words of the deciding modules with one word more or less."""
    for module in _DECIDING:
        for name, value in list(vars(module).items()):
            if isinstance(value, frozenset) and value and _is_home(module, value):
                for word in _universe(value):
                    yield Mutant(
                        "words",
                        f"{module.__name__}.{name} {_with(value, word)}",
                        partial(_everywhere, value, value ^ {word}),
                        **_where(word),
                    )
            elif _is_table_of_words(value) and _is_home(module, value):
                yield from _words_by_key(module, name, value)


def _is_table_of_words(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(one, frozenset) for one in value.values())


def _words_by_key(module: ModuleType, name: str, table: dict[Any, frozenset[Any]]) -> Iterator[Mutant]:
    if table is PURPOSES:
        return
    for key, known in table.items():
        for word in _universe(known):
            yield Mutant(
                "words",
                f"{module.__name__}.{name}[{_name(key)}] {_with(known, word)}",
                partial(_entry, table, key, known ^ {word}),
                **_where(word),
            )


def _where(word: Any) -> dict[str, Any]:
    """A word is asked about by itself: nothing else can change with it."""
    if isinstance(word, Audience):
        return {"audience": word}
    if isinstance(word, str) and not isinstance(word, Enum):
        return {"table": word} if word in BY_TABLE else {"column": word}
    return {}


def _is_home(module: ModuleType, value: Any) -> bool:
    return module is next(one for one in _DECIDING if any(held is value for held in vars(one).values()))


def _universe(known: frozenset[Any]) -> list[Any]:
    """All the words that could stand in such a set."""
    kinds = {type(word) for word in known}
    if len(kinds) == 1 and issubclass(kind := kinds.pop(), Enum):
        return list(kind)
    tables = {table.name for table in metadata.sorted_tables}
    columns = {column.name for table in metadata.sorted_tables for column in table.c}
    if known <= tables:
        return sorted(tables & BY_TABLE.keys())
    return sorted(columns) if known <= columns else sorted(known, key=str)


# ---------------------------------------------------------------- the conditions


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

    with _everywhere(original, changed):
        yield


def atoms() -> Iterator[Mutant]:
    """Each atom made true, and each clause of what it means left out."""
    for name, meaning in meanings.MEANINGS.items():
        yield Mutant(
            "atom",
            f"{name} always holds",
            partial(_entry, meanings.MEANINGS, name, lambda *_: true()),
        )
        for place in range(_most_clauses(name)):
            yield Mutant(
                "atom",
                f"{name} without clause {place + 1} of {_most_clauses(name)} ({_clause_text(name, place)})",
                partial(_entry, meanings.MEANINGS, name, _without_clause(meaning, place)),
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


# ---------------------------------------------------------------- relations, walls, thresholds


def relation_mutants() -> Iterator[Mutant]:
    """Each condition, word, branch and period of the definition of `reach`."""
    for change in relations.changes(reach.DEFINITION):
        yield Mutant(
            "relation",
            f"{relations.relation_at(change.start, reach.DEFINITION)}: {change.what}",
            _unchanged,
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
                    _unchanged,
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
                    f"{audience.value} {table.name} {_with(frozenset(known), column.name)}",
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
            partial(_everywhere, disclosure.Thresholds, partial(replace, lower)),
        )
    for name, value in list(vars(disclosure).items()):
        if isinstance(value, frozenset) and value and all(isinstance(word, Audience) for word in value):
            for audience in Audience:
                yield Mutant(
                    "threshold",
                    f"{name} {_with(value, audience)}",
                    partial(_everywhere, value, value ^ {audience}),
                )


KINDS: Mapping[str, Callable[[], Iterable[Mutant]]] = {
    "cell": cells,
    "purpose": purposes,
    "act": acts,
    "words": words,
    "rule": rules,
    "atom": atoms,
    "relation": relation_mutants,
    "row policy": row_policies,
    "column grant": column_grants,
    "threshold": thresholds,
}


def all_mutants() -> list[Mutant]:
    """Every mutant of this moment's policy."""
    return [mutant for kind in KINDS.values() for mutant in kind()]
