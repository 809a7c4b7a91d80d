"""Small secrets at rest and in transit: sealed under a key of the settings, bound to what they are for."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Box:
    """Seals and opens; what was sealed for one use cannot be opened for another."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, use: str) -> bytes:
        """The sealed form of a value."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, use.encode())

    def open(self, sealed: bytes, use: str) -> bytes | None:
        """The value; None where it was not sealed with this key for this use."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], use.encode())
        except (InvalidTag, ValueError):
            return None
