"""Why a field is null on an object in sight."""

from dataclasses import replace

import pytest

from tests.oracle import Facts, Referral, Report, Row, facts_of, withheld_reason
from tests.permissions.by_hand import (
    GOOD_GRANT,
    REPORT_ROW,
    caseworker,
    client_facts,
    crip,
    granted_worker,
    mine,
    worker,
)


@pytest.mark.parametrize(
    ("audience", "group", "facts", "row", "reason"),
    [
        ("ASM", "G17", worker(mine("ONGOING")), Row(), "NEEDS_GRANT"),
        ("ASM", "G11", worker(mine("ONGOING")), Row("extract"), "NEEDS_GRANT"),
        ("ASM", "G11", worker(mine("ONGOING")), REPORT_ROW, None),
        ("ASM", "G11", granted_worker(GOOD_GRANT), Row("extract"), None),
        ("ASM", "G28", granted_worker(GOOD_GRANT), Row(), None),
        ("ASM", "G01", granted_worker(GOOD_GRANT), Row("status"), "OUT_OF_MANDATE"),
        ("ASM", "G01", worker(mine("ONGOING")), Row("ref"), "OUT_OF_MANDATE"),
        ("ASM", "G24", worker(mine("ONGOING")), Row(referral=mine("ONGOING", to_my_org=False)), None),
        ("ASM", "G03", worker(mine("ACCEPTED")), Row(), "NEEDS_AGREEMENT"),
        ("ASM", "G03", worker(mine("PROPOSED")), Row(), None),
        ("ASM", "G03", facts_of("ASM", referrals=(mine("ONGOING"), mine("COMPLETED"))), Row(), None),
        ("ASM", "G17", facts_of("ASM", referrals=(mine("ONGOING"), mine("COMPLETED"))), Row(), "NEEDS_GRANT"),
        ("ASM", "G03", facts_of("ASM", referrals=(mine("ACCEPTED"), mine("WITHDRAWN"))), Row(), "NEEDS_AGREEMENT"),
        ("ASM", "G03", worker(mine("ONGOING", to_my_org=False)), Row(), None),
        ("ASO", "G16", facts_of("ASO"), Row(referral=mine("COMPLETED", kind="PROFESSIONAL_CONSULTATION")), "ENDED"),
        ("ASO", "G16", facts_of("ASO"), Row(), None),
        ("ASE", "G19", caseworker(), Row(), "NEEDS_GRANT"),
        ("ASE", "G11", caseworker(), Row(report=Report(to_my_authority=False)), None),
        ("ASE", "G11", caseworker(), Row(), None),
        ("ASE", "G04", caseworker(caseworker=False), Row(), None),
        ("ASE", "G19", caseworker(situation_closed=True), Row(), "ENDED"),
        ("CRI", "G06", crip(), Row(), "OUT_OF_MANDATE"),
        ("CRI", "G06", crip(situation_closed=True), Row(), "ENDED"),
        ("CRI", "G23", crip(), Row(referral=Referral(status="DRAFT")), None),
        ("CRI", "G33", crip(), Row(card_visibility="SECRET"), None),
        ("CRI", "G34", crip(), Row(), None),
        ("LIS", "G10", facts_of("LIS"), Row(), None),
        ("SUP", "G06", facts_of("SUP"), Row(), "NEEDS_BREAK_GLASS"),
        ("SUP", "G30", facts_of("SUP"), Row(), None),
        ("ADM", "G31", facts_of("ADM"), Row("ref"), "OUT_OF_MANDATE"),
        ("DPO", "G24", facts_of("DPO"), Row(referral=mine("ONGOING")), "NEEDS_BREAK_GLASS"),
        ("DPO", "G03", facts_of("DPO", org_kind="CRIP"), Row(), None),
        ("DPO", "G06", facts_of("DPO"), Row(), None),
        ("COO", "G01", facts_of("COO", measure_names_my_org=True), Row("other"), "OUT_OF_MANDATE"),
        ("COO", "G02", facts_of("COO"), Row("age_band", referral=Referral(status="DECLINED")), "ENDED"),
        ("COO", "G23", facts_of("COO"), Row("other", referral=Referral(status="ONGOING")), "OUT_OF_MANDATE"),
        (
            "COO",
            "G02",
            facts_of("COO", org_kind="ASE", mandate_kind=None, ase_link_of_my_org=True),
            Row("age_band"),
            "OUT_OF_MANDATE",
        ),
        ("CLIENT:ASE", "G02", client_facts("ASE", ase_link_of_my_org=True, situation_closed=True), Row(), "ENDED"),
        ("CLIENT:ASE", "G02", client_facts("ASE"), Row(), None),
        ("CLIENT:CRIP", "G13", client_facts("CRIP"), REPORT_ROW, None),
        ("ANA", "G02", facts_of("ANA"), Row(), None),
    ],
)
def test_reasons_by_hand(audience: str, group: str, facts: Facts, row: Row, reason: str | None) -> None:
    assert withheld_reason(audience, group, facts, row) == reason


def test_reasons_with_several_relations_at_once() -> None:
    completed, withdrawn = mine("COMPLETED"), mine("WITHDRAWN")
    measured = facts_of("ASM", measure_names_my_org=True, referrals=(completed,))
    assert withheld_reason("ASM", "G17", measured) == "NEEDS_GRANT"
    coordinator = facts_of("COO", referrals=(Referral(), withdrawn))
    assert withheld_reason("COO", "G01", coordinator, Row("status")) == "OUT_OF_MANDATE"
    only_g18 = replace(GOOD_GRANT, groups=frozenset({"G18"}))
    assert withheld_reason("ASM", "G17", granted_worker(only_g18)) == "NEEDS_GRANT"
    expired = worker(mine("ONGOING"), grants=(replace(GOOD_GRANT, within_dates=False),))
    assert withheld_reason("ASM", "G17", expired) == "NEEDS_GRANT"
    assert withheld_reason("DPO", "G24", facts_of("DPO"), Row(referral=completed)) == "NEEDS_BREAK_GLASS"
    consultation = Referral(kind="PROFESSIONAL_CONSULTATION")
    client = client_facts("FOYER", referrals=(consultation,))
    assert withheld_reason("CLIENT:FOYER", "G02", client, Row("age_band", referral=consultation)) is None
