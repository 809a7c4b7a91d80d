"""The authorization server's desk: one statement to know, the library's core, one statement to write.

The core is synchronous and has no connection in its hands (docs/decisions/0039), so nothing it waits for can hold one.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from auth.oauth import signed
from auth.oauth.client_secret import SecretHashes
from auth.oauth.guard import RawRequest
from auth.oauth.issuer import Issuer
from auth.oauth.metadata import metadata, resource_metadata
from auth.oauth.nonces import Nonces
from auth.oauth.person_assertion import Purposes
from auth.oauth.published_keys import KeysNeededError, PublishedKeys
from auth.oauth.server import OAuthReply, PartnerServer, Rules, Screened, ended_meanwhile, screen, screen_own_token
from auth.oauth.signing_keys import new_signing_key, unseal
from auth.oauth.store import SigningKey
from loaders.commands import oauth_statements as asked
from loaders.commands.gathered import Gathered, uuid_of
from loaders.commands.oauth_statements import Prepared
from loaders.postgres.connections import Lanes
from schema.errors import UnavailableError
from schema.tables.oauth import signing_key

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

Answer = Callable[[PartnerServer, Screened], OAuthReply]


class AuthorizationDesk:
    """What the endpoints of the authorization server do."""

    def __init__(
        self,
        lanes: Lanes,
        issuer: Issuer,
        purposes: Purposes,
        sealing_key: bytes,
        nonces: Nonces | None = None,
        clock: Callable[[], float] = time.time,
        published: PublishedKeys | None = None,
    ) -> None:
        self._lanes = lanes
        self._published = published
        self._sealing_key = sealing_key
        self._clock = clock
        self._hashes = SecretHashes()
        self._opened: dict[str, KeySet] = {}
        self._rules = Rules(issuer, purposes, self._open, nonces or Nonces(None))
        self.metadata: Mapping[str, Any] = metadata(issuer)
        self.resource_metadata: Mapping[str, Any] = resource_metadata(issuer)

    async def token(self, request: RawRequest) -> OAuthReply:
        """Answer a token request. Raises UnavailableError when the database does not answer."""
        now = self._clock()
        screened = screen(request, self._rules, now)
        if isinstance(screened, OAuthReply):
            return screened
        row = await self._read(asked.FOR_A_TOKEN, screened, member_id=uuid_of(screened.member_id))
        return await self._answered(PartnerServer.answer, screened, row, now)

    async def introspect(self, request: RawRequest) -> OAuthReply:
        """Answer whether a token stands; raises as `token`."""
        return await self._about(PartnerServer.introspect, request)

    async def revoke(self, request: RawRequest) -> OAuthReply:
        """End a token; raises as `token`."""
        return await self._about(PartnerServer.revoke, request)

    async def _about(self, answer: Answer, request: RawRequest) -> OAuthReply:
        screened = screen_own_token(request)
        if isinstance(screened, OAuthReply):
            return screened
        try:
            token = signed.read(screened.form["token"])
            named = {"kid": token.heading("kid"), "token_id": token.word("jti")}
        except ValueError:
            named = {"kid": None, "token_id": None}
        row = await self._read(asked.ABOUT_A_TOKEN, screened, **named)
        return await self._answered(answer, screened, row, self._clock())

    async def _read(self, statement: Prepared, screened: Screened, **more: Any) -> Mapping[str, Any]:
        shown = screened.secret
        given = {"client_id": screened.client_id, "secret_id": shown and shown.secret_id, **more}
        found: Mapping[str, Any] = await self._fetch(statement, given)
        return found

    async def _answered(self, answer: Answer, screened: Screened, row: Mapping[str, Any], now: float) -> OAuthReply:
        shown = screened.secret
        fits = shown is not None and await self._hashes.matches(row["secret_hash"], shown.text)
        proven = shown.secret_id if shown is not None and fits else None
        used: frozenset[bytes] = frozenset()
        while True:
            gathered = Gathered(row, self._published, proven, used)
            try:
                reply = answer(PartnerServer(gathered, self._rules, now), screened)
            except KeysNeededError as needed:
                # Nothing was written yet, and each address is due once only.
                if self._published is not None:
                    await self._published.look(needed.uri, needed.kid)
                continue
            # What an earlier round wrote stays written, and the answer is a refusal now.
            repeated = None if used else await self._written(gathered)
            if repeated is None:
                return reply
            if not repeated:
                return ended_meanwhile(str(row["id"]))
            used = repeated

    async def _written(self, gathered: Gathered) -> frozenset[bytes] | None:
        """Write what was gathered: None, or the use that was not the first, or nothing where a token was born dead."""
        if not gathered.writes:
            return None
        ends = gathered.ended is not None
        statement = asked.written(len(gathered.marks), token=gathered.token is not None, ends=ends)
        *firsts, dead = await self._fetch(statement, gathered.given())
        for (digest, _), first in zip(gathered.marks, firsts, strict=True):
            if first is None:
                return frozenset({digest})
        return frozenset() if dead else None

    async def _fetch(self, statement: Prepared, given: Mapping[str, Any]) -> Any:
        try:
            return await self._lanes.fetchrow(statement.sql, *statement.arguments(given))
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ) as error:
            raise UnavailableError(reason=f"authorization server: {type(error).__name__}") from error

    async def check(self) -> None:
        """Open the active signing key once, before the first request. Raises SetupError or UnavailableError."""
        row = await self._fetch(asked.SIGNING_KEY, {})
        if row is None:
            raise UnavailableError(reason="no active signing key")
        self._open(SigningKey(row["signing_kid"], row["sealed_private_key"]))

    async def public_keys(self) -> list[dict[str, Any]]:
        """The keys that tokens may be signed with: next, active, and recently retired."""
        (found,) = await self._fetch(asked.PUBLIC_KEYS, {})
        return list(orjson.loads(found or b"[]"))

    async def close(self) -> None:
        """Let go of the connections and threads."""
        self._hashes.close()
        await self._lanes.close()

    def _open(self, key: SigningKey) -> KeySet:
        opened = self._opened.get(key.kid)
        if opened is None:
            opened = self._opened[key.kid] = unseal(key.sealed, self._sealing_key, key.kid)
        return opened


async def create_first_signing_key(connection: "AsyncConnection", sealing_key: bytes) -> str:
    """Make the first active key, unless there is one; the caller commits. Returns the active key's kid."""
    fresh = new_signing_key(sealing_key)
    await connection.execute(
        insert(signing_key)
        .values(kid=fresh.kid, state="active", public_jwk=fresh.public_jwk, sealed_private_key=fresh.sealed)
        .on_conflict_do_nothing()
    )
    active = select(signing_key.c.kid).where(signing_key.c.state == "active")
    return str((await connection.execute(active)).scalar_one())
