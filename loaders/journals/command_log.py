"""The access records of commands: written in the command's own transaction, in a chain of its connection.

So a command is in the log exactly if it is done, at the price of one statement and no second commit. Only one transaction
at a time runs on a connection, so its chains need no lock; they move on when COMMIT was answered. Where it was not, nobody
knows where the chain ends, and the connection begins a new one.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from loaders.journals.audit import INSERT, Month, encoded
from loaders.journals.audit_chain import AccessRecord, Head, body_around_situation, canonical
from loaders.statement.execute import AWAY
from schema.errors import UnavailableError
from schema.tables.idempotency import idempotency
from schema.tables.journal import access_log

logger = logging.getLogger(__name__)

# The key of a repeat, beside the record: one round trip for both.
_FIRST = len(access_log.columns) + 1
_KEEP_AND_INSERT = (
    f"WITH kept AS (INSERT INTO {idempotency.name} (id, request, subject_id) "
    f"VALUES (${_FIRST}, ${_FIRST + 1}, ${_FIRST + 2})) {INSERT}"
)

# A backend has one number at a time. A later one of the same number goes on where the earlier one has committed. Commands
# that go together in one transaction have a chain each: what the one's record will be is not known when the next is sent.
_Place = tuple[int, int, Month]


# The claim's id and request (loaders/commands/idempotency.py), and the row that the act made.
Kept = tuple[bytes, bytes, UUID]


@dataclass(frozen=True, slots=True)
class Written:
    """A record that stands if its transaction does."""

    place: _Place
    head: Head


@dataclass(frozen=True, slots=True)
class Coming:
    """The record of a command that is one statement: all but its situation, which the statement finds, and so its hash."""

    place: _Place
    writer_id: UUID
    seq: int
    binds: Mapping[str, Any]


class CommandLog:
    """The heads of the chains of this process's command connections."""

    def __init__(self) -> None:
        self._heads: dict[_Place, Head] = {}
        self._ended: list[Head] = []

    def heads(self) -> list[Head]:
        """The newest record of every chain whose commit was answered."""
        return [*self._ended, *self._heads.values()]

    async def add(self, connection: Any, record: AccessRecord, kept: Kept | None = None) -> Written:
        """Write a record in the transaction of the connection, and remember the key under which the act was done.

        Raises: UnavailableError where it cannot be written, so nothing may be done; the driver's errors where the database is away.
        """
        values, month, body = encoded(record)
        place, before = self._end(connection, month)
        head = before.follow(body)
        row = (head.writer_id, head.seq, *values, before.hash, head.hash)
        try:
            sql = INSERT if kept is None else _KEEP_AND_INSERT
            await connection.execute(sql, *([value] for value in row), *(kept or ()))
        except AWAY:
            raise
        except asyncpg.PostgresError as error:
            # The message of a driver can quote a record.
            logger.error("access log: a command's record was refused: %s", type(error).__name__)  # noqa: TRY400
            raise UnavailableError(reason=f"access log: {type(error).__name__}") from None
        return Written(place, head)

    def coming(self, connection: Any, record: AccessRecord, place: int = 0) -> Coming:
        """What the statement that is the command needs to write its record (loaders/commands/at_once.py).

        Of several in one transaction each has another place.
        """
        at = record.at if record.at.tzinfo is UTC else record.at.astimezone(UTC)
        end, last = self._end(connection, (at.year, at.month), place)
        before, after = body_around_situation(record)
        binds = {
            "log_writer_id": last.writer_id,
            "log_seq": last.seq + 1,
            "log_prev": last.hash,
            "log_at": at,
            "log_event": record.event,
            "log_outcome": record.outcome,
            "log_trace_id": record.trace_id,
            "log_organisation_id": record.organisation_id,
            "log_client_id": record.client_id,
            "log_member_id": record.member_id,
            "log_audience": record.audience,
            "log_purpose": record.purpose,
            "log_operation": record.operation,
            "log_document_hash": record.document_hash,
            "log_categories": record.categories,
            "log_withheld": record.withheld,
            "log_before": last.hash + canonical(last.writer_id, last.seq + 1, before),
            "log_after": after,
        }
        return Coming(end, last.writer_id, last.seq + 1, binds)

    def _end(self, connection: Any, month: Month, place: int = 0) -> tuple[_Place, Head]:
        """Where the chain of the month ends that the connection has for this place."""
        end = (connection.get_server_pid(), place, month)
        return end, self._heads.get(end) or Head.fresh()

    def came(self, coming: Coming, situation: UUID) -> None:
        """The statement was answered, so it is committed: the next record of this connection follows."""
        whole = coming.binds["log_before"] + str(situation).encode() + coming.binds["log_after"]
        self._heads[coming.place] = Head(coming.writer_id, coming.seq, sha256(whole).digest())

    def committed(self, written: Written) -> None:
        """COMMIT was answered: the next record of this connection follows."""
        self._heads[written.place] = written.head

    def lost(self, written: Written | Coming) -> None:
        """Nobody knows whether COMMIT was done: the chain ends where it is known."""
        known = self._heads.pop(written.place, None)
        if known is not None:
            self._ended.append(known)


__all__ = ["Coming", "CommandLog", "Written"]
