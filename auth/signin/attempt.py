"""A sign-in on its way: what we have to remember while the person is at their provider, sealed in their browser.

Sealed rather than signed, because it holds the PKCE verifier; in the browser rather than in a table, because anybody
may start a sign-in and nobody must be able to fill our disk with them.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass

import orjson

from auth.signin.sealing import Box

SECONDS = 600
_BYTES = 32  # 43 characters: ProConnect refuses a state or nonce under 32, and PKCE wants 43
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in at one provider."""

    provider: str
    state: str
    nonce: str
    verifier: str
    started_at: int
    # The code of an invitation, where the person came with one.
    code: str | None = None

    @classmethod
    def new(cls, provider: str, now: float, code: str | None = None) -> "Attempt":
        """A fresh one."""
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        return cls(provider, state, nonce, verifier, int(now), code)

    def sealed(self, box: Box) -> str:
        """As the browser keeps it."""
        return urlsafe_b64encode(box.seal(orjson.dumps(asdict(self)), "attempt")).rstrip(b"=").decode()


def opened(text: str | None, provider: str, box: Box, now: float) -> Attempt | None:
    """The attempt at this provider that a browser brings back; None where it is not ours, of another, or too old."""
    if text is None or len(text) > _LONGEST or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    plain = box.open(raw, "attempt")
    if plain is None:
        return None
    found = Attempt(**orjson.loads(plain))
    return found if found.provider == provider and 0 <= now - found.started_at < SECONDS else None
