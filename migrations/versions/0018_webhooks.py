"""Organisations' software can be told of changes at an address of its own.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhook",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose software is told."),
        sa.Column("url", sa.Text(), nullable=False, comment="Where to: an https address of its own."),
        sa.Column("state", sa.Text(), server_default="ACTIVE", nullable=False, comment="Whether it is told anything."),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False, comment="Which secret signs."),
        sa.Column(
            "previous_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until when the secret before signs too.",
        ),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How many attempts in a row have failed.",
        ),
        sa.Column(
            "told",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Up to which place of the organisation's feed notices were made.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was registered.",
        ),
        sa.CheckConstraint("state IN ('ACTIVE', 'DISABLED')", name=op.f("ck_webhook_state_known")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        comment="Where organisations' software is told of changes.",
    )
    op.create_index("ix_webhook_organisation", "webhook", ["organisation_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="The id of the notice: the receiver tells repeats by it.",
        ),
        sa.Column("webhook_id", sa.UUID(), nullable=False, comment="To where."),
        sa.Column("row_id", sa.UUID(), nullable=False, comment="The row it is about."),
        sa.Column("prefix", sa.Text(), nullable=False, comment="Kind of the row, as in its public id."),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="What the notice said last: referral.changed, access.ended."
        ),
        sa.Column("state", sa.Text(), server_default="WAITING", nullable=False, comment="What became of it."),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False, comment="How often it was tried."),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it is tried next.",
        ),
        sa.Column(
            "answer",
            sa.Integer(),
            nullable=True,
            comment="HTTP status of the last answer; null where there was none.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the change was found.",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it was delivered, or given up."),
        sa.CheckConstraint("state IN ('WAITING', 'DELIVERED', 'DEAD')", name=op.f("ck_webhook_delivery_state_known")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        comment="Every notice and what became of it: ids only.",
    )
    op.create_index(
        "ix_webhook_delivery_webhook", "webhook_delivery", ["webhook_id", sa.literal_column("created_at DESC")]
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["next_at"],
        postgresql_where=sa.text("state = 'WAITING'"),
    )
