"""A key that an organisation registers: acceptable, and proven to be in its hands before anything is written.

Each key signs one JWT: `typ` key-possession+jwt, `iss` the client, `aud` the issuer, a life of five minutes at most, and,
at an enrolment, `code_s256`: the SHA-256 of the code in base64url, so that a proof is worth nothing with another code.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.oauth import signed
from auth.oauth.client_assertion import SKEW, is_current
from auth.oauth.client_keys import ALGORITHMS, KEY_TYPES, SECRET_MEMBERS, public_key, public_members
from auth.oauth.issuer import Issuer
from schema.errors import BadInputError

KIND = "key-possession+jwt"
MOST_KEYS = 8
_MAX_AHEAD = 300
_MAX_TEXT = 4096
_KID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """A public key as it will be stored: its own members and its name, nothing else of what was sent."""

    kid: str
    jwk: Mapping[str, Any]
    thumbprint: str


def offered(jwk: Any) -> OfferedKey:
    """An acceptable public key. Raises BadInputError with the reason, which repeats nothing of the key."""
    if not isinstance(jwk, Mapping):
        raise BadInputError("A key is a JSON object (JWK).", reason="INVALID_KEY")
    if SECRET_MEMBERS & jwk.keys() or jwk.get("kty") == "oct":
        # Whoever sent it has to throw it away: it has left their house.
        raise BadInputError("Send public keys only; a private or symmetric key is not accepted.", reason="PRIVATE_KEY")
    if jwk.get("use", "sig") != "sig" or ("alg" in jwk and KEY_TYPES.get(str(jwk["alg"])) != jwk.get("kty")):
        raise BadInputError(f"A key is for signing with one of {_ALGORITHMS}.", reason="INVALID_KEY")
    members = public_members(jwk)
    if members is None or not all(isinstance(value, str) and len(value) <= _MAX_TEXT for value in members.values()):
        raise BadInputError("A key is EC P-256, OKP Ed25519 or RSA.", reason="INVALID_KEY")
    try:
        key = public_key(members)
        thumbprint = key.thumbprint()
        raw: Any = key.raw_value
        # Zeros in front make another text, and so another thumbprint, of the same key: a retired one would come back.
        is_plain = type(key).import_key(raw).thumbprint() == thumbprint
    except ValueError:
        is_plain = False
    if not is_plain:
        raise BadInputError("A key cannot be used: prefer EC P-256; RSA has at least 2048 bits.", reason="INVALID_KEY")
    kid = jwk.get("kid", thumbprint)
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise BadInputError("A `kid` has 1 to 128 visible ASCII characters.", reason="INVALID_KID")
    return OfferedKey(kid, {**members, "kid": kid}, thumbprint)


def offered_set(jwks: Any) -> list[OfferedKey]:
    """The acceptable keys of a JWK set: one to eight, each name and each key once. Raises BadInputError."""
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, Sequence) or isinstance(keys, str) or not 1 <= len(keys) <= MOST_KEYS:
        raise BadInputError(f"A key set has `keys`, one to {MOST_KEYS}.", reason="INVALID_KEY")
    found = [offered(key) for key in keys]
    if len({key.kid for key in found}) < len(found) or len({key.thumbprint for key in found}) < len(found):
        raise BadInputError("Each `kid` and each key stands once in a set.", reason="DUPLICATE_KID")
    return found


def check_possession(
    keys: Sequence[OfferedKey], proofs: Any, *, client_id: str, issuer: Issuer, now: float, code: str | None = None
) -> None:
    """Each key has signed its proof. Raises BadInputError, the same for every broken rule."""
    texts = list(proofs) if isinstance(proofs, Sequence) and not isinstance(proofs, str) else []
    by_kid: dict[str, signed.Signed] = {}
    for text in texts[: MOST_KEYS + 1]:
        token = _read(text)
        by_kid[token.heading("kid") or ""] = token
    whole = len(by_kid) == len(texts) == len(keys)
    if not whole or not all(_proves(by_kid.get(key.kid), key, client_id, issuer, now, code) for key in keys):
        raise BadInputError(_SENTENCE, reason="NOT_PROVEN")


def _read(text: Any) -> signed.Signed:
    try:
        return signed.read(text if isinstance(text, str) else "")
    except ValueError:
        raise BadInputError(_SENTENCE, reason="NOT_PROVEN") from None


def _proves(
    token: signed.Signed | None, key: OfferedKey, client_id: str, issuer: Issuer, now: float, code: str | None
) -> bool:
    if token is None:
        return False
    algorithm, expires = token.heading("alg"), token.moment("exp")
    if algorithm not in ALGORITHMS or key.jwk["kty"] != KEY_TYPES[algorithm]:
        return False
    return (
        token.kind == KIND
        and token.word("iss") == client_id
        and token.word("aud") == issuer.url
        and token.word("code_s256") == (None if code is None else code_digest(code))
        and is_current(token, now)
        and expires is not None
        and expires <= now + _MAX_AHEAD + SKEW
        and signed.is_signed_by(token, public_key(key.jwk), algorithm)
    )


def code_digest(code: str) -> str:
    """The SHA-256 of an enrolment code, in base64url."""
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


def thumbprint_of(jwk: Mapping[str, Any]) -> str:
    """The RFC 7638 thumbprint of a key that is stored."""
    return public_key(jwk).thumbprint()


def fingerprint(keys: Sequence[OfferedKey], jwks_uri: str | None) -> str:
    """What two people compare on the telephone: 128 bits over the keys' thumbprints and their address."""
    said = "\n".join([*sorted(key.thumbprint for key in keys), jwks_uri or ""])
    digits = hashlib.sha256(said.encode()).hexdigest()[:32]
    return "-".join(digits[place : place + 4] for place in range(0, 32, 4))


_ALGORITHMS = ", ".join(sorted(ALGORITHMS))
_SENTENCE = (
    "Each key signs one proof: typ key-possession+jwt, its kid, iss the client_id, aud the issuer, exp at most 5 minutes "
    "ahead, and at an enrolment code_s256, the SHA-256 of the code in base64url."
)
