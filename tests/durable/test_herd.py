"""Everybody comes back at once when the service does: a herd before cold caches is bounded, refused clearly, and served."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from tests.durable.house import House, a_house

pytestmark = pytest.mark.slow

WORKERS, CONNECTIONS = 2, 16
# What stands beside the pools of each process: listeners, the relay, the sealer.
BESIDE = 12
READERS, STREAMS = 120, 120
READ = {"query": "{ referrals(first: 1) { nodes { id } } }"}
WATCH = {"query": "subscription { referralReceived { id } }"}
OURS = "SELECT count(*) AS n FROM pg_stat_activity WHERE usename LIKE 'maillage%'"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "house", workers=WORKERS) as house:
        house.environment.update(
            MAILLAGE_CONNECTIONS=str(CONNECTIONS), MAILLAGE_STREAMS__OF_CLIENT="1000",
            MAILLAGE_STREAMS__OF_ORGANISATION="1000",
        )  # fmt: skip
        house.serve()
        yield house


async def _read(house: House, token: str, seen: Counter[int], waits: list[float]) -> None:
    """Until there is an answer, without a pause to speak of: nobody of the herd is polite."""
    async with httpx2.AsyncClient(timeout=30) as http:
        while True:
            asked = time.monotonic()
            try:
                answer = await http.post(
                    f"{house.base_url}/graphql", json=READ, headers={"Authorization": f"Bearer {token}"}
                )
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
                continue
            waits.append(time.monotonic() - asked)
            seen[answer.status_code] += 1
            if answer.status_code == 200:
                assert "errors" not in answer.json(), answer.text
                return
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) >= 1
            await asyncio.sleep(0.05)


async def _watch(house: House, token: str, opened: list[ClientConnection]) -> None:
    """Until a stream is open again."""
    address = house.base_url.replace("http://", "ws://") + "/graphql"
    while True:
        try:
            socket = await connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None)
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
            assert "connection_ack" in str(await socket.recv())
        except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
            await asyncio.sleep(0.05)
            continue
        opened.append(socket)
        return


async def _connections(house: House, most: list[int], over: asyncio.Event) -> None:
    while not over.is_set():
        [row] = await asyncio.to_thread(house.fetch, OURS)
        most.append(row["n"])
        await asyncio.sleep(0.1)


async def _herd(house: House, token: str) -> tuple[Counter[int], list[float], list[int]]:
    seen: Counter[int] = Counter()
    waits: list[float] = []
    opened: list[ClientConnection] = []
    most: list[int] = []
    over = asyncio.Event()
    counting = asyncio.create_task(_connections(house, most, over))
    herd: list[Any] = [_read(house, token, seen, waits) for _ in range(READERS)]
    herd += [_watch(house, token, opened) for _ in range(STREAMS)]
    # They are at the door before it opens.
    coming = asyncio.gather(*herd)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(house.serve)
    async with asyncio.timeout(90):
        await coming
    over.set()
    await counting
    assert len(opened) == STREAMS
    await asyncio.gather(*(socket.close() for socket in opened))
    return seen, waits, most


def test_who_comes_back_at_once_after_a_restart_is_served_within_bounds(house: House) -> None:
    token = house.token("cli_asso_measure", "ASM")
    house.stop()
    seen, waits, most = asyncio.run(_herd(house, token))
    assert seen[200] == READERS
    assert set(seen) <= {200, 503}
    assert max(waits) < 20
    assert 0 < max(most) <= WORKERS * (CONNECTIONS + BESIDE)
    assert house.ready()
    house.stop()
    verified = house.run("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
