"""A list as GraphQL tells it: nodes, edges, what comes before and after, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by, array

from loaders.nouns import NOUNS, Order
from loaders.policy.context import bind, word
from loaders.statement.names import MORE, ROW, SITUATIONS, empty_list, response_name
from loaders.statement.pages import Page
from loaders.statement.question import ConnectionQuestion, Part, Selection
from loaders.statement.situations import situations_shown
from loaders.statement.stretches import Stretch, stretches_of
from loaders.statement.total import total_of
from schema.vocabulary import Audience


def select_connection(audience: Audience, question: ConnectionQuestion) -> Select[Any]:
    """A list, with all its stretches."""
    first, last = stretches_of(audience, NOUNS[question.noun], _order_of(question), question.filters)
    return _selected(audience, question, first, last)


def select_near(audience: Audience, question: ConnectionQuestion) -> Select[Any] | None:
    """The same list without its second stretch, and no answer where that could have a row of the page; or None.

    Only what is shared with the viewer leads to such a stretch, and with most viewers nothing is. To begin what is not
    read costs as much as a tenth of a page.
    """
    first, last = stretches_of(audience, NOUNS[question.noun], _order_of(question), question.filters)
    cases = [one.cases for one in last if one.cases is not None]
    if question.backward or not last or len(cases) < len(last):
        return None
    return _selected(audience, question, first, [], cases)


def _order_of(question: ConnectionQuestion) -> Order:
    return NOUNS[question.noun].orders[question.order]


def _selected(
    audience: Audience,
    question: ConnectionQuestion,
    first: list[Stretch],
    last: list[Stretch],
    beyond: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    nodes = selections_of(question.parts)
    names = _names(question.parts)
    counted = bool(names & {"hasNextPage", "hasPreviousPage"})
    size = bind("page_size", Integer)
    most = size + literal_column("1") if counted else size
    cursors = bool(names & {"cursor", "startCursor", "endCursor"})
    page = Page(question, _order_of(question), most, nodes, cursors).of(first, last)
    totals = total_of(audience, question, _order_of(question)) if "totalCount" in names else None
    more = [func.cardinality(cases) > literal_column("0") for cases in beyond]
    room = and_(func.count() < most, or_(*more)) if more else None
    return answer_of(page, question, nodes, totals, counted=counted, more=room)


def answer_of(
    page: Any,
    question: ConnectionQuestion,
    nodes: list[Selection],
    totals: Any,
    *,
    counted: bool,
    more: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """A connection out of the rows of its page: `node_0`, `node_1`..., `cursor` and `situation`.

    Two NULLs where there is `more` to read than this page was made of.
    """
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
            *(build.part(part).label(response_name(part.out)) for part in question.parts),
            situations_shown(numbered, within).label(SITUATIONS),
            *([] if more is None else [more.label(MORE)]),
        )
        .select_from(numbered)
        .subquery("answer")
    )
    shape = select(*(value.c[part.out] for part in question.parts)).correlate(value).subquery(ROW)
    told = array(
        [select(func.row_to_json(shape.table_valued())).correlate(value).scalar_subquery(), value.c[SITUATIONS]]
    )
    nothing = literal_column("ARRAY[NULL::json, NULL::json]", ARRAY(JSON))
    return select(told if more is None else case((value.c[MORE], nothing), else_=told)).select_from(value)


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
        return func.json_build_object(*(item for out, value in pairs for item in (word(response_name(out)), value)))

    def _list(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(self._kept(func.json_agg(self._in_order(value))), empty_list())

    def _in_order(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Backward, the page was read from its end: every aggregate turns it, or PostgreSQL turns some of them."""
        return aggregate_order_by(value, self.rows.c.number.desc()) if self.question.backward else value

    def _kept(self, aggregate: Any) -> ColumnElement[Any]:
        kept: ColumnElement[Any] = aggregate if self.within is None else aggregate.filter(self.within)
        return kept


def selections_of(parts: tuple[Part, ...]) -> list[Selection]:
    """What is asked of the rows of a connection, in the order in which its page numbers them."""
    nodes: list[Selection] = []
    for part in parts:
        if part.selection is not None:
            nodes.append(part.selection)
        nodes += selections_of(part.parts)
    return nodes


def _names(parts: tuple[Part, ...]) -> set[str]:
    return {part.name for part in parts} | {name for part in parts for name in _names(part.parts)}
