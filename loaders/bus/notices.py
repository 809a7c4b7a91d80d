"""What webhooks say, on a subject of each organisation that was named: made of its own feed, so of its view alone."""

from dataclasses import dataclass
from uuid import UUID

import orjson
from nats.js import JetStreamContext
from nats.js.api import Header, KeyValueConfig, StreamConfig
from nats.js.errors import KeyNotFoundError, NotFoundError
from nats.js.kv import KeyValue
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.bus.sending import Message, run, send
from loaders.bus.where import DAY, Nats
from loaders.events.outbox import BATCH
from loaders.feed.feeds import Feeds
from loaders.feed.pages import Page
from loaders.nouns import NOUNS
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.tokens.standing import organisation_is_open
from loaders.webhooks.webhooks import kind_of, software_of
from schema.tables.directory import organisation

_OPEN = compiled(
    select(
        organisation.c.id.label("organisation_id"),
        organisation.c.kind,
        organisation.c.authority_id,
        organisation_is_open().label("open"),
    ).where(organisation.c.id == bindparam("id", type_=Uuid(as_uuid=True)))
)


@dataclass(slots=True)
class Notices:
    """One subject for each organisation; how far each was told is kept in a bucket beside them."""

    where: Nats
    lanes: Lanes
    feeds: Feeds
    jetstream: JetStreamContext
    places: KeyValue | None = None

    @property
    def _name(self) -> str:
        return f"{self.where.prefix}-organisations"

    def _subject(self, identity: UUID) -> str:
        return f"{self.where.prefix}.organisation.{identity}"

    async def open(self) -> None:
        """The stream and the places are there."""
        if not self.where.organisations:
            return
        try:
            await self.jetstream.stream_info(self._name)
        except NotFoundError:
            subjects = [f"{self.where.prefix}.organisation.*"]
            await self.jetstream.add_stream(
                StreamConfig(
                    name=self._name,
                    subjects=subjects,
                    max_age=self.where.days * DAY,
                    num_replicas=self.where.replicas,
                )
            )
        bucket = f"{self.where.prefix}-places"
        try:
            self.places = await self.jetstream.key_value(bucket)
        except NotFoundError:
            self.places = await self.jetstream.create_key_value(
                KeyValueConfig(bucket=bucket, history=1, replicas=self.where.replicas)
            )

    async def publish(self) -> None:
        """What is new in the views of the organisations."""
        for identity in self.where.organisations:
            while await self._of(identity):
                pass

    async def _of(self, identity: UUID) -> bool:
        """One page; whether there is more."""
        assert self.places is not None  # noqa: S101 (opened where there are organisations)
        try:
            place = int((await self.places.get(str(identity))).value or 0)
        except KeyNotFoundError:
            place = 0
        page = await self._page(identity, place)
        if page is None:
            # Suspended, ended or without a feed: what is waiting there is not for it any more.
            await self.jetstream.purge_stream(self._name, subject=self._subject(identity))
            return False
        messages = []
        for entry in page.entries:
            body = {
                "type": kind_of(NOUNS[entry.noun].prefix, gone=entry.gone),
                "timestamp": entry.at,
                "data": {"id": entry.public_id},
            }
            headers = {Header.MSG_ID: f"{identity}-{entry.position}", Header.EXPECTED_STREAM: self._name}
            messages.append(Message(self._subject(identity), orjson.dumps(body), headers))
        await send(self.jetstream, messages)
        if page.position != place:
            await self.places.put(str(identity), str(page.position).encode())
        return page.more

    async def _page(self, identity: UUID, place: int) -> Page | None:
        async with self.lanes.acquire() as connection, connection.transaction():
            found = await run(connection, _OPEN, id=identity)
            caller = software_of(found[0]) if found and found[0]["open"] else None
            return None if caller is None else await self.feeds.news(connection, caller, place, BATCH)
