"""The data keys of situations, wrapped: what opens them is not in the database."""

from sqlalchemy import Index, Table
from sqlalchemy.dialects.postgresql import BYTEA

from schema.tables.columns import column, instant, link, metadata, number, public_id
from schema.vocabulary import Category

ACCOUNTS = Category.ACCOUNTS

situation_key = Table(
    "situation_key",
    metadata,
    public_id("Identifier of the data key, bound into every value it seals."),
    link("situation_id", "situation.id", "The situation.", nullable=False, unique=True),
    column("wrapped", BYTEA, ACCOUNTS, "The data key, wrapped; null once it is destroyed."),
    number("kek_version", ACCOUNTS, "Which key-encryption key wraps it.", nullable=False),
    instant("created_at", ACCOUNTS, "When it was made.", nullable=False, now=True),
    instant("destroyed_at", ACCOUNTS, "When it was destroyed: nothing it sealed can be read any more."),
    comment="One data key per situation seals what never leaves the 119 (P5).",
)
Index("ix_situation_key_kek_version", situation_key.c.kek_version)
