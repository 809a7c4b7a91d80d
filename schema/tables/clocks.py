"""In which order clocks are walked: an index per clock, of those rows only on which it may run, soonest first.

The list of `deadlines` (loaders/calendar/deadlines.py) takes the first rows of each and merges them. Where a clock is the business
of one authority, its own index begins with the authority: its page costs what it holds, not what the network holds.
"""

from typing import Any

from sqlalchemy import Index, literal_column

from schema.tables.breach import data_breach
from schema.tables.contact import contact
from schema.tables.protection import department_transfer, measure
from schema.tables.report import concern_report
from schema.tables.sharing import subject_request
from schema.tables.situation import minor
from schema.vocabulary import ReportStatus as Status
from schema.vocabulary import TransferState

_AWAITS_RETURN = tuple(
    status
    for status in Status
    if status not in {Status.DRAFT, Status.VALIDATED, Status.MISROUTED, Status.RETURNED_TO_119}
)
_AWAITS_EVALUATION = (Status.ACKNOWLEDGED, Status.QUALIFIED, Status.EVALUATING)


def _status(*statuses: Status) -> Any:
    listed = ", ".join(f"'{status.value}'" for status in sorted(statuses))
    return literal_column(f"status = ANY (ARRAY[{listed}])" if len(statuses) > 1 else f"status = {listed}")


_REPORT = concern_report.c
for _name, _statuses in (
    ("acknowledge", (Status.SENT,)),
    ("evaluation", _AWAITS_EVALUATION),
    ("return", _AWAITS_RETURN),
    ("sender_answer", _AWAITS_RETURN),
):
    _due = _REPORT[f"{_name}_due_at"]
    Index(f"ix_concern_report_{_name}", _due, _REPORT.id, postgresql_where=_status(*_statuses))
    Index(
        f"ix_concern_report_{_name}_of", _REPORT.to_authority_id, _due, _REPORT.id, postgresql_where=_status(*_statuses)
    )
Index(
    "ix_concern_report_validation",
    _REPORT.sent_at,
    _REPORT.id,
    postgresql_where=literal_column("validated_at IS NULL AND sent_at IS NOT NULL"),
)
Index(
    "ix_contact_report_due",
    contact.c.report_due_at,
    contact.c.id,
    postgresql_where=contact.c.report_due_at.is_not(None),
)
Index("ix_measure_review", measure.c.review_due_at, measure.c.id)
# Of those that may run on after their review was due: the others are walked from today, past none that has ended.
Index(
    "ix_measure_review_early",
    measure.c.review_due_at,
    measure.c.id,
    postgresql_where=literal_column("ends_on IS NULL OR ends_on > timezone('UTC'::text, review_due_at)::date"),
)
Index("ix_measure_review_of", measure.c.authority_id, measure.c.review_due_at, measure.c.id)
Index(
    "ix_measure_placement",
    measure.c.placement_due_at,
    measure.c.id,
    postgresql_where=measure.c.placement_due_at.is_not(None),
)
Index("ix_minor_majority", minor.c.majority_on, minor.c.id, postgresql_where=minor.c.majority_on.is_not(None))
Index(
    "ix_department_transfer_address",
    department_transfer.c.address_answer_due_at,
    department_transfer.c.id,
    postgresql_where=literal_column(f"state = '{TransferState.UNKNOWN_ADDRESS.value}'"),
)
Index(
    "ix_department_transfer_window",
    department_transfer.c.window_ends_at,
    department_transfer.c.id,
    postgresql_where=literal_column(f"state = '{TransferState.RECEIVED.value}'"),
)
Index(
    "ix_subject_request_due",
    subject_request.c.due_at,
    subject_request.c.id,
    postgresql_where=subject_request.c.answered_at.is_(None),
)
Index(
    "ix_data_breach_due",
    data_breach.c.due_at,
    data_breach.c.id,
    postgresql_where=literal_column("notified_at IS NULL AND no_risk_reason IS NULL"),
)
