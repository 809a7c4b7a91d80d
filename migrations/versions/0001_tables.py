"""All tables of the data model.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "access_log",
        sa.Column("writer_id", sa.UUID(), nullable=False, comment="One chain per writer process."),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="Place in the writer's chain, from 1."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When the read was asked for."),
        sa.Column("event", sa.Text(), nullable=False, comment="READ, COMMAND or REFUSAL."),
        sa.Column("outcome", sa.Text(), nullable=False, comment="OK or the code of the refusal."),
        sa.Column("trace_id", sa.Text(), nullable=False, comment="Trace of the request."),
        sa.Column("organisation_id", sa.UUID(), nullable=True, comment="For which organisation."),
        sa.Column("client_id", sa.Text(), nullable=True, comment="By which of its tools."),
        sa.Column("member_id", sa.UUID(), nullable=True, comment="By which person, under their pseudonymous id."),
        sa.Column("audience", sa.Text(), nullable=False, comment="Under which role."),
        sa.Column("purpose", sa.Text(), nullable=True, comment="For which purpose."),
        sa.Column("operation", sa.Text(), nullable=True, comment="Root field or command."),
        sa.Column("document_hash", sa.Text(), nullable=True, comment="SHA-256 of the document; never its text."),
        sa.Column(
            "situations", postgresql.JSON(astext_type=sa.Text()), nullable=True, comment="Ids of the situations read."
        ),
        sa.Column(
            "categories", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Categories read."
        ),
        sa.Column(
            "withheld",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Categories asked for and conditional.",
        ),
        sa.Column("prev", postgresql.BYTEA(), nullable=False, comment="Hash of the record before."),
        sa.Column("hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 over prev and this record."),
        sa.PrimaryKeyConstraint("writer_id", "seq", "at", name=op.f("pk_access_log")),
        comment="Who read what, when: append-only, hash-chained, no values.",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_access_log_organisation_at", "access_log", ["organisation_id", sa.literal_column("at DESC")], unique=False
    )
    op.create_table(
        "actor",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name of the partner body."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        comment="A body met in working sessions.",
    )
    op.create_table(
        "authority",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("code", sa.Text(), nullable=False, comment="Stable code: 59, 69M, 69D, 2A+2B."),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="Name of the departmental council or what stands in its place."
        ),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="Departmental council, metropolis or single collectivity."
        ),
        sa.Column("timezone", sa.Text(), nullable=False, comment="IANA zone in which its deadlines are counted."),
        sa.Column(
            "ack_working_days",
            sa.Integer(),
            server_default="2",
            nullable=False,
            comment="Target: working days to acknowledge an IP.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
        sa.UniqueConstraint("code", name=op.f("uq_authority_code")),
        comment="Who answers for child protection (CASF L226-3): about 100 for 101 departments.",
    )
    op.create_table(
        "awareness_event",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("held_on", sa.Date(), nullable=False, comment="Day."),
        sa.Column("title", sa.Text(), nullable=False, comment="Title."),
        sa.Column("participants", sa.Integer(), nullable=False, comment="Professionals reached."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awareness_event")),
        comment="An intervention before professionals.",
    )
    op.create_table(
        "conclusion_label",
        sa.Column("code", sa.Text(), nullable=False, comment="Conclusion."),
        sa.Column("label", sa.Text(), nullable=False, comment="French label."),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_conclusion_label")),
        comment="Conclusions as a table: the real list is to be confirmed with the departments.",
    )
    op.create_table(
        "department",
        sa.Column("code", sa.Text(), nullable=False, comment="Official code: 01 to 95, 2A, 2B, 971 to 974, 976."),
        sa.Column("name", sa.Text(), nullable=False, comment="Official name."),
        sa.Column("region_code", sa.Text(), nullable=False, comment="Official code of the region."),
        sa.Column("region_name", sa.Text(), nullable=False, comment="Official name of the region."),
        sa.Column(
            "timezone", sa.Text(), nullable=False, comment="IANA zone of civil time: deadlines end at its midnight."
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
        comment="The 101 departments (96 metropolitan, 5 overseas). A place, not an authority.",
    )
    op.create_table(
        "oauth_jti",
        sa.Column("digest", postgresql.BYTEA(), nullable=False, comment="SHA-256 of kind, subject and jti."),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="From then on the assertion is refused for its age.",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_oauth_jti")),
        comment="Assertions already used: each passes once.",
    )
    op.create_index("ix_oauth_jti_expires_at", "oauth_jti", ["expires_at"], unique=False)
    op.create_table(
        "official_code",
        sa.Column("list", sa.Text(), nullable=False, comment="Name of the list (TRANSIP, MOTIFSIG, ...)."),
        sa.Column("code", sa.Text(), nullable=False, comment="Code."),
        sa.Column("label", sa.Text(), nullable=False, comment="French label."),
        sa.PrimaryKeyConstraint("list", "code", name=op.f("pk_official_code")),
        comment="Official lists of CASF annexe 2-8.",
    )
    op.create_table(
        "outbox",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When, inside the command's transaction.",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="What happened, as a coarse word."),
        sa.Column("situation_id", sa.UUID(), nullable=True, comment="The situation, if any."),
        sa.Column("subject_id", sa.UUID(), nullable=False, comment="The row that changed."),
        sa.Column(
            "audiences",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Kinds of organisations that may be concerned.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        comment="Events to deliver: ids only; receivers read again under their own rights.",
    )
    op.create_index("ix_outbox_at", "outbox", ["at"], unique=False)
    op.create_table(
        "podcast_episode",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Number of the episode."),
        sa.Column("title", sa.Text(), nullable=False, comment="Title."),
        sa.Column("published_on", sa.Date(), nullable=False, comment="Day."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_podcast_episode")),
        sa.UniqueConstraint("number", name=op.f("uq_podcast_episode_number")),
        comment="A podcast episode.",
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False, comment="RFC 7638 thumbprint of the public key."),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="next is published, active signs, retired is published until its last token has expired.",
        ),
        sa.Column("public_jwk", postgresql.JSON(astext_type=sa.Text()), nullable=False, comment="Public key as JWK."),
        sa.Column(
            "sealed_private_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="Private key, sealed under a key of the settings.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was made.",
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="When another key took over."),
        sa.CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)", name=op.f("ck_signing_key_retired_has_a_date")
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        comment="Keys that sign access tokens.",
    )
    op.create_index(
        "uq_signing_key_active", "signing_key", ["state"], unique=True, postgresql_where=sa.text("state = 'active'")
    )
    op.create_table(
        "survey_campaign",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("target", sa.Text(), nullable=False, comment="Which of the four questionnaires."),
        sa.Column("title", sa.Text(), nullable=False, comment="Title."),
        sa.Column("opened_on", sa.Date(), nullable=False, comment="First day."),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="Last day."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_campaign")),
        comment="A questionnaire sent to services.",
    )
    op.create_table(
        "working_session",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("held_on", sa.Date(), nullable=False, comment="Day."),
        sa.Column("subject", sa.Text(), nullable=False, comment="Subject."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_session")),
        comment="A working session (temps de travail).",
    )
    op.create_table(
        "authority_department",
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority."),
        sa.Column("department_code", sa.Text(), nullable=False, comment="A department it answers for."),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_authority_department_authority_id")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_authority_department_department_code")
        ),
        sa.PrimaryKeyConstraint("authority_id", "department_code", name=op.f("pk_authority_department")),
        comment="n:m: Rhone has two authorities, Corsica is one for two departments.",
    )
    op.create_index(
        op.f("ix_authority_department_department_code"), "authority_department", ["department_code"], unique=False
    )
    op.create_table(
        "organisation",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Public name."),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="DLPM, CRIP, ASE, FOYER, ASSOCIATION, OBSERVATORY or OPERATOR."
        ),
        sa.Column(
            "authority_id",
            sa.UUID(),
            nullable=True,
            comment="The authority whose service it is (CRIP, ASE), else null.",
        ),
        sa.Column("mandate_kind", sa.Text(), nullable=True, comment="Hard ceiling of what an association may receive."),
        sa.Column("convention_ref", sa.Text(), nullable=True, comment="Reference of the convention or agreement."),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="First day of the convention."),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="Last day of the convention."),
        sa.Column(
            "territories",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Department codes where it works.",
        ),
        sa.Column(
            "sirets",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="SIRET numbers (a department has several).",
        ),
        sa.Column(
            "status",
            sa.Text(),
            server_default="ACTIVE",
            nullable=False,
            comment="Only ACTIVE organisations get tokens.",
        ),
        sa.Column(
            "epoch",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Raised at each suspension: tokens issued before are dead.",
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_organisation_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        comment="A partner of the network: each is a controller of its own rows.",
    )
    op.create_index(op.f("ix_organisation_authority_id"), "organisation", ["authority_id"], unique=False)
    op.create_index("ix_organisation_kind_authority", "organisation", ["kind", "authority_id"], unique=False)
    op.create_table(
        "working_session_actor",
        sa.Column("session_id", sa.UUID(), nullable=False, comment="The session."),
        sa.Column("actor_id", sa.UUID(), nullable=False, comment="Who took part."),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_working_session_actor_actor_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["working_session.id"], name=op.f("fk_working_session_actor_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "actor_id", name=op.f("pk_working_session_actor")),
        comment="n:m between sessions and actors.",
    )
    op.create_index(op.f("ix_working_session_actor_actor_id"), "working_session_actor", ["actor_id"], unique=False)
    op.create_table(
        "member",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Employer."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name, shown to the delegate and the administrator only."),
        sa.Column(
            "email", sa.Text(), nullable=True, comment="Professional address; unique inside its organisation only."
        ),
        sa.Column("status", sa.Text(), server_default="ACTIVE", nullable=False, comment="Only ACTIVE members act."),
        sa.Column(
            "epoch",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Raised at suspension: tokens issued before are dead.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the organisation added them.",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_member_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        comment="A named person of an organisation.",
    )
    op.create_index(op.f("ix_member_organisation_id"), "member", ["organisation_id"], unique=False)
    op.create_table(
        "oauth_client",
        sa.Column("id", sa.Text(), nullable=False, comment="Public client identifier."),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose tool."),
        sa.Column("name", sa.Text(), nullable=False, comment="What its organisation calls it."),
        sa.Column(
            "auth_method",
            sa.Text(),
            server_default="private_key_jwt",
            nullable=False,
            comment="How it proves who it is.",
        ),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="What it may ask for at most.",
        ),
        sa.Column(
            "grants",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Grant types it may use: client_credentials, the JWT bearer grant.",
        ),
        sa.Column(
            "accepted_acr",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Sign-in levels (two factors) that its assertions about persons may claim.",
        ),
        sa.Column(
            "legacy_aud",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="Its client assertions may name the token endpoint instead of the issuer.",
        ),
        sa.Column(
            "status", sa.Text(), server_default="ACTIVE", nullable=False, comment="Only ACTIVE clients get tokens."
        ),
        sa.Column(
            "epoch",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Raised at suspension: tokens issued before are dead.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was registered.",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_oauth_client_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_client")),
        comment="A tool of an organisation that asks for tokens.",
    )
    op.create_index(op.f("ix_oauth_client_organisation_id"), "oauth_client", ["organisation_id"], unique=False)
    op.create_table(
        "resource_card",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose resource."),
        sa.Column("title", sa.Text(), nullable=False, comment="What it offers."),
        sa.Column("description", sa.Text(), nullable=True, comment="For whom, how to reach it."),
        sa.Column(
            "territories",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Department codes served.",
        ),
        sa.Column(
            "audiences", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Publics received."
        ),
        sa.Column(
            "visibility",
            sa.Text(),
            server_default="NETWORK",
            nullable=False,
            comment="SECRET cards (shelters) are seen by their owner and the DLPM only.",
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True, comment="Last time somebody checked it."),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_resource_card_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_card")),
        comment="Cartography: a local resource.",
    )
    op.create_index(op.f("ix_resource_card_organisation_id"), "resource_card", ["organisation_id"], unique=False)
    op.create_table(
        "retention_job",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="Whose rows."),
        sa.Column("rule", sa.Text(), nullable=False, comment="Which rule of the retention table."),
        sa.Column(
            "ran_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."
        ),
        sa.Column("rows_changed", sa.BigInteger(), server_default="0", nullable=False, comment="How many rows."),
        sa.Column("proof", sa.Text(), nullable=True, comment="Hash of what was done."),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_retention_job_controller_org_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_job")),
        comment="A run of a retention rule.",
    )
    op.create_index(op.f("ix_retention_job_controller_org_id"), "retention_job", ["controller_org_id"], unique=False)
    op.create_table(
        "survey_response",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("campaign_id", sa.UUID(), nullable=False, comment="The campaign."),
        sa.Column("organisation_id", sa.UUID(), nullable=True, comment="Who answered."),
        sa.Column("department_code", sa.Text(), nullable=False, comment="Department of the service."),
        sa.Column("confronted", sa.Text(), nullable=False, comment="Confronted with exploitation of minors."),
        sa.Column("needs", sa.Text(), nullable=True, comment="Needs named."),
        sa.Column("resources", sa.Text(), nullable=True, comment="Resources named."),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["survey_campaign.id"], name=op.f("fk_survey_response_campaign_id")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_survey_response_department_code")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_survey_response_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        comment="One answer of one service; never shown to another department.",
    )
    op.create_index(op.f("ix_survey_response_campaign_id"), "survey_response", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_survey_response_organisation_id"), "survey_response", ["organisation_id"], unique=False)
    op.create_table(
        "client_key",
        sa.Column("client_id", sa.Text(), nullable=False, comment="Whose key."),
        sa.Column("kid", sa.Text(), nullable=False, comment="Name of the key, chosen by the organisation."),
        sa.Column(
            "public_jwk",
            postgresql.JSON(astext_type=sa.Text()),
            nullable=False,
            comment="Public key as JWK; the private part never leaves its owner.",
        ),
        sa.Column(
            "not_before",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Unknown before.",
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="Refused from then on."),
        sa.Column("added_by_id", sa.UUID(), nullable=True, comment="Who added it."),
        sa.Column("approved_by_id", sa.UUID(), nullable=True, comment="Who approved it."),
        sa.CheckConstraint("approved_by_id <> added_by_id", name=op.f("ck_client_key_four_eyes")),
        sa.ForeignKeyConstraint(["added_by_id"], ["member.id"], name=op.f("fk_client_key_added_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_client_key_approved_by_id")),
        sa.ForeignKeyConstraint(["client_id"], ["oauth_client.id"], name=op.f("fk_client_key_client_id")),
        sa.PrimaryKeyConstraint("client_id", "kid", name=op.f("pk_client_key")),
        comment="Public keys of clients; two may overlap while one replaces the other.",
    )
    op.create_table(
        "habilitation",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("member_id", sa.UUID(), nullable=False, comment="Whose."),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="For which organisation."),
        sa.Column("role", sa.Text(), nullable=False, comment="One role; two roles never add up."),
        sa.Column(
            "secrecy_basis",
            sa.Text(),
            nullable=True,
            comment="Why this person is bound by secrecy (CASF L221-6, CP 226-13).",
        ),
        sa.Column("state", sa.Text(), server_default="ACTIVE", nullable=False, comment="Only ACTIVE counts."),
        sa.Column("granted_by_id", sa.UUID(), nullable=True, comment="Who granted it."),
        sa.Column(
            "valid_from", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="Start."
        ),
        sa.Column(
            "valid_to", sa.DateTime(timezone=True), nullable=False, comment="End, at most 12 months after the start."
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Set when ended early."),
        sa.CheckConstraint(
            "valid_to <= valid_from + interval '12 months 1 day'", name=op.f("ck_habilitation_twelve_months")
        ),
        sa.ForeignKeyConstraint(["granted_by_id"], ["member.id"], name=op.f("fk_habilitation_granted_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_habilitation_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_habilitation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation")),
        comment="One person, one organisation, one role, at most 12 months.",
    )
    op.create_index(op.f("ix_habilitation_member_id"), "habilitation", ["member_id"], unique=False)
    op.create_index("ix_habilitation_member_role", "habilitation", ["member_id", "role"], unique=False)
    op.create_index(op.f("ix_habilitation_organisation_id"), "habilitation", ["organisation_id"], unique=False)
    op.create_table(
        "situation",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column(
            "ref", sa.Text(), nullable=False, comment="Random reference said on the phone; not derived from the id."
        ),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller of this row (GDPR)."),
        sa.Column("assigned_member_id", sa.UUID(), nullable=True, comment="The DLPM listener in charge."),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the DLPM opened it.",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When it was closed."),
        sa.Column(
            "status",
            sa.Text(),
            server_default="OPEN",
            nullable=False,
            comment="Where it stands (domain state machine).",
        ),
        sa.Column(
            "urgency", sa.Text(), server_default="STANDARD", nullable=False, comment="How fast it must be handled."
        ),
        sa.Column(
            "retention_state",
            sa.Text(),
            server_default="ACTIVE",
            nullable=False,
            comment="ACTIVE, then INTERMEDIATE, then anonymised or deleted.",
        ),
        sa.Column(
            "qualification",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Pre-prostitutional, prostitutional, suspected.",
        ),
        sa.Column(
            "known_to_cp",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Already known to child protection.",
        ),
        sa.Column("known_source", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Who said so."),
        sa.ForeignKeyConstraint(["assigned_member_id"], ["member.id"], name=op.f("fk_situation_assigned_member_id")),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_situation_controller_org_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation")),
        sa.UniqueConstraint("ref", name=op.f("uq_situation_ref")),
        comment="What one or more contacts say about one or more minors.",
    )
    op.create_index(op.f("ix_situation_assigned_member_id"), "situation", ["assigned_member_id"], unique=False)
    op.create_index(op.f("ix_situation_controller_org_id"), "situation", ["controller_org_id"], unique=False)
    op.create_index(
        "ix_situation_opened",
        "situation",
        [sa.literal_column("opened_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "alleged_perpetrator",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column(
            "identifiers",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Names, phones, accounts.",
        ),
        sa.Column("relation", sa.Text(), nullable=True, comment="Link to the minor."),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_alleged_perpetrator_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alleged_perpetrator")),
        comment="Who is said to exploit.",
    )
    op.create_index(op.f("ix_alleged_perpetrator_situation_id"), "alleged_perpetrator", ["situation_id"], unique=False)
    op.create_table(
        "ase_link",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("ase_org_id", sa.UUID(), nullable=False, comment="The ASE service."),
        sa.Column("caseworker_id", sa.UUID(), nullable=True, comment="Its caseworker."),
        sa.Column("service_contact", sa.Text(), nullable=True, comment="Desk to call; no person's name."),
        sa.Column("state", sa.Text(), server_default="PROPOSED", nullable=False, comment="Where the link stands."),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the DLPM proposed it.",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="When the ASE answered."),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it ended."),
        sa.ForeignKeyConstraint(["ase_org_id"], ["organisation.id"], name=op.f("fk_ase_link_ase_org_id")),
        sa.ForeignKeyConstraint(["caseworker_id"], ["member.id"], name=op.f("fk_ase_link_caseworker_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_ase_link_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ase_link")),
        comment="Mise en lien with an ASE service.",
    )
    op.create_index(op.f("ix_ase_link_caseworker_id"), "ase_link", ["caseworker_id"], unique=False)
    op.create_index(
        "ix_ase_link_org_proposed",
        "ase_link",
        ["ase_org_id", sa.literal_column("proposed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_ase_link_situation_org", "ase_link", ["situation_id", "ase_org_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation it is about."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller of this row (GDPR)."),
        sa.Column("taken_by_id", sa.UUID(), nullable=True, comment="The listener who took it."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.Column(
            "channel",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Phone, chat, form, sign language, mail.",
        ),
        sa.Column("direction", sa.Text(), server_default="IN", nullable=False, comment="Incoming or outgoing."),
        sa.Column("outcome", sa.Text(), nullable=False, comment="What became of the call."),
        sa.Column(
            "caller_category",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Exact link: quasi-identity.",
        ),
        sa.Column(
            "caller_category_public",
            sa.Text(),
            server_default="UNDISCLOSED",
            nullable=False,
            comment="Coarse link, safe to transmit.",
        ),
        sa.ForeignKeyConstraint(["controller_org_id"], ["organisation.id"], name=op.f("fk_contact_controller_org_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_contact_situation_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["member.id"], name=op.f("fk_contact_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        comment="One exchange with the 119.",
    )
    op.create_index(
        "ix_contact_situation_at",
        "contact",
        ["situation_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_contact_situation_id"), "contact", ["situation_id"], unique=False)
    op.create_index(op.f("ix_contact_taken_by_id"), "contact", ["taken_by_id"], unique=False)
    op.create_table(
        "department_transfer",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("origin_authority_id", sa.UUID(), nullable=False, comment="From."),
        sa.Column("destination_authority_id", sa.UUID(), nullable=True, comment="To."),
        sa.Column("department_code", sa.Text(), nullable=True, comment="New department, when known."),
        sa.Column(
            "regime", sa.Text(), nullable=False, comment="IP under way, administrative or judicial (CASF R221-5)."
        ),
        sa.Column("state", sa.Text(), server_default="REQUESTED", nullable=False, comment="Where it stands."),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Asked.",
        ),
        sa.Column(
            "duty_at", sa.DateTime(timezone=True), nullable=True, comment="Parents informed, agreement, or override."
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True, comment="Sent."),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True, comment="Received."),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="Closed."),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_department_transfer_department_code")
        ),
        sa.ForeignKeyConstraint(
            ["destination_authority_id"], ["authority.id"], name=op.f("fk_department_transfer_destination_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_authority_id"], ["authority.id"], name=op.f("fk_department_transfer_origin_authority_id")
        ),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_department_transfer_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_transfer")),
        comment="A family moves (CASF L221-3).",
    )
    op.create_index(op.f("ix_department_transfer_situation_id"), "department_transfer", ["situation_id"], unique=False)
    op.create_table(
        "dlpm_action",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("target_org_id", sa.UUID(), nullable=True, comment="Toward whom."),
        sa.Column("kind", sa.Text(), nullable=False, comment="One of the five actions; a situation has several."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_dlpm_action_situation_id")),
        sa.ForeignKeyConstraint(["target_org_id"], ["organisation.id"], name=op.f("fk_dlpm_action_target_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dlpm_action")),
        comment="What the DLPM did.",
    )
    op.create_index(op.f("ix_dlpm_action_situation_id"), "dlpm_action", ["situation_id"], unique=False)
    op.create_table(
        "emergency_access",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="One situation."),
        sa.Column("member_id", sa.UUID(), nullable=False, comment="Who asked."),
        sa.Column("approved_by_id", sa.UUID(), nullable=True, comment="The second person."),
        sa.Column("reason_code", sa.Text(), nullable=False, comment="Why."),
        sa.Column("reason", sa.Text(), nullable=False, comment="In words."),
        sa.Column(
            "field_groups",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Categories opened; never G10, and G06 only for a second supervisor.",
        ),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="From."
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Until, at most 60 minutes."),
        sa.CheckConstraint("NOT ('G10' = ANY (field_groups))", name=op.f("ck_emergency_access_never_notes")),
        sa.CheckConstraint(
            "expires_at <= opened_at + interval '60 minutes'", name=op.f("ck_emergency_access_sixty_minutes")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> member_id", name=op.f("ck_emergency_access_two_people")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_emergency_access_approved_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_emergency_access_member_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_emergency_access_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
        comment="Break-glass and the two-person opening of a caller's identity.",
    )
    op.create_index(op.f("ix_emergency_access_member_id"), "emergency_access", ["member_id"], unique=False)
    op.create_index(op.f("ix_emergency_access_situation_id"), "emergency_access", ["situation_id"], unique=False)
    op.create_table(
        "information_duty",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("by_id", sa.UUID(), nullable=True, comment="Who informed or waived."),
        sa.Column("duty", sa.Text(), nullable=False, comment="Which duty."),
        sa.Column("person", sa.Text(), nullable=False, comment="Who was to be told."),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment="When they were told."),
        sa.Column("waiver", sa.Text(), nullable=True, comment="Why they were not."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Reason, in words."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When this was recorded.",
        ),
        sa.CheckConstraint("(done_at IS NULL) <> (waiver IS NULL)", name=op.f("ck_information_duty_done_or_waived")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_information_duty_by_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_information_duty_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_duty")),
        comment="Who was told what, when, or why not. Nobody is ever notified automatically.",
    )
    op.create_index(op.f("ix_information_duty_situation_id"), "information_duty", ["situation_id"], unique=False)
    op.create_table(
        "live_danger",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("place", sa.Text(), nullable=True, comment="Where she is in danger now."),
        sa.Column("ad_url", sa.Text(), nullable=True, comment="Advertisement."),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="Kept until then, at most 30 days."),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When recorded."
        ),
        sa.CheckConstraint("until <= at + interval '30 days'", name=op.f("ck_live_danger_thirty_days")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_live_danger_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_danger")),
        comment="A place and a time of danger; short-lived.",
    )
    op.create_index(op.f("ix_live_danger_situation_id"), "live_danger", ["situation_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority that answers for it."),
        sa.Column("organisation_id", sa.UUID(), nullable=True, comment="The organisation that carries it out."),
        sa.Column("caseworker_id", sa.UUID(), nullable=True, comment="The ASE caseworker."),
        sa.Column("decision", sa.Text(), nullable=False, comment="Administrative or judicial."),
        sa.Column("nature", sa.Text(), nullable=False, comment="NATPDECADM or NATDECASSED code of CASF annexe 2-8."),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="First day."),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day, or null."),
        sa.Column("caseworker", sa.Text(), nullable=True, comment="Who follows it, as the service names them."),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_measure_authority_id")),
        sa.ForeignKeyConstraint(["caseworker_id"], ["member.id"], name=op.f("fk_measure_caseworker_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_measure_organisation_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_measure_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        comment="A protection measure.",
    )
    op.create_index(op.f("ix_measure_caseworker_id"), "measure", ["caseworker_id"], unique=False)
    op.create_index(op.f("ix_measure_organisation_id"), "measure", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_measure_situation_id"), "measure", ["situation_id"], unique=False)
    op.create_table(
        "minor",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("age_band", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Coded age."),
        sa.Column("first_name", sa.Text(), nullable=True, comment="First name, or the one she uses."),
        sa.Column("gender", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Gender."),
        sa.Column("age", sa.Integer(), nullable=True, comment="Age in years at first contact."),
        sa.Column(
            "age_precision", sa.Text(), server_default="UNKNOWN", nullable=False, comment="How the age is known."
        ),
        sa.Column("safe_channel", sa.Text(), nullable=True, comment="How she can be reached without danger."),
        sa.Column("safe_hours", sa.Text(), nullable=True, comment="When she can be reached without danger."),
        sa.Column("language", sa.Text(), nullable=True, comment="Language she speaks."),
        sa.Column("last_name", sa.Text(), nullable=True, comment="Family name."),
        sa.Column("birth_date", sa.Date(), nullable=True, comment="Birth date."),
        sa.Column("address", sa.Text(), nullable=True, comment="Address."),
        sa.Column("phone", sa.Text(), nullable=True, comment="Phone."),
        sa.Column(
            "handles",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Accounts on social networks.",
        ),
        sa.Column("school", sa.Text(), nullable=True, comment="School."),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_minor_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minor")),
        comment="A minor of a situation.",
    )
    op.create_index(op.f("ix_minor_situation_id"), "minor", ["situation_id"], unique=False)
    op.create_table(
        "oauth_token",
        sa.Column("id", sa.Text(), nullable=False, comment="The token's jti; the token itself is never stored."),
        sa.Column("client_id", sa.Text(), nullable=False, comment="For which client."),
        sa.Column("member_id", sa.UUID(), nullable=True, comment="For which person, if any."),
        sa.Column("habilitation_id", sa.UUID(), nullable=True, comment="Under which habilitation of that person."),
        sa.Column("purpose", sa.Text(), nullable=True, comment="For which purpose."),
        sa.Column(
            "scopes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="What was granted."
        ),
        sa.Column(
            "epochs",
            sa.Text(),
            nullable=False,
            comment="Epochs of organisation, client, member at issue: dead once one differs.",
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False, comment="Issue."),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="End."),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Set when revoked."),
        sa.CheckConstraint(
            "(member_id IS NULL) = (habilitation_id IS NULL) AND (member_id IS NULL) = (purpose IS NULL)",
            name=op.f("ck_oauth_token_person_whole_or_absent"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["oauth_client.id"], name=op.f("fk_oauth_token_client_id")),
        sa.ForeignKeyConstraint(["habilitation_id"], ["habilitation.id"], name=op.f("fk_oauth_token_habilitation_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_oauth_token_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_token")),
        comment="Access tokens issued: without its row a token can be neither revoked nor accepted.",
    )
    op.create_index(op.f("ix_oauth_token_client_id"), "oauth_token", ["client_id"], unique=False)
    op.create_index("ix_oauth_token_expires_at", "oauth_token", ["expires_at"], unique=False)
    op.create_index(op.f("ix_oauth_token_habilitation_id"), "oauth_token", ["habilitation_id"], unique=False)
    op.create_index(op.f("ix_oauth_token_member_id"), "oauth_token", ["member_id"], unique=False)
    op.create_table(
        "reach",
        sa.Column("viewer", sa.UUID(), nullable=False, comment="An authority, an organisation or a member."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("via", sa.Text(), nullable=False, comment="The relation (loaders/policy/conditions.py)."),
        sa.Column(
            "starts_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="From."
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), server_default="infinity", nullable=False, comment="Until."),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_reach_situation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("viewer", "situation_id", "via", name=op.f("pk_reach")),
        comment="The relations between viewers and situations, kept exact by triggers.",
    )
    op.create_index("ix_reach_situation", "reach", ["situation_id"], unique=False)
    op.create_table(
        "situation_jurisdiction",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("department_code", sa.Text(), nullable=False, comment="The place."),
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority that becomes competent."),
        sa.Column("role", sa.Text(), nullable=False, comment="By residence, presence or custody."),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="From when.",
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True, comment="Until when; null while live."),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_situation_jurisdiction_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_situation_jurisdiction_department_code")
        ),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_situation_jurisdiction_situation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_jurisdiction")),
        comment="Several authorities are competent at once; a runaway moves.",
    )
    op.create_index(
        "ix_situation_jurisdiction_authority_situation",
        "situation_jurisdiction",
        ["authority_id", "situation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_situation_jurisdiction_situation_id"), "situation_jurisdiction", ["situation_id"], unique=False
    )
    op.create_table(
        "subject_request",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=True, comment="The situation it concerns."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller asked."),
        sa.Column("kind", sa.Text(), nullable=False, comment="Access, rectification, erasure, objection."),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="One month later (GDPR article 12)."),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="When answered."),
        sa.Column("decision", sa.Text(), nullable=True, comment="The DPO's decision."),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_subject_request_controller_org_id")
        ),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_subject_request_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        comment="A request of a person about their data; a DPO decides each.",
    )
    op.create_index(
        op.f("ix_subject_request_controller_org_id"), "subject_request", ["controller_org_id"], unique=False
    )
    op.create_index(op.f("ix_subject_request_situation_id"), "subject_request", ["situation_id"], unique=False)
    op.create_table(
        "caller",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("contact_id", sa.UUID(), nullable=False, comment="The contact."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller of this row (GDPR)."),
        sa.Column("name", sa.Text(), nullable=True, comment="Name."),
        sa.Column("phone", sa.Text(), nullable=True, comment="Phone."),
        sa.Column("email", sa.Text(), nullable=True, comment="E-mail."),
        sa.Column("relation", sa.Text(), nullable=True, comment="Link to the minor, in words."),
        sa.Column(
            "anonymity", sa.Text(), server_default="ANONYMOUS", nullable=False, comment="Level of anonymity asked for."
        ),
        sa.Column(
            "consent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the caller agreed to be named to the CRIP.",
        ),
        sa.Column(
            "lives_with_child", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Lives with the child."
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_caller_contact_id")),
        sa.ForeignKeyConstraint(["controller_org_id"], ["organisation.id"], name=op.f("fk_caller_controller_org_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_caller_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_caller_contact_id")),
        comment="Who called. P5: never leaves the 119 but under condition 7.",
    )
    op.create_index(op.f("ix_caller_situation_id"), "caller", ["situation_id"], unique=False)
    op.create_table(
        "concern_report",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=True, comment="One row per minor."),
        sa.Column("origin_contact_id", sa.UUID(), nullable=True, comment="The contact it was written from."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The controller of this row (GDPR)."),
        sa.Column("to_authority_id", sa.UUID(), nullable=False, comment="The authority it is addressed to."),
        sa.Column("complements_report_id", sa.UUID(), nullable=True, comment="The report it completes."),
        sa.Column("validated_by_id", sa.UUID(), nullable=True, comment="The supervisor who validated it."),
        sa.Column("kind", sa.Text(), server_default="INITIAL", nullable=False, comment="Initial or complementary."),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False, comment="Where it stands."),
        sa.Column(
            "urgency",
            sa.Text(),
            server_default="STANDARD",
            nullable=False,
            comment="Urgency of the situation when it was sent.",
        ),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the draft was begun.",
        ),
        sa.Column(
            "validated_at", sa.DateTime(timezone=True), nullable=True, comment="When the supervisor validated it."
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True, comment="When it was transmitted."),
        sa.Column(
            "acknowledged_at", sa.DateTime(timezone=True), nullable=True, comment="When the CRIP acknowledged it."
        ),
        sa.Column("qualified_at", sa.DateTime(timezone=True), nullable=True, comment="When the CRIP qualified it."),
        sa.Column(
            "concluded_at", sa.DateTime(timezone=True), nullable=True, comment="When the evaluation was concluded."
        ),
        sa.Column(
            "acknowledge_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Clock: 2 working days from transmission.",
        ),
        sa.Column(
            "evaluation_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Clock: 3 months from reception, shorter by urgency (CASF D226-2-4).",
        ),
        sa.Column(
            "return_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Clock: return to the 119, 3 months from reception.",
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The next deadline that still runs; null when none does.",
        ),
        sa.Column("conclusion", sa.Text(), nullable=True, comment="How the evaluation was concluded."),
        sa.Column(
            "suggested_department_code",
            sa.Text(),
            nullable=True,
            comment="Where the CRIP that declared it misrouted would send it.",
        ),
        sa.Column(
            "transmitter_code",
            sa.Text(),
            server_default="510",
            nullable=True,
            comment="TRANSIP of CASF annexe 2-8: 510 for the 119.",
        ),
        sa.Column("origin_code", sa.Text(), nullable=True, comment="ORIGIP of CASF annexe 2-8."),
        sa.Column(
            "summary_for_crip",
            sa.Text(),
            nullable=True,
            comment="Written for the CRIP; never a copy of the listening notes.",
        ),
        sa.Column("appraisal", sa.Text(), nullable=True, comment="What the 119 makes of it (CASF L226-6)."),
        sa.Column(
            "danger_types",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Dangers named by the 119.",
        ),
        sa.Column(
            "parents_informed",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Were the parents told (CASF L226-2-1).",
        ),
        sa.Column("parents_informed_reason", sa.Text(), nullable=True, comment="Why not."),
        sa.ForeignKeyConstraint(
            ["complements_report_id"], ["concern_report.id"], name=op.f("fk_concern_report_complements_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["controller_org_id"], ["organisation.id"], name=op.f("fk_concern_report_controller_org_id")
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_concern_report_minor_id")),
        sa.ForeignKeyConstraint(
            ["origin_contact_id"], ["contact.id"], name=op.f("fk_concern_report_origin_contact_id")
        ),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_concern_report_situation_id")),
        sa.ForeignKeyConstraint(["to_authority_id"], ["authority.id"], name=op.f("fk_concern_report_to_authority_id")),
        sa.ForeignKeyConstraint(["validated_by_id"], ["member.id"], name=op.f("fk_concern_report_validated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_report")),
        comment="Notice 1: the IP, one row per minor.",
    )
    op.create_index(
        "ix_concern_report_drafted",
        "concern_report",
        [sa.literal_column("drafted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_concern_report_due", "concern_report", ["to_authority_id", "due_at", "id"], unique=False)
    op.create_index(
        "ix_concern_report_inbox",
        "concern_report",
        ["to_authority_id", sa.literal_column("sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_concern_report_minor_id"), "concern_report", ["minor_id"], unique=False)
    op.create_index(op.f("ix_concern_report_situation_id"), "concern_report", ["situation_id"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("from_org_id", sa.UUID(), nullable=False, comment="Who gave."),
        sa.Column("to_org_id", sa.UUID(), nullable=True, comment="Who received."),
        sa.Column("to_authority_id", sa.UUID(), nullable=True, comment="Authority that received."),
        sa.Column("duty_id", sa.UUID(), nullable=True, comment="Information duty it rests on."),
        sa.Column("act", sa.Text(), nullable=False, comment="What act disclosed."),
        sa.Column(
            "field_groups",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Which categories.",
        ),
        sa.Column("purpose", sa.Text(), nullable=True, comment="For what."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["duty_id"], ["information_duty.id"], name=op.f("fk_disclosure_duty_id")),
        sa.ForeignKeyConstraint(["from_org_id"], ["organisation.id"], name=op.f("fk_disclosure_from_org_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_disclosure_situation_id")),
        sa.ForeignKeyConstraint(["to_authority_id"], ["authority.id"], name=op.f("fk_disclosure_to_authority_id")),
        sa.ForeignKeyConstraint(["to_org_id"], ["organisation.id"], name=op.f("fk_disclosure_to_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        comment="What was given to whom on which basis; part of the case file, append-only.",
    )
    op.create_index(op.f("ix_disclosure_situation_id"), "disclosure", ["situation_id"], unique=False)
    op.create_table(
        "exploitation_fact",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=True, comment="Of which minor."),
        sa.Column("form", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Form."),
        sa.Column("venue", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Kind of place."),
        sa.Column("recruitment", sa.Text(), server_default="UNKNOWN", nullable=False, comment="How it began."),
        sa.Column(
            "mode",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="Alone, with a peer, a lover boy, a network.",
        ),
        sa.Column("signs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Warning signs."),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When recorded."
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_exploitation_fact_minor_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_exploitation_fact_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exploitation_fact")),
        comment="What is known of the exploitation.",
    )
    op.create_index(op.f("ix_exploitation_fact_situation_id"), "exploitation_fact", ["situation_id"], unique=False)
    op.create_table(
        "listening_note",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("contact_id", sa.UUID(), nullable=False, comment="The contact."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("author_id", sa.UUID(), nullable=True, comment="The listener."),
        sa.Column("text", sa.Text(), nullable=False, comment="What the listener wrote while listening."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_listening_note_author_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_listening_note_contact_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_listening_note_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening_note")),
        comment="P5: never leaves the 119; the CRIP gets a separately written notice.",
    )
    op.create_index(op.f("ix_listening_note_contact_id"), "listening_note", ["contact_id"], unique=False)
    op.create_index(op.f("ix_listening_note_situation_id"), "listening_note", ["situation_id"], unique=False)
    op.create_table(
        "parental_holder",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=False, comment="Of which minor."),
        sa.Column("name", sa.Text(), nullable=True, comment="Name."),
        sa.Column("contact", sa.Text(), nullable=True, comment="How to reach them."),
        sa.Column("authority_kind", sa.Text(), nullable=True, comment="TITAP code (CASF annexe 2-8)."),
        sa.Column(
            "danger_if_informed",
            sa.Text(),
            server_default="UNKNOWN",
            nullable=False,
            comment="A parent may be the exploiter: ask before informing.",
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_parental_holder_minor_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_parental_holder_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parental_holder")),
        comment="A holder of parental authority.",
    )
    op.create_index(op.f("ix_parental_holder_minor_id"), "parental_holder", ["minor_id"], unique=False)
    op.create_index(op.f("ix_parental_holder_situation_id"), "parental_holder", ["situation_id"], unique=False)
    op.create_table(
        "problematic",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=True, comment="Of which minor."),
        sa.Column("kind", sa.Text(), nullable=False, comment="What is observed."),
        sa.Column("value", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Yes, no, unknown."),
        sa.Column("source", sa.Text(), nullable=True, comment="Who says so."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.CheckConstraint(
            "kind NOT IN ('PSYCH_SUFFERING', 'ADDICTION', 'SEXUAL_VIOLENCE', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY')",
            name=op.f("ck_problematic_plain_only"),
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_problematic_minor_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_problematic_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problematic")),
        comment="Plain problematics. Starred kinds (health, sexual life, offence) have their own table and category.",
    )
    op.create_index("ix_problematic_situation_kind", "problematic", ["situation_id", "kind"], unique=False)
    op.create_table(
        "referral",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column(
            "ref",
            sa.Text(),
            nullable=False,
            comment="Random reference; unrelated to the situation and to other referrals.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=False, comment="The minor."),
        sa.Column("controller_org_id", sa.UUID(), nullable=False, comment="The sender (controller of this row)."),
        sa.Column("to_org_id", sa.UUID(), nullable=False, comment="The receiver."),
        sa.Column("assigned_member_id", sa.UUID(), nullable=True, comment="The receiver's worker in charge."),
        sa.Column("kind", sa.Text(), nullable=False, comment="Direct support, or coded consultation."),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False, comment="Where it stands."),
        sa.Column(
            "minor_agreement", sa.Text(), server_default="NOT_ASKED", nullable=False, comment="The minor's agreement."
        ),
        sa.Column("decline_reason", sa.Text(), nullable=True, comment="Why declined."),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Drafted.",
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True, comment="Proposed."),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="Accepted or declined."),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True, comment="Identity released."),
        sa.Column("engaged_at", sa.DateTime(timezone=True), nullable=True, comment="First meeting."),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="Ended or withdrawn."),
        sa.Column(
            "age_band", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Coded age, copied when proposed."
        ),
        sa.Column(
            "territory",
            sa.Text(),
            nullable=True,
            comment="Department code, or region when the department would name her.",
        ),
        sa.Column(
            "need_codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment="Needs, coded."
        ),
        sa.Column(
            "shared_kinds",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Kinds of problematics the receiver may read once accepted.",
        ),
        sa.Column(
            "coded_problematics",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Coded consultation: problematics, unlinked.",
        ),
        sa.Column(
            "coded_forms",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Coded consultation: forms, unlinked.",
        ),
        sa.Column(
            "coded_qualification", sa.Text(), nullable=True, comment="Coded consultation: qualification, unlinked."
        ),
        sa.ForeignKeyConstraint(["assigned_member_id"], ["member.id"], name=op.f("fk_referral_assigned_member_id")),
        sa.ForeignKeyConstraint(["controller_org_id"], ["organisation.id"], name=op.f("fk_referral_controller_org_id")),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_referral_minor_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_referral_situation_id")),
        sa.ForeignKeyConstraint(["to_org_id"], ["organisation.id"], name=op.f("fk_referral_to_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("ref", name=op.f("uq_referral_ref")),
        comment="An orientation proposed to an association.",
    )
    op.create_index(op.f("ix_referral_assigned_member_id"), "referral", ["assigned_member_id"], unique=False)
    op.create_index(
        "ix_referral_inbox",
        "referral",
        ["to_org_id", sa.literal_column("proposed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_referral_situation_org", "referral", ["situation_id", "to_org_id"], unique=False)
    op.create_table(
        "sensitive_problematic",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("minor_id", sa.UUID(), nullable=True, comment="Of which minor."),
        sa.Column("kind", sa.Text(), nullable=False, comment="What is observed."),
        sa.Column("value", sa.Text(), server_default="UNKNOWN", nullable=False, comment="Yes, no, unknown."),
        sa.Column("source", sa.Text(), nullable=True, comment="Who says so."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.CheckConstraint(
            "kind IN ('PSYCH_SUFFERING', 'ADDICTION', 'SEXUAL_VIOLENCE', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY')",
            name=op.f("ck_sensitive_problematic_starred_only"),
        ),
        sa.ForeignKeyConstraint(["minor_id"], ["minor.id"], name=op.f("fk_sensitive_problematic_minor_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_sensitive_problematic_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_problematic")),
        comment="Starred problematics: GDPR article 9 and 10 data.",
    )
    op.create_index(
        "ix_sensitive_problematic_situation_kind", "sensitive_problematic", ["situation_id", "kind"], unique=False
    )
    op.create_table(
        "sharing_grant",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("from_member_id", sa.UUID(), nullable=False, comment="Sender."),
        sa.Column("from_org_id", sa.UUID(), nullable=False, comment="Sender's organisation."),
        sa.Column("to_member_id", sa.UUID(), nullable=False, comment="One named receiver."),
        sa.Column("to_org_id", sa.UUID(), nullable=False, comment="Receiver's organisation."),
        sa.Column("duty_id", sa.UUID(), nullable=False, comment="The duty SHARING, done or waived."),
        sa.Column("approved_by_id", sa.UUID(), nullable=True, comment="Not the sender."),
        sa.Column("revoked_by_id", sa.UUID(), nullable=True, comment="Who ended it."),
        sa.Column("purpose", sa.Text(), nullable=False, comment="EVALUATE, DETERMINE or IMPLEMENT (CASF L226-2-2)."),
        sa.Column(
            "field_groups",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Categories shared: among G11, G17, G18, G19.",
        ),
        sa.Column(
            "extract", sa.Text(), nullable=True, comment="For an association: text written for it, never the notice."
        ),
        sa.Column("justification", sa.Text(), nullable=False, comment="Why it is strictly necessary."),
        sa.Column("state", sa.Text(), server_default="REQUESTED", nullable=False, comment="Where it stands."),
        sa.Column(
            "starts_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="From."
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Until, at most 90 days."),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Ended early."),
        sa.CheckConstraint("expires_at <= starts_at + interval '90 days'", name=op.f("ck_sharing_grant_ninety_days")),
        sa.CheckConstraint(
            "field_groups <@ ARRAY['G11','G17','G18','G19']::text[]", name=op.f("ck_sharing_grant_shareable_groups")
        ),
        sa.CheckConstraint(
            "purpose IN ('EVALUATE','DETERMINE','IMPLEMENT')", name=op.f("ck_sharing_grant_lawful_purpose")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> from_member_id", name=op.f("ck_sharing_grant_two_people")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_sharing_grant_approved_by_id")),
        sa.ForeignKeyConstraint(["duty_id"], ["information_duty.id"], name=op.f("fk_sharing_grant_duty_id")),
        sa.ForeignKeyConstraint(["from_member_id"], ["member.id"], name=op.f("fk_sharing_grant_from_member_id")),
        sa.ForeignKeyConstraint(["from_org_id"], ["organisation.id"], name=op.f("fk_sharing_grant_from_org_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["member.id"], name=op.f("fk_sharing_grant_revoked_by_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_sharing_grant_situation_id")),
        sa.ForeignKeyConstraint(["to_member_id"], ["member.id"], name=op.f("fk_sharing_grant_to_member_id")),
        sa.ForeignKeyConstraint(["to_org_id"], ["organisation.id"], name=op.f("fk_sharing_grant_to_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_grant")),
        comment="Partage d'informations (CASF L226-2-2): to one person, for one purpose, for a time.",
    )
    op.create_index(op.f("ix_sharing_grant_situation_id"), "sharing_grant", ["situation_id"], unique=False)
    op.create_index(op.f("ix_sharing_grant_to_member_id"), "sharing_grant", ["to_member_id"], unique=False)
    op.create_index(
        "ix_sharing_grant_to_member_situation", "sharing_grant", ["to_member_id", "situation_id"], unique=False
    )
    op.create_table(
        "association_note",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("referral_id", sa.UUID(), nullable=False, comment="The referral."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="Whose note."),
        sa.Column("author_id", sa.UUID(), nullable=True, comment="Who wrote it."),
        sa.Column("text", sa.Text(), nullable=False, comment="The note."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_association_note_author_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_association_note_organisation_id")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_association_note_referral_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_association_note_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_note")),
        comment="The association's own notes: nobody else reads them.",
    )
    op.create_index(op.f("ix_association_note_referral_id"), "association_note", ["referral_id"], unique=False)
    op.create_table(
        "concern_return",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("report_id", sa.UUID(), nullable=False, comment="The report it answers."),
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority that answers."),
        sa.Column("conclusion", sa.Text(), nullable=False, comment="Conclusion."),
        sa.Column(
            "codes",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Codes of CASF annexe 2-8 (LIST:CODE).",
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="When the department decided."),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the 119 got it.",
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_concern_return_authority_id")),
        sa.ForeignKeyConstraint(["report_id"], ["concern_report.id"], name=op.f("fk_concern_return_report_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_concern_return_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_return")),
        sa.UniqueConstraint("report_id", name=op.f("uq_concern_return_report_id")),
        comment="Notice 2: what the department tells the 119.",
    )
    op.create_index(op.f("ix_concern_return_situation_id"), "concern_return", ["situation_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("report_id", sa.UUID(), nullable=False, comment="The report it evaluates."),
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority that evaluates."),
        sa.Column(
            "notified_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Start of the evaluation.",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="Deadline."),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment="End."),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_evaluation_authority_id")),
        sa.ForeignKeyConstraint(["report_id"], ["concern_report.id"], name=op.f("fk_evaluation_report_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_evaluation_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("report_id", name=op.f("uq_evaluation_report_id")),
        comment="The evaluation ordered by the CRIP; its report stays in the department's tool.",
    )
    op.create_index(op.f("ix_evaluation_situation_id"), "evaluation", ["situation_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("referral_id", sa.UUID(), nullable=False, comment="The referral."),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="The association that follows her."),
        sa.Column(
            "recorded_by_id", sa.UUID(), nullable=True, comment="Who recorded it (null for an organisation's tool)."
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="What happened."),
        sa.Column("date", sa.Date(), nullable=False, comment="On which day."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was recorded.",
        ),
        sa.Column("note_for_ase", sa.Text(), nullable=True, comment="A note to the ASE."),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_follow_up_organisation_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["member.id"], name=op.f("fk_follow_up_recorded_by_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_follow_up_referral_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_follow_up_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        comment="A follow-up: referral, status, date.",
    )
    op.create_index(
        "ix_follow_up_referral_date",
        "follow_up",
        ["referral_id", sa.literal_column("recorded_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_follow_up_situation_date",
        "follow_up",
        ["situation_id", sa.literal_column("recorded_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "judicial_referral",
        sa.Column(
            "id",
            sa.UUID(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="Random public id: no sequence, no time, no place inside.",
        ),
        sa.Column("situation_id", sa.UUID(), nullable=False, comment="The situation."),
        sa.Column("report_id", sa.UUID(), nullable=True, comment="The report it follows."),
        sa.Column("authority_id", sa.UUID(), nullable=False, comment="The authority that referred."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the prosecutor was seized (CASF L226-4).",
        ),
        sa.Column("by", sa.Text(), nullable=True, comment="By which service."),
        sa.Column(
            "copy_to_pcd_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Copy to the president of the departmental council.",
        ),
        sa.Column("motif_sig", sa.Text(), nullable=True, comment="MOTIFSIG of CASF annexe 2-8."),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_judicial_referral_authority_id")),
        sa.ForeignKeyConstraint(["report_id"], ["concern_report.id"], name=op.f("fk_judicial_referral_report_id")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_judicial_referral_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judicial_referral")),
        comment="Signalement: to the prosecutor only.",
    )
    op.create_index(op.f("ix_judicial_referral_report_id"), "judicial_referral", ["report_id"], unique=False)
    op.create_index(op.f("ix_judicial_referral_situation_id"), "judicial_referral", ["situation_id"], unique=False)
