"""`python -m bench.monitoring`: what a figure costs a reader, beside a scan of the cases, and what it costs a command.

In the folder of a demonstration, or one that is made: every kind of question of monitoring, interleaved with `select 1` and
with a scan of the same cases by the definitions of the cubes; then a real command, with and without the triggers that mark its
situation (it records actions in the folder's cases). Time and the CPU of the one process of PostgreSQL that answers; on a shared
machine the CPU is the number to compare.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bench.synthetic.load import load, progress_bar
from graph.database import running
from graph.settings import Secrets, Settings
from loaders.commands.by_hand import Hand, acting, official
from loaders.monitoring import rollups
from loaders.monitoring.archive import DLPM_TABLES, Sight, versions_statement
from loaders.monitoring.calendars import years_statement
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies, authority_statement, counting_statement, national_statement
from loaders.monitoring.national import answer
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.rebuilding import BATCH
from loaders.monitoring.remembered import Remembered
from loaders.postgres import logins
from loaders.postgres.dsn import async_url
from loaders.sealed.keyring import Keyring
from loaders.setup import database
from schema.types.monitoring import PeriodKind
from schema.vocabulary import Audience, DlpmActionKind, Role

Connection = asyncpg.Connection
Asked = tuple[str, list[Any]]
GOAL_MS, GOAL_SCAN, GOAL_COMMAND = 20.0, 100.0, 1.15
TRIVIAL = "select 1"
_TICKS = os.sysconf("SC_CLK_TCK")

console = Console(stderr=True)


@dataclass(slots=True)
class Cost:
    """What one kind of question took, time after time: elapsed, and CPU of the process that answered."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def ms(self) -> float:
        """The median, in milliseconds."""
        return 1000 * statistics.median(self.seconds)

    @property
    def cpu_ms(self) -> float:
        """CPU per question, in milliseconds."""
        return 1000 * self.cpu / len(self.seconds)


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def _timed(connection: Connection, process: int, asked: Asked, times: int, cost: Cost) -> None:
    before = _cpu(process)
    for _ in range(times):
        begun = time.perf_counter()
        await connection.fetchval(asked[0], *asked[1])
        cost.seconds.append(time.perf_counter() - begun)
    cost.cpu += _cpu(process) - before


# ---------------------------------------------------------------- what is asked


async def _questions(admin: Connection) -> Mapping[str, Asked]:
    busiest = await admin.fetchval(
        "SELECT to_authority_id FROM concern_report WHERE sent_at IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    last = Period(2025, kind=PeriodKind.REPORT)
    return {
        "national, the year": national_statement(last),
        "national, the year of most cases": national_statement(REPORT_YEAR),
        "national, a quarter": national_statement(Period(2025, quarter=4, kind=PeriodKind.REPORT)),
        "national, a month": national_statement(Period(2025, month=4, kind=PeriodKind.REPORT)),
        "own figures of the busiest authority": authority_statement(last, busiest),
        "the same, of the year of most cases": authority_statement(REPORT_YEAR, busiest),
        "all of them, counted: once, when a part of it is over": counting_statement(last),
        "the years there are": years_statement(),
        "the versions of a report": versions_statement(last, Sight(DLPM_TABLES, draft=True, frozen=True)),
    }


def _scan() -> Asked:
    """The same year, counted from the cases."""
    sql = (
        f"SELECT count(*) FROM (SELECT place, cube, span, word, sum(amount) FROM ({rollups.definition()}) d "
        "WHERE span BETWEEN $1 AND $2 GROUP BY place, cube, span, word) cells"
    )
    last = Period(2025, kind=PeriodKind.REPORT)
    return sql, [last.starts_on, last.ends_on]


async def read(dsn: Callable[[str], str], admin_dsn: str, rounds: int) -> Mapping[str, Cost]:
    """Every question, `select 1` and the scan, turn by turn."""
    admin, login = await asyncpg.connect(admin_dsn), await asyncpg.connect(dsn(logins.MONITORING))
    try:
        asked = await _questions(admin)
        costs = {name: Cost() for name in (TRIVIAL, *asked, "scan")}
        reader, scanner = [await one.fetchval("SELECT pg_backend_pid()") for one in (login, admin)]
        await admin.execute("SET jit = off")
        for number in range(rounds):
            await _timed(login, reader, (TRIVIAL, []), 200, costs[TRIVIAL])
            for name, question in asked.items():
                await _timed(login, reader, question, 20, costs[name])
            if number < 3:
                await _timed(admin, scanner, _scan(), 1, costs["scan"])
        costs |= _decided(await login.fetchval(*_flat(national_statement(REPORT_YEAR))), rounds)
        return costs
    finally:
        await login.close()
        await admin.close()


def _flat(asked: Asked) -> list[Any]:
    return [asked[0], *asked[1]]


def _decided(body: str, rounds: int) -> Mapping[str, Cost]:
    """What is done in Python with the numbers: read, protected, given their words."""
    found = {}
    for name, audience in (("decided for the DLPM", Audience.ANA), ("decided for others", Audience.ONP)):
        cost = Cost()
        before = time.process_time()
        for _ in range(rounds * 4):
            begun = time.perf_counter()
            answer(Tallies.read(body), Thresholds(), audience, REPORT_YEAR)
            cost.seconds.append(time.perf_counter() - begun)
        cost.cpu = time.process_time() - before
        found[name] = cost
    remembered, again = Remembered(), Cost()
    made = answer(Tallies.read(body), Thresholds(), Audience.ANA, REPORT_YEAR)
    before = time.process_time()
    for _ in range(rounds * 20):
        begun = time.perf_counter()
        remembered.answer("", body, lambda: made)
        again.seconds.append(time.perf_counter() - begun)
    again.cpu = time.process_time() - before
    return {**found, "decided before": again}


# ---------------------------------------------------------------- what is written


async def write(dsn: Callable[[str], str], admin_dsn: str, keyring: Keyring, rounds: int) -> Mapping[str, Cost]:
    """A command of a listener, with the triggers that mark and without them, turn by turn."""
    admin = await asyncpg.connect(admin_dsn)
    engine = create_async_engine(async_url(dsn(logins.COMMANDS)), poolclass=NullPool)
    costs = {"command": Cost(), "command without marks": Cost()}
    try:
        row = await admin.fetchrow(
            "SELECT s.assigned_member_id AS who, array_agg(s.id) AS cases FROM situation s WHERE s.status = 'MONITORED' "
            "AND s.retention_state = 'ACTIVE' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
        if row is None:
            message = "no case that a command could change"
            raise ValueError(message)
        caller = await official(engine, str(row["who"]), "bench", Role.LIS)
        async with acting(
            dsn(logins.COMMANDS), dsn(logins.AUDIT), caller=caller, keyring=keyring, issuer="https://bench.example"
        ) as hand:
            for number in range(2 * rounds):
                marked = number % 2 == 0
                word = "ENABLE" if marked else "DISABLE"
                for table in rollups.WATCHED:
                    for event in ("insert", "update", "delete"):
                        await admin.execute(f"ALTER TABLE {table} {word} TRIGGER monitoring_after_{event}")
                await _record(hand, admin, row["cases"], costs["command" if marked else "command without marks"])
        await admin.fetchval(rollups.FOLD, 100_000)
        return costs
    finally:
        await engine.dispose()
        await admin.close()


async def _record(hand: Hand, admin: Connection, cases: Sequence[Any], cost: Cost, times: int = 40) -> None:
    # The first ones plan anew after the change of triggers.
    for case in cases[:5]:
        await hand.act("recordAction", situation=f"sit_{case}", kind=DlpmActionKind.DOCUMENTATION)
    before = await _cpu_of_commands(admin)
    for number in range(times):
        begun = time.perf_counter()
        await hand.act("recordAction", situation=f"sit_{cases[number % len(cases)]}", kind=DlpmActionKind.DOCUMENTATION)
        cost.seconds.append(time.perf_counter() - begun)
    cost.cpu += await _cpu_of_commands(admin) - before


async def _cpu_of_commands(admin: Connection) -> float:
    """CPU of ourselves, who run the command, and of the processes of PostgreSQL that answer it."""
    rows = await admin.fetch("SELECT pid FROM pg_stat_activity WHERE usename = $1", logins.COMMANDS)
    return time.process_time() + sum(_cpu(row["pid"]) for row in rows)


# ---------------------------------------------------------------- the run


async def _filled(admin_dsn: str, secrets: Secrets, scale: int) -> float | None:
    """Load what is not there; how many seconds it took."""
    await database.prepare(admin_dsn, secrets.database, datetime.now(UTC).date())
    keyring = secrets.keyring
    admin = await asyncpg.connect(admin_dsn)
    try:
        if await admin.fetchval("SELECT EXISTS (SELECT 1 FROM situation)"):
            # Counted by an older definition: all cases are marked, and a reader counts what is marked until it is folded.
            while await admin.fetchval(rollups.FOLD, BATCH):
                pass
            await admin.execute("VACUUM ANALYZE monitoring_cell, monitoring_part, monitoring_mark")
            return None
        begun = time.perf_counter()
        with progress_bar() as told:
            await load(
                admin, scale=scale, now=datetime.now(UTC), keyring=keyring, progress=told, dsn=admin_dsn,
                workers=os.cpu_count() or 1,
            )  # fmt: skip
        return time.perf_counter() - begun
    finally:
        await admin.close()


async def _sizes(admin_dsn: str) -> str:
    admin = await asyncpg.connect(admin_dsn)
    try:
        counts = [
            f"{await admin.fetchval(f'SELECT count(*) FROM {table}'):,} {table}".replace(",", " ")
            for table in ("situation", "contact", "concern_report", "monitoring_cell")
        ]
    finally:
        await admin.close()
    return ", ".join(counts)


def _lines(read_: Mapping[str, Cost], written: Mapping[str, Cost]) -> list[str]:
    one, scan = read_[TRIVIAL], read_["scan"]
    lines = ["| question | ms | CPU ms | times `select 1` | a scan takes, times |", "|---|---|---|---|---|"]
    for name, cost in read_.items():
        of_server = not name.startswith("decided")
        lines.append(
            f"| {name} | {cost.ms:.2f} | {cost.cpu_ms:.2f} | {cost.ms / one.ms:.0f} | "
            f"{f'{scan.ms / cost.ms:.0f}' if of_server and cost is not scan else ''} |"
        )
    with_, without = written["command"], written["command without marks"]
    lines += [
        "",
        f"A command (`recordAction`, its record in the log, its commit) with marks {with_.ms:.2f} ms, CPU {with_.cpu_ms:.2f} ms; "
        f"without {without.ms:.2f} ms, CPU {without.cpu_ms:.2f} ms: times {with_.ms / without.ms:.2f}, CPU times "
        f"{with_.cpu_ms / without.cpu_ms:.2f} (goal {GOAL_COMMAND}).",
        f"Goals of a reader: {GOAL_MS:.0f} ms, a scan takes {GOAL_SCAN:.0f} times as long.",
    ]
    return lines


def main(
    data: Annotated[Path, typer.Option(help="Folder of a demonstration; filled where it is empty.")] = Path(
        "bench/.data/monitoring"
    ),
    scale: Annotated[int, typer.Option(help="Units of synthetic data, of 186 situations each.")] = 20,
    rounds: Annotated[int, typer.Option(help="Rounds.")] = 5,
    results: Annotated[Path | None, typer.Option(help="Where the results go.")] = None,
) -> None:
    """Load once, measure, print."""
    settings = Settings(data=data)
    secrets = Secrets.of(settings)
    with running(settings, secrets, founding=True) as found:
        admin, dsn = found.admin, found.dsn_of
        loaded = asyncio.run(_filled(admin, secrets, scale))
        text = [asyncio.run(_sizes(admin)) + "."]
        text += [f"Loaded in {loaded:.0f} s."] if loaded is not None else []
        text += [
            "",
            *_lines(asyncio.run(read(dsn, admin, rounds)), asyncio.run(write(dsn, admin, secrets.keyring, rounds))),
        ]
    Console(width=200).print("\n".join(text), markup=False, highlight=False)
    if results is not None:
        results.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    typer.run(main)
