"""Which situations a feed has to look at: what events speak of, what turned by itself, and all, part by part."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    and_,
    any_,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import array

from loaders.feed.binds import AUTHORITY, ID, ORGANISATION
from loaders.policy.context import bind, nobody
from loaders.statement import compiled
from schema.tables.feed import feed_row
from schema.tables.journal import outbox, reach


def _mine() -> ColumnElement[bool]:
    # Without an authority the bind stands for nobody, whose relations are those of the whole network.
    return reach.c.viewer == any_(func.array_remove(array([ORGANISATION, AUTHORITY]), nobody(), type_=ARRAY(ID)))


def _concerned(situation: ColumnElement[Any]) -> ColumnElement[bool]:
    """What the organisation stands in a relation to, or was told of."""
    related: Select[Any] = select(literal_column("1")).where(_mine(), reach.c.situation_id == situation)
    known: Select[Any] = select(literal_column("1")).where(
        feed_row.c.organisation_id == ORGANISATION, feed_row.c.situation_id == situation
    )
    return or_(related.exists(), known.exists())


def _named_by_events() -> Select[Any]:
    return select(outbox.c.situation_id, outbox.c.kind, outbox.c.subject_id, outbox.c.changed).where(
        outbox.c.position > bind("seen", BigInteger),
        outbox.c.position <= bind("until", BigInteger),
        outbox.c.situation_id.is_not(None),
        _concerned(outbox.c.situation_id),
    )


def _turned() -> Select[Any]:
    """Relations that began or ended by themselves since the last look."""
    since, now = bind("looked_at", DateTime(timezone=True)), func.now()
    # Said apart, so that PostgreSQL knows that the indexes over those that begin or end at all hold the answer.
    ends, begins = reach.c.ends_at < literal_column("'infinity'"), reach.c.starts_at > literal_column("'-infinity'")
    ended = and_(ends, reach.c.ends_at > since, reach.c.ends_at <= now)
    begun = and_(begins, reach.c.starts_at > since, reach.c.starts_at <= now)
    return select(reach.c.situation_id).where(_mine(), or_(ended, begun))


NEWS = compiled(_named_by_events())
TURNED = compiled(_turned())


def _within_part(situation: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(situation > bind("rest", ID), situation <= bind("last", ID))


REST = compiled(
    union(
        select(reach.c.situation_id.label("situation_id")).where(_mine(), _within_part(reach.c.situation_id)),
        select(feed_row.c.situation_id).where(
            feed_row.c.organisation_id == ORGANISATION, _within_part(feed_row.c.situation_id)
        ),
    ).order_by(literal_column("1"))
)

__all__ = ["NEWS", "REST", "TURNED"]
