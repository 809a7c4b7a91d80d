"""Rows of concern reports, and of what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Report(NamedTuple):
    """A row of `concern_report`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    origin_contact_id: UUID
    controller_org_id: UUID
    to_authority_id: UUID
    complements_report_id: UUID | None
    validated_by_id: UUID | None
    kind: str
    status: str
    urgency: str
    drafted_at: datetime
    validated_at: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    qualified_at: datetime | None
    concluded_at: datetime | None
    conclusion: str | None
    acknowledge_due_at: datetime | None
    evaluation_due_at: datetime | None
    return_due_at: datetime | None
    due_at: datetime | None
    origin_code: str
    summary_for_crip: str
    appraisal: str
    danger_types: Sequence[str]
    parents_informed: str
    parents_informed_reason: str | None


class Evaluation(NamedTuple):
    """A row of `evaluation`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    notified_at: datetime
    due_at: datetime
    done_at: datetime | None


class ConcernReturn(NamedTuple):
    """A row of `concern_return`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    conclusion: str
    codes: Sequence[str]
    decided_at: datetime
    received_at: datetime


class JudicialReferral(NamedTuple):
    """A row of `judicial_referral`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    at: datetime
    by: str
    copy_to_pcd_at: datetime | None
    motif_sig: str
