"""An event costs two index entries where it cost four: its key is its number, and what is old is found by ranges of blocks.

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # An outbox of thirteen months is read once for the new key.
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.drop_column("outbox", "id")
    op.create_primary_key(op.f("pk_outbox"), "outbox", ["seq"])
    op.drop_index("ix_outbox_at", "outbox")
    op.create_index("ix_outbox_at", "outbox", ["at"], postgresql_using="brin")
    op.drop_index("ix_outbox_position", "outbox")
    op.create_index(
        "ix_outbox_position", "outbox", ["position"], unique=True, postgresql_where=sa.text("position IS NOT NULL")
    )
