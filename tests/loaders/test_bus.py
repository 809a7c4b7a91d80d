"""The second bus: every event once and in order, whatever is killed; an organisation hears of its own view alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import nats
import pytest
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic import ValidationError

from loaders.bus.publisher import Publisher
from loaders.bus.where import Nats
from loaders.events.outbox import NUMBER
from loaders.events.relay import Relay
from loaders.feed.feeds import Feeds
from loaders.postgres import logins
from schema.tables.directory import organisation
from schema.tables.referral import referral
from schema.vocabulary import MandateKind, OrganisationStatus, OrgKind, ReferralStatus
from tests.cluster import Cluster
from tests.durable.house import free_port
from tests.loaders.commands.world import World, made_world
from tests.nats import NatsServer, nats_server, needs_nats

__all__ = ["made_world"]

WRITE = "INSERT INTO outbox (kind, subject_id) VALUES ('test', $1)"
FIELDS = {"position", "kind", "subject", "situation", "changed", "at"}


@pytest.fixture(scope="module")
def cluster(own_cluster: Cluster) -> Cluster:
    """A database of their own: what other tests wrote would all be published, once for each test here."""
    return own_cluster


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


@asynccontextmanager
async def listening(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(server.url)
    try:
        yield client.jetstream()
    finally:
        await client.close()


async def messages(server: NatsServer, stream: str, subject: str = ">") -> list[tuple[int, str, dict[str, Any]]]:
    """All that a stream holds: number, subject, body."""
    async with listening(server) as jetstream:
        wish = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
        consumer = await jetstream.pull_subscribe(subject, stream=stream, config=wish)
        waiting = (await consumer.consumer_info()).num_pending or 0
        found: list[Any] = []
        while len(found) < waiting:
            found += await consumer.fetch(min(500, waiting - len(found)), timeout=10)
        return [(one.metadata.sequence.stream, one.subject, json.loads(one.data)) for one in found]


async def last_of(server: NatsServer, stream: str) -> int:
    async with listening(server) as jetstream:
        try:
            return (await jetstream.stream_info(stream)).state.last_seq
        except nats.js.errors.NotFoundError:
            return -1


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 (asked of a server)
            await asyncio.sleep(0.05)


class Process:
    """What one process of the service has of it."""

    def __init__(self, cluster: Cluster, where: Nats, lanes: Any = None) -> None:
        self.relay = Relay(cluster.login(logins.RELAY))
        self.publisher = Publisher(where, cluster.login(logins.RELAY), lanes, Feeds(lanes))

    async def __aenter__(self) -> Self:
        self.publisher.start(self.relay)
        await self.relay.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.relay.close()
        await self.publisher.close()


def _where(server: NatsServer, **more: Any) -> Nats:
    return Nats(servers=(server.url,), prefix=f"t{uuid4().hex[:12]}", **more)


async def _write(cluster: Cluster, count: int) -> list[UUID]:
    connection = await asyncpg.connect(cluster.admin)
    try:
        written = [uuid4() for _ in range(count)]
        for one in written:
            await connection.execute(WRITE, one)
        while await connection.fetchval(NUMBER):
            pass
    finally:
        await connection.close()
    return written


async def _head(cluster: Cluster) -> int:
    connection = await asyncpg.connect(cluster.admin)
    try:
        found: int = await connection.fetchval("SELECT position FROM outbox_head")
    finally:
        await connection.close()
    return found


async def _is_whole(server: NatsServer, where: Nats, cluster: Cluster) -> list[dict[str, Any]]:
    """The stream is the outbox: its numbers are positions, without a gap, and its order is theirs."""
    stream = f"{where.prefix}-outbox"

    async def all_there() -> bool:
        return await last_of(server, stream) == await _head(cluster)

    await until(all_there)
    found = await messages(server, stream)
    connection = await asyncpg.connect(cluster.admin)
    try:
        rows = await connection.fetch("SELECT position, kind, subject_id FROM outbox ORDER BY position")
    finally:
        await connection.close()
    assert [(number, body["position"], body["kind"], body["subject"]) for number, _, body in found] == [
        (row["position"], row["position"], row["kind"], str(row["subject_id"])) for row in rows
    ]
    assert all(subject == f"{where.prefix}.outbox.{body['kind']}" for _, subject, body in found)
    return [body for _, _, body in found]


@needs_nats
async def test_several_processes_publish_every_event_once_and_in_order(server: NatsServer, cluster: Cluster) -> None:
    where = _where(server)
    await _write(cluster, 5)
    async with Process(cluster, where), Process(cluster, where), Process(cluster, where):
        for _ in range(3):
            await asyncio.gather(*(_write(cluster, 10) for _ in range(3)))
        bodies = await _is_whole(server, where, cluster)
    # Ids and words, and nothing that could be about anybody.
    assert all(set(body) == FIELDS for body in bodies)


@needs_nats
async def test_no_event_is_lost_or_repeated_when_the_server_is_killed_again_and_again(
    tmp_path: Path, cluster: Cluster
) -> None:
    with nats_server(tmp_path) as server:
        where = _where(server)
        stopping = False

        async def keep_writing() -> int:
            count = 0
            while not stopping:
                count += len(await _write(cluster, 10))
                await asyncio.sleep(0.01)
            return count

        async with Process(cluster, where), Process(cluster, where):
            writing = asyncio.create_task(keep_writing())
            for _ in range(4):
                await asyncio.sleep(0.4)
                await asyncio.to_thread(server.kill)
                await asyncio.sleep(0.2)
                await asyncio.to_thread(server.start)
            stopping = True
            assert await writing > 40
            await _is_whole(server, where, cluster)


@needs_nats
async def test_events_from_before_the_server_was_there_come_when_it_is(tmp_path: Path, cluster: Cluster) -> None:
    server = NatsServer(tmp_path, free_port())
    where = _where(server)
    async with Process(cluster, where):
        written = {str(one) for one in await _write(cluster, 20)}
        server.start()
        try:
            bodies = await _is_whole(server, where, cluster)
            assert written <= {body["subject"] for body in bodies}
        finally:
            server.kill()


@needs_nats
async def test_a_stream_that_lost_its_end_or_tells_of_another_past_is_made_whole(
    server: NatsServer, cluster: Cluster
) -> None:
    where = _where(server)
    stream = f"{where.prefix}-outbox"
    async with Process(cluster, where):
        await _is_whole(server, where, cluster)
    async with listening(server) as jetstream:
        # As after a restore of the database: at this place stood another event.
        await jetstream.publish(f"{where.prefix}.outbox.test", b'{"position": 0}', headers={"Nats-Msg-Id": "other"})
    async with Process(cluster, where):
        await _write(cluster, 3)
        await _is_whole(server, where, cluster)
    async with listening(server) as jetstream:
        await jetstream.delete_stream(stream)
    async with Process(cluster, where):
        await _is_whole(server, where, cluster)


@needs_nats
async def test_events_that_nobody_can_publish_any_more_leave_a_gap_and_not_a_silence(
    server: NatsServer, cluster: Cluster
) -> None:
    where = _where(server)
    async with Process(cluster, where):
        await _is_whole(server, where, cluster)
    lost = await _write(cluster, 3)
    connection = await asyncpg.connect(cluster.admin)
    try:
        await connection.execute("DELETE FROM outbox WHERE subject_id = ANY($1)", lost)
    finally:
        await connection.close()
    written = await _write(cluster, 2)
    async with Process(cluster, where):

        async def all_there() -> bool:
            return await last_of(server, f"{where.prefix}-outbox") == await _head(cluster)

        await until(all_there)
    found = await messages(server, f"{where.prefix}-outbox")
    assert [body["subject"] for _, _, body in found][-2:] == [str(one) for one in written]
    assert all(number == body["position"] for number, _, body in found)


@needs_nats
async def test_an_organisation_is_told_of_its_view_and_of_nothing_else(
    server: NatsServer, cluster: Cluster, world: World
) -> None:
    mine, other = [await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE) for _ in range(2)]
    where = _where(server, organisations=(mine.id,))
    stream, subject = f"{where.prefix}-organisations", f"{where.prefix}.organisation.{mine.id}"

    async def told() -> list[dict[str, Any]]:
        if await last_of(server, stream) < 0:
            return []
        return [body for _, _, body in await messages(server, stream, subject)]

    async with Process(cluster, where, world.lanes) as process:
        one = await world.referral(mine)
        await world.referral(other)
        process.relay.poke()

        async def arrived() -> bool:
            return len(await told()) == 1

        await until(arrived)
        [said] = await told()
        assert set(said) == {"type", "timestamp", "data"}
        assert (said["type"], said["data"]) == ("referral.changed", {"id": f"ref_{one}"})
        await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
        process.relay.poke()

        async def ended() -> bool:
            return [body["type"] for body in await told()] == ["referral.changed", "access.ended"]

        await until(ended)
    # All there is, of anybody.
    assert {subject for _, subject, _ in await messages(server, stream)} == {subject}
    # Who comes next begins where this one ended.
    two = await world.referral(mine)
    async with Process(cluster, where, world.lanes) as process:
        process.relay.poke()

        async def went_on() -> bool:
            return [body["data"]["id"] for body in await told()] == [f"ref_{one}", f"ref_{one}", f"ref_{two}"]

        await until(went_on)
    # Nothing waits for who is suspended.
    await world.change(organisation, mine.id, status=OrganisationStatus.SUSPENDED.value)
    async with Process(cluster, where, world.lanes):

        async def silent() -> bool:
            return await told() == []

        await until(silent)


async def test_a_server_that_wants_no_encryption_is_told_no_password(cluster: Cluster) -> None:
    """INFO is what anybody in between could say."""
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # It is still reading from who came back when the test is over.
        with closing(writer):
            writer.write(b'INFO {"server_id":"x","version":"2.15.1","max_payload":1048576,"tls_required":false}\r\n')
            said = await reader.read(4096)
            if not heard.done():
                heard.set_result(said)

    pretender = await asyncio.start_server(pretend, "127.0.0.1", 0)
    port = pretender.sockets[0].getsockname()[1]
    where = Nats(servers=(f"tls://maillage:word-of-secret@127.0.0.1:{port}",))
    async with Process(cluster, where):
        said = await asyncio.wait_for(heard, 20)
    pretender.close()
    await pretender.wait_closed()
    assert said[:2] == b"\x16\x03"  # a TLS handshake
    assert b"secret" not in said


def test_a_server_elsewhere_is_asked_encrypted_or_not_at_all() -> None:
    for refused in ("nats://nats.example:4222", "nats://127.0.0.1.example:4222", "ws://127.0.0.1:4222"):
        with pytest.raises(ValidationError, match="tls://"):
            Nats(servers=(refused,))
    one = uuid4()
    assert Nats.model_validate({"servers": ["tls://n:4222"], "organisations": [f"org_{one}"]}).organisations == (one,)
