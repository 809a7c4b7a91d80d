"""An access token becomes a `Caller`: signature and claims once, then a cache that re-checks expiry on every hit.

A token bound to a key (RFC 9449) needs a proof with every request: none is ever taken from a cache, and each is used
once, which the replay store says while the request is already on its way (`Admitted.settle`).

Revocation, suspension and lost habilitations are not looked for here on a hit: every statement that runs for a
caller asks the database function `standing(token_id)` itself, so a dead token reads nothing even from the cache.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from cachetools import LRUCache
from joserfc.jwk import Key

from auth.caller import Caller
from auth.oauth import dpop, signed
from auth.oauth.challenges import Header, challenges
from auth.oauth.client_keys import public_key
from auth.oauth.issued import LEEWAY, broken_claim, has_our_header
from auth.oauth.issuer import Issuer
from auth.oauth.nonces import Nonces
from auth.oauth.signing_keys import ALGORITHM
from schema.errors import ProofError, UnauthenticatedError, UnavailableError

MAX_HEADER = 8192
_CACHED_TOKENS = 4096
# A change is heard at once (`forget_keys`); where nobody hears, each process reads them again within this time.
_KEYS_LIFE = 60.0
_KEYS_RETRY = 1.0
_HEADER = re.compile(r"(bearer|dpop) +([A-Za-z0-9._~+/=-]+)", re.IGNORECASE)

_DPOP = "dpop"

PublicKeys = Callable[[], Awaitable[Sequence[Mapping[str, Any]]]]


class Standing(Protocol):
    """Where a token stands in our own tables."""

    async def caller_of(self, token_id: str) -> Caller | None:
        """The caller behind a token that is live at this moment, else None."""


class Replays(Protocol):
    """Who knows whether a proof was used before."""

    def use(self, kind: str, subject: str, jti: str, issued: float, until: float) -> asyncio.Future[bool]:
        """Whether this is the first use. Raises UnavailableError, now or later, where nobody knows."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request let in: its caller, and whether its proof is used for the first time, which is not known at once."""

    caller: Caller
    headers: Sequence[Header] = ()
    first_use: asyncio.Future[bool] | None = None

    async def settle(self) -> None:
        """Wait for the replay store: before anything is written, and before anything is told.

        Raises: ProofError where the proof was used before, UnavailableError where nobody knows.
        """
        first_use = self.first_use
        if first_use is None:
            return
        # Shielded: the deadline of one who waits is not the end of it for the others.
        if not (first_use.result() if first_use.done() else await asyncio.shield(first_use)):
            raise ProofError(reason="replayed proof")


class _Seen(NamedTuple):
    """What is kept of an accepted token: who it is, and the hash by which proofs name it."""

    caller: Caller
    ath: str


class Bearer:
    """Turns the Authorization header, and its DPoP proof, into a caller, or refuses.

    The sentence of a refusal says what to send, never which part of a token failed.
    """

    def __init__(
        self,
        issuer: Issuer,
        keys: PublicKeys,
        standing: Standing,
        clock: Callable[[], float] = time.time,
        *,
        replays: Replays | None = None,
        nonces: Nonces | None = None,
    ) -> None:
        self._issuer = issuer
        self._standing = standing
        self._clock = clock
        self._keys = _KeyRing(keys, clock)
        self._seen: LRUCache[bytes, _Seen] = LRUCache(_CACHED_TOKENS)
        self._replays = replays
        self._nonces = nonces or Nonces(None)

    async def caller(
        self, authorization: str | None, proof: str | None = None, method: str = "POST", address: str | None = None
    ) -> Caller:
        """The caller of a request to this address (the API's unless given), its proof used up.

        Raises: UnauthenticatedError; the reason is for our log alone. UnavailableError.
        """
        admitted = self.known(authorization, proof, method, address)
        if admitted is None:
            admitted = await self.admit(authorization, proof, method, address)
        await admitted.settle()
        return admitted.caller

    async def admit(
        self, authorization: str | None, proof: str | None = None, method: str = "POST", address: str | None = None
    ) -> Admitted:
        """Let a request in whose token was not seen before; raises like `caller`."""
        scheme, token = _parts_of(authorization)
        ath = dpop.ath_of(token)
        # Before anything is asked of the database: whoever has no proof costs nothing.
        shown = self._proof(proof, method, address, ath) if scheme == _DPOP else None
        caller = await self._first_seen(token)
        if caller.expires_at <= self._clock() - LEEWAY:
            raise UnauthenticatedError(reason="expired")
        # A bound token as Bearer would be what DPoP is there to prevent; an unbound one as DPoP proves nothing.
        if (caller.key_thumbprint is not None) != (scheme == _DPOP):
            raise UnauthenticatedError(reason="scheme of the token")
        self._seen[_digest(authorization)] = _Seen(caller, ath)
        return self._admitted(caller, shown)

    def known(
        self, authorization: str | None, proof: str | None = None, method: str = "POST", address: str | None = None
    ) -> Admitted | None:
        """The same for a header that was accepted before, without waiting; None where it has to be looked at.

        Raises: UnauthenticatedError where its time is over, or its proof is not accepted; UnavailableError.
        """
        digest = _digest(authorization)
        seen = self._seen.get(digest)
        if seen is None:
            return None
        if seen.caller.expires_at <= self._clock() - LEEWAY:
            del self._seen[digest]
            raise UnauthenticatedError(reason="expired")
        bound = seen.caller.key_thumbprint is not None
        return self._admitted(seen.caller, self._proof(proof, method, address, seen.ath) if bound else None)

    def challenges(self, refused: UnauthenticatedError) -> Sequence[Header]:
        """The headers that a refusal carries."""
        return challenges(self._issuer, refused, self._nonces.current(self._clock()))

    def _proof(self, header: str | None, method: str, address: str | None, ath: str) -> dpop.Proof:
        return dpop.check(header, method, address or self._issuer.api, self._nonces, self._clock(), ath=ath)

    def _admitted(self, caller: Caller, proof: dpop.Proof | None) -> Admitted:
        if proof is None:
            return Admitted(caller)
        if proof.thumbprint != caller.key_thumbprint:
            raise ProofError(reason="key of the proof")
        if self._replays is None:
            raise UnavailableError(reason="no replay store")
        nonce = self._nonces.current(self._clock())
        return Admitted(
            caller,
            [(b"dpop-nonce", nonce.encode())] if nonce is not None and nonce != proof.nonce else (),
            self._replays.use(dpop.REPLAYED, proof.thumbprint, proof.jti, proof.issued, proof.until),
        )

    def forget_keys(self) -> None:
        """One of our signing keys has changed: they are read again, and what they have signed is looked at again."""
        self._keys.forget()
        self._seen.clear()

    def forget(self, token_id: str) -> None:
        """Drop a token from the cache: the next request asks the database."""
        for digest in [key for key, seen in self._seen.items() if seen.caller.token_id == token_id]:
            del self._seen[digest]

    async def _first_seen(self, text: str) -> Caller:
        try:
            token = signed.read(text)
        except ValueError:
            raise UnauthenticatedError(reason="shape") from None
        await self._check_signature(token)
        client_id = token.word("client_id")
        broken = broken_claim(token, self._issuer, self._clock())
        if broken:
            raise UnauthenticatedError(reason=broken, client_id=client_id)
        caller = await self._standing.caller_of(str(token.word("jti")))
        if caller is None:
            raise UnauthenticatedError(reason="standing", client_id=client_id)
        # The row says who is behind the token; a token that says otherwise is not ours.
        if token.word("sub") != str(caller.member_id or caller.client_id) or token.word("ep") != caller.epochs:
            raise UnauthenticatedError(reason="row")
        bound = None if caller.key_thumbprint is None else {"jkt": caller.key_thumbprint}
        if token.claims.get("cnf") != bound:
            raise UnauthenticatedError(reason="row")
        return caller

    async def _check_signature(self, token: signed.Signed) -> None:
        if not has_our_header(token):
            raise UnauthenticatedError(reason="header")
        key = await self._keys.find(token.heading("kid"))
        if key is None or not signed.is_signed_by(token, key, ALGORITHM):
            raise UnauthenticatedError(reason="signature")


def _digest(header: str | None) -> bytes:
    # By the whole header: one that was accepted before is not taken apart again. Never the token itself in memory.
    return hashlib.sha256((header or "").encode("utf-8", "surrogatepass")).digest()


def _parts_of(header: str | None) -> tuple[str, str]:
    if header is None:
        raise UnauthenticatedError(reason="missing")
    if len(header) > MAX_HEADER:
        raise UnauthenticatedError(reason="oversize")
    match = _HEADER.fullmatch(header.strip(" "))
    if match is None:
        raise UnauthenticatedError(reason="scheme")
    return match[1].lower(), match[2]


class _KeyRing:
    """Our public keys, imported once (a third of the cost of a verification) and read again now and then."""

    def __init__(self, load: PublicKeys, clock: Callable[[], float]) -> None:
        self._load = load
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._loaded_at = float("-inf")

    def forget(self) -> None:
        """Know none until they are read again."""
        self._keys, self._loaded_at = {}, float("-inf")

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
