"""Statements that no plan made and that run as a plan's do: the caller's facts first, and nothing for a fallen token."""

from typing import Any

from sqlalchemy import Select, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSON, array

from loaders.policy.context import opened
from loaders.statement import Statement
from loaders.statement.question import Categories


def guarded(answer: Select[Any], categories: Categories) -> Statement:
    """The answer, in the CASE that fixes what is done before it."""
    return Statement.of(select(case((opened(), answer.scalar_subquery()))), categories)


def listed(rows: Any) -> Statement:
    """The rows of a subquery as one JSON list: ids for ourselves, so no categories, and no situation is said to be read."""
    nothing = literal_column("'[]'::json", JSON)
    return guarded(select(array([func.coalesce(func.json_agg(rows.table_valued()), nothing), nothing])), _NOTHING)


_NOTHING = Categories((), ())
