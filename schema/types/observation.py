"""What is known of the minor's life: problematics (plain and sensitive apart), exploitation, live danger."""

import datetime

import strawberry

from schema.types.described import public_type
from schema.types.links import ToMinor, ToSituation
from schema.types.node import Node, Withholding
from schema.types.words import (
    ExploitationForm,
    ExploitationMode,
    Problematic,
    Recruitment,
    TriState,
    Venue,
    WarningSign,
)


@public_type
class ProblematicObservation(Node, Withholding):
    """One difficulty observed; those of health, sexual life and offences are a type of their own."""

    kind: Problematic | None = strawberry.field(description="What is observed.")
    value: TriState | None = strawberry.field(description="Yes, no, or unknown.")
    source: str | None = strawberry.field(description="Who says so.")
    at: datetime.datetime | None = strawberry.field(description="When it was recorded.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor of whom it is observed.")


@public_type
class SensitiveObservation(Node, Withholding):
    """One difficulty observed of health, sexual life or an offence (GDPR articles 9 and 10)."""

    kind: Problematic | None = strawberry.field(description="What is observed.")
    value: TriState | None = strawberry.field(description="Yes, no, or unknown.")
    source: str | None = strawberry.field(description="Who says so.")
    at: datetime.datetime | None = strawberry.field(description="When it was recorded.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor of whom it is observed.")


@public_type
class ExploitationFact(Node, Withholding):
    """What is known of the exploitation of a minor."""

    form: ExploitationForm | None = strawberry.field(description="The form it takes.")
    venue: Venue | None = strawberry.field(description="The kind of place.")
    recruitment: Recruitment | None = strawberry.field(description="How the minor was approached.")
    mode: ExploitationMode | None = strawberry.field(
        description="Who organises it: the minor alone, a peer, a lover boy, a network."
    )
    signs: list[WarningSign] | None = strawberry.field(description="The warning signs seen.")
    at: datetime.datetime | None = strawberry.field(description="When it was recorded.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor who is exploited.")


@public_type
class LiveDanger(Node, Withholding):
    """A place and a time of danger, kept for at most 30 days."""

    place: str | None = strawberry.field(description="Where the minor is in danger now.")
    ad_url: str | None = strawberry.field(description="Address of the advertisement.")
    until: datetime.datetime | None = strawberry.field(
        description="When it is forgotten, at most 30 days after it was recorded."
    )
    at: datetime.datetime | None = strawberry.field(description="When it was recorded.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )


@public_type
class AllegedPerpetrator(Node, Withholding):
    """Who is said to exploit; nothing here is established."""

    identifiers: list[str] | None = strawberry.field(description="Names, phone numbers, accounts.")
    relation: str | None = strawberry.field(description="Link to the minor.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
