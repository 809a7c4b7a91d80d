"""Rows of organisations and their people."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class Organisation(NamedTuple):
    """A row of `organisation`."""

    id: UUID
    name: str
    kind: str
    authority_id: UUID | None = None
    mandate_kind: str | None = None
    convention_ref: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    territories: Sequence[str] = ()
    sirets: Sequence[str] = ()


class Member(NamedTuple):
    """A row of `member`."""

    id: UUID
    organisation_id: UUID
    name: str
    email: str
    created_at: datetime


class Habilitation(NamedTuple):
    """A row of `habilitation`."""

    id: UUID
    member_id: UUID
    organisation_id: UUID
    role: str
    secrecy_basis: str | None
    state: str
    granted_by_id: UUID | None
    valid_from: datetime
    valid_to: datetime
    revoked_at: datetime | None = None


class ResourceCard(NamedTuple):
    """A row of `resource_card`."""

    id: UUID
    organisation_id: UUID
    title: str
    description: str
    territories: Sequence[str]
    audiences: Sequence[str]
    visibility: str
    verified_at: datetime
