"""Rows of a situation, where it lies, and its minors."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class Situation(NamedTuple):
    """A row of `situation`."""

    id: UUID
    ref: str
    controller_org_id: UUID
    assigned_member_id: UUID
    opened_at: datetime
    closed_at: datetime | None
    status: str
    urgency: str
    retention_state: str
    qualification: str
    known_to_cp: str
    known_source: str


class Jurisdiction(NamedTuple):
    """A row of `situation_jurisdiction`."""

    id: UUID
    situation_id: UUID
    department_code: str
    authority_id: UUID
    role: str
    starts_at: datetime
    ends_at: datetime | None = None


class Minor(NamedTuple):
    """A row of `minor`."""

    id: UUID
    situation_id: UUID
    age_band: str
    first_name: str | None
    gender: str
    age: int | None
    age_precision: str
    safe_channel: str | None
    safe_hours: str | None
    language: str | None
    last_name: str | None
    birth_date: date | None
    address: str | None
    phone: str | None
    handles: Sequence[str]
    school: str | None


class MinorKey(NamedTuple):
    """A row of `minor_key`."""

    minor_id: UUID
    situation_id: UUID
    minimal_keys: Sequence[str]
    identity_keys: Sequence[str]


class ParentalHolder(NamedTuple):
    """A row of `parental_holder`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    name: str | None
    contact: str | None
    authority_kind: str
    danger_if_informed: str


class SituationKey(NamedTuple):
    """A row of `situation_key`."""

    id: UUID
    situation_id: UUID
    wrapped: bytes
    kek_version: int
