"""One row as its caller sees it: its columns, and the rows that it leads to."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, cast, func, literal_column, select

from loaders.nouns import NOUNS
from loaders.policy.context import BOUND, bind, word
from loaders.policy.doors import Door, column_rule, onward, relation_rule
from loaders.policy.reached import Seen
from loaders.sealed import sealed_values
from loaders.statement.names import ROW, as_json, empty_list, response_name
from loaders.statement.order import may_order, ordering
from loaders.statement.question import Identity, Leaf, Selection, Step, TypeName, Version, Withheld
from loaders.statement.withheld import withheld
from schema.vocabulary import Audience


def as_object(gate: Door, selection: Selection) -> ColumnElement[Any]:
    """A row that a door shows, as the object that is asked for."""
    return select(as_json(select(*_columns(gate, selection)).correlate(gate.row))).correlate(gate.row).scalar_subquery()


def _columns(gate: Door, selection: Selection) -> Iterator[ColumnElement[Any]]:
    for field in selection.fields:
        yield _column(gate, selection, field).label(response_name(field.out))


def _column(gate: Door, selection: Selection, field: Any) -> ColumnElement[Any]:
    match field:
        case Leaf(column=name):
            return sealed_values.marked(gate, name) if sealed_values.is_sealed(gate, name) else gate.column(name)
        case Identity():
            return public_id(gate)
        case TypeName(name=name):
            return word(name)
        case Version():
            return version(gate)
        case Withheld():
            return withheld(gate, selection, field)
        case Step(first=None):
            return _one(gate, field)
        case Step(first=str(first)):
            return _many(gate, field, first)
    raise TypeError(field)


def public_id(gate: Door) -> ColumnElement[str]:
    """The id with its type in front (`sit_...`), so that an id of one type is never read as another."""
    if gate.noun.key_is_public:
        return gate.column("id")
    return word(gate.noun.prefix + "_").concat(cast(gate.column("id"), Text))


def version(gate: Door) -> ColumnElement[str]:
    """A hash of the row as this caller sees it: changes hidden from them do not change it."""
    names = [
        name
        for name in sorted(gate.noun.table.c.keys())
        if name != "id" and column_rule(gate.audience, gate.noun, name)
    ]
    # A step that says something itself, such as whom a report is addressed to, is seen like a column.
    steps = [
        step
        for _, step in sorted(gate.noun.relations.items())
        if step.category is not None and not step.filters_only and relation_rule(gate.audience, gate.noun, step)
    ]
    visible = cast(func.row(*(gate.column(name) for name in names), *(gate.link(step) for step in steps)), Text)
    return func.left(
        func.encode(func.sha256(func.convert_to(visible, word("UTF8"))), word("hex")), literal_column("20")
    )


def _one(gate: Door, step: Step) -> ColumnElement[Any]:
    relation = gate.noun.relations[step.relation]
    target = onward(gate, relation)
    rows = (
        select(*_columns(target, step.selection))
        .where(target.row.c[relation.remote] == gate.link(relation), target.where)
        .select_from(target.source)
        .correlate(gate.row)
    )
    found = select(as_json(rows).label("value")).correlate(gate.row)
    if gate.beside is None or gate.seen is None or target.same:
        return found.scalar_subquery()
    # Rows of a list often lead to the same few rows: joined, PostgreSQL remembers those it has already fetched.
    step_ = found.lateral(f"step_{next(gate.seen.names)}")
    gate.beside.append(step_)
    return step_.c.value


def _many(gate: Door, step: Step, first: str) -> ColumnElement[Any]:
    relation = gate.noun.relations[step.relation]
    target = onward(gate, relation)
    # The first order that the audience may know of; else any order that stays the same.
    order = next((order for order in target.noun.orders.values() if may_order(target, order)), None)
    rows = (
        select(*_columns(target, step.selection))
        .where(target.row.c[relation.remote] == gate.link(relation), target.where)
        .order_by(*ordering(target, order))
        .limit(bind(first, Integer))
        .select_from(target.source)
        .correlate(gate.row)
        .subquery(ROW)
    )
    return select(func.coalesce(func.json_agg(rows.table_valued()), empty_list())).correlate(gate.row).scalar_subquery()


def row_told(audience: Audience, selection: Selection, row: FromClause) -> ColumnElement[Any]:
    """One row that a statement has just made, through its door like any other; NULL where the audience does not see it.

    Columns of the row itself only, and unsealed: see `tellable`.
    """
    gate = Door(audience, NOUNS[selection.noun], row, BOUND, Seen(count(1)))
    return select(as_object(gate, selection)).where(gate.where).select_from(gate.source).scalar_subquery()


def tellable(selection: Selection) -> bool:
    """Whether all that is selected is of the row itself, and in the clear."""
    columns = NOUNS[selection.noun].table.c
    return all(
        not isinstance(field, Step) and not (isinstance(field, Leaf) and columns[field.column].info.get("sealed"))
        for field in selection.fields
    )
