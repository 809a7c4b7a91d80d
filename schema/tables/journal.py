"""What the system writes about itself: the access log, the outbox, and the reach of each viewer."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, func
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

outbox = Table(
    "outbox",
    metadata,
    public_id(),
    instant("at", KEY, "When, inside the command's transaction.", nullable=False, now=True),
    text("kind", KEY, "What happened, as a coarse word.", nullable=False),
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
    comment="Events to deliver: ids only; receivers read again under their own rights.",
)
Index("ix_outbox_at", outbox.c.at)

# Who stands in which relation to which situation, exact at every commit: statement-level triggers keep it
# equal to the view `reach_definition` (loaders/reach.py). Doors and walls look relations up here, so a page
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
    Column("via", Text, nullable=False, comment="The relation (loaders/conditions.py).", info={"category": KEY}),
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
