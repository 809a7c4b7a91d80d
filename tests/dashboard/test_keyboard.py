"""A call at the 119 in a real browser with the keyboard alone: from the first ring to the CRIP, and what a bad line does."""

from collections.abc import Iterator

import pytest

from schema.vocabulary import Problematic, TriState
from tests.dashboard.browser import Browsers, Tab, needs_browser
from tests.network import Network

pytestmark = needs_browser

LISTENER = ("cli_dlpm", "LIS")
SUPERVISOR = ("cli_dlpm", "SUP")
# Of the label of what has the keyboard, or of its own words.
_HERE = (
    "(e => (e.getAttribute('aria-label') || [...(e.labels?.[0]?.childNodes ?? [])]"
    ".find(one => one.nodeType === 3 && one.textContent.trim())?.textContent || e.innerText || '').trim())"
    "(document.activeElement)"
)
_FURTHEST = 130


class Keys:
    """Somebody who has no mouse."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self.pressed = 0

    def reach(self, label: str) -> None:
        """Press Tab until the keyboard is where the label says."""
        for _ in range(_FURTHEST):
            if self._tab.page.evaluate(_HERE).startswith(label):
                return
            self.press("Tab")
        raise AssertionError(label)

    def press(self, key: str) -> None:
        """One key."""
        self._tab.page.keyboard.press(key)
        self.pressed += 1

    def write(self, label: str, text: str) -> None:
        """Reach a field and type in it; in a list, the beginning of a word chooses it."""
        self.reach(label)
        self._tab.page.keyboard.type(text)
        self.pressed += len(text)

    def push(self, label: str, then: str) -> None:
        """Reach a button and press it; the page that comes has this address."""
        self.reach(label)
        with self._tab.page.expect_navigation(url=then):
            self.press("Enter")


@pytest.fixture
def listening(browsers: Browsers) -> Iterator[Tab]:
    with browsers.tab(LISTENER) as tab:
        yield tab


def _saved(tab: Tab, heading: str) -> None:
    """Wait until the section of a heading says that it is saved."""
    section = tab.page.locator("section", has=tab.page.get_by_role("heading", name=heading, exact=True))
    section.locator(".saved").get_by_text("Enregistré").wait_for()


def test_a_call_is_written_with_the_keyboard_alone_saved_as_it_is_written_and_validated(
    browsers: Browsers, listening: Tab
) -> None:
    tab, keys = listening, Keys(listening)
    tab.go("/saisie")
    # The first field has the keyboard, and the words of a list are chosen by their beginning.
    assert tab.page.evaluate(_HERE) == "Canal"
    keys.write("Urgence", "prior")
    keys.write("Qui appelle", "mère")
    keys.push("Ouvrir la situation", "**/saisie/sit_*")
    here = tab.page.url
    assert tab.page.evaluate(_HERE) == "Prénom"
    keys.write("Prénom", "Prénom inventé")
    keys.write("Nom", "Nom inventé")
    keys.write("Âge", "16")
    keys.write("Genre", "fille")
    keys.press("Tab")
    # Nobody pressed a button: a field is saved when it is left.
    _saved(tab, "Le mineur")
    keys.write("Ajouter une note", "Ce que seule la DLPM lit.")
    keys.push("Ajouter la note", "**enregistre=note*")
    # The keyboard goes on where it was, not at the top of the page.
    keys.press("Tab")
    assert tab.page.evaluate(_HERE) == "Ajouter une note"
    keys.write("Fugue", "oui")
    keys.write("Emprise", "oui")
    keys.press("Tab")
    _saved(tab, "Difficultés observées")
    keys.write("Département et autorité", "59")
    keys.push("Ajouter", "**enregistre=competence*")
    keys.write("Les faits, pour la CRIP", "Texte écrit pour la CRIP, qui ne reprend pas la note.")
    keys.write("Appréciation du 119", "Danger à évaluer.")
    keys.reach("Violences psychologiques")
    keys.press("Space")
    keys.push("Enregistrer le projet", "**enregistre=ip*")
    assert keys.pressed < 600
    assert tab.violations() == []
    tab.shot("saisie-clavier")

    # Another tab has all of it: nothing was kept in the first one.
    with browsers.tab(LISTENER) as other:
        other.page.goto(here)
        assert other.page.get_by_label("Prénom").first.input_value() == "Prénom inventé"
        assert other.page.get_by_label("Âge (années)").first.input_value() == "16"
        for difficulty in (Problematic.RUNAWAY, Problematic.COERCIVE_CONTROL):
            assert other.page.locator(f"select[name={difficulty.value}]").input_value() == TriState.YES.value
        assert other.page.get_by_text("Ce que seule la DLPM lit.").is_visible()
        assert other.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    with browsers.tab(SUPERVISOR) as validating:
        hands = Keys(validating)
        validating.go("/validation")
        hands.reach("Prénom inventé")
        with validating.page.expect_navigation(url="**/validation/rep_*"):
            hands.press("Enter")
        assert validating.page.get_by_text("Texte écrit pour la CRIP").is_visible()
        assert not validating.page.get_by_text("Ce que seule la DLPM lit.").is_visible()
        hands.reach("Valider")
        hands.press("Enter")
        validating.page.get_by_role("status").wait_for()
        assert validating.violations() == []

    tab.page.goto(here)
    keys.push("Transmettre à la CRIP", "**enregistre=envoi*")
    assert tab.page.get_by_text("Transmis le").is_visible()
    assert (tab.messages, tab.strangers) == ([], [])


def test_on_a_phone_a_call_is_written_part_by_part_without_scripts(browsers: Browsers) -> None:
    with browsers.tab(LISTENER, width=390, scripts=False) as tab:
        tab.go("/saisie")
        tab.page.get_by_role("button", name="Ouvrir la situation").click()
        parts = tab.page.locator(".part > details")
        opened, titled = tab.page.locator(".part > details[open] h2"), parts.locator("h2").all_inner_texts()
        assert opened.all_inner_texts() == ["Le mineur"] and len(titled) > 8
        tab.page.get_by_label("Prénom").fill("Prénom inventé")
        tab.page.get_by_label("Âge (années)").fill("seize")
        tab.page.get_by_role("button", name="Enregistrer").click()
        # What is wrong stays open and says so where it is folded, too.
        assert opened.all_inner_texts() == ["Le mineur"]
        assert parts.first.locator("summary").inner_text().split("\n")[-1] == "À corriger"
        tab.page.get_by_label("Prénom").fill("Prénom inventé")
        tab.page.get_by_label("Âge (années)").fill("16")
        tab.page.get_by_role("button", name="Enregistrer").click()
        tab.page.wait_for_url("**enregistre=mineur*")
        assert parts.first.locator("summary").inner_text().split("\n")[-1] == "Enregistré"
        # What was saved stays open, because the keyboard goes on there; below it stands what comes next.
        assert opened.all_inner_texts() == ["Le mineur", "Note d’écoute"]
        tab.page.goto(tab.page.url.split("?")[0])
        assert parts.first.locator("summary").inner_text().split("\n")[-1] == "2 champs"
        assert opened.all_inner_texts() == ["Note d’écoute"]
        # Folded parts are a line each: two screens, where the whole form had nine.
        assert tab.page.evaluate("document.documentElement.scrollHeight") < 2 * 844
        assert tab.width() == 390
        tab.shot("saisie-parts-phone")
        parts.filter(has_text="L’appelant").locator("summary").click()
        tab.page.get_by_label("Lien avec le mineur").fill("mère")


def test_what_is_written_without_a_line_is_saved_in_its_place_when_it_is_back(listening: Tab) -> None:
    tab = listening
    tab.go("/saisie")
    tab.page.get_by_role("button", name="Ouvrir la situation").click()
    tab.page.wait_for_url("**/saisie/sit_*")
    here = tab.page.url
    tab.page.get_by_label("Ajouter une note").fill("Écrite, et pas encore envoyée.")
    tab.context.set_offline(True)
    tab.page.get_by_label("Prénom").first.fill("Prénom inventé")
    tab.page.get_by_label("Prénom").first.press("Tab")
    tab.page.get_by_text("Rien n’est perdu").wait_for()
    tab.context.set_offline(False)
    _saved(tab, "Le mineur")
    tab.page.get_by_text("Le réseau est revenu").wait_for(state="detached")
    # The page stayed, with what stands in its other forms.
    assert tab.page.url == here
    assert tab.page.get_by_label("Ajouter une note").input_value() == "Écrite, et pas encore envoyée."
    tab.page.reload()
    assert tab.page.get_by_label("Prénom").first.input_value() == "Prénom inventé"


def _steps(network: Network, identity: str) -> list[str]:
    asked = "query($id: ID!) { node(id: $id) { ... on Referral { followUps(first: 20) { status } } } }"
    found = network.data("cli_asso_measure", asked, {"id": identity}, member="ASM")
    return [one["status"] for one in found["node"]["followUps"]]


def test_a_follow_up_that_a_bad_line_interrupts_is_recorded_exactly_once(browsers: Browsers, network: Network) -> None:
    with browsers.tab(("cli_asso_measure", "ASM"), width=390) as tab:
        tab.go("/orientations")
        tab.page.locator("a.tile").first.click()
        tab.page.wait_for_load_state()
        identity = tab.page.url.rsplit("/", 1)[1].split("?")[0]
        before = _steps(network, identity)
        step = tab.page.get_by_role("radio").first
        wanted = step.get_attribute("value")
        step.check()
        # First there is no line at all, and the form waits.
        tab.context.set_offline(True)
        tab.page.get_by_role("button", name="Enregistrer").click()
        tab.page.get_by_text("Rien n’est perdu").wait_for()
        assert _steps(network, identity) == before
        # Then there is one that swallows the first answer: the server has written, the browser does not know.
        swallowed: list[str] = []

        def swallow(route: object) -> None:
            if not swallowed:
                swallowed.append(route.fetch().text())  # type: ignore[attr-defined]  # Playwright's sync Route
                route.abort("connectionreset")  # type: ignore[attr-defined]
            else:
                route.continue_()  # type: ignore[attr-defined]

        tab.page.route(f"**/orientations/{identity}", swallow)
        tab.context.set_offline(False)
        tab.page.get_by_text("La ligne a été coupée").wait_for()
        assert [*before, wanted] == _steps(network, identity) or [wanted, *before] == _steps(network, identity)
        # Sent again by itself, with the form's own key.
        tab.page.get_by_text("Enregistré :").wait_for()
        assert len(_steps(network, identity)) == len(before) + 1
        assert len(swallowed) == 1
