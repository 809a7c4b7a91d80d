"""A contact with the 119: the call, who called (own table, own key), and what the listener noted."""

from sqlalchemy import Index, Table, desc

from schema.retention import Fate
from schema.tables.columns import instant, link, metadata, only_sealed, public_id, sealed, word
from schema.vocabulary import (
    CallerAnonymity,
    CallerCategory,
    CallerCategoryPublic,
    Category,
    Channel,
    ContactOutcome,
    Direction,
    TriState,
)

contact = Table(
    "contact",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation it is about.", nullable=False, index=True),
    link("controller_org_id", "organisation.id", "The controller of this row (GDPR).", nullable=False, fate=Fate.KEPT),
    link("taken_by_id", "member.id", "The listener who took it.", index=True),
    instant("at", Category.CONTACTS, "When.", nullable=False, now=True),
    word(
        "channel",
        Channel,
        Category.CONTACTS,
        "Phone, chat, form, sign language, mail.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    word("direction", Direction, Category.CONTACTS, "Incoming or outgoing.", nullable=False, server_default="IN"),
    word("outcome", ContactOutcome, Category.CONTACTS, "What became of the call.", nullable=False),
    instant(
        "report_due_at",
        Category.ALERTS,
        "Clock: the report it calls for, 24 hours later (CASF L226-6); null when none is owed, or one has left.",
    ),
    word(
        "caller_category",
        CallerCategory,
        Category.CALLER_CATEGORY,
        "Exact link: quasi-identity.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    word(
        "caller_category_public",
        CallerCategoryPublic,
        Category.CALLER_CATEGORY_COARSE,
        "Coarse link, safe to transmit.",
        nullable=False,
        server_default="UNDISCLOSED",
    ),
    comment="One exchange with the 119.",
)
Index("ix_contact_situation_at", contact.c.situation_id, desc(contact.c.at), desc(contact.c.id))

caller = Table(
    "caller",
    metadata,
    public_id(),
    link("contact_id", "contact.id", "The contact.", nullable=False, unique=True),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("controller_org_id", "organisation.id", "The controller of this row (GDPR).", nullable=False),
    sealed("name", Category.CALLER_IDENTITY, "Name."),
    sealed("phone", Category.CALLER_IDENTITY, "Phone."),
    sealed("email", Category.CALLER_IDENTITY, "E-mail."),
    sealed("relation", Category.CALLER_IDENTITY, "Link to the minor, in words."),
    word(
        "anonymity",
        CallerAnonymity,
        Category.CALLER_IDENTITY,
        "Level of anonymity asked for.",
        nullable=False,
        server_default="ANONYMOUS",
    ),
    instant("consent_at", Category.CALLER_IDENTITY, "When the caller agreed to be named to the CRIP."),
    word(
        "lives_with_child",
        TriState,
        Category.CALLER_IDENTITY,
        "Lives with the child.",
        nullable=False,
        server_default="UNKNOWN",
    ),
    *(only_sealed(name) for name in ("name", "phone", "email", "relation")),
    comment="Who called. P5: never leaves the 119 but under condition 7.",
)

listening_note = Table(
    "listening_note",
    metadata,
    public_id(),
    link("contact_id", "contact.id", "The contact.", nullable=False, index=True),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("author_id", "member.id", "The listener."),
    sealed("text", Category.LISTENING_NOTES, "What the listener wrote while listening.", nullable=False),
    instant("at", Category.LISTENING_NOTES, "When.", nullable=False, now=True),
    only_sealed("text"),
    comment="P5: never leaves the 119; the CRIP gets a separately written notice.",
)
