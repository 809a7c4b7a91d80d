"""Acts from the command line: the same commands, rules and records as over HTTP, without a token.

Whoever may read the server's secrets acts here, so which member they are is what they say: the record in the
access log names the account of the machine too. Four eyes stay: they are rows of two members, not two terminals.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Text, cast, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.caller import Caller
from auth.policy import PURPOSES
from loaders.commands.idempotency import Claims
from loaders.commands.registry import COMMANDS
from loaders.commands.running import Commands
from loaders.commands.work import Command
from loaders.journals.audit import AuditWriter
from loaders.journals.authentication_log import Record
from loaders.monitoring.publishing import Publishing
from loaders.nouns import NOUNS
from loaders.postgres.connections import Lanes
from loaders.sealed.keyring import Keyring
from loaders.tokens.standing import habilitation_is_live, organisation_is_open
from schema.errors import NotFoundError, SetupError
from schema.tables.directory import authority, organisation
from schema.tables.oauth import client_key, client_secret, enrolment, oauth_client
from schema.tables.people import habilitation, member
from schema.types.mutation import INPUTS
from schema.vocabulary import Audience, MemberStatus, OrganisationStatus, OrgKind, Role

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and with what."""

    commands: Commands
    caller: Caller

    async def act(self, name: str, /, **wish: Any) -> UUID:
        """Do it. Raises SetupError with the sentence of the refusal, which has been recorded."""
        return (await self._done(name, wish))[0]

    async def revealed(self, name: str, /, **wish: Any) -> str:
        """Do it; what only the answer holds. Raises as `act`."""
        return (await self._done(name, wish))[1] or ""

    async def _done(self, name: str, wish: dict[str, Any]) -> tuple[UUID, str | None]:
        command = COMMANDS[name]
        if self.caller.audience not in command.act.audiences or not isinstance(command, Command):
            raise SetupError("This act is not for somebody in this role.")
        # There is no token whose standing could be asked.
        by_hand = replace(command, asks_standing=True)
        try:
            outcome = await self.commands.run(name, by_hand, self.caller, INPUTS[name](**wish), uuid4().hex)
        except NotFoundError:
            raise SetupError("There is nothing of this name.") from None
        if outcome.refusal is not None:
            raise SetupError(outcome.refusal.sentence, reason=outcome.refusal.code)
        if outcome.subject is None:
            raise SetupError("Nothing was done.")
        return outcome.subject, outcome.shown_once


@asynccontextmanager
async def acting(
    commands_dsn: str,
    audit_dsn: str,
    *,
    caller: Caller,
    keyring: Keyring,
    issuer: str,
    publishing: Publishing | None = None,
) -> AsyncIterator[Hand]:
    """The runner of commands, for one run of the command line."""
    audit = AuditWriter(audit_dsn)
    await audit.start()
    try:
        lanes = Lanes(commands_dsn, size=1)
        # No key of a repeat comes from here, so none is ever computed.
        commands = Commands(lanes, audit, keyring, Claims(b""), issuer=issuer, publishing=publishing or Publishing())
        try:
            yield Hand(commands, caller)
        finally:
            await lanes.close()
    finally:
        await audit.close()


async def administrator(engine: AsyncEngine, words: str, account: str) -> Caller:
    """The administrator with this id or address. Raises SetupError."""
    found = await _holder(engine, words, account, Role.ADM, OrgKind.OPERATOR)
    if found is None:
        raise SetupError("--as names nobody who administers the network now: give a member id or an address.")
    return found


async def official(engine: AsyncEngine, words: str, account: str, role: Role) -> Caller:
    """The member of the 119 with this id or address, in a role. Raises SetupError."""
    found = await _holder(engine, words, account, role, OrgKind.DLPM)
    if found is None:
        raise SetupError(f"--as names nobody who is {role.value} of the 119 now: give a member id or an address.")
    return found


async def _holder(engine: AsyncEngine, words: str, account: str, role: Role, kind: OrgKind) -> Caller | None:
    wanted = (
        select(member.c.id, habilitation.c.id.label("habilitation_id"), organisation.c.id.label("organisation_id"))
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .join(habilitation, habilitation.c.member_id == member.c.id)
        .where(
            organisation.c.kind == kind.value,
            organisation_is_open(),
            member.c.status == MemberStatus.ACTIVE.value,
            habilitation.c.role == role.value,
            habilitation_is_live(),
            member.c.email == words if "@" in words else member.c.id == _uuid("Member", words),
        )
    )
    async with engine.connect() as connection:
        rows = (await connection.execute(wanted)).all()
    if len(rows) != 1:
        return None
    row = rows[0]
    return Caller.without_token(
        Audience(role.value),
        row.organisation_id,
        kind,
        client_id=f"command line/{account}",
        member_id=row.id,
        habilitation_id=row.habilitation_id,
        purpose=min(PURPOSES[role]),
    )


def _uuid(noun: str, words: str) -> UUID:
    try:
        return UUID(words.removeprefix(f"{NOUNS[noun].prefix}_"))
    except ValueError:
        raise SetupError(f"{words} is no id of the expected kind.") from None


def public(noun: str, words: str | UUID) -> str:
    """A public id, of what was given with or without its prefix. Raises SetupError."""
    identity = words if isinstance(words, UUID) else _uuid(noun, words)
    return f"{NOUNS[noun].prefix}_{identity}"


# ---------------------------------------------------------------- founding


@dataclass(frozen=True, slots=True)
class Founded:
    """The operator's own organisation, and its first administrators by address."""

    organisation: UUID
    administrators: dict[str, UUID]


async def found(engine: AsyncEngine, name: str, people: Sequence[tuple[str, str]], record: Record) -> Founded:
    """The beginning of a network: the operator and its first administrators; once, recorded or not done. Raises SetupError."""
    if len({address for _, address in people}) < 2 or len(people) < 2:  # noqa: PLR2004 (four eyes)
        raise SetupError("A network begins with two administrators, each with an address of their own.")
    async with engine.begin() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(7_264_521)))
        known = select(organisation.c.id).where(organisation.c.kind == OrgKind.OPERATOR.value)
        if (await connection.execute(known)).first() is not None:
            raise SetupError("This network has its operator already.")
        identity = await _added(
            connection, organisation, name=name, kind=OrgKind.OPERATOR.value, status=OrganisationStatus.ACTIVE.value
        )
        made = {address: await _administrator(connection, identity, who, address) for who, address in people}
        await record("network.founded", organisation=str(identity), administrators=",".join(map(str, made.values())))
        return Founded(identity, made)


async def _administrator(connection: AsyncConnection, employer: UUID, name: str, address: str) -> UUID:
    identity = await _added(connection, member, organisation_id=employer, name=name, email=address)
    now = datetime.now(UTC)
    await _added(
        connection, habilitation, member_id=identity, organisation_id=employer, role=Role.ADM.value, valid_from=now,
        valid_to=now + _YEAR,
    )  # fmt: skip
    return identity


async def _added(connection: AsyncConnection, table: Any, **values: Any) -> UUID:
    identity: UUID = (await connection.execute(insert(table).values(**values).returning(table.c.id))).scalar_one()
    return identity


# ---------------------------------------------------------------- what there is


async def organisations(engine: AsyncEngine) -> list[dict[str, Any]]:
    """Every organisation: name, kind, state, tools, what waits for an approval."""
    tools = (
        select(oauth_client.c.organisation_id, func.count().label("tools"))
        .group_by(oauth_client.c.organisation_id)
        .subquery()
    )
    waiting = (
        select(oauth_client.c.organisation_id, func.array_agg(enrolment.c.fingerprint).label("waiting"))
        .join(oauth_client, oauth_client.c.id == enrolment.c.client_id)
        .where(enrolment.c.used_at.is_not(None), enrolment.c.approved_at.is_(None), enrolment.c.withdrawn_at.is_(None))
        .group_by(oauth_client.c.organisation_id)
        .subquery()
    )
    statement = (
        select(
            organisation.c.id,
            organisation.c.name,
            organisation.c.kind,
            authority.c.code.label("authority"),
            organisation.c.status,
            organisation.c.epoch,
            func.coalesce(tools.c.tools, 0).label("tools"),
            func.coalesce(func.cardinality(waiting.c.waiting), 0).label("awaiting_approval"),
        )
        .outerjoin(authority, authority.c.id == organisation.c.authority_id)
        .outerjoin(tools, tools.c.organisation_id == organisation.c.id)
        .outerjoin(waiting, waiting.c.organisation_id == organisation.c.id)
        .order_by(organisation.c.name, organisation.c.id)
    )
    return [{**row, "id": public("Organisation", row["id"])} for row in await _rows(engine, statement)]


async def clients(engine: AsyncEngine, words: str | None) -> list[dict[str, Any]]:
    """Tools and their keys or secrets, of one organisation or of all; of a secret its id alone is there to tell."""
    keys = select(
        client_key.c.client_id, client_key.c.kid, client_key.c.not_before, client_key.c.retired_at.label("until")
    )
    secret = literal(NOUNS["ToolSecret"].prefix + "_").concat(cast(client_secret.c.id, Text))
    secrets = select(client_secret.c.client_id, secret, client_secret.c.created_at, client_secret.c.expires_at)
    proof = keys.union_all(secrets).subquery()
    statement = (
        select(
            oauth_client.c.id.label("client"),
            organisation.c.name.label("organisation"),
            oauth_client.c.status,
            oauth_client.c.auth_method,
            oauth_client.c.last_call_at,
            oauth_client.c.jwks_uri,
            proof.c.kid,
            proof.c.not_before,
            proof.c.until.label("retired_at"),
        )
        .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
        .outerjoin(proof, proof.c.client_id == oauth_client.c.id)
        .order_by(oauth_client.c.id, proof.c.not_before, proof.c.kid)
    )
    if words is not None:
        statement = statement.where(organisation.c.id == _uuid("Organisation", words))
    return await _rows(engine, statement)


async def members(engine: AsyncEngine, words: str) -> list[dict[str, Any]]:
    """The members of one organisation and their habilitations."""
    statement = (
        select(member.c.id, member.c.name, member.c.email, member.c.status, habilitation.c.role, habilitation.c.state)
        .outerjoin(habilitation, habilitation.c.member_id == member.c.id)
        .where(member.c.organisation_id == _uuid("Organisation", words))
        .order_by(member.c.name, member.c.id, habilitation.c.role)
    )
    return [{**row, "id": public("Member", row["id"])} for row in await _rows(engine, statement)]


async def authority_of(engine: AsyncEngine, code: str) -> str:
    """The public id of an authority. Raises SetupError."""
    rows = await _rows(engine, select(authority.c.id).where(authority.c.code == code))
    if not rows:
        raise SetupError(f"No authority has the code {code}.")
    return public("Authority", rows[0]["id"])


async def _rows(engine: AsyncEngine, statement: Any) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


__all__ = [
    "Founded",
    "Hand",
    "acting",
    "administrator",
    "authority_of",
    "clients",
    "found",
    "official",
    "organisations",
    "public",
]
