"""Numbers committed events, and hands them to this process in order: one relay per process, none of them a leader.

Whoever has committed pokes the relay of its own process, which numbers what it finds, its own or not, and tells all
others with one notice per batch. A process that dies in between leaves nothing behind: every relay looks by itself too.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from loaders.background import Background
from loaders.events.outbox import AFTER, BATCH, CHANNEL, HEAD, NUMBER, Event, events
from loaders.statement.execute import AWAY

_LOOKS_EVERY = 1.0
# A round costs two round trips and a commit, whether it numbers one event or a hundred.
_SHORTEST_ROUND = 0.01
_CONNECT_PATIENCE = 5.0
_PATIENCE = 10.0
_CHANCE = secrets.SystemRandom()
_SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0

Receiver = Callable[[Sequence[Event]], Awaitable[None]]

logger = logging.getLogger(__name__)


class Relay:
    """Of one process: `receive` gets every event once, in order, from the moment of its start."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._receivers: list[Receiver] = []
        self._wake = asyncio.Event()
        self._background = Background(self._run, "event relay")
        self._position: int | None = None

    @property
    def position(self) -> int | None:
        """Up to where events were handed on; None before the database was reached."""
        return self._position

    def tell(self, receive: Receiver) -> None:
        """Hand events to this receiver too; it should be quick, and what it raises is its own loss."""
        self._receivers.append(receive)

    def poke(self) -> None:
        """Something was committed."""
        self._wake.set()

    async def start(self) -> None:
        """Relay from now on; where the database is away, as soon as it is back, from where it was."""
        self._background.start()

    async def close(self) -> None:
        """Stop."""
        await self._background.close()

    async def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                connection = await asyncpg.connect(
                    self._dsn,
                    timeout=_CONNECT_PATIENCE,
                    command_timeout=_PATIENCE,
                    target_session_attrs=SessionAttribute.read_write,
                    server_settings={"application_name": "maillage relay"},
                )
            except Exception as problem:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("relay without database: %s", type(problem).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            try:
                await connection.add_listener(CHANNEL, self._hear)
                pause = _SHORTEST_PAUSE
                await self._serve(connection)
            except (*AWAY, TimeoutError, asyncpg.PostgresError) as problem:
                logger.warning("relay interrupted: %s", type(problem).__name__)
                await asyncio.sleep(pause)
            finally:
                connection.terminate()

    async def _serve(self, connection: Any) -> None:
        if self._position is None:
            self._position = await connection.fetchval(HEAD)
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            began = loop.time()
            while await connection.fetchval(NUMBER) == BATCH:
                pass
            await self._hand_on(connection)
            # A lone event is told at once; of many, those that come meanwhile are numbered together.
            await asyncio.sleep(began + _SHORTEST_ROUND - loop.time())
            try:
                # Not all processes at the same moment.
                await asyncio.wait_for(self._wake.wait(), _LOOKS_EVERY * _CHANCE.uniform(0.8, 1.2))
            except TimeoutError:
                continue

    async def _hand_on(self, connection: Any) -> None:
        while True:
            found = events(await connection.fetch(AFTER[0], *_binds(self._position)))
            if not found:
                return
            for receive in self._receivers:
                try:
                    await receive(found)
                except Exception:  # one receiver must not keep events from the others
                    logger.exception("events were not received")
            self._position = found[-1].position
            if len(found) < BATCH:
                return

    def _hear(self, connection: Any, sender: int, *_: object) -> None:
        # What this process has numbered itself it hands on without being told.
        if sender != connection.get_server_pid():
            self._wake.set()


def _binds(position: int | None) -> list[Any]:
    return [position if name == "after" else AFTER[2][name] for name in AFTER[1]]
