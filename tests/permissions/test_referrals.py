"""What a referral shows and lets write, by its state, to whom (section 8)."""

from dataclasses import replace

import pytest

from tests import oracle
from tests.oracle import (
    ASPECTS,
    GROUPS,
    REFERRAL_STATUSES,
    BreakGlass,
    Referral,
    Report,
    Row,
    facts_of,
    may_read,
    may_see_referral,
    may_see_situation,
    may_write,
    withheld_reason,
)
from tests.permissions.by_hand import REPORT_ROW, SENT_REPORT, caseworker, client_facts, crip, mine, worker

# state -> what the coordinator of the receiver and the assigned worker read of the referral itself.
SEEN = {
    "DRAFT": ("", ""),
    "PROPOSED": ("ref kind date status", ""),
    "DECLINED": ("ref status date decline_reason", ""),
    "ACCEPTED": ("ref status date", "*"),
    "IDENTITY_RELEASED": ("ref status date", "*"),
    "ENGAGED": ("ref status date", "*"),
    "ONGOING": ("ref status date", "*"),
    "PAUSED_RUNAWAY": ("ref status date", "*"),
    "REFUSED_BY_MINOR": ("ref status date", "ref status date"),
    "LOST_CONTACT": ("ref status date", "ref status date"),
    "COMPLETED": ("ref status date", "ref status date"),
    "TRANSFERRED": ("ref status date", "ref status date"),
    "WITHDRAWN": ("ref status", "ref status"),
}


@pytest.mark.parametrize("status", sorted(REFERRAL_STATUSES))
def test_referral_columns_by_state(status: str) -> None:
    referral = mine(status)
    for role, expected in zip(("COO", "ASM"), SEEN[status], strict=True):
        facts = facts_of(role, referrals=(referral,))
        seen = {aspect for aspect in ASPECTS if may_read(role, "G23", facts, Row(aspect, referral=referral))}
        assert seen == (set(ASPECTS) if expected == "*" else set(expected.split()))


def test_proposed_shows_the_coordinator_the_coded_need_and_no_case() -> None:
    facts = facts_of("COO", referrals=(Referral(),))
    shown = {aspect for aspect in ASPECTS if may_read("COO", "G02", facts, Row(aspect, referral=Referral()))}
    assert shown == {"need_codes", "age_band", "territory"}
    assert not may_see_situation("COO", facts)
    accepted = Referral(status="ACCEPTED")
    facts = facts_of("COO", referrals=(accepted,))
    assert withheld_reason("COO", "G02", facts, Row("age_band", referral=accepted)) == "OUT_OF_MANDATE"


def test_only_the_receiver_and_the_assigned_worker_see_a_referral() -> None:
    assert not may_see_referral("ASM", facts_of("ASM"), mine("ONGOING", assigned_to_me=False))
    assert not may_see_referral("ASM", facts_of("ASM", measure_names_my_org=True), mine("ONGOING", to_my_org=False))
    assert not may_see_referral("COO", facts_of("COO", measure_names_my_org=True), mine("ONGOING", to_my_org=False))
    assert not may_see_referral("CRI", crip(), Referral(status="DRAFT", to_my_org=False))
    assert may_see_referral("CRI", crip(), Referral(to_my_org=False))


def test_notes_outlive_the_referral_and_the_note_for_the_ase_does_not() -> None:
    for status in ("COMPLETED", "WITHDRAWN"):
        facts, row = worker(mine(status)), Row(referral=mine(status))
        assert may_read("ASM", "G25", facts, row)
        assert not may_read("ASM", "G24", facts, row)
        assert withheld_reason("ASM", "G24", facts, row) == "ENDED"
        assert withheld_reason("ASM", "G03", facts, row) == "ENDED"
        assert not may_write("ASM", "G25", facts, row)


@pytest.mark.parametrize("status", sorted(REFERRAL_STATUSES))
def test_follow_up_is_written_from_first_contact_on(status: str) -> None:
    referral = mine(status)
    facts, row = worker(referral), Row("follow_up", referral=referral)
    working = status in {"ENGAGED", "ONGOING", "PAUSED_RUNAWAY"}
    assert may_write("ASM", "G23", facts, row) is (working or status == "IDENTITY_RELEASED")
    assert may_write("ASM", "G24", facts, row) is working
    assert may_write("CLIENT:ASSOCIATION", "G23", client_facts("ASSOCIATION"), row) is working
    alive = working or status in {"PROPOSED", "ACCEPTED", "IDENTITY_RELEASED"}
    assert may_write("COO", "G23", facts_of("COO"), row) is alive


def test_release_needs_agreement() -> None:
    assert oracle.may_release(mine("ACCEPTED"))
    for agreement in ("NOT_ASKED", "ASKED", "REFUSED", "UNSAFE_TO_ASK"):
        assert not oracle.may_release(mine("ACCEPTED", minor_agreement=agreement))
    assert not oracle.may_release(mine("ACCEPTED", kind="PROFESSIONAL_CONSULTATION"))
    assert not oracle.may_release(mine("PROPOSED"))


def test_consultation_of_a_mandated_association_stays_unlinked() -> None:
    consultation = mine("ENGAGED", kind="PROFESSIONAL_CONSULTATION", shared_kinds=frozenset({"RUNAWAY"}))
    facts = worker(consultation)
    copy = Row("other", referral=consultation, copied_into_referral=True, problematic="RUNAWAY")
    assert may_read("ASM", "G02", facts, copy) and may_read("ASM", "G16", facts, copy)
    assert not may_read("ASM", "G16", facts, replace(copy, problematic="CYBER"))
    for ended in (replace(consultation, status="COMPLETED"), replace(consultation, assigned_to_me=False)):
        assert not may_read("ASM", "G16", facts, replace(copy, referral=ended))
    assert not may_see_situation("ASM", facts)
    assert not may_read("ASM", "G02", facts) and not may_read("ASM", "G20", facts, Row("service_contact"))
    assert not may_read("ASM", "G24", facts, copy) and not may_write("ASM", "G24", facts, copy)
    assert may_read("ASM", "G25", facts, copy) and may_write("ASM", "G25", facts, copy)
    accepted = replace(consultation, status="ACCEPTED")
    assert may_write("ASM", "G23", facts, Row("follow_up", referral=accepted))
    assert not may_write("ASM", "G25", facts, Row("other", referral=accepted))
    outside = facts_of("ASO", referrals=(consultation,))
    assert not may_read("ASO", "G24", outside, copy) and may_read("ASO", "G25", outside, copy)
    glass = BreakGlass(frozenset(GROUPS), "IMMEDIATE_DANGER")
    others = replace(consultation, assigned_to_me=False)
    assert not may_read("ASM", "G02", worker(others, break_glass=glass), replace(copy, referral=others))


def test_outside_mission_has_no_relation_to_any_case() -> None:
    support = mine("ONGOING")
    outside = {"mandate_kind": "OUTSIDE_MISSION", "referrals": (support,), "measure_names_my_org": True}
    coordinator = facts_of("COO", **outside)
    assert not may_see_situation("COO", coordinator)
    for status in ("PROPOSED", "ONGOING"):
        referral = replace(support, status=status)
        assert not may_see_referral("COO", coordinator, referral)
        assert not may_read("COO", "G02", coordinator, Row("territory", referral=referral))
        client = client_facts("ASSOCIATION", mandate_kind="OUTSIDE_MISSION")
        assert not may_read("CLIENT:ASSOCIATION", "G23", client, Row("status", referral=referral))
        assert not may_write("CLIENT:ASSOCIATION", "G23", client, Row("follow_up", referral=referral))
    assert not may_see_situation("DPO", facts_of("DPO", org_kind="ASSOCIATION", **outside))
    assert not may_read("ASO", "G33", facts_of("ASO", mandate_kind="MEASURE", purpose="CONSULTATION"))


def test_a_referral_of_another_worker_or_organisation_opens_nothing() -> None:
    for referral in (mine("ONGOING", to_my_org=False), mine("ONGOING", assigned_to_me=False)):
        for group in ("G01", "G02", "G03", "G20", "G24", "G25"):
            row = Row("service_contact", referral=referral)
            assert not may_read("ASM", group, worker(referral), row)
            assert not may_write("ASM", group, worker(referral), row)
    foreign = Referral(status="PROPOSED", to_my_org=False)
    assert not may_read("COO", "G02", facts_of("COO", referrals=(foreign,)), Row("territory", referral=foreign))
    assert not may_write("COO", "G23", facts_of("COO"), Row("other", referral=foreign))
    assert not may_read("CLIENT:FOYER", "G23", client_facts("FOYER"), Row("status", referral=foreign))
    followed = replace(foreign, status="ONGOING")
    assert not may_write("CLIENT:FOYER", "G23", client_facts("FOYER"), Row("follow_up", referral=followed))


def test_coordinator_of_a_department_follows_referrals_and_answers_none() -> None:
    sent_to_others = Referral(status="ONGOING", to_my_org=False)
    for kind, relation in (
        ("CRIP", "live_jurisdiction"),
        ("ASE", "ase_link_of_my_org"),
        ("ASE", "measure_names_my_org"),
    ):
        facts = facts_of(
            "COO", org_kind=kind, mandate_kind=None, report_statuses=frozenset({"SENT"}), **{relation: True}
        )
        row = Row("status", referral=sent_to_others, report=SENT_REPORT)
        stranger = replace(facts, **{relation: False})  # type: ignore[arg-type]
        assert may_see_situation("COO", facts) and not may_see_situation("COO", stranger)
        for group in ("G12", "G23"):
            assert may_read("COO", group, facts, row) and not may_read("COO", group, stranger, row)
            assert not may_read("COO", group, facts, replace(row, aspect="kind"))
        assert not may_read("COO", "G12", facts, replace(row, report=Report(status="MISROUTED")))
        assert not may_see_referral("COO", facts, replace(sent_to_others, status="DRAFT"))
        for status in ("PROPOSED", "DRAFT"):
            own = Row("kind", referral=Referral(status=status))
            assert not may_read("COO", "G23", facts, own) and not may_write("COO", "G23", facts, own)
    assert not may_see_situation("COO", facts_of("COO", org_kind="ASE", mandate_kind=None, live_jurisdiction=True))
    assert not may_read("COO", "G01", facts_of("COO", purpose="EVALUATE", measure_names_my_org=True), Row("status"))
    for purpose in ("EVALUATE", "IMPLEMENT"):
        facts = facts_of("COO", org_kind="ASE", mandate_kind=None, purpose=purpose)
        assert may_read("COO", "G33", facts)
    assert not may_read("COO", "G33", facts_of("COO", org_kind="CRIP", mandate_kind=None, purpose="IMPLEMENT"))
    assert may_see_situation("COO", facts_of("COO", measure_names_my_org=True))
    assert may_see_situation("COO", facts_of("COO", referrals=(mine("ONGOING", assigned_to_me=False),)))


def test_closure_of_referrals() -> None:
    for role, before, expected in (
        ("COO", "PROPOSED", {"ref", "status", "date"}),
        ("ASM", "PROPOSED", set()),
        ("ASM", "ACCEPTED", {"ref", "status", "date"}),
        ("COO", "DECLINED", {"ref", "status", "date", "decline_reason"}),
        ("ASM", "WITHDRAWN", {"ref", "status"}),
        ("COO", "DRAFT", set()),
    ):
        referral = mine(before)
        facts = facts_of(role, referrals=(referral,), situation_closed=True)
        assert {a for a in ASPECTS if may_read(role, "G23", facts, Row(a, referral=referral))} == expected
    # Another's referral is no own row, even for a CRIP that read it before.
    closed = crip(situation_closed=True)
    assert not may_read("CRI", "G23", closed, Row("status", referral=Referral(to_my_org=False)))
    assert not may_read("CRI", "G24", closed, Row("status", referral=Referral(status="ONGOING")))
    assert may_read("LIS", "G02", facts_of("LIS", situation_closed=True))
    assert may_write("LIS", "G09", facts_of("LIS", situation_closed=True))
    assert not may_write("ASE", "G13", caseworker(situation_closed=True), REPORT_ROW)
    assert may_write("CRI", "G34", crip(situation_closed=True), Row(controlled_by_my_org=True))
    assert may_write("DEL", "G31", facts_of("DEL", retention="DELETED"), Row(controlled_by_my_org=True))
    assert may_read("DEL", "G31", facts_of("DEL", retention="DELETED"), Row(controlled_by_my_org=True))
