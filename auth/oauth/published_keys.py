"""Keys that a partner publishes at an address of its own: fetched with care, kept for ten minutes, never lost by an outage.

A partner's address must not become a way into our network: https on a public address only, resolved once and connected
to by that very address, no redirect followed, no proxy of the environment, 64 kB and five seconds at most.
"""

import asyncio
import logging
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson
from cachetools import LRUCache

from auth.oauth.possession import MOST_KEYS, OfferedKey, offered
from schema.errors import BadInputError

SECONDS = 5.0
MOST_BYTES = 65_536
FRESH_SECONDS = 600.0
# An unknown kid, or an address that did not answer, is a reason to look again, but anybody can make one up.
RETRY_SECONDS = 60.0
_MOST_ADDRESSES = 1024
_MOST_URI = 2000
_MAX_BRACKETS = 64
_OK = 200
_NUMBER = re.compile(r"(0x[0-9a-f]*)?")
_NAT64 = IPv6Network("64:ff9b::/96")
# Networks of the inside that `ipaddress` counts as global: local NAT64 (RFC 8215), documentation (RFC 9637).
_INSIDE = (IPv6Network("64:ff9b:1::/48"), IPv6Network("3fff::/20"))

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


def checked_uri(uri: Any, named: str = "jwks_uri") -> str:
    """An address that may be asked at all: https, a name of the public network. Raises BadInputError naming what holds it."""
    if isinstance(uri, str) and len(uri) <= _MOST_URI and uri.isascii() and uri.isprintable() and " " not in uri:
        try:
            parts = urlsplit(uri)
            usable = parts.scheme == "https" and parts.username is None and not parts.fragment and parts.port != 0
            if usable and parts.hostname and _is_name(parts.hostname):
                return uri
        except ValueError:
            pass
    raise BadInputError(
        f"`{named}` is an https address with a host name, without user or fragment.", reason=f"INVALID_{named.upper()}"
    )


def _is_name(host: str) -> bool:
    """A name with a domain, and no address however written (127.1, 0x7f000001, 0x7f.0x1), which a resolver would accept."""
    try:
        ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return "." in host and not last.isdigit() and _NUMBER.fullmatch(last) is None
    return False


def is_public(address: Address) -> bool:
    """Whether it is somebody else's: not private, loopback, link-local, multicast, reserved, nor one of these in disguise."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or any(address in network for network in _INSIDE):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


# Of its own: names that nobody answers for hold a thread for many seconds, and the loop's threads are everybody's.
_RESOLVING = ThreadPoolExecutor(4, thread_name_prefix="partner-names")


async def resolve(host: str, port: int) -> Sequence[Address]:
    """What the system's resolver says."""
    asked = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVING, asked)
    return [ip_address(where[0]) for _, _, _, _, where in found]


def acceptable(body: bytes) -> list[OfferedKey]:
    """The keys of a published set that we can use; others (for encryption, of other kinds) are left aside.

    Raises: BadInputError for a set that holds a private key, a name twice, too many keys, or none we can use.
    """
    if body.count(b"{") + body.count(b"[") > _MAX_BRACKETS:
        raise _unusable()
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _unusable() from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise _unusable()
    found = [key for jwk in keys if (key := _usable(jwk)) is not None]
    if not 1 <= len(found) <= MOST_KEYS or len({key.kid for key in found}) < len(found):
        raise _unusable()
    return found


def _usable(jwk: Any) -> OfferedKey | None:
    try:
        return offered(jwk)
    except BadInputError as problem:
        if problem.reason == "PRIVATE_KEY":
            raise
        return None


def _unusable() -> BadInputError:
    return BadInputError(
        f"`jwks_uri` did not give a key set that can be used: one to {MOST_KEYS} public signing keys, each `kid` once, "
        "64 kB, within 5 seconds, without redirect, at a public address.",
        reason="JWKS_URI",
    )


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches a key set; `resolve`, `is_allowed` and `tls` are the network's edges, which tests replace."""

    resolve: Resolve = resolve
    is_allowed: Callable[[Address], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def fetch(self, uri: str) -> list[OfferedKey]:
        """The usable keys at an address. Raises BadInputError, the same for whatever goes wrong on the way."""
        try:
            async with asyncio.timeout(SECONDS):
                body = await self._body(checked_uri(uri))
        # InvalidURL is no HTTPError, and TLS says ValueError to a name that cannot be one.
        except (OSError, TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as problem:
            logger.info("published keys not fetched: %s", type(problem).__name__)
            raise _unusable() from None
        return acceptable(body)

    async def _body(self, uri: str) -> bytes:
        parts = urlsplit(uri)
        host, port = str(parts.hostname), parts.port or 443
        addresses = await self.resolve(host, port)
        # All of them: a name with one private address is somebody's attempt.
        if not addresses or not all(self.is_allowed(address) for address in addresses):
            raise _unusable()
        address = addresses[0]
        literal = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        # To the address that was checked, whatever the name says a moment later; the certificate is the name's.
        pinned = parts._replace(netloc=f"{literal}:{port}").geturl()
        options: dict[str, Any] = {
            "verify": self.tls,
            "trust_env": False,
            "follow_redirects": False,
            "timeout": SECONDS,
        }
        headers = {
            "Host": parts.netloc,
            "Accept": "application/jwk-set+json, application/json",
            "Accept-Encoding": "identity",
        }
        async with (
            httpx2.AsyncClient(**options) as client,
            client.stream("GET", pinned, headers=headers, extensions={"sni_hostname": host}) as reply,
        ):
            if reply.status_code != _OK:
                raise _unusable()
            body = b""
            async for chunk in reply.aiter_raw():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise _unusable()
            return body


class KeysNeededError(Exception):
    """A key may be at this address, and it is time to look: not inside a transaction, so whoever holds one starts again."""

    def __init__(self, uri: str, kid: str) -> None:
        super().__init__(uri)
        self.uri = uri
        self.kid = kid


@dataclass(slots=True)
class _Copy:
    """The last good copy of an address, and when it was tried last."""

    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    good_at: float = float("-inf")
    tried_at: float = float("-inf")
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class PublishedKeys:
    """The copies of one process."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._copies: LRUCache[str, _Copy] = LRUCache(_MOST_ADDRESSES)

    def known(self, uri: str) -> Mapping[str, Mapping[str, Any]]:
        """The keys of the last good copy, by name."""
        copy = self._copies.get(uri)
        return copy.keys if copy is not None else {}

    def is_due(self, uri: str, kid: str | None) -> bool:
        """Whether it is time to look at the address: too old a copy, or a name that it does not have."""
        copy = self._copies.get(uri)
        if copy is None:
            return True
        now = self._clock()
        if now - copy.tried_at < RETRY_SECONDS:
            return False
        return now - copy.good_at >= FRESH_SECONDS or kid not in copy.keys

    def of(self, uri: str) -> Mapping[str, Mapping[str, Any]]:
        """The keys at an address, as a mapping that raises KeysNeededError where it is time to look."""
        return _AtAddress(self, uri)

    async def look(self, uri: str, kid: str | None) -> None:
        """Fetch what is due; several that wait for the same address fetch it once. An outage leaves the last good copy."""
        copy = self._copies.get(uri)
        if copy is None:
            copy = self._copies[uri] = _Copy()
        async with copy.turn:
            if not self.is_due(uri, kid):
                return
            try:
                found = await self._fetcher.fetch(uri)
            except BadInputError:
                logger.warning("published keys: the last good copy stays")
                return
            finally:
                # Only now: whoever comes while it is fetched waits for it, instead of being refused without it.
                copy.tried_at = self._clock()
            copy.keys = {key.kid: key.jwk for key in found}
            copy.good_at = self._clock()


class _AtAddress(Mapping[str, Mapping[str, Any]]):
    """The keys of one address."""

    def __init__(self, published: PublishedKeys, uri: str) -> None:
        self._published = published
        self._uri = uri

    def __getitem__(self, kid: str) -> Mapping[str, Any]:
        if self._published.is_due(self._uri, kid):
            raise KeysNeededError(self._uri, kid)
        return self._published.known(self._uri)[kid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._published.known(self._uri))

    def __len__(self) -> int:
        return len(self._published.known(self._uri))
