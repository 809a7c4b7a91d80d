"""From a question to SQL: pure. One statement per root field, a door at every level, JSON built by PostgreSQL.

The statement answers with one `json[]`: the field's value and the ids of the situations it shows (for the access
log). It is NULL when the token no longer stands, which is the only way to get no array at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import count
from operator import add
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by, array
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from loaders import leading, sealed_values
from loaders.conditions import row_rule
from loaders.context import BOUND, bind, opened, word
from loaders.doors import Door, column_rule, entrance, onward, relation_rule
from loaders.meanings import Seen, shared_cases, situation_of
from loaders.nouns import NOUNS, Noun, Order
from loaders.question import (
    Categories,
    ConnectionQuestion,
    FilterBy,
    Identity,
    Leaf,
    NodeQuestion,
    NodesQuestion,
    Part,
    Question,
    Selection,
    Step,
    TypeName,
    Version,
    Withheld,
)
from loaders.rules import NEVER, Rule
from schema.vocabulary import Audience, Category, WithheldReason

# Six more than PostgreSQL's 63: SQLAlchemy keeps six for a suffix of its own, and would cut an alias of 58.
_DIALECT = PGDialect_asyncpg(max_identifier_length=69)  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
# GraphQL names only; PostgreSQL cuts identifiers at 63 bytes silently, so two long aliases would become one key.
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,62}")

HOW_TO_REQUEST = {
    WithheldReason.NEEDS_GRANT: "Ask the DLPM or the CRIP for a sharing grant (CASF L226-2-2).",
    WithheldReason.NEEDS_AGREEMENT: "Shown once the sender has released the identity with the minor's agreement.",
    WithheldReason.NEEDS_PERSON: "Ask with a token for a named person.",
    WithheldReason.NEEDS_PURPOSE: "Ask with a token for a purpose that allows it.",
    WithheldReason.NEEDS_BREAK_GLASS: "A second person has to open it, with a reason.",
    WithheldReason.OUT_OF_MANDATE: "Your mandate does not include it.",
    WithheldReason.ENDED: "Your access ended with the referral.",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, the bind names in their order, the fixed binds, and what the answer may hold."""

    sql: str
    binds: tuple[str, ...]
    constants: dict[str, Any]
    categories: Categories

    @property
    def sealed(self) -> bool:
        """Whether it selects sealed values, which the answer then shows marked (loaders/sealed_values.py)."""
        return sealed_values.MARK in self.binds


def _out(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return name


def _empty_list() -> ColumnElement[Any]:
    return literal_column("'[]'::json", JSON)


# Names of our own beside names of the caller's: `$` is in no GraphQL name, so an alias can never stand for the row.
_ROW = "row$"
_SITUATIONS = "situations$"
_KEY, _TIE = "key$", "tie$"


def as_json(rows: Select[Any]) -> ColumnElement[Any]:
    """One row as a JSON object, its columns named as the caller named them."""
    return func.row_to_json(rows.subquery(_ROW).table_valued())


# ---------------------------------------------------------------- one row


def _columns(gate: Door, selection: Selection) -> Iterator[ColumnElement[Any]]:
    for field in selection.fields:
        yield _column(gate, selection, field).label(_out(field.out))


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
            return _withheld(gate, selection, field)
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
    order = next((order for order in target.noun.orders.values() if _may_order(target, order)), None)
    rows = (
        select(*_columns(target, step.selection))
        .where(target.row.c[relation.remote] == gate.link(relation), target.where)
        .order_by(*_ordering(target, order))
        .limit(bind(first, Integer))
        .select_from(target.source)
        .correlate(gate.row)
        .subquery(_ROW)
    )
    return (
        select(func.coalesce(func.json_agg(rows.table_valued()), _empty_list())).correlate(gate.row).scalar_subquery()
    )


def row_told(audience: Audience, selection: Selection, row: FromClause) -> ColumnElement[Any]:
    """One row that a statement has just made, through its door like any other; NULL where the audience does not see it.

    Columns of the row itself only, and unsealed: see `tellable`.
    """
    gate = Door(audience, NOUNS[selection.noun], row, BOUND, Seen(count(1)))
    node = select(as_json(select(*_columns(gate, selection)).correlate(row))).correlate(row).scalar_subquery()
    return select(node).where(gate.where).select_from(gate.source).scalar_subquery()


def tellable(selection: Selection) -> bool:
    """Whether all that is selected is of the row itself, and in the clear."""
    columns = NOUNS[selection.noun].table.c
    return all(
        not isinstance(field, Step) and not (isinstance(field, Leaf) and columns[field.column].info.get("sealed"))
        for field in selection.fields
    )


# ---------------------------------------------------------------- withheld


def _withheld(gate: Door, selection: Selection, field: Withheld) -> ColumnElement[Any]:
    notices = list(_notices(gate, selection))
    if not notices:
        return _empty_list()
    values = {"field": 0, "reason": 1, "howToRequest": 2, "__typename": 3}
    entries = [
        select(
            *tuple(
                word((name, reason.value, HOW_TO_REQUEST[reason], "WithheldField")[values[part]]).label(_out(out))
                for out, part in field.parts
            )
            if field.parts
            else (literal_column("'{}'::json", JSON).label(_ROW),)
        )
        .where(not_(shown))
        .correlate(gate.row)
        for name, reason, shown in notices
    ]
    union = (union_all(*entries) if len(entries) > 1 else entries[0]).subquery("notice$")
    # Every part may be left out by `@skip`: then a notice is an empty object.
    notice = union.table_valued() if field.parts else union.c[_ROW]
    return select(func.coalesce(func.json_agg(notice), _empty_list())).correlate(gate.row).scalar_subquery()


def _notices(gate: Door, selection: Selection) -> Iterator[tuple[str, WithheldReason, ColumnElement[bool]]]:
    """For each selected field that can be withheld: its name, the reason, and when it is shown. Never its value."""
    for field in selection.fields:
        if isinstance(field, Leaf):
            rule = column_rule(gate.audience, gate.noun, field.column)
            if rule and rule.reason and not rule.implied_by(gate.rows):
                yield camel(field.column), rule.reason, gate.shows(rule)
        elif isinstance(field, Step):
            yield from _step_notices(gate, field)


def _step_notices(gate: Door, step: Step) -> Iterator[tuple[str, WithheldReason, ColumnElement[bool]]]:
    relation = gate.noun.relations[step.relation]
    own = relation_rule(gate.audience, gate.noun, relation)
    if own and own.reason and not own.implied_by(gate.rows):
        yield step.relation, own.reason, gate.shows(own)
        return
    rule = row_rule(gate.audience, NOUNS[relation.target].table)
    if rule is None or rule.reason is None or rule.implied_by(gate.rows):
        return
    if all(atom.of_situation for conjunction in rule.any_of for atom in conjunction):
        yield step.relation, rule.reason, gate.shows(rule)
    elif not relation.many:
        # Shown, or not: whether there is a row that is not shown is not said.
        target = onward(gate, relation)
        seen = (
            select(literal_column("1"))
            .where(target.row.c[relation.remote] == gate.link(relation), target.where)
            .select_from(target.source)
            .correlate(gate.row)
            .exists()
        )
        yield step.relation, rule.reason, seen
    else:
        yield step.relation, rule.reason, gate.shows(_about_situation(rule))


def _about_situation(rule: Rule) -> Rule:
    """The part of a rule that a parent row can answer: the relation to the situation."""
    return Rule(
        frozenset(frozenset(a for a in conjunction if a.of_situation) for conjunction in rule.any_of), rule.reason
    )


def camel(name: str) -> str:
    """`opened_at` -> `openedAt`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


# ---------------------------------------------------------------- root fields


def _key(gate: Door, order: Order) -> ColumnElement[Any]:
    """What rows are ordered by: the value as the caller sees it, and where that is withheld the far end of the list.

    Null has no place in a keyset: rows that compare with it would be on no page.
    """
    plain: ColumnElement[Any] = gate.row.c[order.column]
    if gate.noun.table.c[order.column].info["category"] is Category.KEY:
        return plain
    column = gate.column(order.column)
    if column is plain:
        return column
    return func.coalesce(column, _far_end(gate.noun, order))


def _far_end(noun: Noun, order: Order) -> ColumnElement[Any]:
    kind = {DateTime: "timestamptz", Date: "date"}[type(noun.table.c[order.column].type)]
    return literal_column(f"'{'-' if order.descending else ''}infinity'::{kind}", _order_type(noun, order))


def _may_order(gate: Door, order: Order) -> bool:
    category = gate.noun.table.c[order.column].info["category"]
    return category is Category.KEY or column_rule(gate.audience, gate.noun, order.column) is not None


def _has_place(gate: Door, order: Order) -> Iterator[ColumnElement[bool]]:
    """Leaves out the rows that this order says nothing of (a draft was never sent); withheld is not empty."""
    rule = column_rule(gate.audience, gate.noun, order.column)
    column = gate.row.c[order.column]
    if not gate.noun.table.c[order.column].nullable or rule is None:
        return
    yield column.is_not(None) if rule.implied_by(gate.rows) else or_(not_(gate.shows(rule)), column.is_not(None))


def _ordering(gate: Door, order: Order | None) -> tuple[ColumnElement[Any], ...]:
    if order is None:
        return (_tie(gate),)
    keys = (gate.row.c.id,) if order.column == "id" else (_key(gate, order), _tie(gate))
    return tuple(key.desc() if order.descending else key.asc() for key in keys)


def _tie(gate: Door) -> ColumnElement[Any]:
    return gate.row.c[gate.noun.tie]


def _order_type(noun: Noun, order: Order) -> Any:
    return noun.table.c[order.column].type


def _filter(gate: Door, wanted: FilterBy) -> ColumnElement[bool]:
    column = gate.row.c[wanted.column] if wanted.operator == "id" else gate.column(wanted.column)
    match wanted.operator:
        case "in":
            return column == func.any(bind(wanted.bind, ARRAY(Text)))
        case "eq":
            return column == bind(wanted.bind, Text)
        case "has":
            return bind(wanted.bind, Text) == func.any(column)
        case "id":
            return column == bind(wanted.bind, Uuid(as_uuid=True))
        case "since":
            return column >= bind(wanted.bind, DateTime(timezone=True))
        case "before":
            return column < bind(wanted.bind, DateTime(timezone=True))
        case "overdue":
            # No deadline is not overdue; a withheld one is neither: a hidden cell matches nothing, whatever is asked.
            overdue: ColumnElement[Any] = func.coalesce(gate.row.c[wanted.column] < func.now(), false())
            rule = column_rule(gate.audience, gate.noun, wanted.column)
            if rule is not None and not rule.implied_by(gate.rows):
                overdue = case((gate.shows(rule), overdue))
            return overdue == bind(wanted.bind, Boolean)
        case "due_within":
            days = func.make_interval(
                literal_column("0"), literal_column("0"), literal_column("0"), bind(wanted.bind, Integer)
            )
            return and_(column >= func.now(), column < func.now() + days)
    raise ValueError(wanted.operator)


def _cursor(gate: Door, key: ColumnElement[Any]) -> ColumnElement[str]:
    """The place of a row, MACed with a key bound to caller, filter and order (graph/cursors.py makes the key).

    HMAC-SHA256 (RFC 2104) with the two padded keys as binds: the server has sha256() but no HMAC.
    """
    return sealed(cast(key, Text).concat(word("|")).concat(cast(_tie(gate), Text)))


def sealed(place: ColumnElement[str]) -> ColumnElement[str]:
    """A cursor that holds a place."""
    payload = func.convert_to(place, word("UTF8"))
    inner = func.sha256(bind("cursor_inner", LargeBinary).op("||")(payload))
    mac = func.sha256(bind("cursor_outer", LargeBinary).op("||")(inner))
    token = payload.op("||")(func.substring(mac, literal_column("1"), literal_column("16")))
    return func.translate(func.encode(token, word("base64")), literal_column("E'+/=\\n'", Text), word("-_"))


def _situation(gate: Door) -> ColumnElement[Any]:
    name = gate.noun.situation_column
    return gate.row.c[name] if name else null()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rows of a list that one key orders."""

    gate: Door
    key: ColumnElement[Any]
    kept: tuple[ColumnElement[bool], ...]


def _stretches(audience: Audience, noun: Noun, order: Order) -> tuple[list[_Stretch], _Stretch | None]:
    """A list in order: whole, or the rows that show their key and then those that a sharing shows without it.

    The whole is one stretch, or two of which one is read (loaders/leading.py).

    The key of the whole would be the redacted one: no index has it, and all rows within reach would be sorted. Apart,
    the first are walked along the index of the bare column and the others looked up by what is shared.
    """
    whole = entrance(audience, noun)
    told = column_rule(audience, noun, order.column)
    lent = whole.rows.beyond(told) if told is not None and whole.rows.implied_by(told) else NEVER
    categories = [{atom.arguments[0] for atom in one if atom.name == "granted"} for one in lent.any_of]
    if told is None or lent.never or not all(categories):
        ways = leading.doors(audience, noun)
        return [_Stretch(gate, _key(gate, order), (*_has_place(gate, order), *guards)) for gate, guards in ways], None
    first, last = (replace(entrance(audience, noun), part=part) for part in (told, lent))
    shared = situation_of(last.row) == func.any(shared_cases(last.viewer, set[str]().union(*categories)))
    near = _Stretch(first, _key(first, order), (*_has_place(first, order),))
    return [near], _Stretch(last, _far_end(noun, order), (shared, not_(last.shows(told))))


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of a page of a list, as a statement reads them."""

    question: ConnectionQuestion
    order: Order
    size: ColumnElement[int]
    nodes: list[Selection]
    cursors: bool

    def of(self, first: list[_Stretch], last: _Stretch | None) -> FromClause:
        """`node_0`, `node_1`..., `cursor` and `situation`, in order; a stretch is read where the one before leaves room."""
        if last is None:
            if len(first) == 1:
                return self._rows(first[0]).subquery("page")
            return self._merged([self._rows(one, key=True).subquery() for one in first])
        near, far = (last, *first) if self.question.backward else (*first, last)
        found = self._rows(near, key=True).cte("near", nesting=True)
        room = select(func.count()).select_from(found).scalar_subquery() < self.size
        return self._merged([found, self._rows(far, room, key=True).subquery("far")])

    def _merged(self, parts: list[Any]) -> FromClause:
        rows = union_all(*(select(*part.c) for part in parts)).subquery("rows")
        told = (column for column in rows.c if column.name not in {_KEY, _TIE})
        return select(*told).order_by(*self._ordered(rows.c[_KEY], rows.c[_TIE])).limit(self.size).subquery("page")

    def _rows(self, stretch: _Stretch, *guards: ColumnElement[bool], key: bool = False) -> Select[Any]:
        gate = stretch.gate
        columns: list[ColumnElement[Any]] = [
            select(as_json(select(*_columns(gate, node)).correlate(gate.row)))
            .correlate(gate.row)
            .scalar_subquery()
            .label(f"node_{index}")
            for index, node in enumerate(self.nodes)
        ]
        if self.cursors:
            columns.append(_cursor(gate, stretch.key).label("cursor"))
        columns.append(_situation(gate).label("situation"))
        if key:
            columns += [stretch.key.label(_KEY), _tie(gate).label(_TIE)]
        filters = (_filter(gate, wanted) for wanted in self.question.filters)
        return (
            select(*columns)
            .select_from(gate.row)
            .where(gate.where, *stretch.kept, *filters, *self._place(stretch), *guards)
            .order_by(*self._ordered(stretch.key, _tie(gate)))
            .limit(self.size)
            .select_from(gate.source)
        )

    def _ordered(self, key: ColumnElement[Any], tie: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
        keys = (key,) if self.order.column == "id" else (key, tie)
        return tuple(one.desc() if self._down else one.asc() for one in keys)

    @property
    def _down(self) -> bool:
        return self.order.descending is not self.question.backward

    def _place(self, stretch: _Stretch) -> Iterator[ColumnElement[bool]]:
        """What comes after the cursor."""
        if not self.question.after:
            return
        tie = _tie(stretch.gate)
        identity = bind("cursor_id", tie.type)
        if self.order.column == "id":
            yield tie < identity if self._down else tie > identity
            return
        here = tuple_(stretch.key, tie)
        there = tuple_(bind("cursor_value", _order_type(stretch.gate.noun, self.order)), identity)
        yield here < there if self._down else here > there


def _connection(audience: Audience, question: ConnectionQuestion) -> Select[Any]:
    nodes = selections_of(question.parts)
    names = _names(question.parts)
    counted = bool(names & {"hasNextPage", "hasPreviousPage"})
    size = bind("page_size", Integer)
    cursors = bool(names & {"cursor", "startCursor", "endCursor"})
    noun = NOUNS[question.noun]
    order = noun.orders[question.order]
    asked = _Page(question, order, size + literal_column("1") if counted else size, nodes, cursors)
    page = asked.of(*_stretches(audience, noun, order))
    totals = _total(audience, question, order) if "totalCount" in names else None
    return answer_of(page, question, nodes, totals, counted=counted)


def _total(audience: Audience, question: ConnectionQuestion, order: Order) -> ColumnElement[int]:
    """How many rows the whole list has, wherever the page begins."""
    counts = [
        select(func.count())
        .where(gate.where, *guards, *_has_place(gate, order), *(_filter(gate, one) for one in question.filters))
        .select_from(gate.source)
        .scalar_subquery()
        for gate, guards in leading.doors(audience, NOUNS[question.noun])
    ]
    return reduce(add, counts)


def answer_of(
    page: Any, question: ConnectionQuestion, nodes: list[Selection], totals: Any, *, counted: bool
) -> Select[Any]:
    """A connection out of the rows of its page: `node_0`, `node_1`..., `cursor` and `situation`."""
    size = bind("page_size", Integer)
    numbered = (
        select(*page.c, func.row_number().over().label("number")).subquery("numbered")
        if counted or question.backward
        else page
    )
    within: ColumnElement[bool] | None = numbered.c.number <= size if counted else None
    build = _ConnectionParts(numbered, within, question, size, totals, nodes)
    value = (
        select(
            *(build.part(part).label(_out(part.out)) for part in question.parts),
            _situations(numbered, within).label(_SITUATIONS),
        )
        .select_from(numbered)
        .subquery("answer")
    )
    shape = select(*(value.c[part.out] for part in question.parts)).correlate(value).subquery(_ROW)
    return select(
        array([select(func.row_to_json(shape.table_valued())).correlate(value).scalar_subquery(), value.c[_SITUATIONS]])
    ).select_from(value)


def _situations(rows: Any, within: ColumnElement[bool] | None) -> ColumnElement[Any]:
    # No DISTINCT: PostgreSQL would sort the input of every aggregate beside it, and the page would lose its order.
    ids = func.json_agg(rows.c.situation)
    known = rows.c.situation.is_not(None)
    return func.coalesce(ids.filter(known if within is None else and_(within, known)), _empty_list())


@dataclass(frozen=True, slots=True)
class _ConnectionParts:
    """Builds the parts of a connection as aggregates over its page, in one pass."""

    rows: Any
    within: ColumnElement[bool] | None
    question: ConnectionQuestion
    size: ColumnElement[int]
    total: ColumnElement[int] | None
    nodes: list[Selection]

    def part(self, part: Part) -> ColumnElement[Any]:
        match part.name:
            case "nodes":
                return self._list(self._node(part))
            case "edges":
                return self._list(self._object([(inner.out, self._edge(inner)) for inner in part.parts]))
            case "pageInfo":
                return self._object([(inner.out, self._page_info(inner)) for inner in part.parts])
            case "totalCount":
                return self.total if self.total is not None else null()
        return word(f"{self.question.noun}Connection")

    def _node(self, part: Part) -> ColumnElement[Any]:
        index = next(i for i, node in enumerate(self.nodes) if node is part.selection)
        column: ColumnElement[Any] = self.rows.c[f"node_{index}"]
        return column

    def _edge(self, part: Part) -> ColumnElement[Any]:
        if part.name == "node":
            return self._node(part)
        column: ColumnElement[Any] = self.rows.c.cursor if part.name == "cursor" else word(f"{self.question.noun}Edge")
        return column

    def _page_info(self, part: Part) -> ColumnElement[Any]:
        more = func.count() > self.size
        match part.name:
            case "hasNextPage":
                return (true() if self.question.after else false()) if self.question.backward else more
            case "hasPreviousPage":
                return more if self.question.backward else (true() if self.question.after else false())
            case "startCursor" | "endCursor":
                first = part.name == "startCursor"
                cursors = self._kept(func.array_agg(self._in_order(self.rows.c.cursor)))
                last = func.least(func.count(), self.size)
                return func.coalesce(cursors, literal_column("'{}'::text[]", ARRAY(Text)))[
                    literal_column("1") if first else last
                ]
        return word("PageInfo")

    @staticmethod
    def _object(pairs: list[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
        return func.json_build_object(*(item for out, value in pairs for item in (word(_out(out)), value)))

    def _list(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(self._kept(func.json_agg(self._in_order(value))), _empty_list())

    def _in_order(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Backward, the page was read from its end: every aggregate turns it, or PostgreSQL turns some of them."""
        return aggregate_order_by(value, self.rows.c.number.desc()) if self.question.backward else value

    def _kept(self, aggregate: Any) -> ColumnElement[Any]:
        kept: ColumnElement[Any] = aggregate if self.within is None else aggregate.filter(self.within)
        return kept


def _collect(parts: tuple[Part, ...], nodes: list[Selection]) -> None:
    for part in parts:
        if part.selection is not None:
            nodes.append(part.selection)
        _collect(part.parts, nodes)


def selections_of(parts: tuple[Part, ...]) -> list[Selection]:
    """What is asked of the rows of a connection, in the order in which its page numbers them."""
    nodes: list[Selection] = []
    _collect(parts, nodes)
    return nodes


def _names(parts: tuple[Part, ...]) -> set[str]:
    return {part.name for part in parts} | {name for part in parts for name in _names(part.parts)}


def _node(audience: Audience, question: NodeQuestion) -> Select[Any]:
    gate = entrance(audience, NOUNS[question.selection.noun])
    wanted = gate.row.c.id == bind("node_id", gate.row.c.id.type)
    node = (
        select(as_json(select(*_columns(gate, question.selection)).correlate(gate.row)))
        .correlate(gate.row)
        .scalar_subquery()
    )
    row = (
        select(node.label("node"), _situation(gate).label("situation"))
        .where(wanted, gate.where)
        .select_from(gate.source)
        .subquery("found")
    )
    found = select(array([row.c.node, func.json_build_array(row.c.situation)])).select_from(row).scalar_subquery()
    return select(func.coalesce(found, array([literal_column("'null'::json", JSON), _empty_list()])))


def _nodes(audience: Audience, question: NodesQuestion) -> Select[Any]:
    named = any(NOUNS[selection.noun].key_is_public for _, selection in question.selections)
    names = {"name": bind("node_names", ARRAY(Text))} if named else {}
    wanted = (
        func.unnest(bind("node_ids", ARRAY(Uuid(as_uuid=True))), bind("node_kinds", ARRAY(Text)), *names.values())
        .table_valued("id", "kind", *names, with_ordinality="place", name="wanted")
        .render_derived()
    )
    found = []
    situations = []
    for prefix, selection in question.selections:
        gate = entrance(audience, NOUNS[selection.noun])
        node = (
            select(as_json(select(*_columns(gate, selection)).correlate(gate.row)))
            .correlate(gate.row)
            .scalar_subquery()
        )
        rows = (
            select(node)
            .where(gate.row.c.id == (wanted.c.name if gate.noun.key_is_public else wanted.c.id), gate.where)
            .select_from(gate.source)
            .correlate(wanted)
            .scalar_subquery()
        )
        found.append((wanted.c.kind == word(prefix), rows))
        if gate.noun.situation_column:
            again = entrance(audience, NOUNS[selection.noun])
            situations.append(
                (
                    wanted.c.kind == word(prefix),
                    select(_situation(again))
                    .where(again.row.c.id == wanted.c.id, again.where)
                    .select_from(again.source)
                    .correlate(wanted)
                    .scalar_subquery(),
                )
            )
    node_column = case(*found, else_=null()) if found else cast(null(), JSON)
    situation_column = case(*situations, else_=null()) if situations else cast(null(), Uuid(as_uuid=True))
    rows_of = (
        select(node_column.label("node"), situation_column.label("situation"), wanted.c.place)
        .order_by(wanted.c.place)
        .subquery("listed")
    )
    return select(
        array([func.coalesce(func.json_agg(rows_of.c.node), _empty_list()), _situations(rows_of, None)])
    ).select_from(rows_of)


def compose(audience: Audience, question: Question) -> Statement:
    """The one statement that answers a question for an audience."""
    match question:
        case ConnectionQuestion():
            inner = _connection(audience, question)
        case NodeQuestion():
            inner = _node(audience, question)
        case NodesQuestion():
            inner = _nodes(audience, question)
    whole = select(case((opened(), inner.scalar_subquery())))
    sql, binds, constants = compiled(whole)
    return Statement(sql, binds, constants, categories_of(audience, question))


def compiled(statement: Any) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """SQL text for asyncpg, the bind names in their order, and the values fixed in the statement."""
    result = statement.compile(dialect=_DIALECT)
    names = tuple(result.positiontup or ())
    constants = {name: value for name, value in result.params.items() if value is not None}
    return str(result), names, constants


# ---------------------------------------------------------------- what an answer may hold


def categories_of(audience: Audience, question: Question) -> Categories:
    """The categories an answer holds or depends on, for the access log."""
    found = _Gathered(audience)
    match question:
        case ConnectionQuestion():
            noun = NOUNS[question.noun]
            found.noun(noun)
            # What rows are filtered and ordered by is told by which rows are there.
            for name in (noun.orders[question.order].column, *(wanted.column for wanted in question.filters)):
                found.column(noun, name)
            selections: list[Selection] = []
            _collect(question.parts, selections)
            for selection in selections:
                found.selection(selection)
        case NodeQuestion(selection=selection):
            found.selection(selection)
        case NodesQuestion(selections=several):
            for _, selection in several:
                found.selection(selection)
    return Categories(tuple(sorted(found.read)), tuple(sorted(found.conditional - found.read)), case=found.case)


class _Gathered:
    """What has been found so far."""

    def __init__(self, audience: Audience) -> None:
        self.read: set[str] = set()
        self.conditional: set[str] = set()
        self.case = False
        self._audience = audience

    def noun(self, noun: Noun) -> None:
        self.case = self.case or noun.case

    def column(self, noun: Noun, name: str) -> None:
        category = noun.table.c[name].info["category"]
        if category is Category.KEY:
            return
        rule = column_rule(self._audience, noun, name)
        rows = row_rule(self._audience, noun.table) or Rule(frozenset())
        (self.read if rule is None or rule.implied_by(rows) else self.conditional).add(category.value)

    def selection(self, selection: Selection) -> None:
        noun = NOUNS[selection.noun]
        self.noun(noun)
        for field in selection.fields:
            if isinstance(field, Leaf):
                self.column(noun, field.column)
            elif isinstance(field, Step):
                relation = noun.relations[field.relation]
                if relation.category:
                    self.read.add(relation.category.value)
                self.selection(field.selection)


__all__ = [
    "HOW_TO_REQUEST",
    "Statement",
    "answer_of",
    "as_json",
    "camel",
    "categories_of",
    "compiled",
    "compose",
    "public_id",
    "row_told",
    "sealed",
    "selections_of",
    "tellable",
    "version",
]
