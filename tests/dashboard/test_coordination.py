"""The coordination of an association answers what was proposed: accepts and assigns, declines, assigns again."""

import re

import pytest

from dashboard.pages.coordination import ACCEPT, ASSIGN, DECLINE, OFFERED
from dashboard.people import is_number
from loaders.nouns import NOUNS
from loaders.policy.relations import RUNNING
from schema.vocabulary import ReferralStatus
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

CLIENT = "cli_asso_ase_mission"
MADE_UP = "mbr_00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def coordinator(network: Network) -> Visitor:
    return signed_in(network, CLIENT, "COO")


def proposed(coordinator: Visitor) -> str:
    """The path of the first orientation that waits for an answer."""
    coordinator.see("/orientations")
    found = re.findall(r'<a class="tile alarm" href="(/orientations/ref_[^"]+)">', coordinator.text)
    assert "À accepter ou décliner" in coordinator.text
    return str(found[0])


def number_of(visitor: Visitor) -> str:
    """The number that a worker reads on her own page."""
    visitor.see("/orientations")
    return str(re.findall(r"<code>(mbr_[^<]+)</code>", visitor.text)[0])


def test_an_orientation_is_accepted_in_the_hands_of_a_named_worker_and_given_to_another(
    network: Network, coordinator: Visitor
) -> None:
    worker = signed_in(network, CLIENT, "ASM")
    path = proposed(coordinator)
    assert worker.see(path).status_code == 404
    coordinator.see(path)
    assert "Prénom" not in coordinator.text
    assert coordinator.fill("Accepter et confier", assignee=number_of(worker)).status_code == 200
    assert "Enregistré : orientation acceptée et confiée." in coordinator.text
    assert worker.see(path).status_code == 200
    # To the same person again: the act says why not, and nothing changes.
    assert coordinator.fill("Confier à quelqu’un d’autre", assignee=number_of(worker)).status_code == 422
    assert "Cette personne suit déjà l'orientation." in coordinator.text
    assert worker.see(path).status_code == 200


@pytest.mark.parametrize(
    ("number", "sentence"), [("", "en entier"), ("Camille", "en entier"), (MADE_UP, "d'habilitation en cours")]
)
def test_somebody_who_cannot_take_it_gets_nothing(coordinator: Visitor, number: str, sentence: str) -> None:
    path = proposed(coordinator)
    coordinator.see(path)
    assert coordinator.fill("Accepter et confier", assignee=number).status_code == 422
    assert sentence in coordinator.text
    coordinator.see(path)
    assert "Accepter et confier" in coordinator.text


def test_the_coordination_declines_with_a_reason(coordinator: Visitor) -> None:
    path = proposed(coordinator)
    coordinator.see(path)
    assert coordinator.fill("Décliner", reason="").status_code == 422
    assert "Choisissez un motif." in coordinator.text
    assert coordinator.fill("Décliner", reason="CAPACITY").status_code == 200
    assert "Enregistré : orientation déclinée." in coordinator.text
    coordinator.see(path)
    assert "déclinée" in coordinator.text


def test_a_delegate_reads_the_numbers_of_her_people_and_a_coordinator_does_not(
    network: Network, coordinator: Visitor
) -> None:
    delegate = signed_in(network, CLIENT, "DEL")
    delegate.see("/reseau")
    worker = network.members(CLIENT, "ASM")[0]
    assert f"<strong>{worker['name']}</strong><br><code" in delegate.text
    assert all(is_number(found) for found in re.findall(r">(mbr_[^<]+)<", delegate.text))
    assert coordinator.see("/reseau").status_code == 403


def test_what_is_offered_is_what_the_acts_allow() -> None:
    assert {ReferralStatus.PROPOSED: (ACCEPT, DECLINE), **dict.fromkeys(RUNNING, (ASSIGN,))} == OFFERED


def test_a_number_is_the_id_of_a_member() -> None:
    assert is_number(f"{NOUNS['Member'].prefix}_00000000-0000-4000-8000-000000000000")
    assert not any(is_number(text) for text in ("", "mbr_", "ref_00000000-0000-4000-8000-000000000000", f"{MADE_UP} "))
