"""Who the client is: `private_key_jwt` (RFC 7523, sections 2.2 and 3), strict where Authlib's own class is loose."""

from collections.abc import Mapping
from datetime import UTC, datetime

from auth.oauth import signed
from auth.oauth.client_keys import ALGORITHMS, KEY_TYPES, decoy, public_key
from auth.oauth.guard import is_client_id, is_jti
from auth.oauth.issuer import Issuer
from auth.oauth.refusals import unproven_client
from auth.oauth.store import Client, Store
from schema.vocabulary import ClientAuthentication

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SKEW = 10
_MAX_AHEAD = 300
_KINDS = frozenset({"", "jwt", "client-authentication+jwt"})


def authenticate(
    token: signed.Signed | None, form: Mapping[str, str], store: Store, issuer: Issuer, now: float
) -> Client:
    """The client that signed the assertion of a guarded form. Raises OAuth2Error, the same for every broken rule."""
    if token is None or form.get("client_assertion_type") != ASSERTION_TYPE:
        raise unproven_client("no_client_assertion")
    client_id = token.word("sub")
    if client_id is None or not is_client_id(client_id):
        raise unproven_client("sub")
    client = store.client(client_id)
    # Always one verification, so that an unknown client takes as long as a bad signature.
    proven = is_signed_by_client(token, client)
    if client is None or not proven:
        raise unproven_client("unknown_client" if client is None else "signature")
    broken = _broken_rule(token, client, form, issuer, now)
    if broken:
        raise unproven_client(broken)
    if not use_once(token, "client", client.id, store):
        raise unproven_client("replayed")
    return client


def is_signed_by_client(token: signed.Signed, client: Client | None) -> bool:
    """Whether one of the client's live keys signed this; takes about as long for a client that does not exist."""
    algorithm, kid = token.heading("alg"), token.heading("kid")
    if algorithm is None or algorithm not in ALGORITHMS:
        return False
    jwk = client.keys.get(kid) if client is not None and kid is not None else None
    if jwk is None or jwk.get("kty") != KEY_TYPES[algorithm]:
        return signed.is_signed_by(token, decoy(algorithm), algorithm)
    try:
        key = public_key(jwk)
    except ValueError:
        return False
    return signed.is_signed_by(token, key, algorithm)


def use_once(token: signed.Signed, kind: str, subject: str, store: Store) -> bool:
    """Mark an assertion, whose `jti` and `exp` were checked, as used; False if it was before."""
    until = (token.moment("exp") or 0) + 2 * SKEW
    return store.use_once(kind, subject, str(token.word("jti")), datetime.fromtimestamp(until, UTC))


def is_current(token: signed.Signed, now: float) -> bool:
    """Whether `exp` is there and ahead, and `nbf` and `iat`, where present, are not."""
    expires = token.moment("exp")
    if expires is None or expires <= now - SKEW:
        return False
    for name in ("nbf", "iat"):
        moment = token.moment(name)
        if name in token.claims and (moment is None or moment > now + SKEW):
            return False
    return True


def _broken_rule(
    token: signed.Signed, client: Client, form: Mapping[str, str], issuer: Issuer, now: float
) -> str | None:
    audiences = {issuer.url, issuer.token_endpoint} if client.legacy_aud else {issuer.url}
    expires, jti = token.moment("exp"), token.word("jti")
    rules = (
        ("method", client.auth_method is ClientAuthentication.PRIVATE_KEY_JWT),
        ("typ", token.kind in _KINDS),
        ("iss", token.word("iss") == client.id),
        ("client_id", form.get("client_id", client.id) == client.id),
        # One string: an assertion addressed to several servers could be replayed by any of them.
        ("aud", token.word("aud") in audiences),
        ("time", is_current(token, now)),
        ("life", expires is not None and expires <= now + _MAX_AHEAD + SKEW),
        ("jti", jti is not None and is_jti(jti)),
    )
    return next((name for name, holds in rules if not holds), None)
