"""Sealing: what the journals hold at this moment becomes a leaf of a tree, whose head is signed and published.

A seal names the newest record of every chain that moved. The heads of this process's own chains come from the writer's
memory, not from the table, so a record that was removed after its reply had left is missed even before its first seal.
Sealed records are then listed by situation (`case_access`), for the owner of a case to read.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

import asyncpg
import orjson

from loaders.audit_chain import Head, microseconds
from loaders.transparency import Signer, Tree, open_note
from schema.errors import MaillageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEAL = "maillage-seal-1"
PURGE = "maillage-purge-1"
# Bounds the size of a leaf; a large sealing is several leaves under one checkpoint.
HEADS_PER_LEAF = 1000
# Keeps each statement short where every record shows a page of cases.
RECORDS_PER_LISTING = 100
# The service lists in this share of the time: under a storm of reads the list comes later, and answers do not.
LISTING_SHARE = 0.05
_LISTING_PAUSE = 5.0
# Nobody may keep the access log for less (CNIL); a purge that did is a fault for ever after.
PURGE_FLOOR_MONTHS = 6
_CONNECT_PATIENCE = 5.0
# A chain never leaves its month, and a live process seals every minute: older ones are looked for at start and stop.
_RECENT = timedelta(days=2)

logger = logging.getLogger(__name__)

T = TypeVar("T")


class SealError(MaillageError):
    """What is stored contradicts what was signed before: nothing more is signed."""

    code = "SEALS_CONTRADICT"
    sentence = "The seals of the journals contradict the checkpoint that was signed last: nothing is sealed. Verify."


class LedgerHead(NamedTuple):
    """The newest line of a situation's ledger; `seq` 0 says that the chain has ended with its case."""

    situation_id: UUID
    seq: int
    hash: bytes


class Purged(NamedTuple):
    """A whole chain of the access log that was removed: how long it was, and the hash of its newest record."""

    writer_id: UUID
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """One leaf, read."""

    at: int
    access: tuple[Head, ...] = ()
    ledger: tuple[LedgerHead, ...] = ()
    purged: tuple[Purged, ...] = ()
    before: int | None = None
    records: int = 0


def seal_body(at: datetime, access: Iterable[Head], ledger: Iterable[LedgerHead]) -> bytes:
    """The canonical bytes of a seal (RFC 8785)."""
    return orjson.dumps([SEAL, microseconds(at), [_plain(head) for head in access], [_plain(head) for head in ledger]])


def purge_body(at: datetime, before: datetime, records: int, chains: Iterable[Purged]) -> bytes:
    """The canonical bytes of the proof of a purge."""
    return orjson.dumps([PURGE, microseconds(at), microseconds(before), records, [_plain(chain) for chain in chains]])


def read_seal(body: bytes) -> Seal:
    """A leaf as data. Raises ValueError for bytes that are none."""
    kind, at, *rest = orjson.loads(body)
    if kind == SEAL:
        access, ledger = rest
        return Seal(at, tuple(Head(*_read(one)) for one in access), tuple(LedgerHead(*_read(one)) for one in ledger))
    if kind == PURGE:
        before, records, chains = rest
        return Seal(at, purged=tuple(Purged(*_read(one)) for one in chains), before=before, records=records)
    message = "a leaf of an unknown kind"
    raise ValueError(message)


def _plain(head: tuple[UUID, int, bytes]) -> list[Any]:
    return [str(head[0]), head[1], head[2].hex()]


def _read(values: Sequence[Any]) -> tuple[UUID, int, bytes]:
    return UUID(values[0]), int(values[1]), bytes.fromhex(values[2])


def in_leaves(heads: Sequence[T]) -> list[Sequence[T]]:
    """The parts of a long list, one per leaf."""
    return [heads[at : at + HEADS_PER_LEAF] for at in range(0, len(heads), HEADS_PER_LEAF)]


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


# ---------------------------------------------------------------- in the database

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('journal seal', 0))"
_LAST = "SELECT number, frontier, checkpoint FROM journal_seal ORDER BY number DESC LIMIT 1"
_INSERT = "INSERT INTO journal_seal (number, body, frontier, checkpoint) VALUES ($1, $2, $3, $4)"
_NEWEST = "SELECT checkpoint FROM journal_seal WHERE checkpoint IS NOT NULL ORDER BY number DESC LIMIT 1"

# From one chain to the next over the primary key, never over its records.
_MOVED = """
WITH RECURSIVE chain AS (
  (SELECT writer_id FROM access_log WHERE at >= $1 ORDER BY writer_id LIMIT 1)
  UNION ALL
  SELECT (SELECT l.writer_id FROM access_log l WHERE l.at >= $1 AND l.writer_id > chain.writer_id
          ORDER BY l.writer_id LIMIT 1)
  FROM chain WHERE chain.writer_id IS NOT NULL
)
SELECT head.writer_id, head.seq, head.hash
FROM chain
CROSS JOIN LATERAL (SELECT l.writer_id, l.seq, l.hash FROM access_log l
                    WHERE l.writer_id = chain.writer_id AND l.at >= $1 ORDER BY l.seq DESC LIMIT 1) head
LEFT JOIN chain_sealed sealed ON sealed.writer_id = head.writer_id
WHERE sealed.seq IS NULL OR sealed.seq < head.seq
ORDER BY head.writer_id
"""
_SEALED_UP_TO = "SELECT writer_id, seq FROM chain_sealed WHERE writer_id = ANY ($1)"
_MARK = """
INSERT INTO chain_sealed (writer_id, seq) SELECT * FROM unnest($1::uuid[], $2::bigint[])
ON CONFLICT (writer_id) DO UPDATE SET seq = greatest(chain_sealed.seq, excluded.seq)
"""
_LEDGER = "DELETE FROM ledger_unsealed RETURNING situation_id, seq, hash"
# The pseudonym is keyed, and by the situation: whoever reads two cases cannot tell that one person read both.
_LIST = """
INSERT INTO case_access (situation_id, controller_org_id, organisation_id, member_id, at, event, outcome, trace_id, reader, audience,
                         purpose, operation, categories, conditional)
SELECT s.id, s.controller_org_id, l.organisation_id, l.member_id, l.at, l.event, l.outcome, l.trace_id,
       'lec_' || left(encode(sha256($4::bytea || uuid_send(s.id) || uuid_send(l.member_id)), 'hex'), 16),
       l.audience, l.purpose, l.operation, l.categories, l.withheld
FROM access_log l
CROSS JOIN LATERAL (SELECT DISTINCT word::uuid AS id FROM json_array_elements_text(l.situations) word) named
JOIN situation s ON s.id = named.id
WHERE l.writer_id = $1 AND l.seq > $2 AND l.seq <= $3
"""
_TO_LIST = """
SELECT writer_id, listed, least(seq, listed + $1) AS until FROM chain_sealed WHERE listed < seq
ORDER BY writer_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_LISTED = "UPDATE chain_sealed SET listed = $2 WHERE writer_id = $1"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What came of a sealing: the newest checkpoint, and how much is new under it."""

    checkpoint: str
    size: int
    chains: int
    cases: int


async def last_tree(connection: asyncpg.Connection[asyncpg.Record], signer: Signer) -> tuple[Tree, str | None]:
    """The tree up to the last seal with its checkpoint, after checking that we signed exactly this.

    Raises: SealError.
    """
    row = await connection.fetchrow(_LAST)
    if row is None:
        return Tree(), None
    try:
        tree = Tree.stored(row["number"] + 1, row["frontier"])
        signed = open_note(row["checkpoint"] or "", signer.verifier)
    except (MaillageError, ValueError) as problem:
        raise SealError from problem
    if (signed.size, signed.root) != (tree.size, tree.root):
        raise SealError
    return tree, row["checkpoint"]


async def append(
    connection: asyncpg.Connection[asyncpg.Record], signer: Signer, tree: Tree, bodies: Sequence[bytes]
) -> tuple[Tree, str]:
    """Add leaves and the checkpoint over them; inside the caller's transaction, which holds the lock."""
    rows: list[tuple[int, bytes, bytes, str | None]] = []
    for body in bodies:
        grown = tree.add(body)
        rows.append((tree.size, body, grown.frontier, None))
        tree = grown
    note = signer.note(tree)
    rows[-1] = (*rows[-1][:3], note)
    await connection.executemany(_INSERT, rows)
    return tree, note


async def lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leaves have one order: whoever seals at the same time waits for the end of this transaction."""
    await connection.execute(_LOCK)


async def seal(
    connection: asyncpg.Connection[asyncpg.Record],
    signer: Signer,
    *,
    now: datetime,
    since: datetime,
    own: Sequence[Head] = (),
) -> tuple[Tree, Sealed]:
    """Seal all that moved, in one transaction. `own` are the heads that a writer remembers.

    Raises: SealError.
    """
    async with connection.transaction():
        await lock(connection)
        tree, note = await last_tree(connection, signer)
        access = await _moved(connection, since, own)
        ledger = [LedgerHead(*row) for row in await connection.fetch(_LEDGER)]
        if note is None or access or ledger:
            tree, note = await append(connection, signer, tree, _leaves(now, access, ledger))
        until = {head.writer_id: head.seq for head in access}
        await connection.execute(_MARK, list(until), list(until.values()))
    return tree, Sealed(note, tree.size, len({head.writer_id for head in access}), len(ledger))


def _leaves(now: datetime, access: Sequence[Head], ledger: Sequence[LedgerHead]) -> list[bytes]:
    made = [seal_body(now, heads, ()) for heads in in_leaves(access)]
    made += [seal_body(now, (), heads) for heads in in_leaves(sorted(ledger))]
    # An empty first leaf: a checkpoint is there from the first start on.
    return made or [seal_body(now, (), ())]


async def _moved(connection: asyncpg.Connection[asyncpg.Record], since: datetime, own: Sequence[Head]) -> list[Head]:
    """The heads that no seal has named yet: those in the table, and those remembered where they differ."""
    found = {Head(*row) for row in await connection.fetch(_MOVED, since)}
    known = await _sealed_up_to(connection, [head.writer_id for head in own])
    return sorted(found | {head for head in own if head.seq > known.get(head.writer_id, 0)})


async def _sealed_up_to(connection: asyncpg.Connection[asyncpg.Record], writers: Sequence[UUID]) -> dict[UUID, int]:
    return {row["writer_id"]: row["seq"] for row in await connection.fetch(_SEALED_UP_TO, writers)}


async def list_accesses(
    connection: asyncpg.Connection[asyncpg.Record],
    pseudonyms: bytes,
    *,
    share: float = 1.0,
    stop: asyncio.Event | None = None,
) -> int:
    """List the sealed records by situation, some at a time: a checkpoint never waits for it. Returns how many records.

    `share` is the part of the time that it works; it rests for the other, and leaves when `stop` is set.
    """
    done = 0
    loop = asyncio.get_running_loop()
    while stop is None or not stop.is_set():
        began = loop.time()
        async with connection.transaction():
            chain = await connection.fetchrow(_TO_LIST, RECORDS_PER_LISTING)
            if chain is None:
                return done
            writer_id, listed, until = chain
            await connection.execute(_LIST, writer_id, listed, until, pseudonyms)
            await connection.execute(_LISTED, writer_id, until)
        done += until - listed
        if stop is not None:
            await _waited(stop, (loop.time() - began) * (1 / share - 1))
    return done


async def _waited(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


class Sealer:
    """Seals at start, every so often, when much was written, and at stop; and knows the newest checkpoint.

    A failure never stops the service: records wait for the next sealing, and what they say is in the chains already.
    """

    def __init__(
        self,
        dsn: str,
        signer: Signer,
        pseudonyms: bytes,
        heads: Callable[[], Sequence[Head]],
        *,
        seconds: float,
        records: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.signer = signer
        self._dsn = dsn
        self._pseudonyms = pseudonyms
        self._heads = heads
        self._seconds = seconds
        self._records = records
        self._clock = clock
        self._tree = Tree()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self.checkpoint: str | None = None

    async def start(self) -> None:
        """Seal what earlier processes left, then go on by oneself."""
        await self._attempt(everything=True)
        self._tasks = {
            asyncio.create_task(self._run(), name="journal sealer"),
            asyncio.create_task(self._keep_listing(), name="journal lister"),
        }

    async def close(self) -> None:
        """Seal what is left."""
        self._stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks)
            # Listing can take its time: the next start goes on with it.
            await self._attempt(everything=True)

    async def seal(self, *, everything: bool = False, listing: bool = True) -> Sealed:
        """Seal now, then list by situation what is sealed.

        Raises: SealError, the driver's errors.
        """
        now = self._clock()
        since = datetime.min.replace(tzinfo=UTC) if everything else now - _RECENT
        connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_PATIENCE)
        try:
            tree, sealed = await seal(connection, self.signer, now=now, since=since, own=list(self._heads()))
            if tree.size < self._tree.size:
                # The row that our last signature stands on is gone.
                raise SealError
            self._tree, self.checkpoint = tree, sealed.checkpoint
            if listing:
                await list_accesses(connection, self._pseudonyms)
        finally:
            await connection.close()
        return sealed

    async def _run(self) -> None:
        written, waited, step = self._written(), 0.0, min(1.0, self._seconds)
        while not self._stop.is_set():
            await _waited(self._stop, step)
            waited += step
            if not self._stop.is_set() and (waited >= self._seconds or self._written() - written >= self._records):
                await self._attempt()
                written, waited = self._written(), 0.0

    async def _keep_listing(self) -> None:
        # What earlier processes sealed too, once requests are welcome.
        while not self._stop.is_set():
            try:
                connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_PATIENCE)
                try:
                    await list_accesses(connection, self._pseudonyms, share=LISTING_SHARE, stop=self._stop)
                finally:
                    await connection.close()
            except Exception as problem:  # noqa: BLE001 (whatever it is, the next time takes up what this one left)
                logger.warning("journals: not listed: %s", type(problem).__name__)
            await _waited(self._stop, min(_LISTING_PAUSE, self._seconds))

    def _written(self) -> int:
        return sum(head.seq for head in self._heads())

    async def _attempt(self, *, everything: bool = False) -> None:
        try:
            await self.seal(everything=everything, listing=False)
        except SealError:
            self.checkpoint = None
            logger.exception("journals: the seals contradict what was signed")
        except Exception as problem:  # noqa: BLE001 (whatever it is, the next sealing takes up what this one left)
            logger.warning("journals: not sealed: %s", type(problem).__name__)
