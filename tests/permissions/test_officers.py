"""Data protection officers outside the 119 read what their organisation answers for."""

from dataclasses import replace

from tests.oracle import GROUPS, BreakGlass, Report, Row, facts_of, may_read, may_see_situation
from tests.permissions.by_hand import REPORT_ROW, mine


def test_data_protection_officers_outside_the_119() -> None:
    department = facts_of("DPO", org_kind="ASE", ase_link_of_my_org=True)
    foyer = facts_of("DPO", org_kind="FOYER", measure_names_my_org=True)
    own = Row(controlled_by_my_org=True)
    assert may_read("DPO", "G01", department, Row("ref")) and may_read("DPO", "G01", foyer, Row("status"))
    assert not may_read("DPO", "G01", foyer, Row("ref"))
    assert may_read("DPO", "G12", department, REPORT_ROW)
    assert not may_read("DPO", "G12", department, Row(report=Report(to_my_authority=False)))
    assert not may_read("DPO", "G12", department)
    assert not may_read("DPO", "G12", foyer, REPORT_ROW)
    for group in ("G27", "G28", "G29"):
        assert may_read("DPO", group, department, own)
        assert not may_read("DPO", group, department)
        assert not may_read("DPO", group, facts_of("DPO", org_kind="ASE"), own)
        assert may_read("DPO", group, facts_of("DPO"))
    for group in ("G30", "G31", "G32"):
        assert may_read("DPO", group, facts_of("DPO", org_kind="ASE"), own)
        assert not may_read("DPO", group, department)
    for kind in ("OPERATOR", "OBSERVATORY"):
        stranger = facts_of("DPO", org_kind=kind, measure_names_my_org=True, referrals=(mine("ONGOING"),))
        assert not may_see_situation("DPO", stranger)
    glass = BreakGlass(frozenset(GROUPS), "COMPLAINT", second_person=True)
    assert not may_read("DPO", "G06", facts_of("DPO", break_glass=glass))
    assert not may_read("DPO", "G27", replace(department, break_glass=glass))
