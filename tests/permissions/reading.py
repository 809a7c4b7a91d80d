"""Whether a value, a situation, a referral or a report is shown."""

from tests.permissions.audiences import PARTNER_ROLES, client_kind, is_client
from tests.permissions.break_glass import as_if_assigned, glass_is_broken, reads_by_break_glass
from tests.permissions.cells import reads_by_cell
from tests.permissions.clients import client_reads
from tests.permissions.facts import NO_ROW, Facts, Referral, Report, Row
from tests.permissions.grants import grant_lives
from tests.permissions.matrix import CASE_GROUPS, GROUPS
from tests.permissions.relations import own_case
from tests.permissions.viewers import habilitation_stands


def still_open_to(audience: str, group: str, facts: Facts, row: Row) -> bool:
    """What retention and closure leave readable."""
    if group not in CASE_GROUPS:
        return True
    if facts.retention == "INTERMEDIATE":
        return audience in {"SUP", "DPO"}
    if facts.retention != "ACTIVE":
        return False
    if not facts.situation_closed or not (is_client(audience) or audience in PARTNER_ROLES):
        return True
    own_referral = group in {"G23", "G25"} and row.referral is not None and row.referral.to_my_org
    return group in {"G01", "G12"} or row.controlled_by_my_org or own_referral


def may_read(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> bool:
    """Whether the value of a column of that group is shown."""
    if not still_open_to(audience, group, facts, row):
        return False
    if is_client(audience):
        return client_reads(client_kind(audience), group, facts, row)
    if not habilitation_stands(audience, facts):
        return False
    return reads_by_cell(audience, group, facts, row) or reads_by_break_glass(audience, group, facts, row)


def may_see_situation(audience: str, facts: Facts) -> bool:
    """Whether the situation exists for this viewer at all, under whatever ref it knows it by."""
    if may_read(audience, "G01", facts, Row(aspect="status")):
        return True
    if is_client(audience) or audience not in {"ASE", "ASM"} or not habilitation_stands(audience, facts):
        return False
    if facts.retention != "ACTIVE":
        return False
    if any(grant_lives(audience, facts, grant) for grant in facts.grants):
        return True
    seen_by_assignee = own_case(audience, as_if_assigned(audience, facts, NO_ROW)[0])
    opened = any(glass_is_broken(audience, group, facts) for group in GROUPS)
    return seen_by_assignee and opened and not facts.situation_closed


def may_see_referral(audience: str, facts: Facts, referral: Referral) -> bool:
    """Whether the referral's row exists for this viewer: its ref or its status is shown."""
    return any(may_read(audience, "G23", facts, Row(aspect=aspect, referral=referral)) for aspect in ("ref", "status"))


def may_see_report(audience: str, facts: Facts, report: Report) -> bool:
    """Whether the concern report's row exists for this viewer, by its steps or, for an ASE, by a grant of its text."""
    steps = may_read(audience, "G12", facts, Row(aspect="status", report=report))
    return steps or may_read(audience, "G11", facts, Row(aspect="other", report=report))
