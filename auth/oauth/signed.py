"""Signed JWTs from outside: their shape is checked before any library reads them, then the signature."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key

# Strict, unlike the standard library's: each value has one writing, so a text cannot be changed into another that passes.
from joserfc.util import urlsafe_b64decode

MAX_LENGTH = 8192
_MAX_HEADER_LENGTH = 4096
_MAX_SIGNATURE_LENGTH = 1024
# A claim set is flat; libraries with recursive parsers must never see a deep one.
_MAX_BRACKETS = 32
_LAST_MOMENT = 2**40
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Signed:
    """A JWT of the right shape; nothing in it is proven before `is_signed_by`."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def word(self, name: str) -> str | None:
        """A claim that is a string, else None."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else None

    def moment(self, name: str) -> float | None:
        """A claim that is a time in seconds (RFC 7519, NumericDate), else None."""
        value = self.claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) and 0 <= value < _LAST_MOMENT else None

    def heading(self, name: str) -> str | None:
        """A header parameter that is a string, else None."""
        value = self.header.get(name)
        return value if isinstance(value, str) else None

    @property
    def kind(self) -> str | None:
        """The `typ`, as RFC 7515 section 4.1.9 compares it; empty if absent, None if it is not a string."""
        if "typ" not in self.header:
            return ""
        typ = self.heading("typ")
        return None if typ is None else typ.lower().removeprefix("application/")


def read(text: str) -> Signed:
    """Take a compact JWT apart. Raises ValueError if it has not the shape of one."""
    if len(text) > MAX_LENGTH or not _SHAPE.fullmatch(text):
        message = "not a compact JWT"
        raise ValueError(message)
    header, claims, _ = text.split(".")
    if len(header) > _MAX_HEADER_LENGTH:
        message = "header too long"
        raise ValueError(message)
    return Signed(text, _header(header), json_object(claims))


# A tool's assertions, and its proofs, all have the same header, and every token of ours has.
@lru_cache(maxsize=1024)
def _header(part: str) -> Mapping[str, Any]:
    return MappingProxyType(json_object(part))


def json_object(part: str) -> dict[str, Any]:
    """A part of a JWT as the object it is. Raises ValueError."""
    raw = urlsafe_b64decode(part.encode("ascii"))
    if raw.count(b"{") + raw.count(b"[") > _MAX_BRACKETS:
        message = "too deep"
        raise ValueError(message)
    value = orjson.loads(raw)
    if not isinstance(value, dict):
        message = "not a JSON object"
        raise ValueError(message)  # noqa: TRY004 - the caller treats every malformed part alike
    return value


class _OneAlgorithm(jws.JWSRegistry):
    """Accepts exactly the algorithm that the caller pinned; ignores unknown header members (RFC 7515, section 4)."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm], strict_check_header=False)
        self._algorithm = algorithm

    def get_alg(self, name: str) -> Any:
        # joserfc warns on the older name EdDSA, which RFC 9864 still lets clients send.
        if name != self._algorithm:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


_REGISTRIES = {name: _OneAlgorithm(name) for name in ("ES256", "PS256", "EdDSA", "Ed25519", "RS256")}


def is_signed_by(token: Signed, key: Key, algorithm: str) -> bool:
    """Whether the signature is this key's, under this algorithm and no other.

    The library's own steps, without those that `read` has taken: it would read header and claims a second time.
    """
    # `crit` (b64 among others) changes what is signed; we understand no such extension, so we must refuse it.
    if "crit" in token.header or "b64" in token.header:
        return False
    signing_input, _, part = token.text.rpartition(".")
    try:
        method = _method(signing_input.partition(".")[0], algorithm)
        method.check_key(key)
        if len(part) > _MAX_SIGNATURE_LENGTH:
            return False
        return bool(method.verify(signing_input.encode("ascii"), urlsafe_b64decode(part.encode("ascii")), key))
    except (JoseError, ValueError, TypeError):
        return False


# What a header may say of itself does not change from one token to the next.
@lru_cache(maxsize=1024)
def _method(header: str, algorithm: str) -> Any:
    """The library's algorithm for a header that it accepts. Raises: JoseError, ValueError."""
    registry, said = _REGISTRIES[algorithm], dict(_header(header))
    registry.check_header(said)
    return registry.get_alg(said["alg"])
