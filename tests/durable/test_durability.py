"""Everything is killed again and again: what was acknowledged is there, once, told once, and in the log."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from loaders.commands.entry import PARIS
from tests.durable.clients import Clients
from tests.durable.house import House, a_house

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds processes to kill in /proc")

ENGAGE = """
UPDATE referral SET status = 'ONGOING', engaged_at = coalesce(engaged_at, proposed_at), ended_at = NULL,
  kind = 'DIRECT_SUPPORT', minor_agreement = 'AGREED', assigned_member_id = $1::uuid
WHERE id IN (SELECT r.id FROM referral r JOIN situation s ON s.id = r.situation_id
             WHERE r.to_org_id = (SELECT organisation_id FROM member WHERE id = $1::uuid)
               AND s.retention_state = 'ACTIVE' AND r.proposed_at IS NOT NULL ORDER BY r.id LIMIT 12)
RETURNING id"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("durable"), workers=2) as house:
        yield house


def _clients(house: House) -> Clients:
    client = next(one for one in house.card["clients"] if one["client_id"] == "cli_asso_measure")
    worker = next(member["id"] for member in client["members"] if member["role"] == "ASM")
    rows = house.fetch(ENGAGE, UUID(worker.removeprefix("mem_")))
    return Clients(house, [f"ref_{row['id']}" for row in rows], datetime.now(UTC).astimezone(PARIS).date().isoformat())


def _hurt(clients: Clients, hurts: list[Callable[[], None]], pause: float) -> None:
    """Work in a thread, and be hurt from this one: PostgreSQL ends with the thread that starts it."""
    working = threading.Thread(target=lambda: asyncio.run(_work(clients)))
    working.start()
    try:
        for hurt in hurts:
            time.sleep(pause)
            hurt()
        before = _acknowledged(clients)
        patience = time.monotonic() + 60
        while _acknowledged(clients) < before + 20:
            assert time.monotonic() < patience, "it did not recover"
            time.sleep(0.1)
    finally:
        clients.stopping = True
        working.join(60)
    assert not working.is_alive(), "an act was never acknowledged"


async def _work(clients: Clients) -> None:
    async with httpx2.AsyncClient(timeout=20) as http:
        await clients.sign_in()
        await clients.work(writers=6, readers=3, http=http)


def _acknowledged(clients: Clients) -> int:
    return sum(act.made is not None for act in clients.acts)


def _check(house: House, clients: Clients) -> None:
    assert clients.strange == []
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
        "SELECT subject_id FROM outbox WHERE kind IN ('follow_up.recorded', 'association_note.written') AND at >= $1",
        clients.began,
    )
    assert Counter(row["subject_id"] for row in told) == Counter(made.values())
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


def test_what_was_acknowledged_survives_every_kill(house: House) -> None:
    house.serve()
    clients = _clients(house)
    _hurt(clients, _hurts(house, ["worker", "postgres"]), pause=1.0)
    house.stop()
    _check(house, clients)


@pytest.mark.slow
def test_what_was_acknowledged_survives_forty_kills(house: House) -> None:
    house.serve()
    clients = _clients(house)
    chance = random.Random(7)
    names = [chance.choice(["worker", "worker", "postgres", "all"]) for _ in range(40)]
    _hurt(clients, _hurts(house, names), pause=2.0)
    house.stop()
    _check(house, clients)
