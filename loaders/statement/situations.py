"""Which situations an answer shows, for the access log."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, null

from loaders.policy.doors import Door
from loaders.statement.names import empty_list


def situation_shown(gate: Door) -> ColumnElement[Any]:
    name = gate.noun.situation_column
    return gate.row.c[name] if name else null()


def situations_shown(rows: Any, within: ColumnElement[bool] | None) -> ColumnElement[Any]:
    # No DISTINCT: PostgreSQL would sort the input of every aggregate beside it, and the page would lose its order.
    ids = func.json_agg(rows.c.situation)
    known = rows.c.situation.is_not(None)
    return func.coalesce(ids.filter(known if within is None else and_(within, known)), empty_list())
