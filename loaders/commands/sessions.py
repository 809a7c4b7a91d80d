"""Sessions of people in a browser: their rows, each standing on an access token row of its own.

So whatever asks `standing` (every statement) or listens for ended tokens (every socket) treats a session as a token;
there is no token in anybody's hands: only the row (docs/decisions/0017-sessions-stand-on-tokens.md).
"""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Interval, Text, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from auth.caller import Caller
from auth.signin.people import IDLE, LIFE, Choice, DemoPerson, Ended, Proof, SignedIn
from loaders.postgres.connections import Lanes
from loaders.statement.fetching import FAULTS, answer, one
from loaders.tokens.standing import caller_of_row, caller_rows, habilitation_is_live, organisation_is_open
from schema.errors import UnavailableError
from schema.scopes import Scope
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation, member
from schema.tables.signin import web_session
from schema.vocabulary import MemberStatus, Purpose, Role

_TOKEN_BYTES = 18
# The pages are a client of each organisation: without keys and grants it gets nothing at the token endpoint, and
# suspending it closes the pages to that organisation.
PAGES = "cli_pages_"
PAGES_NAME = "Pages de Maillage"
# Enough for every sign-in to clear away more than it adds.
_SWEPT_AT_ONCE = 64


class SessionDesk:
    """What the pages do with sessions, each call with a transaction of its own."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def open(self, digest: bytes, member_id: UUID, proof: Proof) -> bool:
        """A session for a member who has proven who they are; False where the member may not act now."""
        born = (
            insert(web_session)
            .values(
                digest=digest,
                member_id=member_id,
                idp_id=proof.idp_id,
                acr=proof.acr,
                sealed_id_token=proof.sealed_id_token,
                ends_at=func.now() + _span(LIFE.total_seconds()),
            )
            .returning(web_session.c.digest)
        )
        return bool(await self._changed(born))

    async def choose(self, digest: bytes, fresh: bytes, habilitation_id: UUID, purpose: Purpose) -> bool:
        """Act under this habilitation from now on, under a new identifier; False where that is not possible."""
        try:
            async with self._lanes.begin() as connection:
                return await _choose(connection, digest, fresh, habilitation_id, purpose)
        except FAULTS as error:
            raise UnavailableError(reason="sessions") from error

    async def caller(self, digest: bytes) -> Caller | None:
        """Who is behind a live session with a chosen habilitation; being asked for counts as use."""
        used = (
            update(web_session)
            .where(web_session.c.digest == digest, _is_live())
            .values(seen_at=func.now())
            .returning(web_session.c.token_id)
            .cte("used")
        )
        rows = await self._changed(caller_rows().where(oauth_token.c.id == select(used.c.token_id).scalar_subquery()))
        return caller_of_row(rows[0]) if rows else None

    async def signed_in(self, digest: bytes) -> SignedIn | None:
        """Who a live session belongs to, with or without a habilitation."""
        asked = (
            select(
                member.c.id,
                member.c.name,
                organisation.c.name.label("organisation"),
                habilitation.c.id.label("habilitation_id"),
                habilitation.c.role,
                oauth_token.c.purpose,
            )
            .select_from(web_session)
            .join(member, member.c.id == web_session.c.member_id)
            .join(organisation, organisation.c.id == member.c.organisation_id)
            .outerjoin(oauth_token, oauth_token.c.id == web_session.c.token_id)
            .outerjoin(habilitation, habilitation.c.id == oauth_token.c.habilitation_id)
            .where(web_session.c.digest == digest, _is_live())
        )
        rows = await self._changed(asked)
        if not rows:
            return None
        row = rows[0]
        return SignedIn(
            row.id,
            row.name,
            row.organisation,
            row.habilitation_id,
            Role(row.role) if row.role else None,
            Purpose(row.purpose) if row.purpose else None,
        )

    async def choices(self, digest: bytes) -> list[Choice]:
        """The habilitations that the person of a live session has at this moment."""
        asked = (
            select(habilitation.c.id, habilitation.c.role, organisation.c.name)
            .select_from(web_session)
            .join(member, member.c.id == web_session.c.member_id)
            .join(organisation, organisation.c.id == member.c.organisation_id)
            .join(habilitation, _may_act())
            .where(web_session.c.digest == digest, _is_live(), organisation_is_open())
            .order_by(habilitation.c.role, habilitation.c.id)
        )
        return [Choice(row.id, Role(row.role), row.name) for row in await self._changed(asked)]

    async def close(self, digest: bytes) -> Ended | None:
        """End a session and what stands on it; gives whose it was."""
        gone = delete(web_session).where(web_session.c.digest == digest).returning(*web_session.c)
        try:
            async with self._lanes.begin() as connection:
                row = await one(connection, gone)
                if row is None:
                    return None
                if row.token_id is not None:
                    await answer(connection, _revoking([row.token_id]))
        except FAULTS as error:
            raise UnavailableError(reason="sessions") from error
        return Ended(row.member_id, Proof(row.idp_id, row.acr, row.sealed_id_token))

    async def sweep(self) -> int:
        """End sessions that were not used for too long, or lasted long enough; how many."""
        old = (
            select(web_session.c.digest)
            .where(~_is_live())
            .limit(_SWEPT_AT_ONCE)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        gone = delete(web_session).where(web_session.c.digest.in_(old)).returning(web_session.c.token_id)
        try:
            async with self._lanes.begin() as connection:
                ended = [row.token_id for row in await answer(connection, gone)]
                await answer(connection, _revoking([token for token in ended if token is not None]))
        except FAULTS as error:
            raise UnavailableError(reason="sessions") from error
        return len(ended)

    async def demonstration(self) -> list[DemoPerson]:
        """Everybody who could sign in, by organisation, role and name: for the chooser of the demonstration only."""
        asked = (
            select(
                member.c.id, habilitation.c.id.label("habilitation_id"), member.c.name, habilitation.c.role,
                organisation.c.name.label("organisation"),
            )
            .join(organisation, organisation.c.id == member.c.organisation_id)
            .join(habilitation, _may_act())
            .where(member.c.status == MemberStatus.ACTIVE.value, organisation_is_open())
            .order_by(organisation.c.kind, organisation.c.name, habilitation.c.role, member.c.name, habilitation.c.id)
        )  # fmt: skip
        rows = await self._changed(asked)
        return [DemoPerson(row.id, row.habilitation_id, row.name, Role(row.role), row.organisation) for row in rows]

    async def _changed(self, statement: Any) -> Sequence[Any]:
        try:
            async with self._lanes.begin() as connection:
                return await answer(connection, statement)
        except FAULTS as error:
            raise UnavailableError(reason="sessions") from error


async def _choose(
    connection: "asyncpg.Connection[Any]", digest: bytes, fresh: bytes, habilitation_id: UUID, purpose: Purpose
) -> bool:
    mine = (
        select(
            web_session.c.member_id, web_session.c.token_id, web_session.c.ends_at, organisation.c.id.label("employer")
        )
        .join(member, member.c.id == web_session.c.member_id)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .where(web_session.c.digest == digest, _is_live())
        .with_for_update(of=web_session)
    )
    session = await one(connection, mine)
    if session is None:
        return False
    await _register_pages(connection, session.employer)
    token_id = secrets.token_urlsafe(_TOKEN_BYTES)
    born = await one(connection, _birth(token_id, session, habilitation_id, purpose))
    # A token is born dead where what it stands on has just ended.
    if born is None or born.revoked_at is not None:
        return False
    # First the session moves, then the old access ends: whatever ends a token ends the session on it.
    moved = update(web_session).where(web_session.c.digest == digest)
    await answer(connection, moved.values(digest=fresh, token_id=token_id, seen_at=func.now()))
    if session.token_id is not None:
        await answer(connection, _revoking([session.token_id]))
    return True


async def _register_pages(connection: "asyncpg.Connection[Any]", employer: UUID) -> None:
    row = {
        "id": pages_client(employer),
        "organisation_id": employer,
        "name": PAGES_NAME,
        "scopes": sorted(scope.value for scope in Scope),
    }
    await answer(connection, insert(oauth_client).values(**row).on_conflict_do_nothing())


def pages_client(organisation_id: UUID) -> str:
    """The client that the pages are for an organisation."""
    return PAGES + organisation_id.hex


def _birth(token_id: str, session: Any, habilitation_id: UUID, purpose: Purpose) -> Any:
    """The session's own access: by the rows of this moment, and never longer than the session."""
    columns = (
        "id",
        "client_id",
        "member_id",
        "habilitation_id",
        "purpose",
        "scopes",
        "epochs",
        "issued_at",
        "expires_at",
    )
    source = (
        select(
            literal(token_id, Text),
            oauth_client.c.id,
            member.c.id,
            habilitation.c.id,
            literal(purpose.value, Text),
            cast(oauth_client.c.scopes, ARRAY(Text)),
            func.concat_ws(".", organisation.c.epoch, oauth_client.c.epoch, member.c.epoch),
            func.now(),
            literal(session.ends_at, web_session.c.ends_at.type),
        )
        .select_from(member)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .join(oauth_client, oauth_client.c.id == pages_client(session.employer))
        .join(habilitation, _may_act())
        .where(member.c.id == session.member_id, habilitation.c.id == habilitation_id)
    )
    return insert(oauth_token).from_select(columns, source).returning(oauth_token.c.revoked_at)


def _may_act() -> ColumnElement[bool]:
    return (
        (habilitation.c.member_id == member.c.id)
        & (habilitation.c.organisation_id == member.c.organisation_id)
        & habilitation_is_live()
    )


def _is_live() -> ColumnElement[bool]:
    now = func.now()
    return (web_session.c.seen_at > now - _span(IDLE.total_seconds())) & (web_session.c.ends_at > now)


def _span(seconds: float) -> ColumnElement[Any]:
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval())


def _revoking(token_ids: Sequence[str]) -> Any:
    live = update(oauth_token).where(oauth_token.c.id.in_(token_ids), oauth_token.c.revoked_at.is_(None))
    return live.values(revoked_at=func.now())
