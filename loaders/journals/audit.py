"""The writer and the verifier of the access log: a reply leaves only after COMMIT of the batch that holds its record.

Group commit: while one batch is on its way, new records wait for the next; nothing is delayed on purpose. Chains are
per writer and need no lock: see `loaders/journals/audit_chain.py`.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import lru_cache
from itertools import pairwise

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import ARRAY, JSON

from loaders.journals.audit_chain import AccessRecord, Head, Link, Verification, Verifier, body, encode, who_and_what
from schema.errors import UnavailableError
from schema.tables.journal import access_log

__all__ = ["INSERT", "AccessRecord", "AuditWriter", "Month", "encoded", "partition_statements", "verify"]

CONNECT_PATIENCE = 5.0
COMMIT_PATIENCE = 5.0
SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
VERIFY_PREFETCH = 2000

# The server says that a record cannot be stored; the statement is rolled back and the connection goes on.
RECORD_FAULTS = (asyncpg.DataError, asyncpg.CheckViolationError, asyncpg.NotNullViolationError)

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy

logger = logging.getLogger(__name__)

Month = tuple[int, int]


def _insert_statement() -> str:
    """One array per column. Lists travel as array literals, because `unnest` would flatten an array of arrays."""
    names, given, stored = [], [], []
    for number, column in enumerate(access_log.columns, start=1):
        kind = column.type.compile(DIALECT)
        sent = "TEXT" if isinstance(column.type, ARRAY | JSON) else kind
        names.append(column.name)
        given.append(f"${number}::{sent}[]")
        stored.append(f"CAST({column.name} AS {kind})")
    listed = ", ".join(names)
    return (
        f"INSERT INTO {access_log.name} ({listed}) "
        f"SELECT {', '.join(stored)} FROM unnest({', '.join(given)}) AS record ({listed})"
    )


INSERT = _insert_statement()

# Whole microseconds as a number; a moment that Python cannot hold reads as NULL, which no hash fits.
SELECT = """
SELECT writer_id, seq, prev, hash,
       CASE WHEN at >= '0001-01-01 00:00:00+00' AND at < '10000-01-01 00:00:00+00'
            THEN (extract(epoch FROM at) * 1000000)::bigint END,
       event, outcome, trace_id, organisation_id, client_id, member_id, audience, purpose, operation,
       document_hash, situations::text, categories, withheld
FROM access_log ORDER BY writer_id, seq, at
"""


@lru_cache(maxsize=4096)
def _array_literal(words: tuple[str, ...]) -> str:
    """A `text[]` literal; cached, because the lists come from prepared documents."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


@dataclass(slots=True)
class _Pending:
    """A record on its way, and who waits for it."""

    values: tuple[object, ...]
    month: Month
    body: bytes
    committed: asyncio.Future[None]


@dataclass(slots=True)
class _Session:
    """One connection and the heads of the chains that it writes."""

    connection: asyncpg.Connection[asyncpg.Record]
    statement: PreparedStatement[asyncpg.Record]
    heads: dict[Month, Head] = field(default_factory=dict)


class AuditWriter:
    """Writes records through one connection of its own; the login needs INSERT on `access_log` and nothing else.

    Every connection starts new chains, each under a fresh random `writer_id`, with `seq` 1 and 32 zero bytes as
    `prev`. So a process start is a new chain, and so is every reconnection: when a connection dies, nobody knows
    whether its last batch was committed, and using its numbers again could fork a chain. A chain also never leaves
    its month, so that dropping an old partition removes whole chains and no head.
    """

    def __init__(self, dsn: str, *, max_batch: int = 500) -> None:
        self._dsn = dsn
        self._max_batch = max_batch
        self._session: _Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting: list[_Pending] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._pause = SHORTEST_PAUSE
        # Chains of connections that are gone: the seals still need to know where they ended.
        self._ended: list[Head] = []

    def heads(self) -> list[Head]:
        """The newest committed record of every chain of this process, as remembered here."""
        live = self._session.heads.values() if self._session is not None else ()
        return [*self._ended, *live]

    @property
    def ready(self) -> bool:
        """Whether a record can be written at this moment."""
        return self._session is not None and not self._closing

    async def start(self) -> None:
        """Raises: UnavailableError when the database does not answer or refuses the login."""
        try:
            self._session = await self._open()
        except Exception as error:
            raise UnavailableError(reason=f"access log: {type(error).__name__}") from error
        self._task = asyncio.create_task(self._run(), name="access log writer")

    async def write(self, record: AccessRecord) -> None:
        """Returns once the record is committed.

        A caller that is cancelled meanwhile leaves its record in the log: the read was asked for.
        Raises: UnavailableError when it may not be committed, so nothing may be shown.
        """
        if not self.ready:
            raise UnavailableError(reason="access log: not connected")
        # Encoded before it is queued: what cannot be encoded fails here and not in a batch of others.
        pending = _pending(record)
        self._waiting.append(pending)
        self._wake.set()
        await pending.committed

    async def close(self) -> None:
        """Commit what is queued, then leave; writes from now on are refused."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            if self._session is None:
                self._task.cancel()
            # Not `await task`: its cancellation is not ours.
            await asyncio.wait({self._task})
        session, self._session = self._session, None
        if session is not None:
            self._ended += session.heads.values()
            try:
                await session.connection.close(timeout=CONNECT_PATIENCE)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                session.connection.terminate()

    async def _open(self) -> _Session:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_PATIENCE,
            # Whatever the login's defaults say: without it a crash loses records of replies that have left.
            server_settings={"synchronous_commit": "on", "application_name": "maillage access log"},
        )
        try:
            statement = await connection.prepare(INSERT, timeout=CONNECT_PATIENCE)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._wake.set())
        return _Session(connection, statement)

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting and self._session is not None:
                    batch, self._waiting = self._waiting[: self._max_batch], self._waiting[self._max_batch :]
                    try:
                        await self._commit(batch)
                    finally:
                        # Whatever happened, nobody may wait forever; those whose record is committed have left.
                        self._refuse(batch, "not committed")
                if self._closing:
                    return
                if self._session is None or self._session.connection.is_closed():
                    self._lose("connection closed")
                    await self._reconnect()
        finally:
            # However it ended: a write that is queued now would wait for ever.
            self._closing = True
            self._refuse(self._waiting, "writer ended")

    async def _commit(self, batch: list[_Pending]) -> None:
        if self._session is None:
            return
        try:
            await self._insert(self._session, batch)
        except RECORD_FAULTS as error:
            if len(batch) == 1:
                logger.error("access log: a record was refused: %s", type(error).__name__)  # noqa: TRY400 (the message of a driver can quote a record)
                return
            # One bad record must not refuse the answers of everybody else.
            middle = len(batch) // 2
            await self._commit(batch[:middle])
            await self._commit(batch[middle:])
        except Exception as error:  # noqa: BLE001 - in doubt the outcome is unknown, and a new chain is always right
            self._lose(type(error).__name__)
        else:
            self._pause = SHORTEST_PAUSE
            for pending in batch:
                if not pending.committed.done():
                    pending.committed.set_result(None)

    async def _insert(self, session: _Session, batch: list[_Pending]) -> None:
        """One statement, hence one transaction; the heads move only after it has succeeded."""
        heads = dict(session.heads)
        rows = []
        for pending in batch:
            before = heads.get(pending.month) or Head.fresh()
            heads[pending.month] = after = before.follow(pending.body)
            rows.append((after.writer_id, after.seq, *pending.values, before.hash, after.hash))
        await session.statement.fetch(*zip(*rows, strict=True), timeout=COMMIT_PATIENCE)
        session.heads = heads

    def _lose(self, reason: str) -> None:
        """Give up a connection whose state is unknown, and everybody who waits behind it."""
        session, self._session = self._session, None
        if session is not None:
            self._ended += session.heads.values()
            logger.warning("access log: connection given up: %s", reason)
            session.connection.terminate()
        waiting, self._waiting = self._waiting, []
        self._refuse(waiting, reason)

    def _refuse(self, batch: list[_Pending], reason: str) -> None:
        for pending in batch:
            if not pending.committed.done():
                pending.committed.set_exception(UnavailableError(reason=f"access log: {reason}"))

    async def _reconnect(self) -> None:
        """The pause grows until a batch succeeds, so a server that accepts logins and no rows is not stormed."""
        # Closing is asked too: a cancellation that meets the end of an attempt is lost in Python 3.11.
        while self._session is None and not self._closing:
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            try:
                self._session = await self._open()
            except Exception as error:  # noqa: BLE001 - a writer that stopped trying would be away for good
                logger.warning("access log: still away: %s", type(error).__name__)


def _pending(record: AccessRecord) -> _Pending:
    return _Pending(*encoded(record), asyncio.get_running_loop().create_future())


def encoded(record: AccessRecord) -> tuple[tuple[object, ...], Month, bytes]:
    """A record as the table takes it, its month, and the part of its canonical bytes that its place surrounds."""
    at = record.at if record.at.tzinfo is UTC else record.at.astimezone(UTC)
    # In the order of the table's columns, which the place in the chain surrounds.
    values = (
        at,
        *who_and_what(record),
        record.situations.decode(),
        _array_literal(record.categories),
        _array_literal(record.withheld),
    )
    return values, (at.year, at.month), body(record)


async def verify(connection: asyncpg.Connection[asyncpg.Record]) -> Verification:
    """Recompute every chain of the log, as a login that may SELECT it.

    It finds every change that leaves a later record in place. It cannot find the removal of the newest records of a
    chain, of a whole chain, or a chain recomputed from some record to its end: the hash has no key. For these,
    `loaders/journals/witness.py` compares the chains with signed seals.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await verify_within(connection, lambda _: None)


async def verify_within(connection: asyncpg.Connection[asyncpg.Record], seen: Callable[[Link], None]) -> Verification:
    """The same inside a transaction of the caller's, who sees every record too."""
    verifier = Verifier()
    async for row in connection.cursor(SELECT, prefetch=VERIFY_PREFETCH):
        writer_id, seq, prev, digest, *values = row
        link = Link(writer_id, seq, prev, digest, encode(values))
        verifier.add(link)
        seen(link)
    return verifier.finish()


def partition_statements(first: date, months: int) -> list[str]:
    """DDL of one partition per month (UTC) from the month of `first`, and of the one that catches all others.

    A month has to exist before its first record: PostgreSQL refuses a partition whose rows already lie in the default.
    """
    name = access_log.name
    create = "CREATE TABLE IF NOT EXISTS"
    statements = [
        f"{create} {name}_{start:%Y_%m} PARTITION OF {name} "
        f"FOR VALUES FROM ('{start} 00:00:00+00') TO ('{end} 00:00:00+00')"
        for start, end in _months(first, months)
    ]
    return [*statements, f"{create} {name}_default PARTITION OF {name} DEFAULT"]


def _months(first: date, count: int) -> Iterator[tuple[date, date]]:
    numbers = range(first.month - 1, first.month + count)
    return pairwise(date(first.year + number // 12, number % 12 + 1, 1) for number in numbers)
