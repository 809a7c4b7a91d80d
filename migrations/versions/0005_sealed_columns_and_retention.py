"""Sealed columns: callers and listening notes are stored encrypted, under one wrapped data key per situation.

Revision: 0005, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SEALED = (
    ("caller", "name"),
    ("caller", "phone"),
    ("caller", "email"),
    ("caller", "relation"),
    ("listening_note", "text"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "situation_key",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Identifier of the data key, bound into every value it seals.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column(
            "wrapped", sa.LargeBinary(), nullable=True, comment="The data key, wrapped; null once it is destroyed."
        ),
        sa.Column("kek_version", sa.Integer(), nullable=False, comment="Which key-encryption key wraps it."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was made.",
        ),
        sa.Column(
            "destroyed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was destroyed: nothing it sealed can be read any more.",
        ),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_situation_key_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_key")),
        sa.UniqueConstraint("situation_id", name=op.f("uq_situation_key_situation_id")),
        comment="One data key per situation seals what never leaves the 119 (P5).",
    )
    op.create_index("ix_situation_key_kek_version", "situation_key", ["kek_version"], unique=False)
    # The bytes of what was written in the clear stay until `migrate` seals them (loaders/sealed/in_the_clear.py), because no
    # migration holds the keys; until then the checks refuse every new value in the clear, and no old one.
    for table, column in _SEALED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING convert_to({column}, 'UTF8')")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column}_sealed "
            f"CHECK (octet_length({column}) >= 29 AND get_byte({column}, 0) = 1) NOT VALID"
        )
        clear = op.get_bind().exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table} WHERE {column} IS NOT NULL)")
        if not clear.scalar():
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{column}_sealed")
    _retention()


_INDEXES = (
    ("ix_disclosure_duty", "disclosure", "duty_id", True),
    ("ix_sharing_grant_duty", "sharing_grant", "duty_id", False),
    ("ix_concern_report_complements", "concern_report", "complements_report_id", True),
    ("ix_concern_report_origin_contact", "concern_report", "origin_contact_id", True),
    ("ix_referral_minor", "referral", "minor_id", False),
    ("ix_problematic_minor", "problematic", "minor_id", True),
    ("ix_sensitive_problematic_minor", "sensitive_problematic", "minor_id", True),
    ("ix_exploitation_fact_minor", "exploitation_fact", "minor_id", True),
)


def _retention() -> None:
    op.add_column(
        "retention_job",
        sa.Column(
            "held_back",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="How many were due and blocked by a legal hold.",
        ),
    )
    op.alter_column("retention_job", "proof", comment="SHA-256 chained over the ids of every batch; holds no person.")
    op.create_table(
        "legal_hold",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation that has to be kept."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller who holds it."),
        sa.Column("placed_by_id", sa.UUID(), nullable=True, comment="Who placed it."),
        sa.Column("lifted_by_id", sa.UUID(), nullable=True, comment="Who lifted it."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it has to be kept: a procedure, a complaint."),
        sa.Column(
            "placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="From."
        ),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True, comment="Until; null while it holds."),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_legal_hold_situation_id")),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_legal_hold_controller_org_id")
        ),
        sa.ForeignKeyConstraint(["placed_by_id"], ["member.id"], name=op.f("fk_legal_hold_placed_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["member.id"], name=op.f("fk_legal_hold_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        comment="While it holds, no retention rule touches the situation.",
    )
    op.create_index(op.f("ix_legal_hold_situation_id"), "legal_hold", ["situation_id"], unique=False)
    op.create_index(op.f("ix_legal_hold_controller_org_id"), "legal_hold", ["controller_org_id"], unique=False)
    op.create_table(
        "case_archive",
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it became INTERMEDIATE.",
        ),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_case_archive_situation_id")),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_case_archive")),
        comment="Since when a situation is in intermediate archiving.",
    )
    for name, table, column, partial in _INDEXES:
        where = sa.text(f"{column} IS NOT NULL") if partial else None
        op.create_index(name, table, [column], unique=False, postgresql_where=where)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("What was sealed is not put back in the clear.")
