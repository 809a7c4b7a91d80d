"""Acts done under an idempotency key are remembered.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "idempotency",
        sa.Column("id", postgresql.BYTEA(), nullable=False, comment="Keyed hash of client, person and key."),
        sa.Column("request", postgresql.BYTEA(), nullable=False, comment="Keyed hash of the mutation and its input."),
        sa.Column("subject_id", sa.UUID(), nullable=False, comment="The row that its payload shows."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was done.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        comment="Acts done under an idempotency key: a repeat is answered, not done again.",
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"], unique=False)
