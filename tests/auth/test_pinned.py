"""A provider is reached at the address that was checked, and nowhere inside."""

from collections.abc import Sequence
from ipaddress import ip_address

import httpx2
import pytest

from auth.oauth.published_keys import Address
from auth.signin.pinned import PinnedTransport

pytestmark = pytest.mark.asyncio


def client(*found: str) -> tuple[httpx2.AsyncClient, list[httpx2.Request]]:
    """A client before a resolver that says so; what it would have sent where."""
    sent: list[httpx2.Request] = []

    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(one) for one in found]

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200)

    transport = PinnedTransport(resolve=resolve, inner=httpx2.MockTransport(answer))
    return httpx2.AsyncClient(transport=transport), sent


async def test_the_checked_address_is_connected_to_under_the_name() -> None:
    http, sent = client("93.184.216.34", "2606:2800:220:1::1")
    await http.get("https://sso.example/keys")
    assert [str(one.url) for one in sent] == ["https://93.184.216.34/keys"]
    assert (sent[0].headers["host"], sent[0].extensions["sni_hostname"]) == ("sso.example", "sso.example")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://sso.example/", ["10.0.0.8"]),
        ("https://sso.example/", ["93.184.216.34", "192.168.1.1"]),
        ("https://sso.example/", ["169.254.169.254"]),
        ("https://sso.example/", ["::1"]),
        ("https://sso.example/", ["127.0.0.1"]),
        ("https://sso.example/", ["::ffff:10.0.0.1"]),
        ("https://sso.example/", []),
        ("http://localhost/", ["93.184.216.34"]),
        ("http://localhost/", ["10.0.0.8"]),
    ],
)
async def test_whatever_leads_inside_is_not_connected_to(url: str, found: list[str]) -> None:
    http, sent = client(*found)
    with pytest.raises(httpx2.ConnectError):
        await http.get(url)
    assert sent == []


async def test_plain_http_is_for_a_provider_on_this_machine() -> None:
    http, sent = client("127.0.0.1")
    await http.get("http://localhost:8080/x")
    assert str(sent[0].url) == "http://127.0.0.1:8080/x"
