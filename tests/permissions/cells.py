"""One cell of the matrix, read by its role."""

from tests.permissions.coordinators import coordinator_reads
from tests.permissions.departments import department_reads
from tests.permissions.facts import Facts, Row
from tests.permissions.grants import granted
from tests.permissions.matrix import MATRIX
from tests.permissions.officers import controller_scope
from tests.permissions.relations import own_case
from tests.permissions.supervisors import supervisor_reads
from tests.permissions.workers import worker_reads


def card_visible(role: str, row: Row) -> bool:
    """SECRET cards: DLPM and owner only."""
    return row.card_visibility != "SECRET" or role in {"LIS", "SUP", "ANA"} or row.controlled_by_my_org


def reads_by_cell(role: str, group: str, facts: Facts, row: Row) -> bool:
    """The matrix cell alone, without the life of the case and without break-glass."""
    cell = MATRIX[group, role]
    if cell.reach in {"-", "A"}:
        return False
    if 2 in cell.conditions:
        return granted(role, group, facts, row)
    if group == "G33":
        return card_visible(role, row)
    if group == "G34":
        return cell.reach == "N" or row.controlled_by_my_org
    if role == "DPO":
        return controller_scope(group, facts, row)
    if role == "ADM":
        return row.aspect == "technical"
    if role == "DEL":
        return row.controlled_by_my_org
    if role == "LIS":
        return own_case(role, facts) if cell.reach == "O" else True
    if role == "SUP":
        return supervisor_reads(cell, facts, row)
    if role == "COO":
        return coordinator_reads(group, facts, row)
    if role in {"ASM", "ASO"}:
        return worker_reads(role, group, facts, row)
    return department_reads(role, cell, group, facts, row)
