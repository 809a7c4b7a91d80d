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
    assert len(rows) == min(50, len(lines) - 1) and all(opened in line for line in lines[1:])


def test_a_list_that_was_read_is_one_line_that_opens_and_a_line_for_each_case_in_the_export(
    network: Network, controller: Visitor
) -> None:
    asked = "{ situations(first: 3) { nodes { ref } } }"
    refs = {one["ref"] for one in network.data("cli_dlpm", asked, member="LIS")["situations"]["nodes"]}
    network.seal()
    controller.see("/journal")
    newest = controller.text.split("<tbody>")[1].split("</tr>")[0]
    folded = newest.split("<summary>Une liste : 3 dossiers</summary>")[1].split("</details>")[0]
    lines = folded.split("<li>")[1:]
    assert {ref for line in lines for ref in re.findall(r">([^<>]+)</a>", line)} == refs
    # Nobody is the same person in two cases, not even here; each pseudonym is lifted by itself.
    assert len(set(re.findall(r"<code>([0-9a-f]{6})</code>", folded))) == 3
    assert "<code>" not in newest.split("<br>")[0]
    answer = controller.fill(containing=re.findall(r'name="access" value="([^"]+)"', lines[1])[0])
    assert answer.status_code == 200 and "Derrière ce pseudonyme" in controller.text
    exported = controller.see("/journal.csv").text.splitlines()
    written = [line for line in exported if ";situations;" in line][:3]
    assert {ref for line in written for ref in refs if f";{ref};" in line} == refs


def test_the_delegate_of_an_organisation_sees_what_it_was_refused_and_its_part_of_the_chain(network: Network) -> None:
    nothing = "rep_00000000-0000-4000-8000-000000000000"
    asked = "mutation($report: ID!) { acknowledgeReport(input: {report: $report}) { userErrors { code } } }"
    assert "errors" in network.ask("cli_crip_59", asked, {"report": nothing}, member="CRI")
    network.seal()
    delegate = signed_in(network, "cli_crip_59", "DEL")
    delegate.see("/journal")
    told = delegate.text.split("Derniers refus</h2>")[1].split("</section>")[0]
    assert "Agent de CRIP" in told and "acknowledgeReport" in told
    assert re.search(r"n° [\d\u202f]+ de sa chaîne, empreinte <code>[0-9a-f]{12}…</code>", delegate.text)
    assert "Accès exceptionnels" not in delegate.text and "journal?situation=" not in delegate.text
