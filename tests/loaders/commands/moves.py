"""A family moves from the Nord to La Réunion: what the tests of a transfer start from."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio

from auth.caller import Caller
from loaders.setup.reference import authority_id
from schema.tables import metadata
from schema.tables.protection import department_transfer, measure
from schema.tables.situation import minor, situation, situation_jurisdiction
from schema.vocabulary import OrgKind, ReportStatus, Role, TransferDuty, TransferRegime, TransferState
from tests.loaders.commands.world import NORD, REUNION, World, public

S = TransferState
D = TransferDuty

CASE_TABLES = [table for table in metadata.sorted_tables if "situation_id" in table.c and table.name != "reach"]


@dataclass
class Move:
    """A family leaves the Nord for La Réunion: both CRIPs, a third that has no part in it, and the file."""

    world: World
    origin: Caller
    destination: Caller
    stranger: Caller
    case: UUID
    child: UUID
    report: UUID

    async def transfer(self, state: TransferState = S.REQUESTED, **columns: Any) -> UUID:
        known: dict[str, Any] = {"destination_authority_id": REUNION, "department_code": "974"}
        return await self.world.add(
            department_transfer,
            situation_id=self.case,
            origin_authority_id=NORD,
            state=state.value,
            **{"regime": "REPORT_UNDER_WAY", **({} if state is S.UNKNOWN_ADDRESS else known), **columns},
        )

    async def measure(self, decision: str = "JUDICIAL", **columns: Any) -> UUID:
        return await self.world.add(
            measure,
            situation_id=self.case,
            authority_id=NORD,
            decision=decision,
            nature="10",
            **{"starts_on": self.world.now.date() - timedelta(days=30), **columns},
        )

    async def file(self) -> dict[str, Any]:
        content: dict[str, Any] = {"situation": await self.world.row(situation, self.case)}
        for table in CASE_TABLES:
            content[table.name] = sorted(await self.world.rows(table, table.c.situation_id == self.case), key=str)
        return content

    async def refused(self, name: str, caller: Caller, **wish: Any) -> str:
        """The code of the refusal, which has left the whole file as it was."""
        before = await self.file()
        code = await self.world.refused(name, caller, **wish)
        assert await self.file() == before
        return code

    async def done(self, name: str, caller: Caller, **wish: Any) -> UUID:
        outcome = await self.world.act(name, caller, **wish)
        assert outcome.refusal is None, outcome.refusal.code
        assert outcome.subject is not None
        return outcome.subject

    async def state(self, transfer: UUID) -> str:
        state: str = (await self.world.row(department_transfer, transfer))["state"]
        return state


@pytest_asyncio.fixture(loop_scope="module", name="move")
async def made_move(world: World) -> Move:
    case = await world.situation(NORD)
    child = await world.add(minor, situation_id=case, age_band="A15_17")
    text = {"summary_for_crip": "Résumé.", "appraisal": "Danger.", "danger_types": ["SEXUAL"], "minor_id": child}
    report = await world.report(case, NORD, ReportStatus.QUALIFIED, **text)
    people = [
        await world.person(await world.partner(OrgKind.CRIP, authority), Role.CRI) for authority in (NORD, REUNION)
    ]
    # Of a third authority, competent for the case by presence and with a report of its own.
    stranger = await world.person(await world.partner(OrgKind.CRIP, await third(world, case)), Role.CRI)
    return Move(world, people[0], people[1], stranger, case, child, report)


async def third(world: World, case: UUID) -> UUID:
    identity = authority_id("13")
    await world.add(
        situation_jurisdiction,
        situation_id=case,
        authority_id=identity,
        department_code="13",
        role="PRESENCE",
        starts_at=world.now - timedelta(days=5),
    )
    await world.report(case, identity)
    return identity


def wish_of(move: Move, regime: TransferRegime = TransferRegime.REPORT_UNDER_WAY) -> dict[str, Any]:
    return {
        "situation": public("Situation", move.case),
        "regime": regime,
        "department_code": "974",
        "destination_authority": public("Authority", REUNION),
    }
