"""`python -m bench.oauth`: tokens per second of one process, and what it costs an answer that its token is bound (DPoP)."""

import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import httpx2
import typer
from rich.console import Console

from bench import load_tool, processes
from bench.load_tool import BenchError
from bench.processes import Database, Running
from graph.demonstration.demo_tool import DemoTool

GOAL = 150
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
BEARER, BOUND, ROLE = "cli_crip_59", "cli_crip_59_dpop", "CRI"
# So many proofs are made for each second of a run: more than any question is answered.
PER_SECOND = {"token": 1500, "page": 2500, "single": 4500, "type name": 9000}

_NESTED = "kind status urgency sentAt dueAt situation { ref status urgency followUps(first: 20) { status date } }"
OURS_PAGE = json.dumps({"query": f"{{ concernReports(first: 50) {{ nodes {{ id {_NESTED} }} }} }}"})
_ONE = f"query($id: ID!) {{ node(id: $id) {{ ... on ConcernReport {{ id {_NESTED} }} }} }}"
TYPE_NAME = json.dumps({"query": "{ __typename }"})

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run."""

    per_second: float
    server_ms: float
    postgres_ms: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is posted where: everything that each request needs of its own is made before the run."""

    url: str
    bodies: Sequence[str]
    headers: dict[str, str]
    proofs: Sequence[str]


def _run(asked: Asked, running: Running, database: Database, seconds: int) -> Sample:
    before = running.cpu, processes.postgres_cpu(database)
    rate = load_tool.run(asked.url, asked.bodies, asked.headers, seconds, proofs=asked.proofs)
    after = running.cpu, processes.postgres_cpu(database)
    each = 1000 / max(1, rate.requests)
    return Sample(rate.per_second, (after[0] - before[0]) * each, (after[1] - before[1]) * each)


def _token_request(tool: DemoTool, member: str | None, count: int) -> Asked:
    endpoint = f"{tool.issuer}/oauth/token"
    forms = [urlencode(tool.form(member, None)) for _ in range(count)]
    proofs = [tool.proof("POST", endpoint) for _ in range(count)] if tool.bound else []
    return Asked(endpoint, forms, FORM, proofs)


def _question(tool: DemoTool, url: str, bodies: Sequence[str], count: int) -> Asked:
    token = tool.token(ROLE, None, bound=tool.bound)
    if not tool.bound:
        return Asked(url, bodies, {**JSON, "Authorization": f"Bearer {token}"}, [])
    proofs = [tool.proof("POST", url, token) for _ in range(count)]
    return Asked(url, bodies, {**JSON, "Authorization": f"DPoP {token}"}, proofs)


def _single(identity: str) -> str:
    return json.dumps({"query": _ONE, "variables": {"id": identity}})


def _singles(tool: DemoTool, url: str) -> list[str]:
    """Reports that this officer reads."""
    token = tool.token(ROLE, None, bound=False)
    query = {"query": "{ concernReports(first: 50) { nodes { id } } }"}
    answer = httpx2.post(url, json=query, headers={"Authorization": f"Bearer {token}"}).json()
    return [node["id"] for node in answer["data"]["concernReports"]["nodes"]]


def _line(name: str, samples: Sequence[Sample]) -> str:
    rate, server, postgres = (
        statistics.median(getattr(sample, part) for sample in samples)
        for part in ("per_second", "server_ms", "postgres_ms")
    )
    return f"| {name} | {rate:.0f} | {server:.2f} | {postgres:.2f} |"


def _report(found: dict[str, list[Sample]], conditions: str) -> str:
    lines = ["| asked | requests/s | CPU ms per request: server | PostgreSQL |", "|---|---|---|---|"]
    lines += [_line(name, samples) for name, samples in found.items()]
    lines.append("")
    for question in (name for name in ("page", "single", "type name") if f"{name}, DPoP" in found):
        plain, bound = found[f"{question}, Bearer"], found[f"{question}, DPoP"]
        shares = [b.per_second / a.per_second for a, b in zip(plain, bound, strict=True)]
        spread = f"{min(shares):.2f} to {max(shares):.2f}"
        lines.append(f"- {question}: with DPoP {statistics.median(shares):.2f} of the rate without ({spread})")
    return f"{conditions}\n\n" + "\n".join(lines) + "\n"


def main(
    data: Annotated[Path, typer.Option(help="Folder of the bench's demonstration.")] = Path("bench/.data/oauth"),
    scale: Annotated[int, typer.Option(help="How many times the first year's situations.")] = 10,
    rounds: Annotated[int, typer.Option(help="Rounds, each question once per round.")] = 3,
    seconds: Annotated[int, typer.Option(help="Seconds per run of wrk.")] = 4,
    tokens_only: Annotated[bool, typer.Option(help="Leave the questions out.")] = False,
) -> None:
    """Measure, and print a table."""
    with processes.demonstration(data, scale) as (ours, database, _):
        card = json.loads((data / "demo.json").read_text())
        bearer, bound = DemoTool.of(card, BEARER), DemoTool.of(card, BOUND)
        singles = _singles(bearer, ours.url)
        questions_ = {"page": [OURS_PAGE], "single": list(map(_single, singles)), "type name": [TYPE_NAME]}
        made: dict[str, Callable[[], Asked]] = {
            "token, Bearer": lambda: _token_request(bearer, None, PER_SECOND["token"] * seconds),
            "token, DPoP": lambda: _token_request(bound, None, PER_SECOND["token"] * seconds),
            "token for a person, DPoP": lambda: _token_request(bound, ROLE, PER_SECOND["token"] * seconds),
        }
        for name, bodies in () if tokens_only else questions_.items():
            for scheme, tool in (("Bearer", bearer), ("DPoP", bound)):
                made[f"{name}, {scheme}"] = partial(_question, tool, ours.url, bodies, PER_SECOND[name] * seconds)
        found: dict[str, list[Sample]] = {name: [] for name in made}
        for number in range(rounds + 1):
            for name, make in made.items():
                sample = _run(make(), ours, database, seconds)
                # The first round warms.
                found[name] += [sample] if number else []
                console.print(
                    f"{number}/{rounds} {name:26} {sample.per_second:8.1f}/s  CPU {sample.server_ms:.2f} + {sample.postgres_ms:.2f} ms"
                )
    conditions = (
        f"One process, {load_tool.CONNECTIONS} connections, {seconds} s per run, {rounds} rounds, {scale} times the first "
        f"year's situations, {os.cpu_count()} cores for server, PostgreSQL and load tool. Goal: {GOAL} tokens/s."
    )
    print(_report(found, conditions))


if __name__ == "__main__":
    try:
        typer.run(main)
    except BenchError as problem:
        sys.exit(str(problem))
