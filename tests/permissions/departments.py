"""What a CRIP and an ASE read on a case."""

from tests.permissions.facts import Facts, Row
from tests.permissions.matrix import REFERRAL_GROUPS, REPORT_GROUPS, Cell
from tests.permissions.relations import addressed_to_me, in_jurisdiction_with_report, own_case


def transmissible_caller(facts: Facts, row: Row) -> bool:
    """Condition 7, with its setting."""
    if row.caller_anonymity == "TRANSMISSIBLE_CRIP":
        return True
    professional = row.caller_is_professional_owed_answer and row.caller_anonymity != "ANONYMOUS"
    return facts.professional_identity_to_crip and professional


def department_reads(role: str, cell: Cell, group: str, facts: Facts, row: Row) -> bool:
    """CRI and ASE on a case: J under condition 1, or O; then the row's own limits."""
    if role == "CRI" and not in_jurisdiction_with_report(facts):
        return False
    if role == "ASE" and not own_case(role, facts):
        return False
    if group in REPORT_GROUPS and not addressed_to_me(facts, row):
        return False
    if group == "G11" and row.aspect == "extract":
        return False
    if group in REFERRAL_GROUPS and (row.referral is None or row.referral.status == "DRAFT"):
        return False
    return 7 not in cell.conditions or transmissible_caller(facts, row)
