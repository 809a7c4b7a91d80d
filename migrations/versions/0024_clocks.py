"""Due moments are stored with what they are counted from, and an index leads to the next one.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_CLOCKS = (
    (
        "contact",
        "report_due_at",
        "Clock: the report it calls for, 24 hours later (CASF L226-6); null when none is owed, or one has left.",
    ),
    (
        "concern_report",
        "sender_answer_due_at",
        "Clock: answer to a professional sender, 3 months from transmission (CASF L226-5).",
    ),
    (
        "measure",
        "placement_due_at",
        "Clock: the judge, 8 days after a prosecutor's placement (C. civ. 375-5).",
    ),
    (
        "measure",
        "review_due_at",
        "Clock: review after one year, two by a judge, or on its last day (L223-5).",
    ),
    (
        "department_transfer",
        "address_answer_due_at",
        "Clock: answer of CAF and CPAM, 10 days later (L226-3-2).",
    ),
)
_EVALUATED = "status = ANY (ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED'])"
_UNRETURNED = (
    "status = ANY (ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', "
    "'QUALIFIED', 'SENT'])"
)
_INDEXES = (
    *(
        index
        for name, running in (
            ("acknowledge", "status = 'SENT'"),
            ("evaluation", _EVALUATED),
            ("return", _UNRETURNED),
            ("sender_answer", _UNRETURNED),
        )
        for index in (
            (f"ix_concern_report_{name}", "concern_report", f"{name}_due_at, id", running),
            (f"ix_concern_report_{name}_of", "concern_report", f"to_authority_id, {name}_due_at, id", running),
        )
    ),
    (
        "ix_concern_report_validation",
        "concern_report",
        "sent_at, id",
        "validated_at IS NULL AND sent_at IS NOT NULL",
    ),
    ("ix_contact_report_due", "contact", "report_due_at, id", "report_due_at IS NOT NULL"),
    ("ix_measure_review", "measure", "review_due_at, id", None),
    ("ix_measure_review_of", "measure", "authority_id, review_due_at, id", None),
    ("ix_measure_placement", "measure", "placement_due_at, id", "placement_due_at IS NOT NULL"),
    ("ix_minor_majority", "minor", "majority_on, id", "majority_on IS NOT NULL"),
    (
        "ix_department_transfer_address",
        "department_transfer",
        "address_answer_due_at, id",
        "state = 'UNKNOWN_ADDRESS'",
    ),
    ("ix_department_transfer_window", "department_transfer", "window_ends_at, id", "state = 'RECEIVED'"),
    ("ix_subject_request_due", "subject_request", "due_at, id", "answered_at IS NULL"),
    ("ix_data_breach_due", "data_breach", "due_at, id", "notified_at IS NULL AND no_risk_reason IS NULL"),
)


def upgrade() -> None:
    """Apply; the moments themselves are computed by `migrate`, once their functions are there."""
    for table, name, comment in _CLOCKS:
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True, comment=comment))
    op.add_column(
        "minor",
        sa.Column(
            "majority_on",
            sa.Date(),
            nullable=True,
            comment="Clock: the eighteenth birthday; of 29 February, the 28th of a common year.",
        ),
    )
    for name, table, columns, running in _INDEXES:
        where = f" WHERE {running}" if running else ""
        op.execute(f"CREATE INDEX {name} ON {table} ({columns}){where}")
