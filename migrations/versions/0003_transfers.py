"""Transfers say how the duty was met, when the address was lost, how long both see the case; measures, who placed.

Revision: 0003, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "department_transfer",
        sa.Column("duty_id", sa.UUID(), nullable=True, comment="The information duty that it rests on."),
    )
    op.add_column(
        "department_transfer", sa.Column("duty", sa.Text(), nullable=True, comment="How the parents' duty was met.")
    )
    op.add_column(
        "department_transfer",
        sa.Column("address_lost_at", sa.DateTime(timezone=True), nullable=True, comment="Address found unknown."),
    )
    op.add_column(
        "department_transfer",
        sa.Column(
            "window_ends_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until when both authorities see the case; then the origin's competence has ended.",
        ),
    )
    op.create_foreign_key(
        op.f("fk_department_transfer_duty_id"), "department_transfer", "information_duty", ["duty_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_department_transfer_duty_known"),
        "department_transfer",
        "duty IN ('INFORMED', 'AGREEMENT_WRITTEN', 'DANGER_OVERRIDE', 'CHILD_INTEREST_WAIVER')",
    )
    op.add_column(
        "measure",
        sa.Column(
            "placement",
            sa.Text(),
            nullable=True,
            comment="NATDECPLAC code of CASF annexe 2-8: who decided a placement.",
        ),
    )
