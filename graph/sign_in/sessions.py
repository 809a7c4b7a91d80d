"""A session cookie becomes a `Caller`, exactly as a member's token does: the seam between the pages and the API.

Every statement that runs for such a caller asks `standing`, so a session that was ended elsewhere reads nothing here.
"""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from cachetools import LRUCache

from auth.caller import Caller
from auth.oauth.issuer import Issuer
from auth.signin.cookies import Cookie, digest_of, new_id
from auth.signin.forms import Forms
from auth.signin.people import Choice, Ended, Proof, SignedIn
from loaders.commands.sessions import SessionDesk
from schema.errors import UnavailableError
from schema.vocabulary import Purpose

_CACHED_SESSIONS = 4096
# How long a use is not written down again: a session ends up to a minute early, and one write a minute is cheap.
_USED_AGAIN_SECONDS = 60.0
SWEEP_SECONDS = 60.0

log = structlog.get_logger()


class Sessions:
    """Sessions of people in a browser."""

    def __init__(
        self, desk: SessionDesk, issuer: Issuer, forms: Forms, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.cookie = Cookie.named("maillage", issuer)
        self._desk = desk
        self._forms = forms
        self._clock = clock
        self._callers: LRUCache[bytes, tuple[float, Caller]] = LRUCache(_CACHED_SESSIONS)

    async def caller(self, cookie_header: str | None) -> Caller | None:
        """Who sends this Cookie header; None without a live session under a chosen habilitation.

        Raises: UnavailableError when the database does not answer.
        """
        identifier = self.cookie.id_of(cookie_header)
        if identifier is None:
            return None
        digest = digest_of(identifier)
        used, known = self._callers.get(digest, (float("-inf"), None))
        if self._clock() - used < _USED_AGAIN_SECONDS:
            return known
        caller = await self._desk.caller(digest)
        if caller is None:
            self._callers.pop(digest, None)
        else:
            self._callers[digest] = (self._clock(), caller)
        return caller

    def form_token(self, cookie_header: str | None) -> str | None:
        """The hidden value of every form on a page of this session; None without a session cookie."""
        identifier = self.cookie.id_of(cookie_header)
        return None if identifier is None else self._forms.token(identifier)

    def form_is_ours(self, cookie_header: str | None, origin: str | None, token: str | None) -> bool:
        """Whether one of our own pages sent a form in this session; nothing may be done otherwise."""
        return self._forms.is_ours(self.cookie.id_of(cookie_header), origin, token)

    async def signed_in(self, cookie_header: str | None) -> SignedIn | None:
        """Who is signed in, even before a habilitation is chosen."""
        identifier = self.cookie.id_of(cookie_header)
        return None if identifier is None else await self._desk.signed_in(digest_of(identifier))

    async def choices(self, cookie_header: str | None) -> list[Choice]:
        """What the person can act as now."""
        identifier = self.cookie.id_of(cookie_header)
        return [] if identifier is None else await self._desk.choices(digest_of(identifier))

    async def begin(self, member_id: UUID, proof: Proof, cookie_header: str | None) -> str | None:
        """A new session for somebody who has proven who they are; None where the member may not act.

        Always under a new identifier, and whatever session this browser had is over: nobody can have prepared it.
        """
        await self.end(cookie_header)
        identifier = new_id()
        return identifier if await self._desk.open(digest_of(identifier), member_id, proof) else None

    async def choose(self, identifier: str, habilitation_id: UUID, purpose: Purpose) -> tuple[str, Caller] | None:
        """Act under this habilitation and for this purpose from now on: the session's new identifier, and its caller."""
        fresh = new_id()
        self._callers.pop(digest_of(identifier), None)
        chosen = await self._desk.choose(digest_of(identifier), digest_of(fresh), habilitation_id, purpose)
        caller = await self._desk.caller(digest_of(fresh)) if chosen else None
        return None if caller is None else (fresh, caller)

    async def sweep(self) -> None:
        """End what nobody uses: an open socket must not outlive its session."""
        try:
            while await self._desk.sweep():
                pass
        except UnavailableError as problem:
            log.warning("sessions_not_swept", reason=problem.reason)

    async def end(self, cookie_header: str | None) -> Ended | None:
        """Sign out; gives whose session it was, or None if there was none."""
        identifier = self.cookie.id_of(cookie_header)
        if identifier is None:
            return None
        digest = digest_of(identifier)
        self._callers.pop(digest, None)
        return await self._desk.close(digest)
