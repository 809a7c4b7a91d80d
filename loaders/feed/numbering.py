"""Places in the feed: one order over all that was found to differ."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, and_, case, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from loaders.feed.binds import ORGANISATION
from loaders.policy.context import bind
from loaders.statement import compiled
from schema.tables.feed import feed_row


def _settling() -> Any:
    """Number what waits, in one order over all of it, and say how much it was.

    By what it is and not as it was found: where one batch of events or part of a copy ends and the next begins depends
    on events and cases that the organisation may not see.
    """
    waits = and_(feed_row.c.organisation_id == ORGANISATION, feed_row.c.position < literal_column("0"))
    order = func.row_number().over(order_by=(feed_row.c.prefix, feed_row.c.row_id))
    numbered = select(feed_row.c.row_id, (bind("position", BigInteger) + order).label("place")).where(waits)
    waiting = numbered.subquery("waiting")
    group = func.unnest(feed_row.c.positions).table_valued("place", with_ordinality="n", name="old").render_derived()
    places = (
        select(
            func.array_agg(
                aggregate_order_by(
                    case((group.c.place < literal_column("0"), waiting.c.place), else_=group.c.place), group.c.n
                )
            )
        )
        .select_from(group)
        .correlate(feed_row, waiting)
        .scalar_subquery()
    )
    settled = (
        update(feed_row)
        .where(feed_row.c.organisation_id == ORGANISATION, feed_row.c.row_id == waiting.c.row_id)
        .values(
            position=waiting.c.place,
            positions=func.coalesce(places, cast(literal_column("'{}'"), ARRAY(BigInteger))),
        )
        .returning(feed_row.c.row_id)
        .cte("settled")
    )
    return select(func.count()).select_from(settled)


SETTLE = compiled(_settling())

__all__ = ["SETTLE"]
