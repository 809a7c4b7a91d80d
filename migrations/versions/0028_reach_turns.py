"""Relations that begin or end by themselves are found by when.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_reach_ends", "reach", ["viewer", "ends_at"], postgresql_where=sa.text("ends_at < 'infinity'"))
    op.create_index(
        "ix_reach_starts", "reach", ["viewer", "starts_at"], postgresql_where=sa.text("starts_at > '-infinity'")
    )
