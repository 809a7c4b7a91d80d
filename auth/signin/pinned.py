"""How a provider is reached: at the address that was checked, whatever its name says a moment later.

Over https at a public address only; plain http is for a provider on this very machine (demonstrations, tests), so at
loopback only. A name of ours, or of our network, in a provider's metadata leads nowhere.
"""

from collections.abc import Callable
from ipaddress import IPv6Address

import httpx2

from auth.oauth.published_keys import Address, Resolve, is_public, resolve


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Resolves once, checks every address that was found, and connects to the first; the certificate is the name's."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        is_allowed: Callable[[Address], bool] = is_public,
        inner: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._inner = inner or httpx2.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer. Raises httpx2.ConnectError where the name leads anywhere it must not."""
        host, secure = request.url.host, request.url.scheme == "https"
        try:
            addresses = await self._resolve(host, request.url.port or (443 if secure else 80))
        except (OSError, UnicodeError) as problem:
            raise httpx2.ConnectError(type(problem).__name__, request=request) from problem
        allowed = self._is_allowed if secure else _is_loopback
        # All of them: a name with one inner address is somebody's attempt.
        if not addresses or not all(map(allowed, addresses)):
            raise httpx2.ConnectError("not an address of a provider", request=request)
        address = addresses[0]
        literal = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        # The Host header was written with the name when the request was made.
        request.url = request.url.copy_with(host=literal)
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _is_loopback(address: Address) -> bool:
    return address.is_loopback
