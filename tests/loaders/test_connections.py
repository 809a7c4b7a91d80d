"""One bound over the connections of all logins of a process: nobody is turned away for it, and no place is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from loaders.postgres import logins
from loaders.postgres.connections import Connections, Lanes
from tests.cluster import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOGINS = (logins.COMMANDS, logins.RELAY, logins.MONITORING, logins.OAUTH)
ASLEEP = "SELECT pg_sleep(60)"


class Opened(list[Any]):
    """The connections that were opened, and how many were open at the same time at most."""

    most = 0

    def open(self) -> int:
        return sum(not one.is_closed() for one in self)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, cluster: Cluster) -> Opened:
    seen, connect = Opened(), asyncpg.connect
    own = {cluster.login(one) for one in LOGINS}

    async def counted(*arguments: Any, **options: Any) -> Any:
        made = await connect(*arguments, **options)
        # A server of other tests may live in this process, and connects as it needs.
        if own & set(arguments):
            seen.append(made)
            seen.most = max(seen.most, seen.open())
        return made

    monkeypatch.setattr(asyncpg, "connect", counted)
    return seen


class House:
    """A process with four logins and few places."""

    def __init__(self, cluster: Cluster, most: int, size: int = 4) -> None:
        self.connections = Connections(most)
        self.lanes = [Lanes(cluster.login(one), size=size, connections=self.connections) for one in LOGINS]


@pytest_asyncio.fixture(loop_scope="module")
async def house(cluster: Cluster) -> AsyncIterator[House]:
    made = House(cluster, most=2)
    yield made
    for lanes in made.lanes:
        await lanes.close()


async def _waits(house: House) -> None:
    async with asyncio.timeout(10):
        while not house.connections.wanted:  # noqa: ASYNC110 (nothing tells that somebody waits)
            await asyncio.sleep(0.01)


async def test_more_logins_than_places_are_all_answered_within_the_bound(house: House, opened: Opened) -> None:
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(house.lanes[one % 4].fetchval("SELECT $1::int", one) for one in range(80)))
    assert answers == list(range(80))
    assert opened.most == 2
    assert opened.open() <= 2


async def test_the_one_that_has_rested_longest_makes_room(house: House, opened: Opened) -> None:
    first, second, third, _ = house.lanes
    for lanes in (first, second, first):
        await lanes.fetchval("SELECT 1")
    assert await third.fetchval("SELECT 3") == 3
    assert [one.is_closed() for one in opened] == [False, True, False]
    # Its own answers as before, and where nobody else wants the place it is kept.
    assert await first.fetchval("SELECT 1") == 1
    assert len(opened) == 3


async def test_whoever_finds_no_place_gets_the_next_that_is_free(house: House) -> None:
    first, second, third, _ = house.lanes
    async with asyncio.timeout(20), first.acquire():
        async with second.acquire():
            waiting = asyncio.create_task(third.fetchval("SELECT 3"))
            await _waits(house)
            assert not waiting.done()
        assert await waiting == 3


async def test_whoever_gives_up_waiting_leaves_the_place_to_the_next(house: House) -> None:
    first, second, third, fourth = house.lanes
    async with asyncio.timeout(20), first.acquire():
        async with second.acquire():
            impatient = asyncio.create_task(third.fetchval("SELECT 3"))
            await _waits(house)
            patient = asyncio.create_task(fourth.fetchval("SELECT 4"))
            await asyncio.sleep(0)
            impatient.cancel()
        assert await patient == 4
        # Given and given up in the same turn of the loop.
        async with fourth.acquire():
            unlucky = asyncio.create_task(third.fetchval("SELECT 3"))
            await _waits(house)
            house.connections.leave()
            unlucky.cancel()
            await asyncio.wait({unlucky})
        assert unlucky.cancelled()
    assert house.connections._held == 1


async def test_a_connection_that_ends_by_itself_gives_its_place_back(house: House, cluster: Cluster) -> None:
    first, second, third, _ = house.lanes
    admin = await asyncpg.connect(cluster.admin)
    async with asyncio.timeout(20):
        for lanes in (first, second):
            number = await lanes.fetchval("SELECT pg_backend_pid()")
            await admin.execute("SELECT pg_terminate_backend($1)", number)
        assert await third.fetchval("SELECT 3") == 3
        # In the middle of a question, and by whoever asked.
        asleep = asyncio.create_task(first.fetchval(ASLEEP))
        while not await admin.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query = $1", ASLEEP):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        asleep.cancel()
        await asyncio.wait({asleep})
        assert [await lanes.fetchval("SELECT 1") for lanes in house.lanes] == [1] * 4
    await admin.close()


async def test_a_server_that_is_not_there_takes_no_place() -> None:
    nowhere = Lanes("postgresql://nobody@/none?host=/nonexistent", size=3, connections=Connections(1))
    for _ in range(3):
        with pytest.raises(OSError):
            await asyncio.wait_for(nowhere.fetchval("SELECT 1"), 5)
