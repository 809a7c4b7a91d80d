"""A question: what a selection asks of one noun, as plain data. The plan makes it, the statement answers it."""

from dataclasses import dataclass

from schema.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column, under the name the caller gave it."""

    out: str
    column: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The public id."""

    out: str


@dataclass(frozen=True, slots=True)
class TypeName:
    """`__typename`."""

    out: str
    name: str


@dataclass(frozen=True, slots=True)
class Version:
    """The opaque version of the row as the caller sees it."""

    out: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """The notices for what is selected beside it: `parts` are (out, field | reason | howToRequest | __typename)."""

    out: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A relation to one row, or to many with a bind name for `first`."""

    out: str
    relation: str
    selection: "Selection"
    first: str | None = None


Field = Leaf | Identity | TypeName | Version | Withheld | Step


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of each row of a noun."""

    noun: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a connection: `nodes`, `edges`, `pageInfo`, `totalCount` or `__typename`, with its own parts."""

    out: str
    name: str
    parts: tuple["Part", ...] = ()
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class FilterBy:
    """One filter that is present: column, operator, bind name."""

    column: str
    operator: str
    bind: str


@dataclass(frozen=True, slots=True)
class ConnectionQuestion:
    """A page of a root list. `after` says that a cursor is given; `backward` that `last` is."""

    noun: str
    order: str
    parts: tuple[Part, ...]
    filters: tuple[FilterBy, ...] = ()
    after: bool = False
    backward: bool = False


@dataclass(frozen=True, slots=True)
class NodeQuestion:
    """One row by its id (bind `node_id`)."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class NodesQuestion:
    """Several rows by their ids, in order: one selection per kind of id (binds `node_ids`, `node_kinds`)."""

    selections: tuple[tuple[str, Selection], ...]


Question = ConnectionQuestion | NodeQuestion | NodesQuestion


@dataclass(frozen=True, slots=True)
class Categories:
    """What an answer may hold: categories always shown, and those shown only where their condition holds.

    `case` says that it tells of a case at all: that a row is there, or how many, is personal without any field.
    """

    read: tuple[str, ...]
    conditional: tuple[str, ...]
    case: bool = False

    @property
    def personal(self) -> bool:
        """Whether a read of this has to be in the access log (P2 and above)."""
        public = {Category.DIRECTORY.value, Category.SURVEYS.value, Category.INDICATORS.value}
        return self.case or bool((set(self.read) | set(self.conditional)) - public)
