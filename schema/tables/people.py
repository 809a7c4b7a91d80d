"""People: members of organisations and their habilitations (CASF R221-8: access is individual)."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, instant, link, metadata, public_id, text, word
from schema.vocabulary import Category, HabilitationState, MemberStatus, Role, SecrecyBasis

ACCOUNTS = Category.ACCOUNTS

member = Table(
    "member",
    metadata,
    public_id(),
    link("organisation_id", "organisation.id", "Employer.", nullable=False, index=True),
    text("name", ACCOUNTS, "Name, shown to the delegate and the administrator only.", nullable=False),
    text("email", ACCOUNTS, "Professional address; unique inside its organisation only."),
    word("status", MemberStatus, ACCOUNTS, "Only ACTIVE members act.", nullable=False, server_default="ACTIVE"),
    counter("epoch", ACCOUNTS, "Raised at suspension: tokens issued before are dead.", server_default="0"),
    instant("created_at", ACCOUNTS, "When the organisation added them.", nullable=False, now=True),
    comment="A named person of an organisation.",
)

habilitation = Table(
    "habilitation",
    metadata,
    public_id(),
    link("member_id", "member.id", "Whose.", nullable=False, index=True),
    link("organisation_id", "organisation.id", "For which organisation.", nullable=False, index=True),
    word("role", Role, ACCOUNTS, "One role; two roles never add up.", nullable=False),
    word("secrecy_basis", SecrecyBasis, ACCOUNTS, "Why this person is bound by secrecy (CASF L221-6, CP 226-13)."),
    word("state", HabilitationState, ACCOUNTS, "Only ACTIVE counts.", nullable=False, server_default="ACTIVE"),
    link("granted_by_id", "member.id", "Who granted it."),
    instant("valid_from", ACCOUNTS, "Start.", nullable=False, now=True),
    instant("valid_to", ACCOUNTS, "End, at most 12 months after the start.", nullable=False),
    instant("revoked_at", ACCOUNTS, "Set when ended early."),
    CheckConstraint("valid_to <= valid_from + interval '12 months 1 day'", name="twelve_months"),
    comment="One person, one organisation, one role, at most 12 months.",
)

# A trigger refuses an organisation that is neither PENDING nor CLOSED while its admission is not approved.
admission = Table(
    "admission",
    metadata,
    column(
        "organisation_id",
        Uuid(as_uuid=True),
        Category.KEY,
        "Which organisation.",
        ForeignKey("organisation.id"),
        nullable=False,
        primary_key=True,
    ),
    link("created_by_id", "member.id", "Which administrator asked it in.", nullable=False),
    instant("created_at", ACCOUNTS, "When.", nullable=False, now=True),
    link("approved_by_id", "member.id", "Which other administrator let it in."),
    instant("approved_at", ACCOUNTS, "When."),
    CheckConstraint("approved_by_id <> created_by_id", name="four_eyes"),
    CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_by_somebody"),
    comment="How an organisation came into the network: two administrators; the founders have no row.",
)

Index("ix_habilitation_member_role", habilitation.c.member_id, habilitation.c.role)
