"""The CRIP handles what it receives by forms: every act in its state, what is wrong said where it is wrong."""

import re

import pytest

from dashboard.pages.steps import STEPS
from loaders.commands.report import COMMANDS
from schema.vocabulary import ReportStatus
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def officer(network: Network) -> Visitor:
    return signed_in(network, "cli_crip_59", "CRI")


def waiting(officer: Visitor) -> str:
    """Go to the first report that waits for its acknowledgement, late or not; its path."""
    officer.see("/crip")
    tiles = re.findall(r'<a class="tile \w*" href="(/crip/rep_[^"]+)">(.*?)</a>', officer.text, re.DOTALL)
    path = str(next(path for path, words in tiles if ">transmise<" in words))
    officer.see(path)
    return path


def test_a_report_goes_all_its_way_by_forms(officer: Visitor) -> None:
    waiting(officer)
    for words, fields in (
        ("Accuser réception", {}),
        ("Qualifier : information préoccupante", {}),
        ("Ordonner l’évaluation", {}),
        ("Conclure l’évaluation", {"conclusion": "ADMIN_SUPPORT"}),
        ("Faire retour au 119", {"conclusion": ""}),
    ):
        assert officer.fill(words, **fields).status_code == 200
        assert f"Enregistré : {words}" in officer.text
    assert "Aucun geste attendu" in officer.text and "aide administrative" in officer.text


def test_a_step_that_is_past_is_refused_with_a_sentence(network: Network, officer: Visitor) -> None:
    path = waiting(officer)
    stale = signed_in(network, "cli_crip_59", "CRI")
    stale.see(path)
    officer.fill("Accuser réception")
    assert stale.fill("Accuser réception").status_code == 422
    assert "Rien n’a été enregistré." in stale.text


def test_what_is_misrouted_leaves_the_inbox(officer: Visitor) -> None:
    path = waiting(officer)
    officer.fill("Une autre autorité est compétente", suggestedDepartment="62")
    assert "Enregistré : Une autre autorité est compétente" in officer.text
    assert officer.see(path).status_code == 404


def test_an_evaluation_is_given_to_oneself_or_to_a_colleague(network: Network, officer: Visitor) -> None:
    path = waiting(officer)
    for words in ("Accuser réception", "Qualifier : information préoccupante", "Ordonner l’évaluation"):
        officer.fill(words)
    assert officer.fill("Qui évalue", who="autre", evaluator="Camille").status_code == 422
    assert "il commence par « mbr_ »" in officer.text
    assert officer.fill("Qui évalue", who="autre", evaluator=f"mbr_{UNKNOWN}").status_code == 422
    assert "d'habilitation en cours pour évaluer" in officer.text
    assert officer.fill("Qui évalue", who="moi").status_code == 200
    assert "Enregistré : Nommer qui évalue" in officer.text
    report = path.rsplit("/", 1)[1].removeprefix("rep_")
    [row] = network.fetch("SELECT evaluator_id FROM evaluation WHERE report_id = $1", report)
    me = network.members("cli_crip_59", "CRI")[0]
    assert str(row["evaluator_id"]) in str(me)


def test_a_complement_names_what_it_completes(officer: Visitor) -> None:
    waiting(officer)
    officer.fill("Accuser réception")
    assert officer.fill("L’information qu’elle complète", completes="").status_code == 422
    assert "Choisissez l’information qu’elle complète." in officer.text
    known = re.findall(r'<option value="(rep_[^"]+)">Situation', officer.text)
    assert officer.fill("L’information qu’elle complète", completes=known[0]).status_code == 200
    assert "Enregistré : Complète une information déjà reçue" in officer.text
    # It stands where the qualification would, and goes on to its return.
    assert "Faire retour au 119" in officer.text


def test_the_prosecutor_is_seized_with_a_motive_and_a_day(officer: Visitor) -> None:
    officer.see("/crip")
    officer.see(officer.link("/crip/rep_"))
    state = officer.text.split('aria-current="step">', 1)[1].split("<", 1)[0]
    day = {"at_day": "1", "at_month": "1", "at_year": "2026"}
    for fields, sentence in (
        ({"motifSig": "7", **day}, "Choisissez le motif de la saisine."),
        ({"motifSig": "5", **day, "at_day": "32"}, "Écrivez le jour de la saisine"),
        ({"motifSig": "5", **day, "copy_day": "2"}, "Écrivez le jour de la copie"),
        ({"motifSig": "5", **day, "copy_day": "31", "copy_month": "12", "copy_year": "2025"}, "ne peut pas précéder"),
    ):
        assert officer.fill("Jour de la saisine", **fields).status_code == 422
        assert sentence in officer.text
    blank = dict.fromkeys(("copy_day", "copy_month", "copy_year"), "")
    assert officer.fill("Jour de la saisine", motifSig="5", by="ASE de Lille", **day, **blank).status_code == 200
    assert "le 1er janvier 2026, danger grave et immédiat, par ASE de Lille" in officer.text
    # The report keeps its own state.
    assert f'aria-current="step">{state}<' in officer.text


def test_every_act_of_the_api_on_a_report_is_on_the_page_where_the_api_allows_it() -> None:
    documents = {step.document for step in STEPS}
    assert len(COMMANDS) == len(documents - {"assign_evaluator", "judicial_referral"})
    by_document = {step.document: step.states for step in STEPS}
    assert by_document["judicial_referral"] == set(ReportStatus) - {
        ReportStatus.DRAFT,
        ReportStatus.VALIDATED,
        ReportStatus.MISROUTED,
    }
