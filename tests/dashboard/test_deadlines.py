"""The network's figures on the pages: an authority's own beside the nation's, and what a year that runs does not show."""

import csv
import io

import pytest

from dashboard.periods import periods
from dashboard.rendering import today
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

_OWN = """query($period: PeriodInput!) { authorityMonitoring(period: $period) {
    situations { count { label } }
    returnRate { share { state base { label } } }
    returns { parts { code share { count { label } } } }
} }"""
_PERIOD = {"period": {"kind": "REPORT", "year": 2023}}


@pytest.fixture(scope="module")
def officer(network: Network) -> Visitor:
    return signed_in(network, "cli_crip_59", "CRI")


@pytest.fixture(scope="module")
def analyst(network: Network) -> Visitor:
    return signed_in(network, "cli_dlpm", "ANA")


def _table(visitor: Visitor) -> list[list[str]]:
    return list(csv.reader(io.StringIO(visitor.text.lstrip("\ufeff")), delimiter=";"))


def test_a_crip_sees_its_own_figures_beside_the_nation_s_and_no_other_authority(
    network: Network, officer: Visitor
) -> None:
    own = network.data("cli_crip_59", _OWN, _PERIOD, member="CRI")["authorityMonitoring"]
    assert officer.see("/delais").status_code == 200
    assert f"<strong>{own['situations']['count']['label']}</strong>" in officer.text
    for text in ("Taux de retour", "Retours en retard", "Délai médian du retour", "Mal adressées", "France entière",
                 "Du contact à la transmission", "Réponse aux orientations", "Issue des accompagnements",
                 "Devoirs d’information écartés", "n’est ni zéro ni inconnu"):  # fmt: skip
        assert text in officer.text, text
    assert "Bouches-du-Rhône" not in officer.text
    officer.see("/delais.csv")
    rows = _table(officer)[1:]
    # Four figures of one's own, each of its returns, and nobody else's.
    ours = [row for row in rows if row[0] == "CRIP - Département du Nord"]
    assert {row[0] for row in rows} == {"CRIP - Département du Nord", "France entière"}
    assert [row[3] for row in ours if row[1] == "Retours des départements"] == [
        part["share"]["count"]["label"] for part in own["returns"]["parts"]
    ]
    assert len(ours) == 3 + len(own["returns"]["parts"])


def test_the_page_of_delays_offers_years_that_are_over_and_refuses_any_other(officer: Visitor) -> None:
    running = periods(today())[0].word
    officer.see("/delais")
    assert f'value="{running}"' not in officer.text
    for word in (running, "2023-T1", "bilan-2022", "x"):
        for form in ("", ".csv"):
            assert officer.see(f"/delais{form}?periode={word}").status_code == 400, word


def test_the_nation_s_circuit_is_on_its_page_and_only_the_dlpm_compares_authorities(
    network: Network, analyst: Visitor
) -> None:
    analyst.see("/veille")
    assert "Le circuit : transmissions, retours, orientations" in analyst.text
    assert "Retours par autorité" in analyst.text
    reader = signed_in(network, "cli_observatory", "ONP")
    reader.see("/veille")
    assert "Taux de retour" in reader.text and "Retours par autorité" not in reader.text
    analyst.see("/veille.csv")
    assert {"Taux de retour", "Retours en retard", "Délai médian du retour", "Mal adressées"} <= {
        row[0] for row in _table(analyst)
    }


def test_a_year_that_runs_says_what_is_shown_and_when_the_rest_comes(analyst: Visitor) -> None:
    year = int(periods(today())[0].word.removeprefix("bilan-"))
    analyst.see(f"/veille?periode=bilan-{year}")
    assert "Une année qui court se lit par trimestre" in analyst.text
    assert f"3 avril {year + 1}" in analyst.text
    for absent in ("sans objet", "Taux de retour", "Problématiques observées", 'svg class="map"'):
        assert absent not in analyst.text, absent
