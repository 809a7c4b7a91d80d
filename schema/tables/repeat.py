"""What recognises a repeat: the keys of each minor, and the pairs of situations that may concern the same one."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, instant, link, metadata, number, public_id, text, texts, word, words
from schema.vocabulary import Category, RepeatBand, RepeatFact, RepeatSide, RepeatState

REPEATS = Category.REPEATS
KEY = Category.KEY
_ID = Uuid(as_uuid=True)

# Made of names, so as secret as names; they go with the minor (ON DELETE CASCADE). No noun stands on this table.
minor_key = Table(
    "minor_key",
    metadata,
    column(
        "minor_id",
        _ID,
        KEY,
        "The minor.",
        ForeignKey("minor.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=True,
    ),
    column(
        "situation_id",
        _ID,
        KEY,
        "The situation.",
        ForeignKey("situation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    texts("minimal_keys", Category.MINOR_MINIMAL, "Keys made of first name and year of birth."),
    texts("identity_keys", Category.FULL_IDENTITY, "Keys made of last name, date of birth, phone, accounts."),
    comment="Blocking keys: what two files about the same minor are likely to share; never shown to anybody.",
)
Index("ix_minor_key_minimal_keys", minor_key.c.minimal_keys, postgresql_using="gin")
Index("ix_minor_key_identity_keys", minor_key.c.identity_keys, postgresql_using="gin")

# Each pair is written from both sides, so that either file leads to the other by one index; the deferred foreign key
# from a row to its mirror keeps both there, and in the same state, at every commit.
repeat_candidate = Table(
    "repeat_candidate",
    metadata,
    public_id(),
    column(
        "situation_id",
        _ID,
        KEY,
        "The situation that is proposed.",
        ForeignKey("situation.id", ondelete="CASCADE"),
        nullable=False,
    ),
    column(
        "for_situation_id",
        _ID,
        KEY,
        "The situation for which it is proposed.",
        ForeignKey("situation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    link("decided_by_id", "member.id", "Who decided last."),
    word("state", RepeatState, REPEATS, "Where the two stand.", nullable=False, server_default="PROPOSED"),
    word("merged_as", RepeatSide, REPEATS, "What this situation is to the other one, while they are merged."),
    word("band", RepeatBand, REPEATS, "How strongly the facts speak; null where a person saw it unaided."),
    number("weight", REPEATS, "Weight of the evidence, in tenths of a bit.", nullable=False, server_default="0"),
    words("agreeing", RepeatFact, REPEATS, "Facts that agree."),
    words("disagreeing", RepeatFact, REPEATS, "Facts that disagree."),
    instant("proposed_at", REPEATS, "When the two were first brought together.", nullable=False, now=True),
    instant("decided_at", REPEATS, "When a person decided last."),
    text("reason", REPEATS, "Why, in the words of who decided last."),
    UniqueConstraint("situation_id", "for_situation_id"),
    UniqueConstraint("situation_id", "for_situation_id", "state"),
    ForeignKeyConstraint(
        ["for_situation_id", "situation_id", "state"],
        ["repeat_candidate.situation_id", "repeat_candidate.for_situation_id", "repeat_candidate.state"],
        name="fk_repeat_candidate_mirror",
        deferrable=True,
        initially="DEFERRED",
    ),
    CheckConstraint("situation_id <> for_situation_id", name="two_situations"),
    CheckConstraint("(state = 'MERGED') = (merged_as IS NOT NULL)", name="merged_as_something"),
    CheckConstraint(
        "(state = 'PROPOSED') = (decided_at IS NULL) AND (state = 'PROPOSED') = (reason IS NULL)", name="decided"
    ),
    comment="Two of the DLPM's own situations that may concern the same minor, and what a person decided.",
)
# A situation has one principal at most, whoever decides at the same moment.
Index(
    "uq_repeat_candidate_one_principal",
    repeat_candidate.c.situation_id,
    unique=True,
    postgresql_where=repeat_candidate.c.merged_as == "DUPLICATE",
)
