"""What the system writes about itself: the journals and their seals, the outbox, and the reach of each viewer."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSON
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, instant, metadata, public_id, text, texts
from schema.vocabulary import Category

LOG = Category.ACCESS_LOG
KEY = Category.KEY

# Partitioned by month, so that twelve months of log end with a DROP of one partition, not a DELETE.
access_log = Table(
    "access_log",
    metadata,
    column("writer_id", Uuid(as_uuid=True), LOG, "One chain per writer process.", nullable=False),
    counter("seq", LOG, "Place in the writer's chain, from 1."),
    column("at", DateTime(timezone=True), LOG, "When the read was asked for.", nullable=False),
    text("event", LOG, "READ, COMMAND or REFUSAL.", nullable=False),
    text("outcome", LOG, "OK or the code of the refusal.", nullable=False),
    text("trace_id", LOG, "Trace of the request.", nullable=False),
    column("organisation_id", Uuid(as_uuid=True), LOG, "For which organisation."),
    text("client_id", LOG, "By which of its tools."),
    column("member_id", Uuid(as_uuid=True), LOG, "By which person, under their pseudonymous id."),
    text("audience", LOG, "Under which role.", nullable=False),
    text("purpose", LOG, "For which purpose."),
    text("operation", LOG, "Root field or command."),
    text("document_hash", LOG, "SHA-256 of the document; never its text."),
    column("situations", JSON, LOG, "Ids of the situations read."),
    texts("categories", LOG, "Categories read."),
    texts("withheld", LOG, "Categories asked for and conditional."),
    column("prev", BYTEA, LOG, "Hash of the record before.", nullable=False),
    column("hash", BYTEA, LOG, "SHA-256 over prev and this record.", nullable=False),
    PrimaryKeyConstraint("writer_id", "seq", "at"),
    postgresql_partition_by="RANGE (at)",
    comment="Who read what, when: append-only, hash-chained, no values.",
)
Index("ix_access_log_organisation_at", access_log.c.organisation_id, access_log.c.at.desc())

# The log by situation, for the owner of a case: written when records are sealed (loaders/journals/case_accesses.py), so that the way of
# a read stays short. It can be made again from the log at any time.
case_access = Table(
    "case_access",
    metadata,
    public_id(),
    column("situation_id", Uuid(as_uuid=True), KEY, "The situation that was read or written.", nullable=False),
    # As in the log itself no foreign keys: a person who leaves the network does not keep the log from saying who it was.
    column("controller_org_id", Uuid(as_uuid=True), KEY, "The owner of the case, who reads this.", nullable=False),
    column("organisation_id", Uuid(as_uuid=True), KEY, "For which organisation."),
    column("member_id", Uuid(as_uuid=True), KEY, "By whom: never shown, resolved by an act of its own."),
    instant("at", LOG, "When it was asked for.", nullable=False),
    text("event", LOG, "READ, COMMAND or REFUSAL.", nullable=False),
    text("outcome", LOG, "OK or the code of the refusal.", nullable=False),
    text("trace_id", LOG, "Trace of the request.", nullable=False),
    text("reader", LOG, "Pseudonym of the person: the same within one situation, another in every other."),
    text("audience", LOG, "Under which role.", nullable=False),
    text("purpose", LOG, "For which purpose."),
    text("operation", LOG, "Root field or command."),
    texts("categories", LOG, "Categories read."),
    texts("conditional", LOG, "Categories asked for that depended on conditions."),
    ForeignKeyConstraint(["situation_id"], ["situation.id"], ondelete="CASCADE"),
    comment="Who accessed which situation: the access log as the owner of a case reads it.",
)
Index("ix_case_access_situation_at", case_access.c.situation_id, case_access.c.at.desc(), case_access.c.id.desc())
Index("ix_case_access_at", case_access.c.at.desc(), case_access.c.id.desc())
Index("ix_case_access_organisation_at", case_access.c.organisation_id, case_access.c.at.desc(), case_access.c.id.desc())

# The chain of the disclosure ledger, one per situation: the ledger is part of the case file and goes with it. Written
# by a trigger that runs as the owner, so no login of the service can write here.
ledger_link = Table(
    "ledger_link",
    metadata,
    column("disclosure_id", Uuid(as_uuid=True), KEY, "The line of the ledger.", nullable=False, primary_key=True),
    column("situation_id", Uuid(as_uuid=True), KEY, "Whose chain.", nullable=False),
    counter("seq", KEY, "Place in the chain, from 1; it would tell how many lines there are."),
    column("prev", BYTEA, KEY, "Hash of the line before.", nullable=False),
    column("hash", BYTEA, KEY, "SHA-256 over prev and the line.", nullable=False),
    UniqueConstraint("situation_id", "seq"),
    comment="Hash chain of the disclosure ledger, one per situation.",
)

ledger_unsealed = Table(
    "ledger_unsealed",
    metadata,
    column("situation_id", Uuid(as_uuid=True), KEY, "Whose chain.", nullable=False, primary_key=True),
    counter("seq", KEY, "Its newest place; 0 once the chain has ended with its case."),
    column("hash", BYTEA, KEY, "Hash of its newest line.", nullable=False),
    comment="Chains of the ledger that moved since the last seal.",
)

# A transparency log over both journals: each row is a leaf of one RFC 6962 tree, and the last leaf of every sealing
# carries the signed checkpoint of the tree up to it (loaders/journals/transparency.py).
journal_seal = Table(
    "journal_seal",
    metadata,
    column("number", BigInteger, KEY, "Leaf index, from 0.", nullable=False, primary_key=True, autoincrement=False),
    column("body", BYTEA, KEY, "The leaf: heads of chains, or the proof of a purge.", nullable=False),
    column("frontier", BYTEA, KEY, "Hashes of the tree's right edge after this leaf.", nullable=False),
    column("checkpoint", Text, KEY, "Signed note of the tree after this leaf, on the last leaf of a sealing."),
    comment="Seals over access log and disclosure ledger, and the checkpoints that witnesses keep.",
)

chain_sealed = Table(
    "chain_sealed",
    metadata,
    column("writer_id", Uuid(as_uuid=True), KEY, "The chain.", nullable=False, primary_key=True),
    counter("seq", KEY, "Up to where it is sealed."),
    counter("listed", KEY, "Up to where it is listed by situation.", server_default="0"),
    comment="How far each chain of the access log is sealed: a note to ourselves, proved by the seals.",
)

# Commands say what they did; triggers say which rows that changed (loaders/events/outbox.py): the source of every event.
outbox = Table(
    "outbox",
    metadata,
    # Its key too: a key by chance would touch another page of an index with every event.
    counter(
        "seq",
        KEY,
        "In which order it was written; others may be committed before.",
        Identity(always=True),
        primary_key=True,
    ),
    instant("at", KEY, "When, inside the command's transaction.", nullable=False, now=True),
    text("kind", KEY, "What happened, as a coarse word; `row.` and a table where a trigger says it.", nullable=False),
    column("situation_id", Uuid(as_uuid=True), KEY, "The situation, if any."),
    column("subject_id", Uuid(as_uuid=True), KEY, "The row that changed.", nullable=False),
    column(
        "audiences",
        ARRAY(Text),
        KEY,
        "Kinds of organisations that may be concerned.",
        nullable=False,
        server_default="{}",
    ),
    texts("changed", KEY, "Of a row that changed: which of the columns that events are about."),
    counter("position", KEY, "Its place in the order of commits, given once it can be seen; no gaps.", nullable=True),
    comment="Events to deliver: ids only; receivers read again under their own rights.",
)
Index("ix_outbox_at", outbox.c.at, postgresql_using="brin")
# Only over those that have one, so that an event is not in it before.
Index("ix_outbox_position", outbox.c.position, unique=True, postgresql_where=outbox.c.position.is_not(None))
Index("ix_outbox_unnumbered", outbox.c.seq, postgresql_where=outbox.c.position.is_(None))

outbox_head = Table(
    "outbox_head",
    metadata,
    # The only row; whoever numbers events holds it.
    column("only_row", Boolean, KEY, "Always true.", nullable=False, primary_key=True, server_default="true"),
    counter("position", KEY, "The last place given."),
    CheckConstraint("only_row", name="one_row"),
    comment="How far the events are numbered.",
)

# Who stands in which relation to which situation, exact at every commit: statement-level triggers keep it
# equal to the view `reach_definition` (loaders/policy/reach.py). Doors and walls look relations up here, so a page
# costs one index probe per row, and row policies never recurse into each other.
reach = Table(
    "reach",
    metadata,
    Column(
        "viewer",
        Uuid(as_uuid=True),
        nullable=False,
        comment="An authority, an organisation or a member.",
        info={"category": KEY},
    ),
    Column("situation_id", Uuid(as_uuid=True), nullable=False, comment="The situation.", info={"category": KEY}),
    Column("via", Text, nullable=False, comment="The relation (loaders/policy/conditions.py).", info={"category": KEY}),
    Column(
        "starts_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now(),
        comment="From.",
        info={"category": KEY},
    ),
    Column(
        "ends_at",
        DateTime(timezone=True),
        nullable=False,
        server_default="infinity",
        comment="Until.",
        info={"category": KEY},
    ),
    PrimaryKeyConstraint("viewer", "situation_id", "via"),
    ForeignKeyConstraint(["situation_id"], ["situation.id"], ondelete="CASCADE"),
    comment="The relations between viewers and situations, kept exact by triggers.",
)
# All that a door or a wall asks of a relation: a probe never leaves the index.
Index(
    "ix_reach_situation",
    reach.c.situation_id,
    reach.c.viewer,
    postgresql_include=["via", "starts_at", "ends_at"],
)
# Which of a viewer's relations begin or end by themselves in a span of time; most never do.
Index("ix_reach_ends", reach.c.viewer, reach.c.ends_at, postgresql_where=reach.c.ends_at < literal_column("'infinity'"))
Index(
    "ix_reach_starts",
    reach.c.viewer,
    reach.c.starts_at,
    postgresql_where=reach.c.starts_at > literal_column("'-infinity'"),
)
