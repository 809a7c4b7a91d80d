"""Proof of possession (RFC 9449): every rule a DPoP header has to keep, before anything is looked up or written.

Whether a proof was used before is not told here: the replay store says it.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from joserfc.jwk import Key

from auth.oauth import signed
from auth.oauth.client_keys import KEY_TYPES, SECRET_MEMBERS, public_key
from auth.oauth.guard import is_jti
from auth.oauth.nonces import Nonces
from schema.errors import NonceError, ProofError

KIND = "dpop+jwt"
REPLAYED = "dpop"
# No RSA: its proofs are four times as long, and its keys take longer to make than a tool lives in some clouds.
ALGORITHMS = ("ES256", "Ed25519", "EdDSA")
MAX_LENGTH = 4096
SKEW = 60
_ADDRESS = re.compile(r"[!-~]{1,2048}")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that keeps every rule; `until` is when its age alone refuses it, for certain."""

    thumbprint: str
    jti: str
    issued: float
    until: float
    nonce: str | None


def ath_of(token: str) -> str:
    """The hash by which a proof names the access token it comes with."""
    return urlsafe_b64encode(sha256(token.encode("ascii")).digest()).rstrip(b"=").decode()


def check(
    header: str | None, method: str, address: str, nonces: Nonces, now: float, *, ath: str | None = None
) -> Proof:
    """The proof of a request of this method to this address of ours; with `ath` where it comes with a token.

    Raises: NonceError where only the nonce is missing or old, ProofError for any other broken rule.
    """
    if header is None or len(header) > MAX_LENGTH:
        raise ProofError(reason="no proof" if header is None else "long proof")
    try:
        proof = signed.read(header)
        prover = _prover(header.partition(".")[0])
    except ValueError:
        raise ProofError(reason="shape of the proof") from None
    broken = _broken_rule(proof, method, address, now, ath)
    if broken:
        raise ProofError(reason=broken)
    if not signed.is_signed_by(proof, prover.key, prover.algorithm):
        raise ProofError(reason="signature of the proof")
    nonce = proof.word("nonce")
    if not nonces.accepts(nonce, now):
        raise NonceError(reason="nonce")
    issued = proof.moment("iat") or 0
    # Twice the skew: the store purges by the clock of the database, which may be ahead of ours.
    return Proof(prover.thumbprint, str(proof.word("jti")), issued, issued + 2 * SKEW, nonce)


@dataclass(frozen=True, slots=True)
class _Prover:
    """The key of a proof's header."""

    key: Key
    algorithm: str
    thumbprint: str


# A tool's proofs all have the same header, and importing its key costs as much as half a verification. Only the reading
# of the key is remembered, of a header that anybody may send: whether a proof passes never is.
@lru_cache(maxsize=1024)
def _prover(header: str) -> _Prover:
    """Raises: ValueError."""
    values = signed.json_object(header)
    algorithm, jwk = values.get("alg"), values.get("jwk")
    if not isinstance(jwk, dict) or algorithm not in ALGORITHMS or _kind(values) != KIND:
        message = "not the header of a proof"
        raise ValueError(message)
    if jwk.get("kty") != KEY_TYPES[algorithm] or SECRET_MEMBERS & jwk.keys():
        message = "not the public key of its algorithm"
        raise ValueError(message)
    key = public_key(jwk)
    return _Prover(key, algorithm, key.thumbprint())


def _kind(header: dict[str, Any]) -> str | None:
    return signed.Signed("", header, {}).kind


def _broken_rule(proof: signed.Signed, method: str, address: str, now: float, ath: str | None) -> str | None:
    issued, jti, target = proof.moment("iat"), proof.word("jti"), proof.word("htu")
    expires, begins = proof.moment("exp"), proof.moment("nbf")
    rules = (
        ("jti", jti is not None and is_jti(jti)),
        ("htm", proof.word("htm") == method),
        ("htu", target is not None and _place(target) == _place(address)),
        ("iat", issued is not None and abs(issued - now) <= SKEW),
        # Not asked for by RFC 9449; where a proof says them, RFC 7519 makes them count.
        ("exp", "exp" not in proof.claims or (expires is not None and expires > now - SKEW)),
        ("nbf", "nbf" not in proof.claims or (begins is not None and begins <= now + SKEW)),
        ("ath", ath is None or proof.word("ath") == ath),
    )
    return next((name for name, holds in rules if not holds), None)


@lru_cache(maxsize=256)
def _place(address: str) -> tuple[str, str, int, str] | None:
    """An address without query and fragment, with the case of RFC 3986 section 6.2.2.1 and the defaults of 6.2.3; None for none."""
    if not _ADDRESS.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
        return None
    return scheme, host, port or _PORTS[scheme], parts.path or "/"
