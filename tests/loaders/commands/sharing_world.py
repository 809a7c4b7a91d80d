"""A case in which secrets could be shared: the DLPM's desk, a CRIP, an ASE service and an association around it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.nouns import NOUNS
from loaders.policy.context import values
from loaders.policy.doors import door
from loaders.statement import compiled
from schema.tables import metadata
from schema.tables.oauth import oauth_token
from schema.tables.observation import live_danger
from schema.tables.people import habilitation
from schema.tables.sharing import information_duty
from schema.vocabulary import MandateKind, OrgKind, Purpose, ReferralStatus, ReportStatus, Role
from tests.loaders.commands.dlpm_world import NORD, Desk, Partner, made_desk, made_world, public

EXTRACT = "La jeune fille a besoin d'un hébergement éloigné de son quartier."


@dataclass
class Office(Desk):
    """The desk, and around it those with whom something may be shared."""

    crip: Partner = field(kw_only=True)
    officer: Caller = field(kw_only=True)
    other_officer: Caller = field(kw_only=True)
    ase: Partner = field(kw_only=True)
    caseworker: Caller = field(kw_only=True)
    association: Partner = field(kw_only=True)
    worker: Caller = field(kw_only=True)

    async def person(self, partner: Partner, role: Role) -> Caller:
        """Habilitated since yesterday: who approves an exceptional access must have been, when it opens."""
        found = await super().person(partner, role)
        assert found.habilitation_id
        await self.change(habilitation, found.habilitation_id, valid_from=self.now - timedelta(days=1))
        return found

    async def shared_case(self) -> UUID:
        """A case with a report at the CRIP, a link with the ASE and a released orientation; all secrets in it."""
        case = await self.case()
        await self.notice(case, ReportStatus.SENT)
        await self.link(case, self.ase)
        await self.orientation(
            case, ReferralStatus.IDENTITY_RELEASED, receiver=self.association, assigned_member_id=self.worker.member_id
        )
        await self.add(live_danger, situation_id=case, place="Gare", until=self.now + timedelta(days=3))
        return case

    async def told(self, case: UUID, duty: str = "SHARING", **columns: Any) -> UUID:
        """A duty to inform that was done."""
        return await self.add(
            information_duty, situation_id=case, duty=duty, person="la mère", **{"done_at": self.now, **columns}
        )

    async def wish(self, case: UUID, receiver: Caller | None = None, **changes: Any) -> dict[str, Any]:
        """A lawful request: the live danger to the ASE caseworker, for thirty days."""
        to = receiver or self.caseworker
        return {
            "situation": public("Situation", case),
            "to_member": public("Member", to.member_id),
            "to_organisation": public("Organisation", to.organisation_id),
            "purpose": to.purpose,
            "field_groups": ["G19"],
            "justification": "Savoir où la chercher cette nuit.",
            "duty": public("InformationDuty", await self.told(case)),
            "expires_at": self.now + timedelta(days=30),
            **changes,
        }

    async def granted(self, case: UUID, receiver: Caller | None = None, **changes: Any) -> UUID:
        """Asked for by me, approved by my supervisor."""
        one = await self.done("requestSharingGrant", self.me, **await self.wish(case, receiver, **changes))
        await self.done("approveSharingGrant", self.supervisor, sharing_grant=public("SharingGrant", one))
        return one

    async def reads(self, caller: Caller, noun: str, column: str, case: UUID) -> list[Any]:
        """The values of a column that the caller is shown, of the rows of a situation: by the very doors of a read."""
        gate = door(caller.audience, NOUNS[noun])
        of = gate.row.c["id" if noun == "Situation" else "situation_id"]
        sql, names, _ = compiled(
            select(func.array_agg(gate.column(column))).where(
                of == bindparam("case", type_=Uuid(as_uuid=True)), gate.where
            )
        )
        binds = {"case": case, **values(caller)}
        return list(await self.lanes.fetchval(sql, *(binds[one] for one in names)) or [])

    async def everything(self) -> dict[str, Any]:
        """All rows but those of the access log: what a refusal must leave as it was."""
        return {
            table.name: sorted(await self.rows(table), key=str)
            for table in metadata.sorted_tables
            if table.name not in {"access_log", "official_code"}
        }

    async def suspend(self, caller: Caller) -> None:
        """Take away somebody's habilitation."""
        assert caller.habilitation_id
        await self.change(habilitation, caller.habilitation_id, state="SUSPENDED")

    def asking(self, caller: Caller, purpose: Purpose) -> Caller:
        """The same person, asking for another of their purposes."""
        return replace(caller, purpose=purpose)

    async def token_for(self, caller: Caller, purpose: Purpose) -> Caller:
        """The same, with a token that says so."""
        await self.change(oauth_token, caller.token_id, purpose=purpose.value)  # type: ignore[arg-type]
        return self.asking(caller, purpose)


@pytest_asyncio.fixture(loop_scope="module", name="office")
async def made_office(desk: Desk) -> Office:
    """The desk and its partners."""
    crip = await desk.partner(OrgKind.CRIP, NORD)
    ase = await desk.partner(OrgKind.ASE, NORD)
    association = await desk.partner(OrgKind.ASSOCIATION, mandate=MandateKind.ASE_MISSION)
    made = Office(
        desk.admin, desk.lanes, desk.commands, desk.now, desk.traces,
        dlpm=desk.dlpm, me=desk.me, colleague=desk.colleague, supervisor=desk.supervisor, analyst=desk.analyst,
        crip=crip, officer=await desk.person(crip, Role.CRI), other_officer=await desk.person(crip, Role.CRI),
        ase=ase, caseworker=await desk.person(ase, Role.ASE),
        association=association, worker=await desk.person(association, Role.ASM),
    )  # fmt: skip
    for one in (
        made.me,
        made.colleague,
        made.supervisor,
        made.officer,
        made.other_officer,
        made.caseworker,
        made.worker,
    ):
        assert one.habilitation_id
        await made.change(habilitation, one.habilitation_id, valid_from=made.now - timedelta(days=1))
    return made


__all__ = ["EXTRACT", "NORD", "Office", "made_desk", "made_office", "made_world", "public"]
