"""Rows of referrals, and of the work that follows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class Referral(NamedTuple):
    """A row of `referral`."""

    id: UUID
    ref: str
    situation_id: UUID
    minor_id: UUID
    controller_org_id: UUID
    to_org_id: UUID
    assigned_member_id: UUID | None
    kind: str
    status: str
    minor_agreement: str
    decline_reason: str | None
    drafted_at: datetime
    proposed_at: datetime | None
    answered_at: datetime | None
    released_at: datetime | None
    engaged_at: datetime | None
    ended_at: datetime | None
    age_band: str
    territory: str
    need_codes: Sequence[str]
    shared_kinds: Sequence[str]
    coded_problematics: Sequence[str]
    coded_forms: Sequence[str]
    coded_qualification: str | None


class FollowUp(NamedTuple):
    """A row of `follow_up`."""

    id: UUID
    referral_id: UUID
    situation_id: UUID
    organisation_id: UUID
    recorded_by_id: UUID
    status: str
    date: date
    recorded_at: datetime
    note_for_ase: str | None


class AssociationNote(NamedTuple):
    """A row of `association_note`."""

    id: UUID
    referral_id: UUID
    situation_id: UUID
    organisation_id: UUID
    author_id: UUID
    text: str
    at: datetime
