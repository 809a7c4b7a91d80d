"""Requests of persons are followed to their answer; breaches have a register.

Revision: 0021, after 0020.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_REQUEST_CHECKS = {
    "kind_known": "kind IN ('ACCESS', 'RECTIFICATION', 'ERASURE', 'RESTRICTION', 'OBJECTION')",
    "requester_known": "requester IN ('MINOR', 'PARENTAL_HOLDER', 'REPRESENTATIVE', 'OTHER')",
    "outcome_known": "outcome IN ('GRANTED', 'PARTLY_GRANTED', 'REFUSED', 'NO_DATA', 'FORWARDED', 'WITHDRAWN')",
    "extended_with_reason": "(extended_at IS NULL) = (extension_reason IS NULL)",
    "outcome_of_an_answer": "outcome IS NULL OR answered_at IS NOT NULL",
}


def upgrade() -> None:
    """Apply."""
    _follow_requests()
    _keep_breaches()


def _follow_requests() -> None:
    for column in (
        sa.Column("minor_id", sa.UUID(), comment="Whose data, where the situation is of several minors."),
        sa.Column("taken_by_id", sa.UUID(), comment="The DPO who took it down."),
        sa.Column("requester", sa.Text(), comment="Who claims it."),
        sa.Column(
            "identity_checked_at",
            sa.DateTime(timezone=True),
            comment="When it was made sure who asks (GDPR article 12, paragraph 6).",
        ),
        sa.Column(
            "extended_at",
            sa.DateTime(timezone=True),
            comment="When the person was told that it takes two months more.",
        ),
        sa.Column("extension_reason", sa.Text(), comment="Why it takes longer."),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            comment="When everything about the situation was last exported for it.",
        ),
        sa.Column("outcome", sa.Text(), comment="What became of it."),
    ):
        op.add_column("subject_request", column)
    op.create_foreign_key(op.f("fk_subject_request_minor_id"), "subject_request", "minor", ["minor_id"], ["id"])
    op.create_foreign_key(op.f("fk_subject_request_taken_by_id"), "subject_request", "member", ["taken_by_id"], ["id"])
    op.create_index(
        "ix_subject_request_minor", "subject_request", ["minor_id"], postgresql_where=sa.text("minor_id IS NOT NULL")
    )
    # Written in words until now, and by nobody but tests and demonstrations.
    op.execute(
        "UPDATE subject_request SET kind = CASE WHEN kind ILIKE 'rect%' THEN 'RECTIFICATION' "
        "WHEN kind ILIKE 'eff%' OR kind ILIKE 'eras%' THEN 'ERASURE' WHEN kind ILIKE 'lim%' THEN 'RESTRICTION' "
        "WHEN kind ILIKE 'opp%' OR kind ILIKE 'obj%' THEN 'OBJECTION' ELSE 'ACCESS' END"
    )
    op.alter_column("subject_request", "kind", comment="Which right is claimed.")
    op.alter_column("subject_request", "due_at", comment="One month later, three once extended (GDPR article 12).")
    for name, rule in _REQUEST_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_subject_request_{name}"), "subject_request", rule)


def _keep_breaches() -> None:
    def instant(name: str, comment: str, *, nullable: bool = True, now: bool = False) -> sa.Column[datetime]:
        default = sa.text("now()") if now else None
        return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default, comment=comment)

    op.create_table(
        "data_breach",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller whose data it is."),
        sa.Column("recorded_by_id", sa.UUID(), nullable=True, comment="The DPO who wrote it down."),
        sa.Column("noticed_by", sa.Text(), nullable=False, comment="Who noticed it."),
        instant("began_at", "Since when, as far as it is known."),
        instant("noticed_at", "When the controller became aware of it.", nullable=False),
        instant("recorded_at", "When this was recorded.", nullable=False, now=True),
        sa.Column("natures", sa.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="What was violated."),
        sa.Column(
            "field_groups",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Which categories of data.",
        ),
        sa.Column("persons", sa.Integer(), nullable=True, comment="About how many persons."),
        sa.Column("description", sa.Text(), nullable=False, comment="What happened, without naming anybody."),
        sa.Column("consequences", sa.Text(), nullable=True, comment="What it is likely to lead to."),
        sa.Column("measures", sa.Text(), nullable=True, comment="What is done about it."),
        instant("due_at", "72 hours after it was noticed (GDPR article 33).", nullable=False),
        instant("notified_at", "When the CNIL was notified."),
        sa.Column("notification_reference", sa.Text(), nullable=True, comment="The CNIL's receipt."),
        sa.Column("late_reason", sa.Text(), nullable=True, comment="Why it was notified after 72 hours."),
        sa.Column(
            "no_risk_reason",
            sa.Text(),
            nullable=True,
            comment="Why no notification was owed: a risk to persons is unlikely.",
        ),
        instant("informed_at", "When the persons were informed (GDPR article 34)."),
        sa.Column("not_informed_reason", sa.Text(), nullable=True, comment="Why they were not."),
        sa.CheckConstraint(
            "noticed_by IN ('MEMBER', 'OPERATOR', 'PARTNER', 'PERSON', 'OTHER')",
            name=op.f("ck_data_breach_noticed_by_known"),
        ),
        sa.CheckConstraint(
            "natures <@ ARRAY['CONFIDENTIALITY', 'INTEGRITY', 'AVAILABILITY']::text[]",
            name=op.f("ck_data_breach_natures_known"),
        ),
        sa.CheckConstraint("noticed_at <= due_at", name=op.f("ck_data_breach_due_after")),
        sa.CheckConstraint(
            "notified_at <= due_at OR late_reason IS NOT NULL", name=op.f("ck_data_breach_late_with_reason")
        ),
        sa.CheckConstraint(
            "(notified_at IS NULL) = (notification_reference IS NULL)",
            name=op.f("ck_data_breach_notified_with_receipt"),
        ),
        sa.CheckConstraint(
            "informed_at IS NULL OR not_informed_reason IS NULL", name=op.f("ck_data_breach_informed_or_not")
        ),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_data_breach_controller_org_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["member.id"], name=op.f("fk_data_breach_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_breach")),
        comment="Personal data breaches: who noticed, what, whom the controller told and when, or why not.",
    )
    op.create_index(op.f("ix_data_breach_controller_org_id"), "data_breach", ["controller_org_id"])
