"""What is asked of the rows of a list: on redacted values, so that none is found by asking for it."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, DateTime, Integer, Text, and_, case, false, func, literal_column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.policy.context import bind
from loaders.policy.doors import Door, column_rule
from loaders.statement.question import FilterBy


def matching(gate: Door, wanted: FilterBy) -> ColumnElement[bool]:
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
