"""Rollups of national monitoring: cells, what each situation adds to them, and marks of what is still to be counted.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "monitoring_cell",
        sa.Column(
            "id",
            sa.Integer(),
            sa.Identity(),
            nullable=False,
            comment="Short name of the cell, for monitoring_part.",
        ),
        sa.Column("cube", sa.Text(), nullable=False, comment="Which cube."),
        sa.Column(
            "place",
            sa.Text(),
            nullable=False,
            comment="Empty for the nation; R:, D: or A: and a region, department or authority.",
        ),
        sa.Column("span", sa.Date(), nullable=False, comment="First day of the span: the 1st or the 3rd of a month."),
        sa.Column("word", sa.Text(), nullable=False, comment="The value of the cube's dimension."),
        sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False, comment="How many."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_cell")),
        comment="Rollups: one number per cell, never shown but through disclosure control.",
    )
    op.create_index("ux_monitoring_cell", "monitoring_cell", ["place", "span", "cube", "word"], unique=True)
    op.create_table(
        "monitoring_part",
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("cells", postgresql.ARRAY(sa.Integer()), nullable=False, comment="The cells it adds to."),
        sa.Column("amounts", postgresql.ARRAY(sa.Integer()), nullable=False, comment="How much it adds to each."),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_monitoring_part")),
        comment="What each situation has added to the rollups, so that it can be taken back exactly.",
    )
    op.create_table(
        "monitoring_mark",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False, comment="The line."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="A situation that changed."),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_monitoring_mark")),
        comment="Situations whose part of the rollups is out of date; readers count them afresh.",
    )
