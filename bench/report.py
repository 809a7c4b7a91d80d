"""The results as Markdown."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What is said of a question that was asked under a token bound to a key: the goals are the same.
BOUND = ", DPoP"

GOALS = {
    ("page", "PostGraphile"): 3.0,
    ("page", "Strawberry"): 15.0,
    ("page", "by hand"): 0.75,
    ("single", "PostGraphile"): 2.0,
    ("write", "PostGraphile"): 1.2,
}


@dataclass(frozen=True, slots=True)
class Line:
    """The medians of one system on one question."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_ms: float
    postgres_ms: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB: when nothing had been asked, after all questions, and of processes beside the server."""

    ready: float
    after: float
    beside: float = 0.0

    def __str__(self) -> str:
        beside = f", and {self.beside:.0f} MB in processes beside it that draw charts" if self.beside else ""
        return f"{self.after:.0f} MB ({self.ready:.0f} MB before the first question{beside})"


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What the side-by-side run found."""

    facts: Mapping[str, str]
    sizes: str
    lines: Mapping[str, Mapping[str, Line]]
    ratios: Mapping[tuple[str, str], Sequence[float]]
    memory: Mapping[str, Memory]


@dataclass(frozen=True, slots=True)
class Flat:
    """The median answer time of the page, by the number of situations in the database."""

    p50_ms: Mapping[int, float]

    def __str__(self) -> str:
        smallest, largest = min(self.p50_ms), max(self.p50_ms)
        ratio = self.p50_ms[largest] / self.p50_ms[smallest]
        times = ", ".join(f"{time:.2f} ms at {size:,} situations" for size, time in self.p50_ms.items())
        return f"## The page at any size\n\nOne connection, p50: {times}: {ratio:.2f} times as long (goal 1.2).\n"


@dataclass(frozen=True, slots=True)
class Endurance:
    """Resident memory in MB after so many requests."""

    marks: Sequence[tuple[int, float]]

    def __str__(self) -> str:
        told = ", ".join(f"{size:.0f} MB after {count:,}" for count, size in self.marks)
        return f"## Memory over many pages\n\n{told} (goal: flat, 150 MB).\n"


def write(versions: Mapping[str, str], found: SideBySide, further: Sequence[Flat | Endurance] = ()) -> str:
    """The whole page; what a person has to say of it is in bench/reading.md."""
    parts = [
        "# Results\n",
        Path(__file__).with_name("reading.md").read_text(encoding="utf-8"),
        _versions({**versions, **found.facts, "pages": found.sizes}),
        _ratio_table(found),
        *(_lines(q, rows) for q, rows in found.lines.items()),
        _memory(found.memory),
        *map(str, further),
    ]
    return "\n".join(parts)


def _versions(versions: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in versions.items()) + "\n"


def _ratio_table(found: SideBySide) -> str:
    rows = [
        "| question | against | median ratio | lowest and highest round | goal | reached |",
        "|---|---|---|---|---|---|",
    ]
    for (question, peer), ratios in found.ratios.items():
        goal = GOALS.get((question.removesuffix(BOUND), peer))
        median = statistics.median(ratios)
        reached = "" if goal is None else "yes" if median >= goal else "**no**"
        rows.append(
            f"| {question} | {peer} | {median:.2f} | {min(ratios):.2f} to {max(ratios):.2f} | {goal or ''} | {reached} |"
        )
    return "\n".join(rows) + "\n"


def _lines(question: str, rows: Mapping[str, Line]) -> str:
    made = [
        f"## {question}\n",
        "| system | requests/s | p50 ms | p99 ms | CPU ms per request: server | PostgreSQL |",
        "|---|---|---|---|---|---|",
    ]
    made += [
        f"| {name} | {line.per_second:.0f} | {line.p50_ms:.1f} | {line.p99_ms:.1f} | {line.server_ms:.2f} | {line.postgres_ms:.2f} |"
        for name, line in rows.items()
    ]
    return "\n".join(made) + "\n"


def _memory(memory: Mapping[str, Memory]) -> str:
    told = ", ".join(f"{name} {size}" for name, size in memory.items())
    return f"Resident memory of the server's process after the run: {told}. Goal: 150 MB.\n"
