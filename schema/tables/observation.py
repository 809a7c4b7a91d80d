"""What is known of the minor's life: problematics (plain and starred apart), exploitation, live danger."""

from sqlalchemy import CheckConstraint, Index, Table

from schema.tables.columns import instant, link, metadata, public_id, text, texts, word, words
from schema.vocabulary import (
    Category,
    ExploitationForm,
    ExploitationMode,
    Problematic,
    Recruitment,
    TriState,
    Venue,
    WarningSign,
)

_STARRED = ", ".join(f"'{kind.value}'" for kind in Problematic if kind.starred)

problematic = Table(
    "problematic",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("minor_id", "minor.id", "Of which minor."),
    word("kind", Problematic, Category.PROBLEMATICS, "What is observed.", nullable=False),
    word("value", TriState, Category.PROBLEMATICS, "Yes, no, unknown.", nullable=False, server_default="UNKNOWN"),
    text("source", Category.PROBLEMATICS, "Who says so."),
    instant("at", Category.PROBLEMATICS, "When.", nullable=False, now=True),
    CheckConstraint(f"kind NOT IN ({_STARRED})", name="plain_only"),
    comment="Plain problematics. Starred kinds (health, sexual life, offence) have their own table and category.",
)
Index("ix_problematic_situation_kind", problematic.c.situation_id, problematic.c.kind)

sensitive_problematic = Table(
    "sensitive_problematic",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("minor_id", "minor.id", "Of which minor."),
    word("kind", Problematic, Category.PROBLEMATICS_STARRED, "What is observed.", nullable=False),
    word(
        "value", TriState, Category.PROBLEMATICS_STARRED, "Yes, no, unknown.", nullable=False, server_default="UNKNOWN"
    ),
    text("source", Category.PROBLEMATICS_STARRED, "Who says so."),
    instant("at", Category.PROBLEMATICS_STARRED, "When.", nullable=False, now=True),
    CheckConstraint(f"kind IN ({_STARRED})", name="starred_only"),
    comment="Starred problematics: GDPR article 9 and 10 data.",
)
Index("ix_sensitive_problematic_situation_kind", sensitive_problematic.c.situation_id, sensitive_problematic.c.kind)

exploitation_fact = Table(
    "exploitation_fact",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("minor_id", "minor.id", "Of which minor."),
    word("form", ExploitationForm, Category.EXPLOITATION, "Form.", nullable=False, server_default="UNKNOWN"),
    word("venue", Venue, Category.EXPLOITATION, "Kind of place.", nullable=False, server_default="UNKNOWN"),
    word("recruitment", Recruitment, Category.EXPLOITATION, "How it began.", nullable=False, server_default="UNKNOWN"),
    word(
        "mode",
        ExploitationMode,
        Category.EXPLOITATION,
        "Alone, with a peer, a lover boy, a network.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    words("signs", WarningSign, Category.EXPLOITATION, "Warning signs."),
    instant("at", Category.EXPLOITATION, "When recorded.", nullable=False, now=True),
    comment="What is known of the exploitation.",
)

live_danger = Table(
    "live_danger",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    text("place", Category.LIVE_DANGER, "Where she is in danger now."),
    text("ad_url", Category.LIVE_DANGER, "Advertisement."),
    instant("until", Category.LIVE_DANGER, "Kept until then, at most 30 days.", nullable=False),
    instant("at", Category.LIVE_DANGER, "When recorded.", nullable=False, now=True),
    CheckConstraint("until <= at + interval '30 days'", name="thirty_days"),
    comment="A place and a time of danger; short-lived.",
)

alleged_perpetrator = Table(
    "alleged_perpetrator",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    texts("identifiers", Category.LIVE_DANGER, "Names, phones, accounts."),
    text("relation", Category.LIVE_DANGER, "Link to the minor."),
    comment="Who is said to exploit.",
)

# What points to a row that a retention rule deletes is looked for by index, or each deletion would read the table.
for _table in (problematic, sensitive_problematic, exploitation_fact):
    Index(f"ix_{_table.name}_minor", _table.c.minor_id, postgresql_where=_table.c.minor_id.is_not(None))
