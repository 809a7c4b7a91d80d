"""Everything is killed again and again: what was acknowledged is there, once, told once, and in the log."""

import asyncio
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from graph.settings import Secrets
from loaders.commands.entry import PARIS
from loaders.nouns import BY_TABLE
from loaders.postgres.dsn import async_url
from loaders.webhooks import webhook_desk
from tests.durable.asking import Asker
from tests.durable.clients import FOLLOW, Clients
from tests.durable.house import House, a_house
from tests.durable.receivers import Follower, Sink, Watcher, a_sink

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds processes to kill in /proc")

ENGAGE = """
UPDATE referral SET status = 'ONGOING', engaged_at = coalesce(engaged_at, proposed_at), ended_at = NULL,
  kind = 'DIRECT_SUPPORT', minor_agreement = 'AGREED', assigned_member_id = $1::uuid
WHERE id IN (SELECT r.id FROM referral r JOIN situation s ON s.id = r.situation_id
             WHERE r.to_org_id = (SELECT organisation_id FROM member WHERE id = $1::uuid)
               AND s.retention_state = 'ACTIVE' AND r.proposed_at IS NOT NULL ORDER BY r.id LIMIT 12)
RETURNING id"""


CHANGED = "SELECT DISTINCT kind, subject_id FROM outbox WHERE kind LIKE 'row.%' AND kind <> 'row.reach' AND at >= $1"
STANDS = "SELECT id, status FROM referral WHERE id = ANY($1)"
_PATIENCE = 90.0
_HURRY = 15.0
LATER = "UPDATE webhook_delivery SET next_at = now() WHERE state = 'WAITING'"


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with a_sink(tmp_path_factory.mktemp("receiver") / "sink") as sink:
        yield sink


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("durable"), workers=2) as house:
        house.environment.update(sink.environment)
        yield house


@dataclass(slots=True)
class Everybody:
    """Who writes and reads, and who is told."""

    clients: Clients
    followers: dict[str, Follower]
    watcher: Watcher
    sink: Sink
    ready: threading.Event = field(default_factory=threading.Event)
    told: dict[str, set[str]] | None = None

    async def work(self) -> None:
        """Until `clients.stopping`; then everybody hears the rest."""
        async with httpx2.AsyncClient(timeout=20) as http:
            await asyncio.gather(*(follower.begin(http) for follower in self.followers.values()))
            watching = asyncio.create_task(self.watcher.watch(lambda: self.told is not None))
            await self.clients.asker.sign_in()
            self.ready.set()
            following = [
                asyncio.create_task(follower.follow(http, lambda: self.clients.stopping))
                for follower in self.followers.values()
            ]
            await self.clients.work(writers=6, readers=3, http=http)
            # Nothing is written any more.
            await asyncio.gather(*following)
            await self._until_told(http)
            await watching

    async def _until_told(self, http: httpx2.AsyncClient) -> None:
        """What each may see of what was written or moved; and time for the last notices."""
        rows = await asyncio.to_thread(self.clients.asker.house.fetch, CHANGED, self.clients.began)
        written = [f"{BY_TABLE[row['kind'].removeprefix('row.')].prefix}_{row['subject_id']}" for row in rows]
        seen = {name: await follower.sees(written, http) for name, follower in self.followers.items()}
        await self._caught_up(seen, http)
        async with asyncio.timeout(_PATIENCE):
            where = await asyncio.to_thread(
                self.clients.asker.house.fetch, STANDS, [UUID(row[4:]) for row in self.clients.referrals]
            )
            while self.watcher.known != {f"ref_{row['id']}": row["status"] for row in where}:  # noqa: ASYNC110 (asked of a dict)
                await asyncio.sleep(0.2)
        self.told = seen

    async def _caught_up(self, seen: Mapping[str, set[str]], http: httpx2.AsyncClient) -> None:
        """Everybody has heard of all they see; the queue may be as long as it likes, as long as it grows shorter."""
        fewest, patience, hurry = math.inf, 0.0, time.monotonic()
        while left := {
            (name, row)
            for name, one in self.followers.items()
            for row in seen[name] - (self.sink.told[name] & one.told)
        }:
            if len(left) < fewest:
                fewest, patience = len(left), time.monotonic() + _PATIENCE
            unheard = [(name, row, row in self.followers[name].told, row in self.sink.told[name]) for name, row in left]
            assert time.monotonic() < patience, ("organisation, row, by feed, by webhook", unheard[:10])
            # What was acknowledged after a follower had asked for the last time, or was numbered since.
            for follower in self.followers.values():
                await follower.catch_up(http)
            if time.monotonic() >= hurry:
                # The pauses before next attempts are over, and the minute for which the dead held theirs; not so often
                # that what is on its way is sent again and again.
                await asyncio.to_thread(self.clients.asker.house.fetch, LATER)
                hurry = time.monotonic() + _HURRY
            await asyncio.sleep(0.5)


def _everybody(house: House, sink: Sink, followers: list[str]) -> Everybody:
    cards = {one["client_id"]: one for one in house.card["clients"]}
    worker = next(member["id"] for member in cards["cli_asso_measure"]["members"] if member["role"] == "ASM")
    rows = [f"ref_{row['id']}" for row in house.fetch(ENGAGE, UUID(worker.removeprefix("mem_")))]

    async def register() -> None:
        engine = create_async_engine(async_url(house.admin), poolclass=NullPool)
        key = Secrets(house.folder / "secrets").webhooks
        for name in followers:
            owner = UUID(cards[name]["organisation_id"])
            _, sink.secrets[name] = await webhook_desk.register(engine, key, owner, sink.url(name))
        await engine.dispose()

    asyncio.run(register())
    clients = Clients(
        Asker(house, "cli_asso_measure", "ASM"), rows, datetime.now(UTC).astimezone(PARIS).date().isoformat()
    )
    watcher = Watcher(Asker(house, "cli_asso_measure", "ASM"), rows)
    return Everybody(clients, {name: Follower(Asker(house, name)) for name in followers}, watcher, sink)


def _hurt(everybody: Everybody, hurts: list[Callable[[], None]], pause: float) -> None:
    """Work in a thread, and be hurt from this one: PostgreSQL ends with the thread that starts it."""
    clients = everybody.clients
    problems: list[Exception] = []

    def working_on() -> None:
        try:
            asyncio.run(everybody.work())
        except Exception as problem:  # noqa: BLE001 (told by the thread that asks)
            problems.append(problem)

    working = threading.Thread(target=working_on)
    working.start()
    try:
        assert everybody.ready.wait(60), problems
        for hurt in hurts:
            time.sleep(pause)
            hurt()
        before = _acknowledged(clients)
        patience = time.monotonic() + 60
        while _acknowledged(clients) < before + 20:
            assert working.is_alive() and time.monotonic() < patience, ("it did not recover", problems)
            time.sleep(0.1)
    finally:
        clients.stopping = True
        working.join(900)
    assert not working.is_alive(), "an act was never acknowledged"
    assert problems == []


def _acknowledged(clients: Clients) -> int:
    return sum(act.made is not None for act in clients.acts)


def _check(house: House, everybody: Everybody) -> None:
    clients = everybody.clients
    for asker in (clients.asker, everybody.watcher.asker, *(one.asker for one in everybody.followers.values())):
        assert asker.strange == []
    made = {act.key: UUID(str(act.made).partition("_")[2]) for act in clients.acts}
    assert len(made) == len(clients.acts)
    # Nothing lost, nothing twice: as many rows as acts, and each act's own.
    stored = house.fetch(
        "SELECT id FROM follow_up WHERE recorded_at >= $1 UNION ALL SELECT id FROM association_note WHERE at >= $1",
        clients.began,
    )
    assert Counter(row["id"] for row in stored) == Counter(made.values())
    # Told exactly once per act.
    told = house.fetch(
        "SELECT subject_id FROM outbox WHERE at >= $1 AND "
        "(kind = 'association_note.written' OR kind = 'row.follow_up' AND changed = '{+}')",
        clients.began,
    )
    assert Counter(row["subject_id"] for row in told) == Counter(made.values())
    # Told to each who may see it, by feed and by webhook; the stream knew at the end how everything stood.
    assert everybody.told is not None
    for name, seen in everybody.told.items():
        assert seen - everybody.followers[name].told == set()
        assert seen - everybody.sink.told[name] == set()
    moved = [str(act.made) for act in clients.acts if act.query == FOLLOW]
    assert set(moved) <= everybody.told["cli_asso_measure"]
    assert everybody.watcher.streamed > 0
    # In the log: every read that was answered, and every act under one of its attempts.
    logged = house.fetch("SELECT trace_id, event FROM access_log WHERE at >= $1", clients.began)
    reads = {row["trace_id"] for row in logged if row["event"] == "READ"}
    assert set(clients.reads) - reads == set()
    commands = Counter(row["trace_id"] for row in logged if row["event"] == "COMMAND")
    for act in clients.acts:
        assert sum(commands[trace] for trace in act.traces) == 1
    assert sum(commands.values()) == len(clients.acts)
    verified = house.run("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _hurts(house: House, names: list[str]) -> list[Callable[[], None]]:
    chance = random.Random(5)
    known: dict[str, Callable[[], None]] = {
        "worker": lambda: house.kill_a_worker(chance.randrange(8)),
        "postgres": house.kill_postgres,
        "all": house.kill_all,
    }
    return [known[name] for name in names]


def test_what_was_acknowledged_survives_every_kill(house: House, sink: Sink) -> None:
    house.serve()
    everybody = _everybody(house, sink, ["cli_asso_measure"])
    _hurt(everybody, _hurts(house, ["worker", "postgres"]), pause=1.0)
    house.stop()
    _check(house, everybody)


@pytest.mark.slow
def test_what_was_acknowledged_survives_forty_kills(tmp_path: Path) -> None:
    """Prints its numbers (pytest -s): docs/durability.md has those of one run."""
    with a_sink(tmp_path / "sink") as sink, a_house(tmp_path / "house", workers=2) as house:
        house.environment.update(sink.environment)
        house.serve()
        crips = [
            name
            for one in house.card["clients"]
            if (name := one["client_id"]).startswith("cli_crip") and not one["dpop"]
        ]
        everybody = _everybody(house, sink, ["cli_asso_measure", *crips])
        chance = random.Random(7)
        names = [chance.choice(["worker", "worker", "postgres", "all"]) for _ in range(40)]
        began = time.monotonic()
        _hurt(everybody, _hurts(house, names), pause=2.0)
        took = time.monotonic() - began
        house.stop()
        _check(house, everybody)
        assert everybody.told is not None
        assert any(everybody.told[name] for name in crips)
        print(_numbers(house, everybody, Counter(names), took))  # noqa: T201 (with -s)


def _numbers(house: House, everybody: Everybody, kills: Counter[str], took: float) -> str:
    clients, sink = everybody.clients, everybody.sink
    [log] = house.fetch(
        "SELECT count(*) AS n, count(DISTINCT writer_id) AS chains FROM access_log WHERE at >= $1", clients.began
    )
    [events] = house.fetch("SELECT count(*) AS n FROM outbox WHERE at >= $1", clients.began)
    told = sum(map(len, everybody.told.values())) if everybody.told else 0
    notices = sum(map(len, sink.notices.values()))
    return (
        f"{took:.0f} s, kills {dict(kills)}: {len(clients.acts)} acts in {sum(len(act.traces) for act in clients.acts)} attempts, "
        f"{len(clients.reads)} reads answered; {events['n']} events; {told} rows to be told to {len(everybody.followers)} feeds "
        f"and webhooks, {notices} notices in {sink.posts} posts; the stream was opened {everybody.watcher.opened} times and told "
        f"{everybody.watcher.streamed} changes; {log['n']} records in {log['chains']} chains"
    )
