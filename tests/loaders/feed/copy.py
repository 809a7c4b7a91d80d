"""A copy that follows a feed, as an organisation's software keeps one."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from auth.caller import Caller
from loaders.feed.feeds import Feeds
from loaders.feed.pages import Page
from loaders.feed.view import nouns_of
from loaders.nouns import NOUNS
from loaders.policy.context import values
from loaders.policy.doors import door
from loaders.postgres.connections import Lanes
from loaders.statement import compiled, version
from schema.vocabulary import MandateKind, OrgKind
from tests.loaders.commands.world import Partner, World


@dataclass
class Copy:
    """What an organisation's software keeps: the version of each row it knows, by public id."""

    world: World
    caller: Caller
    lanes: Lanes
    place: int | None = None
    rows: dict[str, str] = field(default_factory=dict)
    entries: int = 0

    async def page(self, size: int = 3) -> Page:
        return await Feeds(self.lanes).page(self.caller, self.place, size)

    async def follow(self, size: int = 3) -> int:
        """Read on until there is no more; how many entries that were."""
        before = self.entries
        while True:
            await self.lanes.fetchval("SELECT 1")
            page = await self.page(size)
            assert page.position >= (self.place or 0)
            places = [entry.position for entry in page.entries]
            assert places == sorted(set(places))
            for entry in page.entries:
                assert entry.position > (self.place or 0)
                self.entries += 1
                seen = None if entry.gone else await self.seen(entry.noun, entry.row)
                if seen is None:
                    self.rows.pop(entry.public_id, None)
                else:
                    self.rows[entry.public_id] = seen
            self.place = page.position
            if not page.more:
                return self.entries - before

    async def seen(self, noun: str, row: UUID) -> str | None:
        gate = door(self.caller.audience, NOUNS[noun])
        sql, names, _ = compiled(select(version(gate)).where(gate.row.c.id == row, gate.where))
        binds = values(self.caller)
        found: str | None = await self.lanes.fetchval(sql, *(binds.get(name, row) for name in names))
        return found

    async def view(self) -> dict[str, str]:
        """Everything within reach, read by itself."""
        found = {}
        for noun in nouns_of(self.caller.audience):
            gate = door(self.caller.audience, noun)
            sql, names, _ = compiled(select(gate.row.c.id, version(gate)).where(gate.where))
            binds = values(self.caller)
            for row in await self.lanes.fetch(sql, *(binds[name] for name in names)):
                found[f"{noun.prefix}_{row[0]}"] = row[1]
        return found


async def association(world: World) -> Partner:
    return await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)
