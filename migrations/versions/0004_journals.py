"""The log by situation, the chain of the ledger, the seals over both.

Revision: 0004, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "chain_sealed",
        sa.Column("writer_id", sa.UUID(), nullable=False, comment="The chain."),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="Up to where it is sealed."),
        sa.Column(
            "listed",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Up to where it is listed by situation.",
        ),
        sa.PrimaryKeyConstraint("writer_id", name=op.f("pk_chain_sealed")),
        comment="How far each chain of the access log is sealed: a note to ourselves, proved by the seals.",
    )
    op.create_table(
        "journal_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False, comment="Leaf index, from 0."),
        sa.Column(
            "body", postgresql.BYTEA(), nullable=False, comment="The leaf: heads of chains, or the proof of a purge."
        ),
        sa.Column(
            "frontier", postgresql.BYTEA(), nullable=False, comment="Hashes of the tree's right edge after this leaf."
        ),
        sa.Column(
            "checkpoint",
            sa.Text(),
            nullable=True,
            comment="Signed note of the tree after this leaf, on the last leaf of a sealing.",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_seal")),
        comment="Seals over access log and disclosure ledger, and the checkpoints that witnesses keep.",
    )
    op.create_table(
        "ledger_link",
        sa.Column("disclosure_id", sa.UUID(), nullable=False, comment="The line of the ledger."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="Whose chain."),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="Place in the chain, from 1; it would tell how many lines there are.",
        ),
        sa.Column("prev", postgresql.BYTEA(), nullable=False, comment="Hash of the line before."),
        sa.Column("hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 over prev and the line."),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_ledger_link")),
        sa.UniqueConstraint("situation_id", "seq", name=op.f("uq_ledger_link_situation_id_seq")),
        comment="Hash chain of the disclosure ledger, one per situation.",
    )
    op.create_table(
        "ledger_unsealed",
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="Whose chain."),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="Its newest place; 0 once the chain has ended with its case.",
        ),
        sa.Column("hash", postgresql.BYTEA(), nullable=False, comment="Hash of its newest line."),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_ledger_unsealed")),
        comment="Chains of the ledger that moved since the last seal.",
    )
    op.create_table(
        "case_access",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation that was read or written."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The owner of the case, who reads this."),
        sa.Column("organisation_id", sa.UUID(), nullable=True, comment="For which organisation."),
        sa.Column(
            "member_id", sa.UUID(), nullable=True, comment="By whom: never shown, resolved by an act of its own."
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it was asked for."),
        sa.Column("event", sa.Text(), nullable=False, comment="READ, COMMAND or REFUSAL."),
        sa.Column("outcome", sa.Text(), nullable=False, comment="OK or the code of the refusal."),
        sa.Column("trace_id", sa.Text(), nullable=False, comment="Trace of the request."),
        sa.Column(
            "reader",
            sa.Text(),
            nullable=True,
            comment="Pseudonym of the person: the same within one situation, another in every other.",
        ),
        sa.Column("audience", sa.Text(), nullable=False, comment="Under which role."),
        sa.Column("purpose", sa.Text(), nullable=True, comment="For which purpose."),
        sa.Column("operation", sa.Text(), nullable=True, comment="Root field or command."),
        sa.Column(
            "categories", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Categories read."
        ),
        sa.Column(
            "conditional",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Categories asked for that depended on conditions.",
        ),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_case_access_situation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_access")),
        comment="Who accessed which situation: the access log as the owner of a case reads it.",
    )
    op.create_index(
        "ix_case_access_at", "case_access", [sa.literal_column("at DESC"), sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_case_access_organisation_at",
        "case_access",
        ["organisation_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_case_access_situation_at",
        "case_access",
        ["situation_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
