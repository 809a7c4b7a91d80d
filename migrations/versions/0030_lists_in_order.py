"""Every list of cases has an index in its order, which ends with what the list is filtered by.

Revision: 0030, after 0029.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OLDER = {
    "ix_situation_opened": "situation",
    "ix_concern_report_inbox": "concern_report",
    "ix_concern_report_due": "concern_report",
    "ix_concern_report_drafted": "concern_report",
    "ix_ase_link_org_proposed": "ase_link",
    "ix_referral_inbox": "referral",
}
_LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ix_situation_opened": ("situation", ("opened_at DESC", "id DESC", "status", "urgency")),
    "ix_minor_age_band": ("minor", ("id DESC", "age_band")),
    "ix_contact_at": ("contact", ("at DESC", "id DESC", "channel")),
    "ix_concern_report_sent": ("concern_report", ("sent_at DESC", "id DESC", "status", "urgency")),
    "ix_concern_report_inbox": (
        "concern_report",
        ("to_authority_id", "sent_at DESC", "id DESC", "status", "urgency"),
    ),
    "ix_concern_report_due_at": ("concern_report", ("due_at", "id", "status", "urgency")),
    "ix_concern_report_due": ("concern_report", ("to_authority_id", "due_at", "id", "status", "urgency")),
    "ix_concern_report_drafted": (
        "concern_report",
        ("drafted_at DESC", "id DESC", "status", "urgency", "to_authority_id"),
    ),
    "ix_ase_link_proposed": ("ase_link", ("proposed_at DESC", "id DESC", "state")),
    "ix_ase_link_org_proposed": ("ase_link", ("ase_org_id", "proposed_at DESC", "id DESC", "state")),
    "ix_measure_starts": ("measure", ("starts_on DESC", "id DESC")),
    "ix_department_transfer_requested": ("department_transfer", ("requested_at DESC", "id DESC", "state")),
    "ix_referral_proposed": ("referral", ("proposed_at DESC", "id DESC", "status", "kind")),
    "ix_referral_inbox": ("referral", ("to_org_id", "proposed_at DESC", "id DESC", "status", "kind")),
    "ix_referral_drafted": ("referral", ("drafted_at DESC", "id DESC", "status", "kind")),
    "ix_follow_up_recorded": ("follow_up", ("recorded_at DESC", "id DESC", "status")),
    "ix_sharing_grant_starts": ("sharing_grant", ("starts_at DESC", "id DESC", "state")),
    "ix_disclosure_at": ("disclosure", ("at DESC", "id DESC")),
    "ix_emergency_access_requested": ("emergency_access", ("requested_at DESC", "id DESC", "review")),
}


def upgrade() -> None:
    """Apply."""
    for name, table in _OLDER.items():
        op.drop_index(name, table)
    for name, (table, columns) in _LISTS.items():
        op.create_index(name, table, [sa.text(column) for column in columns])
