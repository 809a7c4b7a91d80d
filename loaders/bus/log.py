"""The outbox as a stream: the sequence number of a message *is* its position.

Each event is published under the expectation that its predecessor was the last message, so the server itself refuses a
gap, a repetition and a wrong order, whoever publishes, and says by its last number how far it is. Nothing is remembered
here (docs/decisions/0036-jetstream.md).
"""

import logging
from dataclasses import dataclass
from typing import Any

import orjson
from nats.js import JetStreamContext
from nats.js.api import Header, StreamConfig
from nats.js.errors import APIError, NotFoundError
from sqlalchemy import bindparam, func, select

from loaders.bus.sending import Message, run, send
from loaders.bus.where import DAY, Nats
from loaders.events.outbox import BATCH, HEAD
from loaders.statement import compiled
from schema.tables.journal import outbox

_OTHER_LAST_SEQUENCE = 10071

logger = logging.getLogger(__name__)

_NAMES = ("seq", "position", "kind", "subject_id", "situation_id", "changed", "at")
_place = bindparam("place", type_=outbox.c.position.type)
_AFTER = compiled(
    select(*(outbox.c[name] for name in _NAMES))
    .where(outbox.c.position > _place)
    .order_by(outbox.c.position)
    .limit(bindparam("size", type_=outbox.c.position.type))
)
_AT = compiled(select(outbox.c.seq, outbox.c.at).where(outbox.c.position == _place))
_OLDEST = compiled(select(func.min(outbox.c.position)))


@dataclass(slots=True)
class Log:
    """The outbox as a stream: for systems of the network's operator, inside its walls."""

    where: Nats
    database: Any
    jetstream: JetStreamContext

    @property
    def _name(self) -> str:
        return f"{self.where.prefix}-outbox"

    async def open(self) -> None:
        """The stream is there, and it is one of this database."""
        try:
            last = (await self.jetstream.stream_info(self._name)).state.last_seq
        except NotFoundError:
            await self._create()
            return
        if await self._of_another_past(last):
            # The database was restored: positions after that moment were given to other events since.
            logger.warning("the stream tells of another past, and is made anew")
            await self.jetstream.delete_stream(self._name)
            await self._create()

    async def _create(self) -> None:
        """From the oldest event that the outbox still holds."""
        [row] = await run(self.database, _OLDEST)
        first = row[0] or await self.database.fetchval(HEAD) + 1
        await self.jetstream.add_stream(
            StreamConfig(
                name=self._name,
                subjects=[f"{self.where.prefix}.outbox.>"],
                first_seq=first,
                max_age=self.where.days * DAY,
                num_replicas=self.where.replicas,
                deny_delete=True,
            )
        )

    async def _of_another_past(self, last: int) -> bool:
        if last > await self.database.fetchval(HEAD):
            return True
        if not last:
            return False
        here = await run(self.database, _AT, place=last)
        try:
            there = await self.jetstream.get_msg(self._name, last)
        except NotFoundError:
            return False
        return bool(here) and (there.headers or {}).get(Header.MSG_ID) != _message_id(here[0])

    async def publish(self) -> None:
        """Everything that the stream does not have yet."""
        while True:
            last = (await self.jetstream.stream_info(self._name)).state.last_seq
            rows = await run(self.database, _AFTER, place=last, size=BATCH)
            if not rows:
                return
            if rows[0]["position"] != last + 1:
                # NATS was away for longer than the outbox keeps events.
                logger.warning("events are missing from the stream: they were deleted before it could have them")
                await self.jetstream.purge_stream(self._name, seq=rows[0]["position"])
            try:
                await send(self.jetstream, [self._message(row) for row in rows])
            except APIError as refused:
                if refused.err_code != _OTHER_LAST_SEQUENCE:
                    raise
                # Somebody else publishes at this moment: where are they?

    def _message(self, row: Any) -> Message:
        body = {
            "position": row["position"],
            "kind": row["kind"],
            "subject": row["subject_id"],
            "situation": row["situation_id"],
            "changed": row["changed"],
            "at": row["at"],
        }
        headers = {
            Header.MSG_ID: _message_id(row),
            Header.EXPECTED_LAST_SEQUENCE: str(row["position"] - 1),
            Header.EXPECTED_STREAM: self._name,
        }
        return Message(f"{self.where.prefix}.outbox.{row['kind']}", orjson.dumps(body, default=str), headers)


def _message_id(row: Any) -> str:
    """Of one event and no other, also where a restored database has given its numbers to others: they happened at another time."""
    return f"{row['seq']}.{row['at']:%Y%m%dT%H%M%S.%f}"
