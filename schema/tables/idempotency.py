"""The acts that were done under a key of their client, remembered for as long as the client may repeat them."""

from sqlalchemy import Index, Table
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, instant, metadata
from schema.vocabulary import Category

KEY = Category.KEY

# Neither the key nor what was sent is here, only keyed hashes: an input can hold a name that is stored sealed elsewhere.
idempotency = Table(
    "idempotency",
    metadata,
    column("id", BYTEA, KEY, "Keyed hash of client, person and key.", nullable=False, primary_key=True),
    column("request", BYTEA, KEY, "Keyed hash of the mutation and its input.", nullable=False),
    column("subject_id", Uuid(as_uuid=True), KEY, "The row that its payload shows.", nullable=False),
    instant("at", KEY, "When it was done.", nullable=False, now=True),
    comment="Acts done under an idempotency key: a repeat is answered, not done again.",
)
Index("ix_idempotency_at", idempotency.c.at)
