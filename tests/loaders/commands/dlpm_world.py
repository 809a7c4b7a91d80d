"""The DLPM's desk for the tests of its commands: a team, a situation in hand, and proof that a refusal wrote nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import Table
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from auth.caller import Caller
from loaders.commands import action, contact, duty, minor, network, notice, observation, orientation, repeat, situation
from loaders.commands.work import Command
from schema.errors import BadInputError
from schema.tables import contact as contacts
from schema.tables import metadata
from schema.tables import referral as referrals
from schema.tables import report as reports
from schema.tables import situation as situations
from schema.types.mutation_dlpm import DlpmMutation
from schema.vocabulary import MandateKind, OrgKind, ReferralKind, ReferralStatus, ReportStatus, Role, SituationStatus
from tests.loaders.commands.world import NORD, REUNION, Partner, World, made_world, public, together

COMMANDS: Mapping[str, Command] = {
    name: command
    for module in (action, contact, duty, minor, network, notice, observation, orientation, repeat, situation)
    for name, command in module.COMMANDS.items()
}


def _inputs() -> dict[str, type[Any]]:
    definition: StrawberryObjectDefinition = DlpmMutation.__dict__["__strawberry_definition__"]
    return {to_camel_case(one.python_name): cast("type[Any]", one.arguments[0].type) for one in definition.fields}


INPUTS: Mapping[str, type[Any]] = _inputs()
# Every table that says something of a situation.
CASE_TABLES = [table for table in metadata.sorted_tables if "situation_id" in table.c and table.name != "reach"]
SUMMARY = "Une mineure de 15 ans serait hébergée par des adultes ; école informée."


@dataclass
class Desk(World):
    """The world, and in it the DLPM with two listeners, a supervisor and an analyst."""

    dlpm: Partner = field(kw_only=True)
    me: Caller = field(kw_only=True)
    colleague: Caller = field(kw_only=True)
    supervisor: Caller = field(kw_only=True)
    analyst: Caller = field(kw_only=True)

    async def done(self, name: str, caller: Caller, /, **wish: Any) -> UUID:
        """Do it; it was not refused."""
        outcome = await self.act(name, caller, **wish)
        assert outcome.refusal is None, outcome.refusal.code
        assert outcome.subject is not None
        return outcome.subject

    async def case(self, status: SituationStatus = SituationStatus.OPEN, **columns: Any) -> UUID:
        """A situation in my charge, in which Nord is competent."""
        identity = await self.add(
            situations.situation, ref=f"S-{secrets.token_hex(6)}", controller_org_id=self.dlpm.id,
            assigned_member_id=self.me.member_id, status=status.value, **columns,
        )  # fmt: skip
        await self.competence(identity, NORD)
        return identity

    async def close(self, case: UUID) -> None:
        """Close a situation behind everybody's back."""
        await self.change(situations.situation, case, status=SituationStatus.CLOSED.value, closed_at=self.now)

    async def competence(self, case: UUID, authority: UUID, **columns: Any) -> UUID:
        """A live jurisdiction."""
        code = "974" if authority == REUNION else "59"
        values = {"starts_at": self.now - timedelta(days=60), **columns}
        return await self.add(
            situations.situation_jurisdiction,
            situation_id=case,
            authority_id=authority,
            department_code=code,
            role="RESIDENCE",
            **values,
        )

    async def child(self, case: UUID, **columns: Any) -> UUID:
        return await self.add(situations.minor, situation_id=case, **columns)

    async def contact(self, case: UUID, taken_by: Caller | None = None, **columns: Any) -> UUID:
        """A contact, mine if nobody else's."""
        listener = taken_by or self.me
        return await self.add(
            contacts.contact, situation_id=case, controller_org_id=self.dlpm.id, taken_by_id=listener.member_id,
            outcome="ANSWERED_HELP", **columns,
        )  # fmt: skip

    async def caller_of(self, case: UUID, taken: UUID, anonymity: str, **columns: Any) -> UUID:
        """Who made a contact."""
        return await self.add(
            contacts.caller,
            contact_id=taken,
            situation_id=case,
            controller_org_id=self.dlpm.id,
            anonymity=anonymity,
            **columns,
        )

    async def notice(self, case: UUID, status: ReportStatus = ReportStatus.DRAFT, **columns: Any) -> UUID:
        """A complete report to Nord."""
        sent = (
            {} if status in {ReportStatus.DRAFT, ReportStatus.VALIDATED} else {"sent_at": self.now - timedelta(hours=3)}
        )
        text = {"summary_for_crip": SUMMARY, "appraisal": "Danger.", "danger_types": ["SEXUAL"]}
        values = {"to_authority_id": NORD, **text, **sent, **columns}
        if "minor_id" not in values:
            values["minor_id"] = await self.child(case)
        values.setdefault("origin_contact_id", await self.contact(case))
        return await self.add(
            reports.concern_report, situation_id=case, controller_org_id=self.dlpm.id, status=status.value, **values
        )  # fmt: skip

    async def receiver(self, mandate: MandateKind = MandateKind.ASE_MISSION) -> Partner:
        return await self.partner(OrgKind.ASSOCIATION, mandate=mandate)

    async def orientation(
        self,
        case: UUID,
        status: ReferralStatus = ReferralStatus.PROPOSED,
        kind: ReferralKind = ReferralKind.DIRECT_SUPPORT,
        receiver: Partner | None = None,
        **columns: Any,
    ) -> UUID:
        """An orientation of a minor of the situation."""
        to = receiver or await self.receiver()
        return await self.add(
            referrals.referral, ref=f"O-{secrets.token_hex(6)}", situation_id=case, minor_id=await self.child(case),
            controller_org_id=self.dlpm.id, to_org_id=to.id, kind=kind.value, status=status.value, **columns,
        )  # fmt: skip

    async def file(self, case: UUID) -> dict[str, Any]:
        """All that the database says of a situation, its events and its ledger included."""
        content: dict[str, Any] = {"situation": await self.row(situations.situation, case)}
        for table in CASE_TABLES:
            found = await self.rows(table, table.c.situation_id == case)
            content[table.name] = sorted(found, key=str)
        return content

    async def refused_unchanged(self, case: UUID, name: str, caller: Caller, /, **wish: Any) -> str:
        """The code of the refusal, which has left the whole file as it was."""
        before = await self.file(case)
        code = await self.refused(name, caller, **wish)
        assert await self.file(case) == before
        assert (await self.log(self.traces[-1]))["outcome"] == code
        return code

    async def wrong_input(self, case: UUID | None, name: str, caller: Caller, /, **wish: Any) -> str | None:
        """The reason why the input cannot be used, which has left the whole file as it was."""
        before = await self.file(case) if case else None
        with pytest.raises(BadInputError) as caught:
            await self.act(name, caller, **wish)
        assert (await self.file(case) if case else None) == before
        return caught.value.reason

    async def of(self, table: Table, case: UUID) -> list[dict[str, Any]]:
        """The rows of a table that hang on a situation."""
        return await self.rows(table, table.c.situation_id == case)


@pytest_asyncio.fixture(loop_scope="module", name="desk")
async def made_desk(world: World) -> Desk:
    """The DLPM at work."""
    dlpm = await world.partner(OrgKind.DLPM)
    team = {"me": Role.LIS, "colleague": Role.LIS, "supervisor": Role.SUP, "analyst": Role.ANA}
    people = {name: await world.person(dlpm, role) for name, role in team.items()}
    return Desk(world.admin, world.lanes, world.commands, world.now, world.traces, dlpm=dlpm, **people)


__all__ = ["NORD", "REUNION", "SUMMARY", "Desk", "Partner", "made_desk", "made_world", "public", "together"]
