"""Rollups of national monitoring: one number per cell, what each situation adds to them, and what is still to be folded."""

from sqlalchemy import BigInteger, CheckConstraint, Date, Identity, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, instant, link, metadata, number, public_id, text
from schema.vocabulary import Category

INDICATORS = Category.INDICATORS
KEY = Category.KEY

# No login reads these rows as they are: `monitoring_now` (loaders/monitoring/rollups.py) adds what is not folded yet.
monitoring_cell = Table(
    "monitoring_cell",
    metadata,
    column(
        "id",
        Integer,
        KEY,
        "Short name of the cell, for monitoring_part.",
        Identity(),
        primary_key=True,
        nullable=False,
    ),
    column("cube", Text, INDICATORS, "Which cube.", nullable=False),
    column(
        "place",
        Text,
        INDICATORS,
        "Empty for the nation; R:, D: or A: and a region, department or authority.",
        nullable=False,
    ),
    column("span", Date, INDICATORS, "First day of the span: the 1st or the 3rd of a month.", nullable=False),
    column("word", Text, INDICATORS, "The value of the cube's dimension.", nullable=False),
    column("amount", BigInteger, INDICATORS, "How many.", nullable=False, server_default="0"),
    comment="Rollups: one number per cell, never shown but through disclosure control.",
)
Index(
    "ux_monitoring_cell",
    monitoring_cell.c.place,
    monitoring_cell.c.span,
    monitoring_cell.c.cube,
    monitoring_cell.c.word,
    unique=True,
)

monitoring_part = Table(
    "monitoring_part",
    metadata,
    column("situation_id", Uuid(as_uuid=True), KEY, "The situation.", primary_key=True, nullable=False),
    column("cells", ARRAY(Integer), KEY, "The cells it adds to.", nullable=False),
    column("amounts", ARRAY(Integer), INDICATORS, "How much it adds to each.", nullable=False),
    comment="What each situation has added to the rollups, so that it can be taken back exactly.",
)

# Written by triggers in the transaction of every change; several lines about one situation do no harm.
monitoring_mark = Table(
    "monitoring_mark",
    metadata,
    column("number", BigInteger, KEY, "The line.", Identity(), primary_key=True, nullable=False),
    column("situation_id", Uuid(as_uuid=True), KEY, "A situation that changed.", nullable=False),
    comment="Situations whose part of the rollups is out of date; readers count them afresh.",
)

# Written by one function (loaders/monitoring/editions.py), which tells it again to whoever asks; a trigger lets nobody
# change a line.
monitoring_edition = Table(
    "monitoring_edition",
    metadata,
    text("kind", INDICATORS, "The calendar of its year.", primary_key=True, nullable=False),
    number("year", INDICATORS, "The year, named by the year it begins in.", primary_key=True, nullable=False),
    text("place", INDICATORS, "Empty for the nation; A: and an authority.", primary_key=True, nullable=False),
    number(
        "number",
        INDICATORS,
        "How many of its quarters were over; then one more for each correction.",
        primary_key=True,
        nullable=False,
    ),
    column("cells", JSON, INDICATORS, "Its numbers by month, without any protection.", nullable=False),
    column("places", JSON, INDICATORS, "Its numbers by place, without any protection.", nullable=False),
    column("thresholds", JSON, INDICATORS, "Below which numbers persons are masked.", nullable=False),
    instant("taken_at", INDICATORS, "When somebody asked first.", nullable=False, now=True),
    comment="The ledger of what was told of each year: every answer is made of it, whatever is entered later.",
)

# A trigger lets nobody change or remove a line, the owner included, but for when and by whom it was published.
yearly_report = Table(
    "yearly_report",
    metadata,
    public_id(),
    text("kind", INDICATORS, "The calendar of its year.", nullable=False),
    number("year", INDICATORS, "The year, named by the year it begins in.", nullable=False),
    number("version", INDICATORS, "From 1; a correction is a new version.", nullable=False),
    column("figures", JSON, INDICATORS, "Its numbers, as they were counted, without any protection.", nullable=False),
    column("tables", JSON, INDICATORS, "Its tables as the DLPM and as all others may see them.", nullable=False),
    column("thresholds", JSON, INDICATORS, "Below which numbers persons were masked.", nullable=False),
    text("reason", INDICATORS, "Why there is another version."),
    instant("frozen_at", INDICATORS, "Since when it does not change.", nullable=False, now=True),
    instant("published_at", INDICATORS, "When it was published; empty until then."),
    link("frozen_by_id", "member.id", "Who froze it."),
    link("published_by_id", "member.id", "Who published it: somebody else."),
    UniqueConstraint("kind", "year", "version"),
    CheckConstraint("published_by_id <> frozen_by_id", name="two_persons"),
    comment="Yearly reports: frozen figures, which every later answer about their year is made of.",
)
