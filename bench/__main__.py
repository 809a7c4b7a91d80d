"""`python -m bench`: Maillage and its peers side by side, on the same PostgreSQL and the same data."""

import asyncio
import json
import os
import platform
import socket
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
from rich.console import Console

from bench import load_tool, processes, questions, report
from bench.contenders import LARGEST, SMALLEST, Contender, Tokens, agree, plain, post, same_places
from bench.load_tool import BenchError, Rate
from bench.places import find_authority, find_places, find_singles, find_writes
from bench.processes import Database, Running

UNIT = 186
"""Situations of one unit of synthetic data."""
CRIP, CRIP_ROLE = "cli_crip_59", "CRI"
# The same organisation's tool whose tokens are bound to its key, as a tool's are by default.
BOUND_CRIP = "cli_crip_59_dpop"
OURS, OURS_BOUND = "Maillage", "Maillage, DPoP"
ASSOCIATION = "cli_asso_measure"
# More than there are connections: equal questions that wait at the same moment are answered once, and nobody's screens are.
PAGES = 64
# So many proofs are made for each second of a run: more than any of these questions is answered.
PROOFS_PER_SECOND = {"page": 2500, "single": 6000}

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of wrk: the rate, and the CPU each request cost, in the server and in PostgreSQL."""

    rate: Rate
    server_ms: float
    postgres_ms: float


Measured = dict[str, dict[str, list[Sample]]]


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
                agree(contenders)
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
        authority = await find_authority(connection, clients[CRIP]["organisation"])
        candidates = await find_places(connection, authority, 8 * PAGES)
        singles = await find_singles(connection, authority)
        writes = await find_writes(connection, UUID(worker))
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
    kept = same_places(
        Contender(ours, ours.url, (), crip), Contender(hand, f"{hand.url}/page", (), plain), candidates, PAGES
    )
    places = [place for place, _ in kept]
    graphile, strawberry_ = peers["PostGraphile"], peers["Strawberry"]
    scenarios = {
        "page": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_page, places)), crip),
            OURS_BOUND: Contender(ours, ours.url, tuple(map(questions.ours_page, places)), bound, proofs),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_page, places)), plain),
            "Strawberry": Contender(strawberry_, strawberry_.url, tuple(map(questions.strawberry_page, places)), plain),
            "by hand": Contender(hand, f"{hand.url}/page", tuple(map(questions.by_hand_page, places)), plain),
        },
        "single": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_single, singles)), crip),
            OURS_BOUND: Contender(ours, ours.url, tuple(map(questions.ours_single, singles)), bound, proofs),
            "PostGraphile": Contender(
                graphile, graphile.url, tuple(map(questions.postgraphile_single, singles)), plain
            ),
            "Strawberry": Contender(
                strawberry_, strawberry_.url, tuple(map(questions.strawberry_single, singles)), plain
            ),
            "by hand": Contender(hand, f"{hand.url}/single", tuple(map(questions.by_hand_single, singles)), plain),
        },
        "row": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_row, singles)), crip),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_row, singles)), plain),
            "Strawberry": Contender(strawberry_, strawberry_.url, tuple(map(questions.strawberry_row, singles)), plain),
            "by hand": Contender(hand, f"{hand.url}/row", tuple(map(questions.by_hand_single, singles)), plain),
        },
        "write": {
            OURS: Contender(ours, ours.url, tuple(map(questions.ours_write, writes)), asso),
            "PostGraphile": Contender(graphile, graphile.url, tuple(map(questions.postgraphile_write, writes)), plain),
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
        places = await find_places(connection, await find_authority(connection, organisation), 200)
    finally:
        await connection.close()
    asked = Contender(ours, ours.url, (), headers)
    kept = []
    for body in map(questions.ours_page, places):
        rows, size = post(asked, body)
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
