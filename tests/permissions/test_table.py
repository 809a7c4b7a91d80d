"""The printed table is read letter by letter, and none of its cells is dead."""

import ast
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests import oracle
from tests.oracle import (
    ASPECTS,
    CASE_GROUPS,
    GROUPS,
    MATRIX,
    ORG_ONLY,
    ROLES,
    Cell,
    Referral,
    Report,
    Row,
    TwoPersonApproval,
    facts_of,
    may_read,
    may_write,
)
from tests.permissions.by_hand import GOOD_GRANT, SENT_REPORT, client_facts, mine


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    # A relative import has no module or a level: "." is no standard module either.
    froms = {"." * node.level + (node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return plain | froms


def test_the_oracle_imports_only_the_standard_library() -> None:
    """A second reading that borrowed a word from the first would repeat its mistakes."""
    here = [path for path in sorted(Path(__file__).parent.glob("*.py")) if not path.name.startswith("test_")]
    itself = {"tests.oracle", *(f"tests.permissions.{path.stem}" for path in here)}
    for path in (Path(oracle.__file__), *here):
        borrowed = {name for name in _imported(path) - itself if name.split(".")[0] not in sys.stdlib_module_names}
        assert borrowed == set(), path.name


def test_the_matrix_has_38_groups_and_12_roles() -> None:
    assert len(MATRIX) == 38 * 12
    assert set(MATRIX) == {(group, role) for group in GROUPS for role in ROLES}


# Counted on the printed table, letter by letter, not by parse_cell.
LETTERS = {
    "LIS": {"N": 24, "O": 4, "S": 1, "A": 1, "-": 8},
    "SUP": {"N": 32, "S": 2, "A": 1, "-": 3},
    "ANA": {"A": 19, "N": 2, "-": 17},
    "CRI": {"J": 26, "N": 1, "S": 1, "A": 1, "-": 9},
    "ASE": {"O": 23, "N": 1, "S": 1, "A": 1, "-": 12},
    "ASM": {"O": 15, "N": 1, "S": 1, "A": 1, "-": 20},
    "ASO": {"O": 5, "N": 1, "A": 1, "-": 31},
    "COO": {"S": 5, "N": 1, "-": 32},
    "DEL": {"S": 2, "N": 1, "-": 35},
    "ADM": {"N": 3, "-": 35},
    "DPO": {"N": 9, "A": 1, "-": 28},
    "ONP": {"A": 18, "N": 1, "-": 19},
}


@pytest.mark.parametrize("role", ROLES)
def test_letters_of_each_column(role: str) -> None:
    assert dict(Counter(MATRIX[group, role].reach for group in GROUPS)) == LETTERS[role]


def test_conditions_and_writes_are_parsed() -> None:
    assert MATRIX["G06", "LIS"] == Cell("S", True, frozenset({6}))
    assert MATRIX["G06", "CRI"] == Cell("J", False, frozenset({1, 7}))
    assert MATRIX["G17", "ASM"] == Cell("O", False, frozenset({2, 15}))
    assert MATRIX["G16", "DPO"] == Cell("-", False, frozenset({4}))
    assert MATRIX["G31", "ADM"] == Cell("N", True, frozenset({17}))
    assert MATRIX["G23", "ONP"] == Cell("A", False, frozenset())


def test_every_case_cell_of_a_crip_carries_condition_1() -> None:
    case_cells = [MATRIX[group, "CRI"] for group in CASE_GROUPS if MATRIX[group, "CRI"].reach != "-"]
    assert case_cells and all(1 in cell.conditions for cell in case_cells)


EVERYTHING = {
    "live_jurisdiction": True,
    "report_statuses": frozenset({"SENT"}),
    "caseworker": True,
    "ase_link_of_my_org": True,
    "measure_names_my_org": True,
    "assigned_to_me": True,
    "took_contact": True,
    "grants": (GOOD_GRANT,),
    "two_persons": TwoPersonApproval(),
}


def best_rows(role: str) -> list[tuple[Referral, Row]]:
    """Rows of the viewer's own, over the columns and referral states that any rule favours."""
    kind = "PROFESSIONAL_CONSULTATION" if role == "ASO" else "DIRECT_SUPPORT"
    rows = []
    for status in ("PROPOSED", "ENGAGED"):
        referral = mine(status, kind=kind, shared_kinds=frozenset({"RUNAWAY"}))
        for aspect in ASPECTS:
            row = Row(
                aspect,
                controlled_by_my_org=True,
                referral=referral,
                report=SENT_REPORT,
                copied_into_referral=role == "ASO",
                problematic="RUNAWAY",
                caller_anonymity="TRANSMISSIBLE_CRIP",
                contact_taken_by_me=True,
                of_my_grant=True,
                card_visibility="NETWORK",
            )
            rows.append((referral, row))
    return rows


@pytest.mark.parametrize("role", ROLES)
def test_every_reachable_cell_can_be_read_and_every_w_written(role: str) -> None:
    purpose = {"purpose": "IMPLEMENT"} if role == "ASE" else {}
    # Only a department's coordinator reads reports, only a receiver's answers referrals.
    kinds = ["CRIP", "ASSOCIATION"] if role == "COO" else [facts_of(role).org_kind]
    for group in GROUPS:
        cell = MATRIX[group, role]
        pairs = [
            (facts_of(role, **EVERYTHING, **purpose, org_kind=kind, referrals=(referral,)), row)
            for kind in kinds
            for referral, row in best_rows(role)
        ]
        readable = any(may_read(role, group, facts, row) for facts, row in pairs)
        assert readable is (cell.reach in set("OJSN")), (group, role)
        assert any(may_write(role, group, facts, row) for facts, row in pairs) is cell.write, (group, role)


@pytest.mark.parametrize("role", ["CRI", "ASE", "ASM", "ASO", "COO", "DEL"])
def test_no_relation_reads_no_case(role: str) -> None:
    stranger = replace(mine("ENGAGED"), to_my_org=False, assigned_to_me=False)
    for group in CASE_GROUPS:
        for aspect in ASPECTS:
            row = Row(aspect, referral=stranger, report=Report(to_my_authority=False), copied_into_referral=True)
            assert not may_read(role, group, facts_of(role, referrals=(stranger,)), row), (group, aspect)


@pytest.mark.parametrize("kind", sorted(ORG_ONLY))
def test_every_listed_group_of_a_client_can_be_read(kind: str) -> None:
    facts = client_facts(kind, **EVERYTHING)
    for group in GROUPS:
        readable = any(may_read(f"CLIENT:{kind}", group, facts, row) for _, row in best_rows("ASM"))
        assert readable is (group in ORG_ONLY[kind].reads - {"G35"}), group
