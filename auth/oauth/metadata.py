"""What clients discover: the authorization server (RFC 8414), and the API it is there for (RFC 9728)."""

from typing import Any

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # type: ignore[import-untyped]

from auth.oauth.client_keys import ALGORITHMS
from auth.oauth.dpop import ALGORITHMS as PROOF_ALGORITHMS
from auth.oauth.issuer import Issuer
from auth.oauth.person_assertion import GRANT_TYPE
from auth.oauth.store import AUTH_METHODS
from schema.scopes import Scope

_ENDPOINTS = ("token", "introspection", "revocation")


def resource_metadata(issuer: Issuer) -> dict[str, Any]:
    """What a client that knows only the API needs to come in."""
    return {
        "resource": issuer.api,
        "resource_name": "Maillage",
        "authorization_servers": [issuer.url],
        "scopes_supported": [scope.value for scope in Scope],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        # Bearer tokens exist, for clients whose row allows them by decision.
        "dpop_bound_access_tokens_required": False,
    }


def metadata(issuer: Issuer) -> dict[str, Any]:
    """The metadata document, checked against RFC 8414 as it is made."""
    document = AuthorizationServerMetadata(
        {
            "issuer": issuer.url,
            "token_endpoint": issuer.token_endpoint,
            "jwks_uri": issuer.jwks_uri,
            "scopes_supported": [scope.value for scope in Scope],
            # No authorization endpoint: nobody signs in through this server's own pages for a partner's tool.
            "response_types_supported": ["none"],
            "grant_types_supported": ["client_credentials", GRANT_TYPE],
            "introspection_endpoint": issuer.introspection_endpoint,
            "revocation_endpoint": issuer.revocation_endpoint,
            **{f"{endpoint}_endpoint_auth_methods_supported": list(AUTH_METHODS) for endpoint in _ENDPOINTS},
            **{f"{endpoint}_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS) for endpoint in _ENDPOINTS},
            "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
            "protected_resources": [issuer.api],
        }
    )
    document.validate()
    return dict(document)
