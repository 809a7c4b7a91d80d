"""Somebody with a browser that has no JavaScript: pages over real HTTP, cookies, forms as they are on the page."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.network import Network

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<(input|button|textarea)\b([^>]*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
# No connection outlives its answer, so that a visitor needs no end.
_UNKEPT = httpx2.Limits(max_keepalive_connections=0)


@dataclass(slots=True)
class Visitor:
    """One browser; `see` and `send` follow redirects as browsers do."""

    network: Network
    http: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(timeout=30, follow_redirects=True, limits=_UNKEPT)
    )
    page: httpx2.Response | None = None

    @property
    def text(self) -> str:
        """What is on the page."""
        assert self.page is not None
        return html.unescape(self.page.text)

    def see(self, path: str, **headers: str) -> httpx2.Response:
        """Go to a page."""
        self.page = self.http.get(self.network.base_url + path, headers={"Accept": "text/html", **headers})
        return self.page

    def send(self, path: str, fields: dict[str, str], **headers: str) -> httpx2.Response:
        """Send a form with what our own pages send beside it."""
        sent = {"Accept": "text/html", "Origin": self.network.base_url, **headers}
        self.page = self.http.post(self.network.base_url + path, data=fields, headers=sent)
        return self.page

    def form(self, *, containing: str = "") -> tuple[str, dict[str, str]]:
        """The address and the hidden and filled fields of the first form of the page that contains a text."""
        assert self.page is not None
        for attributes, body in _FORM.findall(self.page.text):
            if containing in html.unescape(body) and "/auth/logout" not in attributes:
                fields = {
                    found["name"]: html.unescape(found.get("value", ""))
                    for tag, text in _INPUT.findall(body)
                    if tag == "input"
                    and "name" in (found := dict(_ATTRIBUTE.findall(text)))
                    and found.get("type") not in {"radio", "checkbox"}
                }
                return dict(_ATTRIBUTE.findall(attributes))["action"], fields
        raise AssertionError(containing)

    def fill(self, containing: str = "", **fields: str) -> httpx2.Response:
        """Fill a form of the page and send it."""
        path, found = self.form(containing=containing)
        return self.send(path, {**found, **fields})

    def link(self, beginning: str) -> str:
        """The first link of the page that begins so."""
        assert self.page is not None
        return str(re.findall(rf'href="({re.escape(beginning)}[^"]*)"', self.page.text)[0])


def signed_in(network: Network, client: str, role: str) -> Visitor:
    """A visitor who has chosen the first member of a demonstration client with this role."""
    visitor = Visitor(network)
    visitor.see("/auth/demo")
    known = next(one for one in network.card["clients"] if one["client_id"] == client)
    person = network.members(client, role)[0]
    visitor.send("/auth/demo", {**visitor.form()[1], "habilitation": _habilitation(visitor.text, known, person)})
    assert visitor.page is not None
    assert "/auth/" not in str(visitor.page.url)
    return visitor


def _habilitation(text: str, client: dict[str, Any], person: dict[str, Any]) -> str:
    inside = text.split(f"<summary>{client['organisation']}</summary>", 1)[1].split("</details>", 1)[0]
    found = re.findall(rf'value="([0-9a-f-]+)"[^>]*>{re.escape(person["name"])}<', inside)
    return str(found[0])
