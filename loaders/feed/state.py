"""How far a feed is: one row per organisation, held by whoever reads it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from auth.caller import Caller
from loaders.feed.binds import ORGANISATION
from loaders.feed.comparing import compare
from loaders.policy.context import bind
from loaders.policy.context import values as context_values
from loaders.statement import compiled
from schema.tables.feed import feed, feed_row
from schema.tables.journal import outbox, outbox_head

OPEN = compiled(
    upsert(feed).values(organisation_id=ORGANISATION).on_conflict_do_nothing(index_elements=["organisation_id"])
)
LOCKED = compiled(select(feed).where(feed.c.organisation_id == ORGANISATION).with_for_update())
_first = select(func.min(outbox.c.position)).scalar_subquery()
ENDS = compiled(select(outbox_head.c.position.label("head"), _first.label("first"), func.now().label("now")))
KEEP = compiled(
    update(feed)
    .where(feed.c.organisation_id == ORGANISATION)
    .values(
        {
            name: bind(f"new_{name}", feed.c[name].type)
            for name in ("made_for", "seen", "looked_at", "rest", "position", "forgotten")
        }
    )
)
FORGET = compiled(
    delete(feed_row)
    .where(
        feed_row.c.organisation_id == ORGANISATION,
        feed_row.c.gone,
        feed_row.c.position > literal_column("0"),
        feed_row.c.at < bind("before", DateTime(timezone=True)),
    )
    .returning(feed_row.c.position)
)


@dataclass(slots=True)
class State:
    """How far a feed is."""

    made_for: str
    seen: int
    looked_at: datetime
    rest: UUID | None
    position: int
    forgotten: int


def fingerprint(caller: Caller) -> str:
    """Of the rules and the viewer: with others, everything has to be compared anew."""
    viewer = context_values(caller)
    who = [str(viewer[name]) for name in ("viewer_organisation", "viewer_authority", "viewer_kind")]
    return hashlib.sha256("|".join([caller.audience.value, *who, compare(caller.audience)[0]]).encode()).hexdigest()


__all__ = ["ENDS", "FORGET", "KEEP", "LOCKED", "OPEN", "State", "fingerprint"]
