"""The authorization server's rows: clients, their public keys, our signing keys, issued tokens, used assertions."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, func
from sqlalchemy.dialects.postgresql import BYTEA, JSON
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, flag, instant, link, metadata, public_id, text, texts, word
from schema.vocabulary import Category, ClientAuthentication, ClientStatus, Purpose

ACCOUNTS = Category.ACCOUNTS
KEY = Category.KEY

oauth_client = Table(
    "oauth_client",
    metadata,
    column(
        "id",
        Text,
        KEY,
        "Public client identifier.",
        CheckConstraint("id ~ '^cli_[A-Za-z0-9_-]{4,64}$'", name="id_shape"),
        nullable=False,
        primary_key=True,
    ),
    link("organisation_id", "organisation.id", "Whose tool.", nullable=False, index=True),
    text("name", ACCOUNTS, "What its organisation calls it.", nullable=False),
    word(
        "auth_method",
        ClientAuthentication,
        ACCOUNTS,
        "How it proves who it is.",
        nullable=False,
        server_default="PRIVATE_KEY_JWT",
    ),
    link(
        "secret_allowed_by_id",
        "member.id",
        "Which administrator decided that it has secrets; another person makes them.",
    ),
    texts("scopes", ACCOUNTS, "What it may ask for at most."),
    texts("grants", ACCOUNTS, "Grant types it may use: client_credentials, the JWT bearer grant."),
    texts("accepted_acr", ACCOUNTS, "Sign-in levels (two factors) that its assertions about persons may claim."),
    flag(
        "dpop_bound",
        ACCOUNTS,
        "Gets tokens bound to a key (DPoP) only; off: Bearer tokens too, by decision.",
        default=True,
    ),
    flag(
        "bearer_for_persons",
        ACCOUNTS,
        "Gets Bearer tokens for persons too: for demonstrations with synthetic data only.",
    ),
    flag("legacy_aud", ACCOUNTS, "Its client assertions may name the token endpoint instead of the issuer."),
    text("jwks_uri", ACCOUNTS, "Where its keys are, if it publishes them; else they are in client_key."),
    word("status", ClientStatus, ACCOUNTS, "Only ACTIVE clients get tokens.", nullable=False, server_default="ACTIVE"),
    counter("epoch", ACCOUNTS, "Raised at suspension: tokens issued before are dead.", server_default="0"),
    instant("created_at", ACCOUNTS, "When it was registered.", nullable=False, now=True),
    instant("last_call_at", ACCOUNTS, "When it called last, to the minute: a token, a question or a stream."),
    CheckConstraint("NOT (dpop_bound AND bearer_for_persons)", name="bound_or_bearer"),
    # A named person needs a signature (docs/decisions/0034): the grant for persons and a secret exclude each other.
    CheckConstraint(
        "auth_method <> 'CLIENT_SECRET_BASIC' OR (grants <@ ARRAY['client_credentials'] AND accepted_acr = '{}' "
        "AND NOT bearer_for_persons AND jwks_uri IS NULL)",
        name="secret_without_persons",
    ),
    CheckConstraint("jwks_uri ~ '^https://'", name="jwks_uri_is_https"),
    comment="A tool of an organisation that asks for tokens.",
)

client_key = Table(
    "client_key",
    metadata,
    column(
        "id",
        Uuid(as_uuid=True),
        KEY,
        "Random public id: a kid is the organisation's word, and unique within its tool only.",
        nullable=False,
        unique=True,
        server_default=func.gen_random_uuid(),
    ),
    column("client_id", Text, KEY, "Whose key.", ForeignKey("oauth_client.id"), nullable=False),
    link("organisation_id", "organisation.id", "Whose tool has it.", nullable=False),
    text("kid", ACCOUNTS, "Name of the key, chosen by the organisation.", nullable=False),
    column("public_jwk", JSON, KEY, "Public key as JWK; the private part never leaves its owner.", nullable=False),
    text("thumbprint", ACCOUNTS, "RFC 7638 thumbprint of the public key, as both sides compute it.", nullable=False),
    instant("not_before", ACCOUNTS, "Unknown before.", nullable=False, now=True),
    instant("retired_at", ACCOUNTS, "Refused from then on."),
    link("added_by_id", "member.id", "Who added it."),
    link("approved_by_id", "member.id", "Who approved it."),
    PrimaryKeyConstraint("client_id", "kid"),
    CheckConstraint("approved_by_id <> added_by_id", name="four_eyes"),
    comment="Public keys of clients; two may overlap while one replaces the other.",
)

client_secret = Table(
    "client_secret",
    metadata,
    public_id("Random id; the secret begins with it, so that one hash is tried and no other."),
    column("client_id", Text, KEY, "Whose secret.", ForeignKey("oauth_client.id"), nullable=False, index=True),
    link("organisation_id", "organisation.id", "Whose tool has it.", nullable=False),
    text("hash", KEY, "argon2id of the secret, which nobody has seen but who was given it.", nullable=False),
    instant("created_at", ACCOUNTS, "When it was made.", nullable=False, now=True),
    instant("expires_at", ACCOUNTS, "Refused from then on, a year after it was made at the latest.", nullable=False),
    link("allowed_by_id", "member.id", "Which administrator decided that the tool has secrets.", nullable=False),
    link("added_by_id", "member.id", "Who made it.", nullable=False),
    CheckConstraint("hash LIKE '$argon2id$%'", name="secret_is_hashed"),
    CheckConstraint("allowed_by_id <> added_by_id", name="four_eyes"),
    CheckConstraint("expires_at <= created_at + interval '366 days'", name="a_year_at_most"),
    comment="Secrets of tools that cannot sign; two may overlap while one replaces the other.",
)

enrolment = Table(
    "enrolment",
    metadata,
    public_id(),
    column(
        "client_id", Text, KEY, "Whose keys are awaited.", ForeignKey("oauth_client.id"), nullable=False, index=True
    ),
    column(
        "code_hash",
        BYTEA,
        ACCOUNTS,
        "SHA-256 of the code, which we never see before it is used.",
        nullable=False,
        unique=True,
    ),
    link("created_by_id", "member.id", "Which administrator gave the code.", nullable=False),
    instant("created_at", ACCOUNTS, "When it was given.", nullable=False, now=True),
    instant("expires_at", ACCOUNTS, "Until when it can be used.", nullable=False),
    instant("used_at", ACCOUNTS, "When the organisation sent its keys."),
    column("offered_keys", JSON, ACCOUNTS, "The public keys it sent, each proven."),
    text("offered_jwks_uri", ACCOUNTS, "Where it publishes them, if it does."),
    text("fingerprint", ACCOUNTS, "What both sides compare before the approval."),
    link("approved_by_id", "member.id", "Which other administrator approved the keys."),
    instant("approved_at", ACCOUNTS, "When: from then on the keys count."),
    instant("withdrawn_at", ACCOUNTS, "When another code took its place."),
    CheckConstraint("approved_by_id <> created_by_id", name="four_eyes"),
    CheckConstraint("octet_length(code_hash) = 32", name="code_is_hashed"),
    CheckConstraint("expires_at <= created_at + interval '7 days'", name="seven_days_at_most"),
    CheckConstraint(
        "(used_at IS NULL) = (offered_keys IS NULL) AND (used_at IS NULL) = (fingerprint IS NULL)",
        name="used_with_keys",
    ),
    CheckConstraint(
        "(approved_at IS NULL) = (approved_by_id IS NULL) AND (approved_at IS NULL OR used_at IS NOT NULL)",
        name="approved_by_somebody",
    ),
    comment="One-time codes by which an organisation registers the keys of a tool; two administrators for each.",
)

signing_key = Table(
    "signing_key",
    metadata,
    column("kid", Text, KEY, "RFC 7638 thumbprint of the public key.", nullable=False, primary_key=True),
    column(
        "state",
        Text,
        ACCOUNTS,
        "next is published, active signs, retired is published until its last token has expired, dropped is not.",
        CheckConstraint("state IN ('next', 'active', 'retired', 'dropped')", name="state_known"),
        nullable=False,
    ),
    column("public_jwk", JSON, ACCOUNTS, "Public key as JWK.", nullable=False),
    column("sealed_private_key", BYTEA, ACCOUNTS, "Private key, sealed under a key of the settings.", nullable=False),
    instant("created_at", ACCOUNTS, "When it was made.", nullable=False, now=True),
    instant("retired_at", ACCOUNTS, "When another key took over, or this one was compromised."),
    CheckConstraint("(state IN ('retired', 'dropped')) = (retired_at IS NOT NULL)", name="retired_has_a_date"),
    comment="Keys that sign access tokens.",
)
Index("uq_signing_key_active", signing_key.c.state, unique=True, postgresql_where=signing_key.c.state == "active")
Index("uq_signing_key_next", signing_key.c.state, unique=True, postgresql_where=signing_key.c.state == "next")

oauth_token = Table(
    "oauth_token",
    metadata,
    column("id", Text, KEY, "The token's jti; the token itself is never stored.", nullable=False, primary_key=True),
    column("client_id", Text, KEY, "For which client.", ForeignKey("oauth_client.id"), nullable=False, index=True),
    link("member_id", "member.id", "For which person, if any.", index=True),
    link("habilitation_id", "habilitation.id", "Under which habilitation of that person.", index=True),
    word("purpose", Purpose, ACCOUNTS, "For which purpose."),
    texts("scopes", ACCOUNTS, "What was granted."),
    text("epochs", ACCOUNTS, "Epochs of organisation, client, member at issue: dead once one differs.", nullable=False),
    instant("issued_at", ACCOUNTS, "Issue.", nullable=False),
    instant("expires_at", ACCOUNTS, "End.", nullable=False),
    instant("revoked_at", ACCOUNTS, "Set when revoked."),
    text("key_thumbprint", ACCOUNTS, "RFC 7638 thumbprint of the key it is bound to (DPoP); none: a Bearer token."),
    # The row, not the look of `sub`, says whether a person is behind a token: so it says all of it or none.
    CheckConstraint(
        "(member_id IS NULL) = (habilitation_id IS NULL) AND (member_id IS NULL) = (purpose IS NULL)",
        name="person_whole_or_absent",
    ),
    comment="Access tokens issued: without its row a token can be neither revoked nor accepted.",
)
Index("ix_oauth_token_expires_at", oauth_token.c.expires_at)

oauth_jti = Table(
    "oauth_jti",
    metadata,
    column("digest", BYTEA, KEY, "SHA-256 of kind, subject and jti.", nullable=False, primary_key=True),
    instant("expires_at", ACCOUNTS, "From then on it is refused for its age.", nullable=False),
    comment="Assertions and DPoP proofs already used: each passes once.",
)
Index("ix_oauth_jti_expires_at", oauth_jti.c.expires_at)
