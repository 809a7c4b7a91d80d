"""A small network for the tests of commands: rows written by the administrator, acts done by the real runner.

Every test adds rows of its own to the one database of the process, so it looks only at what it has added.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import BigInteger, Table, Text, cast, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.expression import bindparam

from auth.caller import Caller
from auth.policy import PURPOSES
from loaders.commands.idempotency import Claims
from loaders.commands.registry import COMMANDS
from loaders.commands.running import Commands, Outcome
from loaders.journals.audit import AuditWriter
from loaders.nouns import NOUNS
from loaders.policy.context import values
from loaders.policy.doors import door
from loaders.postgres.connections import Lanes
from loaders.postgres.dsn import async_url
from loaders.sealed.envelope import DataKey
from loaders.sealed.keyring import Keyring
from loaders.setup.reference import authority_id
from loaders.statement import compiled, version
from schema.errors import NotFoundError
from schema.tables.directory import organisation
from schema.tables.journal import access_log, outbox, reach
from schema.tables.keys import situation_key
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.tables.situation import minor, situation, situation_jurisdiction
from schema.types.mutation import INPUTS
from schema.vocabulary import (
    AseLinkState,
    MandateKind,
    MinorAgreement,
    OrgKind,
    ReferralKind,
    ReferralStatus,
    ReportStatus,
    Role,
    SecrecyBasis,
    organisation_audience,
    role_audience,
)
from tests.cluster import Cluster
from tests.sealed import SEALED, fresh_key, in_the_clear, key_of, opened, sealed

NORD = authority_id("59")
REUNION = authority_id("974")
# Where no test has a case.
ELSEWHERE = authority_id("976")


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation of the network."""

    id: UUID
    kind: OrgKind
    authority_id: UUID | None
    mandate_kind: MandateKind | None


# At most so many acts at the same time.
LANES = 4


@dataclass
class World:
    """The database as its administrator sees it, and the runner of commands as the server has it."""

    admin: AsyncConnection
    lanes: Lanes
    commands: Commands
    now: datetime
    traces: list[str] = field(default_factory=list)

    # ------------------------------------------------ rows

    async def add(self, table: Table, **columns: Any) -> UUID:
        """Add a row; returns its id."""
        if in_the_clear(table.name, columns):
            columns.setdefault("id", uuid4())
            columns = sealed(await self._data_key(columns["situation_id"]), table.name, columns)
        identity: UUID = (await self.admin.execute(insert(table).values(**columns).returning(table.c.id))).scalar_one()
        return identity

    async def _data_key(self, case: UUID) -> DataKey:
        """The data key of a situation, made where it has none."""
        found = await self.rows(situation_key, situation_key.c.situation_id == case)
        if found:
            return key_of(self.keyring, found[0])
        key, row = fresh_key(self.keyring, case)
        await self.admin.execute(insert(situation_key).values(**row))
        return key

    @property
    def keyring(self) -> Keyring:
        """What the runner of commands seals with."""
        return self.commands._keyring

    async def row(self, table: Table, identity: UUID) -> dict[str, Any]:
        """A row, as it stands now; what is sealed in the clear."""
        found = dict((await self.admin.execute(select(table).where(table.c.id == identity))).one()._mapping)
        if not any(found[name] is not None for name in SEALED.get(table.name, ())):
            return found
        return opened(await self._data_key(found["situation_id"]), table.name, found)

    async def rows(self, table: Table, *clauses: Any) -> list[dict[str, Any]]:
        """The rows that meet the clauses."""
        return [dict(row._mapping) for row in await self.admin.execute(select(table).where(*clauses))]

    async def mark(self, *tables: Table) -> list[tuple[Any, ...]]:
        """What any write to these tables changes: how many rows there are, and the last transaction that wrote one."""
        last = func.max(cast(cast(literal_column("xmin"), Text), BigInteger))
        return [
            tuple((await self.admin.execute(select(func.count(), last).select_from(table))).one()) for table in tables
        ]

    async def change(self, table: Table, identity: UUID, **columns: Any) -> None:
        """Change a row behind everybody's back."""
        await self.admin.execute(update(table).where(table.c.id == identity).values(**columns))

    async def events(self, *subjects: UUID) -> list[dict[str, Any]]:
        """The events of these rows, in order."""
        found = await self.rows(outbox, outbox.c.subject_id.in_(subjects), ~outbox.c.kind.startswith("row."))
        return [
            {name: row[name] for name in ("kind", "situation_id", "audiences")}
            for row in sorted(found, key=lambda row: row["at"])
        ]

    async def log(self, trace: str) -> dict[str, Any]:
        """The one access record of a request."""
        [record] = await self.rows(access_log, access_log.c.trace_id == trace)
        return record

    # ------------------------------------------------ organisations and people

    async def partner(
        self,
        kind: OrgKind,
        authority: UUID | None = None,
        *,
        mandate: MandateKind | None = None,
        territories: Sequence[str] = (),
    ) -> Partner:
        """An organisation."""
        identity = await self.add(
            organisation, name=f"{kind.value} {uuid4()}", kind=kind.value, authority_id=authority,
            mandate_kind=mandate.value if mandate else None, territories=list(territories),
        )  # fmt: skip
        return Partner(identity, kind, authority, mandate)

    async def person(self, partner: Partner, role: Role) -> Caller:
        """A member with one habilitation, asking with a token of their own."""
        identity = await self.add(member, organisation_id=partner.id, name="Camille Exemple")
        right = await self.add(
            habilitation, member_id=identity, organisation_id=partner.id, role=role.value,
            secrecy_basis=SecrecyBasis.MISSION.value, valid_to=self.now + timedelta(days=100),
        )  # fmt: skip
        return await self._caller(partner, identity, right, role)

    async def tool(self, partner: Partner) -> Caller:
        """The organisation's software, asking for nobody."""
        return await self._caller(partner, None, None, None)

    async def _caller(self, partner: Partner, person: UUID | None, right: UUID | None, role: Role | None) -> Caller:
        client = f"cli_{secrets.token_hex(8)}"
        await self.admin.execute(insert(oauth_client).values(id=client, organisation_id=partner.id, name="outil"))
        purpose = min(PURPOSES[role]) if role else None
        token, epochs, expires_at = secrets.token_hex(16), "0.0.0" if person else "0.0", self.now + timedelta(minutes=5)
        await self.admin.execute(
            insert(oauth_token).values(
                id=token, client_id=client, member_id=person, habilitation_id=right, purpose=purpose.value if purpose else None,
                scopes=[], epochs=epochs, issued_at=self.now, expires_at=expires_at,
            )
        )  # fmt: skip
        audience = role_audience(role) if role else organisation_audience(partner.kind)
        assert audience is not None
        return Caller(
            audience=audience, client_id=client, organisation_id=partner.id, organisation_kind=partner.kind,
            mandate_kind=partner.mandate_kind, authority_id=partner.authority_id, member_id=person, habilitation_id=right,
            purpose=purpose, scopes=frozenset(), token_id=token, expires_at=int(expires_at.timestamp()), epochs=epochs,
        )  # fmt: skip

    # ------------------------------------------------ cases

    async def situation(self, *authorities: UUID, **columns: Any) -> UUID:
        """A situation in which these authorities are competent."""
        dlpm = await self.partner(OrgKind.DLPM)
        identity = await self.add(situation, ref=f"S-{secrets.token_hex(6)}", controller_org_id=dlpm.id, **columns)
        for authority in authorities:
            code = "974" if authority == REUNION else "59"
            await self.add(
                situation_jurisdiction, situation_id=identity, authority_id=authority, department_code=code,
                role="RESIDENCE", starts_at=self.now - timedelta(days=60),
            )  # fmt: skip
        return identity

    async def report(
        self, case: UUID, authority: UUID, status: ReportStatus = ReportStatus.SENT, **columns: Any
    ) -> UUID:
        """A report on a situation, sent three days ago."""
        owner = (await self.row(situation, case))["controller_org_id"]
        sent = (
            {} if status in {ReportStatus.DRAFT, ReportStatus.VALIDATED} else {"sent_at": self.now - timedelta(days=3)}
        )
        return await self.add(
            concern_report,
            situation_id=case,
            controller_org_id=owner,
            to_authority_id=authority,
            status=status.value,
            **{**sent, **columns},
        )

    async def link(
        self, case: UUID, service: Partner, state: AseLinkState = AseLinkState.PROPOSED, **columns: Any
    ) -> UUID:
        """A link of a situation with an ASE service."""
        proposed = {"proposed_at": self.now - timedelta(days=2)}
        return await self.add(
            ase_link, situation_id=case, ase_org_id=service.id, state=state.value, **{**proposed, **columns}
        )

    async def referral(
        self,
        receiver: Partner,
        status: ReferralStatus = ReferralStatus.PROPOSED,
        kind: ReferralKind = ReferralKind.DIRECT_SUPPORT,
        assignee: Caller | None = None,
        **columns: Any,
    ) -> UUID:
        """A referral of a minor of a new situation, proposed twenty days ago."""
        case = await self.situation()
        owner = (await self.row(situation, case))["controller_org_id"]
        child = await self.add(minor, situation_id=case)
        proposed = {} if status is ReferralStatus.DRAFT else {"proposed_at": self.now - timedelta(days=20)}
        return await self.add(
            referral, ref=f"R-{secrets.token_hex(6)}", situation_id=case, minor_id=child, controller_org_id=owner, to_org_id=receiver.id,
            kind=kind.value, status=status.value, minor_agreement=MinorAgreement.AGREED.value,
            assigned_member_id=assignee.member_id if assignee else None, **{**proposed, **columns},
        )  # fmt: skip

    # ------------------------------------------------ acts

    # Positional only: several inputs have a field `name`.
    async def act(self, name: str, caller: Caller, /, **wish: Any) -> Outcome:
        """Do what the front door does with a mutation."""
        command = COMMANDS[name]
        assert caller.audience in command.act.audiences
        self.traces.append(secrets.token_hex(16))
        return await self.commands.run(name, command, caller, INPUTS[name](**wish), self.traces[-1])

    async def refused(self, name: str, caller: Caller, /, **wish: Any) -> str:
        """The code of the refusal: of the domain, or NOT_FOUND."""
        try:
            outcome = await self.act(name, caller, **wish)
        except NotFoundError as error:
            return error.code
        assert outcome.subject is None
        assert outcome.refusal is not None
        assert outcome.refusal.sentence
        return outcome.refusal.code

    async def version(self, caller: Caller, noun: str, identity: UUID) -> str:
        """The version of a row as the caller sees it."""
        gate = door(caller.audience, NOUNS[noun])
        sql, names, _ = compiled(
            select(version(gate)).where(gate.row.c.id == bindparam("row_id", type_=Uuid(as_uuid=True)), gate.where)
        )
        binds = {"row_id": identity, **values(caller)}
        found: str | None = await self.lanes.fetchval(sql, *(binds[one] for one in names))
        assert found is not None
        return found


def public(noun: str, identity: UUID | None = None) -> str:
    """A public id; of nothing at all where no row is named."""
    return f"{NOUNS[noun].prefix}_{identity or uuid4()}"


def today(world: World) -> date:
    """The day on the calendar in Greenwich."""
    return world.now.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class Connected:
    """What the tests of one module reach the database by: the administrator, and what the server's commands need."""

    admin: AsyncConnection
    lanes: Lanes
    audit: AuditWriter
    keyring: Keyring


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="connected")
async def made_connected(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Connected]:
    """Connected once: a backend that has just started takes longer to plan a statement than to run it."""
    engine = create_async_engine(async_url(cluster.admin), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    audit = AuditWriter(cluster.login("maillage_audit"))
    await audit.start()
    keyring = Keyring(tmp_path_factory.mktemp("keys"))
    keyring.create_first()
    lanes = Lanes(cluster.login("maillage_commands"), size=LANES)
    async with engine.connect() as admin:
        yield Connected(admin, lanes, audit, keyring)
        await _move_away(admin)
    await lanes.close()
    await audit.close()
    await engine.dispose()


async def _move_away(admin: AsyncConnection) -> None:
    """Leave no case and no office with an authority: of each that comes later it would be asked about all of them."""
    await admin.exec_driver_sql("SET session_replication_role = replica")
    await admin.execute(delete(reach))
    await admin.execute(delete(situation_jurisdiction))
    await admin.execute(
        update(organisation).where(organisation.c.authority_id.is_not(None)).values(authority_id=ELSEWHERE)
    )


@pytest_asyncio.fixture(loop_scope="module", name="world")
async def made_world(connected: Connected) -> World:
    """The network as other tests have left it, and nobody in it who is known to this one."""
    now, lanes = datetime.now(UTC), connected.lanes
    claims = Claims(b"tests only")
    commands = Commands(
        lanes, connected.audit, connected.keyring, claims, clock=lambda: now, issuer="https://maillage.example"
    )
    return World(connected.admin, lanes, commands, now)


async def together(*acts: Any) -> list[Any]:
    """Run acts at the same time; an error is a result."""
    return await asyncio.gather(*acts, return_exceptions=True)


__all__ = ["LANES", "NORD", "REUNION", "Partner", "World", "made_world", "public", "today", "together"]
