"""Each page for each role in a real browser: axe, the content policy, no stranger, a phone, print, no JavaScript."""

import re
from collections import Counter
from typing import Any

import pytest

from dashboard.assets import Assets
from tests.dashboard.browser import Browsers, needs_browser

pytestmark = needs_browser

ANALYST = ("cli_dlpm", "ANA")
WORKER = ("cli_asso_measure", "ASM")
CONSULTANT = ("cli_asso_outside_mission", "ASO")
COORDINATOR = ("cli_asso_measure", "COO")
OFFICER = ("cli_crip_59", "CRI")
ADMINISTRATOR = ("cli_operator", "ADM")
DELEGATE = ("cli_crip_59", "DEL")
CONTROLLER = ("cli_dlpm", "DPO")
SUPERVISOR = ("cli_dlpm", "SUP")
LISTENER = ("cli_dlpm", "LIS")
CASEWORKER = ("cli_ase_59", "ASE")
OBSERVER = ("cli_observatory", "ONP")
_DIGIT = re.compile(r"\d")

# name, who, where, and the first link to follow there; those of the second list take longer than they tell.
VIEWS = (
    ("chooser", None, "/", None),
    ("veille", ANALYST, "/", None),
    ("orientations", WORKER, "/", None),
    ("suivi", WORKER, "/orientations", "a.tile"),
    ("crip", OFFICER, "/", None),
    ("crip-report", OFFICER, "/crip", "a.tile"),
    ("delais", OFFICER, "/delais", None),
    ("saisie", LISTENER, "/", None),
    ("saisie-situation", LISTENER, "/saisie", "a.tile"),
    ("journal", CONTROLLER, "/journal", None),
    ("bilan", ANALYST, "/bilan?annee=2023", None),
)
MORE_VIEWS = (
    ("orientation-coordination", COORDINATOR, "/orientations", "a.tile"),
    ("validation", SUPERVISOR, "/", None),
    ("validation-draft", SUPERVISOR, "/validation", "main a[href^='/validation/rep_']"),
    ("reseau", ADMINISTRATOR, "/", None),
    ("matrice", CONTROLLER, "/matrice", None),
    ("sign-in", None, "/auth/login", None),
    ("veille-masked", OBSERVER, "/veille?periode=bilan-2025", None),
    ("veille-running", ANALYST, "/veille?periode=bilan-2026", None),
    ("delais-caseworker", CASEWORKER, "/delais?periode=bilan-2025", None),
    ("veille-listener", LISTENER, "/veille", None),
    ("veille-caseworker", CASEWORKER, "/veille?periode=2025-T4", None),
    ("suivi-outside", CONSULTANT, "/orientations", "a.tile"),
    ("orientations-coordination", COORDINATOR, "/orientations", None),
    ("reseau-delegate", DELEGATE, "/reseau", None),
    ("reseau-outils", ADMINISTRATOR, "/reseau/outils", None),
    ("reseau-outils-delegate", DELEGATE, "/reseau/outils", None),
    ("reseau-verrait", ADMINISTRATOR, "/reseau?nature=CRIP", "a[href^='/reseau/verrait']"),
    ("developpeurs", DELEGATE, "/developpeurs", None),
    ("developpeurs-reference", DELEGATE, "/developpeurs/ORG_CRIP", None),
    ("matrice-versions", CONTROLLER, "/matrice/versions", None),
    ("bilan-unpublished", WORKER, "/bilan?annee=2023", None),
    ("bilan-observer", OBSERVER, "/bilan?annee=2023", None),
    ("bilan-listener", LISTENER, "/bilan", None),
    ("bilan-supervisor", SUPERVISOR, "/bilan", None),
    ("bilan-officer", OFFICER, "/bilan", None),
    ("bilan-caseworker", CASEWORKER, "/bilan", None),
    ("matrice-role", ADMINISTRATOR, "/matrice?role=ASM", None),
    ("journal-supervisor", SUPERVISOR, "/journal", None),
    ("journal-delegate", DELEGATE, "/journal", None),
)
REFUSED = (
    ("refused-analyst", ANALYST, "/orientations", 403),
    ("refused-nothing", WORKER, "/orientations/ref_00000000-0000-4000-8000-000000000000", 404),
)
# A page that is refused is the same to everybody (test_roles).
MORE_REFUSED = (("refused-bilan-version", ANALYST, "/bilan?annee=2023&version=7", 404),)


def _all(some: tuple[Any, ...], more: tuple[Any, ...]) -> list[Any]:
    return [
        *(pytest.param(*view, id=view[0]) for view in some),
        *(pytest.param(*view, id=view[0], marks=pytest.mark.slow) for view in more),
    ]


@pytest.mark.parametrize(("name", "who", "path", "link"), _all(VIEWS, MORE_VIEWS))
def test_a_page_is_accessible_closed_and_fits_a_phone(
    browsers: Browsers, name: str, who: tuple[str, str] | None, path: str, link: str | None
) -> None:
    with browsers.tab(who) as tab:
        assert tab.go(path) == 200
        if link is not None:
            tab.page.locator(link).first.click()
            tab.page.wait_for_load_state()
        tab.shot(name)
        assert tab.violations() == []
        tab.page.set_viewport_size({"width": 390, "height": 844})
        assert tab.width() == 390
        tab.shot(f"{name}-phone")
        # Nobody takes the way in along.
        assert who is None or tab.lost_on_paper() == []
        # A refusal of the content policy is a message of the console; there is none at all.
        assert (tab.messages, tab.strangers) == ([], [])


# One of them at every run: all have the same frame.
PLAIN = (
    "saisie-situation",
    "crip-report",
    "suivi",
    "journal",
    "reseau",
    "validation",
    "matrice",
    "matrice-versions",
    "developpeurs",
)


@pytest.mark.parametrize(
    ("name", "who", "path", "link"),
    _all(*(tuple(view for view in (*VIEWS, *MORE_VIEWS) if view[0] in some) for some in (PLAIN[:1], PLAIN[1:]))),
)
def test_without_what_npm_brings_a_page_is_plain_says_so_and_is_as_good(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch, name: str, who: tuple[str, str], path: str, link: str | None
) -> None:
    monkeypatch.setattr(Assets, "has", lambda _, asset: not asset.startswith("vendor/"))
    with browsers.tab(who, width=390) as tab:
        assert tab.go(path) == 200
        if link is not None:
            tab.page.locator(link).first.click()
            tab.page.wait_for_load_state()
        assert tab.page.get_by_text("Affichage simplifié. Installez Node.js puis relancez « make setup »").is_visible()
        assert "/vendor/" not in tab.page.content()
        assert tab.violations() == []
        assert tab.width() == 390
        tab.shot(f"{name}-plain")
        assert (tab.messages, tab.strangers) == ([], [])


@pytest.mark.parametrize(("name", "who", "path", "status"), _all(REFUSED, MORE_REFUSED))
def test_a_refusal_is_a_page_like_any_other(
    browsers: Browsers, name: str, who: tuple[str, str], path: str, status: int
) -> None:
    with browsers.tab(who, width=390) as tab:
        assert tab.go(path) == status
        tab.shot(name)
        assert tab.violations() == []
        assert tab.width() == 390
        tab.page.get_by_role("button", name="Revenir à l’accueil").click()
        tab.page.wait_for_load_state()
        assert "/auth/" not in tab.page.url


@pytest.mark.parametrize(("name", "who", "path", "link"), _all(VIEWS[3:4], (*VIEWS[:3], *VIEWS[4:], *MORE_VIEWS)))
def test_without_scripts_a_page_says_the_same_and_its_forms_can_be_sent(
    browsers: Browsers, name: str, who: tuple[str, str] | None, path: str, link: str | None
) -> None:
    with browsers.tab(who, width=390) as tab, browsers.tab(who, width=390, scripts=False) as plain:
        for one in (tab, plain):
            assert one.go(path) == 200
            if link is not None:
                one.page.locator(link).first.click()
                one.page.wait_for_load_state()
        said, without = (Counter(one.page.locator("body").inner_text().split()) for one in (tab, plain))
        # The journal has more lines each time somebody looks, itself included: its numbers, hours and seals move.
        assert [word for word in said - without if not _DIGIT.search(word)] == [], name
        assert plain.page.locator("form:not(:has(button))").count() == 0
        assert plain.width() == 390
        assert (plain.messages, plain.strangers) == ([], [])


def test_without_scripts_a_newcomer_reaches_the_map_in_one_step(browsers: Browsers) -> None:
    with browsers.tab(scripts=False) as tab:
        tab.go("/")
        tab.page.get_by_role("button", name="Voir la carte nationale").click()
        assert tab.page.get_by_role("heading", name="Veille nationale").is_visible()
        assert tab.page.locator("svg.map path[d]").count() >= 96
        tab.page.get_by_label("Période").select_option("bilan-2025")
        tab.page.get_by_role("button", name="Afficher").click()
        assert "periode=bilan-2025" in tab.page.url
        tab.shot("without-scripts")
        tab.page.emulate_media(media="print")
        assert tab.page.locator("svg.map").is_visible()


def test_with_scripts_a_filter_changes_the_page_in_its_place_and_the_address_with_it(browsers: Browsers) -> None:
    with browsers.tab(ANALYST) as tab:
        tab.go("/veille")
        tab.page.evaluate("document.body.dataset.same = 'yes'")
        tab.page.get_by_label("Période").select_option("2024-T2")
        tab.page.wait_for_url("**periode=2024-T2")
        tab.page.get_by_text("Masqué").first.wait_for()
        assert tab.page.evaluate("document.body.dataset.same") == "yes"
        assert tab.messages == []


def test_a_follow_up_is_recorded_with_the_keyboard_alone(browsers: Browsers) -> None:
    with browsers.tab(("cli_asso_ase_mission", "ASM"), width=390) as tab:
        tab.go("/orientations")
        tab.page.locator("a.tile").first.focus()
        tab.page.keyboard.press("Enter")
        first = tab.page.get_by_role("radio").first
        first.focus()
        tab.page.keyboard.press("Space")
        tab.page.get_by_role("button", name="Enregistrer").focus()
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("status").wait_for()
        assert "Enregistré" in tab.page.get_by_role("status").inner_text()
        assert tab.violations() == []
        assert tab.messages == []


def test_a_form_sent_without_a_line_waits_and_goes_when_it_is_back(browsers: Browsers) -> None:
    with browsers.tab(WORKER, width=390) as tab:
        tab.go("/orientations")
        tab.page.locator("a.tile").first.click()
        tab.page.get_by_label("Rendez-vous manqué").check()
        tab.context.set_offline(True)
        tab.page.get_by_role("button", name="Enregistrer").click()
        assert "Rien n’est perdu" in tab.page.get_by_role("status").inner_text()
        tab.shot("suivi-offline")
        tab.context.set_offline(False)
        tab.page.get_by_text("Enregistré : rendez-vous manqué.").wait_for()
        # Of the browser: nothing of a person stays in it.
        assert tab.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_withheld_field_says_why(browsers: Browsers) -> None:
    with browsers.tab(WORKER, width=390) as tab:
        tab.go("/orientations")
        tab.page.locator("a.tile").first.click()
        why = tab.page.locator("details.why").first
        why.locator("summary").click()
        assert why.locator("p").is_visible()
        assert tab.violations() == []
        tab.shot("suivi-why")


def test_the_yearly_report_prints_what_is_folded_on_the_screen(browsers: Browsers) -> None:
    with browsers.tab(ANALYST) as tab:
        tab.go("/bilan?annee=2023")
        by_department = tab.page.get_by_text("Allier : situations")
        assert not by_department.is_visible()
        tab.page.emulate_media(media="print")
        assert by_department.is_visible()
        for hidden in ("nav", ".leave", "form.filters", "p.actions"):
            assert not tab.page.locator(hidden).first.is_visible(), hidden
        tab.shot("bilan-print")


def test_without_scripts_the_yearly_report_is_read_and_taken_along(browsers: Browsers) -> None:
    with browsers.tab(ANALYST, scripts=False, width=390) as tab:
        tab.go("/bilan")
        tab.page.get_by_label("Année").select_option("2023")
        tab.page.get_by_role("button", name="Afficher").click()
        tab.page.locator("summary", has_text="Situations par département").click()
        assert tab.page.get_by_text("Allier : situations").is_visible()
        assert tab.width() == 390
        with tab.page.expect_download() as taken:
            tab.page.get_by_role("button", name="Télécharger en CSV").click()
        assert taken.value.suggested_filename.startswith("bilan-2023-v")


def test_without_scripts_the_journal_and_the_rights_are_filtered_and_unfolded(browsers: Browsers) -> None:
    with browsers.tab(CONTROLLER, scripts=False, width=390) as tab:
        tab.go("/journal")
        tab.page.get_by_label("Résultat").select_option("lectures")
        tab.page.get_by_role("button", name="Afficher").click()
        assert "resultat=lectures" in tab.page.url
        tab.page.locator("details.fold summary").first.click()
        assert tab.page.locator("details.fold li").first.is_visible()
        assert tab.width() == 390
        tab.shot("journal-without-scripts")
        tab.go("/matrice")
        tab.page.get_by_label("Que verrait").select_option("ASM")
        tab.page.get_by_role("button", name="Afficher").click()
        assert tab.page.get_by_role("columnheader", name="Ce rôle voit").is_visible()
        tab.page.goto(tab.page.url.split("?")[0] + "/versions")
        tab.page.get_by_label("Sens").select_option("WIDER")
        tab.page.get_by_role("button", name="Comparer").click()
        assert "sens=WIDER" in tab.page.url and tab.page.locator(".change.alarm li").first.is_visible()
        assert tab.width() == 390


def test_without_scripts_a_developer_reads_the_contract_and_gets_a_token(browsers: Browsers) -> None:
    with browsers.tab(DELEGATE, scripts=False, width=390) as tab:
        tab.go("/developpeurs")
        tab.page.get_by_role("button", name="Obtenir un jeton d’essai").click()
        assert len(tab.page.get_by_label("Jeton d’essai").input_value()) > 100
        tab.page.get_by_role("link", name="Logiciel d'une CRIP : référence").click()
        assert tab.page.get_by_role("heading", name="Query", exact=True).is_visible()
        assert tab.width() == 390


def test_leaving_at_once_ends_the_session(browsers: Browsers) -> None:
    with browsers.tab(("cli_ase_69M", "ASE")) as tab:
        tab.go("/veille?periode=bilan-2025")
        with tab.page.expect_request("https://**"):
            for _ in range(3):
                tab.page.keyboard.press("Escape")
        # Another tab: this one is on its way to where nothing answers.
        again = tab.context.new_page()
        again.goto(tab.network.base_url + "/veille")
        assert "/auth/demo" in again.url
