"""What a supervisor of the DLPM reads, and when two of them are needed."""

from tests.permissions.facts import Facts, Row
from tests.permissions.matrix import Cell


def approved_by_two(facts: Facts) -> bool:
    """Condition 9: second supervisor, reason, one caller, 60 minutes."""
    approval = facts.two_persons
    return (
        approval is not None
        and approval.by_second_supervisor
        and approval.reason_recorded
        and approval.this_caller
        and 0 <= approval.minutes < 60
    )


def supervisor_reads(cell: Cell, facts: Facts, row: Row) -> bool:
    """SUP: N, N9 and S."""
    if cell.reach == "S":
        return row.controlled_by_my_org
    return 9 not in cell.conditions or approved_by_two(facts)
