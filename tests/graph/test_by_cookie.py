"""GraphQL by session cookie, over real HTTP: what our own pages send passes, and each part of it alone does not."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.graph.callers import code
from tests.graph.sockets import PROTOCOL, Socket, opened
from tests.network import Network, neighbour

WHO = "{ viewer { audience } }"


@dataclass
class Signed:
    """A browser that has signed in."""

    network: Network
    cookie: str
    form: str
    member: str

    def post(self, query: str = WHO, **changes: Any) -> httpx2.Response:
        """As a script of our own pages would ask; `changes` replace headers, None removes one."""
        headers = {
            "Content-Type": "application/json", "Cookie": f"maillage={self.cookie}", "Origin": self.network.base_url,
            "Maillage-Form": self.form,
        } | {name.replace("_", "-"): value for name, value in changes.items()}  # fmt: skip
        sent = {name: value for name, value in headers.items() if value is not None}
        return httpx2.post(f"{self.network.base_url}/graphql", json={"query": query}, headers=sent)


def sign_in(network: Network, role: str, client: str) -> Signed:
    """Sign in by the chooser of the demonstration."""
    member = network.members(client, role)[0]
    with httpx2.Client(base_url=network.base_url) as http:
        page = http.get("/auth/demo").text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        habilitation = re.search(rf'value="([0-9a-f-]{{36}})"[^>]*>\s*{re.escape(member["name"])}\b', page)
        assert token and habilitation, page[:3000]
        form = {"form_token": token[1], "habilitation": habilitation[1]}
        assert http.post("/auth/demo", data=form, headers={"Origin": network.base_url}).status_code == 303
        mine = re.search(r'name="form_token" value="([^"]+)"', http.get("/auth/session").text)
        assert mine
        return Signed(network, http.cookies["maillage"], mine[1], member["id"])


@pytest.fixture(scope="module")
def browser(network: Network) -> Iterator[Signed]:
    yield sign_in(network, "CRI", "cli_crip_59")


def test_nobody_is_somebody_without_proof_but_in_a_demonstration(network: Network) -> None:
    """The very form that signs in there: same database, same keys, and the page is not there."""
    with httpx2.Client(base_url=network.base_url) as http:
        page = http.get("/auth/demo").text
    assert "Ceci est une démonstration" in page
    form = {
        name: re.search(rf'name="{name}" (?:[^>]*)value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("form_token", "habilitation")
    }
    with (
        neighbour(network, demonstration=False) as other,
        httpx2.Client(base_url=other.base_url, headers={"Origin": other.base_url}) as http,
    ):
        before = network.fetch("SELECT count(*) FROM web_session")
        for answer in (http.get("/auth/demo"), http.post("/auth/demo", data=form)):
            assert answer.status_code == 404
            assert "set-cookie" not in answer.headers
        assert network.fetch("SELECT count(*) FROM web_session") == before
        login = http.get("/auth/login")
        assert login.status_code == 200
        assert "/auth/demo" not in login.text and "démonstration" not in login.text.lower()
        assert http.get("/").headers.get("location", "") != "/auth/demo"


def test_a_page_of_ours_asks_as_the_person_who_is_signed_in(network: Network, browser: Signed) -> None:
    answer = browser.post()
    assert answer.status_code == 200
    assert answer.json() == {"data": {"viewer": {"audience": "CRI"}}}
    # The same answer as with a token for the same person.
    mine = "{ concernReports(first: 3) { totalCount nodes { id status } } }"
    by_cookie = browser.post(mine).json()
    assert by_cookie["data"]["concernReports"]["totalCount"] > 0
    assert by_cookie["data"] == network.data("cli_crip_59", mine, member="CRI")


BROKEN: dict[str, dict[str, Any]] = {
    "no own header": {"Maillage_Form": None},
    "another's own header": {"Maillage_Form": "A" * 43},
    "no origin": {"Origin": None},
    "a hidden origin": {"Origin": "null"},
    "another origin": {"Origin": "https://evil.example"},
    "a forged host": {"Origin": "http://evil.example", "Host": "evil.example"},
    "no cookie": {"Cookie": None},
    "an invented cookie": {"Cookie": f"maillage={'A' * 43}"},
    "a damaged token beside it": {"Authorization": "Bearer x.y.z"},
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=[name.replace(" ", "-").replace("'", "") for name in BROKEN])
def test_without_any_one_of_these_it_is_nobody(browser: Signed, changes: dict[str, Any]) -> None:
    answer = browser.post(**changes)
    assert answer.status_code == 401
    assert code(answer) == "UNAUTHENTICATED"


def test_only_json_and_only_post(browser: Signed) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert browser.post(Content_Type=media).status_code == 415
    headers = {
        "Cookie": f"maillage={browser.cookie}",
        "Origin": browser.network.base_url,
        "Maillage-Form": browser.form,
    }
    got = httpx2.get(f"{browser.network.base_url}/graphql", params={"query": WHO}, headers=headers)
    assert got.status_code == 401
    twice = [*headers.items(), ("Cookie", f"maillage={browser.cookie}"), ("Content-Type", "application/json")]
    assert httpx2.post(f"{browser.network.base_url}/graphql", json={"query": WHO}, headers=twice).status_code == 401


def test_no_session_opens_a_stream(network: Network, browser: Signed) -> None:
    refused = browser.post(Accept="text/event-stream")
    assert refused.status_code == 401 and code(refused) == "UNAUTHENTICATED"

    async def ending() -> int:
        async with opened(network, Cookie=f"maillage={browser.cookie}", **{"Maillage-Form": browser.form}) as socket:
            await socket.say({"type": "connection_init"})
            return await socket.closed()

    assert asyncio.run(ending()) == 4403


def test_a_handshake_that_says_something_twice_is_no_error_of_ours(network: Network) -> None:
    async def twice() -> int:
        headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
        address = network.base_url.replace("http://", "ws://") + "/graphql"
        async with connect(
            address, subprotocols=[Subprotocol(PROTOCOL)], additional_headers=headers, proxy=None
        ) as plain:
            socket = Socket(plain)
            await socket.say({"type": "connection_init"})
            return await socket.closed()

    assert asyncio.run(twice()) == 4400


def test_a_session_that_has_ended_asks_nothing_more(network: Network) -> None:
    gone = sign_in(network, "DEL", "cli_crip_59")
    assert gone.post().status_code == 200
    headers = {"Cookie": f"maillage={gone.cookie}", "Origin": network.base_url}
    out = httpx2.post(f"{network.base_url}/auth/logout", data={"form_token": gone.form}, headers=headers)
    assert out.status_code == 200
    assert gone.post().status_code == 401
    # Ended by the database, while the server still remembers who it was.
    other = sign_in(network, "DEL", "cli_crip_59")
    assert other.post().status_code == 200
    ended = "UPDATE oauth_token SET revoked_at = now() WHERE revoked_at IS NULL AND member_id = $1 AND client_id LIKE 'cli_pages_%'"
    network.administer(ended, UUID(other.member))
    assert other.post().status_code == 401
