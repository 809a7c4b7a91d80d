"""Conditions, checked by hand."""

from dataclasses import replace

import pytest

from tests import oracle
from tests.oracle import (
    Referral,
    Report,
    Row,
    TwoPersonApproval,
    facts_of,
    may_read,
    may_see_referral,
    may_see_report,
    may_see_situation,
    may_write,
    withheld_reason,
)
from tests.permissions.by_hand import (
    GOOD_GRANT,
    REPORT_ROW,
    SENT_REPORT,
    caseworker,
    client_facts,
    crip,
    granted_worker,
    mine,
    worker,
)


def test_condition_1_needs_both_the_jurisdiction_and_the_report() -> None:
    assert may_read("CRI", "G03", crip())
    assert not may_read("CRI", "G03", crip(live_jurisdiction=False))
    assert not may_read("CRI", "G03", crip(report_statuses=frozenset()))
    for status in ("DRAFT", "VALIDATED", "MISROUTED"):
        assert not may_see_situation("CRI", crip(report_statuses=frozenset({status})))
    assert may_read("CRI", "G03", crip(report_statuses=frozenset({"MISROUTED", "CONCLUDED"})))


def test_condition_1_refusal_says_nothing_not_even_a_reason() -> None:
    assert withheld_reason("CRI", "G03", crip(live_jurisdiction=False)) is None


def test_a_report_to_another_authority_is_no_row_at_all() -> None:
    other = Report(to_my_authority=False, status="QUALIFIED")
    assert may_see_report("LIS", facts_of("LIS"), other)
    assert may_see_report("CRI", crip(), SENT_REPORT)
    assert not may_see_report("CRI", crip(), other)
    assert not may_see_report("ASE", caseworker(), other)
    assert not may_see_report("CRI", crip(), Report(status="MISROUTED"))
    assert may_see_report("ASE", caseworker(), Report(status="RETURNED_TO_119"))
    assert not may_see_report("DPO", facts_of("DPO", org_kind="ASSOCIATION", measure_names_my_org=True), SENT_REPORT)


def test_caller_identity_to_a_crip_only_when_transmissible() -> None:
    shown = Row(caller_anonymity="TRANSMISSIBLE_CRIP")
    hidden = Row(caller_anonymity="KNOWN_119_ONLY")
    assert may_read("CRI", "G06", crip(), shown) and may_read("CRI", "G07", crip(), shown)
    assert not may_read("CRI", "G06", crip(), hidden)
    assert withheld_reason("CRI", "G07", crip(), hidden) == "OUT_OF_MANDATE"
    assert not may_read("CRI", "G06", crip(live_jurisdiction=False), shown)


def test_professional_identity_setting_is_off_and_never_opens_the_anonymous() -> None:
    owed = Row(caller_anonymity="KNOWN_119_ONLY", caller_is_professional_owed_answer=True)
    assert not may_read("CRI", "G06", crip(), owed)
    assert may_read("CRI", "G06", crip(professional_identity_to_crip=True), owed)
    anonymous = replace(owed, caller_anonymity="ANONYMOUS")
    assert not may_read("CRI", "G06", crip(professional_identity_to_crip=True), anonymous)


def test_own_team_reads_any_caller_and_writes_its_own_contact() -> None:
    assert may_read("LIS", "G06", facts_of("LIS"))
    assert not may_write("LIS", "G06", facts_of("LIS"))
    assert may_write("LIS", "G06", facts_of("LIS"), Row(contact_taken_by_me=True))


def test_listening_notes_are_the_listeners_own() -> None:
    assert not may_read("LIS", "G10", facts_of("LIS"))
    assert may_read("LIS", "G10", facts_of("LIS", took_contact=True))
    assert may_read("LIS", "G10", facts_of("LIS", assigned_to_me=True))
    assert may_read("SUP", "G10", facts_of("SUP"))


@pytest.mark.parametrize(
    "approval",
    [
        None,
        TwoPersonApproval(by_second_supervisor=False),
        TwoPersonApproval(reason_recorded=False),
        TwoPersonApproval(this_caller=False),
        TwoPersonApproval(minutes=60),
    ],
)
def test_a_supervisor_alone_reads_no_caller(approval: TwoPersonApproval | None) -> None:
    assert may_read("SUP", "G06", facts_of("SUP", two_persons=TwoPersonApproval(minutes=59)))
    assert not may_read("SUP", "G06", facts_of("SUP", two_persons=approval))
    assert withheld_reason("SUP", "G06", facts_of("SUP", two_persons=approval)) == "NEEDS_BREAK_GLASS"


def test_a_caseworker_needs_jurisdiction_and_its_own_case() -> None:
    assert may_read("ASE", "G04", caseworker())
    assert not may_read("ASE", "G04", caseworker(live_jurisdiction=False))
    assert not may_read("ASE", "G04", caseworker(caseworker=False))
    assert may_write("ASE", "G16", caseworker()) and not may_write("ASE", "G04", caseworker())


def test_condition_3_state_and_agreement_on_my_own_referral() -> None:
    assert may_read("ASM", "G03", worker(mine("IDENTITY_RELEASED")))
    assert not may_read("ASM", "G03", worker(mine("ACCEPTED")))
    refused = worker(mine("ONGOING", minor_agreement="REFUSED"))
    assert not may_read("ASM", "G03", refused)
    assert withheld_reason("ASM", "G03", refused) == "NEEDS_AGREEMENT"
    split = (mine("ACCEPTED"), mine("ONGOING", assigned_to_me=False))
    assert not may_read("ASM", "G03", facts_of("ASM", referrals=split))
    assert may_read("ASM", "G03", facts_of("ASM", measure_names_my_org=True))


def test_condition_5_needs_the_measure_and_the_mandate() -> None:
    assert may_read("ASM", "G04", facts_of("ASM", measure_names_my_org=True))
    assert may_read("ASM", "G05", facts_of("ASM", org_kind="FOYER", mandate_kind=None, measure_names_my_org=True))
    mission = facts_of("ASM", mandate_kind="ASE_MISSION", measure_names_my_org=True)
    assert not may_read("ASM", "G04", mission)
    assert withheld_reason("ASM", "G04", mission) == "OUT_OF_MANDATE"
    assert not may_read("ASM", "G04", worker(mine("ONGOING")))


def test_an_association_never_reads_a_situation_ref() -> None:
    facts = worker(mine("ONGOING"))
    assert may_read("ASM", "G01", facts, Row(aspect="status"))
    assert not may_read("ASM", "G01", facts, Row(aspect="ref"))
    coordinator = facts_of("COO", referrals=(mine("ONGOING"),))
    assert may_read("COO", "G01", coordinator, Row(aspect="urgency"))
    assert not may_read("COO", "G01", coordinator, Row(aspect="ref"))
    department = facts_of("COO", org_kind="ASE", mandate_kind=None, ase_link_of_my_org=True)
    assert may_read("COO", "G01", department, Row("ref"))


def test_condition_13_and_16() -> None:
    facts = worker(mine("ACCEPTED", shared_kinds=frozenset({"RUNAWAY"})))
    assert may_read("ASM", "G16", facts, Row(problematic="RUNAWAY"))
    assert not may_read("ASM", "G16", facts, Row(problematic="CYBER"))
    assert withheld_reason("ASM", "G16", facts, Row(problematic="CYBER")) == "OUT_OF_MANDATE"
    assert not may_read("ASM", "G16", facts_of("ASM", measure_names_my_org=True), Row(problematic="RUNAWAY"))
    assert may_read("ASM", "G20", facts, Row(aspect="service_contact"))
    assert withheld_reason("ASM", "G20", facts, Row(aspect="other")) == "OUT_OF_MANDATE"


def test_outside_mission_reads_copies_of_a_consultation_only() -> None:
    consultation = mine("ENGAGED", kind="PROFESSIONAL_CONSULTATION", minor_agreement="REFUSED")
    facts = facts_of("ASO", referrals=(consultation,))
    for group in ("G02", "G16", "G18"):
        assert may_read("ASO", group, facts, Row(referral=consultation, copied_into_referral=True))
        assert not may_read("ASO", group, facts, Row(referral=consultation))
    support = replace(consultation, kind="DIRECT_SUPPORT")
    assert not may_read("ASO", "G02", facts_of("ASO"), Row(referral=support, copied_into_referral=True))
    assert not may_see_referral("ASO", facts_of("ASO"), support)


def test_coordinator_of_a_crip_follows_but_does_not_read() -> None:
    facts = facts_of(
        "COO", org_kind="CRIP", mandate_kind=None, live_jurisdiction=True, report_statuses=frozenset({"SENT"})
    )
    assert may_read("COO", "G01", facts, Row("urgency"))
    assert not may_read("COO", "G01", facts, Row("other"))
    assert may_read("COO", "G12", facts, Row("date", report=SENT_REPORT))
    assert not may_read("COO", "G12", facts, Row("kind", report=SENT_REPORT))
    assert not may_read("COO", "G01", replace(facts, live_jurisdiction=False), Row("status"))
    assert not may_read("COO", "G02", facts, Row("age_band", referral=Referral()))


def test_secret_cards() -> None:
    secret = Row(card_visibility="SECRET")
    assert may_read("LIS", "G33", facts_of("LIS"), secret)
    for role in ("CRI", "ASE", "ASM", "ASO", "COO", "DEL", "ADM", "DPO", "ONP"):
        assert not may_read(role, "G33", facts_of(role), secret)
        assert may_read(role, "G33", facts_of(role), Row(card_visibility="NETWORK"))
    own = replace(secret, controlled_by_my_org=True)
    assert may_read("ASM", "G33", facts_of("ASM"), own) and may_write("ASM", "G33", facts_of("ASM"), own)
    assert not may_write("ASM", "G33", facts_of("ASM"), Row(card_visibility="PUBLIC"))
    assert not may_write("ASM", "G33", facts_of("ASM"), Row(controlled_by_my_org=True))
    assert may_write("ANA", "G33", facts_of("ANA")) and not may_write("CRI", "G33", facts_of("CRI"), own)


def test_administrator_and_delegate_keep_to_technical_and_own_rows() -> None:
    assert may_read("ADM", "G30", facts_of("ADM"), Row(aspect="technical"))
    assert not may_read("ADM", "G30", facts_of("ADM"), Row(aspect="ref"))
    assert may_write("DEL", "G31", facts_of("DEL"), Row(controlled_by_my_org=True))
    assert not may_read("DEL", "G31", facts_of("DEL"))
    assert not may_read("DPO", "G30", facts_of("DPO", org_kind="CRIP"))
    assert may_read("DPO", "G30", facts_of("DPO"))


def test_structure_rows() -> None:
    own = Row(controlled_by_my_org=True)
    for role, group in (("SUP", "G30"), ("SUP", "G31"), ("CRI", "G34"), ("ASE", "G34"), ("ASM", "G34"), ("COO", "G34")):
        assert may_read(role, group, facts_of(role), own) and not may_read(role, group, facts_of(role))
    for role in ("LIS", "SUP", "ANA"):
        assert may_read(role, "G34", facts_of(role))
    assert may_read("CLIENT:DLPM", "G34", client_facts("DLPM"))


def test_reports_and_extracts_keep_apart() -> None:
    assert may_read("CRI", "G11", crip(), REPORT_ROW)
    assert not may_read("CRI", "G11", crip(), replace(REPORT_ROW, aspect="extract"))
    granted = caseworker(grants=(GOOD_GRANT,))
    assert not may_read("ASE", "G11", granted, replace(REPORT_ROW, aspect="extract"))
    assert may_see_report("ASE", caseworker(caseworker=False, grants=(GOOD_GRANT,)), SENT_REPORT)
    for involved in ("live_jurisdiction", "ase_link_of_my_org", "measure_names_my_org"):
        receiver = facts_of("ASE", purpose="IMPLEMENT", grants=(GOOD_GRANT,), **{involved: True})
        assert may_read("ASE", "G19", receiver) and may_see_situation("ASE", receiver)
    assert not may_read("ASE", "G19", facts_of("ASE", purpose="IMPLEMENT", grants=(GOOD_GRANT,)))
    measured = facts_of("ASM", measure_names_my_org=True, grants=(GOOD_GRANT,))
    assert may_read("ASM", "G17", measured)
    monitoring = replace(GOOD_GRANT, purpose="MONITORING")
    assert not may_read("ASE", "G19", caseworker(grants=(monitoring,), purpose="MONITORING"))
    alone = replace(GOOD_GRANT, groups=frozenset({"G18"}))
    assert may_read("ASM", "G18", granted_worker(alone)) and not may_read("ASM", "G17", granted_worker(alone))


def test_a_professional_is_only_shown_when_owed_an_answer() -> None:
    known = Row(caller_anonymity="KNOWN_119_ONLY")
    assert not may_read("CRI", "G07", crip(professional_identity_to_crip=True), known)
    assert oracle.may_send_report(validated=True, urgency="STANDARD")
    assert oracle.may_evaluate(caseworker_of_family=False, reason_ledgered=False)
