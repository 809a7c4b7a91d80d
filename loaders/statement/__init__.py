"""From a question to SQL: pure. One statement per root field, a door at every level, JSON built by PostgreSQL.

The statement answers with one `json[]`: the field's value and the ids of the situations it shows (for the access
log). It is NULL when the token no longer stands, which is the only way to get no array at all; both are NULL where more
has to be asked than was (`Statement.whole`).

    rows        one row as its caller sees it, with those that it leads to
    withheld    the notices of a row: what is not shown, and why
    order       what a list is ordered by, as far as the caller may know it
    filters     what is asked of the rows of a list
    cursors     the place of a row, signed
    stretches   a list in the parts that are read one after the other
    pages       one page out of them
    carried     the rows of a page that several stretches found, told once
    connection  the page as GraphQL tells it
    nodes       rows asked for by their ids
    situations  which situations an answer shows
    categories  which categories an answer may hold
    names       the names of the caller's answer, and our own beside them
    text        SQL text, with its binds in their order
    several     the same for several questions that differ in their values
    together    questions of one token that wait at the same moment
    execute     one statement, and its bytes
"""

from typing import Any

from sqlalchemy import Select, case, select

from loaders.policy.context import opened
from loaders.statement.categories import categories_of
from loaders.statement.connection import answer_of, select_connection, select_near, selections_of
from loaders.statement.cursors import cursor_at
from loaders.statement.names import NAME, as_json, camel
from loaders.statement.nodes import select_node, select_nodes
from loaders.statement.question import Categories, ConnectionQuestion, NodeQuestion, NodesQuestion, Question
from loaders.statement.rows import public_id, row_told, tellable, version
from loaders.statement.text import Statement, compiled
from schema.vocabulary import Audience


def compose(audience: Audience, question: Question) -> Statement:
    """The one statement that answers a question for an audience."""
    categories = categories_of(audience, question)
    match question:
        case ConnectionQuestion():
            whole = _statement(select_connection(audience, question), categories)
            near = select_near(audience, question)
            return whole if near is None else _statement(near, categories, whole)
        case NodeQuestion():
            return _statement(select_node(audience, question), categories)
        case NodesQuestion():
            return _statement(select_nodes(audience, question), categories)


def _statement(inner: Select[Any], categories: Categories, whole: Statement | None = None) -> Statement:
    return Statement.of(select(case((opened(), inner.scalar_subquery()))), categories, whole)


__all__ = [
    "NAME",
    "Statement",
    "answer_of",
    "as_json",
    "camel",
    "compiled",
    "compose",
    "cursor_at",
    "public_id",
    "row_told",
    "select_connection",
    "selections_of",
    "tellable",
    "version",
]
