"""Rows of what was observed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Observation(NamedTuple):
    """A row of `problematic`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    kind: str
    value: str
    source: str
    at: datetime


class SensitiveObservation(NamedTuple):
    """A row of `sensitive_problematic`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    kind: str
    value: str
    source: str
    at: datetime


class ExploitationFact(NamedTuple):
    """A row of `exploitation_fact`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    form: str
    venue: str
    recruitment: str
    mode: str
    signs: Sequence[str]
    at: datetime


class LiveDanger(NamedTuple):
    """A row of `live_danger`."""

    id: UUID
    situation_id: UUID
    place: str
    ad_url: str | None
    until: datetime
    at: datetime


class AllegedPerpetrator(NamedTuple):
    """A row of `alleged_perpetrator`."""

    id: UUID
    situation_id: UUID
    identifiers: Sequence[str]
    relation: str
