"""The other side: how a partner's tool signs its assertions and proofs; used by the demonstration clients and the tests."""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import Key

from auth.oauth import possession
from auth.oauth.dpop import KIND as PROOF
from auth.oauth.dpop import ath_of
from auth.oauth.person_assertion import KIND
from auth.oauth.possession import code_digest
from schema.vocabulary import Purpose


def make_client_assertion(
    key: Key, client_id: str, issuer: str, *, kid: str | None = None, algorithm: str = "ES256", life: int = 60
) -> str:
    """A `client_assertion` (RFC 7523, section 2.2) by which the tool proves who it is."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + life,
        "jti": secrets.token_urlsafe(18),
    }
    return sign(key, claims, kind="client-authentication+jwt", kid=kid, algorithm=algorithm)


def make_person_assertion(
    key: Key,
    client_id: str,
    issuer: str,
    member_id: UUID,
    *,
    acr: str,
    auth_time: int,
    habilitation_id: UUID | None = None,
    purpose: Purpose | None = None,
    kid: str | None = None,
    algorithm: str = "ES256",
) -> str:
    """An `assertion` (RFC 7523, section 2.1) by which the tool vouches for one of its own members."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": str(member_id),
        "aud": issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(18),
        "auth_time": auth_time,
        "acr": acr,
    }
    if habilitation_id is not None:
        claims["hab"] = str(habilitation_id)
    if purpose is not None:
        claims["purpose"] = purpose.value
    return sign(key, claims, kind=KIND, kid=kid, algorithm=algorithm)


def make_possession_proof(
    key: Key, client_id: str, issuer: str, *, code: str | None = None, kid: str | None = None, algorithm: str = "ES256"
) -> str:
    """What a key signs to be registered; with the code of the enrolment, where it is one."""
    now = int(time.time())
    claims: dict[str, Any] = {"iss": client_id, "aud": issuer, "iat": now, "exp": now + 60}
    if code is not None:
        claims["code_s256"] = code_digest(code)
    return sign(key, claims, kind=possession.KIND, kid=kid, algorithm=algorithm)


def sign(key: Key, claims: Mapping[str, Any], *, kind: str, kid: str | None = None, algorithm: str = "ES256") -> str:
    """A compact JWT; `kid` is the key's own name, else its RFC 7638 thumbprint."""
    header = {"alg": algorithm, "typ": kind, "kid": kid or key.kid or key.thumbprint()}
    return jwt.encode(header, dict(claims), key, algorithms=[algorithm])


def make_proof(
    key: Key,
    method: str,
    url: str,
    *,
    token: str | None = None,
    nonce: str | None = None,
    algorithm: str = "ES256",
) -> str:
    """A DPoP proof (RFC 9449) for one request; with the access token where the request carries one."""
    claims: dict[str, Any] = {"htm": method, "htu": url, "iat": int(time.time()), "jti": secrets.token_urlsafe(18)}
    if token is not None:
        claims["ath"] = ath_of(token)
    if nonce is not None:
        claims["nonce"] = nonce
    header = {"alg": algorithm, "typ": PROOF, "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, algorithms=[algorithm])
