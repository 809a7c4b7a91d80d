"""Forms that only our own pages can send: a token bound to the visitor's cookie, and the Origin header."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from auth.oauth.issuer import Issuer


class Forms:
    """Makes and checks the tokens of forms; nothing is stored."""

    def __init__(self, key: bytes, issuer: Issuer) -> None:
        self._key = key
        self._origin = issuer.url

    def token(self, visitor: str) -> str:
        """The token for the forms of whoever has this cookie: useless with any other."""
        mac = hmac.new(self._key, b"form\0" + visitor.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(mac).rstrip(b"=").decode()

    def is_ours(self, visitor: str | None, origin: str | None, token: str | None) -> bool:
        """Whether one of our pages, shown to this visitor, sent a form.

        Browsers send Origin with every POST. It is compared with the configured address, never with Host.
        """
        if visitor is None or token is None or not token.isascii() or not self.is_our_origin(origin):
            return False
        return hmac.compare_digest(self.token(visitor), token)

    def is_our_origin(self, origin: str | None) -> bool:
        """Whether a request comes from a page of ours."""
        return origin == self._origin
