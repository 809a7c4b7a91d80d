"""What the token endpoint says when it refuses: one sentence per error, and a reason that never leaves the house."""

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
)

from schema.errors import ProofError

# The sentences list the rules so that a developer can check them, and are the same whichever rule was broken:
# an unknown client, a bad key and a suspended organisation must not be told apart.
CLIENT_SENTENCE = (
    "Client authentication failed: send one client_assertion signed by a registered key of this client "
    "(ES256, PS256, EdDSA or Ed25519, with kid), iss and sub the client_id, aud the issuer, "
    "exp at most 5 minutes ahead, and a jti of 8 to 128 characters never used before; "
    "or a live secret by HTTP Basic, where the network's operator has decided so for this client."
)
PERSON_SENTENCE = (
    "The assertion is not accepted: typ authorization-grant+jwt, signed by a registered key of this client, "
    "iss the client_id, aud the issuer, sub a member with a live habilitation, a life of at most 60 seconds, "
    "a jti never used before, a two-factor sign-in (auth_time, acr) of the last 8 hours, "
    "hab if there are several habilitations, purpose one of its role."
)


def malformed(sentence: str, *, status: int = 400) -> OAuth2Error:
    """The request is not one that any client could send correctly."""
    return _with_reason(InvalidRequestError(sentence, status_code=status), "malformed")


def unproven_client(reason: str) -> OAuth2Error:
    """The one answer to a client that has not proven who it is."""
    return _with_reason(InvalidClientError(CLIENT_SENTENCE, status_code=401), reason)


def refused_grant(reason: str) -> OAuth2Error:
    """The one answer to an assertion about a person that is not accepted."""
    return _with_reason(InvalidGrantError(PERSON_SENTENCE), reason)


def refused_proof(error: ProofError) -> OAuth2Error:
    """The DPoP proof is not accepted; the sentence says what one has to be (RFC 9449, section 5)."""
    refusal = OAuth2Error(error.sentence, status_code=400, error=error.oauth_error)
    return _with_reason(refusal, error.reason or "proof")


def forbidden_grant(sentence: str) -> OAuth2Error:
    """The client is known, but may not use this grant."""
    return _with_reason(UnauthorizedClientError(sentence), "grant_not_enabled")


def refused_scope() -> OAuth2Error:
    """A scope that does not exist or that this client does not have; never narrowed in silence."""
    return _with_reason(InvalidScopeError("Ask only for scopes that this client is allowed."), "scope")


def _with_reason(error: OAuth2Error, reason: str) -> OAuth2Error:
    error.reason = reason
    return error
