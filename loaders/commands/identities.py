"""Whom a provider's word makes somebody here: known identities, and the one use of an invitation.

Membership and roles come from our tables alone. What a provider says is compared, never taken over.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from auth.signin.openid import Identity
from auth.signin.provider import Provider, SignInRefusedError, WrongInvitationError
from auth.signin.sealing import Box
from loaders.postgres.connections import Lanes
from loaders.statement.fetching import FAULTS, answer, one
from loaders.tokens.standing import organisation_is_open
from schema.errors import UnavailableError
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.signin import idp, invitation, member_identity
from schema.vocabulary import MemberStatus

# CASF R221-8: a habilitation lasts 12 months at most.
HABILITATION = timedelta(days=365)


class IdentityDesk:
    """Providers, and the people they vouch for; each call with a transaction of its own."""

    def __init__(self, lanes: Lanes, box: Box) -> None:
        self._lanes = lanes
        self._box = box

    async def providers(self) -> list[Provider]:
        """Everywhere somebody may sign in, in the order of the sign-in page."""
        asked = select(idp).where(~idp.c.retired).order_by(idp.c.organisation_id.is_not(None), idp.c.name)
        return [self._provider(row) for row in await self._read(asked)]

    async def provider(self, name: str) -> Provider | None:
        """One provider in use."""
        rows = await self._read(select(idp).where(idp.c.id == name, ~idp.c.retired))
        return self._provider(rows[0]) if rows else None

    async def provider_of_session(self, idp_id: str) -> Provider | None:
        """A provider that once signed somebody in, in use or not: its session is to be ended all the same."""
        rows = await self._read(select(idp).where(idp.c.id == idp_id))
        return self._provider(rows[0]) if rows else None

    async def member_of(self, identity: Identity, code: str | None) -> UUID:
        """The member that this identity is; a code makes it one at the first sign-in.

        Raises: SignInRefusedError, the same for every reason; nothing is written then.
        """
        try:
            async with self._lanes.begin() as connection:
                known = await _known(connection, identity)
                if code is None:
                    if known is None:
                        raise SignInRefusedError(reason="unknown identity")
                    return known
                return await _invited(connection, identity, code, known)
        except FAULTS as error:
            raise UnavailableError(reason="identities") from error

    async def _read(self, statement: Any) -> Sequence[Any]:
        try:
            async with self._lanes.acquire() as connection:
                return await answer(connection, statement)
        except FAULTS as error:
            raise UnavailableError(reason="identities") from error

    def _provider(self, row: Any) -> Provider:
        secret = self._box.open(row.sealed_client_secret, secret_use(row.id)) if row.sealed_client_secret else b""
        if secret is None:
            raise UnavailableError(reason="a provider's secret cannot be opened")
        return Provider(
            id=row.id,
            name=row.name,
            issuer=row.issuer,
            client_id=row.client_id,
            client_secret=secret.decode(),
            scope=row.scope,
            accepted_acr=tuple(row.accepted_acr),
            signed_userinfo=row.signed_userinfo,
            algorithm=row.algorithm,
            organisation_id=row.organisation_id,
        )


def secret_use(idp_id: str) -> str:
    """What the secret at a provider is sealed for: it cannot be moved to another row."""
    return f"client secret of {idp_id}"


def code_hash(code: str) -> bytes:
    """What an invitation keeps of its code."""
    return hashlib.sha256(code.encode()).digest()


async def _known(connection: "asyncpg.Connection[Any]", identity: Identity) -> UUID | None:
    asked = (
        select(member.c.id)
        .select_from(member_identity)
        .join(member, member.c.id == member_identity.c.member_id)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .where(
            member_identity.c.idp_id == identity.provider.id,
            member_identity.c.subject == identity.subject,
            member.c.status == MemberStatus.ACTIVE.value,
            organisation_is_open(),
            _vouched_organisation(identity),
        )
    )
    found = await one(connection, asked)
    return found.id if found else None


async def _invited(connection: "asyncpg.Connection[Any]", identity: Identity, code: str, known: UUID | None) -> UUID:
    """Use an invitation once. Whatever does not fit refuses it whole, and the code can still be used rightly."""
    email = _confirmed_email(identity)
    wanted = (
        select(invitation)
        .join(organisation, organisation.c.id == invitation.c.organisation_id)
        .where(
            invitation.c.code_hash == code_hash(code),
            func.lower(invitation.c.email) == email,
            invitation.c.used_at.is_(None),
            invitation.c.withdrawn_at.is_(None),
            invitation.c.expires_at > func.now(),
            organisation_is_open(),
            _vouched_organisation(identity),
        )
        .with_for_update(of=invitation)
    )
    row = await one(connection, wanted)
    if row is None:
        raise WrongInvitationError(reason="no such invitation")
    who = await _becoming(connection, row, identity, known)
    now = func.now()
    await answer(
        connection,
        insert(habilitation).values(
            member_id=who, organisation_id=row.organisation_id, role=row.role, secrecy_basis=row.secrecy_basis,
            granted_by_id=row.invited_by_id, valid_from=now, valid_to=now + HABILITATION,
        )
    )  # fmt: skip
    return who


async def _becoming(connection: "asyncpg.Connection[Any]", row: Any, identity: Identity, known: UUID | None) -> UUID:
    """The member an invitation is for: this identity's, the one it names, or a new one."""
    if known is not None and row.member_id not in {None, known}:
        raise SignInRefusedError(reason="an invitation of somebody else")
    who = known or row.member_id
    # Under whatever address: nobody gives themselves a habilitation.
    if who is not None and who == row.invited_by_id:
        raise SignInRefusedError(reason="an invitation of one's own")
    mark = update(invitation).where(invitation.c.id == row.id)
    # Marked first: the row policies let this login make a member only from an invitation used in this transaction.
    await answer(connection, mark.values(used_at=func.now()))
    if who is None:
        who = uuid4()
        added = insert(member).values(id=who, organisation_id=row.organisation_id, name=row.name, email=row.email)
        await answer(connection, added)
    await answer(connection, mark.values(member_id=who))
    fits = select(member.c.id).where(
        member.c.id == who,
        member.c.organisation_id == row.organisation_id,
        member.c.status == MemberStatus.ACTIVE.value,
    )
    if await one(connection, fits) is None:
        raise SignInRefusedError(reason="not an active member of the inviting organisation")
    if known is None:
        linked = insert(member_identity).values(idp_id=identity.provider.id, subject=identity.subject, member_id=who)
        once = linked.on_conflict_do_nothing().returning(member_identity.c.member_id)
        if await one(connection, once) is None:
            raise SignInRefusedError(reason="this identity is another member's")
    return who


def _confirmed_email(identity: Identity) -> str:
    # ProConnect's providers answer for the addresses they give; an organisation's own has to say that it checked.
    if identity.email is None or not (identity.email_verified or identity.provider.organisation_id is None):
        raise SignInRefusedError(reason="e-mail not confirmed")
    return identity.email.lower()


def _vouched_organisation(identity: Identity) -> Any:
    """Which organisation this provider may speak for: its own, or those of the SIRET that ProConnect gives."""
    if identity.provider.organisation_id is not None:
        return organisation.c.id == identity.provider.organisation_id
    if identity.siret is None:
        raise SignInRefusedError(reason="no SIRET")
    return organisation.c.sirets.contains([identity.siret])
