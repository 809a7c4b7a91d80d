"""What a kept checkpoint proves: both journals, compared with their seals, and the seals with what witnesses keep.

The chains alone show every change that leaves a later record in place. The seals add what was the newest record at each
sealing; the signed checkpoints add that nobody without the key made the seals; a checkpoint that somebody else keeps
adds that not even the key's holder made them anew. What nothing shows: records that were removed before any seal named
them, and the process that wrote them was killed.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from loaders.journals.audit import verify_within
from loaders.journals.audit_chain import EPOCH, Link, Verification
from loaders.journals.ledger import LedgerVerification, verify_ledger
from loaders.journals.seals import PURGE_FLOOR_MONTHS, Purged, Seal, month_number, read_seal
from loaders.journals.transparency import Tree, VerifierKey, open_note
from schema.errors import MaillageError
from schema.vocabulary import RetentionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

_PREFETCH = 200
_MOST_FAULTS = 1000
_GONE = frozenset({RetentionState.ANONYMISED.value, RetentionState.DELETED.value})


class Breach(StrEnum):
    """What seals and witnesses show."""

    TREE_SHORTER = "TREE_SHORTER"
    TREE_REWRITTEN = "TREE_REWRITTEN"
    CHECKPOINT_FORGED = "CHECKPOINT_FORGED"
    SEAL_REMOVED = "SEAL_REMOVED"
    SEAL_ALTERED = "SEAL_ALTERED"
    RECORD_REMOVED = "RECORD_REMOVED"
    CHAIN_REWRITTEN = "CHAIN_REWRITTEN"
    PURGED_TOO_EARLY = "PURGED_TOO_EARLY"
    LEDGER_REMOVED = "LEDGER_REMOVED"
    LEDGER_REWRITTEN = "LEDGER_REWRITTEN"


@dataclass(frozen=True, slots=True)
class SealFault:
    """One contradiction.

    TREE_SHORTER       a witness keeps a checkpoint of `number` seals; there are fewer
    TREE_REWRITTEN     the first `number` seals are not those that the witness's checkpoint was signed over
    CHECKPOINT_FORGED  a stored checkpoint after seal `number` is not signed by our key
    SEAL_REMOVED       a seal is missing before `number`, or the newest ones are
    SEAL_ALTERED       seal `number` is not the one that was signed
    RECORD_REMOVED     the record `number` of chain `subject` was sealed and is gone: the tail was cut off
    CHAIN_REWRITTEN    the record `number` of chain `subject` has another hash than the sealed one
    PURGED_TOO_EARLY   the purge in seal `number` removed records before their time
    LEDGER_REMOVED     line `number` of the ledger of case `subject` was sealed and is gone, and the case is not
    LEDGER_REWRITTEN   line `number` of the ledger of case `subject` has another hash than the sealed one
    """

    breach: Breach
    number: int
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """The outcome of everything: both journals, their seals, the witnesses.

    `unsealed` counts the newest records, whose removal no seal shows yet; `witnessed_until` is the time of the last
    seal that a witness's checkpoint covers.
    """

    log: Verification
    ledger: LedgerVerification
    seals: int
    purged: int
    unsealed: int
    sealed_until: datetime | None
    witnessed_until: datetime | None
    breaches: int
    faults: tuple[SealFault, ...]

    @property
    def sound(self) -> bool:
        return self.log.sound and self.ledger.sound and not self.breaches


@dataclass(slots=True)
class _Expected:
    """What the seals say must be there."""

    records: dict[tuple[UUID, int], set[bytes]] = field(default_factory=lambda: defaultdict(set))
    newest: dict[UUID, int] = field(default_factory=dict)
    purged: dict[UUID, Purged] = field(default_factory=dict)
    purged_records: int = 0
    lines: dict[UUID, dict[int, set[bytes]]] = field(default_factory=dict)
    ended: set[UUID] = field(default_factory=set)

    def take(self, seal: Seal) -> None:
        for head in seal.access:
            self.records[head.writer_id, head.seq].add(head.hash)
            self.newest[head.writer_id] = max(head.seq, self.newest.get(head.writer_id, 0))
        for line in seal.ledger:
            if line.seq:
                self.lines.setdefault(line.situation_id, {}).setdefault(line.seq, set()).add(line.hash)
            else:
                self.lines.pop(line.situation_id, None)
                self.ended.add(line.situation_id)
        self.purged |= {chain.writer_id: chain for chain in seal.purged}
        self.purged_records += seal.records


class _Inspector:
    """One pass over the seals, then one over each journal."""

    def __init__(self, key: VerifierKey, witnesses: Sequence[str]) -> None:
        self.expected = _Expected()
        self.breaches = 0
        self.faults: list[SealFault] = []
        self.unsealed = 0
        self.tree = Tree()
        self.sealed_until: datetime | None = None
        self.witnessed_until: datetime | None = None
        self._key = key
        # Opened before anything is read: a forged witness is refused, whatever the journals say.
        self._kept = [open_note(note, key) for note in witnesses]

    def report(self, breach: Breach, number: int, subject: UUID | None = None) -> None:
        self.breaches += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(SealFault(breach, number, subject))

    # ------------------------------------------------ seals

    async def seals(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        checkpoint: str | None = ""
        self._compare()
        async for number, body, frontier, checkpoint in connection.cursor(
            "SELECT number, body, frontier, checkpoint FROM journal_seal ORDER BY number", prefetch=_PREFETCH
        ):
            self._seal(number, body, frontier, checkpoint)
        if checkpoint is None:
            # Every sealing ends with a checkpoint: what followed this seal is gone.
            self.report(Breach.SEAL_REMOVED, self.tree.size)
        for kept in self._kept:
            if kept.size > self.tree.size:
                self.report(Breach.TREE_SHORTER, kept.size)

    def _seal(self, number: int, body: bytes, frontier: bytes, checkpoint: str | None) -> None:
        if number != self.tree.size:
            self.report(Breach.SEAL_REMOVED, number)
        self.tree = self.tree.add(body)
        if self.tree.frontier != frontier:
            self.report(Breach.SEAL_ALTERED, number)
        try:
            seal = read_seal(body)
        except (ValueError, TypeError, KeyError):
            self.report(Breach.SEAL_ALTERED, number)
            return
        self.sealed_until = EPOCH + timedelta(microseconds=seal.at)
        self.expected.take(seal)
        if seal.before is not None and not _late_enough(seal.at, seal.before):
            self.report(Breach.PURGED_TOO_EARLY, number)
        if checkpoint is not None:
            self._checkpoint(number, checkpoint)
        self._compare()

    def _checkpoint(self, number: int, checkpoint: str) -> None:
        try:
            signed = open_note(checkpoint, self._key)
        except MaillageError:
            self.report(Breach.CHECKPOINT_FORGED, number)
            return
        if (signed.size, signed.root) != (self.tree.size, self.tree.root):
            self.report(Breach.SEAL_ALTERED, number)

    def _compare(self) -> None:
        """With what witnesses keep of a tree of exactly this size."""
        for kept in self._kept:
            if kept.size != self.tree.size:
                continue
            if kept.root == self.tree.root:
                self.witnessed_until = self.sealed_until
            else:
                self.report(Breach.TREE_REWRITTEN, kept.size)

    # ------------------------------------------------ access log

    def record(self, link: Link) -> None:
        """Compare one record with the seals that named it."""
        hashes = self.expected.records.pop((link.writer_id, link.seq), None)
        if hashes is not None and hashes != {link.hash}:
            self.report(Breach.CHAIN_REWRITTEN, link.seq, link.writer_id)
        if link.seq > self.expected.newest.get(link.writer_id, 0):
            self.unsealed += 1

    def missing_records(self) -> None:
        for (writer_id, seq), hashes in self.expected.records.items():
            chain = self.expected.purged.get(writer_id)
            if chain is None or seq > chain.seq:
                self.report(Breach.RECORD_REMOVED, seq, writer_id)
            elif seq == chain.seq and hashes != {chain.hash}:
                self.report(Breach.CHAIN_REWRITTEN, seq, writer_id)

    # ------------------------------------------------ ledger

    async def ledger(self, connection: asyncpg.Connection[asyncpg.Record]) -> LedgerVerification:
        wanted = frozenset((case, seq) for case, lines in self.expected.lines.items() for seq in lines)
        found = await verify_ledger(connection, wanted)
        gone = set()
        pending = {row[0] for row in await connection.fetch("SELECT situation_id FROM ledger_unsealed WHERE seq = 0")}
        named = list({*self.expected.lines, *self.expected.ended})
        states = await connection.fetch("SELECT id, retention_state FROM situation WHERE id = ANY ($1)", named)
        alive = {row["id"] for row in states if row["retention_state"] not in _GONE}
        gone = (self.expected.ended | pending) - alive
        for case in sorted(self.expected.ended & alive):
            self.report(Breach.LEDGER_REMOVED, 0, case)
        for case, seq in sorted(wanted):
            here = found.heads.get((case, seq))
            if here is None and case not in gone:
                self.report(Breach.LEDGER_REMOVED, seq, case)
            elif here is not None and self.expected.lines[case][seq] != {here}:
                self.report(Breach.LEDGER_REWRITTEN, seq, case)
        return found


def _late_enough(at: int, before: int) -> bool:
    moments = (EPOCH + timedelta(microseconds=moment) for moment in (at, before))
    purged, limit = (month_number(moment.astimezone(UTC).date()) for moment in moments)
    return purged - limit >= PURGE_FLOOR_MONTHS


async def inspect(
    connection: asyncpg.Connection[asyncpg.Record], key: VerifierKey, witnesses: Sequence[str] = ()
) -> Inspection:
    """Verify everything, in one view of the database.

    Raises: BadInputError where a witness's note is not signed by the key.
    """
    inspector = _Inspector(key, witnesses)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await inspector.seals(connection)
        log = await verify_within(connection, inspector.record)
        inspector.missing_records()
        ledger = await inspector.ledger(connection)
    return Inspection(
        log,
        ledger,
        seals=inspector.tree.size,
        purged=inspector.expected.purged_records,
        unsealed=inspector.unsealed,
        sealed_until=inspector.sealed_until,
        witnessed_until=inspector.witnessed_until,
        breaches=inspector.breaches,
        faults=tuple(inspector.faults),
    )
