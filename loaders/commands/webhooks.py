"""The webhooks of an organisation: registered and re-keyed by its delegate, stopped by the operator too."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.oauth.published_keys import checked_uri
from auth.policy import FEEDS, Act
from loaders.commands.work import Command, Row, Work
from loaders.webhooks.webhooks import MOST_WEBHOOKS, OVERLAP
from schema.errors import DomainRefusalError
from schema.tables.directory import organisation
from schema.tables.feed import feed
from schema.tables.webhook import webhook, webhook_delivery
from schema.types.acts_webhook import (
    DisableWebhookInput,
    EnableWebhookInput,
    RegisterWebhookInput,
    ReplayWebhookDeliveryInput,
    RotateWebhookSecretInput,
)
from schema.vocabulary import DeliveryState, WebhookState, organisation_audience

_OWNER = bindparam("owner", type_=Uuid(as_uuid=True))
# The organisation's row is the turn of whoever registers: two at once cannot both be the last.
_TURN = select(organisation.c.id).where(organisation.c.id == _OWNER).with_for_update(key_share=True)
_STANDING = select(
    select(func.count()).select_from(webhook).where(webhook.c.organisation_id == _OWNER).scalar_subquery().label("has"),
    select(feed.c.position).where(feed.c.organisation_id == _OWNER).scalar_subquery().label("told"),
)


async def register(work: Work, wish: RegisterWebhookInput) -> UUID:
    """Told from now on; what was before is read from the feed."""
    if organisation_audience(work.caller.organisation_kind) not in FEEDS:
        raise DomainRefusalError(
            "NO_FEED", "Les outils de votre organisation ne suivent pas de changements : il n'y a rien à annoncer."
        )
    url = checked_uri(wish.url, "url")
    await work.one(_TURN, owner=work.caller.organisation_id)
    standing: Any = await work.one(_STANDING, owner=work.caller.organisation_id)
    if standing["has"] >= MOST_WEBHOOKS:
        raise DomainRefusalError(
            "TOO_MANY_WEBHOOKS",
            f"Une organisation a {MOST_WEBHOOKS} adresses au plus : désactivée, une adresse compte.",
        )
    made = await work.insert(webhook, organisation_id=work.caller.organisation_id, url=url, told=standing["told"] or 0)
    _about(work, work.caller.organisation_id, made)
    return made


async def rotate(work: Work, wish: RotateWebhookSecretInput) -> UUID:
    """A new generation; the one before signs too for a day."""
    row = await _locked(work, wish)
    await work.update(webhook, row.id, generation=row["generation"] + 1, previous_until=work.now + OVERLAP)
    return row.id


async def disable(work: Work, wish: DisableWebhookInput) -> UUID:
    """Told nothing more."""
    return await _switch(work, wish, WebhookState.DISABLED)


async def enable(work: Work, wish: EnableWebhookInput) -> UUID:
    """Told again, with no failures behind it."""
    return await _switch(work, wish, WebhookState.ACTIVE)


async def _switch(work: Work, wish: DisableWebhookInput | EnableWebhookInput, to: WebhookState) -> UUID:
    row = await _locked(work, wish)
    if row["state"] == to.value:
        raise DomainRefusalError("WRONG_STATUS", "Cette adresse est déjà dans cet état.", "webhook")
    await work.update(webhook, row.id, state=to.value, failures=0)
    return row.id


async def replay(work: Work, wish: ReplayWebhookDeliveryInput) -> UUID:
    """From the first pause again; the rights are those of the next attempt."""
    row = await work.lock("WebhookDelivery", wish.delivery, field="delivery", expected_version=wish.expected_version)
    _about(work, row["organisation_id"], row["webhook_id"])
    if row["state"] != DeliveryState.DEAD.value:
        raise DomainRefusalError("WRONG_STATUS", "Seul un avis abandonné peut être renvoyé.", "delivery")
    await work.update(
        webhook_delivery, row.id, state=DeliveryState.WAITING.value, attempts=0, next_at=work.now, ended_at=None
    )
    return row.id


async def _locked(work: Work, wish: RotateWebhookSecretInput | DisableWebhookInput | EnableWebhookInput) -> Row:
    row = await work.lock("Webhook", wish.webhook, field="webhook", expected_version=wish.expected_version)
    _about(work, row["organisation_id"], row.id)
    return row


def _about(work: Work, owner: UUID, identity: UUID) -> None:
    work.about = f"organisation={owner}, webhook={identity}"


COMMANDS = {
    "registerWebhook": Command(Act.KEEP_WEBHOOKS, "Webhook", register),
    "rotateWebhookSecret": Command(Act.KEEP_WEBHOOKS, "Webhook", rotate),
    "disableWebhook": Command(Act.CONTROL_WEBHOOKS, "Webhook", disable),
    "enableWebhook": Command(Act.CONTROL_WEBHOOKS, "Webhook", enable),
    "replayWebhookDelivery": Command(Act.CONTROL_WEBHOOKS, "WebhookDelivery", replay),
}
