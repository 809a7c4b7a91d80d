"""Entries of a feed and pages of them, as they are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, select

from loaders.feed.binds import ORGANISATION
from loaders.nouns import NOUNS
from loaders.policy.context import bind
from loaders.statement import compiled
from schema.tables.feed import feed_row

_BY_PREFIX = {noun.prefix: noun.name for noun in NOUNS.values()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in the view of an organisation."""

    noun: str
    row: UUID
    situation: UUID
    gone: bool
    groups: tuple[str, ...]
    at: datetime
    position: int

    @property
    def public_id(self) -> str:
        """The id that the API knows it by."""
        return f"{NOUNS[self.noun].prefix}_{self.row}"


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in order, the place after them, and whether there is more."""

    entries: tuple[Entry, ...]
    position: int
    more: bool


PAGE = compiled(
    select(feed_row)
    .where(feed_row.c.organisation_id == ORGANISATION, feed_row.c.position > bind("since", BigInteger))
    .order_by(feed_row.c.position)
    .limit(bind("size", Integer))
)


def entry(row: Any, since: int) -> Entry:
    """A row of `PAGE`, with those of its groups that changed after the place."""
    told_ = zip(row["categories"], row["positions"], strict=True)
    groups = tuple(category for category, position in told_ if position > since)
    return Entry(
        _BY_PREFIX[row["prefix"]], row["row_id"], row["situation_id"], row["gone"], groups, row["at"], row["position"]
    )


__all__ = ["PAGE", "Entry", "Page", "entry"]
