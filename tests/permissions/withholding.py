"""Why a field is null on an object in sight."""

from tests.permissions.audiences import PARTNER_ROLES, RECEIVER_KINDS, is_client
from tests.permissions.existence import may_exist
from tests.permissions.facts import NO_ROW, Facts, Row
from tests.permissions.grants import grant_lists
from tests.permissions.matrix import CASE_GROUPS, MATRIX, REFERRAL_GROUPS, REPORT_GROUPS
from tests.permissions.reading import may_read, may_see_referral, may_see_report, may_see_situation
from tests.permissions.relations import status_now, structure_case
from tests.permissions.states import END_STATES


def row_in_sight(audience: str, group: str, facts: Facts, row: Row) -> bool:
    """Whether the object the column stands on exists for this viewer; if not, there is nothing to withhold."""
    if group in {"G30", "G31"}:
        return audience == "ADM"
    if group not in CASE_GROUPS:
        return False
    on_referral = group in REFERRAL_GROUPS or row.copied_into_referral
    if audience == "ASO" or (audience == "COO" and group == "G02" and facts.org_kind in RECEIVER_KINDS):
        on_referral = True
    if on_referral and audience != "DPO":
        return row.referral is not None and may_see_referral(audience, facts, row.referral)
    if group in REPORT_GROUPS and row.report is not None:
        return may_see_report(audience, facts, row.report)
    if group in REPORT_GROUPS and row.aspect != "extract":
        return False
    if group in {"G28", "G29"} and audience == "ASM":
        return False
    if audience == "LIS" and MATRIX[group, audience].reach == "O":
        return False
    return may_see_situation(audience, facts) or any(may_see_referral(audience, facts, r) for r in facts.referrals)


def has_ended(audience: str, facts: Facts, row: Row) -> bool:
    """Closure for a partner, or nothing left but ended referrals for their receiver."""
    if (is_client(audience) or audience in PARTNER_ROLES) and facts.situation_closed:
        return True
    if audience not in {"ASM", "ASO", "COO"}:
        return False
    ended = END_STATES | {"DECLINED", "WITHDRAWN"}
    if row.referral is not None:
        return row.referral.to_my_org and status_now(facts, row.referral) in ended
    mine = [r for r in facts.referrals if may_see_referral(audience, facts, r)]
    return bool(mine) and not structure_case(facts) and all(status_now(facts, r) in ended for r in mine)


def withheld_reason(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> str | None:
    """Why a field of the schema is null on an object in sight; None when shown, absent, or nothing is in sight."""
    if not may_exist(audience, group) or may_read(audience, group, facts, row):
        return None
    if not row_in_sight(audience, group, facts, row):
        return None
    if has_ended(audience, facts, row):
        return "ENDED"
    if is_client(audience):
        return None
    conditions = MATRIX[group, audience].conditions
    if conditions & {4, 9}:
        return "NEEDS_BREAK_GLASS"
    if 2 in conditions:
        return "NEEDS_GRANT" if not grant_lists(audience, group, facts) else "OUT_OF_MANDATE"
    return "NEEDS_AGREEMENT" if 3 in conditions else "OUT_OF_MANDATE"
