"""A copy that follows a feed is the view of its organisation, whoever writes or reads at the same time."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func

from loaders.feed.feeds import Feeds
from loaders.postgres import logins
from schema.tables.journal import reach
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.vocabulary import OrgKind, ReferralStatus, ReportStatus
from tests.cluster import Cluster
from tests.loaders.commands.world import NORD, World
from tests.loaders.feed.copy import Copy, association


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_copy_equals_the_view_whoever_writes_at_the_same_time(
    world: World, cluster: Cluster, lanes: Any, number: Any, seed: int
) -> None:
    """Concurrent transactions of random length, some rolled back, while three organisations read on."""
    chance = random.Random(seed)
    receiver, service = await association(world), await world.partner(OrgKind.ASE, NORD)
    crip = await world.partner(OrgKind.CRIP, NORD)
    copies = [Copy(world, await world.tool(partner), lanes) for partner in (receiver, service, crip)]
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
        fresh = Copy(world, copy.caller, lanes)
        await fresh.follow(size=50)
        assert fresh.rows == copy.rows


async def test_two_who_read_one_feed_at_once_get_the_same(world: World, lanes: Any, number: Any) -> None:
    receiver = await association(world)
    caller = await world.tool(receiver)
    for _ in range(5):
        await world.referral(receiver)
    await number()
    found = await asyncio.gather(*(Copy(world, caller, lanes).page(10) for _ in range(4)))
    assert len({tuple((entry.row, entry.position) for entry in page.entries) for page in found}) == 1
    assert len(found[0].entries) == 5


async def test_who_began_first_and_reads_last_does_not_go_back(
    world: World, cluster: Cluster, lanes: Any, number: Any
) -> None:
    """Its clock stands before the end of a relation that the other has told: it tells that end, and not its contrary."""
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one = await world.referral(receiver)
    case = (await world.row(referral, one))["situation_id"]
    await number()
    await copy.follow()
    assert copy.rows
    connection = await asyncpg.connect(cluster.login(logins.COMMANDS))
    try:
        async with connection.transaction():
            await connection.fetchval("SELECT now()")
            await world.admin.execute(
                reach.update()
                .where(reach.c.situation_id == case, reach.c.viewer == receiver.id)
                .values(ends_at=func.clock_timestamp())
            )
            before = copy.place
            gone = await copy.follow()
            assert gone and not copy.rows
            # An event makes it look at the case again.
            await world.change(referral, one, territory="62")
            await number()
            page = await Feeds(copy.lanes).news(connection, copy.caller, before or 0, 10)
            assert all(entry.gone for entry in page.entries)
    finally:
        await connection.close()
    assert await copy.follow() == 0
    assert copy.rows == await copy.view() == {}
