"""OpenID Connect with a code: where to send a person, and what they must bring back to be believed.

Authlib builds the requests (PKCE, client authentication) and checks what its claim sets check; everything it leaves
open is refused here: foreign audiences, a missing ID token, the issuer of the response, ProConnect's signed userinfo.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import orjson
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc.errors import JoseError

from auth.oauth import signed
from auth.signin.attempt import Attempt
from auth.signin.provider import Facts, Metadata, Provider, SignInRefusedError, TwoFactorsError, fetch, read_json

LEEWAY = 30
_LONGEST_ANSWER = 4096
_LONGEST_SUBJECT = 255
_CODE_MISSING = "no code"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider has proven about a person."""

    provider: Provider
    subject: str
    acr: str
    email: str | None
    email_verified: bool
    siret: str | None
    id_token: str


def authorization_url(
    provider: Provider, metadata: Metadata, attempt: Attempt, redirect_uri: str, *, again: bool
) -> str:
    """Where the person goes; `again` asks for a new sign-in, where the last one had one factor only."""
    extra: dict[str, str] = {"nonce": attempt.nonce}
    if again:
        extra["prompt"] = "login"
    # Two factors are asked for as an essential claim; ProConnect refuses parameters that it does not know.
    if metadata.takes_claims:
        wanted = {"id_token": {"acr": {"essential": True, "values": list(provider.accepted_acr)}}}
        extra["claims"] = orjson.dumps(wanted).decode()
    else:
        extra["acr_values"] = " ".join(provider.accepted_acr)
    url, _ = _client(provider, redirect_uri).create_authorization_url(
        metadata.authorization_endpoint, state=attempt.state, code_verifier=attempt.verifier, **extra
    )
    return str(url)


def code_of(query: bytes, provider: Provider, metadata: Metadata, attempt: Attempt) -> str:
    """The code in the provider's answer. Raises SignInRefusedError where the answer is not for this attempt."""
    given = _parameters(query)
    if not hmac.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
        raise SignInRefusedError(reason="state")
    # RFC 9207, section 2.4: a client MUST compare it where it is there, and MUST insist on it where it was announced.
    if given.get("iss", None if metadata.names_itself else provider.issuer) != provider.issuer:
        raise SignInRefusedError(reason="response issuer")
    if "error" in given:
        raise SignInRefusedError(reason="refused by the provider")
    if not given.get("code"):
        raise SignInRefusedError(reason=_CODE_MISSING)
    return given["code"]


async def identity_of(
    code: str,
    provider: Provider,
    facts: Facts,
    http: httpx2.AsyncClient,
    attempt: Attempt,
    redirect_uri: str,
    now: float,
) -> Identity:
    """Who the person is. Raises SignInRefusedError, TwoFactorsError, UnavailableError."""
    metadata = await facts.metadata(provider)
    tokens = await _tokens(code, provider, metadata, http, attempt, redirect_uri)
    claims = await _id_token(tokens, provider, facts, attempt, now)
    subject, acr = claims.word("sub"), claims.word("acr")
    if not subject or len(subject) > _LONGEST_SUBJECT:
        raise SignInRefusedError(reason="sub")
    if acr is None or acr not in provider.accepted_acr:
        raise TwoFactorsError(reason="acr")
    told = await _userinfo(tokens["access_token"], provider, facts, metadata, http)
    # Core, section 5.3.2: userinfo MUST be about the subject of the ID token, or it MUST NOT be used.
    if told.get("sub") != subject:
        raise SignInRefusedError(reason="userinfo: sub")
    email, siret = told.get("email"), told.get("siret")
    return Identity(
        provider=provider,
        subject=subject,
        acr=acr,
        email=email if isinstance(email, str) else None,
        email_verified=told.get("email_verified") is True,
        siret=siret if isinstance(siret, str) else None,
        id_token=tokens["id_token"],
    )


def sign_out_url(metadata: Metadata, id_token: str, state: str, back: str) -> str | None:
    """Where the person's session at the provider ends (RP-initiated logout), if it offers that."""
    if metadata.end_session_endpoint is None:
        return None
    asked = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back}
    return f"{metadata.end_session_endpoint}{'&' if '?' in metadata.end_session_endpoint else '?'}{urlencode(asked)}"


class _Requests(OAuth2Client):  # type: ignore[misc]
    """Authlib's client, which here only writes requests: we send them ourselves, within our limits."""

    def _fetch_token(
        self, url: str, body: str = "", headers: Any = None, auth: Any = None, method: str = "POST"
    ) -> tuple[str, dict[str, str], str]:
        prepared: tuple[str, dict[str, str], str] = auth.prepare(method, url, dict(headers), body)
        return prepared


def _client(provider: Provider, redirect_uri: str) -> _Requests:
    return _Requests(
        None,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 (a method's name; ProConnect knows this one only)
        scope=provider.scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


async def _tokens(
    code: str, provider: Provider, metadata: Metadata, http: httpx2.AsyncClient, attempt: Attempt, redirect_uri: str
) -> Mapping[str, str]:
    """The provider's answer to the code, with both tokens in it."""
    url, headers, body = _client(provider, redirect_uri).fetch_token(
        metadata.token_endpoint,
        grant_type="authorization_code",
        code=code,
        code_verifier=attempt.verifier,
        redirect_uri=redirect_uri,
    )
    status, _, answer = await fetch(http, "POST", url, content=body, headers=headers)
    if status != httpx2.codes.OK:
        raise SignInRefusedError(reason="token endpoint")
    tokens = read_json(answer)
    if not isinstance(tokens, dict) or not all(
        isinstance(tokens.get(name), str) for name in ("access_token", "id_token")
    ):
        raise SignInRefusedError(reason="no ID token")
    return tokens


async def _id_token(
    tokens: Mapping[str, str], provider: Provider, facts: Facts, attempt: Attempt, now: float
) -> signed.Signed:
    token = await _signed_by(tokens["id_token"], provider, facts)
    params = {"nonce": attempt.nonce, "client_id": provider.client_id, "access_token": tokens["access_token"]}
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": attempt.nonce},
    }
    _check_audience(token, provider)
    try:
        CodeIDToken(dict(token.claims), dict(token.header), options, params).validate(int(now), LEEWAY)
    except (JoseError, ValueError, TypeError) as problem:
        raise SignInRefusedError(reason=f"ID token: {type(problem).__name__}") from None
    return token


async def _userinfo(
    access_token: str, provider: Provider, facts: Facts, metadata: Metadata, http: httpx2.AsyncClient
) -> Mapping[str, Any]:
    headers = {"Authorization": f"Bearer {access_token}"}
    status, media, body = await fetch(http, "GET", metadata.userinfo_endpoint, headers=headers)
    if status != httpx2.codes.OK or (media == "application/jwt") is not provider.signed_userinfo:
        raise SignInRefusedError(reason="userinfo")
    if provider.signed_userinfo:
        token = await _signed_by(body.decode("ascii", "replace"), provider, facts)
        # Core, section 5.3.2: signed userinfo SHOULD name its issuer and its audience; we insist.
        if token.word("iss") != provider.issuer:
            raise SignInRefusedError(reason="userinfo: iss")
        _check_audience(token, provider)
        return token.claims
    told = read_json(body)
    if not isinstance(told, dict):
        raise SignInRefusedError(reason="userinfo: shape")
    return told


async def _signed_by(text: str, provider: Provider, facts: Facts) -> signed.Signed:
    """A JWT that one of the provider's keys signed, with the one algorithm it is configured for."""
    try:
        token = signed.read(text)
    except ValueError:
        raise SignInRefusedError(reason="JWT: shape") from None
    if token.heading("alg") != provider.algorithm:
        raise SignInRefusedError(reason="JWT: algorithm")
    key = await facts.key(provider, token.heading("kid"))
    if key is None or not signed.is_signed_by(token, key, provider.algorithm):
        raise SignInRefusedError(reason="JWT: signature")
    return token


def _check_audience(token: signed.Signed, provider: Provider) -> None:
    # We alone: with a second audience somebody else could have been given the same token.
    if token.claims.get("aud") not in (provider.client_id, [provider.client_id]):
        raise SignInRefusedError(reason="aud")
    if "azp" in token.claims and token.word("azp") != provider.client_id:
        raise SignInRefusedError(reason="azp")


def _parameters(query: bytes) -> Mapping[str, str]:
    if len(query) > _LONGEST_ANSWER:
        raise SignInRefusedError(reason="answer: too long")
    try:
        listed = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=16, errors="strict")
    except ValueError:
        raise SignInRefusedError(reason="answer: shape") from None
    found = dict(listed)
    if len(found) != len(listed):
        raise SignInRefusedError(reason="answer: said twice")
    return found
