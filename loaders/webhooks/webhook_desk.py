"""What the operator does with webhooks: register, rotate, disable, enable, list, send again."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.oauth.published_keys import checked_uri
from auth.policy import FEEDS
from loaders.webhooks.webhooks import MOST_WEBHOOKS, OVERLAP, secret_of
from schema.errors import SetupError
from schema.tables.directory import organisation
from schema.tables.feed import feed
from schema.tables.webhook import webhook, webhook_delivery
from schema.vocabulary import DeliveryState, OrgKind, WebhookState, organisation_audience


async def register(engine: AsyncEngine, key: bytes, owner: UUID, url: str) -> tuple[UUID, str]:
    """A webhook of an organisation, told of what changes from now on: its id and its secret.

    Raises: SetupError, BadInputError where the address cannot be meant.
    """
    async with engine.begin() as connection:
        kind = (
            await connection.execute(select(organisation.c.kind).where(organisation.c.id == owner).with_for_update())
        ).scalar_one_or_none()
        if kind is None or organisation_audience(OrgKind(kind)) not in FEEDS:
            raise SetupError("There is no such organisation whose software follows changes. Nothing was written.")
        count = select(func.count()).select_from(webhook).where(webhook.c.organisation_id == owner)
        if (await connection.execute(count)).scalar_one() >= MOST_WEBHOOKS:
            raise SetupError(f"An organisation has at most {MOST_WEBHOOKS} webhooks. Nothing was written.")
        told = select(feed.c.position).where(feed.c.organisation_id == owner).scalar_subquery()
        adding = insert(webhook).values(organisation_id=owner, url=checked_uri(url, "url"), told=func.coalesce(told, 0))
        identity: UUID = (await connection.execute(adding.returning(webhook.c.id))).scalar_one()
    return identity, secret_of(key, identity, 1)


async def rotate(engine: AsyncEngine, key: bytes, identity: UUID) -> str:
    """A new secret; the one before signs too for a day. Raises SetupError."""
    changing = (
        update(webhook)
        .where(webhook.c.id == identity)
        .values(generation=webhook.c.generation + 1, previous_until=func.now() + OVERLAP)
        .returning(webhook.c.generation)
    )
    async with engine.begin() as connection:
        generation = (await connection.execute(changing)).scalar_one_or_none()
    if generation is None:
        raise SetupError("There is no such webhook. Nothing was written.")
    return secret_of(key, identity, generation)


async def switch(engine: AsyncEngine, identity: UUID, state: WebhookState) -> None:
    """Tell it nothing more, or again. Raises SetupError."""
    changing = update(webhook).where(webhook.c.id == identity).values(state=state.value, failures=0)
    async with engine.begin() as connection:
        if not (await connection.execute(changing)).rowcount:
            raise SetupError("There is no such webhook. Nothing was written.")


async def replay(engine: AsyncEngine, identity: UUID) -> int:
    """Try again what was given up; how many notices. The receiver knows them by their ids."""
    again = (
        update(webhook_delivery)
        .where(webhook_delivery.c.webhook_id == identity, webhook_delivery.c.state == DeliveryState.DEAD.value)
        .values(state=DeliveryState.WAITING.value, attempts=0, next_at=func.now(), ended_at=None)
    )
    async with engine.begin() as connection:
        return int((await connection.execute(again)).rowcount)


async def listed(engine: AsyncEngine) -> list[dict[str, Any]]:
    """Every webhook, and how its notices stand."""
    counts = [
        func.count(webhook_delivery.c.id).filter(webhook_delivery.c.state == state.value).label(state.value.lower())
        for state in DeliveryState
    ]
    statement = (
        select(webhook.c.id, organisation.c.name.label("organisation"), webhook.c.url, webhook.c.state, *counts)
        .join(organisation, organisation.c.id == webhook.c.organisation_id)
        .outerjoin(webhook_delivery, webhook_delivery.c.webhook_id == webhook.c.id)
        .group_by(webhook.c.id, organisation.c.name)
        .order_by(organisation.c.name, webhook.c.id)
    )
    async with engine.connect() as connection:
        return [dict(row._mapping) for row in await connection.execute(statement)]  # noqa: SLF001 (SQLAlchemy's public name for it)


async def log(engine: AsyncEngine, identity: UUID) -> list[dict[str, Any]]:
    """The last notices of a webhook, newest first."""
    names = ("id", "kind", "state", "attempts", "answer", "created_at", "next_at", "ended_at")
    statement = (
        select(*(webhook_delivery.c[name] for name in names))
        .where(webhook_delivery.c.webhook_id == identity)
        .order_by(webhook_delivery.c.created_at.desc(), webhook_delivery.c.id)
        .limit(100)
    )
    async with engine.connect() as connection:
        return [dict(row._mapping) for row in await connection.execute(statement)]  # noqa: SLF001 (as above)


__all__ = ["listed", "log", "register", "replay", "rotate", "switch"]
