"""A provider that may say who a person is: how it is configured here, and what it says about itself."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import orjson
from joserfc.jwk import Key

from auth.oauth.client_keys import public_key
from auth.oauth.issuer import is_loopback
from schema.errors import RefusedError, SetupError, UnavailableError

# What ProConnect calls two factors (its documentation on MFA); another provider has a list of its own.
PROCONNECT_ACR = (
    "eidas0-mfa",
    "eidas1-mfa",
    "eidas2",
    "eidas3",
    "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
)
PROCONNECT_SCOPE = "openid given_name usual_name email uid siret idp_id"
OWN_SCOPE = "openid profile email"
# The algorithm is pinned per provider; RS256 is what most organisations' own providers still sign with.
KEY_TYPES: Mapping[str, str] = {"ES256": "EC", "PS256": "RSA", "RS256": "RSA", "EdDSA": "OKP"}

PATIENCE = 5.0
MOST_BYTES = 65_536
_METADATA_LIFE = 3600.0
_KEYS_LIFE = 600.0
_KEYS_RETRY = 60.0
_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class SignInRefusedError(RefusedError):
    """A sign-in that did not prove who somebody is; `reason` is for our log, and the page is the same for every one."""

    code = "UNAUTHENTICATED"
    sentence = (
        "Votre identité n’a pas pu être vérifiée, ou aucun accès n’y correspond. Recommencez ; si cela se répète, "
        "adressez-vous à la personne qui vous a invité(e)."
    )
    status = 403


class WrongInvitationError(SignInRefusedError):
    """A code that fits no invitation for this person: the one thing about a sign-in that could be guessed."""


class TwoFactorsError(SignInRefusedError):
    """The person is known, and has signed in with one factor only."""

    sentence = (
        "Votre fournisseur d’identité n’a pas confirmé une authentification à deux facteurs, que Maillage exige. "
        "Activez-la auprès de lui, puis reconnectez-vous."
    )


@dataclass(frozen=True, slots=True)
class Provider:
    """One row of the providers, its secret opened."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    accepted_acr: tuple[str, ...]
    signed_userinfo: bool
    algorithm: str
    # The only organisation it may vouch for; None for ProConnect, which vouches for all by their SIRET.
    organisation_id: UUID | None


def checked_issuer(issuer: str) -> str:
    """An issuer as it can be used. Raises SetupError for anything but https (http on loopback, for tests)."""
    if not is_safe(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise SetupError("The issuer has to be an https address without query: copy it from the provider's metadata.")
    return issuer


def is_id(name: str) -> bool:
    """Whether this can be a provider's name in our addresses."""
    return _ID.fullmatch(name) is not None


def checked_id(name: str) -> str:
    """A provider's name in our addresses. Raises SetupError."""
    if not is_id(name):
        raise SetupError("The name has 2 to 40 characters: lower-case letters, digits, dashes; a letter comes first.")
    return name


def is_safe(url: object) -> bool:
    """Whether an address is https; http is for a provider on this very machine only (tests)."""
    # Printable: `urlsplit` forgets line breaks, and one of these addresses is said in a header.
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(parts.hostname))))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says about its own addresses (OpenID Connect Discovery)."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    # RFC 9207: its answers name their issuer, so an answer of another provider cannot be passed off as its own.
    names_itself: bool
    takes_claims: bool


class Facts:
    """Metadata and keys of providers, fetched when needed and kept for a while."""

    def __init__(self, http: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock
        self._metadata: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, Mapping[str, Key]]] = {}

    async def metadata(self, provider: Provider) -> Metadata:
        """The provider's addresses. Raises UnavailableError, SignInRefusedError where they cannot be trusted."""
        kept = self._metadata.get(provider.issuer)
        if kept is not None and self._clock() - kept[0] < _METADATA_LIFE:
            return kept[1]
        document = await self._json(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        found = _metadata(document, provider)
        self._metadata[provider.issuer] = (self._clock(), found)
        return found

    async def key(self, provider: Provider, kid: str | None) -> Key | None:
        """The key of this name that the provider signs with; an unknown name is looked for again once a minute."""
        if kid is None:
            return None
        age, keys = self._known_keys(provider)
        if age > _KEYS_LIFE or (kid not in keys and age > _KEYS_RETRY):
            document = await self._json((await self.metadata(provider)).jwks_uri)
            keys = _keys(document, KEY_TYPES[provider.algorithm])
            self._keys[provider.issuer] = (self._clock(), keys)
        return keys.get(kid)

    def _known_keys(self, provider: Provider) -> tuple[float, Mapping[str, Key]]:
        fetched, keys = self._keys.get(provider.issuer, (float("-inf"), {}))
        return self._clock() - fetched, keys

    async def _json(self, url: str) -> Any:
        status, _, body = await fetch(self._http, "GET", url)
        if status != httpx2.codes.OK:
            raise UnavailableError(reason="provider: no metadata")
        return read_json(body)


def _metadata(document: Any, provider: Provider) -> Metadata:
    # Discovery, section 4.3: the issuer MUST be exactly the one asked.
    if not isinstance(document, dict) or document.get("issuer") != provider.issuer:
        raise SignInRefusedError(reason="metadata: issuer")
    if not all(_is_endpoint(document.get(name), provider) for name in _ENDPOINTS):
        raise SignInRefusedError(reason="metadata: endpoints")
    ending = document.get("end_session_endpoint")
    return Metadata(
        **{name: document[name] for name in _ENDPOINTS},
        end_session_endpoint=ending if _is_endpoint(ending, provider) else None,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        takes_claims=document.get("claims_parameter_supported") is True,
    )


def _is_endpoint(url: object, provider: Provider) -> bool:
    """Whether a provider may name this address: one elsewhere must not send us to a service of our own machine."""
    return is_safe(url) and (str(url).startswith("https:") or provider.issuer.startswith("http:"))


def _keys(document: Any, kind: str) -> Mapping[str, Key]:
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, Key] = {}
    for jwk in listed if isinstance(listed, list) else ():
        if isinstance(jwk, dict) and isinstance(jwk.get("kid"), str) and jwk.get("kty") == kind:
            try:
                found[jwk["kid"]] = public_key(jwk)
            except ValueError:
                continue
    return found


async def fetch(http: httpx2.AsyncClient, method: str, url: str, **options: Any) -> tuple[int, str, bytes]:
    """Status, media type and body of an answer of a provider: no redirects, so many bytes and seconds, no more.

    Raises: UnavailableError where it does not answer so.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE), http.stream(method, url, follow_redirects=False, **options) as answer:
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise UnavailableError(reason="provider: answer too large")
            media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            return answer.status_code, media, bytes(body)
    # InvalidURL is no HTTPError; ValueError is a token that fits into no header.
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as problem:
        raise UnavailableError(reason=f"provider: {type(problem).__name__}") from problem


def read_json(body: bytes) -> Any:
    """JSON of a provider. Raises SignInRefusedError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise SignInRefusedError(reason="provider: not JSON") from None
