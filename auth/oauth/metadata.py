"""What clients discover about the authorization server (RFC 8414)."""

from typing import Any

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # type: ignore[import-untyped]

from auth.oauth.client_keys import ALGORITHMS
from auth.oauth.issuer import Issuer
from auth.oauth.person_assertion import GRANT_TYPE
from auth.oauth.store import AUTH_METHOD
from schema.scopes import Scope


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
            "token_endpoint_auth_methods_supported": [AUTH_METHOD],
            "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
        }
    )
    document.validate()
    return dict(document)
