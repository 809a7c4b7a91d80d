"""Public keys of clients: which are acceptable, and what is verified against when there is none."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, import_key

# RFC 9864 renames EdDSA over Ed25519 to Ed25519; clients send either.
KEY_TYPES: Mapping[str, str] = {"ES256": "EC", "PS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}
ALGORITHMS = frozenset(KEY_TYPES)
_MIN_RSA_BITS = 2048
_PUBLIC_MEMBERS = {"EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x"), "RSA": ("kty", "n", "e")}
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""What no public key has, of whatever kind (RFC 7518, section 6)."""
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}


def public_members(jwk: Mapping[str, Any]) -> dict[str, Any] | None:
    """The members that make the key what it is, and no other; None for a kind that is not known."""
    names = _PUBLIC_MEMBERS.get(str(jwk.get("kty")))
    return {name: jwk.get(name) for name in names} if names else None


def public_key(jwk: Mapping[str, Any]) -> Key:
    """The verifying key of a JWK.

    Raises: ValueError for a private or symmetric key, a short RSA key, or a curve that no accepted algorithm uses.
    """
    kind = jwk.get("kty")
    members = _PUBLIC_MEMBERS.get(kind) if isinstance(kind, str) else None
    if members is None or "d" in jwk or "k" in jwk or jwk.get("crv") != _CURVES.get(str(kind)):
        message = "not an acceptable public key"
        raise ValueError(message)
    try:
        if kind == "RSA" and _bits(jwk["n"]) < _MIN_RSA_BITS:
            message = "an RSA key has at least 2048 bits"
            raise ValueError(message)
        return _imported(members, tuple(jwk[name] for name in members))
    except (JoseError, KeyError, TypeError) as error:
        message = "not a usable public key"
        raise ValueError(message) from error


# A client's requests are all signed by the same few keys, and importing one costs a third of a verification.
@lru_cache(maxsize=1024)
def _imported(members: tuple[str, ...], values: tuple[Any, ...]) -> Key:
    return import_key(dict(zip(members, values, strict=True)))


def _bits(number: str) -> int:
    raw = urlsafe_b64decode(number + "=" * (-len(number) % 4))
    return int.from_bytes(raw).bit_length()


def _decoy_rsa() -> Key:
    # Any odd modulus of the right size costs the same to verify against; nobody has its factors.
    modulus = secrets.randbits(_MIN_RSA_BITS) | (1 << (_MIN_RSA_BITS - 1)) | 1
    text = urlsafe_b64encode(modulus.to_bytes(_MIN_RSA_BITS // 8)).rstrip(b"=").decode()
    return import_key({"kty": "RSA", "n": text, "e": "AQAB"})


_DECOYS: Mapping[str, Key] = {
    "ES256": ECKey.generate_key("P-256", private=False),
    "PS256": _decoy_rsa(),
    "EdDSA": OKPKey.generate_key("Ed25519", private=False),
    "Ed25519": OKPKey.generate_key("Ed25519", private=False),
}


def decoy(algorithm: str) -> Key:
    """A key that verifies nothing, so that an unknown client costs as much time as a bad signature."""
    return _DECOYS[algorithm]
