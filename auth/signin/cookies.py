"""Our cookies: `__Host-` and Secure over https, read strictly, written in one way."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from auth.oauth.issuer import Issuer

_ID_BYTES = 32  # 256 bits
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
# Longer than any browser sends; a longer one is not read at all.
_LONGEST_HEADER = 8192


def new_id() -> str:
    """A fresh identifier that nobody can guess."""
    return secrets.token_urlsafe(_ID_BYTES)


def digest_of(identifier: str) -> bytes:
    """What is stored and compared instead of an identifier."""
    return hashlib.sha256(identifier.encode("ascii")).digest()


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of ours: host-only, for the whole site, invisible to scripts."""

    name: str
    secure: bool
    # A session of the browser, unless it is for a moment only.
    seconds: int | None = None

    @classmethod
    def named(cls, name: str, issuer: Issuer, seconds: int | None = None) -> "Cookie":
        """The cookie of this name.

        On a loopback http address it has no `__Host-` prefix and is not Secure, because browsers would drop it there;
        such an address is accepted for a machine's own use only (auth/oauth/issuer.py).
        """
        secure = issuer.url.startswith("https://")
        return cls(f"__Host-{name}" if secure else name, secure, seconds)

    def value_of(self, header: str | None) -> str | None:
        """Its value in a Cookie header; None where it is missing, or there twice: then somebody else set one of them."""
        if header is None or len(header) > _LONGEST_HEADER:
            return None
        found = [
            value
            for name, _, value in (part.strip(" ").partition("=") for part in header.split(";"))
            if name == self.name
        ]
        return found[0] if len(found) == 1 else None

    def id_of(self, header: str | None) -> str | None:
        """Its value, if it has the shape of an identifier."""
        value = self.value_of(header)
        return value if value is not None and _ID.fullmatch(value) else None

    def set(self, value: str) -> str:
        """The Set-Cookie header that gives it."""
        return self._line(value, self.seconds)

    def clear(self) -> str:
        """The Set-Cookie header that takes it away."""
        return self._line("", 0)

    def _line(self, value: str, seconds: int | None) -> str:
        # Lax, not Strict: the provider sends people back to us by a link of its own.
        parts = [f"{self.name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts += ["Secure"] if self.secure else []
        parts += [] if seconds is None else [f"Max-Age={seconds}"]
        return "; ".join(parts)
