"""Webhooks: where an organisation's software is told that something changed in its view, and what became of each notice."""

from sqlalchemy import Index, Table
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, instant, link, metadata, number, public_id, text, word
from schema.vocabulary import Category, DeliveryState, WebhookState

KEY = Category.KEY
ACCOUNTS = Category.ACCOUNTS

webhook = Table(
    "webhook",
    metadata,
    public_id(),
    link("organisation_id", "organisation.id", "Whose software is told.", nullable=False),
    text("url", ACCOUNTS, "Where to: an https address of its own.", nullable=False),
    word("state", WebhookState, ACCOUNTS, "Whether it is told anything.", nullable=False, server_default="ACTIVE"),
    # The secret itself is stored nowhere: it is derived from this number and a key outside the database.
    number("generation", ACCOUNTS, "Which secret signs.", nullable=False, server_default="1"),
    instant("previous_until", ACCOUNTS, "Until when the secret before signs too."),
    number("failures", ACCOUNTS, "How many attempts in a row have failed.", nullable=False, server_default="0"),
    counter("told", KEY, "Up to which place of the organisation's feed notices were made.", server_default="0"),
    instant("created_at", ACCOUNTS, "When it was registered.", nullable=False, now=True),
    comment="Where organisations' software is told of changes.",
)
Index("ix_webhook_organisation", webhook.c.organisation_id)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    public_id("The id of the notice: the receiver tells repeats by it."),
    link("webhook_id", "webhook.id", "To where.", nullable=False),
    link("organisation_id", "organisation.id", "Whose webhook it is.", nullable=False),
    column("row_id", Uuid(as_uuid=True), KEY, "The row it is about.", nullable=False),
    text("prefix", KEY, "Kind of the row, as in its public id.", nullable=False),
    text("kind", ACCOUNTS, "What the notice said last: referral.changed, access.ended.", nullable=False),
    word("state", DeliveryState, ACCOUNTS, "What became of it.", nullable=False, server_default="WAITING"),
    number("attempts", ACCOUNTS, "How often it was tried.", nullable=False, server_default="0"),
    instant("next_at", ACCOUNTS, "When it is tried next.", nullable=False, now=True),
    number("answer", ACCOUNTS, "HTTP status of the last answer; null where there was none."),
    instant("created_at", ACCOUNTS, "When the change was found.", nullable=False, now=True),
    instant("ended_at", ACCOUNTS, "When it was delivered, or given up."),
    comment="Every notice and what became of it: ids only.",
)
Index("ix_webhook_delivery_webhook", webhook_delivery.c.webhook_id, webhook_delivery.c.created_at.desc())
Index(
    "ix_webhook_delivery_waiting",
    webhook_delivery.c.next_at,
    postgresql_where=webhook_delivery.c.state == "WAITING",
)
