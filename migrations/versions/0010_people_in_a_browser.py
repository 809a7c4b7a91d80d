"""People in a browser: providers, invitations, whom a provider knows, sessions.

Revision: 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _providers()
    _invitations()
    _identities()
    _sessions()


def _providers() -> None:
    op.create_table(
        "idp",
        sa.Column("id", sa.Text(), nullable=False, comment="Its name in our addresses."),
        sa.Column("name", sa.Text(), nullable=False, comment="What the sign-in page calls it."),
        sa.Column("issuer", sa.Text(), nullable=False, comment="Its issuer identifier, compared to the letter."),
        sa.Column("client_id", sa.Text(), nullable=False, comment="What it calls us."),
        sa.Column(
            "sealed_client_secret",
            postgresql.BYTEA(),
            nullable=True,
            comment="Our secret there, sealed under a key of the settings.",
        ),
        sa.Column(
            "organisation_id",
            sa.UUID(),
            nullable=True,
            comment="The only organisation whose people it may vouch for; none: ProConnect.",
        ),
        sa.Column("scope", sa.Text(), nullable=False, comment="What is asked for."),
        sa.Column(
            "accepted_acr",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Sign-in levels that count as two factors: one of them is required.",
        ),
        sa.Column(
            "signed_userinfo",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="It signs what it says about a person (ProConnect does).",
        ),
        sa.Column(
            "retired", sa.Boolean(), server_default="false", nullable=False, comment="Nobody signs in there any more."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was added.",
        ),
        sa.CheckConstraint("cardinality(accepted_acr) > 0", name=op.f("ck_idp_asks_for_two_factors")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_idp_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idp")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_idp_issuer_client_id")),
        comment="OpenID providers that may say who a person is; what a person may do stands in our own tables.",
    )
    op.create_index("ix_idp_organisation_id", "idp", ["organisation_id"], unique=False)
    op.create_check_constraint(op.f("ck_idp_id_shape"), "idp", "id ~ '^[a-z][a-z0-9-]{1,39}$'")


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Which organisation invites."),
        sa.Column(
            "member_id",
            sa.UUID(),
            nullable=True,
            comment="The member it becomes; filled at the first sign-in unless they are one already.",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name of the person."),
        sa.Column("email", sa.Text(), nullable=False, comment="Professional address that the provider has to confirm."),
        sa.Column("role", sa.Text(), nullable=False, comment="Role of the habilitation it gives."),
        sa.Column("secrecy_basis", sa.Text(), nullable=True, comment="Why this person is bound by secrecy."),
        sa.Column("code_hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 of the code in their hands."),
        sa.Column("invited_by_id", sa.UUID(), nullable=True, comment="Who invited; none for the command line."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was written.",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Until when it can be used."),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="When it was."),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="When it was taken back."),
        sa.CheckConstraint("expires_at <= created_at + interval '30 days'", name=op.f("ck_invitation_a_month_at_most")),
        sa.CheckConstraint("octet_length(code_hash) = 32", name=op.f("ck_invitation_code_is_hashed")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["member.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invitation_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
        comment="Somebody may become a member: by a code, and by a provider that confirms their address.",
    )
    op.create_index(op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False)
    op.create_check_constraint(
        op.f("ck_invitation_role_known"),
        "invitation",
        "role IN ('LIS', 'SUP', 'ANA', 'CRI', 'ASE', 'ASM', 'ASO', 'COO', 'DEL', 'ADM', 'DPO', 'ONP')",
    )
    op.create_check_constraint(
        op.f("ck_invitation_secrecy_basis_known"),
        "invitation",
        "secrecy_basis IN ('FUNCTION_ASE_L221_6', 'SNATED', 'PROFESSION', 'MISSION')",
    )


def _identities() -> None:
    op.create_table(
        "member_identity",
        sa.Column("idp_id", sa.Text(), nullable=False, comment="Which provider."),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="What it calls this person; never an address or a name."
        ),
        sa.Column("member_id", sa.UUID(), nullable=False, comment="Who that is here."),
        sa.Column(
            "linked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="First sign-in.",
        ),
        sa.ForeignKeyConstraint(["idp_id"], ["idp.id"], name=op.f("fk_member_identity_idp_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_identity_member_id")),
        sa.PrimaryKeyConstraint("idp_id", "subject", name=op.f("pk_member_identity")),
        comment="Whom a provider knows: written once, at the first sign-in, from an invitation.",
    )
    op.create_index(op.f("ix_member_identity_member_id"), "member_identity", ["member_id"], unique=False)


def _sessions() -> None:
    op.create_table(
        "web_session",
        sa.Column(
            "digest", postgresql.BYTEA(), nullable=False, comment="SHA-256 of its id, which is in the browser only."
        ),
        sa.Column("member_id", sa.UUID(), nullable=False, comment="Who is signed in."),
        sa.Column("idp_id", sa.Text(), nullable=True, comment="Who vouched; none in the demonstration."),
        sa.Column(
            "token_id",
            sa.Text(),
            nullable=True,
            comment="The access it stands on, under the chosen habilitation; none until one is chosen.",
        ),
        sa.Column("acr", sa.Text(), nullable=True, comment="How they signed in."),
        sa.Column(
            "sealed_id_token",
            postgresql.BYTEA(),
            nullable=True,
            comment="The provider's ID token, sealed: signing out there asks for it.",
        ),
        sa.Column(
            "signed_in_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Sign-in.",
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Last use, to the minute.",
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="End, however busy it is."),
        sa.CheckConstraint(
            "ends_at <= signed_in_at + interval '8 hours'", name=op.f("ck_web_session_eight_hours_at_most")
        ),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_web_session_id_is_hashed")),
        sa.ForeignKeyConstraint(["idp_id"], ["idp.id"], name=op.f("fk_web_session_idp_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_web_session_member_id")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["oauth_token.id"], name=op.f("fk_web_session_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_id", name=op.f("uq_web_session_token_id")),
        comment="People signed in: a row is a session, and a session without a row is none.",
    )
    op.create_index(op.f("ix_web_session_member_id"), "web_session", ["member_id"], unique=False)
    op.create_index("ix_web_session_seen_at", "web_session", ["seen_at"], unique=False)
