"""Webhooks: where an organisation's software is told of changes, and what became of each notice."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToOrganisation, ToWebhook
from schema.types.node import Node, Versioned, condition
from schema.types.words import DeliveryState, WebhookState


@public_type
class Webhook(Node, Versioned):
    """An address of an organisation that is told, by a signed notice with an id, that something changed in its view."""

    url: str | None = strawberry.field(description="The https address that is told.")
    state: WebhookState | None = strawberry.field(description="Whether it is told anything.")
    generation: int | None = strawberry.field(description="Which secret signs, counted from 1; a rotation adds one.")
    previous_until: datetime.datetime | None = strawberry.field(
        description="Until when the secret before signs too; null where there was none."
    )
    failures: int | None = strawberry.field(
        description="How many attempts in a row have failed; after 100 it is told nothing more."
    )
    created_at: datetime.datetime | None = strawberry.field(description="When it was registered.")
    organisation: ToOrganisation | None = strawberry.field(description="Whose software is told.")


@public_input
class WebhookFilter:
    """Which webhooks to list: all conditions have to be met."""

    state: list[WebhookState] | None = condition("Only webhooks in one of these states.")
    organisation: strawberry.ID | None = condition("Only webhooks of this organisation, by its id.")


@public_enum
class WebhookOrder(Enum):
    """In which order webhooks are listed; rows of equal rank follow their ids."""

    CREATED_AT_NEWEST = strawberry.enum_value("CREATED_AT_NEWEST", description="Those registered last come first.")


@public_type
class WebhookDelivery(Node, Versioned):
    """One notice and what became of it. Which row it was about is not told here: the software got its id."""

    kind: str | None = strawberry.field(description="What the notice said, coarsely: referral.changed, access.ended.")
    state: DeliveryState | None = strawberry.field(description="What became of it.")
    attempts: int | None = strawberry.field(description="How often it was tried.")
    next_at: datetime.datetime | None = strawberry.field(description="When it is tried next, while it is waiting.")
    answer: int | None = strawberry.field(
        description="HTTP status of the last answer; null where there was no answer, or no attempt yet."
    )
    created_at: datetime.datetime | None = strawberry.field(description="When the change was found.")
    ended_at: datetime.datetime | None = strawberry.field(description="When it was delivered, or given up.")
    webhook: ToWebhook | None = strawberry.field(description="To where it goes.")


@public_input
class WebhookDeliveryFilter:
    """Which notices to list: all conditions have to be met."""

    webhook: strawberry.ID | None = condition("Only notices to this webhook, by its id.")
    state: list[DeliveryState] | None = condition("Only notices in one of these states.")


@public_enum
class WebhookDeliveryOrder(Enum):
    """In which order notices are listed; rows of equal rank follow their ids."""

    CREATED_AT_NEWEST = strawberry.enum_value("CREATED_AT_NEWEST", description="The newest notices come first.")
