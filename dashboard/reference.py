"""The contract of one audience as a page to read: its types with their descriptions."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
)
from graphql.type import is_introspection_type, is_specified_scalar_type

from schema.vocabulary import Audience

_CONTRACTS = files("schema").joinpath("contract")
_ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, slots=True)
class Field:
    """One field, argument list included, or one word of an enum."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class Described:
    """One type of a contract."""

    name: str
    description: str
    fields: tuple[Field, ...]


def contract_text(audience: Audience) -> str:
    """The committed contract itself."""
    return _CONTRACTS.joinpath(f"{audience.value}.graphql").read_text("utf-8")


@cache
def reference(audience: Audience) -> tuple[Described, ...]:
    """Every type of a contract: the roots first, then by name."""
    found = build_schema(contract_text(audience), assume_valid=True).type_map.values()
    ours = [kind for kind in found if not is_introspection_type(kind) and not is_specified_scalar_type(kind)]
    ours.sort(key=lambda kind: (_ROOTS.index(kind.name) if kind.name in _ROOTS else len(_ROOTS), kind.name))
    return tuple(Described(kind.name, kind.description or "", _fields(kind)) for kind in ours)


def _fields(kind: GraphQLNamedType) -> tuple[Field, ...]:
    if isinstance(kind, GraphQLEnumType):
        return tuple(Field(name, "", value.description or "") for name, value in kind.values.items())
    if isinstance(kind, GraphQLInputObjectType):
        return tuple(Field(name, str(given.type), given.description or "") for name, given in kind.fields.items())
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return tuple(
            Field(f"{name}({', '.join(field.args)})" if field.args else name, str(field.type), field.description or "")
            for name, field in kind.fields.items()
        )
    return ()


__all__ = ["Described", "Field", "contract_text", "reference"]
