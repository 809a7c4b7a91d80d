"""A mutant: one change that somebody could make by mistake, applied in memory for the length of a block."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any

from auth import policy
from loaders.policy import conditions, doors, meanings, reached, receivers
from loaders.policy import relations as relation_words
from schema.vocabulary import Audience

_ROOMS = ("graph", "loaders", "auth", "schema", "tests")

# The modules whose own tables of words decide who sees what; a word list belongs to the first that has it.
DECIDING = (policy, relation_words, receivers, conditions, reached, meanings, doors)


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
    for module in DECIDING:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


@contextmanager
def unchanged() -> Iterator[None]:
    yield


@contextmanager
def entry(table: Any, key: Any, value: Any) -> Iterator[None]:
    known = table[key]
    table[key] = value
    forget()
    try:
        yield
    finally:
        table[key] = known
        forget()


@contextmanager
def attribute(owner: Any, name: str, value: Any) -> Iterator[None]:
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
def everywhere(known: Any, value: Any) -> Iterator[None]:
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


def with_word(known: frozenset[Any], word: Any) -> str:
    return f"{'without' if word in known else 'with'} {name_of(word)}"


def name_of(word: Any) -> str:
    return str(word.value) if isinstance(word, Enum) else str(word)
