"""The delta feed: a copy that follows it is the view of its organisation, whoever writes at the same time."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import select

from auth.caller import Caller
from auth.policy import FEEDS
from loaders import feed as feeds
from loaders import logins
from loaders.context import values
from loaders.doors import column_rule, door, noun_visible
from loaders.feed import Feeds, Page, nouns_of
from loaders.nouns import NOUNS
from loaders.outbox import NUMBER
from loaders.statement import compiled, version
from schema.errors import BadInputError, PolicyError, UnauthenticatedError
from schema.tables.contact import listening_note
from schema.tables.feed import feed, feed_row
from schema.tables.journal import outbox, reach
from schema.tables.oauth import oauth_token
from schema.tables.protection import ase_link
from schema.tables.referral import follow_up, referral
from schema.tables.report import concern_report
from schema.tables.situation import situation
from schema.vocabulary import Audience, MandateKind, OrgKind, ReferralStatus, ReportStatus
from tests.cluster import Cluster
from tests.loaders.commands.world import NORD, Partner, World, made_world

__all__ = ["made_world"]


@dataclass
class Copy:
    """What an organisation's software keeps: the version of each row it knows, by public id."""

    world: World
    caller: Caller
    pool: "asyncpg.Pool[Any]"
    place: int | None = None
    rows: dict[str, str] = field(default_factory=dict)
    entries: int = 0

    async def page(self, size: int = 3) -> Page:
        return await Feeds(self._pool).page(self.caller, self.place, size)

    async def _pool(self) -> "asyncpg.Pool[Any]":
        return self.pool

    async def follow(self, size: int = 3) -> int:
        """Read on until there is no more; how many entries that were."""
        before = self.entries
        while True:
            await self.pool.fetchval("SELECT 1")
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
        found: str | None = await self.pool.fetchval(sql, *(binds.get(name, row) for name in names))
        return found

    async def view(self) -> dict[str, str]:
        """Everything within reach, read by itself."""
        found = {}
        for noun in nouns_of(self.caller.audience):
            gate = door(self.caller.audience, noun)
            sql, names, _ = compiled(select(gate.row.c.id, version(gate)).where(gate.where))
            binds = values(self.caller)
            for row in await self.pool.fetch(sql, *(binds[name] for name in names)):
                found[f"{noun.prefix}_{row[0]}"] = row[1]
        return found


@pytest_asyncio.fixture(loop_scope="module", name="pool")
async def made_pool(cluster: Cluster) -> AsyncIterator["asyncpg.Pool[Any]"]:
    async with asyncpg.create_pool(cluster.login(logins.COMMANDS), min_size=0, max_size=6) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module", name="number")
async def made_number(cluster: Cluster) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(cluster.login(logins.RELAY))

    async def number() -> None:
        while await connection.fetchval(NUMBER):
            pass

    yield number
    await connection.close()


async def association(world: World) -> Partner:
    return await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)


async def test_a_change_is_told_once_and_what_leaves_the_view_as_a_tombstone(
    world: World, pool: Any, number: Any
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    one = await world.referral(receiver)
    await number()
    page = await copy.page()
    [entry] = page.entries
    assert (entry.row, entry.noun, entry.gone, entry.groups) == (one, "Referral", False, ("G02", "G23"))
    assert not page.more
    await copy.follow()
    await world.change(referral, one, territory="59")
    await number()
    [entry] = (await copy.page()).entries
    assert (entry.row, entry.groups) == (one, ("G02",))
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await number()
    page = await copy.page()
    [entry] = page.entries
    assert (entry.row, entry.gone, entry.groups) == (one, True, ())
    copy.place = page.position
    assert (await copy.page()).entries == ()
    # Nothing of what was seen is kept.
    [kept] = await world.rows(feed_row, feed_row.c.row_id == one)
    assert (kept["hashes"], kept["categories"], kept["positions"]) == ([], [], [])


async def test_what_an_organisation_may_not_see_moves_nothing_in_its_feed(world: World, pool: Any, number: Any) -> None:
    """Not an entry, not a number, not a moment: the feed is the same as in a world where nothing happened."""
    receiver, other = await association(world), await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    one = await world.referral(receiver)
    case = (await world.row(referral, one))["situation_id"]
    await number()
    await copy.follow()

    async def state() -> Any:
        rows = await world.rows(feed_row, feed_row.c.organisation_id == receiver.id)
        [line] = await world.rows(feed, feed.c.organisation_id == receiver.id)
        return sorted(map(str, rows)), line["position"], (await copy.page()).position

    before = await state()
    hidden = await world.referral(other)
    await world.change(referral, hidden, status=ReferralStatus.ACCEPTED.value)
    # In its own case, too: what the 119 keeps, another association's part, a key of the row itself.
    minor = (await world.row(referral, one))["minor_id"]
    row = await world.row(referral, one)
    await world.add(
        referral, ref="R-elsewhere", situation_id=case, minor_id=minor, controller_org_id=row["controller_org_id"],
        to_org_id=other.id, kind=row["kind"], status=ReferralStatus.PROPOSED.value,
    )  # fmt: skip
    await world.change(situation, case, urgency="IMMEDIATE_DANGER")
    await world.report(case, NORD)
    await number()
    assert await state() == before
    # The pair is sharp: whoever may see it is told.
    theirs = Copy(world, await world.tool(other), pool)
    assert await theirs.follow() == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_copy_equals_the_view_whoever_writes_at_the_same_time(
    world: World, cluster: Cluster, pool: Any, number: Any, seed: int
) -> None:
    """Concurrent transactions of random length, some rolled back, while three organisations read on."""
    chance = random.Random(seed)
    receiver, service = await association(world), await world.partner(OrgKind.ASE, NORD)
    crip = await world.partner(OrgKind.CRIP, NORD)
    copies = [Copy(world, await world.tool(partner), pool) for partner in (receiver, service, crip)]
    cases = [await world.situation(NORD) for _ in range(4)]
    reports = [await world.report(case, NORD, ReportStatus.DRAFT) for case in cases]
    links = [await world.link(case, service) for case in cases]
    owned = [await world.referral(receiver, ReferralStatus.DRAFT) for _ in range(4)]
    running = True

    async def writer() -> None:
        connection = await asyncpg.connect(cluster.admin)
        try:
            for _ in range(10):
                work = connection.transaction()
                await work.start()
                for _ in range(chance.randint(1, 3)):
                    await write(connection)
                    await asyncio.sleep(chance.random() * 0.01)
                await (work.rollback() if chance.random() < 0.2 else work.commit())
        except asyncpg.DeadlockDetectedError:
            pass
        finally:
            await connection.close()

    async def write(connection: Any) -> None:
        match chance.randint(0, 5):
            case 0:
                status = chance.choice(["DRAFT", "PROPOSED", "ACCEPTED", "ONGOING", "WITHDRAWN"])
                await connection.execute("UPDATE referral SET status = $1 WHERE id = $2", status, chance.choice(owned))
            case 1:
                await connection.execute(
                    "INSERT INTO follow_up (situation_id, referral_id, organisation_id, status, date) "
                    "SELECT situation_id, id, to_org_id, 'ONGOING', current_date FROM referral WHERE id = $1",
                    chance.choice(owned),
                )
            case 2:
                status = chance.choice(["DRAFT", "SENT", "ACKNOWLEDGED", "MISROUTED"])
                await connection.execute(
                    "UPDATE concern_report SET status = $1 WHERE id = $2", status, chance.choice(reports)
                )
            case 3:
                state = chance.choice(["PROPOSED", "CONFIRMED", "NO_ANSWER"])
                await connection.execute("UPDATE ase_link SET state = $1 WHERE id = $2", state, chance.choice(links))
            case 4:
                urgency = chance.choice(["STANDARD", "IMMEDIATE_DANGER"])
                await connection.execute(
                    "UPDATE situation SET urgency = $1 WHERE id = $2", urgency, chance.choice(cases)
                )
            case _:
                await connection.execute(
                    "INSERT INTO minor (situation_id, age_band) VALUES ($1, 'A15_17')", chance.choice(cases)
                )

    async def reader(copy: Copy) -> None:
        while running:
            await number_once()
            await copy.follow(size=chance.randint(1, 5))

    turn = asyncio.Lock()

    async def number_once() -> None:
        async with turn:
            await number()

    reading = [asyncio.create_task(reader(copy)) for copy in copies]
    try:
        await asyncio.gather(*(writer() for _ in range(4)))
    finally:
        running = False
        await asyncio.gather(*reading)
    # In the end each of them sees something.
    for one in owned:
        await world.change(referral, one, status=ReferralStatus.ONGOING.value)
    for report, link in zip(reports, links, strict=True):
        await world.change(concern_report, report, status=ReportStatus.SENT.value)
        await world.change(ase_link, link, state="CONFIRMED")
    await number()
    for copy in copies:
        await copy.follow()
        assert copy.rows == await copy.view()
        assert copy.rows
        # Nothing twice: who is up to date is told nothing.
        assert await copy.follow() == 0
        # And whoever begins now gets the same.
        fresh = Copy(world, copy.caller, pool)
        await fresh.follow(size=50)
        assert fresh.rows == copy.rows


async def test_what_changed_and_changed_back_is_told(world: World, pool: Any, number: Any) -> None:
    """Whoever read it in between holds what never was told, and nobody else would correct it."""
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    one = await world.referral(receiver, territory="59")
    note = await world.add(
        follow_up, referral_id=one, situation_id=(await world.row(referral, one))["situation_id"],
        organisation_id=receiver.id, status="ONGOING", date=world.now.date(),
    )  # fmt: skip
    await number()
    await copy.follow()
    await world.change(referral, one, territory="62")
    await world.change(referral, one, territory="59")
    await number()
    page = await copy.page()
    assert [entry.row for entry in page.entries] == [one]
    await copy.follow()
    # Out of view and back: with what hangs on it.
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await world.change(referral, one, status=ReferralStatus.PROPOSED.value)
    await number()
    assert {entry.row for entry in (await copy.page()).entries} == {one, note}
    await copy.follow()
    # Of what it may not see nothing comes back either.
    await world.change(referral, one, shared_kinds=[])
    await number()
    assert (await copy.page()).entries == ()


async def test_two_who_read_one_feed_at_once_get_the_same(world: World, pool: Any, number: Any) -> None:
    receiver = await association(world)
    caller = await world.tool(receiver)
    for _ in range(5):
        await world.referral(receiver)
    await number()
    found = await asyncio.gather(*(Copy(world, caller, pool).page(10) for _ in range(4)))
    assert len({tuple((entry.row, entry.position) for entry in page.entries) for page in found}) == 1
    assert len(found[0].entries) == 5


async def test_a_relation_that_ends_by_itself_ends_in_the_feed(world: World, pool: Any, number: Any) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    copy = Copy(world, await world.tool(service), pool)
    case = await world.situation(NORD)
    await world.link(case, service)
    await number()
    assert await copy.follow() == 1
    # No event says so: time passes.
    await world.admin.execute(
        reach.update()
        .where(reach.c.viewer == service.id, reach.c.situation_id == case)
        .values(ends_at=world.now - timedelta(seconds=1))
    )
    await world.admin.execute(outbox.delete().where(outbox.c.kind == "row.reach", outbox.c.position.is_(None)))
    await world.admin.execute(feed.update().values(looked_at=world.now - timedelta(seconds=2)))
    [entry] = (await copy.page()).entries
    assert (entry.row, entry.gone) == (case, True)


async def test_events_that_were_deleted_unread_cost_nothing_but_a_comparison(
    world: World, pool: Any, number: Any
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    one, two = await world.referral(receiver), await world.referral(receiver)
    await number()
    await copy.follow()
    await world.change(referral, one, territory="62")
    await world.change(referral, two, status=ReferralStatus.WITHDRAWN.value)
    await number()
    await world.admin.execute(outbox.delete())
    assert await copy.follow() == 2
    assert copy.rows == await copy.view()


async def test_other_rules_are_compared_with_what_was_told_before(
    world: World, pool: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    await world.referral(receiver)
    await number()
    await copy.follow()
    looked = []
    look = feeds._Catching._look

    async def seen(self: Any, cases: Any, *more: Any) -> None:
        looked.append(list(cases))
        await look(self, cases, *more)

    monkeypatch.setattr(feeds._Catching, "_look", seen)
    await world.admin.execute(feed.update().where(feed.c.organisation_id == receiver.id).values(made_for="other rules"))
    assert await copy.follow() == 0
    assert [len(cases) for cases in looked if cases] == [1]


async def test_a_tombstone_ends_and_who_is_behind_it_has_to_start_again(
    world: World, pool: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    one, _ = await world.referral(receiver), await world.referral(receiver)
    await number()
    await copy.follow()
    old = copy.place
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await number()
    await copy.follow()
    monkeypatch.setattr(feeds, "TOMBSTONES_KEPT", timedelta(0))
    assert await copy.follow() == 0
    assert await world.rows(feed_row, feed_row.c.row_id == one) == []
    copy.place = old
    with pytest.raises(BadInputError) as refused:
        await copy.page()
    assert refused.value.reason == "CURSOR_EXPIRED"
    copy.place = None
    assert len((await copy.page()).entries) == 1


async def test_a_token_that_does_not_stand_reads_no_feed_and_writes_none(world: World, pool: Any) -> None:
    receiver = await association(world)
    caller = await world.tool(receiver)
    await world.admin.execute(
        oauth_token.update().where(oauth_token.c.id == caller.token_id).values(revoked_at=world.now)
    )
    with pytest.raises(UnauthenticatedError):
        await Copy(world, caller, pool).page()
    assert await world.rows(feed, feed.c.organisation_id == receiver.id) == []


async def test_more_than_a_request_compares_is_left_for_the_next(
    world: World, pool: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    for _ in range(5):
        await world.referral(receiver)
    await number()
    monkeypatch.setattr(feeds, "SECONDS", 0)
    monkeypatch.setattr(feeds, "EVENTS", 4)
    await copy.follow()
    assert copy.rows == await copy.view()
    assert len(copy.rows) == 5


async def test_where_batches_end_changes_nothing_that_is_told(
    world: World, pool: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That depends on events and cases that the organisation may not see: neither order nor numbers may."""
    receiver, other = await association(world), await association(world)
    copy = Copy(world, await world.tool(receiver), pool)
    rows = [await world.referral(receiver) for _ in range(6)]
    cases = [(await world.row(referral, row))["situation_id"] for row in rows]
    await number()
    mine = feed.c.organisation_id == receiver.id, feed_row.c.organisation_id == receiver.id

    async def told() -> list[Any]:
        found, more = [], True
        while more:
            page = await copy.page(2)
            copy.place, more = page.position, page.more
            found += [(one.row, one.gone, one.groups, one.position) for one in page.entries]
        return found

    async def the_same_in_small_batches(start: int | None) -> None:
        state, kept = await world.rows(feed, mine[0]), await world.rows(feed_row, mine[1])
        expected = await told()
        await world.admin.execute(feed.delete().where(mine[0]))
        await world.admin.execute(feed_row.delete().where(mine[1]))
        if state:
            await world.admin.execute(feed.insert(), state)
            await world.admin.execute(feed_row.insert(), kept)
        # More batches, with nothing in them that may be seen.
        hidden = await world.referral(other)
        for case in (*cases, (await world.row(referral, hidden))["situation_id"]):
            await world.change(situation, case, urgency="IMMEDIATE_DANGER")
            await world.change(situation, case, urgency="STANDARD")
        await number()
        copy.place = start
        with monkeypatch.context() as small:
            small.setattr(feeds, "EVENTS", 2)
            small.setattr(feeds, "SITUATIONS", 1)
            small.setattr(feeds, "SECONDS", 0)
            assert await told() == expected
        assert len(expected) == len(rows)

    await the_same_in_small_batches(None)
    # In another order than the ids', one of them twice, one back to what it was, one out of view.
    for index, territory in ((5, "59"), (0, "59"), (3, "62"), (1, "59"), (0, "62"), (4, "59"), (4, None)):
        await world.change(referral, sorted(rows)[index], territory=territory)
    await world.change(referral, sorted(rows)[2], status=ReferralStatus.WITHDRAWN.value)
    await number()
    await the_same_in_small_batches(copy.place)


async def test_nothing_is_told_before_it_is_known_what_has_left_the_view(
    world: World, pool: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    both = {await world.referral(receiver) for _ in range(2)}
    copy = Copy(world, await world.tool(receiver), pool)
    await number()
    [listed] = (await copy.page(1)).entries
    [other] = both - {listed.row}
    for status in (ReferralStatus.ONGOING, ReferralStatus.PROPOSED, ReferralStatus.WITHDRAWN):
        await world.change(referral, other, status=status.value)
    await number()
    monkeypatch.setattr(feeds, "SECONDS", 0)
    monkeypatch.setattr(feeds, "EVENTS", 1)
    told = []
    more = True
    while more:
        page = await copy.page(10)
        copy.place, more = page.position, page.more
        told.append([(entry.row, entry.gone) for entry in page.entries])
    assert told[0] == []
    assert told[-1] == [(listed.row, False), (other, True)]


def test_a_feed_that_would_miss_rows_stops_start_up() -> None:
    """An audience whose rows need no relation of its organisation cannot have one."""
    nouns_of.cache_clear()
    with pytest.raises(PolicyError):
        nouns_of(Audience.LIS)
    assert [noun.name for noun in nouns_of(Audience.ORG_ASSOCIATION)] == ["Referral", "FollowUp"]
    assert follow_up.name == NOUNS["FollowUp"].table.name
    assert {ase_link.name, concern_report.name, listening_note.name} <= {one.table.name for one in NOUNS.values()}


@pytest.mark.parametrize("audience", sorted(FEEDS))
def test_a_feed_tells_of_every_row_that_has_an_id_but_for_the_directory(audience: Audience) -> None:
    """What everybody reads alike is in nobody's view; anything else that is left out would be a gap."""
    directory = {"Department", "Authority", "AuthorityDepartment", "Organisation", "ResourceCard"}
    seen = {
        noun.name
        for noun in NOUNS.values()
        if noun_visible(audience, noun) and column_rule(audience, noun, "id") is not None
    }
    assert seen - {noun.name for noun in nouns_of(audience)} <= directory


def test_whose_software_reads_cases_has_a_feed() -> None:
    organisations = {audience for audience in Audience if audience.name.startswith("ORG_")}
    reading = {
        audience
        for audience in organisations
        if any(noun.situation_column is not None and noun_visible(audience, noun) for noun in NOUNS.values())
    }
    assert reading == set(FEEDS)
