"""Tools are listed with their keys, secrets and last call; a tool that cannot sign may have secrets, by decision.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# RFC 7638: the members that make the key, in this order and without a blank.
_THUMBPRINT = """
UPDATE client_key SET thumbprint = translate(rtrim(encode(sha256(convert_to(CASE public_jwk ->> 'kty'
  WHEN 'EC' THEN format('{"crv":"%s","kty":"EC","x":"%s","y":"%s"}',
                        public_jwk ->> 'crv', public_jwk ->> 'x', public_jwk ->> 'y')
  WHEN 'OKP' THEN format('{"crv":"%s","kty":"OKP","x":"%s"}', public_jwk ->> 'crv', public_jwk ->> 'x')
  ELSE format('{"e":"%s","kty":"RSA","n":"%s"}', public_jwk ->> 'e', public_jwk ->> 'n')
END, 'UTF8')), 'base64'), '='), '+/', '-_')"""
_OWNER = "UPDATE client_key k SET organisation_id = c.organisation_id FROM oauth_client c WHERE c.id = k.client_id"
_WORDS = "auth_method IN ('PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC')"
_NO_PERSONS = (
    "auth_method <> 'CLIENT_SECRET_BASIC' OR (grants <@ ARRAY['client_credentials'] AND accepted_acr = '{}' "
    "AND NOT bearer_for_persons AND jwks_uri IS NULL)"
)


def upgrade() -> None:
    """Apply."""
    op.drop_constraint(op.f("ck_oauth_client_auth_method_known"), "oauth_client", type_="check")
    op.execute("UPDATE oauth_client SET auth_method = upper(auth_method)")
    op.alter_column("oauth_client", "auth_method", server_default="PRIVATE_KEY_JWT")
    op.create_check_constraint(op.f("ck_oauth_client_auth_method_known"), "oauth_client", _WORDS)
    op.add_column(
        "oauth_client",
        sa.Column(
            "secret_allowed_by_id",
            sa.UUID(),
            nullable=True,
            comment="Which administrator decided that it has secrets; another person makes them.",
        ),
    )
    op.create_foreign_key(
        op.f("fk_oauth_client_secret_allowed_by_id"), "oauth_client", "member", ["secret_allowed_by_id"], ["id"]
    )
    op.add_column(
        "oauth_client",
        sa.Column(
            "last_call_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it called last, to the minute: a token, a question or a stream.",
        ),
    )
    op.create_check_constraint(op.f("ck_oauth_client_secret_without_persons"), "oauth_client", _NO_PERSONS)

    op.add_column(
        "client_key",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: a kid is the organisation's word, and unique within its tool only.",
        ),
    )
    op.create_unique_constraint(op.f("uq_client_key_id"), "client_key", ["id"])
    op.add_column("client_key", sa.Column("organisation_id", sa.UUID(), nullable=True, comment="Whose tool has it."))
    op.add_column(
        "client_key",
        sa.Column(
            "thumbprint",
            sa.Text(),
            nullable=True,
            comment="RFC 7638 thumbprint of the public key, as both sides compute it.",
        ),
    )
    op.execute(_OWNER)
    op.execute(_THUMBPRINT)
    op.alter_column("client_key", "organisation_id", nullable=False)
    op.alter_column("client_key", "thumbprint", nullable=False)
    op.create_foreign_key(
        op.f("fk_client_key_organisation_id"), "client_key", "organisation", ["organisation_id"], ["id"]
    )

    op.create_table(
        "client_secret",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random id; the secret begins with it, so that one hash is tried and no other.",
        ),
        sa.Column("client_id", sa.Text(), nullable=False, comment="Whose secret."),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose tool has it."),
        sa.Column(
            "hash",
            sa.Text(),
            nullable=False,
            comment="argon2id of the secret, which nobody has seen but who was given it.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was made.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Refused from then on, a year after it was made at the latest.",
        ),
        sa.Column(
            "allowed_by_id",
            sa.UUID(),
            nullable=False,
            comment="Which administrator decided that the tool has secrets.",
        ),
        sa.Column("added_by_id", sa.UUID(), nullable=False, comment="Who made it."),
        sa.CheckConstraint("hash LIKE '$argon2id$%'", name=op.f("ck_client_secret_secret_is_hashed")),
        sa.CheckConstraint("allowed_by_id <> added_by_id", name=op.f("ck_client_secret_four_eyes")),
        sa.CheckConstraint(
            "expires_at <= created_at + interval '366 days'", name=op.f("ck_client_secret_a_year_at_most")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["oauth_client.id"], name=op.f("fk_client_secret_client_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_client_secret_organisation_id")
        ),
        sa.ForeignKeyConstraint(["allowed_by_id"], ["member.id"], name=op.f("fk_client_secret_allowed_by_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["member.id"], name=op.f("fk_client_secret_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
        comment="Secrets of tools that cannot sign; two may overlap while one replaces the other.",
    )
    op.create_index(op.f("ix_client_secret_client_id"), "client_secret", ["client_id"])
