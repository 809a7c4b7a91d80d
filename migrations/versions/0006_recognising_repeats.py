"""Recognising a repeat: keys of minors, and pairs of situations.

Revision: 0006. Minors written before get their keys from `migrate` (loaders/repeats/rebuild.py).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "minor_key",
        sa.Column("minor_id", sa.UUID(), nullable=False, comment="The minor."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column(
            "minimal_keys",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Keys made of first name and year of birth.",
        ),
        sa.Column(
            "identity_keys",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Keys made of last name, date of birth, phone, accounts.",
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_minor_key_minor_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_minor_key_situation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("minor_id", name=op.f("pk_minor_key")),
        comment="Blocking keys: what two files about the same minor are likely to share; never shown to anybody.",
    )
    op.create_index("ix_minor_key_identity_keys", "minor_key", ["identity_keys"], unique=False, postgresql_using="gin")
    op.create_index("ix_minor_key_minimal_keys", "minor_key", ["minimal_keys"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_minor_key_situation_id"), "minor_key", ["situation_id"], unique=False)
    op.create_table(
        "repeat_candidate",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation that is proposed."),
        sa.Column("for_situation_id", sa.UUID(), nullable=False, comment="The situation for which it is proposed."),
        sa.Column("decided_by_id", sa.UUID(), nullable=True, comment="Who decided last."),
        sa.Column("state", sa.Text(), server_default="PROPOSED", nullable=False, comment="Where the two stand."),
        sa.Column(
            "merged_as",
            sa.Text(),
            nullable=True,
            comment="What this situation is to the other one, while they are merged.",
        ),
        sa.Column(
            "band",
            sa.Text(),
            nullable=True,
            comment="How strongly the facts speak; null where a person saw it unaided.",
        ),
        sa.Column(
            "weight",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Weight of the evidence, in tenths of a bit.",
        ),
        sa.Column(
            "agreeing", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Facts that agree."
        ),
        sa.Column(
            "disagreeing",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Facts that disagree.",
        ),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the two were first brought together.",
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="When a person decided last."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why, in the words of who decided last."),
        sa.CheckConstraint(
            "(state = 'MERGED') = (merged_as IS NOT NULL)", name=op.f("ck_repeat_candidate_merged_as_something")
        ),
        sa.CheckConstraint(
            "(state = 'PROPOSED') = (decided_at IS NULL) AND (state = 'PROPOSED') = (reason IS NULL)",
            name=op.f("ck_repeat_candidate_decided"),
        ),
        sa.CheckConstraint("situation_id <> for_situation_id", name=op.f("ck_repeat_candidate_two_situations")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_repeat_candidate_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["for_situation_id", "situation_id", "state"],
            ["repeat_candidate.situation_id", "repeat_candidate.for_situation_id", "repeat_candidate.state"],
            name="fk_repeat_candidate_mirror",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["for_situation_id"],
            ["situation.id"],
            name=op.f("fk_repeat_candidate_for_situation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_repeat_candidate_situation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat_candidate")),
        sa.UniqueConstraint(
            "situation_id",
            "for_situation_id",
            "state",
            name=op.f("uq_repeat_candidate_situation_id_for_situation_id_state"),
        ),
        sa.UniqueConstraint(
            "situation_id", "for_situation_id", name=op.f("uq_repeat_candidate_situation_id_for_situation_id")
        ),
        comment="Two of the DLPM's own situations that may concern the same minor, and what a person decided.",
    )
    op.create_index(
        op.f("ix_repeat_candidate_for_situation_id"), "repeat_candidate", ["for_situation_id"], unique=False
    )
    op.create_index(
        "uq_repeat_candidate_one_principal",
        "repeat_candidate",
        ["situation_id"],
        unique=True,
        postgresql_where=sa.text("merged_as = 'DUPLICATE'"),
    )
