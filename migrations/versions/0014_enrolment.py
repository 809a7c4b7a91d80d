"""Organisations come in by a code, keys of their own and a second administrator; signing keys can be dropped.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ADMITTED = """\
CREATE FUNCTION organisation_is_admitted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  IF EXISTS (SELECT FROM public.admission a WHERE a.organisation_id = NEW.id AND a.approved_by_id IS NULL) THEN
    RAISE EXCEPTION 'a second administrator has not let this organisation in' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "enrolment",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("client_id", sa.Text(), nullable=False, comment="Whose keys are awaited."),
        sa.Column(
            "code_hash",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the code, which we never see before it is used.",
        ),
        sa.Column("created_by_id", sa.UUID(), nullable=False, comment="Which administrator gave the code."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was given.",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Until when it can be used."),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="When the organisation sent its keys."),
        sa.Column(
            "offered_keys",
            postgresql.JSON(astext_type=sa.Text()),
            nullable=True,
            comment="The public keys it sent, each proven.",
        ),
        sa.Column("offered_jwks_uri", sa.Text(), nullable=True, comment="Where it publishes them, if it does."),
        sa.Column("fingerprint", sa.Text(), nullable=True, comment="What both sides compare before the approval."),
        sa.Column("approved_by_id", sa.UUID(), nullable=True, comment="Which other administrator approved the keys."),
        sa.Column(
            "approved_at", sa.DateTime(timezone=True), nullable=True, comment="When: from then on the keys count."
        ),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="When another code took its place."
        ),
        sa.CheckConstraint(
            "expires_at <= created_at + interval '7 days'", name=op.f("ck_enrolment_seven_days_at_most")
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL) AND (approved_at IS NULL OR used_at IS NOT NULL)",
            name=op.f("ck_enrolment_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "(used_at IS NULL) = (offered_keys IS NULL) AND (used_at IS NULL) = (fingerprint IS NULL)",
            name=op.f("ck_enrolment_used_with_keys"),
        ),
        sa.CheckConstraint("approved_by_id <> created_by_id", name=op.f("ck_enrolment_four_eyes")),
        sa.CheckConstraint("octet_length(code_hash) = 32", name=op.f("ck_enrolment_code_is_hashed")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_enrolment_approved_by_id")),
        sa.ForeignKeyConstraint(["client_id"], ["oauth_client.id"], name=op.f("fk_enrolment_client_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_enrolment_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_enrolment_code_hash")),
        comment="One-time codes by which an organisation registers the keys of a tool; two administrators for each.",
    )
    op.create_index(op.f("ix_enrolment_client_id"), "enrolment", ["client_id"], unique=False)
    op.add_column(
        "oauth_client",
        sa.Column(
            "jwks_uri",
            sa.Text(),
            nullable=True,
            comment="Where its keys are, if it publishes them; else they are in client_key.",
        ),
    )
    op.create_check_constraint(op.f("ck_oauth_client_jwks_uri_is_https"), "oauth_client", "jwks_uri ~ '^https://'")
    op.create_table(
        "admission",
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Which organisation."),
        sa.Column("created_by_id", sa.UUID(), nullable=False, comment="Which administrator asked it in."),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."
        ),
        sa.Column("approved_by_id", sa.UUID(), nullable=True, comment="Which other administrator let it in."),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True, comment="When."),
        sa.CheckConstraint("approved_by_id <> created_by_id", name=op.f("ck_admission_four_eyes")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_admission_approved_by_somebody")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_admission_organisation_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_admission_created_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_admission_approved_by_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_admission")),
        comment="How an organisation came into the network: two administrators; the founders have no row.",
    )
    op.execute(_ADMITTED)
    op.execute(
        "CREATE TRIGGER admitted BEFORE INSERT OR UPDATE OF status ON organisation FOR EACH ROW "
        "WHEN (NEW.status IN ('ACTIVE', 'SUSPENDED')) EXECUTE FUNCTION organisation_is_admitted()"
    )
    op.drop_constraint(op.f("ck_signing_key_state_known"), "signing_key", type_="check")
    op.drop_constraint(op.f("ck_signing_key_retired_has_a_date"), "signing_key", type_="check")
    op.create_check_constraint(
        op.f("ck_signing_key_state_known"), "signing_key", "state IN ('next', 'active', 'retired', 'dropped')"
    )
    op.create_check_constraint(
        op.f("ck_signing_key_retired_has_a_date"),
        "signing_key",
        "(state IN ('retired', 'dropped')) = (retired_at IS NOT NULL)",
    )
    op.create_index(
        "uq_signing_key_next", "signing_key", ["state"], unique=True, postgresql_where=sa.text("state = 'next'")
    )
    op.alter_column(
        "signing_key",
        "state",
        comment="next is published, active signs, retired is published until its last token has expired, dropped is not.",
    )
    op.alter_column("signing_key", "retired_at", comment="When another key took over, or this one was compromised.")
