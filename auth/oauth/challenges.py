"""What a refused request is told in WWW-Authenticate (RFC 6750, RFC 9449, RFC 9728)."""

from auth.oauth.dpop import ALGORITHMS
from auth.oauth.issuer import Issuer
from schema.errors import ProofError, UnauthenticatedError

Header = tuple[bytes, bytes]


def challenges(issuer: Issuer, refused: UnauthenticatedError, nonce: str | None) -> list[Header]:
    """The headers of a 401: both schemes, the error where a credential was sent, and the nonce where it was missing.

    The error names the part (token or proof), never what is wrong with it.
    """
    where = f'realm="maillage", resource_metadata="{issuer.resource_metadata}"'
    algorithms = f'algs="{" ".join(ALGORITHMS)}"'
    broken_proof = isinstance(refused, ProofError)
    # RFC 6750, section 3.1: without any credential no error is named.
    token_error = "" if refused.reason == "missing" else ', error="invalid_token"'
    proof_error = f', error="{refused.oauth_error}"' if isinstance(refused, ProofError) else token_error
    said = [f"DPoP {where}, {algorithms}{proof_error}", f"Bearer {where}{'' if broken_proof else token_error}"]
    headers = [(b"www-authenticate", one.encode()) for one in said]
    return headers + ([(b"dpop-nonce", nonce.encode())] if broken_proof and nonce is not None else [])
