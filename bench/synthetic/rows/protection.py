"""Rows of links, measures, actions and transfers."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class AseLink(NamedTuple):
    """A row of `ase_link`."""

    id: UUID
    situation_id: UUID
    ase_org_id: UUID
    caseworker_id: UUID | None
    service_contact: str
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class Measure(NamedTuple):
    """A row of `measure`."""

    id: UUID
    situation_id: UUID
    authority_id: UUID
    organisation_id: UUID | None
    caseworker_id: UUID
    decision: str
    nature: str
    starts_on: date
    ends_on: date | None
    caseworker: str


class Action(NamedTuple):
    """A row of `dlpm_action`."""

    id: UUID
    situation_id: UUID
    target_org_id: UUID | None
    kind: str
    at: datetime


class Transfer(NamedTuple):
    """A row of `department_transfer`."""

    id: UUID
    situation_id: UUID
    origin_authority_id: UUID
    destination_authority_id: UUID | None
    department_code: str | None
    regime: str
    state: str
    requested_at: datetime
    duty_at: datetime | None
    sent_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    duty: str | None
    address_lost_at: datetime | None
    window_ends_at: datetime | None
