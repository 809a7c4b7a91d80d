"""Who has failed too often, and who asks for too many tokens: counted in memory, per process.

Only failures count against an address, and against a client only together with the address: a stranger who fails in a
client's name locks out himself. Several workers count each by itself (docs/decisions/0041).
"""

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from cachetools import LRUCache
from starlette.requests import HTTPConnection

from schema.errors import SetupError

_MOST = 20_000
_IPV6_SITE = 64
_NOWHERE = "unknown"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Pace:
    """The numbers."""

    failures_per_pair: int = 10
    failures_per_address: int = 50
    failure_seconds: float = 300
    tokens_per_minute: int = 60


class _Window:
    """How often within the last seconds, by key."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._times: LRUCache[Hashable, deque[float]] = LRUCache(_MOST)

    def add(self, key: Hashable) -> None:
        """Once more."""
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = deque(maxlen=self._limit)
        times.append(self._clock())

    def wait(self, key: Hashable) -> float:
        """Seconds until there is room; 0 where there is."""
        times = self._times.get(key)
        if times is None or len(times) < self._limit:
            return 0
        return max(0.0, times[0] + self._seconds - self._clock())


class Attempts:
    """The counts of one process."""

    def __init__(self, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._addresses = _Window(pace.failures_per_address, pace.failure_seconds, clock)
        self._pairs = _Window(pace.failures_per_pair, pace.failure_seconds, clock)
        self._tokens = _Window(pace.tokens_per_minute, 60, clock)

    def wait(self, address: str, client: str | None = None, member: str | None = None) -> int:
        """Whole seconds that this one has to wait, before anything else is looked at; 0 lets it pass."""
        longest = max(
            self._addresses.wait(address),
            self._pairs.wait((client, address)) if client else 0,
            self._tokens.wait((client, member)) if client else 0,
        )
        return math.ceil(longest)

    def failed(self, address: str, client: str | None = None) -> None:
        """Count a failure."""
        self._addresses.add(address)
        if client:
            self._pairs.add((client, address))

    def issued(self, client: str, member: str | None = None) -> None:
        """Count a token, of a client that has proven who it is."""
        self._tokens.add((client, member))


class Addresses:
    """Where a request comes from: the other end of the connection, unless that is a proxy we were told of."""

    def __init__(self, proxies: str = "") -> None:
        self._proxies = [_network(words) for words in proxies.split(",") if words.strip()]

    def of(self, request: HTTPConnection) -> str:
        """The address, an IPv6 one as its site (/64): within it everybody has as many as they like."""
        found = request.client.host if request.client is not None else ""
        if self._is_proxy(found):
            forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
            # From the right: what is left of the first address that no proxy of ours added was written by the caller.
            ours = (words.strip() for words in reversed(forwarded))
            found = next((words for words in ours if not self._is_proxy(words)), found)
        return _site(found)

    def _is_proxy(self, words: str) -> bool:
        try:
            address = ip_address(words)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _site(words: str) -> str:
    try:
        address = ip_address(words)
    except ValueError:
        return _NOWHERE
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), _IPV6_SITE), strict=False))
    return str(address)


def _network(words: str) -> Network:
    try:
        return ip_network(words.strip())
    except ValueError:
        raise SetupError(f"MAILLAGE_PROXIES: {words.strip()} is no address or network.") from None
