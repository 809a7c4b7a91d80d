"""What was told of a year is kept, and told again: the ledger of live figures.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "monitoring_edition",
        sa.Column("kind", sa.Text(), nullable=False, comment="The calendar of its year."),
        sa.Column("year", sa.Integer(), nullable=False, comment="The year, named by the year it begins in."),
        sa.Column("place", sa.Text(), nullable=False, comment="Empty for the nation; A: and an authority."),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="How many of its quarters were over; then one more for each correction.",
        ),
        sa.Column("cells", postgresql.JSON(), nullable=False, comment="Its numbers by month, without any protection."),
        sa.Column("places", postgresql.JSON(), nullable=False, comment="Its numbers by place, without any protection."),
        sa.Column("thresholds", postgresql.JSON(), nullable=False, comment="Below which numbers persons are masked."),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When somebody asked first.",
        ),
        sa.PrimaryKeyConstraint("kind", "year", "place", "number", name=op.f("pk_monitoring_edition")),
        comment="The ledger of what was told of each year: every answer is made of it, whatever is entered later.",
    )
