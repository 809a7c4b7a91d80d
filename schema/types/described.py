"""How a public type is declared: its docstring is its description, so neither can be forgotten."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from enum import EnumMeta
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from schema.vocabulary import Word

T = TypeVar("T", bound=type[Any])
E = TypeVar("E", bound=EnumMeta)


def _docstring(cls: type[Any]) -> str:
    # Not inspect.getdoc: it would lend a class without a docstring the one of its base.
    if not cls.__doc__:
        raise TypeError(f"{cls.__name__} has no docstring")
    return inspect.cleandoc(cls.__doc__)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def public_type(cls: T) -> T:
    """Declare a GraphQL object type."""
    # Before Strawberry: a dataclass without a docstring is given its signature as one.
    description = _docstring(cls)
    return strawberry.type(cls, description=description)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def public_interface(cls: T) -> T:
    """Declare a GraphQL interface."""
    description = _docstring(cls)
    return strawberry.interface(cls, description=description)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def public_input(cls: T) -> T:
    """Declare a GraphQL input type."""
    description = _docstring(cls)
    return strawberry.input(cls, description=description)


def public_enum(cls: E) -> E:
    """Declare a GraphQL enum; each value is a `strawberry.enum_value` with its own description."""
    return strawberry.enum(cls, description=_docstring(cls))


def public_words(*vocabularies: type[Word]) -> None:
    """Declare GraphQL enums made of the vocabulary: a value's description is its French label."""
    declare: Callable[..., Any] = strawberry.enum
    for words in vocabularies:
        declare(words, description=_docstring(words))
        definition: StrawberryEnumDefinition = words.__dict__["__strawberry_definition__"]
        for value in definition.values:
            value.description = words(value.value).label


_NOTICE = timedelta(days=90)
_FIRST_MONTHS = (1, 4, 7, 10)


def retired(instead: str, *, since: date, removed: date) -> str:
    """Say why a field is deprecated: the reason of `@deprecated`, with what to use instead and until when it is there.

    Raises: TypeError where partners would have less than three months, or where it does not go on a quarter's first day.
    """
    if removed - since < _NOTICE or removed.day != 1 or removed.month not in _FIRST_MONTHS:
        raise TypeError(f"{since} to {removed} is no notice: three months at least, to the first day of a quarter")
    return f"Since {since}: use {instead}. Removed on {removed}."
