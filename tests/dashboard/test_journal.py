"""The journal of accesses: what was done to a case is told to its owner: broken glass, and the story of one case alone."""

import re

import pytest

from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

OPEN = """mutation($input: OpenEmergencyAccessInput!) {
  openEmergencyAccess(input: $input) { receipt userErrors { code } } }"""
REASON = "Elle vient d’appeler, en pleurs."


@pytest.fixture(scope="module")
def opened(network: Network) -> str:
    """The reference of a case that a caseworker on call has opened."""
    me = network.members("cli_ase_59", "ASE")[0]["id"]
    [case] = network.fetch(
        "SELECT s.ref FROM ase_link l JOIN situation s ON s.id = l.situation_id "
        "JOIN member m ON m.organisation_id = l.ase_org_id AND m.id = $1 "
        "WHERE l.caseworker_id IS DISTINCT FROM m.id AND l.state = 'CONFIRMED' AND s.retention_state = 'ACTIVE' "
        "ORDER BY s.opened_at DESC LIMIT 1",
        me,
    )
    wish = {"ref": case["ref"], "reason": REASON, "fieldGroups": ["G03"]}
    done = network.data("cli_ase_59", OPEN, {"input": wish}, member="ASE")["openEmergencyAccess"]
    assert done["userErrors"] == []
    network.seal()
    return str(case["ref"])


@pytest.fixture(scope="module")
def controller(network: Network, opened: str) -> Visitor:
    assert opened
    return signed_in(network, "cli_dlpm", "DPO")


def test_a_broken_glass_is_told_with_its_case_and_its_review(controller: Visitor, opened: str) -> None:
    controller.see("/journal")
    shown = controller.text.split("Accès exceptionnels</h2>")[1].split("</section>")[0]
    assert f"situation {opened}" in shown
    assert "à examiner" in shown
    assert REASON not in controller.text


def test_the_story_of_one_case_is_its_own(controller: Visitor, opened: str) -> None:
    controller.see("/journal")
    whole = controller.text
    path = re.findall(rf'href="(/journal\?situation=[^"]+)">situation {opened}<', whole)[0]
    controller.see(path)
    assert "L’histoire d’une seule situation." in controller.text
    rows = re.findall(r"<tr>.*?</tr>", controller.text.split("<tbody>")[1].split("</tbody>")[0], re.DOTALL)
    assert rows and all(opened in row for row in rows)
    assert "openEmergencyAccess" in controller.text
    lines = controller.see(path.replace("/journal?", "/journal.csv?")).text.splitlines()
    assert len(rows) == min(25, len(lines) - 1) and all(opened in line for line in lines[1:])
