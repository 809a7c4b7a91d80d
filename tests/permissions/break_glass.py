"""What a broken glass shows, to whom and for how long (section 9)."""

from dataclasses import replace

from tests.permissions.cells import reads_by_cell
from tests.permissions.facts import Facts, Referral, Row
from tests.permissions.matrix import MATRIX, P5
from tests.permissions.officers import controller_scope
from tests.permissions.relations import links_to_case


def glass_is_broken(role: str, group: str, facts: Facts) -> bool:
    """A live, listed, duly accompanied break-glass; never G06, G10."""
    glass = facts.break_glass
    if glass is None or group not in glass.groups or group in P5:
        return False
    if glass.earlier_one_unreviewed or not 0 <= glass.minutes < 60:
        return False
    if role == "DPO":
        return glass.second_person and glass.reason in {"COMPLAINT", "SUBJECT_REQUEST", "REQUISITION"}
    return role in {"ASE", "ASM"} and glass.on_call and glass.reason == "IMMEDIATE_DANGER"


def as_if_mine(facts: Facts, referral: Referral) -> Referral:
    """A colleague's live accompaniment, read as if it were assigned to me."""
    return replace(referral, assigned_to_me=True) if links_to_case(facts, referral) else referral


def as_if_assigned(role: str, facts: Facts, row: Row) -> tuple[Facts, Row]:
    """Their organisation's case assigned to someone else, as its assignee would see it."""
    if role == "ASE":
        return replace(facts, caseworker=facts.ase_link_of_my_org or facts.measure_names_my_org), row
    referral = None if row.referral is None else as_if_mine(facts, row.referral)
    referrals = tuple(as_if_mine(facts, each) for each in facts.referrals)
    return replace(facts, referrals=referrals), replace(row, referral=referral)


def reads_by_break_glass(role: str, group: str, facts: Facts, row: Row) -> bool:
    """`-4` cells for the DPO; own `O` cells of a colleague's case for ASE and ASM on call."""
    if not glass_is_broken(role, group, facts):
        return False
    cell = MATRIX[group, role]
    if role == "DPO":
        return 4 in cell.conditions and controller_scope(group, facts, row)
    if cell.reach != "O" or 2 in cell.conditions:
        return False
    return reads_by_cell(role, group, *as_if_assigned(role, facts, row))
