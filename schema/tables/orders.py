"""Indexes of the lists: each list is walked in its order until a page is full, whoever asks.

An index begins with whose list it is, where a column of the row says so; then come the order and its tie; then the words by
which the list is filtered, so that what a filter leaves out is passed within the index and costs no look at a row.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Index, desc

from schema.tables.contact import contact
from schema.tables.protection import ase_link, department_transfer, measure
from schema.tables.referral import follow_up, referral
from schema.tables.report import concern_report
from schema.tables.sharing import disclosure, emergency_access, sharing_grant
from schema.tables.situation import minor, situation


def _newest(name: str, at: Column[Any], *words: Column[Any], of: Sequence[Column[Any]] = ()) -> None:
    Index(name, *of, desc(at), desc(at.table.c.id), *words)


def _soonest(name: str, due: Column[Any], *words: Column[Any], of: Sequence[Column[Any]] = ()) -> None:
    Index(name, *of, due, due.table.c.id, *words)


_newest("ix_situation_opened", situation.c.opened_at, situation.c.status, situation.c.urgency)
Index("ix_minor_age_band", desc(minor.c.id), minor.c.age_band)
_newest("ix_contact_at", contact.c.at, contact.c.channel)

_REPORT = concern_report.c
_STATE = (_REPORT.status, _REPORT.urgency)
_newest("ix_concern_report_sent", _REPORT.sent_at, *_STATE)
_newest("ix_concern_report_inbox", _REPORT.sent_at, *_STATE, of=[_REPORT.to_authority_id])
_soonest("ix_concern_report_due_at", _REPORT.due_at, *_STATE)
_soonest("ix_concern_report_due", _REPORT.due_at, *_STATE, of=[_REPORT.to_authority_id])
# Drafts are few beside what was sent, and asked for by few: one index for the network and for an authority.
_newest("ix_concern_report_drafted", _REPORT.drafted_at, *_STATE, _REPORT.to_authority_id)

_newest("ix_ase_link_proposed", ase_link.c.proposed_at, ase_link.c.state)
_newest("ix_ase_link_org_proposed", ase_link.c.proposed_at, ase_link.c.state, of=[ase_link.c.ase_org_id])
_newest("ix_measure_starts", measure.c.starts_on)
_newest("ix_department_transfer_requested", department_transfer.c.requested_at, department_transfer.c.state)

_KIND = (referral.c.status, referral.c.kind)
_newest("ix_referral_proposed", referral.c.proposed_at, *_KIND)
_newest("ix_referral_inbox", referral.c.proposed_at, *_KIND, of=[referral.c.to_org_id])
_newest("ix_referral_drafted", referral.c.drafted_at, *_KIND)
_newest("ix_follow_up_recorded", follow_up.c.recorded_at, follow_up.c.status)

_newest("ix_sharing_grant_starts", sharing_grant.c.starts_at, sharing_grant.c.state)
_newest("ix_disclosure_at", disclosure.c.at)
_newest("ix_emergency_access_requested", emergency_access.c.requested_at, emergency_access.c.review)
