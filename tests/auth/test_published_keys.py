"""A partner's own address gives keys and nothing else: no way into our network, no outage of ours, no flood of theirs."""

import asyncio
import datetime as dt
import socket
import ssl
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, Key, RSAKey

from auth.oauth import published_keys
from auth.oauth.possession import OfferedKey, offered
from auth.oauth.published_keys import Address, Fetcher, KeysNeededError, PublishedKeys, checked_uri, is_public, resolve
from loaders.commands.enrolment import EnrolmentDesk
from loaders.webhooks.posting import Poster
from schema.errors import BadInputError, RateLimitedError
from tests.auth.oauth_world import Tool, World

pytestmark = pytest.mark.asyncio

URI = "https://partner.example/jwks.json"


def jwks(*keys: Key) -> bytes:
    return orjson.dumps({"keys": [key.as_dict(private=False) for key in keys]})


# ---------------------------------------------------------------- a server of theirs


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the server shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(pem)
    trusting = ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())
    return shown, trusting


@asynccontextmanager
async def partner(folder: Path, reply: bytes, *, name: str = "partner.example", pause: float = 0) -> AsyncIterator[Any]:
    """Their server; gives a function that makes a fetcher, and the requests it got."""
    shown, trusting = certificate(folder, name)
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError), closing(writer):
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(pause)
            writer.write(reply)
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=shown)
    port = server.sockets[0].getsockname()[1]
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, number: int) -> Sequence[Address]:
        asked.append((host, number))
        return [ip_address("127.0.0.1")] if len(asked) == 1 else [ip_address("10.0.0.1")]

    async with server:
        yield Fetcher(resolve, lambda _: True, trusting), f"https://partner.example:{port}/jwks.json", requests, asked


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_keys_come_from_the_address_that_was_checked_under_the_name_that_was_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    key = ECKey.generate_key("P-256")
    async with partner(tmp_path, response(jwks(key))) as (fetcher, uri, requests, asked):
        [found] = await fetcher.fetch(uri)
        assert found.thumbprint == key.thumbprint()
        # Resolved once: what the name says a moment later does not matter.
        assert len(asked) == len(requests) == 1
        assert asked[0][0] == "partner.example"
        assert requests[0].startswith(b"GET /jwks.json HTTP/1.1\r\n")
        assert b"host: partner.example:" in requests[0].lower()


@pytest.mark.parametrize(
    "reply",
    [
        response(b"", "302 Found", "Location: https://elsewhere.example/"),
        response(b"", "404 Not Found"),
        response(b"{" + b" " * 70_000 + b"}"),
        response(b'{"keys":[]}'),
        response(b'{"keys":' + b"[" * 100),
        response(b"<html>"),
        response(orjson.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=True)]})),
        response(jwks(*(ECKey.generate_key("P-256") for _ in range(9)))),
        b"nonsense\r\n\r\n",
    ],
    ids=["redirect", "missing", "large", "empty", "deep", "html", "private", "many", "nonsense"],
)
async def test_whatever_is_not_a_key_set_is_refused(tmp_path: Path, reply: bytes) -> None:
    async with partner(tmp_path, reply) as (fetcher, uri, requests, _):
        with pytest.raises(BadInputError):
            await fetcher.fetch(uri)
        assert len(requests) == 1


async def test_who_answers_under_another_name_is_not_believed(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    async with partner(tmp_path, response(jwks(key)), name="elsewhere.example") as (fetcher, uri, requests, _):
        with pytest.raises(BadInputError):
            await fetcher.fetch(uri)
        assert requests == []


async def test_who_takes_too_long_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_keys, "SECONDS", 0.3)
    async with partner(tmp_path, response(jwks(ECKey.generate_key("P-256"))), pause=1) as (fetcher, uri, _, _):
        with pytest.raises(BadInputError):
            await fetcher.fetch(uri)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1", "fec0::1", "::127.0.0.1", "64:ff9b:1::a00:1", "3fff::1",
    ],
)  # fmt: skip
async def test_an_address_of_ours_is_never_connected_to(address: str) -> None:
    assert not is_public(ip_address(address))

    async def resolve(_: str, __: int) -> Sequence[Address]:
        return [ip_address("93.184.215.14"), ip_address(address)]

    with pytest.raises(BadInputError):
        await Fetcher(resolve).fetch(URI)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
async def test_a_public_address_is_one_in_every_writing(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "uri",
    [
        "http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/",
        "https://017700000001/", "https://0x7f000001/", "https://127.0x1/", "https://0X7F.1/", "https://localhost/", "https://partner/",
        "https://partner.example./", "https://me@partner.example/", "https://partner.example/#x", "https://partner.example:0/",
        "https://partner.example:99999/", "https:///x", "https://ü.example/", "https://partner.example/a b", "", None, 7, "https://" + "x" * 3000,
    ],
    ids=str,
)  # fmt: skip
async def test_an_address_that_cannot_be_meant_is_refused(uri: Any) -> None:
    with pytest.raises(BadInputError):
        checked_uri(uri)


# ---------------------------------------------------------------- the copies


class Site:
    """What is published, and how often somebody looked."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys
        self.looks = 0
        self.away = False

    async def fetch(self, _: str) -> list[OfferedKey]:
        self.looks += 1
        await asyncio.sleep(0)
        if self.away:
            raise BadInputError
        return [offered(key.as_dict(private=False)) for key in self.keys]


def copies(site: Site) -> tuple[PublishedKeys, list[float]]:
    clock = [1000.0]
    fetcher: Any = site
    return PublishedKeys(fetcher, clock=lambda: clock[0]), clock


async def test_a_copy_is_kept_ten_minutes_and_an_unknown_name_looks_at_most_once_a_minute() -> None:
    first, second = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    site = Site(first)
    published, clock = copies(site)
    assert published.is_due(URI, first.thumbprint())
    await asyncio.gather(*(published.look(URI, first.thumbprint()) for _ in range(5)))
    assert (site.looks, list(published.known(URI))) == (1, [first.thumbprint()])
    site.keys = (first, second)
    assert not published.is_due(URI, second.thumbprint())
    clock[0] += 61
    assert published.is_due(URI, second.thumbprint())
    assert not published.is_due(URI, first.thumbprint())
    await published.look(URI, second.thumbprint())
    assert set(published.known(URI)) == {first.thumbprint(), second.thumbprint()}
    for _ in range(3):
        await published.look(URI, "made up")
    assert site.looks == 2
    clock[0] += 599
    assert not published.is_due(URI, first.thumbprint())
    clock[0] += 2
    assert published.is_due(URI, first.thumbprint())


async def test_who_comes_while_the_keys_are_fetched_waits_for_them() -> None:
    key = ECKey.generate_key("P-256")
    published, _ = copies(Site(key))
    first = asyncio.create_task(published.look(URI, key.thumbprint()))
    await asyncio.sleep(0)
    with pytest.raises(KeysNeededError):
        published.of(URI)[key.thumbprint()]
    await asyncio.gather(first, published.look(URI, key.thumbprint()))
    assert published.of(URI)[key.thumbprint()]["kty"] == "EC"


@pytest.mark.parametrize("problem", [httpx2.InvalidURL("strange"), ValueError("no server name"), OSError()], ids=repr)
async def test_whatever_the_network_says_is_one_refusal(problem: Exception) -> None:
    async def resolve(_: str, __: int) -> Sequence[Address]:
        raise problem

    with pytest.raises(BadInputError):
        await Fetcher(resolve).fetch(URI)
    assert await Poster(resolve).post(URI, b"{}", {}) is None


@pytest.mark.parametrize(("key", "name"), [("EC", "x"), ("RSA", "n"), ("RSA", "e")])
async def test_a_key_has_one_writing_so_a_retired_one_does_not_come_back(key: str, name: str) -> None:
    made = ECKey.generate_key("P-256") if key == "EC" else RSAKey.generate_key(2048)
    jwk = made.as_dict(private=False)
    offered(jwk)
    padded = urlsafe_b64encode(b"\0\0\0" + urlsafe_b64decode(str(jwk[name]) + "==")).decode().rstrip("=")
    with pytest.raises(BadInputError):
        offered({**jwk, name: padded})


async def test_an_outage_of_theirs_leaves_the_last_good_copy() -> None:
    key = ECKey.generate_key("P-256")
    site = Site(key)
    published, clock = copies(site)
    await published.look(URI, key.thumbprint())
    site.away = True
    clock[0] += 700
    await published.look(URI, key.thumbprint())
    assert list(published.known(URI)) == [key.thumbprint()]
    assert not published.is_due(URI, key.thumbprint())
    clock[0] += 61
    assert published.is_due(URI, key.thumbprint())
    assert site.looks == 2


@asynccontextmanager
async def by_address(world: World, site: Site) -> AsyncIterator[tuple[Tool, list[float]]]:
    """A tool that publishes its keys, before the real token endpoint."""
    published, clock = copies(site)
    world.desk._published = published
    tool = await world.tool(key=site.keys[0], jwks_uri=URI)
    yield tool, clock


async def test_a_tool_that_publishes_its_keys_gets_tokens_and_changes_keys_by_itself(world: World) -> None:
    first, second = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    site = Site(first)
    async with by_address(world, site) as (tool, clock):
        for _ in range(3):
            assert (await tool.token()).status_code == 200
        assert site.looks == 1
        site.keys = (second,)
        tool.key, tool.kid = second, second.thumbprint()
        assert (await tool.token()).status_code == 401
        clock[0] += 61
        answers = await asyncio.gather(*(tool.token() for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert site.looks == 2
        # What they took away is refused with the next copy.
        tool.key, tool.kid = first, first.thumbprint()
        assert (await tool.token()).status_code == 401
        site.away = True
        clock[0] += 700
        tool.key, tool.kid = second, second.thumbprint()
        assert (await tool.token()).status_code == 200


async def test_a_code_makes_us_fetch_a_few_times_and_then_waits() -> None:
    asked: list[str] = []

    class Counting:
        """Fetches nothing."""

        async def fetch(self, uri: str) -> list[OfferedKey]:
            asked.append(uri)
            return []

    nowhere: Any = None
    counting: Any = Counting()
    desk = EnrolmentDesk(nowhere, nowhere, counting)
    sent = {"jwks_uri": "https://keys.example/jwks", "code": "c", "proofs": []}
    for _ in range(5):
        await desk._keys(sent, b"one code")
    with pytest.raises(RateLimitedError) as refused:
        await desk._keys(sent, b"one code")
    assert refused.value.retry_after == 600
    assert len(asked) == 5
    await desk._keys(sent, b"another code")
    assert len(asked) == 6


async def test_names_of_partners_are_resolved_in_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(*_: object, **__: object) -> list[Any]:
        seen.append(threading.current_thread().name)
        return [(0, 0, 0, "", ("192.0.2.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    assert [str(one) for one in await resolve("keys.example", 443)] == ["192.0.2.7"]
    assert [name.startswith("partner-names") for name in seen] == [True]
