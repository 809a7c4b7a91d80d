"""The GraphQL console: bundled, offline, under the person's own rights, in a demonstration or where it was asked for."""

import re

import pytest

from dashboard.assets import Assets
from dashboard.pages.console import SCRIPTS, STYLE
from tests.dashboard.browser import Browsers, needs_browser
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network, neighbour

needs_console = pytest.mark.skipif(
    not all(Assets().has(name) for name in (*SCRIPTS, STYLE)),
    reason="no GraphiQL: npm ci has not run in dashboard/ (README, « Pages »)",
)


@pytest.fixture
def delegate(network: Network) -> Visitor:
    return signed_in(network, "cli_crip_59", "DEL")


def test_its_policy_lets_in_nothing_but_our_own_files(delegate: Visitor) -> None:
    seen = [delegate.see("/developpeurs/console").headers["content-security-policy"] for _ in range(2)]
    assert seen[0] != seen[1]
    for policy in seen:
        assert re.match(r"default-src 'self'; style-src 'self' 'nonce-[\w-]{22}'; img-src 'self' data:;", policy)
        assert "unsafe" not in policy and "script-src" not in policy and "connect-src" not in policy


def test_the_fonts_inside_its_style_are_left_out_when_it_is_copied() -> None:
    style = Assets().files.get(STYLE)
    if style is None:
        pytest.skip("npm ci has not run in dashboard/ (README, « Pages »)")
    assert b"@font-face" not in style.read_bytes() and b".graphiql-container" in style.read_bytes()


def test_without_npm_it_says_what_to_install(delegate: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assets, "has", lambda _, name: not name.startswith("vendor/"))
    assert delegate.see("/developpeurs/console").status_code == 200
    assert "La console n’est pas installée. Installez Node.js" in delegate.text
    assert "<script" not in delegate.text


@needs_browser
@needs_console
@pytest.mark.parametrize(
    ("who", "theirs", "not_theirs"),
    [
        (("cli_dlpm", "ANA"), "nationalMonitoring", "referrals"),
        (("cli_asso_measure", "ASM"), "referrals", "concernReports"),
    ],
    ids=["analyst", "worker"],
)
def test_somebody_asks_with_it_what_their_role_may_ask(
    browsers: Browsers, who: tuple[str, str], theirs: str, not_theirs: str
) -> None:
    with browsers.tab(who) as tab:
        assert tab.go("/developpeurs/console") == 200
        run = tab.page.get_by_role("button", name="Execute query")
        run.wait_for()
        run.click()
        answer = tab.page.locator(".result-window")
        answer.get_by_text(f'"{who[1]}"').wait_for()
        # The reference beside it is the role's own schema.
        tab.page.get_by_role("button", name="Show Documentation Explorer").click()
        tab.page.locator(".graphiql-doc-explorer").get_by_role("link", name="Query").click()
        fields = tab.page.locator(".graphiql-doc-explorer").inner_text()
        assert theirs in fields and not_theirs not in fields.split()
        tab.shot(f"console-{who[1]}")
        tab.page.get_by_role("button", name="Open settings dialog").click()
        tab.page.get_by_role("dialog").wait_for()
        assert tab.violations() == []
        # A library of GraphiQL's tells its developers something at each dialog; of our content policy there is no word.
        assert [message for message in tab.messages if "aria-describedby" not in message] == []
        assert tab.strangers == []
        assert tab.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_server_that_is_no_demonstration_opens_it_only_when_told(network: Network, delegate: Visitor) -> None:
    for wanted in (False, True):
        with neighbour(network, demonstration=False, console=wanted) as other:
            there = Visitor(other, http=delegate.http).see("/developpeurs/console")
            assert there.status_code == (200 if wanted else 404)


def test_a_token_to_try_with_is_that_of_ones_own_organisation(network: Network, delegate: Visitor) -> None:
    delegate.see("/developpeurs")
    path, fields = delegate.form(containing="Obtenir un jeton d’essai")
    assert delegate.send(path, {**fields, "form_token": "x"}).status_code == 400
    assert delegate.send(path, fields).status_code == 200
    token = re.search(r"<textarea[^>]*>(eyJ[\w.-]+)<", delegate.text)
    assert token is not None
    answer = network.post(token[1], {"query": "{ viewer { audience organisation } }"}).json()
    assert answer["data"]["viewer"]["audience"] == "ORG_CRIP"
    assert answer["data"]["viewer"]["organisation"] in delegate.text
