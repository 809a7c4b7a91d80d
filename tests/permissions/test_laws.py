"""Laws that hold for any viewer, group and row: endings always end."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.oracle import (
    ASPECTS,
    AUDIENCES,
    CASE_GROUPS,
    CLIENTS,
    GRANTABLE,
    GROUPS,
    P3_TO_P5,
    P5,
    REFERRAL_STATUSES,
    REPORT_STATUSES,
    BreakGlass,
    Facts,
    Grant,
    Referral,
    Report,
    Row,
    TwoPersonApproval,
    may_exist,
    may_exist_in_inputs,
    may_read,
    may_see_situation,
    may_write,
    withheld_reason,
)

SOME_GROUPS = st.frozensets(st.sampled_from(GROUPS), max_size=4) | st.just(frozenset(GROUPS))
REFERRALS = st.builds(
    Referral,
    kind=st.sampled_from(["DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"]),
    status=st.sampled_from(sorted(REFERRAL_STATUSES)),
    to_my_org=st.booleans(),
    assigned_to_me=st.booleans(),
    minor_agreement=st.sampled_from(["AGREED", "ASKED", "REFUSED"]),
    shared_kinds=st.sampled_from([frozenset(), frozenset({"RUNAWAY"})]),
)
GRANTS = st.builds(
    Grant,
    groups=st.frozensets(st.sampled_from(sorted(GRANTABLE)), min_size=1),
    purpose=st.sampled_from(["EVALUATE", "IMPLEMENT"]),
    state=st.sampled_from(["ACTIVE", "REVOKED"]),
)
GLASSES = st.builds(
    BreakGlass,
    groups=SOME_GROUPS,
    reason=st.sampled_from(["COMPLAINT", "IMMEDIATE_DANGER"]),
    second_person=st.booleans(),
    minutes=st.sampled_from([0, 59, 60]),
)
REPORTS = st.builds(Report, to_my_authority=st.booleans(), status=st.sampled_from(sorted(REPORT_STATUSES)))


@st.composite
def viewers(draw: st.DrawFn) -> tuple[str, Facts]:
    """An audience with an organisation that fits it and any relation whatever to the situation."""
    audience = draw(st.sampled_from(AUDIENCES))
    if oracle.is_client(audience):
        kind = oracle.client_kind(audience)
        purpose = None
    else:
        kind = draw(st.sampled_from(sorted(oracle.ROLE_ORGANISATIONS[audience])))
        purpose = draw(st.sampled_from(["EVALUATE", "IMPLEMENT", "MONITORING", "CONTROL", "CONSULTATION", None]))
    mandates = {"ASM": ["MEASURE", "ASE_MISSION"], "ASO": ["OUTSIDE_MISSION"]}
    mandate = draw(st.sampled_from(mandates.get(audience, ["MEASURE", "ASE_MISSION", "OUTSIDE_MISSION"])))
    facts = Facts(
        org_kind=kind,
        mandate_kind=mandate if kind == "ASSOCIATION" else None,
        purpose=purpose,
        live_jurisdiction=draw(st.booleans()),
        report_statuses=draw(st.frozensets(st.sampled_from(sorted(REPORT_STATUSES)), max_size=2)),
        caseworker=draw(st.booleans()),
        ase_link_of_my_org=draw(st.booleans()),
        measure_names_my_org=draw(st.booleans()),
        assigned_to_me=draw(st.booleans()),
        took_contact=draw(st.booleans()),
        referrals=tuple(draw(st.lists(REFERRALS, max_size=2))),
        grants=tuple(draw(st.lists(GRANTS, max_size=2))),
        break_glass=draw(st.none() | GLASSES),
        two_persons=draw(st.none() | st.just(TwoPersonApproval())),
        professional_identity_to_crip=draw(st.booleans()),
        situation_closed=draw(st.booleans()),
        retention=draw(st.sampled_from(["ACTIVE", "ACTIVE", "INTERMEDIATE", "ANONYMISED"])),
    )
    return audience, facts


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, Facts, str, Row]:
    """A viewer, a group and a row; the row's referral is one of the situation's."""
    audience, facts = draw(viewers())
    group = draw(st.sampled_from([group for group in GROUPS if may_exist(audience, group)] or ["G35"]))
    row = Row(
        aspect=draw(st.sampled_from(ASPECTS)),
        controlled_by_my_org=draw(st.booleans()),
        referral=draw(st.none() | st.sampled_from(facts.referrals)) if facts.referrals else None,
        report=draw(st.none() | REPORTS),
        copied_into_referral=draw(st.booleans()),
        problematic=draw(st.sampled_from(["RUNAWAY", "CYBER"])),
        caller_anonymity=draw(st.sampled_from(["ANONYMOUS", "KNOWN_119_ONLY", "TRANSMISSIBLE_CRIP"])),
        caller_is_professional_owed_answer=draw(st.booleans()),
        contact_taken_by_me=draw(st.booleans()),
        of_my_grant=draw(st.booleans()),
        card_visibility=draw(st.sampled_from([None, "PUBLIC", "SECRET"])),
    )
    return audience, facts, group, row


def with_referral_status(facts: Facts, row: Row, status: str) -> tuple[Facts, Row]:
    """Every referral of the situation moved to that status."""
    referrals = tuple(replace(referral, status=status) for referral in facts.referrals)
    referral = None if row.referral is None else replace(row.referral, status=status)
    return replace(facts, referrals=referrals), replace(row, referral=referral)


Law = Callable[[str, Facts, str, Row], None]
LAWS: list[Law] = []


def law(rule: Law) -> Law:
    LAWS.append(rule)
    return rule


@law
def ending_events_never_add_a_reading(audience: str, facts: Facts, group: str, row: Row) -> None:
    ended = [
        replace(facts, live_jurisdiction=False),
        replace(facts, report_statuses=frozenset({"MISROUTED"})),
        replace(facts, caseworker=False),
        replace(facts, ase_link_of_my_org=False),
        replace(facts, measure_names_my_org=False),
        replace(facts, secrecy_bound=False),
        replace(facts, grants=tuple(replace(grant, within_dates=False) for grant in facts.grants)),
        replace(facts, break_glass=None),
        replace(facts, two_persons=None),
        replace(facts, situation_closed=True),
        replace(facts, retention="INTERMEDIATE") if facts.retention == "ACTIVE" else facts,
        replace(facts, retention="DELETED"),
    ]
    for less in ended:
        assert may_read(audience, group, facts, row) or not may_read(audience, group, less, row)
        assert may_write(audience, group, facts, row) or not may_write(audience, group, less, row)


@law
def the_end_of_referrals_never_adds_a_reading(audience: str, facts: Facts, group: str, row: Row) -> None:
    for before, after in product(("ACCEPTED", "ONGOING"), ("COMPLETED", "WITHDRAWN")):
        live = with_referral_status(facts, row, before)
        if may_read(audience, group, *with_referral_status(facts, row, after)):
            assert may_read(audience, group, *live)


@law
def a_revoked_viewer_or_a_narrow_scope_reads_and_writes_nothing(
    audience: str, facts: Facts, group: str, row: Row
) -> None:
    for ended in (replace(facts, habilitation_active=False), replace(facts, scopes_cover=False)):
        assert not may_read(audience, group, ended, row)
        assert not may_write(audience, group, ended, row)
        assert not may_see_situation(audience, ended)


@law
def misrouted_leaves_a_crip_without_a_case(_: str, facts: Facts, __: str, row: Row) -> None:
    misrouted = replace(facts, org_kind="CRIP", purpose="EVALUATE", report_statuses=frozenset({"MISROUTED", "DRAFT"}))
    for group in CASE_GROUPS:
        for audience in ("CRI", "COO", "CLIENT:CRIP"):
            # A coordinator of a CRIP receives no referral, so nothing at all is left to it either.
            assert not may_read(audience, group, misrouted, row)
            assert not may_write(audience, group, misrouted, row)


@law
def withdrawn_leaves_a_receiver_its_ref_status_and_notes(_: str, facts: Facts, __: str, row: Row) -> None:
    facts, row = with_referral_status(facts, row, "WITHDRAWN")
    for role in ("ASM", "ASO", "COO", "CLIENT:ASSOCIATION"):
        mandate = "OUTSIDE_MISSION" if role == "ASO" else "MEASURE"
        purpose = "CONSULTATION" if role == "ASO" else "IMPLEMENT"
        left = replace(facts, org_kind="ASSOCIATION", mandate_kind=mandate, purpose=purpose, measure_names_my_org=False)
        for group in CASE_GROUPS:
            if may_read(role, group, left, row):
                assert group == "G25" or (group == "G23" and row.aspect in {"ref", "status"})
            assert not may_write(role, group, left, row)


@law
def hard_ceilings(audience: str, facts: Facts, group: str, row: Row) -> None:
    if not may_read(audience, group, facts, row):
        return
    assert may_exist(audience, group)
    if audience == "ASO":
        assert group in {"G02", "G16", "G18", "G23", "G25", "G33"}
    if audience in {"ADM", "DEL"}:
        assert group not in CASE_GROUPS
    if audience == "DPO" and group in CASE_GROUPS and facts.break_glass is None:
        assert group in {"G01", "G12", "G27", "G28", "G29"}
    if audience in CLIENTS:
        assert group not in P3_TO_P5
    if group in P5:
        dlpm = audience in {"LIS", "SUP"}
        assert dlpm or (audience == "CRI" and group == "G06" and row.caller_anonymity != "ANONYMOUS")
    if facts.org_kind in {"ASSOCIATION", "FOYER"} and group == "G01":
        assert row.aspect != "ref"
    if audience in {"ANA", "ONP"}:
        assert group in {"G33", "G34"}


@law
def a_reason_means_hidden_in_sight_and_never_depends_on_a_neighbour(
    audience: str, facts: Facts, group: str, row: Row
) -> None:
    reason = withheld_reason(audience, group, facts, row)
    if reason is not None:
        assert may_exist(audience, group) and not may_read(audience, group, facts, row)
        assert reason in {"NEEDS_GRANT", "NEEDS_AGREEMENT", "NEEDS_BREAK_GLASS", "OUT_OF_MANDATE", "ENDED"}
    if group in {"G06", "G07"} and reason is not None:
        # Withheld from a CRIP for one reason, whoever called.
        assert reason == withheld_reason(audience, group, facts, replace(row, caller_anonymity="ANONYMOUS"))


@law
def writes_need_a_w_and_no_broken_glass(audience: str, facts: Facts, group: str, row: Row) -> None:
    if may_write(audience, group, facts, row):
        assert may_exist_in_inputs(audience, group)
        assert may_write(audience, group, replace(facts, break_glass=None), row)


@law
def the_agreement_of_the_minor_only_ever_opens_the_minimal_identity(
    audience: str, facts: Facts, group: str, row: Row
) -> None:
    refused = tuple(replace(referral, minor_agreement="REFUSED") for referral in facts.referrals)
    before = may_read(audience, group, facts, row)
    after = may_read(audience, group, replace(facts, referrals=refused), row)
    assert before == after or (before and audience == "ASM" and group == "G03")


@settings(max_examples=400, deadline=None)
@given(questions())
def test_every_law_holds_for_any_question(question: tuple[str, Facts, str, Row]) -> None:
    """To draw a question takes longer than to hold all laws against it."""
    for rule in LAWS:
        rule(*question)


def test_no_law_is_left_out() -> None:
    assert len(LAWS) == 9
