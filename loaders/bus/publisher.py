"""Publishes in the background of a process, in turn with all others: what happened while NATS was away comes when it is back."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import asyncpg
from nats.aio.client import Client

from loaders.background import Background
from loaders.bus.log import Log
from loaders.bus.notices import Notices
from loaders.bus.sending import PATIENCE, connected
from loaders.bus.where import Nats
from loaders.events.outbox import Event
from loaders.events.relay import Relay
from loaders.feed.feeds import Feeds
from loaders.postgres.connections import Lanes

_LOOKS_EVERY = 1.0
_NOTICES_EVERY = 15.0
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
# A process publishes while it holds this lock. It only saves the others the effort: the order is the server's.
_TURN = 7264531

logger = logging.getLogger(__name__)


class Publisher:
    """Of one process; the others of the network wait until it ends."""

    def __init__(self, where: Nats, dsn: str, lanes: Lanes, feeds: Feeds) -> None:
        self._where = where
        self._dsn = dsn
        self._lanes = lanes
        self._feeds = feeds
        self._wake = asyncio.Event()
        self._ended = False
        self._background = Background(self._keep_publishing, "publish to NATS")

    def start(self, relay: Relay) -> None:
        """Publish from now on; what happens while NATS is away stays in the outbox, and is published then."""
        relay.tell(self._hear)
        self._background.start()

    async def close(self) -> None:
        """Stop; whoever publishes next goes on where the stream ends."""
        # Said as well, because NATS's client may swallow a cancellation.
        self._ended = True
        await self._background.close()

    async def _hear(self, _: Sequence[Event]) -> None:
        self._wake.set()

    async def _keep_publishing(self) -> None:
        pause = _SHORTEST_PAUSE
        while not self._ended:
            try:
                await self._publish()
                pause = _SHORTEST_PAUSE
            except Exception as problem:  # noqa: BLE001 (whatever it is, it is tried again: one event must not end all)
                logger.warning("nothing is published: %s", type(problem).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _publish(self) -> None:
        """Until something is away, or somebody else's turn."""
        database = await asyncpg.connect(self._dsn, timeout=PATIENCE, command_timeout=2 * PATIENCE)
        try:
            while not await database.fetchval("SELECT pg_try_advisory_lock($1)", _TURN):  # noqa: ASYNC110 (asked of a server)
                await asyncio.sleep(_LOOKS_EVERY)
            client = await connected(self._where)
            try:
                await self._while_connected(database, client)
            finally:
                await client.close()
        finally:
            database.terminate()

    async def _while_connected(self, database: Any, client: Client) -> None:
        jetstream = client.jetstream(timeout=PATIENCE)
        log = Log(self._where, database, jetstream)
        notices = Notices(self._where, self._lanes, self._feeds, jetstream)
        await log.open()
        await notices.open()
        looked = -_NOTICES_EVERY
        clock = asyncio.get_running_loop().time
        while not self._ended:
            woken = self._wake.is_set()
            self._wake.clear()
            await log.publish()
            if woken or clock() - looked >= _NOTICES_EVERY:
                looked = clock()
                await notices.publish()
            try:
                await asyncio.wait_for(self._wake.wait(), _LOOKS_EVERY)
            except TimeoutError:
                continue
