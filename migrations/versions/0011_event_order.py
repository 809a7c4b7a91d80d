"""Events have a place in the order of commits.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "outbox",
        sa.Column(
            "changed",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Of a row that changed: which of the columns that events are about.",
        ),
    )
    op.add_column(
        "outbox",
        sa.Column(
            "seq",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="In which order it was written; others may be committed before.",
        ),
    )
    op.add_column(
        "outbox",
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=True,
            comment="Its place in the order of commits, given once it can be seen; no gaps.",
        ),
    )
    op.create_index("ix_outbox_position", "outbox", ["position"], unique=True)
    op.create_index("ix_outbox_unnumbered", "outbox", ["seq"], postgresql_where=sa.text("position IS NULL"))
    op.alter_column(
        "outbox",
        "kind",
        comment="What happened, as a coarse word; `row.` and a table where a trigger says it.",
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_comment="What happened, as a coarse word.",
    )
    op.create_table(
        "outbox_head",
        sa.Column("only_row", sa.Boolean(), server_default="true", nullable=False, comment="Always true."),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="The last place given."),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_outbox_head")),
        sa.CheckConstraint("only_row", name=op.f("ck_outbox_head_one_row")),
        comment="How far the events are numbered.",
    )
    op.execute("INSERT INTO outbox_head (position) VALUES (0)")
