"""The acts on a contact with the 119: the exchange, who called, what the listener noted."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import ToCaller, ToContact, ToListeningNote
from schema.types.mutation_parts import Refusable
from schema.types.words import CallerAnonymity, CallerCategory, Channel, ContactOutcome, Direction, TriState


@public_type
class ContactPayload(Refusable):
    """The contact after the act, as the caller may see it now."""

    contact: ToContact | None = strawberry.field(description="The contact; null when the act was refused.")


@public_type
class CallerPayload(Refusable):
    """Who called, after the act."""

    caller: ToCaller | None = strawberry.field(description="Who called; null when the act was refused.")


@public_type
class ListeningNotePayload(Refusable):
    """The note after the act."""

    listening_note: ToListeningNote | None = strawberry.field(description="The note; null when the act was refused.")


@act_input
class RecordContactInput:
    """An exchange that I took; an incoming one reopens a closed situation."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    channel: Channel = strawberry.field(description="Phone, chat, form, sign language, mail.")
    direction: Direction = optional("Incoming or outgoing.", Direction.IN)
    outcome: ContactOutcome = strawberry.field(description="What became of it.")
    caller_category: CallerCategory = optional(
        "Who called, exactly; the coarse category that may be transmitted is computed from it.", CallerCategory.UNKNOWN
    )
    at: datetime.datetime | None = optional("When; now if left out.")


@act_input
class RecordCallerInput:
    """Who called, on a contact that I took; said again, it replaces what was recorded."""

    contact: strawberry.ID = strawberry.field(description="Id of the contact.")
    anonymity: CallerAnonymity = strawberry.field(description="Level of anonymity that the caller asks for.")
    consent_given: bool = optional("The caller agreed, in so many words, to be named to the CRIP.", default=False)
    name: str | None = optional("Name; refused for an anonymous caller.")
    phone: str | None = optional("Phone number; refused for an anonymous caller.")
    email: str | None = optional("E-mail address; refused for an anonymous caller.")
    relation: str | None = optional("Link to the minor, in words.")
    lives_with_child: TriState = optional("Whether the caller lives with the child.", TriState.UNKNOWN)
    expected_version: str | None = optional(
        "Version of the caller last read; the act is refused when it has changed since."
    )


@act_input
class WriteListeningNoteInput:
    """What I note while listening; it never leaves the 119."""

    contact: strawberry.ID = strawberry.field(description="Id of the contact.")
    text: str = strawberry.field(description="The note.")
