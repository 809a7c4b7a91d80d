"""Server nonces for DPoP proofs (RFC 9449, sections 8 and 9): made from a secret and the time, stored nowhere."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

PERIOD = 120
_BYTES = 18


class Nonces:
    """Nonces that every process with the same secret makes and accepts; without a secret none is asked for.

    One is good for its period and the next, so a client that keeps the newest one is never sent back.
    """

    def __init__(self, secret: bytes | None) -> None:
        self._secret = secret
        self._known: tuple[int, tuple[str, ...]] = (-1, ())

    def current(self, now: float) -> str | None:
        """The nonce that answers carry; None where none is asked for."""
        return None if self._secret is None else self._around(now)[1]

    def accepts(self, nonce: str | None, now: float) -> bool:
        """Whether a proof with this nonce is fresh enough."""
        if self._secret is None:
            return True
        # All of ASCII, or compare_digest raises.
        return (
            nonce is not None
            and nonce.isascii()
            and any(hmac.compare_digest(nonce, known) for known in self._around(now))
        )

    def _around(self, now: float) -> tuple[str, ...]:
        """Of the period before, this one, and the next: the clocks of several machines differ a little."""
        period = int(now // PERIOD)
        if self._known[0] != period:
            self._known = period, tuple(self._nonce(number) for number in (period - 1, period, period + 1))
        return self._known[1]

    def _nonce(self, period: int) -> str:
        digest = hmac.new(self._secret or b"", b"dpop nonce %d" % period, hashlib.sha256).digest()
        return urlsafe_b64encode(digest[:_BYTES]).decode()
