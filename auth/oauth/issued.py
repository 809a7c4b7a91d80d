"""The access tokens that we issued ourselves: what each has to be, for the API and for introspection alike."""

from auth.oauth import signed
from auth.oauth.guard import is_jti
from auth.oauth.issuer import Issuer
from auth.oauth.signing_keys import ALGORITHM

LEEWAY = 10
_KIND = "at+jwt"
_HEADER_MEMBERS = frozenset({"alg", "typ", "kid"})


def has_our_header(token: signed.Signed) -> bool:
    """Whether the header is as we write it: jwk, jku and x5u would let a token bring its own key."""
    return set(token.header) <= _HEADER_MEMBERS and token.heading("alg") == ALGORITHM and token.kind == _KIND


def broken_claim(token: signed.Signed, issuer: Issuer, now: float) -> str | None:
    """What is wrong with the claims of a token whose signature is ours; None if nothing is."""
    expires, begins, issued = (token.moment(name) for name in ("exp", "nbf", "iat"))
    if expires is None or begins is None or issued is None:
        return "times"
    if expires <= now - LEEWAY or begins > now + LEEWAY or issued > now + LEEWAY:
        return "times"
    if token.word("iss") != issuer.url or token.word("aud") != issuer.api:
        return "issuer or audience"
    if not token.word("sub") or not is_jti(token.word("jti") or ""):
        return "subject or id"
    return None
