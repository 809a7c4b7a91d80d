"""Commands of one statement that wait at the same moment: one transaction commits all of them.

A tool that was away sends what it has kept, act after act. Those that come while others of the same token are under way
go with the next transaction (loaders/postgres/crowds.py). Each is its own statement still: it asks for its token and its
key, takes its locks, sees what those before it have done, and writes its own access record. What they share is the way to
PostgreSQL and the flush of its log. Where one of them fails nothing of any is written, and each is done by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from loaders.commands.at_once import Composed
from loaders.journals.audit_chain import AccessRecord
from loaders.journals.command_log import Coming, CommandLog
from loaders.postgres.connections import Lanes
from loaders.postgres.crowds import Crowds
from loaders.statement.execute import AWAY


@dataclass(slots=True)
class Doubt:
    """Whether COMMIT was sent: until then nothing is written, from then on only its answer says what is."""

    arisen: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """One command: its statement, its values but for those of its access record, and the record but for its situation."""

    statement: Composed
    binds: Mapping[str, Any]
    record: AccessRecord
    doubt: Doubt

    def values(self, coming: Coming) -> list[Any]:
        """What the statement is executed with."""
        known = {**self.binds, **coming.binds}
        return [known[name] for name in self.statement.names]


class GroupCommit:
    """Sends commands that are one statement, in transactions of one or of several."""

    def __init__(self, lanes: Lanes, log: CommandLog) -> None:
        self._lanes = lanes
        self._log = log
        self._crowds: Crowds[Sent, Mapping[str, Any]] = Crowds(self._commit, _is_of_all)

    async def answered(self, sent: Sent) -> Mapping[str, Any]:
        """What the statement says, and so what is committed.

        Raises: the driver's errors; `sent.doubt` says whether the command may have been done all the same.
        """
        return await self._crowds.found((sent.binds["viewer_token"], sent.statement.sql), sent)

    async def _commit(self, group: Sequence[Sent]) -> Sequence[Mapping[str, Any]]:
        async with self._lanes.acquire() as connection:
            coming = [self._log.coming(connection, sent.record, place) for place, sent in enumerate(group)]
            found = await self._executed(connection, group, coming)
            for row, one in zip(found, coming, strict=True):
                if row["made_id"] is not None:
                    self._log.came(one, row["situation_id"])
            return found

    async def _executed(
        self, connection: "asyncpg.Connection[Any]", group: Sequence[Sent], coming: Sequence[Coming]
    ) -> Sequence[Mapping[str, Any]]:
        statement = group[0].statement.sql
        values = [sent.values(one) for sent, one in zip(group, coming, strict=True)]
        _doubt(group, arisen=True)
        try:
            if len(values) == 1:
                return await connection.fetch(statement, *values[0])
            # In one pipeline and, as there is no other, in a transaction that ends with it.
            return await connection.fetchmany(statement, values)
        except asyncpg.PostgresError as problem:
            # An error ends the transaction; whatever ends the session may have come after it.
            _doubt(group, arisen=problem.severity_en != "ERROR")
            if problem.severity_en != "ERROR":
                self._lose(coming)
            raise
        except BaseException:
            self._lose(coming)
            raise

    def _lose(self, coming: Sequence[Coming]) -> None:
        for one in coming:
            self._log.lost(one)


def _doubt(group: Sequence[Sent], *, arisen: bool) -> None:
    for sent in group:
        sent.doubt.arisen = arisen


def _is_of_all(problem: Exception) -> bool:
    """Whether none of them may be sent again, because it may be done; or need not be, because nothing can be done now."""
    known = isinstance(problem, asyncpg.PostgresError) and problem.severity_en == "ERROR"
    return not known or isinstance(problem, AWAY)


__all__ = ["Doubt", "GroupCommit", "Sent"]
