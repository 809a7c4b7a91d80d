"""A grant opens what it lists, while every check of section 7 holds."""

from dataclasses import replace

import pytest

from tests.oracle import GRANTABLE, Report, Row, may_read, withheld_reason
from tests.permissions.by_hand import GOOD_GRANT, REPORT_ROW, caseworker, granted_worker, mine


def test_a_grant_alone_opens_condition_2_cells_and_no_other() -> None:
    facts = granted_worker(GOOD_GRANT)
    assert may_read("ASM", "G17", facts) and may_read("ASM", "G18", facts)
    assert may_read("ASM", "G11", facts, Row(aspect="extract"))
    assert not may_read("ASM", "G11", facts, REPORT_ROW)
    for group in ("G01", "G03", "G04", "G05", "G16", "G19", "G20"):
        assert not may_read("ASM", group, facts)
    assert may_read("ASM", "G28", facts, Row(of_my_grant=True)) and not may_read("ASM", "G28", facts)


def test_an_ase_reads_the_notice_of_its_own_authority_under_a_grant() -> None:
    facts = caseworker(caseworker=False, grants=(GOOD_GRANT,))
    assert may_read("ASE", "G11", facts, REPORT_ROW) and may_read("ASE", "G19", facts)
    assert not may_read("ASE", "G11", facts, Row(report=Report(to_my_authority=False)))
    assert not may_read("ASE", "G18", facts)
    assert withheld_reason("ASE", "G11", caseworker(), REPORT_ROW) == "NEEDS_GRANT"


@pytest.mark.parametrize(
    "flaw",
    [
        {"to_me": False},
        {"groups": GRANTABLE | {"G04"}, "sender_reach": GRANTABLE | {"G04"}},
        {"sender_reach": frozenset({"G17"})},
        {"purpose": "EVALUATE"},
        {"state": "APPROVED"},
        {"state": "REVOKED"},
        {"within_dates": False},
        {"days": 91},
        {"approved_by_another": False},
        {"sender_active_and_secrecy_bound": False},
        {"sender_org_involved": False},
        {"duty_done_or_waived": False},
        {"adult_without_measure": True},
    ],
)
def test_each_check_of_section_7_is_needed(flaw: dict[str, object]) -> None:
    assert may_read("ASM", "G17", granted_worker(GOOD_GRANT))
    assert not may_read("ASM", "G17", granted_worker(replace(GOOD_GRANT, **flaw)))  # type: ignore[arg-type]


def test_a_grant_ends_with_the_relation_of_its_receiver() -> None:
    assert not may_read("ASM", "G17", granted_worker(GOOD_GRANT, secrecy_bound=False))
    assert not may_read("ASM", "G17", granted_worker(GOOD_GRANT, situation_closed=True))
    for status in ("PROPOSED", "ACCEPTED", "WITHDRAWN", "COMPLETED"):
        assert not may_read("ASM", "G17", granted_worker(GOOD_GRANT, referrals=(mine(status),)))
