"""Closure, archive and the end of a referral leave what section 5 names, under one purpose at a time."""

from dataclasses import replace

import pytest

from tests.oracle import Row, facts_of, may_read, may_write, withheld_reason
from tests.permissions.by_hand import REPORT_ROW, caseworker, client_facts, crip, mine, worker


def test_after_closure_partners_keep_the_header_the_steps_and_their_own_rows() -> None:
    for role, facts in (("CRI", crip(situation_closed=True)), ("ASE", caseworker(situation_closed=True))):
        assert may_read(role, "G01", facts) and may_read(role, "G12", facts, REPORT_ROW)
        assert not may_read(role, "G03", facts) and withheld_reason(role, "G03", facts) == "ENDED"
        assert may_read(role, "G14", facts, Row(controlled_by_my_org=True))
        assert not may_write(role, "G14", facts, Row(controlled_by_my_org=True))
    assert may_write("CRI", "G13", crip(situation_closed=True), REPORT_ROW)
    assert may_read("LIS", "G03", facts_of("LIS", situation_closed=True))
    ended = worker(mine("ONGOING"), situation_closed=True)
    assert may_read("ASM", "G23", ended, Row("status", referral=mine("ONGOING")))
    assert not may_read("ASM", "G23", ended, Row("follow_up", referral=mine("ONGOING")))
    assert may_read("ASM", "G23", ended, Row("follow_up", referral=mine("ONGOING"), recorded_by_me=True))


@pytest.mark.parametrize("status", ["COMPLETED", "LOST_CONTACT", "REFUSED_BY_MINOR", "TRANSFERRED", "WITHDRAWN"])
def test_after_the_end_a_worker_keeps_what_they_wrote_and_nothing_else(status: str) -> None:
    over = mine(status)
    facts = worker(over)
    own, others = Row("follow_up", referral=over, recorded_by_me=True), Row("follow_up", referral=over)
    assert may_read("ASM", "G23", facts, own)
    assert not may_read("ASM", "G23", facts, others)
    assert not may_read("ASM", "G24", facts, replace(own, aspect="other"))
    handed_over = replace(over, assigned_to_me=False)
    assert not may_read("ASM", "G23", worker(handed_over), replace(own, referral=handed_over))
    assert not may_read("CLIENT:ASSOCIATION", "G23", facts, own)


def test_intermediate_is_for_the_supervisor_and_the_officer() -> None:
    assert may_read("SUP", "G04", facts_of("SUP", retention="INTERMEDIATE"))
    assert may_read("DPO", "G01", facts_of("DPO", retention="INTERMEDIATE"))
    assert not may_read("LIS", "G04", facts_of("LIS", retention="INTERMEDIATE"))
    assert not may_read("CRI", "G14", crip(retention="INTERMEDIATE"), Row(controlled_by_my_org=True))
    assert not may_write("SUP", "G12", facts_of("SUP", retention="INTERMEDIATE"))
    assert not may_read("SUP", "G04", facts_of("SUP", retention="DELETED"))


def test_one_purpose_at_a_time() -> None:
    assert not may_read("LIS", "G01", facts_of("LIS", purpose=None))
    assert not may_read("LIS", "G01", facts_of("LIS", purpose="IMPLEMENT"))
    assert may_read("LIS", "G01", facts_of("LIS", purpose="DETERMINE"))
    assert may_read("ASM", "G33", facts_of("ASM", purpose=None))
    assert not may_read("COO", "G33", facts_of("COO", mandate_kind="OUTSIDE_MISSION", purpose="IMPLEMENT"))


def test_a_habilitation_must_fit_its_organisation() -> None:
    assert not may_read("LIS", "G01", facts_of("LIS", org_kind="CRIP"))
    assert not may_read("ASM", "G33", facts_of("ASM", mandate_kind="OUTSIDE_MISSION"))
    assert not may_read("CLIENT:ASE", "G33", client_facts("CRIP"))
