"""One type of the API: its table, and how its rows are related, ordered and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table, Text

from schema.tables.situation import situation
from schema.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Relation:
    """One step from a row to others: `remote` of the target equals `local` of the row.

    `category` is what the step itself says (whom a report is addressed to); a step without one says nothing
    beyond the two rows, which each pass their own door. `many` gives a list in the target's first order.
    `filters_only`: rows are found by it, and no field of the type takes it.
    """

    target: str
    local: str
    remote: str
    many: bool = False
    category: Category | None = None
    filters_only: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A keyset order: by one column that is never null for the rows shown, then by id."""

    column: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Noun:
    """One type of the API.

    `filters`: name -> column and operator: `in` a list, `eq`, `has` one of a list, `since`/`before` an instant, `overdue`
    (the deadline has passed and still runs), `due_within` a number of days, `id` another row's public id.
    """

    name: str
    table: Table
    prefix: str
    orders: Mapping[str, Order]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    filters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    case: bool = True
    unique: str | None = None

    @property
    def tie(self) -> str:
        """The column that tells rows of equal rank apart: no two rows share it, or pages would skip rows."""
        if self.unique is not None:
            return self.unique
        return "id" if "id" in self.table.c else list(self.table.primary_key.columns)[-1].name

    @property
    def key_is_public(self) -> bool:
        """Whether rows are named by a word that says its type itself (`cli_...`), not by a random number."""
        return "id" in self.table.c and isinstance(self.table.c.id.type, Text)

    @property
    def situation_column(self) -> str | None:
        """The column that says of which situation a row is, for the access log."""
        if self.table is situation:
            return "id"
        return "situation_id" if "situation_id" in self.table.c else None


def to(target: str, local: str, category: Category | None = None) -> Relation:
    """The row that this one points to."""
    return Relation(target, local, "id", category=category)


def of(target: str, remote: str) -> Relation:
    """The rows that point here."""
    return Relation(target, "id", remote, many=True)


def one(target: str, remote: str) -> Relation:
    """The only row of the target that points here (the column is unique)."""
    return Relation(target, "id", remote)


def newest(column: str) -> dict[str, Order]:
    """The newest first."""
    return {f"{column.upper()}_NEWEST": Order(column)}


def named(column: str) -> dict[str, Order]:
    """In the order of their names or codes."""
    return {f"{column.upper()}_ASCENDING": Order(column, descending=False)}


IN_SITUATION = to("Situation", "situation_id")
