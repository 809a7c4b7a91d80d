"""The situation of one or several minors, its jurisdictions, and the minors and their parents."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from schema.retention import Fate
from schema.tables.columns import day, instant, link, metadata, number, public_id, text, texts, word
from schema.vocabulary import (
    AgeBand,
    AgePrecision,
    Category,
    Gender,
    JurisdictionRole,
    KnownSource,
    Qualification,
    RetentionState,
    SituationStatus,
    TriState,
    Urgency,
)

HEADER = Category.CASE_HEADER
MINIMAL = Category.MINOR_MINIMAL
FULL = Category.FULL_IDENTITY

situation = Table(
    "situation",
    metadata,
    public_id(),
    text(
        "ref",
        HEADER,
        "Random reference said on the phone; not derived from the id.",
        nullable=False,
        unique=True,
        fate=Fate.RENEWED,
    ),
    link(
        "controller_org_id",
        "organisation.id",
        "The controller of this row (GDPR).",
        nullable=False,
        index=True,
        fate=Fate.KEPT,
    ),
    link("assigned_member_id", "member.id", "The DLPM listener in charge.", index=True),
    instant("opened_at", HEADER, "When the DLPM opened it.", nullable=False, now=True),
    instant("closed_at", HEADER, "When it was closed."),
    word(
        "status",
        SituationStatus,
        HEADER,
        "Where it stands (domain state machine).",
        nullable=False,
        server_default="OPEN",
    ),
    word("urgency", Urgency, HEADER, "How fast it must be handled.", nullable=False, server_default="STANDARD"),
    word(
        "retention_state",
        RetentionState,
        HEADER,
        "ACTIVE, then INTERMEDIATE, then anonymised or deleted.",
        nullable=False,
        server_default="ACTIVE",
        # Written by the rule itself.
        fate=Fate.GONE,
    ),
    word(
        "qualification",
        Qualification,
        Category.EXPLOITATION,
        "Pre-prostitutional, prostitutional, suspected.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    word(
        "known_to_cp",
        TriState,
        Category.KNOWN_TO_ASE,
        "Already known to child protection.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    word("known_source", KnownSource, Category.KNOWN_TO_ASE, "Who said so.", nullable=False, server_default="UNKNOWN"),
    comment="What one or more contacts say about one or more minors.",
)

situation_jurisdiction = Table(
    "situation_jurisdiction",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    Column(
        "department_code",
        Text,
        ForeignKey("department.code"),
        nullable=False,
        comment="The place.",
        info={"category": Category.JURISDICTIONS},
    ),
    link("authority_id", "authority.id", "The authority that becomes competent.", nullable=False),
    word("role", JurisdictionRole, Category.JURISDICTIONS, "By residence, presence or custody.", nullable=False),
    instant("starts_at", Category.JURISDICTIONS, "From when.", nullable=False, now=True),
    instant("ends_at", Category.JURISDICTIONS, "Until when; null while live."),
    comment="Several authorities are competent at once; a runaway moves.",
)
Index(
    "ix_situation_jurisdiction_authority_situation",
    situation_jurisdiction.c.authority_id,
    situation_jurisdiction.c.situation_id,
)

minor = Table(
    "minor",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    word("age_band", AgeBand, Category.CODED_PROFILE, "Coded age.", nullable=False, server_default="UNKNOWN"),
    text("first_name", MINIMAL, "First name, or the one she uses."),
    word("gender", Gender, MINIMAL, "Gender.", nullable=False, server_default="UNKNOWN", fate=Fate.KEPT),
    number("age", MINIMAL, "Age in years at first contact."),
    word("age_precision", AgePrecision, MINIMAL, "How the age is known.", nullable=False, server_default="UNKNOWN"),
    text("safe_channel", MINIMAL, "How she can be reached without danger."),
    text("safe_hours", MINIMAL, "When she can be reached without danger."),
    text("language", MINIMAL, "Language she speaks."),
    text("last_name", FULL, "Family name."),
    day("birth_date", FULL, "Birth date."),
    day("majority_on", FULL, "Clock: the eighteenth birthday; of 29 February, the 28th of a common year."),
    text("address", FULL, "Address."),
    text("phone", FULL, "Phone."),
    texts("handles", FULL, "Accounts on social networks."),
    text("school", FULL, "School."),
    comment="A minor of a situation.",
)

parental_holder = Table(
    "parental_holder",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("minor_id", "minor.id", "Of which minor.", nullable=False, index=True),
    text("name", Category.PARENTS, "Name."),
    text("contact", Category.PARENTS, "How to reach them."),
    text("authority_kind", Category.PARENTS, "TITAP code (CASF annexe 2-8)."),
    word(
        "danger_if_informed",
        TriState,
        Category.PARENTS,
        "A parent may be the exploiter: ask before informing.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    comment="A holder of parental authority.",
)
