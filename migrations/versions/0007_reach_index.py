"""Relations are found without leaving the index.

Revision: 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_reach_situation", table_name="reach")
    op.create_index(
        "ix_reach_situation",
        "reach",
        ["situation_id", "viewer"],
        unique=False,
        postgresql_include=["via", "starts_at", "ends_at"],
    )
