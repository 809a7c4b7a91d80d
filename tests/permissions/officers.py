"""What a data protection officer reads: what its organisation answers for."""

from tests.permissions.audiences import RECEIVER_KINDS
from tests.permissions.facts import Facts, Row
from tests.permissions.matrix import CASE_GROUPS, REPORT_GROUPS
from tests.permissions.relations import addressed_to_me, structure_case


def controller_scope(group: str, facts: Facts, row: Row) -> bool:
    """Condition 10: N for the DPO of the 119's GIP, S for any other."""
    if facts.org_kind == "DLPM":
        return True
    if group not in CASE_GROUPS:
        return row.controlled_by_my_org
    # The text of a grant belongs to whom the grant belongs to: it is no report.
    of_a_grant = group in {"G27", "G28", "G29"} or (group == "G11" and row.aspect == "extract")
    if group in REPORT_GROUPS and not of_a_grant and not addressed_to_me(facts, row):
        return False
    if of_a_grant and not row.controlled_by_my_org:
        return False
    if group == "G01" and row.aspect == "ref" and facts.org_kind in RECEIVER_KINDS:
        return False
    return structure_case(facts)
