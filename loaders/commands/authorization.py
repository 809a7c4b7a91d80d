"""The authorization server's writes: its `Store` over Core tables, one transaction per token request."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import KeySet
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.oauth.guard import RawRequest
from auth.oauth.issuer import Issuer
from auth.oauth.metadata import metadata, resource_metadata
from auth.oauth.nonces import Nonces
from auth.oauth.person_assertion import Purposes
from auth.oauth.published_keys import KeysNeededError, PublishedKeys
from auth.oauth.server import OAuthReply, PartnerServer, Rules, Screened, screen, screen_own_token
from auth.oauth.signing_keys import new_signing_key, unseal
from auth.oauth.store import Client, Habilitation, Member, SigningKey, TokenRecord
from loaders.commands import oauth_statements as asked
from loaders.replays import digest_of
from schema.errors import UnavailableError
from schema.tables.oauth import signing_key
from schema.vocabulary import OrgKind, Role

Answer = Callable[[PartnerServer, Screened], OAuthReply]


class PostgresStore:
    """`auth.oauth.store.Store` on one connection, inside its transaction."""

    def __init__(self, connection: Connection, published: PublishedKeys | None = None) -> None:
        self._connection = connection
        self._published = published

    def client(self, client_id: str) -> Client | None:
        """The client with its live keys, if it and its organisation are active."""
        rows = self._connection.execute(asked.CLIENT, {"client_id": client_id}).all()
        return _client(rows, self._published) if rows else None

    def use_once(self, kind: str, subject: str, jti: str, until: datetime) -> bool:
        """Mark an assertion or a proof as used: of parallel uses the first to commit wins, and the others see it."""
        given = {"digest": digest_of(kind, subject, jti), "until": until}
        return self._connection.execute(asked.MARK, given).one_or_none() is not None

    def member(self, member_id: UUID, organisation_id: UUID) -> Member | None:
        """The active member of this organisation, with the habilitations live for it."""
        given = {"member_id": member_id, "organisation_id": organisation_id}
        rows = self._connection.execute(asked.MEMBER, given).all()
        if not rows:
            return None
        found = tuple(Habilitation(row.habilitation_id, Role(row.role)) for row in rows if row.habilitation_id)
        return Member(rows[0].id, rows[0].epoch, found)

    def signing_key(self) -> SigningKey:
        """The active key, sealed."""
        row = self._connection.execute(asked.SIGNING_KEY).one_or_none()
        if row is None:
            raise UnavailableError(reason="no active signing key")
        return SigningKey(row.kid, row.sealed_private_key)

    def public_key(self, kid: str) -> Mapping[str, Any] | None:
        """The published key of this name."""
        found = self._connection.execute(asked.PUBLIC_KEY, {"kid": kid}).scalar_one_or_none()
        jwk: Mapping[str, Any] | None = found
        return jwk

    def standing_until(self, token_id: str, client_id: str) -> datetime | None:
        """The end of the client's own token, asked as every statement of the API asks."""
        given = {"token_id": token_id, "client_id": client_id}
        ends: datetime | None = self._connection.execute(asked.STANDING_UNTIL, given).scalar_one_or_none()
        return ends

    def revoke(self, token_id: str) -> None:
        """End a token: its row says so from this commit on."""
        self._connection.execute(asked.REVOKE, {"token_id": token_id})

    def add_token(self, record: TokenRecord) -> None:
        """Write down an issued token."""
        person = record.person
        self._connection.execute(
            asked.ADD_TOKEN,
            {
                "id": record.id,
                "client_id": record.client_id,
                "member_id": person and person.member_id,
                "habilitation_id": person and person.habilitation.id,
                "purpose": person and person.purpose.value,
                "scopes": list(record.scopes),
                "epochs": record.epochs,
                "issued_at": record.issued_at,
                "expires_at": record.expires_at,
                "key_thumbprint": record.key_thumbprint,
            },
        )


def _client(rows: Sequence[Any], published: PublishedKeys | None) -> Client:
    first = rows[0]
    stored = {row.kid: row.public_jwk for row in rows if row.kid is not None}
    return Client(
        id=first.id,
        organisation_id=first.organisation_id,
        organisation_kind=OrgKind(first.kind),
        scopes=frozenset(first.scopes),
        grants=frozenset(first.grants),
        accepted_acr=frozenset(first.accepted_acr),
        legacy_aud=first.legacy_aud,
        dpop_bound=first.dpop_bound,
        bearer_for_persons=first.bearer_for_persons,
        organisation_epoch=first.organisation_epoch,
        epoch=first.epoch,
        keys=published.of(first.jwks_uri) if published is not None and first.jwks_uri else stored,
    )


class AuthorizationDesk:
    """What the endpoints of the authorization server do, each call with a transaction of its own."""

    def __init__(
        self,
        engine: AsyncEngine,
        issuer: Issuer,
        purposes: Purposes,
        sealing_key: bytes,
        nonces: Nonces | None = None,
        clock: Callable[[], float] = time.time,
        published: PublishedKeys | None = None,
    ) -> None:
        self._engine = engine
        self._published = published
        self._sealing_key = sealing_key
        self._clock = clock
        self._opened: dict[str, KeySet] = {}
        self._rules = Rules(issuer, purposes, self._open, nonces or Nonces(None))
        self.metadata: Mapping[str, Any] = metadata(issuer)
        self.resource_metadata: Mapping[str, Any] = resource_metadata(issuer)

    async def token(self, request: RawRequest) -> OAuthReply:
        """Answer a token request. Raises UnavailableError when the database does not answer."""
        now = self._clock()
        return await self._answered(PartnerServer.answer, screen(request, self._rules, now), now)

    async def introspect(self, request: RawRequest) -> OAuthReply:
        """Answer whether a token stands; raises as `token`."""
        return await self._answered(PartnerServer.introspect, screen_own_token(request), self._clock())

    async def revoke(self, request: RawRequest) -> OAuthReply:
        """End a token; raises as `token`."""
        return await self._answered(PartnerServer.revoke, screen_own_token(request), self._clock())

    async def _answered(self, answer: Answer, screened: Screened | OAuthReply, now: float) -> OAuthReply:
        if isinstance(screened, OAuthReply):
            return screened

        def within(connection: Connection) -> OAuthReply:
            return answer(PartnerServer(PostgresStore(connection, self._published), self._rules, now), screened)

        try:
            return await self._within(within)
        except KeysNeededError as needed:
            # Asked for before anything was written; now without a connection in our hands.
            if self._published is not None:
                await self._published.look(needed.uri, needed.kid)
            return await self._within(within)

    async def _within(self, work: Callable[[Connection], OAuthReply]) -> OAuthReply:
        try:
            async with self._engine.connect() as connection:
                reply = await connection.run_sync(work)
                # Also after a refusal: an assertion that was used stays used.
                await connection.commit()
        except (SQLAlchemyError, OSError) as error:
            raise UnavailableError(reason="authorization server") from error
        return reply

    async def check(self) -> None:
        """Open the active signing key once, before the first request. Raises SetupError or UnavailableError."""
        try:
            async with self._engine.connect() as connection:
                self._open(await connection.run_sync(lambda sync: PostgresStore(sync).signing_key()))
        except (SQLAlchemyError, OSError) as error:
            raise UnavailableError(reason="signing keys") from error

    async def public_keys(self) -> list[dict[str, Any]]:
        """The keys that tokens may be signed with: next, active, and recently retired."""
        try:
            async with self._engine.connect() as connection:
                return list((await connection.execute(asked.PUBLIC_KEYS)).scalars())
        except (SQLAlchemyError, OSError) as error:
            raise UnavailableError(reason="signing keys") from error

    def _open(self, key: SigningKey) -> KeySet:
        opened = self._opened.get(key.kid)
        if opened is None:
            opened = self._opened[key.kid] = unseal(key.sealed, self._sealing_key, key.kid)
        return opened


async def create_first_signing_key(connection: AsyncConnection, sealing_key: bytes) -> str:
    """Make the first active key, unless there is one; the caller commits. Returns the active key's kid."""
    fresh = new_signing_key(sealing_key)
    await connection.execute(
        insert(signing_key)
        .values(kid=fresh.kid, state="active", public_jwk=fresh.public_jwk, sealed_private_key=fresh.sealed)
        .on_conflict_do_nothing()
    )
    active = select(signing_key.c.kid).where(signing_key.c.state == "active")
    return str((await connection.execute(active)).scalar_one())
