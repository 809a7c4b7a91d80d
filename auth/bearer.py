"""An access token becomes a `Caller`: signature and claims once, then a cache that re-checks expiry on every hit.

Revocation, suspension and lost habilitations are not looked for here on a hit: every statement that runs for a
caller asks the database function `standing(token_id)` itself, so a dead token reads nothing even from the cache.
"""

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from cachetools import LRUCache
from joserfc.jwk import Key

from auth.caller import Caller
from auth.oauth import signed
from auth.oauth.client_keys import public_key
from auth.oauth.guard import is_jti
from auth.oauth.issuer import Issuer
from schema.errors import UnauthenticatedError

LEEWAY = 10
MAX_HEADER = 8192
_ALGORITHM = "ES256"
_KIND = "at+jwt"
_CACHED_TOKENS = 4096
# A compromised key is dropped at once from our table; each process forgets it within this time.
_KEYS_LIFE = 60.0
_KEYS_RETRY = 1.0
_HEADER_MEMBERS = frozenset({"alg", "typ", "kid"})
_HEADER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]+)", re.IGNORECASE)

PublicKeys = Callable[[], Awaitable[Sequence[Mapping[str, Any]]]]


class Standing(Protocol):
    """Where a token stands in our own tables."""

    async def caller_of(self, token_id: str) -> Caller | None:
        """The caller behind a token that is live at this moment, else None."""


class Bearer:
    """Turns the Authorization header into a caller, or refuses with one sentence for every reason."""

    def __init__(
        self, issuer: Issuer, keys: PublicKeys, standing: Standing, clock: Callable[[], float] = time.time
    ) -> None:
        self._issuer = issuer
        self._standing = standing
        self._clock = clock
        self._keys = _KeyRing(keys, clock)
        self._callers: LRUCache[bytes, Caller] = LRUCache(_CACHED_TOKENS)

    async def caller(self, authorization_header: str | None) -> Caller:
        """The caller of a request. Raises UnauthenticatedError; the reason is for our log alone."""
        known = self.known(authorization_header)
        if known is not None:
            return known
        caller = await self._first_seen(_token_of(authorization_header))
        if caller.expires_at <= self._clock() - LEEWAY:
            raise UnauthenticatedError(reason="expired")
        self._callers[_digest(authorization_header)] = caller
        return caller

    def known(self, authorization_header: str | None) -> Caller | None:
        """The caller of a header that was accepted before, without waiting; None where it has to be looked at.

        Raises: UnauthenticatedError where its time is over.
        """
        digest = _digest(authorization_header)
        caller = self._callers.get(digest)
        if caller is not None and caller.expires_at <= self._clock() - LEEWAY:
            del self._callers[digest]
            raise UnauthenticatedError(reason="expired")
        return caller

    def forget(self, token_id: str) -> None:
        """Drop a token from the cache: the next request asks the database."""
        for digest in [key for key, caller in self._callers.items() if caller.token_id == token_id]:
            del self._callers[digest]

    async def _first_seen(self, text: str) -> Caller:
        try:
            token = signed.read(text)
        except ValueError:
            raise UnauthenticatedError(reason="shape") from None
        await self._check_signature(token)
        self._check_claims(token)
        caller = await self._standing.caller_of(str(token.word("jti")))
        if caller is None:
            raise UnauthenticatedError(reason="standing")
        # The row says who is behind the token; a token that says otherwise is not ours.
        if token.word("sub") != str(caller.member_id or caller.client_id) or token.word("ep") != caller.epochs:
            raise UnauthenticatedError(reason="row")
        return caller

    async def _check_signature(self, token: signed.Signed) -> None:
        # jwk, jku and x5u would let a token bring its own key: none is read, and our tokens have none.
        if not set(token.header) <= _HEADER_MEMBERS or token.heading("alg") != _ALGORITHM or token.kind != _KIND:
            raise UnauthenticatedError(reason="header")
        key = await self._keys.find(token.heading("kid"))
        if key is None or not signed.is_signed_by(token, key, _ALGORITHM):
            raise UnauthenticatedError(reason="signature")

    def _check_claims(self, token: signed.Signed) -> None:
        now = self._clock()
        expires, begins, issued = (token.moment(name) for name in ("exp", "nbf", "iat"))
        if expires is None or begins is None or issued is None:
            raise UnauthenticatedError(reason="times")
        if expires <= now - LEEWAY or begins > now + LEEWAY or issued > now + LEEWAY:
            raise UnauthenticatedError(reason="times")
        if token.word("iss") != self._issuer.url or token.word("aud") != self._issuer.api:
            raise UnauthenticatedError(reason="issuer or audience")
        if not token.word("sub") or not is_jti(token.word("jti") or ""):
            raise UnauthenticatedError(reason="subject or id")


def _digest(header: str | None) -> bytes:
    # By the whole header: one that was accepted before is not taken apart again. Never the token itself in memory.
    return hashlib.sha256((header or "").encode("utf-8", "surrogatepass")).digest()


def _token_of(header: str | None) -> str:
    if header is None:
        raise UnauthenticatedError(reason="missing")
    if len(header) > MAX_HEADER:
        raise UnauthenticatedError(reason="oversize")
    match = _HEADER.fullmatch(header.strip(" "))
    if match is None:
        raise UnauthenticatedError(reason="scheme")
    return match[1]


class _KeyRing:
    """Our public keys, imported once (a third of the cost of a verification) and read again now and then."""

    def __init__(self, load: PublicKeys, clock: Callable[[], float]) -> None:
        self._load = load
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._loaded_at = float("-inf")

    async def find(self, kid: str | None) -> Key | None:
        """The key of this name; a name not known is looked for again, at most once a second."""
        if kid is None:
            return None
        age = self._clock() - self._loaded_at
        if age > _KEYS_LIFE or (kid not in self._keys and age > _KEYS_RETRY):
            jwks = await self._load()
            self._keys = {jwk["kid"]: public_key(jwk) for jwk in jwks}
            self._loaded_at = self._clock()
        return self._keys.get(kid)
