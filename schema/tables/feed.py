"""The delta feed: what each organisation was told of, so that it learns what changed in its view, and what left it."""

from sqlalchemy import ARRAY, BigInteger, Index, PrimaryKeyConstraint, Table
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, flag, instant, metadata, text, texts
from schema.vocabulary import Category

KEY = Category.KEY

feed = Table(
    "feed",
    metadata,
    column("organisation_id", Uuid(as_uuid=True), KEY, "Whose feed.", nullable=False, primary_key=True),
    text("made_for", KEY, "Hash of the rules and the viewer it was compared for.", nullable=False, server_default=""),
    counter("seen", KEY, "Up to which event it was compared.", server_default="0"),
    instant("looked_at", KEY, "Up to when relations that begin or end by themselves were looked for.", now=True),
    column("rest", Uuid(as_uuid=True), KEY, "While all is compared anew: the last situation that was."),
    counter("position", KEY, "The last place given in this feed.", server_default="0"),
    counter("forgotten", KEY, "Up to which place tombstones were deleted.", server_default="0"),
    comment="One feed per organisation: how far it is.",
)

feed_row = Table(
    "feed_row",
    metadata,
    column("organisation_id", Uuid(as_uuid=True), KEY, "Whose feed.", nullable=False),
    column("row_id", Uuid(as_uuid=True), KEY, "The row.", nullable=False),
    text("prefix", KEY, "Kind of the row, as in its public id.", nullable=False),
    column("situation_id", Uuid(as_uuid=True), KEY, "Of which situation.", nullable=False),
    texts("categories", KEY, "The groups of fields that the organisation's schema has of it."),
    # Of what the organisation saw, never of the row: what is hidden from it changes none of these.
    texts("hashes", KEY, "Hash of each group as the organisation saw it last; empty on a tombstone."),
    column(
        "positions",
        ARRAY(BigInteger),
        KEY,
        "At which place each group changed last.",
        nullable=False,
        server_default="{}",
    ),
    flag("gone", KEY, "Whether it left the organisation's view."),
    counter("position", KEY, "Its place in the feed: of its last change."),
    instant("at", KEY, "When that was found.", nullable=False, now=True),
    PrimaryKeyConstraint("organisation_id", "row_id"),
    comment="What each organisation was told of: ids and hashes, no values.",
)
Index("ix_feed_row_position", feed_row.c.organisation_id, feed_row.c.position, unique=True)
Index("ix_feed_row_situation", feed_row.c.organisation_id, feed_row.c.situation_id)
Index("ix_feed_row_gone", feed_row.c.organisation_id, feed_row.c.at, postgresql_where=feed_row.c.gone)
