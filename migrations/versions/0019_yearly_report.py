"""Yearly reports: frozen figures in versions.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "yearly_report",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="The calendar of its year."),
        sa.Column("year", sa.Integer(), nullable=False, comment="The year, named by the year it begins in."),
        sa.Column("version", sa.Integer(), nullable=False, comment="From 1; a correction is a new version."),
        sa.Column(
            "figures",
            postgresql.JSON(),
            nullable=False,
            comment="Its numbers, as they were counted, without any protection.",
        ),
        sa.Column(
            "tables",
            postgresql.JSON(),
            nullable=False,
            comment="Its tables as the DLPM and as all others may see them.",
        ),
        sa.Column("thresholds", postgresql.JSON(), nullable=False, comment="Below which numbers persons were masked."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why there is another version."),
        sa.Column(
            "frozen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Since when it does not change.",
        ),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was published; empty until then.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_report")),
        sa.UniqueConstraint("kind", "year", "version", name=op.f("uq_yearly_report_kind_year_version")),
        comment="Yearly reports: frozen figures, which every later answer about their year is made of.",
    )
