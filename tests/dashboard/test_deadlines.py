"""The network's figures on the pages: an authority's own beside the nation's, and what a year that runs does not show."""

import csv
import io
import re
from html import unescape

import pytest

from dashboard.periods import periods
from dashboard.rendering import today
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

_COMPARED = """query($period: PeriodInput!) { nationalMonitoring(period: $period) {
  perAuthority { code label denominator parts { authorityName due { value } } }
  authorityShares { code label denominator parts { authorityName share { count { label } base { value label } } } } } }"""
_OWN = """query($period: PeriodInput!) { authorityMonitoring(period: $period) {
    situations { count { label } }
    returnRate { share { state base { label } } }
    returns { parts { code share { count { label } } } }
    reportDelays { parts { code } } orientations { parts { code } } followUps { parts { code } } waivers { code }
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
    # Three shares and a median of one's own, each word of its breakdowns, and nobody else's.
    ours = [row for row in rows if row[0] == "CRIP - Département du Nord"]
    assert {row[0] for row in rows} == {"CRIP - Département du Nord", "France entière"}
    assert [row[3] for row in ours if row[1] == "Retours des départements"] == [
        part["share"]["count"]["label"] for part in own["returns"]["parts"]
    ]
    breakdowns = [own[name]["parts"] for name in ("returns", "reportDelays", "orientations", "followUps")]
    assert len(ours) == 3 + sum(map(len, breakdowns)) + len(own["waivers"])
    # Of the orientations of few, nothing: neither the number, nor the percentage, nor the base.
    assert {tuple(row[3:6]) for row in ours if row[1] == "Réponse aux orientations"} == {("masqué", "masqué", "")}


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
    assert "jusqu’à la correction du" in analyst.text
    reader = signed_in(network, "cli_observatory", "ONP")
    reader.see("/veille")
    assert "Taux de retour" in reader.text and "Les autorités côte à côte" not in reader.text
    said = network.data("cli_dlpm", _COMPARED, _PERIOD, member="ANA")["nationalMonitoring"]
    read = unescape(analyst.text)
    tables = [said["perAuthority"], *said["authorityShares"]]
    assert [table["code"].removeprefix("PER_AUTHORITY") for table in tables] == [
        "", "_MISROUTED", "_PROMPT", "_ACCEPTED", "_COMPLETED", "_WAIVED",
    ]  # fmt: skip
    for table in tables:
        # Under its name as a title, with its words, and with the authorities that reach the threshold and no others.
        shown = re.search(rf">{table['label']}</h3>(.*?)</section>", read, re.DOTALL)
        assert shown is not None, table["label"]
        assert table["denominator"] in shown[1]
        bases = [part["due"] if "due" in part else part["share"]["base"] for part in table["parts"]]
        assert re.findall(r'<tr><th scope="row">(.*?)</th>', shown[1]) == [
            part["authorityName"]
            for part, base in sorted(zip(table["parts"], bases, strict=True), key=lambda one: -(one[1]["value"] or 0))
            if base["value"] is not None
        ]
    analyst.see("/veille.csv")
    rows = _table(analyst)
    assert {"Taux de retour", "Retours en retard", "Délai médian du retour", "Mal adressées"} <= {
        row[0] for row in rows
    }
    for table in said["authorityShares"]:
        assert [row[1:4] for row in rows if row[0] == table["label"]] == [
            [part["authorityName"], part["share"]["count"]["label"], part["share"]["base"]["label"]]
            for part in table["parts"]
        ]
    reader.see("/veille.csv")
    assert not [row for row in _table(reader) if "par autorité" in row[0]]


def test_authorities_are_compared_for_whole_years_only(analyst: Visitor) -> None:
    year = periods(today())[1].asked["year"]
    assert analyst.see(f"/veille?periode=bilan-{year}").status_code == 200
    assert "Les autorités côte à côte" in analyst.text
    part = next(one.word for one in periods(today()) if one.asked["year"] == year and "quarter" in one.asked)
    assert analyst.see(f"/veille?periode={part}").status_code == 200
    assert "Les autorités côte à côte" not in analyst.text


def test_a_year_that_runs_says_what_is_shown_and_when_the_rest_comes(analyst: Visitor) -> None:
    year = int(periods(today())[0].word.removeprefix("bilan-"))
    analyst.see(f"/veille?periode=bilan-{year}")
    assert "Une année qui court se lit par trimestre" in analyst.text
    assert f"3 avril {year + 1}" in analyst.text
    for absent in ("sans objet", "Taux de retour", "Problématiques observées", 'svg class="map"'):
        assert absent not in analyst.text, absent
