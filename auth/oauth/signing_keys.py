"""Our signing keys: made here, sealed under a key from the settings, published without their private part."""

import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import ECKey, KeySet

from schema.errors import SetupError

ALGORITHM = "ES256"
SEALING_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class NewSigningKey:
    """A fresh key as it is stored."""

    kid: str
    public_jwk: dict[str, Any]
    sealed: bytes


def new_signing_key(sealing_key: bytes) -> NewSigningKey:
    """A fresh P-256 key; its `kid` is its RFC 7638 thumbprint. Raises SetupError for an unusable sealing key."""
    key = ECKey.generate_key("P-256", private=True)
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}
    return NewSigningKey(kid, public, _seal(orjson.dumps(key.as_dict(private=True)), sealing_key, kid))


def unseal(sealed: bytes, sealing_key: bytes, kid: str) -> KeySet:
    """The private key, as a set of exactly one. Raises SetupError if the settings hold another sealing key."""
    try:
        plain = _cipher(sealing_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kid.encode())
    except InvalidTag:
        message = "The signing key cannot be opened: restore the key of the settings that sealed it, or rotate."
        raise SetupError(message) from None
    # joserfc signs with a random key of a larger set, and a bare key leaves no kid in the header.
    return KeySet([ECKey.import_key({**orjson.loads(plain), "kid": kid})])


def _seal(plain: bytes, sealing_key: bytes, kid: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    # The kid is bound in: a sealed key cannot be moved to another row.
    return nonce + _cipher(sealing_key).encrypt(nonce, plain, kid.encode())


def _cipher(sealing_key: bytes) -> AESGCM:
    if len(sealing_key) != SEALING_KEY_BYTES:
        message = "The key that seals signing keys must be 32 bytes long."
        raise SetupError(message)
    return AESGCM(sealing_key)
