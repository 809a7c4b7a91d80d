"""What stands before the endpoints that somebody may guess at: who comes too often, and the log of who came."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from starlette.requests import Request

from auth.oauth import client_secret, signed
from auth.oauth.guard import RawRequest, is_client_id
from auth.oauth.server import OAuthReply
from graph.http.attempts import Addresses, Attempts
from loaders.journals.authentication_log import AuthenticationLog, Who
from loaders.tokens.last_calls import LastCalls

ISSUED = "token.issued"
REVOKED = "token.revoked"
# Asking whether a token stands changes nothing, and a resource server asks all day.
READ_ONLY = "token.introspected"
ENROLLED = "keys.enrolled"
TOO_OFTEN = "too_often"
_ID_LENGTH = 64
_NONCE_WANTED = "use_dpop_nonce"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a request says it is, before anything is proven."""

    client: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: where it comes from, what it claims, and for how many seconds it has to wait."""

    reception: "Reception"
    what: str
    address: str
    claimed: Claimed
    wait: int

    async def noted(self, reply: OAuthReply) -> None:
        """Count and record what came of it, before the answer leaves. Raises UnavailableError."""
        if reply.reason is not None:
            # A proof that has to be made again with our nonce is no guess.
            self.refused(reply.reason, reply.client_id, is_guess=reply.body.get("error") != _NONCE_WANTED)
            return
        access = reply.body.get("access_token")
        if isinstance(access, str):
            await self._issued(signed.read(access))
        # A client may ask to end what is no token of its own: it hears the same, and nothing has happened.
        elif reply.ended is not None:
            ended = signed.Signed("", {}, reply.ended)
            await self.reception.log.done(self.what, _who(ended), address=self.address, jti=str(ended.word("jti")))

    def refused(self, reason: str, client_id: str | None = None, *, is_guess: bool = True) -> None:
        """Count a refusal; `client_id` is one that was proven."""
        log.info("oauth_refused", what=self.what, reason=reason, client_id=client_id)
        self.reception.log.refused(self.what, reason, client_id=client_id, address=self.address)
        if is_guess:
            self.reception.attempts.failed(self.address, self.claimed.client)

    async def _issued(self, token: signed.Signed) -> None:
        client = str(token.word("client_id"))
        self.reception.attempts.issued(client, _member_of(token))
        self.reception.calls.note(client)
        jti, kid = str(token.word("jti")), str(token.heading("kid"))
        await self.reception.log.done(self.what, _who(token), address=self.address, jti=jti, kid=kid)


@dataclass(frozen=True, slots=True)
class Reception:
    """The counts and the log of one process."""

    attempts: Attempts
    addresses: Addresses
    log: AuthenticationLog
    calls: LastCalls

    def visit(self, what: str, request: Request, raw: RawRequest | None = None) -> Visit:
        """Look at who comes, before anything else is done for them."""
        claimed, address = Claimed() if raw is None else claims_of(raw), self.addresses.of(request)
        wait = self.attempts.wait(address, claimed.client, claimed.member)
        if wait:
            self.log.refused(what, TOO_OFTEN, client_id=None, address=address)
        return Visit(self, what, address, claimed, wait)


def _member_of(token: signed.Signed) -> str | None:
    return token.word("sub") if token.word("hab") else None


def _who(token: signed.Signed) -> Who:
    """Who is behind a token of ours."""
    member = _member_of(token)
    return Who(
        organisation_id=UUID(token.word("org")),
        client_id=str(token.word("client_id")),
        member_id=UUID(member) if member else None,
        purpose=token.word("purpose"),
    )


def claims_of(raw: RawRequest) -> Claimed:
    """What a form, or the header beside it, claims; nothing where it is no form."""
    form, named = dict(raw.parameters or ()), raw.assertions
    headers = raw.header(b"authorization")
    shown = client_secret.presented(headers[0]) if headers else None
    by_assertion = named["client_assertion"].word("sub") if "client_assertion" in named else None
    client = (by_assertion if shown is None else shown.client_id) or form.get("client_id") or ""
    member = (named["assertion"].word("sub") if "assertion" in named else None) or ""
    # What is counted is kept, so nothing long is: anybody can write anything here.
    return Claimed(client if is_client_id(client) else None, member if 0 < len(member) <= _ID_LENGTH else None)
