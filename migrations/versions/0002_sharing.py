"""Sharing as an act: refused grants, duties in writing, break-glass with its review, the evaluator.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _grants()
    _duties()
    _break_glass()
    op.add_column(
        "evaluation",
        sa.Column("evaluator_id", sa.UUID(), nullable=True, comment="The person who evaluates (CASF D226-2-5)."),
    )
    op.create_foreign_key(op.f("fk_evaluation_evaluator_id"), "evaluation", "member", ["evaluator_id"], ["id"])
    op.add_column(
        "evaluation",
        sa.Column(
            "exception_reason",
            sa.Text(),
            nullable=True,
            comment="Why the evaluator is somebody who follows the family.",
        ),
    )


def _grants() -> None:
    op.create_check_constraint(
        op.f("ck_sharing_grant_state_known"),
        "sharing_grant",
        "state IN ('REQUESTED', 'REFUSED', 'APPROVED', 'ACTIVE', 'EXPIRED', 'REVOKED')",
    )
    op.add_column(
        "sharing_grant",
        sa.Column("decided_at", _INSTANT, nullable=True, comment="When it was approved or refused."),
    )
    op.add_column("sharing_grant", sa.Column("refusal", sa.Text(), nullable=True, comment="Why it was refused."))


def _duties() -> None:
    for name, comment in (
        ("in_writing", "They were told in writing (CASF L226-5)."),
        ("danger_confirmed", "They were told although that was recorded as dangerous."),
    ):
        op.add_column(
            "information_duty",
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False, comment=comment),
        )


def _break_glass() -> None:
    table = "emergency_access"
    op.alter_column(
        table,
        "situation_id",
        nullable=True,
        existing_type=sa.UUID(),
        comment="One situation; none where the reference asked for is not theirs.",
        existing_comment="One situation.",
    )
    op.alter_column(table, "opened_at", nullable=True, server_default=None, existing_type=_INSTANT)
    op.alter_column(table, "expires_at", nullable=True, existing_type=_INSTANT)
    for column in (
        sa.Column("caller_id", sa.UUID(), nullable=True, comment="One caller, where G06 is opened to a supervisor."),
        sa.Column(
            "assignee_id", sa.UUID(), nullable=True, comment="Whose case it is, where a colleague on call opened it."
        ),
        sa.Column("organisation_id", sa.UUID(), nullable=True, comment="For which organisation."),
        sa.Column("reviewed_by_id", sa.UUID(), nullable=True, comment="The third person."),
        sa.Column(
            "requested_at",
            _INSTANT,
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was asked for.",
        ),
        sa.Column("approved_at", _INSTANT, nullable=True, comment="When the second person approved."),
        sa.Column(
            "confirm_due_at",
            _INSTANT,
            nullable=True,
            comment="Until when a second person has to confirm; empty once it is done.",
        ),
        sa.Column(
            "review",
            sa.Text(),
            nullable=True,
            comment="What the third person made of it; empty until it was opened.",
        ),
        sa.Column(
            "review_due_at",
            _INSTANT,
            nullable=True,
            comment="Until when it has to be reviewed; empty once it is done.",
        ),
        sa.Column("reviewed_at", _INSTANT, nullable=True, comment="When it was reviewed."),
        sa.Column("review_reason", sa.Text(), nullable=True, comment="What the third person says of it."),
    ):
        op.add_column(table, column)
    op.create_foreign_key(
        op.f("fk_emergency_access_caller_id"), table, "caller", ["caller_id"], ["id"], ondelete="SET NULL"
    )
    op.execute(
        "UPDATE emergency_access e SET organisation_id = m.organisation_id FROM member m WHERE m.id = e.member_id"
    )
    op.alter_column(table, "organisation_id", nullable=False, existing_type=sa.UUID())
    op.create_foreign_key(
        op.f("fk_emergency_access_organisation_id"), table, "organisation", ["organisation_id"], ["id"]
    )
    for person in ("assignee_id", "reviewed_by_id"):
        op.create_foreign_key(op.f(f"fk_emergency_access_{person}"), table, "member", [person], ["id"])
    for name, condition in (
        ("review_known", "review IN ('PENDING', 'JUSTIFIED', 'NOT_JUSTIFIED')"),
        ("opened_for_a_time", "(opened_at IS NULL) = (expires_at IS NULL)"),
        (
            "third_person",
            "reviewed_by_id IS NULL OR (reviewed_by_id <> member_id AND reviewed_by_id IS DISTINCT FROM approved_by_id)",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
