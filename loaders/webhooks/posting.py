"""Sending to an address that a partner named: https to a public address only, resolved once, nothing followed, little read."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import urlsplit

import httpx2

from auth.oauth.published_keys import Address, Resolve, checked_uri, is_public, resolve
from schema.errors import BadInputError

SECONDS = 10.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts JSON; `resolve`, `is_allowed` and `tls` are the network's edges, which tests replace."""

    resolve: Resolve = resolve
    is_allowed: Callable[[Address], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """The status of the answer; None where there was none, or where nobody was asked."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._post(checked_uri(url), body, headers)
        except (OSError, TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, BadInputError) as problem:
            logger.info("notice not delivered: %s", type(problem).__name__)
            return None

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        host, port = str(parts.hostname), parts.port or 443
        addresses = await self.resolve(host, port)
        # All of them: a name with one private address is somebody's attempt.
        if not addresses or not all(self.is_allowed(address) for address in addresses):
            raise BadInputError(reason="PRIVATE_ADDRESS")
        address = addresses[0]
        literal = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        # To the address that was checked, whatever the name says a moment later; the certificate is the name's.
        pinned = parts._replace(netloc=f"{literal}:{port}").geturl()
        sent = {**headers, "Host": parts.netloc, "Content-Type": "application/json", "Accept-Encoding": "identity"}
        client = httpx2.AsyncClient(verify=self.tls, trust_env=False, follow_redirects=False, timeout=SECONDS)
        async with (
            client,
            client.stream("POST", pinned, content=body, headers=sent, extensions={"sni_hostname": host}) as answer,
        ):
            # The status is the answer; what else is said is not read.
            return int(answer.status_code)
