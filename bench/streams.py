"""`python -m bench.streams`: open subscriptions on one process: delivery while events come, and memory per socket; and the feed."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import httpx2
import typer
from rich.console import Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench import processes
from bench.load_tool import BenchError
from bench.processes import Database, Running, postgres_cpu
from graph.demonstration.demo_tool import DemoTool
from loaders.events.outbox import NUMBER

CLIENT = "cli_asso_measure"
WATCH = "subscription ($ids: [ID!]!) { statusChanged(ids: $ids) { id node { ... on Referral { status } } } }"
LISTED = """query ($after: String) { referrals(first: 100, after: $after, filter: {status: [ONGOING, PAUSED_RUNAWAY]}) {
  nodes { id status } pageInfo { hasNextPage endCursor } } }"""
FEED = "query ($since: String) { changes(since: $since, first: 100) { cursor more entries { id } } }"
# Two states in which whoever watches sees the row.
STATES = ("ONGOING", "PAUSED_RUNAWAY")
_AT_A_TIME = 10
_SETTLE = 3.0
_YOUNG = 60.0

console = Console(stderr=True)


@dataclass(slots=True)
class Heard:
    """What the subscribers were told, and how long after the commit."""

    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Note a message; what is told of a state that has passed already is told late, and counts as that."""
        now = time.perf_counter()
        if message["type"] != "next":
            raise BenchError(f"A stream said {message['type']}.")
        told = message["payload"]["data"]["statusChanged"]
        at = self.sent.get((told["id"], told["node"]["status"]))
        if at is not None:
            self.seconds.append(now - at)


async def _opened(url: str, token: str, watched: str) -> ClientConnection:
    connection = await connect(
        url.replace("http://", "ws://"), subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None,
        ping_interval=None, open_timeout=60,
    )  # fmt: skip
    await connection.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    answer = json.loads(await connection.recv())
    if answer["type"] != "connection_ack":
        raise BenchError("No acknowledgement.")
    payload = {"query": WATCH, "variables": {"ids": [watched]}}
    await connection.send(json.dumps({"type": "subscribe", "id": "a", "payload": payload}))
    return connection


async def _listen(connection: ClientConnection, heard: Heard) -> None:
    async for message in connection:
        heard.take(json.loads(message))


async def _open_all(url: str, token: str, watched: Sequence[str], sockets: int) -> list[ClientConnection]:
    made: list[ClientConnection] = []
    while len(made) < sockets:
        names = [watched[number % len(watched)] for number in range(len(made), min(sockets, len(made) + _AT_A_TIME))]
        made += await asyncio.gather(*(_opened(url, token, name) for name in names))
    return made


async def _publish(
    database: Database, heard: Heard, watched: Sequence[str], stands: dict[str, str], per_second: float, seconds: float
) -> int:
    connection = await asyncpg.connect(**database.arguments)
    begun, done = time.perf_counter(), 0
    try:
        while (due := begun + done / per_second) < begun + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            public = watched[done % len(watched)]
            state = stands[public] = STATES[stands[public] == STATES[0]]
            await connection.execute("UPDATE referral SET status = $2 WHERE id = $1", public.partition("_")[2], state)
            # Committed: from now on it can be told.
            heard.sent[public, state] = time.perf_counter()
            # As the relay of the process that has committed does: without it everybody would look once a second.
            await connection.fetchval(NUMBER)
            done += 1
    finally:
        await connection.close()
    return done


async def _streams(
    ours: Running,
    database: Database,
    token: str,
    stands: dict[str, str],
    over: int,
    sockets: int,
    rate: float,
    seconds: float,
) -> list[str]:
    heard = Heard()
    watched = list(stands)[: min(over, sockets)]
    await asyncio.sleep(1)
    before = ours.resident
    begun = time.perf_counter()
    opened = await _open_all(ours.url, token, watched, sockets)
    opening = time.perf_counter() - begun
    listening = [asyncio.create_task(_listen(connection, heard)) for connection in opened]
    await asyncio.sleep(_SETTLE)
    idle = ours.resident
    processor, rows_cpu, own = ours.cpu, postgres_cpu(database), time.process_time()
    events = await _publish(database, heard, watched, stands, rate, seconds)
    await asyncio.sleep(_SETTLE)
    used = [ours.cpu - processor, postgres_cpu(database) - rows_cpu, time.process_time() - own]
    after = ours.resident
    broken = Counter(str(connection.close_code) for connection in opened if connection.close_code is not None)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await asyncio.gather(*(connection.close() for connection in opened))
    if len(heard.seconds) < 100:
        raise BenchError(f"Only {len(heard.seconds)} messages came.")
    cuts = statistics.quantiles(heard.seconds, n=100)
    return [
        f"- {sockets} sockets, one subscription each, opened in {opening:.1f} s; closed before the end, by code: {dict(broken) or 'none'}",
        f"- memory per socket: {(idle - before) * 1000 / sockets:.0f} kB ({before:.0f} MB before, {idle:.0f} open, {after:.0f} after the events)",
        f"- {events} events at {rate:g}/s over {len(watched)} rows, {sockets / len(watched):.0f} subscribers each: {len(heard.seconds)} messages of {events * sockets // len(watched)} (a stream tells how things stand, so changes of one row between two looks are one)",
        f"- from commit to client: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, most {max(heard.seconds) * 1000:.0f} ms",
        f"- CPU in the {seconds + _SETTLE:g} s: service {used[0]:.1f} s, PostgreSQL {used[1]:.1f} s, the {sockets} clients in one process {used[2]:.1f} s",
    ]


def _followed(url: str, token: str, most: int) -> dict[str, str]:
    found: dict[str, str] = {}
    after, more = None, True
    while more and len(found) < most:
        page = _asked(url, token, LISTED, after=after)["referrals"]
        found |= {node["id"]: node["status"] for node in page["nodes"]}
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def _asked(url: str, token: str, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    answer = httpx2.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60).json()
    if "errors" in answer:
        raise BenchError(answer["errors"][0]["message"])
    return answer["data"]


def _feed(ours: Running, database: Database, tool: DemoTool, most: int) -> list[str]:
    """All of an organisation's view, page by page, and then a question with nothing new."""
    token, since, rows, pages, more = _Fresh(tool), None, 0, [], True
    processor, rows_cpu = ours.cpu, postgres_cpu(database)
    while more and rows < most:
        shown = token.now()
        began = time.perf_counter()
        page = _asked(ours.url, shown, FEED, since=since)["changes"]
        pages.append(time.perf_counter() - began)
        since, more, rows = page["cursor"], page["more"], rows + len(page["entries"])
    used = ours.cpu - processor, postgres_cpu(database) - rows_cpu
    began = time.perf_counter()
    _asked(ours.url, token.now(), FEED, since=since)
    last = time.perf_counter() - began
    return [
        f"- feed: {rows} rows in {len(pages)} pages, {sum(pages):.1f} s, {rows / sum(pages):.0f} rows/s; there was {'more' if more else 'no more'}",
        f"- a page: median {statistics.median(pages) * 1000:.1f} ms, the slowest {max(pages) * 1000:.0f} ms; asked again: {last * 1000:.1f} ms",
        f"- CPU per row: service {used[0] / rows * 1e6:.0f} µs, PostgreSQL {used[1] / rows * 1e6:.0f} µs",
    ]


@dataclass(slots=True)
class _Fresh:
    """A token that is young enough, asked for outside of what is measured."""

    tool: DemoTool
    token: str = ""
    until: float = 0.0

    def now(self) -> str:
        """The token to show."""
        if time.monotonic() > self.until:
            self.token, self.until = self.tool.token(None, None, bound=False), time.monotonic() + _YOUNG
        return self.token


def main(
    data: Annotated[Path, typer.Option(help="Folder of the bench's demonstration.")] = Path("bench/.data/streams"),
    scale: Annotated[int, typer.Option(help="How many times the first year's situations.")] = 10,
    sockets: Annotated[int, typer.Option(help="Open subscriptions; 0 leaves them out.")] = 5000,
    rate: Annotated[float, typer.Option(help="Events per second.")] = 100,
    watched: Annotated[
        tuple[int, int],
        typer.Option(help="Over how many rows events and subscriptions are spread, one run after the other."),
    ] = (5000, 50),
    seconds: Annotated[float, typer.Option(help="Seconds of events.")] = 10,
    rows: Annotated[int, typer.Option(help="Rows of the feed to read at most; 0 leaves it out.")] = 100_000,
) -> None:
    """Measure, and print a list."""
    # All sockets are one client's here.
    room = {"MAILLAGE_STREAMS__OF_CLIENT": "100000", "MAILLAGE_STREAMS__OF_ORGANISATION": "100000"}
    with processes.demonstration(data, scale, room) as (ours, database, _):
        card = json.loads((data / "demo.json").read_text())
        tool = DemoTool.of(card, CLIENT)
        followed = _followed(ours.url, tool.token(None, None, bound=False), max(watched)) if sockets else {}
        lines = []
        for number in watched if sockets else ():
            token = tool.token(None, None, bound=False)
            lines += asyncio.run(_streams(ours, database, token, followed, number, sockets, rate, seconds))
        if rows:
            lines += _feed(ours, database, DemoTool.of(card, "cli_crip_59"), rows)
    print(f"One process, client and PostgreSQL on {os.cpu_count()} cores, {scale} times the first year's situations.\n")
    print("\n".join(lines))


if __name__ == "__main__":
    try:
        typer.run(main)
    except BenchError as problem:
        sys.exit(str(problem))
