"""People in a browser: who vouches for them, who was invited, whom a provider knows, and who is signed in."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import BYTEA

from schema.tables import columns
from schema.tables.columns import column, flag, instant, link, metadata, public_id, texts, word
from schema.vocabulary import Category, Role, SecrecyBasis

ACCOUNTS = Category.ACCOUNTS
KEY = Category.KEY

idp = Table(
    "idp",
    metadata,
    column(
        "id",
        Text,
        KEY,
        "Its name in our addresses.",
        CheckConstraint("id ~ '^[a-z][a-z0-9-]{1,39}$'", name="id_shape"),
        nullable=False,
        primary_key=True,
    ),
    columns.text("name", ACCOUNTS, "What the sign-in page calls it.", nullable=False),
    columns.text("issuer", ACCOUNTS, "Its issuer identifier, compared to the letter.", nullable=False),
    columns.text("client_id", ACCOUNTS, "What it calls us.", nullable=False),
    column("sealed_client_secret", BYTEA, ACCOUNTS, "Our secret there, sealed under a key of the settings."),
    link(
        "organisation_id", "organisation.id", "The only organisation whose people it may vouch for; none: ProConnect."
    ),
    columns.text("scope", ACCOUNTS, "What is asked for.", nullable=False),
    texts("accepted_acr", ACCOUNTS, "Sign-in levels that count as two factors: one of them is required."),
    column(
        "algorithm",
        Text,
        ACCOUNTS,
        "The one algorithm that it signs with.",
        CheckConstraint("algorithm IN ('ES256', 'PS256', 'RS256', 'EdDSA')", name="algorithm_known"),
        nullable=False,
        server_default="ES256",
    ),
    flag("signed_userinfo", ACCOUNTS, "It signs what it says about a person (ProConnect does)."),
    flag("retired", ACCOUNTS, "Nobody signs in there any more."),
    instant("created_at", ACCOUNTS, "When it was added.", nullable=False, now=True),
    UniqueConstraint("issuer", "client_id"),
    CheckConstraint("cardinality(accepted_acr) > 0", name="asks_for_two_factors"),
    comment="OpenID providers that may say who a person is; what a person may do stands in our own tables.",
)
Index("ix_idp_organisation_id", idp.c.organisation_id)

invitation = Table(
    "invitation",
    metadata,
    public_id(),
    link("organisation_id", "organisation.id", "Which organisation invites.", nullable=False, index=True),
    link("member_id", "member.id", "The member it becomes; filled at the first sign-in unless they are one already."),
    columns.text("name", ACCOUNTS, "Name of the person.", nullable=False),
    columns.text("email", ACCOUNTS, "Professional address that the provider has to confirm.", nullable=False),
    word("role", Role, ACCOUNTS, "Role of the habilitation it gives.", nullable=False),
    word("secrecy_basis", SecrecyBasis, ACCOUNTS, "Why this person is bound by secrecy."),
    column("code_hash", BYTEA, ACCOUNTS, "SHA-256 of the code in their hands.", nullable=False, unique=True),
    link("invited_by_id", "member.id", "Who invited; none for the command line."),
    instant("created_at", ACCOUNTS, "When it was written.", nullable=False, now=True),
    instant("expires_at", ACCOUNTS, "Until when it can be used.", nullable=False),
    instant("used_at", ACCOUNTS, "When it was."),
    instant("withdrawn_at", ACCOUNTS, "When it was taken back."),
    CheckConstraint("expires_at <= created_at + interval '30 days'", name="a_month_at_most"),
    CheckConstraint("octet_length(code_hash) = 32", name="code_is_hashed"),
    comment="Somebody may become a member: by a code, and by a provider that confirms their address.",
)

member_identity = Table(
    "member_identity",
    metadata,
    column("idp_id", Text, KEY, "Which provider.", ForeignKey("idp.id"), nullable=False),
    columns.text("subject", ACCOUNTS, "What it calls this person; never an address or a name.", nullable=False),
    link("member_id", "member.id", "Who that is here.", nullable=False, index=True),
    instant("linked_at", ACCOUNTS, "First sign-in.", nullable=False, now=True),
    PrimaryKeyConstraint("idp_id", "subject"),
    comment="Whom a provider knows: written once, at the first sign-in, from an invitation.",
)

web_session = Table(
    "web_session",
    metadata,
    column("digest", BYTEA, KEY, "SHA-256 of its id, which is in the browser only.", nullable=False, primary_key=True),
    link("member_id", "member.id", "Who is signed in.", nullable=False, index=True),
    column("idp_id", Text, KEY, "Who vouched; none in the demonstration.", ForeignKey("idp.id")),
    column(
        "token_id",
        Text,
        KEY,
        "The access it stands on, under the chosen habilitation; none until one is chosen.",
        ForeignKey("oauth_token.id", ondelete="CASCADE"),
        unique=True,
    ),
    columns.text("acr", ACCOUNTS, "How they signed in."),
    column("sealed_id_token", BYTEA, ACCOUNTS, "The provider's ID token, sealed: signing out there asks for it."),
    instant("signed_in_at", ACCOUNTS, "Sign-in.", nullable=False, now=True),
    instant("seen_at", ACCOUNTS, "Last use, to the minute.", nullable=False, now=True),
    instant("ends_at", ACCOUNTS, "End, however busy it is.", nullable=False),
    CheckConstraint("octet_length(digest) = 32", name="id_is_hashed"),
    CheckConstraint("ends_at <= signed_in_at + interval '8 hours'", name="eight_hours_at_most"),
    comment="People signed in: a row is a session, and a session without a row is none.",
)
Index("ix_web_session_seen_at", web_session.c.seen_at)
