"""The acts on the life of the network: resource cards, working sessions, awareness, podcast, survey campaigns."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToResourceCard, ToSurveyCampaign
from schema.types.mutation_parts import Refusable
from schema.types.surveys import AwarenessEvent, PodcastEpisode, WorkingSession
from schema.types.words import ResourceVisibility, SurveyTarget


@public_type
class ResourceCardPayload(Refusable):
    """The card after the act, as the caller may see it now."""

    resource_card: ToResourceCard | None = strawberry.field(description="The card; null when the act was refused.")


@public_type
class WorkingSessionPayload(Refusable):
    """The working session after the act."""

    working_session: WorkingSession | None = strawberry.field(description="The session; null when the act was refused.")


@public_type
class AwarenessEventPayload(Refusable):
    """The awareness event after the act."""

    awareness_event: AwarenessEvent | None = strawberry.field(description="The event; null when the act was refused.")


@public_type
class PodcastEpisodePayload(Refusable):
    """The podcast episode after the act."""

    podcast_episode: PodcastEpisode | None = strawberry.field(description="The episode; null when the act was refused.")


@public_type
class SurveyCampaignPayload(Refusable):
    """The survey campaign after the act."""

    survey_campaign: ToSurveyCampaign | None = strawberry.field(
        description="The campaign; null when the act was refused."
    )


@act_input
class CreateResourceCardInput:
    """A local resource in the cartography; associations and coordinators write those of their own organisation."""

    organisation: strawberry.ID | None = optional("Id of the organisation that offers it; one's own if left out.")
    title: str = strawberry.field(description="What it offers.")
    description: str | None = optional("For whom it is and how to reach it.")
    territories: list[str] = strawberry.field(description="Codes of the departments it serves.")
    audiences: list[str] | None = optional("The publics it receives.")
    visibility: ResourceVisibility = optional(
        "Who may see it: SECRET for a shelter, seen by its owner and the DLPM only.", ResourceVisibility.NETWORK
    )
    verified: bool = optional("It has just been checked.", default=False)


@act_input
class UpdateResourceCardInput:
    """New values; what is left out stays as it is, an empty text erases."""

    resource_card: strawberry.ID = strawberry.field(description="Id of the card.")
    title: str | None = optional("What it offers.")
    description: str | None = optional("For whom it is and how to reach it.")
    territories: list[str] | None = optional("Codes of the departments it serves; they replace those recorded.")
    audiences: list[str] | None = optional("The publics it receives; they replace those recorded.")
    visibility: ResourceVisibility | None = optional("Who may see it.")
    verified: bool = optional("It has just been checked.", default=False)
    expected_version: str | None = version_last_read()


@act_input
class RecordWorkingSessionInput:
    """A working session of the DLPM with partners; bodies met for the first time are given by name."""

    held_on: datetime.date = strawberry.field(description="The day it was held.")
    subject: str = strawberry.field(description="What it was about.")
    actors: list[strawberry.ID] | None = optional("Ids of the bodies that took part.")
    new_actors: list[str] | None = optional(
        "Names of bodies that took part and may be new; a known name is not doubled."
    )


@act_input
class RecordAwarenessEventInput:
    """An intervention before professionals."""

    held_on: datetime.date = strawberry.field(description="The day it was held.")
    title: str = strawberry.field(description="Title.")
    participants: int = strawberry.field(description="How many professionals it reached.")


@act_input
class RecordPodcastEpisodeInput:
    """An episode of the DLPM's podcast."""

    number: int = strawberry.field(description="Number of the episode; each number once.")
    title: str = strawberry.field(description="Title.")
    published_on: datetime.date = strawberry.field(description="The day it was published.")


@act_input
class OpenSurveyCampaignInput:
    """A questionnaire sent to services."""

    target: SurveyTarget = strawberry.field(description="Which of the four questionnaires.")
    title: str = strawberry.field(description="Title.")
    opened_on: datetime.date | None = optional("Its first day; today if left out.")
    closed_on: datetime.date | None = optional("Its last day, if it is known.")
