"""The acts that record what is known of the minor's life: difficulties, exploitation, danger now, who exploits."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import (
    ToAllegedPerpetrator,
    ToExploitationFact,
    ToLiveDanger,
    ToProblematicObservation,
    ToSensitiveObservation,
)
from schema.types.mutation_parts import Refusable
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
class ProblematicObservationPayload(Refusable):
    """The observation after the act, as the caller may see it now."""

    problematic_observation: ToProblematicObservation | None = strawberry.field(
        description="The observation; null when the act was refused."
    )


@public_type
class SensitiveObservationPayload(Refusable):
    """The sensitive observation after the act, as the caller may see it now."""

    sensitive_observation: ToSensitiveObservation | None = strawberry.field(
        description="The observation; null when the act was refused."
    )


@public_type
class ExploitationFactPayload(Refusable):
    """The fact after the act, as the caller may see it now."""

    exploitation_fact: ToExploitationFact | None = strawberry.field(
        description="The fact; null when the act was refused."
    )


@public_type
class LiveDangerPayload(Refusable):
    """The danger after the act, as the caller may see it now."""

    live_danger: ToLiveDanger | None = strawberry.field(description="The danger; null when the act was refused.")


@public_type
class AllegedPerpetratorPayload(Refusable):
    """Who is said to exploit, after the act, as the caller may see it now."""

    alleged_perpetrator: ToAllegedPerpetrator | None = strawberry.field(
        description="Who is said to exploit; null when the act was refused."
    )


@act_input
class RecordProblematicInput:
    """A difficulty that is observed, is not, or is unknown; not of health, sexual life or offences."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    minor: strawberry.ID | None = optional("Id of the minor, where it is about one of them.")
    kind: Problematic = strawberry.field(description="What is observed.")
    value: TriState = strawberry.field(description="Yes, no, or unknown.")
    source: str | None = optional("Who says so.")
    at: datetime.datetime | None = optional("When; now if left out.")


@act_input
class RecordSensitiveProblematicInput:
    """A difficulty of health, sexual life or an offence (GDPR articles 9 and 10)."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    minor: strawberry.ID | None = optional("Id of the minor, where it is about one of them.")
    kind: Problematic = strawberry.field(description="What is observed.")
    value: TriState = strawberry.field(description="Yes, no, or unknown.")
    source: str | None = optional("Who says so.")
    at: datetime.datetime | None = optional("When; now if left out.")


@act_input
class RecordExploitationFactInput:
    """What is known of the exploitation; what is left out is unknown."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    minor: strawberry.ID | None = optional("Id of the minor, where it is about one of them.")
    form: ExploitationForm = optional("Form.", ExploitationForm.UNKNOWN)
    venue: Venue = optional("Kind of place.", Venue.UNKNOWN)
    recruitment: Recruitment = optional("How it began.", Recruitment.UNKNOWN)
    mode: ExploitationMode = optional("Alone, with a peer, a lover boy, a network.", ExploitationMode.UNKNOWN)
    signs: list[WarningSign] | None = optional("Warning signs.")


@act_input
class RecordLiveDangerInput:
    """A place or an advertisement where the minor is in danger now; it is forgotten at the end given."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    place: str | None = optional("Where; required without an advertisement.")
    ad_url: str | None = optional("Address of the advertisement; required without a place.")
    until: datetime.datetime = strawberry.field(description="Until when it is kept: 30 days at most.")


@act_input
class RecordAllegedPerpetratorInput:
    """Who is said to exploit."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    identifiers: list[str] = strawberry.field(description="Names, phone numbers, accounts: one at least.")
    relation: str | None = optional("Link to the minor.")
