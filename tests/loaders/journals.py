"""A database whose journals a test may fill, damage and seal: the hands of somebody who owns the server."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg

from loaders.journals.audit import SELECT, AuditWriter
from loaders.journals.audit_chain import START, AccessRecord, Head, digest, encode
from loaders.journals.sealer import Sealer
from loaders.journals.sealing import Sealed
from loaders.journals.transparency import Signer
from loaders.journals.witness import Inspection, inspect
from loaders.postgres.logins import AUDIT, SEALER, VERIFIER
from tests.cluster import Cluster

T = TypeVar("T")

SIGNER = Signer.of("localhost/journal", bytes(range(32)))
PSEUDONYMS = b"p" * 32
NOW = datetime.now(UTC)
EVERYTHING = (
    "TRUNCATE access_log, disclosure, ledger_link, ledger_unsealed, journal_seal, chain_sealed, case_access, "
    "retention_job CASCADE"
)


@dataclass(frozen=True, slots=True)
class Journals:
    """One prepared cluster, seen by its administrator."""

    cluster: Cluster

    def run(self, task: Callable[["asyncpg.Connection[Any]"], Awaitable[T]], login: str | None = None) -> T:
        """Do something as the administrator, or as a login."""

        async def main() -> T:
            connection = await asyncpg.connect(self.cluster.login(login) if login else self.cluster.admin)
            try:
                return await task(connection)
            finally:
                await connection.close()

        return asyncio.run(main())

    def execute(self, statement: str, *values: object, login: str | None = None) -> str:
        return self.run(lambda one: one.execute(statement, *values), login)

    def rows(self, statement: str, *values: object) -> list[Any]:
        return self.run(lambda one: one.fetch(statement, *values))

    def write(self, *records: AccessRecord, close: bool = True) -> list[Head]:
        """Write records through the real writer; returns what it remembers."""

        async def main() -> list[Head]:
            writer = AuditWriter(self.cluster.login(AUDIT))
            await writer.start()
            for one in records:
                await writer.write(one)
            heads = writer.heads()
            if close:
                await writer.close()
            return heads

        return asyncio.run(main())

    def sealer(self, heads: Sequence[Head] = (), signer: Signer = SIGNER, now: datetime = NOW) -> Sealer:
        return Sealer(
            self.cluster.login(SEALER),
            signer,
            PSEUDONYMS,
            lambda: list(heads),
            seconds=60,
            records=1000,
            clock=lambda: now,
        )

    def seal(self, heads: Sequence[Head] = (), signer: Signer = SIGNER, now: datetime = NOW) -> Sealed:
        return asyncio.run(self.sealer(heads, signer, now).seal(everything=True))

    def inspect(self, *witnesses: str) -> Inspection:
        return self.run(lambda one: inspect(one, SIGNER.verifier, witnesses), VERIFIER)

    def rewrite(self, change: str) -> None:
        """What an intruder with the whole database does: change records, then make every hash right again."""

        async def main(connection: "asyncpg.Connection[Any]") -> None:
            await connection.execute(change)
            tips: dict[UUID, tuple[int, bytes]] = {}
            for writer_id, seq, _, _, *values in await connection.fetch(SELECT):
                place, tip = tips.get(writer_id, (0, START))
                body = encode(values)
                made = digest(tip, writer_id, place + 1, body)
                await connection.execute(
                    "UPDATE access_log SET prev = $3, hash = $4, seq = $5 WHERE writer_id = $1 AND seq = $2",
                    writer_id,
                    seq,
                    tip,
                    made,
                    place + 1,
                )
                tips[writer_id] = (place + 1, made)

        self.run(main)


def record(at: datetime = NOW, **changes: Any) -> AccessRecord:
    """One read."""
    made = AccessRecord(
        at=at,
        event="READ",
        outcome="OK",
        trace_id=uuid4().hex,
        organisation_id=None,
        client_id="cli_dlpm",
        member_id=None,
        audience="SUP",
        purpose="EVALUATE",
        operation="situations",
        document_hash=None,
        situations=b"[]",
        categories=("G01",),
        withheld=(),
    )
    return replace(made, **changes)
