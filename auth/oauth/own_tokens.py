"""What a client may ask about its own tokens: introspection (RFC 7662) and revocation (RFC 7009).

Both subclass Authlib's plain endpoints: its classes for JWT access tokens refuse to revoke them, and introspect without
looking whether they were revoked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # type: ignore[import-untyped]

from auth.oauth import signed
from auth.oauth.client_keys import public_key
from auth.oauth.issued import broken_claim, has_our_header
from auth.oauth.signing_keys import ALGORITHM
from auth.oauth.store import AUTH_METHODS, Client

if TYPE_CHECKING:
    from auth.oauth.server import PartnerRequest, PartnerServer

_TOLD = tuple("iss aud sub client_id scope iat nbf jti cnf org hab purpose acr auth_time".split())


class OwnToken:
    """A live token of the client that asks, its signature ours."""

    def __init__(self, token: signed.Signed, ends: datetime) -> None:
        self.id = str(token.word("jti"))
        self.claims: Mapping[str, Any] = token.claims
        self.ends = ends

    def is_expired(self) -> bool:
        """Never: `find` gives only what stands at this moment."""
        return False

    def is_revoked(self) -> bool:
        """Never, in the same way."""
        return False

    def check_client(self, client: Client) -> bool:
        """Whether it is the client's: `find` looked."""
        return self.claims.get("client_id") == client.id


def find(text: str, server: "PartnerServer", client: Client) -> OwnToken | None:
    """The client's own live token with this text.

    None for everything else alike, so that nobody learns which tokens others have.
    """
    try:
        token = signed.read(text)
    except ValueError:
        return None
    kid = token.heading("kid")
    jwk = server.store.public_key(kid) if has_our_header(token) and kid is not None else None
    if jwk is None or not signed.is_signed_by(token, public_key(jwk), ALGORITHM):
        return None
    if broken_claim(token, server.rules.issuer, server.now):
        return None
    ends = server.store.standing_until(str(token.word("jti")), client.id)
    return None if ends is None else OwnToken(token, ends)


class _OwnTokens:
    """What both have in common: how the client authenticates, and that only its own tokens exist for it."""

    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: "PartnerServer"

    def authenticate_token(self, request: "PartnerRequest", client: Client) -> OwnToken | None:
        """Look for the token whatever `token_type_hint` says: there is one kind only (RFC 7009, section 2.1)."""
        return find(request.form["token"], self.server, client)


class Introspection(_OwnTokens, IntrospectionEndpoint):  # type: ignore[misc]
    """Whether a token stands at this moment, as every statement of the API asks it."""

    def introspect_token(self, token: OwnToken) -> dict[str, Any]:
        """What the token says, until when it holds, and how it has to be shown."""
        return {
            "active": True,
            **{name: token.claims[name] for name in _TOLD if name in token.claims},
            "exp": int(token.ends.timestamp()),
            "token_type": "DPoP" if "cnf" in token.claims else "Bearer",
        }


class Revocation(_OwnTokens, RevocationEndpoint):  # type: ignore[misc]
    """The end of a token: the next statement of any process refuses it, and open streams are closed."""

    def revoke_token(self, token: OwnToken, _request: "PartnerRequest") -> None:
        """End it."""
        self.server.end(token)
