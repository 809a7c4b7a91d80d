"""Broken glass replaces the assignment, for a reason and an hour."""

from dataclasses import replace

from tests.oracle import (
    CASE_GROUPS,
    GROUPS,
    MATRIX,
    BreakGlass,
    Row,
    facts_of,
    may_read,
    may_see_situation,
    may_write,
    withheld_reason,
)
from tests.permissions.by_hand import GOOD_GRANT, SENT_REPORT, caseworker, crip, granted_worker, mine, worker


def test_break_glass_of_a_data_protection_officer() -> None:
    glass = BreakGlass(frozenset(GROUPS), "COMPLAINT", second_person=True)
    opened = facts_of("DPO", break_glass=glass)
    row = Row(report=SENT_REPORT)
    for group in GROUPS:
        if 4 in MATRIX[group, "DPO"].conditions:
            assert may_read("DPO", group, opened, row)
            assert not may_read("DPO", group, facts_of("DPO"), row)
            assert withheld_reason("DPO", group, facts_of("DPO"), row) == "NEEDS_BREAK_GLASS"
    flawed = [
        replace(glass, second_person=False),
        replace(glass, reason="IMMEDIATE_DANGER"),
        replace(glass, minutes=60),
        replace(glass, groups=frozenset()),
    ]
    for less in flawed:
        assert not may_read("DPO", "G03", replace(opened, break_glass=less))
    assert not may_read("DPO", "G03", replace(opened, org_kind="CRIP"))


def test_break_glass_in_immediate_danger_replaces_the_assignment_only() -> None:
    glass = BreakGlass(frozenset(GROUPS), "IMMEDIATE_DANGER")
    colleague = caseworker(caseworker=False)
    assert not may_read("ASE", "G04", colleague)
    assert may_read("ASE", "G04", replace(colleague, break_glass=glass))
    assert not may_write("ASE", "G03", replace(colleague, break_glass=glass))
    assert not may_read("ASE", "G19", replace(colleague, break_glass=glass))
    assert not may_read("ASE", "G04", replace(colleague, break_glass=glass, ase_link_of_my_org=False))
    assert not may_read("ASE", "G04", replace(colleague, break_glass=replace(glass, on_call=False)))
    assert not may_read("ASE", "G04", replace(colleague, break_glass=replace(glass, earlier_one_unreviewed=True)))
    others = mine("ONGOING", assigned_to_me=False)
    assert may_read("ASM", "G03", worker(others, break_glass=glass))
    assert not may_read("ASM", "G03", worker(replace(others, minor_agreement="ASKED"), break_glass=glass))
    assert not may_read("ASM", "G03", worker(replace(others, to_my_org=False), break_glass=glass))
    assert not may_read("CRI", "G03", crip(live_jurisdiction=False, break_glass=glass))


def test_break_glass_shows_the_case_and_nothing_conditional() -> None:
    glass = BreakGlass(frozenset({"G04"}), "IMMEDIATE_DANGER")
    colleague = caseworker(caseworker=False, break_glass=glass)
    assert may_see_situation("ASE", colleague) and not may_read("ASE", "G01", colleague)
    assert not may_see_situation("ASE", replace(colleague, break_glass=None))
    assert not may_see_situation("ASE", replace(colleague, ase_link_of_my_org=False))
    assert not may_see_situation("ASE", replace(colleague, break_glass=replace(glass, minutes=60)))
    assert not may_see_situation("ASE", replace(colleague, situation_closed=True))
    assert not may_see_situation("ASE", replace(colleague, retention="INTERMEDIATE"))
    assert not may_see_situation("ASE", replace(colleague, habilitation_active=False))
    assert may_read("ASE", "G04", replace(colleague, ase_link_of_my_org=False, measure_names_my_org=True))
    assert not may_read("ASE", "G04", replace(colleague, break_glass=replace(glass, reason="COMPLAINT")))
    everything = replace(glass, groups=frozenset(GROUPS))
    others = mine("ONGOING", assigned_to_me=False, shared_kinds=frozenset({"RUNAWAY"}))
    opened = worker(others, break_glass=everything)
    assert may_read("ASM", "G16", opened, Row(problematic="RUNAWAY"))
    for group in ("G11", "G17", "G18", "G28", "G29", "G04"):
        assert not may_read("ASM", group, opened, Row("extract", of_my_grant=True))
    for role in ("LIS", "CRI", "ASO", "COO"):
        for group in CASE_GROUPS:
            row = Row("status", report=SENT_REPORT)
            facts = facts_of(role)
            assert may_read(role, group, facts, row) is may_read(
                role, group, replace(facts, break_glass=everything), row
            )


def test_more_corners_of_grants_and_break_glass() -> None:
    evaluate = replace(GOOD_GRANT, purpose="EVALUATE")
    assert not may_read("ASM", "G18", granted_worker(evaluate))
    assert may_read("ASE", "G19", caseworker(grants=(evaluate,), purpose="EVALUATE"))
    assert not may_read("ASE", "G19", caseworker(grants=(evaluate,)))
    own = Row(controlled_by_my_org=True)
    assert not may_read("ASM", "G18", granted_worker(GOOD_GRANT, situation_closed=True), own)
    released_elsewhere = mine("ONGOING", to_my_org=False)
    assert not may_read("ASM", "G18", granted_worker(GOOD_GRANT, referrals=(released_elsewhere,)))
    glass = BreakGlass(frozenset(GROUPS), "REQUISITION", second_person=True)
    for group in ("G07", "G08", "G10", "G23", "G25"):
        row = Row("status", referral=mine("ONGOING"), controlled_by_my_org=True)
        assert not may_read("DPO", group, facts_of("DPO", break_glass=glass), row)
    assert not may_read("CRI", "G23", crip()) and not may_read("CRI", "G24", crip())
