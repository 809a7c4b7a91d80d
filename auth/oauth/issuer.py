"""Who we are: every address comes from the configured issuer, never from Host or X-Forwarded-* headers."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from schema.errors import SetupError

METADATA_PATH = "/.well-known/oauth-authorization-server"
JWKS_PATH = "/oauth/jwks"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a secret
INTROSPECTION_PATH = "/oauth/introspect"
REVOCATION_PATH = "/oauth/revoke"
ENROLMENT_PATH = "/oauth/enrolment"
API_PATH = "/graphql"
RESOURCE_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer identifier of RFC 8414 and the addresses that follow from it."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        bare = not (parts.path or parts.query or parts.fragment or parts.username)
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        if not (parts.hostname and bare and secure and self.url.isascii()):
            message = "The issuer must be https://host[:port] without a path (http only on a loopback address)."
            raise SetupError(message)

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.url + TOKEN_PATH

    @property
    def introspection_endpoint(self) -> str:
        """Where a client asks whether a token of its own stands."""
        return self.url + INTROSPECTION_PATH

    @property
    def revocation_endpoint(self) -> str:
        """Where a client ends a token of its own."""
        return self.url + REVOCATION_PATH

    @property
    def jwks_uri(self) -> str:
        """Where our public keys are."""
        return self.url + JWKS_PATH

    @property
    def api(self) -> str:
        """The audience of every access token."""
        return self.url + API_PATH

    @property
    def resource_metadata(self) -> str:
        """What a client can read about the API (RFC 9728, section 3.1: before the path of the resource)."""
        return self.url + RESOURCE_PATH + API_PATH


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
