"""Trusted documents by organisation.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trusted_document",
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose tools ask it."),
        sa.Column(
            "hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of the text, in hexadecimal: what a tool sends instead of it.",
        ),
        sa.Column("document", sa.Text(), nullable=False, comment="The text; it names fields, never a person."),
        sa.Column(
            "registered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was registered.",
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="From then on it is refused."),
        sa.CheckConstraint(
            "hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')",
            name=op.f("ck_trusted_document_hash_of_the_text"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_trusted_document_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "hash", name=op.f("pk_trusted_document")),
        comment="Trusted documents, by organisation and hash; a retired one stays, because the access log names its hash.",
    )
