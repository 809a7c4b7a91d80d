"""Who may break the glass of a case, and who looks on: what the tests of it start from."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest_asyncio

from auth.caller import Caller
from schema.tables.sharing import emergency_access
from schema.tables.situation import situation
from schema.vocabulary import (
    BreakGlassReason,
    Role,
)
from tests.loaders.commands.sharing_world import Office, public

ASK, ASK_CALLER, OPEN, APPROVE, CLOSE, REVIEW = (
    "requestControlAccess", "requestCallerIdentity", "openEmergencyAccess", "approveEmergencyAccess",
    "closeEmergencyAccess", "reviewEmergencyAccess",
)  # fmt: skip

R = BreakGlassReason


@dataclass
class Watch:
    """Who may open what, and who looks on."""

    office: Office
    dpo: Caller
    second: Caller
    third: Caller
    on_call: Caller
    coordinator: Caller
    case: UUID
    ref: str
    name: str = field(default="Lina")

    async def ask(self, who: Caller | None = None, **changes: Any) -> UUID:
        wish = {
            "ref": self.ref,
            "reason_code": R.COMPLAINT,
            "reason": "Réclamation de la mère.",
            "field_groups": ["G03"],
        }
        return await self.office.done(ASK, who or self.dpo, **{**wish, **changes})

    async def open(self, who: Caller | None = None, **changes: Any) -> UUID:
        wish = {"ref": self.ref, "reason": "Elle vient d'appeler, en pleurs.", "field_groups": ["G03"]}
        return await self.office.done(OPEN, who or self.on_call, **{**wish, **changes})

    async def approve(self, one: UUID, who: Caller | None = None) -> None:
        await self.office.done(APPROVE, who or self.second, receipt=receipt(one))

    async def row(self, one: UUID) -> dict[str, Any]:
        return await self.office.row(emergency_access, one)

    async def sees(self, who: Caller) -> list[Any]:
        """The first names that somebody reads in the case."""
        return await self.office.reads(who, "Minor", "first_name", self.case)

    async def told(self, who: Caller) -> list[Any]:
        """The reasons that somebody finds in the list of exceptional accesses to the case."""
        return await self.office.reads(who, "EmergencyAccess", "reason", self.case)


def receipt(one: UUID | None) -> str:
    return public("EmergencyAccess", one)


@pytest_asyncio.fixture(loop_scope="module", name="watch")
async def made_watch(office: Office) -> Watch:
    case = await office.case()
    await office.child(case, first_name="Lina")
    await office.link(case, office.ase, caseworker_id=office.caseworker.member_id)
    return Watch(
        office, await office.person(office.dlpm, Role.DPO), office.supervisor, await office.person(office.dlpm, Role.SUP),
        await office.person(office.ase, Role.ASE), await office.person(office.ase, Role.COO),
        case, (await office.row(situation, case))["ref"],
    )  # fmt: skip
