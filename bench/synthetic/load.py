"""Copy the synthetic network into PostgreSQL: directory and network life once, then `scale` units of cases."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import asyncpg
import rich.progress

from bench.synthetic import cases, network_life, organisations
from bench.synthetic.rows.batch import TABLES, Batch
from bench.synthetic.sealing import seal
from loaders.monitoring import rollups
from loaders.sealed.keyring import Keyring
from loaders.setup.reference import load_reference
from schema.vocabulary import HabilitationState, MandateKind, OrgKind, Role

SEED = 119
# Before this, some reports of the period would still be within their deadlines, and their situations could not be closed.
EARLIEST_NOW = datetime(2025, 7, 1, tzinfo=UTC)
# Units per transaction: about 30 000 rows, enough for COPY to run at full speed.
UNITS_PER_BATCH = 4

Connection = asyncpg.Connection
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation that somebody may sign in for."""

    id: UUID
    name: str
    kind: OrgKind
    authority_code: str | None
    mandate: MandateKind | None


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A person under one live habilitation."""

    id: UUID
    name: str
    role: Role
    organisation_id: UUID
    habilitation_id: UUID


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    """Who can be signed in as: read from the database, so that it is right for any data."""

    organisations: tuple[DemoOrganisation, ...]
    members: tuple[DemoMember, ...]

    @classmethod
    async def read(cls, connection: Connection) -> "DemoDirectory":
        """The directory of a database that was loaded before."""
        organisations_ = await connection.fetch(_ORGANISATIONS, organisations.DEMO_DEPARTMENTS)
        members = await connection.fetch(_MEMBERS, HabilitationState.ACTIVE.value)
        return cls(tuple(map(_organisation, organisations_)), tuple(map(_member, members)))

    def organisation(
        self, kind: OrgKind, *, authority: str | None = None, mandate: MandateKind | None = None
    ) -> DemoOrganisation:
        """The first organisation of this kind, authority and mandate."""
        wanted = (kind, authority, mandate)
        return next(o for o in self.organisations if (o.kind, o.authority_code, o.mandate) == wanted)

    def members_of(self, organisation: DemoOrganisation, role: Role | None = None) -> tuple[DemoMember, ...]:
        """The people of an organisation, of one role if it is given."""
        return tuple(m for m in self.members if m.organisation_id == organisation.id and role in {None, m.role})

    def document(self) -> dict[str, Any]:
        """Plain data for a JSON file."""
        return {
            "organisations": [{key: _plain(value) for key, value in asdict(o).items()} for o in self.organisations],
            "members": [{key: _plain(value) for key, value in asdict(m).items()} for m in self.members],
        }


_ORGANISATIONS = """
    SELECT o.id, o.name, o.kind, a.code AS authority_code, o.mandate_kind
    FROM organisation o LEFT JOIN authority a ON a.id = o.authority_id
    -- The demonstration's associations work in all its departments: they come first.
    ORDER BY o.kind, a.code, o.territories @> $1::text[] DESC, o.name
"""
_MEMBERS = """
    SELECT m.id, m.name, h.role, h.organisation_id, h.id AS habilitation_id
    FROM habilitation h JOIN member m ON m.id = h.member_id
    WHERE h.state = $1
    ORDER BY h.organisation_id, h.role, m.name, h.id
"""


def _organisation(row: asyncpg.Record) -> DemoOrganisation:
    mandate = MandateKind(row["mandate_kind"]) if row["mandate_kind"] else None
    return DemoOrganisation(row["id"], row["name"], OrgKind(row["kind"]), row["authority_code"], mandate)


def _member(row: asyncpg.Record) -> DemoMember:
    return DemoMember(row["id"], row["name"], Role(row["role"]), row["organisation_id"], row["habilitation_id"])


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


async def load(
    connection: Connection,
    *,
    scale: int = 1,
    seed: int = SEED,
    now: datetime,
    keyring: Keyring,
    progress: Progress | None = None,
    dsn: str | None = None,
    workers: int = 1,
    told: Callable[[str], None] | None = None,
) -> DemoDirectory:
    """Fill empty tables; the connection must be a superuser's, because triggers and foreign keys sleep meanwhile.

    With `dsn` and `workers`, that many processes make and copy the units, each on its own connection; `told` hears of what
    is done afterwards, for all cases at once.
    Raises: ValueError when `now` is too early for the situations of the period to have been closed.
    """
    if now < EARLIEST_NOW:
        raise ValueError(now)
    await load_reference(connection)
    network = organisations.build(seed, now)
    await copy(connection, network.batch)
    await copy(connection, network_life.build(seed, network))
    if dsn and workers > 1:
        await _load_in_processes(dsn, scale, seed, now, keyring, progress or _silent, workers)
    else:
        for first in range(0, scale, UNITS_PER_BATCH):
            numbers = range(first, min(first + UNITS_PER_BATCH, scale))
            await copy(connection, _units(seed, numbers, network, keyring))
            (progress or _silent)(numbers.stop, scale)
    await _finish(connection, told or _unsaid)
    return await DemoDirectory.read(connection)


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def _unsaid(_step: str) -> None:
    """Nobody listens."""


def _units(seed: int, numbers: Sequence[int], network: organisations.Network, keyring: Keyring) -> Batch:
    batch = Batch()
    for number in numbers:
        batch.extend(cases.unit(seed, number, network))
    seal(batch, *keyring.newest())
    return batch


async def copy(connection: Connection, batch: Batch) -> None:
    """Copy rows in one transaction, with triggers and foreign keys asleep."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for kind, table in TABLES.items():
            if rows := batch.rows[kind]:
                await connection.copy_records_to_table(table, records=rows, columns=kind._fields)


_COMPUTED = {"refresh_reach_all()": "relations", "ledger_catch_up()": "registre", "refresh_clocks_all()": "délais"}


async def _finish(connection: Connection, told: Callable[[str], None]) -> None:
    """What the sleeping triggers did not do, each for all cases at once."""
    # First, or the planner knows nothing of what was copied and joins row by row; what is still empty must not be known as
    # empty, or it is read as a whole for each row that follows.
    told("statistiques")
    await connection.execute(f"ANALYZE {', '.join(TABLES.values())}")
    for name, step in _COMPUTED.items():
        if await connection.fetchval("SELECT to_regprocedure($1) IS NOT NULL", name):
            told(step)
            # Nothing that a trigger would see is new: every table is computed here as a whole.
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = replica")
                await connection.execute("SET LOCAL work_mem = '128MB'")
                await connection.execute(f"SELECT {name}")
    if await connection.fetchval("SELECT to_regprocedure('monitoring_mark_all()') IS NOT NULL"):
        told("chiffres")
        await _count(connection)
    told("entretien")
    # Pages that are known to be visible to all need not be visited by a scan of an index.
    await connection.execute("VACUUM ANALYZE")


async def _count(connection: Connection) -> None:
    """The rollups of all cases by their definition, in one pass: nobody reads or writes meanwhile."""
    async with connection.transaction():
        await connection.execute("SET LOCAL work_mem = '128MB'")
        await connection.execute(f"CREATE TEMPORARY TABLE counted ON COMMIT DROP AS {rollups.definition()}")
        await connection.execute(
            "INSERT INTO monitoring_cell (cube, place, span, word, amount) "
            "SELECT cube, place, span, word, sum(amount) FROM counted GROUP BY place, span, cube, word"
        )
        await connection.execute("ANALYZE counted, monitoring_cell")
        await connection.execute(
            "INSERT INTO monitoring_part (situation_id, cells, amounts) "
            "SELECT d.situation_id, array_agg(c.id ORDER BY c.id), array_agg(d.amount ORDER BY c.id) "
            "FROM counted d JOIN monitoring_cell c USING (place, span, cube, word) GROUP BY d.situation_id"
        )


async def _load_in_processes(
    dsn: str, scale: int, seed: int, now: datetime, keyring: Keyring, progress: Progress, workers: int
) -> None:
    spans = [range(first, min(first + UNITS_PER_BATCH, scale)) for first in range(0, scale, UNITS_PER_BATCH)]
    loop, done = asyncio.get_running_loop(), 0
    # Spawned, not forked: a child must not share this process's connection.
    started = (dsn, seed, now, keyring.folder)
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker, started)
    try:
        for finished in asyncio.as_completed([loop.run_in_executor(pool, _work, span) for span in spans]):
            done += await finished
            progress(done, scale)
    finally:
        # Whoever interrupts a long load does not wait for what has not begun.
        pool.shutdown(cancel_futures=True)


class _Worker:
    """What one process keeps between its batches."""

    runner: asyncio.Runner
    connection: Connection
    seed: int
    network: organisations.Network
    keyring: Keyring


def end_with_the_load() -> None:
    """In a process of the pool: it outlives nobody who was killed."""
    Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    load_ = multiprocessing.parent_process()
    if load_ is not None:
        wait([load_.sentinel])
    os._exit(1)


def _start_worker(dsn: str, seed: int, now: datetime, keys: Path) -> None:
    end_with_the_load()
    _Worker.runner = asyncio.Runner()
    _Worker.connection = _Worker.runner.run(asyncpg.connect(dsn))
    _Worker.seed, _Worker.network = seed, organisations.build(seed, now)
    _Worker.keyring = Keyring(keys)


def _work(span: range) -> int:
    _Worker.runner.run(copy(_Worker.connection, _units(_Worker.seed, span, _Worker.network, _Worker.keyring)))
    return len(span)


@contextmanager
def progress_bar(title: str = "Synthetic situations") -> Iterator[Progress]:
    """A bar on the terminal, as the `progress` of `load`."""
    with rich.progress.Progress(
        *rich.progress.Progress.get_default_columns(), rich.progress.TimeElapsedColumn()
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
