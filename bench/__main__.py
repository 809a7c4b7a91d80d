"""`python -m bench`: Maillage and its peers side by side, on the same PostgreSQL and the same data."""

import asyncio
import json
import os
import platform
import socket
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx2
import typer
from rich.console import Console

from bench import load_tool, processes, questions, report
from bench.load_tool import BenchError, Rate
from bench.processes import Database, Running
from bench.questions import FollowUpWrite, Place
from graph.demo_tool import DemoTool

UNIT = 186
"""Situations of one unit of synthetic data."""
CRIP, CRIP_ROLE = "cli_crip_59", "CRI"
# The same organisation's tool whose tokens are bound to its key, as a tool's are by default.
BOUND_CRIP = "cli_crip_59_dpop"
OURS, OURS_BOUND = "Maillage", "Maillage, DPoP"
ASSOCIATION = "cli_asso_measure"
SMALLEST, LARGEST = 35_000, 50_000
TOKEN_LIFE = 180
# So many proofs are made for each second of a run: more than any of these questions is answered.
PROOFS_PER_SECOND = {"page": 2500, "single": 6000}

console = Console(stderr=True)


@dataclass(slots=True)
class Tokens:
    """Real tokens, renewed before they expire."""

    data: Path
    _known: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)

    def headers(self, client: str, member: str) -> Mapping[str, str]:
        """The headers of a request of this client for this member."""
        made, text = self._known.get((client, member), (0.0, ""))
        if time.monotonic() - made > TOKEN_LIFE or not text:
            tool = self.tool(client)
            text = tool.token(member, None, bound=tool.bound)
            self._known[client, member] = time.monotonic(), text
        return {**_plain(), "Authorization": f"{'DPoP' if self.tool(client).bound else 'Bearer'} {text}"}

    def proofs(self, client: str, member: str, url: str, count: int) -> list[str]:
        """Proofs for so many requests under the token that `headers` shows."""
        token = self.headers(client, member)["Authorization"].partition(" ")[2]
        tool = self.tool(client)
        return [tool.proof("POST", url, token) for _ in range(count)]

    def tool(self, client: str) -> DemoTool:
        """The tool of a client of the demonstration."""
        return DemoTool.of(json.loads((self.data / "demo.json").read_text()), client)


@dataclass(frozen=True, slots=True)
class Contender:
    """One system, for one question: where, what, with which headers."""

    running: Running
    url: str
    bodies: tuple[str, ...]
    headers: Callable[[], Mapping[str, str]]
    # A request under a bound token has a proof of its own; they are made before the run, for so many requests.
    proofs: Callable[[int], Sequence[str]] = lambda _: ()

    def run(self, seconds: int, connections: int, per_second: int) -> Rate:
        """Ask for so many seconds."""
        proofs = self.proofs(seconds * per_second)
        return load_tool.run(self.url, self.bodies, self.headers(), seconds, connections, proofs=proofs)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of wrk: the rate, and the CPU each request cost, in the server and in PostgreSQL."""

    rate: Rate
    server_ms: float
    postgres_ms: float


Measured = dict[str, dict[str, list[Sample]]]


def _plain() -> Mapping[str, str]:
    return {"Content-Type": "application/json", "Accept": "application/json"}


def _post(contender: Contender, body: str) -> tuple[Any, int]:
    headers = [*contender.headers().items(), *(("DPoP", proof) for proof in contender.proofs(1))]
    answer = httpx2.post(contender.url, content=body, headers=headers, timeout=30)
    if answer.status_code != 200:
        raise BenchError(f"{contender.running.name} answered {answer.status_code}: {answer.text[:300]}")
    found = answer.json()
    if found.get("errors"):
        raise BenchError(f"{contender.running.name} answered {str(found['errors'])[:300]}")
    (value,) = found["data"].values()
    return questions.comparable(value), len(answer.content)


# ---------------------------------------------------------------- what is asked


async def _authority(connection: "asyncpg.Connection[Any]", organisation: str) -> UUID:
    found: UUID = await connection.fetchval(
        "SELECT authority_id FROM organisation WHERE name = $1 AND kind = 'CRIP'", organisation
    )
    return found


async def _places(connection: "asyncpg.Connection[Any]", authority: UUID, count: int) -> list[Place]:
    rows = await connection.fetch(
        """SELECT sent_at FROM (
             SELECT sent_at, row_number() OVER (ORDER BY sent_at DESC) AS place, count(*) OVER () AS all_of_them FROM concern_report
             WHERE to_authority_id = $1 AND status <> ALL ('{DRAFT,VALIDATED,MISROUTED}')) inbox
           WHERE place % greatest(1, all_of_them / $2) = 0 ORDER BY place""",
        authority,
        count,
    )
    return [Place(authority, row["sent_at"]) for row in rows]


async def _singles(connection: "asyncpg.Connection[Any]", authority: UUID) -> list[UUID]:
    rows = await connection.fetch(
        """SELECT r.id FROM concern_report r JOIN reach ON viewer = $1 AND reach.situation_id = r.situation_id AND via = 'REPORTED'
           WHERE to_authority_id = $1 AND r.status <> ALL ('{DRAFT,VALIDATED,MISROUTED}') AND now() BETWEEN starts_at AND ends_at
           AND (SELECT count(*) FROM follow_up f WHERE f.situation_id = r.situation_id) BETWEEN 2 AND 4
           ORDER BY r.id LIMIT 500""",
        authority,
    )
    return [row["id"] for row in rows]


async def _writes(connection: "asyncpg.Connection[Any]", member: UUID) -> list[FollowUpWrite]:
    rows = await connection.fetch(
        """SELECT r.id, r.situation_id, r.to_org_id FROM referral r JOIN situation s ON s.id = r.situation_id
           WHERE r.assigned_member_id = $1 AND r.status = 'ONGOING' AND r.kind = 'DIRECT_SUPPORT'
           AND s.status <> 'CLOSED' AND s.retention_state = 'ACTIVE' ORDER BY r.id LIMIT 500""",
        member,
    )
    today = datetime.now(UTC).date().isoformat()
    return [FollowUpWrite(row["id"], row["situation_id"], row["to_org_id"], "ONGOING", today) for row in rows]


def _same_places(
    ours: Contender, by_hand: Contender, candidates: Sequence[Place], wanted: int
) -> list[tuple[Place, int]]:
    """Places where the policy hides nothing from this caller, so that systems without one have the same answer."""
    kept = []
    for place in candidates:
        free, size = _post(by_hand, questions.by_hand_page(place))
        if (
            SMALLEST <= size <= LARGEST
            and len(free) == questions.PAGE_SIZE
            and _post(ours, questions.ours_page(place))[0] == free
        ):
            kept.append((place, size))
    if not kept:
        raise BenchError("No page of the wanted size on which all systems agree.")
    step = max(1, len(kept) // wanted)
    return kept[::step][:wanted]


def _agree(contenders: Mapping[str, Contender]) -> None:
    """Every system answers every body with the same ids and values.

    Raises: BenchError naming the first difference.
    """
    names = list(contenders)
    for number in range(len(contenders[names[0]].bodies)):
        answers = {name: _post(contender, contender.bodies[number])[0] for name, contender in contenders.items()}
        for name in names[1:]:
            if answers[name] != answers[names[0]]:
                raise BenchError(f"{names[0]} and {name} differ on question {number}: nothing measured.")


# ---------------------------------------------------------------- measuring


def _sample(contender: Contender, database: Database, seconds: int, connections: int, per_second: int = 0) -> Sample:
    before = contender.running.cpu, processes.postgres_cpu(database)
    rate = contender.run(seconds, connections, per_second)
    after = contender.running.cpu, processes.postgres_cpu(database)
    each = 1000 / max(1, rate.requests)
    return Sample(rate, (after[0] - before[0]) * each, (after[1] - before[1]) * each)


def _measure(
    scenarios: Mapping[str, Mapping[str, Contender]], database: Database, *, rounds: int, seconds: int, connections: int
) -> Measured:
    measured: Measured = {scenario: {name: [] for name in contenders} for scenario, contenders in scenarios.items()}
    for scenario, contenders in scenarios.items():
        most = PROOFS_PER_SECOND.get(scenario, 0)
        for contender in contenders.values():
            contender.run(2, connections, most)
        for number in range(rounds):
            # The order turns, so that what a neighbour does at one moment does not always hit the same system.
            names = list(contenders)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                sample = _sample(contenders[name], database, seconds, connections, most)
                measured[scenario][name].append(sample)
                console.print(
                    f"{scenario:8} {number + 1}/{rounds} {name:14} {sample.rate.per_second:9.1f}/s  p50 {sample.rate.p50_ms:6.1f} ms"
                    f"  CPU {sample.server_ms:5.2f} + {sample.postgres_ms:5.2f} ms"
                )
    return measured


# ---------------------------------------------------------------- the runs


def side_by_side(
    data: Path, situations: int, *, rounds: int, seconds: int, connections: int, only: Sequence[str]
) -> report.SideBySide:
    """All systems on one database."""
    processes.install_postgraphile()
    with ExitStack() as stack:
        ours, database, _ = stack.enter_context(processes.demonstration(data, scale_of(situations)))
        peers = {
            "PostGraphile": stack.enter_context(processes.postgraphile(_free_port(), database)),
            "Strawberry": stack.enter_context(processes.python_peer("dataloaders", _free_port(), "/graphql", database)),
            "by hand": stack.enter_context(processes.python_peer("by_hand", _free_port(), "", database)),
        }
        ready = {name: running.resident for name, running in {"Maillage": ours, **peers}.items()}
        tokens = Tokens(data)
        scenarios, sizes, facts = asyncio.run(_scenarios(data, ours, peers, database, tokens))
        scenarios = {name: found for name, found in scenarios.items() if not only or name in only}
        for name, contenders in scenarios.items():
            if name != "write":
                _agree(contenders)
        console.print(f"All systems agree on every question. Pages of {sizes}.")
        measured = _measure(scenarios, database, rounds=rounds, seconds=seconds, connections=connections)
        memory = {name: report.Memory(ready[name], peer.resident) for name, peer in peers.items()}
        memory = {"Maillage": report.Memory(ready["Maillage"], ours.resident, ours.beside(database)), **memory}
    return report.SideBySide(facts, sizes, _medians(measured), _ratios(measured), memory)


async def _scenarios(
    data: Path, ours: Running, peers: Mapping[str, Running], database: Database, tokens: Tokens
) -> tuple[dict[str, dict[str, Contender]], str, dict[str, str]]:
    card = json.loads((data / "demo.json").read_text())
    clients = {client["client_id"]: client for client in card["clients"]}
    worker = next(member["id"] for member in clients[ASSOCIATION]["members"] if member["role"] == "ASM")
    connection = await asyncpg.connect(**database.arguments)
    try:
        authority = await _authority(connection, clients[CRIP]["organisation"])
        candidates = await _places(connection, authority, 80)
        singles = await _singles(connection, authority)
        writes = await _writes(connection, UUID(worker))
        facts = {
            "PostgreSQL": await connection.fetchval("SHOW server_version"),
            "situations": str(await connection.fetchval("SELECT count(*) FROM situation")),
            "reports of this authority": str(
                await connection.fetchval("SELECT count(*) FROM concern_report WHERE to_authority_id = $1", authority)
            ),
        }
    finally:
        await connection.close()
    facts["shared_buffers"] = "as the embedded server sets it"

    def crip() -> Mapping[str, str]:
        return tokens.headers(CRIP, CRIP_ROLE)

    def asso() -> Mapping[str, str]:
        return tokens.headers(ASSOCIATION, worker)

    bound, proofs = (
        partial(tokens.headers, BOUND_CRIP, CRIP_ROLE),
        partial(tokens.proofs, BOUND_CRIP, CRIP_ROLE, ours.url),
    )
    hand = peers["by hand"]
    kept = _same_places(
        Contender(ours, ours.url, (), crip), Contender(hand, f"{hand.url}/page", (), _plain), candidates, 8
    )
    places = [place for place, _ in kept]
    graphile, strawberry_ = peers["PostGraphile"], peers["Strawberry"]
    scenarios = {
        "page": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_page, places)), crip),
            OURS_BOUND: Contender(ours, ours.url, tuple(map(questions.ours_page, places)), bound, proofs),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_page, places)), _plain),
            "Strawberry": Contender(
                strawberry_, strawberry_.url, tuple(map(questions.strawberry_page, places)), _plain
            ),
            "by hand": Contender(hand, f"{hand.url}/page", tuple(map(questions.by_hand_page, places)), _plain),
        },
        "single": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_single, singles)), crip),
            OURS_BOUND: Contender(ours, ours.url, tuple(map(questions.ours_single, singles)), bound, proofs),
            "PostGraphile": Contender(
                graphile, graphile.url, tuple(map(questions.postgraphile_single, singles)), _plain
            ),
            "Strawberry": Contender(
                strawberry_, strawberry_.url, tuple(map(questions.strawberry_single, singles)), _plain
            ),
            "by hand": Contender(hand, f"{hand.url}/single", tuple(map(questions.by_hand_single, singles)), _plain),
        },
        "row": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_row, singles)), crip),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_row, singles)), _plain),
            "Strawberry": Contender(
                strawberry_, strawberry_.url, tuple(map(questions.strawberry_row, singles)), _plain
            ),
            "by hand": Contender(hand, f"{hand.url}/row", tuple(map(questions.by_hand_single, singles)), _plain),
        },
        "write": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_write, writes)), asso),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_write, writes)), _plain),
        },
    }
    sizes = f"{min(size for _, size in kept) / 1000:.0f} to {max(size for _, size in kept) / 1000:.0f} kB"
    return scenarios, sizes, facts


def scale_of(situations: int) -> int:
    """How many units of synthetic data hold so many situations."""
    return max(1, -(-situations // UNIT))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _medians(measured: Measured) -> dict[str, dict[str, report.Line]]:
    return {
        scenario: {
            name: report.Line(
                statistics.median(sample.rate.per_second for sample in samples),
                statistics.median(sample.rate.p50_ms for sample in samples),
                statistics.median(sample.rate.p99_ms for sample in samples),
                statistics.median(sample.server_ms for sample in samples),
                statistics.median(sample.postgres_ms for sample in samples),
            )
            for name, samples in found.items()
        }
        for scenario, found in measured.items()
    }


# ---------------------------------------------------------------- the same page at any size


def flat(data: Path, sizes: Sequence[int], *, rounds: int, seconds: int) -> report.Flat:
    """The page at several sizes, each in a database of its own, side by side: one connection, so that nothing waits."""
    with ExitStack() as stack:
        pages: dict[int, tuple[Contender, Database]] = {}
        for size in sizes:
            folder = data / f"situations-{size}"
            ours, database, _ = stack.enter_context(processes.demonstration(folder, scale_of(size)))
            tokens = Tokens(folder)
            headers = partial(tokens.headers, CRIP, CRIP_ROLE)
            bodies = asyncio.run(_full_pages(folder, ours, database, headers))
            pages[size] = Contender(ours, ours.url, bodies, headers), database
        found: dict[int, list[Sample]] = {size: [] for size in sizes}
        for contender, database in pages.values():
            _sample(contender, database, 2, 1)
        for number in range(rounds):
            for size, (contender, database) in pages.items():
                sample = _sample(contender, database, seconds, 1)
                found[size].append(sample)
                console.print(
                    f"{size:9} {number + 1}/{rounds}  p50 {sample.rate.p50_ms:6.2f} ms  CPU {sample.server_ms:5.2f} + {sample.postgres_ms:5.2f} ms"
                )
    return report.Flat({size: statistics.median(one.rate.p50_ms for one in samples) for size, samples in found.items()})


async def _full_pages(
    data: Path, ours: Running, database: Database, headers: Callable[[], Mapping[str, str]]
) -> tuple[str, ...]:
    """Pages of the usual weight, in this database."""
    card = json.loads((data / "demo.json").read_text())
    organisation = next(client["organisation"] for client in card["clients"] if client["client_id"] == CRIP)
    connection = await asyncpg.connect(**database.arguments)
    try:
        places = await _places(connection, await _authority(connection, organisation), 200)
    finally:
        await connection.close()
    asked = Contender(ours, ours.url, (), headers)
    kept = []
    for body in map(questions.ours_page, places):
        rows, size = _post(asked, body)
        if len(rows) == questions.PAGE_SIZE and SMALLEST <= size <= LARGEST:
            kept.append(body)
    if not kept:
        raise BenchError("No page of the wanted size.")
    return tuple(kept[:8])


def endure(data: Path, situations: int, requests: int, connections: int) -> report.Endurance:
    """The memory of one process over so many requests, a tenth at a time."""
    folder = data / f"situations-{situations}"
    with processes.demonstration(folder, scale_of(situations)) as (ours, database, _):
        tokens = Tokens(folder)
        headers = partial(tokens.headers, CRIP, CRIP_ROLE)
        pages = asyncio.run(_full_pages(folder, ours, database, headers))
        marks, done = [(0, ours.resident)], 0
        while done < requests:
            done += load_tool.run(ours.url, pages, headers(), 20, connections).requests
            marks.append((done, ours.resident))
            console.print(f"{done:9} requests  {ours.resident:6.1f} MB")
    return report.Endurance(marks)


def _ratios(measured: Measured) -> dict[tuple[str, str], list[float]]:
    """Maillage's rate over a peer's, round by round; with bound tokens too, where they were measured."""
    found: dict[tuple[str, str], list[float]] = {}
    for scenario, systems in measured.items():
        for own, question in ((OURS, scenario), (OURS_BOUND, f"{scenario}{report.BOUND}")):
            for name, samples in systems.items() if own in systems else ():
                if name not in {own, OURS_BOUND}:
                    pairs = zip(systems[own], samples, strict=True)
                    found[question, name] = [a.rate.per_second / b.rate.per_second for a, b in pairs]
    return found


def main(
    data: Annotated[Path, typer.Option(help="Folder of the bench's databases.")] = Path("bench/.data"),
    situations: Annotated[int, typer.Option(help="Size of the side-by-side database.")] = 200_000,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small data, few and short rounds: a check, not a result.")
    ] = False,
    rounds: Annotated[int, typer.Option(help="Rounds per question.")] = 5,
    seconds: Annotated[int, typer.Option(help="Seconds per run of wrk.")] = 6,
    connections: Annotated[int, typer.Option(help="Connections of wrk.")] = load_tool.CONNECTIONS,
    only: Annotated[list[str] | None, typer.Option(help="Only this question: page, single, row or write.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where the results go; --quick writes none.")] = None,
    sizes: Annotated[str, typer.Option(help="Also the page at these sizes, for example 10000,1000000.")] = "",
    endurance: Annotated[int, typer.Option(help="Also the memory over so many pages.")] = 0,
) -> None:
    """Measure, print the ratios, write bench/results.md."""
    if quick:
        situations, rounds, seconds = min(situations, 20_000), 2, 2
    versions = {
        "load tool": f"{load_tool.version()}, 1 thread, {connections} connections, {seconds} s per run, {rounds} rounds, interleaved",
        "Maillage": f"Python {platform.python_version()}, strawberry-graphql {installed('strawberry-graphql')}, asyncpg {installed('asyncpg')}, uvicorn {installed('uvicorn')}",
    }
    found = side_by_side(
        data / f"situations-{situations}",
        situations,
        rounds=rounds,
        seconds=seconds,
        connections=connections,
        only=only or (),
    )
    versions["PostGraphile"] = (
        f"{processes.postgraphile_version()} on Node {processes.node_version()}, preset amber, pool of {processes.POOL}"
    )
    versions["machine"] = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    further = [flat(data, [int(size) for size in sizes.split(",")], rounds=rounds, seconds=seconds)] if sizes else []
    lasting = [endure(data, situations, endurance, connections)] if endurance else []
    text = report.write(versions, found, [*further, *lasting])
    Console().print(text, markup=False, highlight=False)
    if results is None and not quick:
        results = Path(__file__).with_name("results.md")
    if results is not None:
        results.write_text(text)


if __name__ == "__main__":
    try:
        typer.run(main)
    except BenchError as problem:
        sys.exit(str(problem))
