"""Surveys, working sessions, awareness: the DLPM's network life, without any child's data."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToActor, ToOrganisation, ToSurveyCampaign, ToSurveyResponse, ToWorkingSessionActor
from schema.types.node import Node, Versioned, condition, many
from schema.types.words import SurveyTarget, TriState


@public_type
class SurveyCampaign(Node):
    """A questionnaire sent to services."""

    target: SurveyTarget | None = strawberry.field(description="Which of the four questionnaires.")
    title: str | None = strawberry.field(description="Title.")
    opened_on: datetime.date | None = strawberry.field(description="Its first day.")
    closed_on: datetime.date | None = strawberry.field(description="Its last day; null while it is open.")
    responses: list[ToSurveyResponse] = many("The answers to it.")


@public_input
class SurveyCampaignFilter:
    """Which survey campaigns to list: all conditions have to be met."""

    target: list[SurveyTarget] | None = condition("Only campaigns of one of these questionnaires.")


@public_enum
class SurveyCampaignOrder(Enum):
    """In which order survey campaigns are listed; rows of equal rank follow their ids."""

    OPENED_ON_NEWEST = strawberry.enum_value("OPENED_ON_NEWEST", description="The campaigns opened last come first.")


@public_type
class SurveyResponse(Node, Versioned):
    """One answer of one service; it is never shown to another department."""

    department_code: str | None = strawberry.field(description="Official code of the service's department.")
    confronted: TriState | None = strawberry.field(
        description="Whether the service is confronted with the exploitation of minors."
    )
    needs: str | None = strawberry.field(description="The needs it named.")
    resources: str | None = strawberry.field(description="The resources it named.")
    answered_at: datetime.datetime | None = strawberry.field(description="When it answered.")
    campaign: ToSurveyCampaign | None = strawberry.field(description="The campaign it answers.")
    organisation: ToOrganisation | None = strawberry.field(description="The service that answered.")


@public_enum
class SurveyResponseOrder(Enum):
    """In which order survey responses are listed; rows of equal rank follow their ids."""

    ANSWERED_AT_NEWEST = strawberry.enum_value("ANSWERED_AT_NEWEST", description="The latest answers come first.")


@public_type
class Actor(Node):
    """A body met in working sessions."""

    name: str | None = strawberry.field(description="Name of the body.")


@public_type
class WorkingSession(Node):
    """A working session of the DLPM with partners (temps de travail)."""

    held_on: datetime.date | None = strawberry.field(description="The day it was held.")
    subject: str | None = strawberry.field(description="What it was about.")
    participants: list[ToWorkingSessionActor] = many("The bodies that took part.")


@public_enum
class WorkingSessionOrder(Enum):
    """In which order working sessions are listed; rows of equal rank follow their ids."""

    HELD_ON_NEWEST = strawberry.enum_value("HELD_ON_NEWEST", description="The latest sessions come first.")


@public_type
class WorkingSessionActor:
    """The part one body took in one working session."""

    actor: ToActor | None = strawberry.field(description="The body that took part.")


@public_type
class AwarenessEvent(Node):
    """An intervention before professionals."""

    held_on: datetime.date | None = strawberry.field(description="The day it was held.")
    title: str | None = strawberry.field(description="Title.")
    participants: int | None = strawberry.field(description="How many professionals it reached.")


@public_enum
class AwarenessEventOrder(Enum):
    """In which order awareness events are listed; rows of equal rank follow their ids."""

    HELD_ON_NEWEST = strawberry.enum_value("HELD_ON_NEWEST", description="The latest events come first.")


@public_type
class PodcastEpisode(Node):
    """An episode of the DLPM's podcast."""

    number: int | None = strawberry.field(description="Number of the episode.")
    title: str | None = strawberry.field(description="Title.")
    published_on: datetime.date | None = strawberry.field(description="The day it was published.")


@public_enum
class PodcastEpisodeOrder(Enum):
    """In which order podcast episodes are listed; rows of equal rank follow their ids."""

    PUBLISHED_ON_NEWEST = strawberry.enum_value("PUBLISHED_ON_NEWEST", description="The latest episodes come first.")
