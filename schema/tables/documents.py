"""The documents that an organisation has registered: all that its tools may ask, where it has registered any."""

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table

from schema.tables.columns import instant, link, metadata, text
from schema.vocabulary import Category

ACCOUNTS = Category.ACCOUNTS

trusted_document = Table(
    "trusted_document",
    metadata,
    link("organisation_id", "organisation.id", "Whose tools ask it.", nullable=False),
    text("hash", ACCOUNTS, "SHA-256 of the text, in hexadecimal: what a tool sends instead of it.", nullable=False),
    text("document", ACCOUNTS, "The text; it names fields, never a person.", nullable=False),
    instant("registered_at", ACCOUNTS, "When it was registered.", nullable=False, now=True),
    instant("retired_at", ACCOUNTS, "From then on it is refused."),
    PrimaryKeyConstraint("organisation_id", "hash"),
    CheckConstraint("hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="hash_of_the_text"),
    comment="Trusted documents, by organisation and hash; a retired one stays, because the access log names its hash.",
)
