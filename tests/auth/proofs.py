"""Proofs of possession with anything about them replaced, and what the check makes of them now."""

import secrets
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key

from auth.oauth import dpop
from auth.oauth.nonces import Nonces
from tests.auth.oauth_world import ISSUER, now_seconds

KEY = ECKey.generate_key("P-256")
NO_NONCES = Nonces(None)


def proof(key: Key = KEY, url: str = ISSUER.api, **changes: Any) -> str:
    """A proof with claims replaced (None removes one), and header members by `header_*`."""
    claims = {"htm": "POST", "htu": url, "iat": now_seconds(), "jti": secrets.token_urlsafe(18)}
    claims |= {name: value for name, value in changes.items() if not name.startswith("header_")}
    header: dict[str, Any] = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
    header |= {name.removeprefix("header_"): value for name, value in changes.items() if name.startswith("header_")}
    header = {name: value for name, value in header.items() if value is not None}
    plain = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(header, plain, key, algorithms=[header.get("alg", "ES256")], default_type=None)


def checked(header: str | None, method: str = "POST", url: str = ISSUER.api, **options: Any) -> dpop.Proof:
    """What the check makes of it, now."""
    return dpop.check(header, method, url, options.pop("nonces", NO_NONCES), now_seconds(), **options)
