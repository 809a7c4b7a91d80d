"""Seals: the leaves of the tree, as canonical bytes and as data; no database, no clock."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

import orjson

from loaders.journals.audit_chain import Head, microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

SEAL = "maillage-seal-1"
PURGE = "maillage-purge-1"
# Bounds the size of a leaf; a large sealing is several leaves under one checkpoint.
HEADS_PER_LEAF = 1000
# Nobody may keep the access log for less (CNIL); a purge that did is a fault for ever after.
PURGE_FLOOR_MONTHS = 6

T = TypeVar("T")


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
