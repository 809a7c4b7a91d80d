"""Each organisation has a feed of what changes in its view.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feed",
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose feed."),
        sa.Column(
            "made_for",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="Hash of the rules and the viewer it was compared for.",
        ),
        sa.Column(
            "seen", sa.BigInteger(), server_default="0", nullable=False, comment="Up to which event it was compared."
        ),
        sa.Column(
            "looked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
            comment="Up to when relations that begin or end by themselves were looked for.",
        ),
        sa.Column(
            "rest",
            sa.UUID(),
            nullable=True,
            comment="While all is compared anew: the last situation that was.",
        ),
        sa.Column(
            "position",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="The last place given in this feed.",
        ),
        sa.Column(
            "forgotten",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Up to which place tombstones were deleted.",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_feed")),
        comment="One feed per organisation: how far it is.",
    )
    op.create_table(
        "feed_row",
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose feed."),
        sa.Column("row_id", sa.UUID(), nullable=False, comment="The row."),
        sa.Column("prefix", sa.Text(), nullable=False, comment="Kind of the row, as in its public id."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="Of which situation."),
        sa.Column(
            "categories",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="The groups of fields that the organisation's schema has of it.",
        ),
        sa.Column(
            "hashes",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Hash of each group as the organisation saw it last; empty on a tombstone.",
        ),
        sa.Column(
            "positions",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
            comment="At which place each group changed last.",
        ),
        sa.Column(
            "gone",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="Whether it left the organisation's view.",
        ),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="Its place in the feed: of its last change."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When that was found.",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "row_id", name=op.f("pk_feed_row")),
        comment="What each organisation was told of: ids and hashes, no values.",
    )
    op.create_index("ix_feed_row_position", "feed_row", ["organisation_id", "position"], unique=True)
    op.create_index("ix_feed_row_situation", "feed_row", ["organisation_id", "situation_id"])
