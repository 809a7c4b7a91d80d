"""A CRIP with one situation: what the tests of its acts start from."""

from dataclasses import dataclass
from uuid import UUID

from auth.caller import Caller
from schema.vocabulary import OrgKind, ReportStatus, Role
from tests.loaders.commands.world import NORD, World

S = ReportStatus

HIDDEN = {S.DRAFT, S.VALIDATED, S.MISROUTED}


@dataclass
class Desk:
    """A CRIP with one situation, in which another report keeps its reach open."""

    officer: Caller
    tool: Caller
    case: UUID
    other_report: UUID


async def desk(world: World, authority: UUID = NORD) -> Desk:
    crip = await world.partner(OrgKind.CRIP, authority)
    case = await world.situation(authority)
    other = await world.report(case, authority, S.ACKNOWLEDGED)
    return Desk(await world.person(crip, Role.CRI), await world.tool(crip), case, other)
