"""A yearly report says who froze it and who, somebody else, published it.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("yearly_report", sa.Column("frozen_by_id", sa.UUID(), nullable=True, comment="Who froze it."))
    op.add_column(
        "yearly_report",
        sa.Column("published_by_id", sa.UUID(), nullable=True, comment="Who published it: somebody else."),
    )
    for name in ("frozen_by_id", "published_by_id"):
        op.create_foreign_key(op.f(f"fk_yearly_report_{name}"), "yearly_report", "member", [name], ["id"])
    op.create_check_constraint(op.f("ck_yearly_report_two_persons"), "yearly_report", "published_by_id <> frozen_by_id")
