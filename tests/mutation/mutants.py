"""The mutants: every way to widen or to weaken one line of the policy, one condition, one policy or grant of the walls.

All are made from the structures that are there when this runs, and applied in memory; nothing here repeats a list of
theirs. A mutant is a change that somebody could make by mistake: the tests have to notice each one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from functools import partial
from types import ModuleType
from typing import Any

from auth.policy import MATRIX, PURPOSES, Act, Cell, Reach
from loaders.nouns import BY_TABLE
from schema.tables import metadata
from schema.vocabulary import Audience, Purpose
from tests.mutation.conditions import atoms, rules
from tests.mutation.mutant import DECIDING, Mutant, attribute, entry, everywhere, name_of, with_word
from tests.mutation.walls import column_grants, relation_mutants, row_policies, thresholds


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
                    partial(entry, MATRIX, (audience, category), other),
                    audience=audience,
                )


def purposes() -> Iterator[Mutant]:
    """Each role with one purpose more or less."""
    for role, known in PURPOSES.items():
        for purpose in Purpose:
            yield Mutant(
                "purpose",
                f"{role.value} {with_word(known, purpose)}",
                partial(entry, PURPOSES, role, known ^ {purpose}),
            )


def acts() -> Iterator[Mutant]:
    """Each act with one audience more or less."""
    for act in Act:
        for audience in Audience:
            yield Mutant(
                "act",
                f"{act.name} {with_word(act.audiences, audience)}",
                partial(attribute, act, "audiences", act.audiences ^ {audience}),
            )


def words() -> Iterator[Mutant]:
    """Each set of words of the deciding modules with one word more or less."""
    for module in DECIDING:
        for name, value in list(vars(module).items()):
            if isinstance(value, frozenset) and value and _is_home(module, value):
                for word in _universe(value):
                    yield Mutant(
                        "words",
                        f"{module.__name__}.{name} {with_word(value, word)}",
                        partial(everywhere, value, value ^ {word}),
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
                f"{module.__name__}.{name}[{name_of(key)}] {with_word(known, word)}",
                partial(entry, table, key, known ^ {word}),
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
    return module is next(one for one in DECIDING if any(held is value for held in vars(one).values()))


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
