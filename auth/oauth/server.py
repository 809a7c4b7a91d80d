"""The token endpoint: Authlib's synchronous core, one server object per request, strict where the core is loose."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    AuthorizationServer,
    ClientCredentialsGrant,
    OAuth2Error,
    OAuth2Request,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import JWTBearerGrant  # type: ignore[import-untyped]
from joserfc.jwk import KeySet

from auth.oauth import client_assertion, client_secret, dpop, guard, signed
from auth.oauth.issuer import Issuer
from auth.oauth.nonces import Nonces
from auth.oauth.own_tokens import Introspection, OwnToken, Revocation
from auth.oauth.person_assertion import GRANT_TYPE, Purposes, vouched_person
from auth.oauth.refusals import forbidden_grant, malformed, refused_proof, refused_scope, unproven_client
from auth.oauth.store import AUTH_METHODS, Client, SigningKey, Store
from auth.oauth.tokens import AccessTokens
from schema.errors import NonceError, ProofError
from schema.vocabulary import organisation_audience

# At DEBUG Authlib logs whole tokens.
logging.getLogger("authlib").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class OAuthReply:
    """An answer of an OAuth endpoint; `reason`, `client_id` and `ended` are for our own log and are never sent."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...]
    reason: str | None = None
    client_id: str | None = None
    # The claims of the token that a revocation has ended; None where there was none to end.
    ended: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is the same for every request: who we are, the purposes of a role, how a signing key is opened, nonces."""

    issuer: Issuer
    purposes: Purposes
    open_key: Callable[[SigningKey], KeySet]
    nonces: Nonces


@dataclass(frozen=True, slots=True)
class Screened:
    """A well-formed request, its DPoP proof and the secret it shows; nothing was looked up or written yet."""

    form: Mapping[str, str]
    proof: dpop.Proof | None
    secret: client_secret.Presented | None = None
    assertions: Mapping[str, signed.Signed] = field(default_factory=dict)

    @property
    def client_id(self) -> str | None:
        """Which client it claims to be."""
        return self._subject("client_assertion") if self.secret is None else self.secret.client_id

    @property
    def member_id(self) -> str | None:
        """For whom it claims to ask."""
        return self._subject("assertion")

    def _subject(self, name: str) -> str | None:
        return self.assertions[name].word("sub") if name in self.assertions else None


def ended_meanwhile(client_id: str) -> OAuthReply:
    """The refusal where the client was suspended between the look at its row and the birth of its token."""
    return _refusal(unproven_client("ended meanwhile"), client_id)


def screen_own_token(request: guard.RawRequest) -> Screened | OAuthReply:
    """The form of a well-formed question about a token, or the refusal of any other."""
    try:
        return Screened(guard.own_token_form(request), None, _secret(request), request.assertions)
    except OAuth2Error as error:
        return _refusal(error, None)


def screen(request: guard.RawRequest, rules: Rules, now: float) -> Screened | OAuthReply:
    """The form of a well-formed token request with a proof that keeps its rules; the refusal of any other."""
    try:
        form, proof = guard.token_form(request), _proof(request, rules, now)
        return Screened(form, proof, _secret(request), request.assertions)
    except NonceError as error:
        nonce = rules.nonces.current(now) or ""
        return _refusal(refused_proof(error), None, ("DPoP-Nonce", nonce))
    except ProofError as error:
        return _refusal(refused_proof(error), None)
    except OAuth2Error as error:
        return _refusal(error, None)


def _secret(request: guard.RawRequest) -> client_secret.Presented | None:
    headers = request.header(b"authorization")
    shown = client_secret.presented(headers[0]) if headers else None
    if headers and shown is None:
        raise unproven_client("authorization_shape")
    return shown


def _proof(request: guard.RawRequest, rules: Rules, now: float) -> dpop.Proof | None:
    headers = request.header(b"dpop")
    if not headers:
        return None
    if len(headers) > 1:
        raise ProofError(reason="several proofs")
    return dpop.check(headers[0], request.method, rules.issuer.token_endpoint, rules.nonces, now)


def _refusal(error: OAuth2Error, client_id: str | None, *more: tuple[str, str]) -> OAuthReply:
    status, body, headers = error()
    headers.extend(more)
    if status == 405:  # noqa: PLR2004 - RFC 9110: a 405 MUST carry Allow
        headers.append(("Allow", "POST"))
    return OAuthReply(status, body, tuple(headers), getattr(error, "reason", error.error), client_id)


class PartnerRequest(OAuth2Request):  # type: ignore[misc]
    """A guarded form under our configured address; Host and X-Forwarded-* are never read."""

    def __init__(self, address: str, screened: Screened) -> None:
        super().__init__("POST", address)
        self._form = dict(screened.form)
        self.proof = screened.proof
        self.secret = screened.secret
        self.assertions = screened.assertions
        self.payload = BasicOAuth2Payload(self._form)

    @property
    def args(self) -> dict[str, str]:
        """Nothing: the guard refuses a query."""
        return {}

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return self._form


class _StrictGrant:
    """What both grants share: how a client authenticates, and that a scope is granted whole or not at all."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: PartnerRequest
    server: "PartnerServer"

    def validate_requested_scope(self) -> None:
        """Refuse a scope that the client does not have, rather than narrow it."""
        if self.request.client.get_allowed_scope(self.request.payload.scope) is None:
            raise refused_scope()


class OrganisationGrant(_StrictGrant, ClientCredentialsGrant):  # type: ignore[misc]
    """`client_credentials`: a token for the organisation alone, which reads nothing nominative."""

    def validate_token_request(self) -> None:
        """As RFC 6749 section 4.4, for the kinds of organisation that may read anything without a person."""
        super().validate_token_request()
        if organisation_audience(self.request.client.organisation_kind) is None:
            raise forbidden_grant("This organisation gets tokens for named persons only.")


class PersonGrant(_StrictGrant, JWTBearerGrant):  # type: ignore[misc]
    """The JWT bearer grant, with client authentication: a token for one member of the client's organisation."""

    def validate_token_request(self) -> None:
        """Replaces Authlib's, which issues without client authentication and without `sub`, and ignores `jti`."""
        assertion = self.request.assertions.get("assertion")
        if assertion is None:
            raise malformed("Send an assertion.")
        client: Client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(GRANT_TYPE):
            raise forbidden_grant("This client may not act for persons.")
        if self.request.proof is None and not client.bearer_for_persons:
            raise refused_proof(ProofError(reason="bearer for a person"))
        self.request.client = client
        self.validate_requested_scope()
        server = self.server
        self.request.user = vouched_person(
            assertion, client, server.store, server.rules.issuer, server.rules.purposes, server.now
        )


class PartnerServer(AuthorizationServer):  # type: ignore[misc]
    """One request, between what was read for it and what it will write."""

    def __init__(self, store: Store, rules: Rules, now: float) -> None:
        super().__init__()
        self.store = store
        self.rules = rules
        self.now = now
        self._client_id: str | None = None
        self._thumbprint: str | None = None
        self._ended: Mapping[str, Any] | None = None
        self.register_grant(OrganisationGrant)
        self.register_grant(PersonGrant)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)

    def answer(self, screened: Screened) -> OAuthReply:
        """The answer to a request that the guard let through."""
        request = PartnerRequest(self.rules.issuer.token_endpoint, screened)
        self._thumbprint = None if screened.proof is None else screened.proof.thumbprint
        reply: OAuthReply = self.create_token_response(request)
        return reply

    def introspect(self, screened: Screened) -> OAuthReply:
        """Whether a token of the client's own stands."""
        address = self.rules.issuer.introspection_endpoint
        reply: OAuthReply = self.create_endpoint_response("introspection", PartnerRequest(address, screened))
        return reply

    def revoke(self, screened: Screened) -> OAuthReply:
        """The end of a token of the client's own."""
        address = self.rules.issuer.revocation_endpoint
        reply: OAuthReply = self.create_endpoint_response("revocation", PartnerRequest(address, screened))
        return reply

    def end(self, token: OwnToken) -> None:
        """Revoke a token of the client's own."""
        self.store.revoke(token.id)
        self._ended = token.claims

    def create_oauth2_request(self, request: PartnerRequest) -> PartnerRequest:
        """Identity: the request was made before it came here."""
        return request

    def get_token_grant(self, request: PartnerRequest) -> Any:
        """As Authlib, with a sentence that says what to use."""
        try:
            return super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            error.description = f"Use client_credentials or {GRANT_TYPE}."
            raise

    def authenticate_client(self, request: PartnerRequest, _methods: object, endpoint: str = "token") -> Client:
        """One method, one uniform refusal."""
        if request.secret is not None:
            client = client_secret.authenticate(request.secret, request.form, self.store)
        else:
            shown = request.assertions.get("client_assertion")
            client = client_assertion.authenticate(shown, request.form, self.store, self.rules.issuer, self.now)
        self._client_id = client.id
        request.auth_method = client.auth_method.value.lower()
        if endpoint == "token":
            self._bind(client, request.proof)
        return client

    def _bind(self, client: Client, proof: dpop.Proof | None) -> None:
        """Use up the proof, which comes after the client is known: strangers cannot fill the replay store."""
        if proof is None:
            if client.dpop_bound:
                raise refused_proof(ProofError(reason="no proof"))
            return
        until = datetime.fromtimestamp(proof.until, UTC)
        if not self.store.use_once(dpop.REPLAYED, proof.thumbprint, proof.jti, until):
            raise refused_proof(ProofError(reason="replayed proof"))

    def generate_token(
        self,
        grant_type: str,
        client: Client,
        user: Any = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = False,
    ) -> dict[str, Any]:
        """A signed token, and its row, which is written before the answer leaves."""
        keys = self.rules.open_key(self.store.signing_key())
        tokens = AccessTokens(self.rules.issuer, keys, self.now, self._thumbprint)
        answer: dict[str, Any] = tokens(grant_type, client, user, scope, expires_in, include_refresh_token)
        if self._thumbprint is not None:
            answer["token_type"] = "DPoP"  # noqa: S105 - a scheme, not a secret
        for record in tokens.records:
            self.store.add_token(record)
        return answer

    def save_token(self, _token: Mapping[str, Any], _request: PartnerRequest) -> None:
        """Nothing left to do: the row was handed over with the token, which itself is never stored."""

    def send_signal(self, _name: str, *_args: object, **_options: object) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]) -> OAuthReply:
        """The answer as data."""
        nonce = self.rules.nonces.current(self.now) if self._thumbprint is not None else None
        # A new nonce with every answer: a client that keeps the newest is never sent back (RFC 9449, section 8.2).
        more = [] if nonce is None else [("DPoP-Nonce", nonce)]
        return OAuthReply(status, body, (*headers, *more), None, self._client_id, self._ended)

    def handle_error_response(self, _request: PartnerRequest, error: OAuth2Error) -> OAuthReply:
        """The refusal as data."""
        return _refusal(error, self._client_id)
