"""A whole case file, whatever tables it spreads over: which rows belong to it, how it is deleted, what is copied first.

The tables are found by their foreign keys, so a new one cannot be forgotten: a row that must name a row of a case belongs
to that case, a row that may name one only forgets it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    Delete,
    Insert,
    Interval,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.policy.context import word
from schema.retention import COPIED, Fate, kept_columns
from schema.tables import metadata
from schema.tables.situation import situation
from schema.vocabulary import RetentionState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

PARIS = "Europe/Paris"
# Kept by the database itself: its rows go with their situation.
_CASCADING = frozenset({"reach"})
# An exceptional access that was asked for on nothing names no case; of one that names a case, nothing is left after it.
_ITS_OWN = frozenset({"emergency_access"})
_IDS = bindparam("cases", type_=ARRAY(Uuid(as_uuid=True)))


def _members() -> dict[str, tuple[Column[Any], ...]]:
    """Table -> its columns that must name a row of a case, for every table whose rows belong to a case."""
    found: dict[str, tuple[Column[Any], ...]] = {situation.name: ()}
    growing = True
    while growing:
        growing = False
        for table in metadata.sorted_tables:
            if table.name in found or table.name in _CASCADING:
                continue
            links = tuple(_links(table, found, nullable=False))
            if links:
                found[table.name] = links
                growing = True
    return found


def _links(table: Table, within: Mapping[str, Any], *, nullable: bool) -> Iterator[Column[Any]]:
    for key in sorted(table.foreign_keys, key=lambda key: (key.column.table is not situation, key.parent.name)):
        if key.column.table.name in within and _may_be_empty(key.parent) is nullable:
            yield key.parent


def _may_be_empty(column: Column[Any]) -> bool:
    return bool(column.nullable) and column.table.name not in _ITS_OWN


_MEMBERS: Mapping[str, tuple[Column[Any], ...]] = _members()
CASE_TABLES: tuple[Table, ...] = tuple(table for table in metadata.sorted_tables if table.name in _MEMBERS)
"""Every table whose rows belong to a case, parents first."""


def target(column: Column[Any]) -> Table:
    """The table that a foreign key column points to; a column that also names its own row's twin points to the case."""
    named = {key.column.table for key in column.foreign_keys}
    [found] = named - {column.table} or named
    return found


def belongs(table: Table) -> ColumnElement[bool]:
    """Whether a row belongs to one of the cases."""
    if table is situation:
        return situation.c.id == func.any(_IDS)
    direct = [column for column in _MEMBERS[table.name] if target(column) is situation]
    if direct:
        return or_(*(column == func.any(_IDS) for column in direct))
    return or_(*(_names(column) for column in _MEMBERS[table.name]))


def _names(column: Column[Any]) -> ColumnElement[bool]:
    """Whether a column names a row of one of the cases."""
    parent = target(column)
    if parent is situation:
        return column == func.any(_IDS)
    other = parent.alias()
    rows = select(other.c.id).where(_belongs_as(parent, other))
    return column.in_(rows)


def _belongs_as(table: Table, alias: Any) -> ColumnElement[bool]:
    direct = [alias.c[column.name] == func.any(_IDS) for column in _MEMBERS[table.name] if target(column) is situation]
    if not direct:
        raise TypeError(table.name)
    return or_(*direct)


FORGETTING: Mapping[str, tuple[str, ...]] = {
    table.name: columns
    for table in metadata.sorted_tables
    if (columns := tuple(column.name for column in _links(table, _MEMBERS, nullable=True)))
}
"""Table -> the columns that may name a row of a case, and forget it when it goes."""


# ---------------------------------------------------------------- deletion


def _forgetting() -> Iterator[Update]:
    """Rows that stay forget the rows that go."""
    for table in metadata.sorted_tables:
        for column in _links(table, _MEMBERS, nullable=True):
            stays = not_(belongs(table)) if table.name in _MEMBERS else None
            clauses = [_names(column)] + ([] if stays is None else [stays])
            yield update(table).where(*clauses).values({column.name: None})


def _deleting() -> Iterator[Delete]:
    for table in reversed(CASE_TABLES):
        yield delete(table).where(belongs(table))


_HIDE = update(situation).where(belongs(situation)).values(retention_state=RetentionState.DELETED.value)
_ERASE: tuple[Update | Delete, ...] = (_HIDE, *_forgetting(), *_deleting())
"""Out of everybody's reach first, so that the relations are not computed again at each row that goes."""


async def erase(connection: "AsyncConnection", cases: Sequence[UUID]) -> None:
    """Delete cases with all that belongs to them, their data keys included."""
    for statement in _ERASE:
        await connection.execute(statement, {"cases": list(cases)})


# ---------------------------------------------------------------- what is copied


_PAIRS = (
    func.unnest(_IDS, bindparam("fresh", type_=ARRAY(Uuid(as_uuid=True))), bindparam("references", type_=ARRAY(Text)))
    .table_valued("old", "new", "reference", name="pairs")
    .render_derived()
)


def coarse(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The beginning of the month in which figures count a moment.

    Months begin on the 1st (civil) or on the 3rd (the report's year): the later of the two that has begun, in Paris.
    """
    civil = func.timezone(word(PARIS), moment, type_=DateTime())
    month = func.date_trunc(word("month"), civil, type_=DateTime())
    two_days = literal_column("interval '2 days'", Interval())
    begun = case((civil >= month + two_days, month + two_days), else_=month)
    return func.timezone(word(PARIS), begun, type_=DateTime(timezone=True))


def _in_order(table: Table, column: Column[Any]) -> ColumnElement[Any]:
    """The month of a moment, and as many seconds as rows of the case come before: which came first stays known."""
    if table is situation:
        return coarse(column)
    if isinstance(column.type, Date):
        raise TypeError(column)
    place = func.row_number().over(partition_by=table.c.situation_id, order_by=(column, table.c.id))
    return coarse(column) + place * literal_column("interval '1 second'", Interval())


def _copied(table: Table, column: Column[Any], fate: Fate) -> ColumnElement[Any]:
    match fate:
        case Fate.KEPT:
            return column
        case Fate.COARSE:
            return _in_order(table, column)
        case Fate.RENEWED:
            return _PAIRS.c.reference
    raise TypeError(column)


def copy_statement(table: Table) -> Insert:
    """Copies what is kept of a table's rows to the new, nameless cases."""
    wanted = {name: _copied(table, table.c[name], fate) for name, fate in kept_columns(table).items()}
    if table is situation:
        wanted |= {"id": _PAIRS.c.new, "retention_state": word(RetentionState.ANONYMISED.value)}
    else:
        wanted |= {"situation_id": _PAIRS.c.new}
    own = table.c.id if table is situation else table.c.situation_id
    rows: Select[Any] = select(*(value.label(name) for name, value in wanted.items())).where(own == _PAIRS.c.old)
    return insert(table).from_select(list(wanted), rows)


_COPY: tuple[Insert, ...] = tuple(copy_statement(table) for table in CASE_TABLES if table.name in COPIED)


async def anonymise(
    connection: "AsyncConnection", cases: Sequence[UUID], fresh: Sequence[UUID], references: Sequence[str]
) -> None:
    """Copy what figures count under new ids and references, then delete the cases."""
    values = {"cases": list(cases), "fresh": list(fresh), "references": list(references)}
    for statement in _COPY:
        await connection.execute(statement, values)
    await erase(connection, cases)


__all__ = ["CASE_TABLES", "anonymise", "belongs", "coarse", "copy_statement", "erase"]
