"""A contact with the 119: the exchange, who called, and what the listener noted."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToCaller, ToContact, ToListeningNote, ToSituation
from schema.types.node import Node, Versioned, Withholding, condition, many
from schema.types.words import (
    CallerAnonymity,
    CallerCategory,
    CallerCategoryPublic,
    Channel,
    ContactOutcome,
    Direction,
    TriState,
)


@public_type
class Contact(Node, Withholding):
    """One exchange with the 119."""

    at: datetime.datetime | None = strawberry.field(description="When it took place.")
    channel: Channel | None = strawberry.field(
        description="How it reached the 119: phone, chat, form, sign language, mail."
    )
    direction: Direction | None = strawberry.field(description="Incoming or outgoing.")
    outcome: ContactOutcome | None = strawberry.field(description="What the 119 made of it.")
    report_due_at: datetime.datetime | None = strawberry.field(
        description="Until when the report it calls for is to leave; null when none is owed, or one has left since."
    )
    caller_category: CallerCategory | None = strawberry.field(description="Who called, exactly: nearly an identity.")
    caller_category_public: CallerCategoryPublic | None = strawberry.field(
        description="Who called, coarse enough to name nobody."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    caller: ToCaller | None = strawberry.field(description="Who called.")
    listening_notes: list[ToListeningNote] = many("What the listeners wrote while listening.")


@public_input
class ContactFilter:
    """Which contacts to list: all conditions have to be met."""

    channel: list[Channel] | None = condition("Only contacts by one of these channels.")
    since: datetime.datetime | None = condition("Only contacts at this instant or later.")
    before: datetime.datetime | None = condition("Only contacts before this instant.")


@public_enum
class ContactOrder(Enum):
    """In which order contacts are listed; rows of equal rank follow their ids."""

    AT_NEWEST = strawberry.enum_value("AT_NEWEST", description="The latest contacts come first.")


@public_type
class Caller(Node, Withholding, Versioned):
    """Who called the 119: it leaves the 119 only toward a CRIP, when the caller agreed to be named to it."""

    name: str | None = strawberry.field(description="Name.")
    phone: str | None = strawberry.field(description="Phone number.")
    email: str | None = strawberry.field(description="E-mail address.")
    relation: str | None = strawberry.field(description="Link to the minor, in words.")
    anonymity: CallerAnonymity | None = strawberry.field(description="The level of anonymity the caller asked for.")
    consent_at: datetime.datetime | None = strawberry.field(
        description="When the caller agreed to be named to the CRIP."
    )
    lives_with_child: TriState | None = strawberry.field(description="Whether the caller lives with the child.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    contact: ToContact | None = strawberry.field(description="The contact in which the person called.")


@public_type
class ListeningNote(Node, Withholding):
    """What a listener wrote while listening: it never leaves the 119; the CRIP gets a separately written notice."""

    text: str | None = strawberry.field(description="The note.")
    at: datetime.datetime | None = strawberry.field(description="When it was written.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    contact: ToContact | None = strawberry.field(description="The contact during which it was written.")
