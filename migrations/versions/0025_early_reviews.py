"""Measures that may run on after their review was due have an index of their own.

Revision: 0025, after 0024.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE INDEX ix_measure_review_early ON measure (review_due_at, id) "
        "WHERE ends_on IS NULL OR ends_on > timezone('UTC'::text, review_due_at)::date"
    )
