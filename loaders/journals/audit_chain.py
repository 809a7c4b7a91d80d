"""The hash chain of the access log: canonical bytes, hashes, verification; no database, no clock.

A record's canonical bytes are one JSON array in the form of RFC 8785, so any language can recompute them:

    ["maillage-access-1", writer_id, seq, at, event, outcome, trace_id, organisation_id, client_id, member_id,
     audience, purpose, operation, document_hash, situations, categories, withheld]

`at` is in microseconds since 1970, ids are lower-case text, `situations` is a string that holds the exact JSON text.
Its hash is SHA-256 over the hash of the record before (32 zero bytes before the first) and these bytes. A change of
the form needs a new version word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter
from typing import Literal, NamedTuple, Self
from uuid import UUID, uuid4

import orjson

VERSION = "maillage-access-1"
START = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Both only bound the memory of a verification: the count of faults stays exact.
MOST_FAULTS = 1000
MOST_MISFITS = 64

Event = Literal["READ", "COMMAND", "REFUSAL", "AUTHENTICATION"]


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """Who read what, when, under which role: ids and names of categories, never a value."""

    at: datetime
    event: Event
    outcome: str
    trace_id: str
    organisation_id: UUID | None
    client_id: str | None
    member_id: UUID | None
    audience: str
    purpose: str | None
    operation: str | None
    document_hash: str | None
    situations: bytes
    categories: tuple[str, ...]
    withheld: tuple[str, ...]


who_and_what: Callable[[AccessRecord], tuple[object, ...]] = attrgetter(
    "event",
    "outcome",
    "trace_id",
    "organisation_id",
    "client_id",
    "member_id",
    "audience",
    "purpose",
    "operation",
    "document_hash",
)
"""What a record says between its moment and what it shows, in the order of the canonical bytes and of the table."""


def microseconds(at: datetime) -> int:
    """Exact, where `timestamp()` rounds; a moment without a zone raises TypeError."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def encode(values: Sequence[object]) -> bytes:
    """The chain-independent part: the values from `at` to `withheld`, as they stand in the table.

    Raises TypeError for what is not text in UTF-8, a number, an id or a list of these.
    """
    return orjson.dumps(list(values), default=_uuid_text)


def _uuid_text(value: object) -> str:
    # asyncpg's UUID is a subclass, which orjson does not take for one.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def body(record: AccessRecord) -> bytes:
    """`encode` of a record."""
    return encode((*_before(record), record.situations.decode(), record.categories, record.withheld))


def body_around_situation(record: AccessRecord) -> tuple[bytes, bytes]:
    """`body` of a record of one situation that only the database knows yet: what stands before its id, and after it."""
    before, after = encode(_before(record)), encode((record.categories, record.withheld))
    return before[:-1] + b',"[\\"', b'\\"]",' + after[1:]


def _before(record: AccessRecord) -> tuple[object, ...]:
    return microseconds(record.at), *who_and_what(record)


def canonical(writer_id: UUID, seq: int, body: bytes) -> bytes:
    """The canonical bytes of a record at its place; `body` is a JSON array, continued here from its left."""
    return b'["%b","%b",%d,%b' % (VERSION.encode(), str(writer_id).encode(), seq, body[1:])


def digest(prev: bytes, writer_id: UUID, seq: int, body: bytes) -> bytes:
    """The hash of a record at its place, after the record whose hash is `prev`."""
    return sha256(prev + canonical(writer_id, seq, body)).digest()


class Head(NamedTuple):
    """The newest record of a chain: what the next one is linked to."""

    writer_id: UUID
    seq: int
    hash: bytes

    @classmethod
    def fresh(cls) -> Self:
        """Before the first record of a new chain."""
        return cls(uuid4(), 0, START)

    def follow(self, body: bytes) -> Self:
        seq = self.seq + 1
        return self._replace(seq=seq, hash=digest(self.hash, self.writer_id, seq, body))


class Link(NamedTuple):
    """A record as the table holds it."""

    writer_id: UUID
    seq: int
    prev: bytes
    hash: bytes
    body: bytes

    def fits(self, seq: int) -> bool:
        """Whether its hash is the one of this content at this place."""
        return digest(self.prev, self.writer_id, seq, self.body) == self.hash


class Damage(StrEnum):
    """What happened to a record."""

    TRUNCATED_HEAD = "TRUNCATED_HEAD"
    REMOVED = "REMOVED"
    ALTERED = "ALTERED"
    REORDERED = "REORDERED"
    UNLINKED = "UNLINKED"
    INSERTED = "INSERTED"


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a chain is broken.

    TRUNCATED_HEAD  records `seq` to `until` are missing from the start, or the first one continues another record
    REMOVED         records `seq` to `until` are missing between two others
    ALTERED         the content, place or hash of record `seq` was changed
    REORDERED       the record now at `seq` was written at `belongs`
    UNLINKED        record `seq` is whole but does not continue the one before: one of the two was written anew
    INSERTED        a second record at `seq`, or one before the first
    """

    damage: Damage
    writer_id: UUID
    seq: int
    until: int | None = None
    belongs: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: `faults` holds the first ones, `broken` counts them all."""

    chains: int
    good: int
    broken: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return self.broken == 0


class Verifier:
    """Checks links one by one; they come ordered by writer and seq, and memory stays bounded."""

    def __init__(self) -> None:
        self._chains = self._good = self._broken = 0
        self._faults: list[Fault] = []
        self._writer_id: UUID | None = None
        self._expected = 1
        # The hash to continue; None where the record before is missing or damaged.
        self._tip: bytes | None = START
        self._misfits: list[Link] = []

    def add(self, link: Link) -> None:
        if link.writer_id != self._writer_id:
            self._end_chain()
            self._chains += 1
            self._writer_id, self._expected, self._tip = link.writer_id, 1, START
        if link.seq < self._expected:
            self._report(Fault(Damage.INSERTED, link.writer_id, link.seq))
            return
        if link.seq > self._expected:
            missing = Damage.TRUNCATED_HEAD if self._expected == 1 else Damage.REMOVED
            self._report(Fault(missing, link.writer_id, self._expected, until=link.seq - 1))
            self._tip = None
        self._expected = link.seq + 1
        self._check(link)

    def finish(self) -> Verification:
        self._end_chain()
        return Verification(self._chains, self._good, self._broken, tuple(self._faults))

    def _check(self, link: Link) -> None:
        if not link.fits(link.seq):
            self._tip = None
            if len(self._misfits) < MOST_MISFITS:
                self._misfits.append(link)
            else:
                self._report(Fault(Damage.ALTERED, link.writer_id, link.seq))
            return
        if self._tip is None or link.prev == self._tip:
            self._good += 1
        else:
            damage = Damage.TRUNCATED_HEAD if link.seq == 1 else Damage.UNLINKED
            self._report(Fault(damage, link.writer_id, link.seq))
        self._tip = link.hash

    def _end_chain(self) -> None:
        """Tell the misfits that only changed places from those whose content changed."""
        places = [link.seq for link in self._misfits]
        for link in self._misfits:
            belongs = next((seq for seq in places if link.fits(seq)), None)
            damage = Damage.ALTERED if belongs is None else Damage.REORDERED
            self._report(Fault(damage, link.writer_id, link.seq, belongs=belongs))
        self._misfits.clear()

    def _report(self, fault: Fault) -> None:
        self._broken += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(fault)
