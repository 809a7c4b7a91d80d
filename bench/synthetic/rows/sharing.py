"""Rows of duties, grants and the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class InformationDuty(NamedTuple):
    """A row of `information_duty`."""

    id: UUID
    situation_id: UUID
    by_id: UUID
    duty: str
    person: str
    done_at: datetime | None
    waiver: str | None
    reason: str | None
    recorded_at: datetime


class SharingGrant(NamedTuple):
    """A row of `sharing_grant`."""

    id: UUID
    situation_id: UUID
    from_member_id: UUID
    from_org_id: UUID
    to_member_id: UUID
    to_org_id: UUID
    duty_id: UUID
    approved_by_id: UUID | None
    revoked_by_id: UUID | None
    purpose: str
    field_groups: Sequence[str]
    extract: str | None
    justification: str
    state: str
    starts_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Disclosure(NamedTuple):
    """A row of `disclosure`."""

    id: UUID
    situation_id: UUID
    from_org_id: UUID
    to_org_id: UUID | None
    to_authority_id: UUID | None
    duty_id: UUID | None
    act: str
    field_groups: Sequence[str]
    purpose: str
    at: datetime
