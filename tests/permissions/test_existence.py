"""What exists in the schema of an audience."""

import pytest

from tests import oracle
from tests.oracle import AUDIENCES, may_exist, may_exist_in_inputs, may_read, may_write, through_indicators
from tests.permissions.by_hand import REPORT_ROW, client_facts


@pytest.mark.parametrize(
    ("audience", "group", "exists"),
    [
        ("LIS", "G06", True),
        ("LIS", "G15", False),
        ("ANA", "G02", False),
        ("ANA", "G33", True),
        ("CRI", "G09", False),
        ("CRI", "G10", False),
        ("ASE", "G06", False),
        ("ASE", "G08", False),
        ("ASM", "G22", False),
        ("ASO", "G01", False),
        ("ASO", "G17", False),
        ("COO", "G03", False),
        ("DPO", "G03", True),
        ("DPO", "G06", False),
        ("DPO", "G23", False),
        ("ONP", "G02", False),
        ("DEL", "G01", False),
        ("CLIENT:CRIP", "G13", False),
        ("CLIENT:CRIP", "G08", True),
        ("CLIENT:ASE", "G23", False),
        ("CLIENT:FOYER", "G01", False),
        ("CLIENT:OBSERVATORY", "G33", False),
    ],
)
def test_what_exists_in_a_schema(audience: str, group: str, exists: bool) -> None:
    assert may_exist(audience, group) is exists


def test_a_client_of_a_crip_writes_return_codes_it_cannot_read() -> None:
    assert may_exist_in_inputs("CLIENT:CRIP", "G13")
    facts = client_facts("CRIP", live_jurisdiction=True, report_statuses=frozenset({"SENT"}))
    assert may_write("CLIENT:CRIP", "G13", facts, REPORT_ROW)
    assert not may_read("CLIENT:CRIP", "G13", facts, REPORT_ROW)


def test_indicators_are_never_rows() -> None:
    for audience in AUDIENCES:
        assert not may_exist(audience, "G35")
    assert through_indicators("ONP", "G02") and through_indicators("CLIENT:DLPM", "G35")
    assert not through_indicators("COO", "G35") and not through_indicators("ASE", "G02")


def test_k_by_viewer() -> None:
    assert oracle.smallest_count("DLPM", national_one_dimension=True) == 5
    assert oracle.smallest_count("DLPM") == 11
    assert oracle.smallest_count("CRIP", own_authority=True) == 5
    assert oracle.smallest_count("CRIP", national_one_dimension=True) == 11
    assert oracle.smallest_count("OBSERVATORY", own_authority=True, national_one_dimension=True) == 11
