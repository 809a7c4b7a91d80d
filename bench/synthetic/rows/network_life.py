"""Rows of surveys, meetings and events."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class SurveyCampaign(NamedTuple):
    """A row of `survey_campaign`."""

    id: UUID
    target: str
    title: str
    opened_on: date
    closed_on: date


class SurveyResponse(NamedTuple):
    """A row of `survey_response`."""

    id: UUID
    campaign_id: UUID
    organisation_id: UUID | None
    department_code: str
    confronted: str
    needs: str
    resources: str
    answered_at: datetime


class Actor(NamedTuple):
    """A row of `actor`."""

    id: UUID
    name: str


class WorkingSession(NamedTuple):
    """A row of `working_session`."""

    id: UUID
    held_on: date
    subject: str


class WorkingSessionActor(NamedTuple):
    """A row of `working_session_actor`."""

    session_id: UUID
    actor_id: UUID


class AwarenessEvent(NamedTuple):
    """A row of `awareness_event`."""

    id: UUID
    held_on: date
    title: str
    participants: int


class PodcastEpisode(NamedTuple):
    """A row of `podcast_episode`."""

    id: UUID
    number: int
    title: str
    published_on: date
