"""Tombstones of a feed that may be forgotten are found without reading all of the feed.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_feed_row_gone", "feed_row", ["organisation_id", "at"], postgresql_where=sa.column("gone"))


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_feed_row_gone", table_name="feed_row")
