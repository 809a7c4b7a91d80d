"""Events keep the order of commits: no gap, no duplicate, nothing late, whoever writes at the same time."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.events import relay
from loaders.events.outbox import AFTER, CHANNEL, NUMBER, REACH, Event
from loaders.events.relay import Relay
from loaders.postgres import logins
from schema.tables.referral import referral
from schema.vocabulary import DeclineReason, MandateKind, OrgKind, ReferralStatus, Role
from tests.cluster import Cluster
from tests.loaders.commands.world import NORD, World, made_world, public

__all__ = ["made_world"]

WRITE = "INSERT INTO outbox (kind, subject_id) VALUES ('test', $1)"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def numbered(connection: "asyncpg.Connection[Any]") -> None:
    while await connection.fetchval(NUMBER):
        pass


async def test_an_event_that_was_written_first_and_committed_last_comes_last(cluster: Cluster) -> None:
    """What reads by a sequence's numbers would have passed over it."""
    early, late = uuid4(), uuid4()
    async with connected(cluster.admin) as first, connected(cluster.admin) as second:
        await numbered(second)
        slow = first.transaction()
        await slow.start()
        await first.execute(WRITE, early)
        await second.execute(WRITE, late)
        await numbered(second)
        places = {row["subject_id"]: row["position"] for row in await second.fetch("SELECT * FROM outbox")}
        assert early not in places
        seen = places[late]
        await slow.commit()
        await numbered(second)
        row = await second.fetchrow("SELECT seq, position FROM outbox WHERE subject_id = $1", early)
        assert row is not None
        assert row["position"] == seen + 1
        assert row["seq"] < await second.fetchval("SELECT seq FROM outbox WHERE subject_id = $1", late)


async def test_a_batch_wakes_everybody_once(cluster: Cluster) -> None:
    """However many events and transactions it is made of; a commit alone wakes nobody, and nor does looking where nothing is."""
    heard: list[str] = []
    async with connected(cluster.admin) as writer, connected(cluster.admin) as listener:
        await numbered(writer)
        await listener.add_listener(CHANNEL, lambda *said: heard.append(str(said[3])))
        for _ in range(5):
            async with writer.transaction():
                await writer.executemany(WRITE, [(uuid4(),) for _ in range(8)])
        await listener.execute("SELECT 1")
        assert heard == []
        await numbered(writer)
        async with asyncio.timeout(5):
            while not heard:
                await listener.execute("SELECT 1")
                await asyncio.sleep(0.01)
        assert heard == [""]
        await numbered(writer)
        await listener.execute("SELECT 1")
        assert heard == [""]


class Readers:
    """Relays in one process, as several processes have them, and what each was handed."""

    def __init__(self, cluster: Cluster, number: int) -> None:
        self.admin = cluster.admin
        self.relays = [Relay(cluster.login(logins.RELAY)) for _ in range(number)]
        self.got: list[list[Event]] = [[] for _ in self.relays]
        for one, kept in zip(self.relays, self.got, strict=True):
            one.tell(self._into(kept))

    @staticmethod
    def _into(kept: list[Event]) -> Any:
        async def receive(events: Sequence[Event]) -> None:
            kept.extend(events)

        return receive

    async def __aenter__(self) -> Self:
        # What other tests have written, and nobody has numbered yet, is handed to nobody here.
        async with connected(self.admin) as connection:
            await numbered(connection)
        for one in self.relays:
            await one.start()
        while any(one.position is None for one in self.relays):  # noqa: ASYNC110 (a relay has a position, no event)
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.relays:
            await one.close()

    async def all_have(self, subjects: set[UUID]) -> None:
        """Wait until every relay was handed these."""
        async with asyncio.timeout(20):
            while any(not subjects <= {event.subject for event in kept} for kept in self.got):  # noqa: ASYNC110 (asked of lists)
                await asyncio.sleep(0.01)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=2**32))
async def test_every_relay_is_handed_every_committed_event_once_in_one_order(cluster: Cluster, seed: int) -> None:
    chance = random.Random(seed)
    committed: set[UUID] = set()

    async def writer() -> None:
        async with connected(cluster.admin) as connection:
            for _ in range(8):
                work = connection.transaction()
                await work.start()
                written = [uuid4() for _ in range(chance.randint(1, 3))]
                for one in written:
                    await connection.execute(WRITE, one)
                    await asyncio.sleep(chance.random() * 0.01)
                if chance.random() < 0.25:
                    await work.rollback()
                    continue
                await work.commit()
                committed.update(written)
                chance.choice(readers.relays).poke()

    async with Readers(cluster, 3) as readers:
        await asyncio.gather(*(writer() for _ in range(6)))
        await readers.all_have(committed)
        await asyncio.sleep(0.05)
    for kept in readers.got:
        places = [event.position for event in kept]
        assert places == list(range(places[0], places[0] + len(places)))
        assert {event.subject for event in kept if event.kind == "test"} == committed
        assert len(places) == len({event.subject for event in kept})
    ends = {(event.position, event.subject) for kept in readers.got for event in kept}
    assert len({position for position, _ in ends}) == len(ends)


async def test_a_relay_whose_connection_was_cut_goes_on_from_where_it_was(cluster: Cluster) -> None:
    async with Readers(cluster, 1) as readers, connected(cluster.admin) as connection:
        before, between, after = uuid4(), uuid4(), uuid4()
        await connection.execute(WRITE, before)
        readers.relays[0].poke()
        await readers.all_have({before})
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'maillage relay'"
        )
        await connection.execute(WRITE, between)
        await connection.execute(WRITE, after)
        await readers.all_have({between, after})
        assert [event.subject for event in readers.got[0]] == [before, between, after]


async def test_a_receiver_that_fails_keeps_nothing_from_the_others(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Sequence[Event]) -> None:
        raise RuntimeError

    async with Readers(cluster, 1) as readers, connected(cluster.admin) as connection:
        readers.relays[0]._receivers.insert(0, broken)
        one = uuid4()
        await connection.execute(WRITE, one)
        readers.relays[0].poke()
        await readers.all_have({one})
    assert "events were not received" in caplog.text


async def test_a_relay_that_nobody_pokes_looks_by_itself(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_LOOKS_EVERY", 0.05)
    async with Readers(cluster, 1) as readers, connected(cluster.admin) as connection:
        one = uuid4()
        await connection.execute(WRITE, one)
        await readers.all_have({one})


async def test_a_batch_that_is_longer_than_one_read_is_handed_on_whole(cluster: Cluster) -> None:
    async with Readers(cluster, 1) as readers, connected(cluster.admin) as connection:
        rows = await connection.fetch(
            "INSERT INTO outbox (kind, subject_id) SELECT 'test', gen_random_uuid() FROM generate_series(1, 2500) RETURNING subject_id"
        )
        readers.relays[0].poke()
        await readers.all_have({row["subject_id"] for row in rows})
        places = [event.position for event in readers.got[0]]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [event.subject for event in readers.got[0]] == [row["subject_id"] for row in rows]


async def test_every_change_of_a_case_is_an_event_and_a_refused_one_is_none(world: World, cluster: Cluster) -> None:
    """Rows written by anybody: an act, the administrator, a job."""
    receiver = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)
    one = await world.referral(receiver, ReferralStatus.PROPOSED)
    case = (await world.row(referral, one))["situation_id"]
    async with connected(cluster.admin) as admin:
        rows = await admin.fetch(
            "SELECT kind, subject_id, changed FROM outbox WHERE situation_id = $1 ORDER BY seq", case
        )
        told = [(row["kind"], row["changed"]) for row in rows]
        assert ("row.situation", ["+"]) in told
        assert ("row.referral", ["+"]) in told
        assert {row["subject_id"] for row in rows if row["kind"] == REACH} >= {receiver.id}
        await world.change(referral, one, status=ReferralStatus.DECLINED.value)
        assert await admin.fetchval(
            "SELECT changed FROM outbox WHERE subject_id = $1 ORDER BY seq DESC LIMIT 1", one
        ) == ["status", "G23"]
        # A write that changes nothing is no event.
        of_the_case = "SELECT count(*) FROM outbox WHERE situation_id = $1"
        count = await admin.fetchval(of_the_case, case)
        await world.change(referral, one, status=ReferralStatus.DECLINED.value)
        assert await admin.fetchval(of_the_case, case) == count
        stranger = await world.person(await world.partner(OrgKind.CRIP, NORD), Role.COO)
        assert (
            await world.refused(
                "declineReferral", stranger, referral=public("Referral", one), reason=DeclineReason.CAPACITY
            )
            == "NOT_FOUND"
        )
        assert await admin.fetchval(of_the_case, case) == count


async def test_the_relay_reads_and_numbers_events_and_can_do_nothing_else(cluster: Cluster) -> None:
    async with connected(cluster.login(logins.RELAY)) as connection:
        await connection.fetch(AFTER[0], 0, 1)
        for statement in (
            "UPDATE outbox SET position = 1",
            "DELETE FROM outbox",
            "INSERT INTO outbox (kind, subject_id) VALUES ('x', gen_random_uuid())",
            "UPDATE outbox_head SET position = 0",
            "SELECT id FROM situation",
            "SELECT viewer FROM reach",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
