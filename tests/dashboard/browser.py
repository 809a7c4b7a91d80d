"""A real browser for the pages: Debian's Chromium through Playwright, with axe; it is found, never downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, sync_playwright

from tests.dashboard.visitor import signed_in
from tests.network import Network

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "tests" / "dashboard" / "screenshots"

# A4 between its margins, in the browser's own pixels.
SHEET: ViewportSize = {"width": 718, "height": 1000}
_LOST = """[
  ...[...document.querySelectorAll("main *:not(.hidden, input, select, textarea)")]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
    .map(one => `cut: ${one.tagName}.${one.className}`),
  ...[...document.querySelectorAll("main details > :not(summary)")]
    .filter(one => !one.getBoundingClientRect().height).map(one => `folded: ${one.textContent.slice(0, 60)}`),
  ...[...document.querySelectorAll("nav, .leave, .who, form.filters, main button")]
    .filter(one => one.getBoundingClientRect().height).map(one => `of the screen: ${one.className} ${one.textContent.slice(0, 60)}`),
]"""

MISSING = next(
    (
        reason
        for reason, absent in (
            ("no browser: Chromium is not installed (README, « Pages »)", shutil.which("chromium") is None),
            ("no axe-core: npm ci has not run in dashboard/ (README, « Pages »)", not AXE.is_file()),
        )
        if absent
    ),
    None,
)
needs_browser = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@dataclass(slots=True)
class Tab:
    """One tab of one signed-in person, and everything that went wrong in it."""

    network: Network
    context: BrowserContext
    page: Page
    messages: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Load a page; its status."""
        answer = self.page.goto(self.network.base_url + path)
        assert answer is not None
        return answer.status

    def shot(self, name: str) -> None:
        """Keep what it looks like: an output of the tests, which nobody commits."""
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def violations(self) -> list[str]:
        """What axe finds."""
        # Not by a script element, which our own policy forbids: as a person's own tools would.
        self.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE.read_text()})
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found["violations"]]

    def width(self) -> int:
        """How wide the page is, seen or not."""
        found: int = self.page.evaluate("document.documentElement.scrollWidth")
        return found

    def hear(self, request: Request) -> None:
        """Note a request that leaves our own address."""
        if urlsplit(request.url).netloc != urlsplit(self.network.base_url).netloc and not request.url.startswith(
            "data:"
        ):
            self.strangers.append(request.url)

    def lost_on_paper(self) -> list[str]:
        """What a sheet would not show of the page: cut off at the side, folded away, or only for the screen."""
        self.page.set_viewport_size(SHEET)
        self.page.emulate_media(media="print")
        found: list[str] = self.page.evaluate(_LOST)
        return found


class Browsers:
    """One Chromium for a module; people sign in once and keep their cookie."""

    def __init__(self, network: Network, browser: Browser) -> None:
        self._network = network
        self._browser = browser
        self._cookies: dict[tuple[str, str], dict[str, str]] = {}

    @contextmanager
    def tab(self, who: tuple[str, str] | None = None, *, width: int = 1280, scripts: bool = True) -> Iterator[Tab]:
        """A tab of a demonstration client's first member with a role, or of nobody."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, locale="fr-FR", java_script_enabled=scripts
        )
        if who is not None:
            found = self._cookies.setdefault(who, {}) or self._cookies[who]
            if not found:
                found.update(dict(signed_in(self._network, *who).http.cookies))
            context.add_cookies(
                [{"name": name, "value": value, "url": self._network.base_url} for name, value in found.items()]
            )
        page = context.new_page()
        tab = Tab(self._network, context, page)
        page.on("console", lambda message: tab.messages.append(message.text))
        page.on("pageerror", lambda problem: tab.messages.append(str(problem)))
        page.on("request", lambda request: tab.hear(request))
        try:
            yield tab
        finally:
            context.close()


@contextmanager
def chromium(network: Network) -> Iterator[Browsers]:
    """The browser, until the block ends."""
    with sync_playwright() as playwright:
        # Tests run as root in containers too, where Chromium has no sandbox of its own; and nothing leaves the machine.
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        try:
            yield Browsers(network, browser)
        finally:
            browser.close()
