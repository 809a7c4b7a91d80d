"""Tokens that the API refuses: counted where they are guesses, so that who goes on guessing is told to wait.

Looked at only once a token was refused: one that stands is never turned away for what others did at its address. Each
kind is counted by itself: texts that we never signed by the address they come from; tokens of ours that have ended, by
their client at that address. One that has merely expired is no guess: its holder has to hear that it needs another.
"""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from graph.http.attempts import Addresses, Attempts
from loaders.journals.authentication_log import AuthenticationLog
from schema.errors import NonceError, ProofError, RateLimitedError, RefusedError, UnauthenticatedError

WHAT = "token.refused"
# Nothing was shown; what was shown is over; the page has no session any more.
_NO_GUESSES = frozenset({None, "missing", "times", "expired", "no proof"})


class RefusedTokens:
    """The counts of one process."""

    def __init__(self, attempts: Attempts, addresses: Addresses, log: AuthenticationLog) -> None:
        self._attempts = attempts
        self._addresses = addresses
        self._log = log

    def answered(self, refused: RefusedError, scope: Scope, *, shown: bool = False) -> RefusedError:
        """What to answer: the refusal itself, or how long to wait; `shown` where the token was in a message."""
        if not isinstance(refused, UnauthenticatedError) or not (shown or _shows_token(scope)):
            return refused
        if refused.reason in _NO_GUESSES or isinstance(refused, NonceError):
            return refused
        address = self._addresses.of(HTTPConnection(scope))
        client = refused.client_id
        self._log.refused(WHAT, str(refused.reason), client_id=client, address=address)
        # A tool with a wrong clock makes proof after proof that is refused: not the same as guessing tokens.
        counted = f"{address} proofs" if isinstance(refused, ProofError) else address
        counted = counted if client is None else f"{address} {client}"
        wait = self._attempts.wait(counted)
        if wait:
            return RateLimitedError("Too many refused tokens: ask for a new one and try again later.", retry_after=wait)
        self._attempts.failed(counted)
        return refused


def _shows_token(scope: Scope) -> bool:
    return any(name == b"authorization" for name, _ in scope["headers"])
