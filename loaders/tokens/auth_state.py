"""Hearing at once that a token, or what is behind it, has changed: one connection that listens, per process.

The database tells (`loaders/tokens/standing.py`) which row changed, when the change is committed, whoever made it. Any login
can notify, so what is heard is a hint: the tokens concerned are read again, and the table alone says what stands.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
from asyncpg.connect_utils import SessionAttribute
from sqlalchemy import Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.background import Background
from loaders.postgres.silence import Watched, answered
from loaders.statement import compiled
from loaders.statement.fetching import FAULTS
from loaders.tokens.standing import CHANNEL
from schema.errors import UnavailableError
from schema.tables.oauth import oauth_token

HEARTBEAT = 0.5
# A line that is cut is noticed by its kernel (loaders/postgres/silence.py). One that is acknowledged and says nothing may be that of a
# machine under load, and to close thousands of streams there, which all come back, would make it worse.
_PATIENCE = 3.0
_CONNECT_PATIENCE = 5.0
_SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
# Beyond this many different rows at once every token is read again instead.
_MOST_HINTS = 1000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """A row that changed: the table's name, and the row's id as text."""

    table: str
    id: str


class Watcher(Protocol):
    """Who wants to know."""

    def touched(self, hints: Collection[Hint] | None) -> Collection[str]:
        """The token ids to read again; None: anything may have changed."""

    def known(self, asked: Collection[str], ends: Mapping[str, float]) -> None:
        """What was read: the end (Unix seconds) of each token asked for that stands; the others do not."""

    def blind(self) -> None:
        """Nothing is heard from now on."""


_ENDS = compiled(
    select(oauth_token.c.id, oauth_token.c.expires_at).where(
        oauth_token.c.id == any_(bindparam("ids", type_=ARRAY(Text()))), func.standing(oauth_token.c.id)
    )
)[0]


class StateListener:
    """Keeps the listening connection alive, and tells the watcher; the login needs to read tokens.

    The connection must not go through a pooler that hands out another one per transaction: that one hears nothing.
    """

    def __init__(self, dsn: str, watcher: Watcher, *, heartbeat: float = HEARTBEAT) -> None:
        self._dsn = dsn
        self._watcher = watcher
        self._heartbeat = heartbeat
        self._connection: Any = None
        self._hints: set[Hint] = set()
        self._wake = asyncio.Event()
        # One connection, asked by one at a time.
        self._turn = asyncio.Lock()
        self._background = Background(self._run, "auth state listener")

    @property
    def hears(self) -> bool:
        """Whether a change would be heard at this moment, as far as is known."""
        return self._connection is not None

    async def start(self) -> None:
        """Listen from now on; where the database is away, as soon as it is back."""
        await self._try_once()
        self._background.start()

    async def close(self) -> None:
        """Stop listening."""
        await self._background.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def ends(self, token_ids: Collection[str]) -> Mapping[str, float]:
        """The ends of those tokens that stand, from the database. Raises UnavailableError."""
        async with self._turn:
            connection = self._connection
            if connection is None:
                raise UnavailableError(reason="auth state: not listening")
            try:
                rows = await answered(connection.fetch(_ENDS, list(token_ids)), _PATIENCE)
            except FAULTS as problem:
                self._lose(type(problem).__name__)
                raise UnavailableError(reason="auth state") from None
        return {row["id"]: row["expires_at"].timestamp() for row in rows}

    async def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            if self._connection is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                if await self._try_once():
                    pause = _SHORTEST_PAUSE
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), self._heartbeat)
            except TimeoutError:
                await self._beat()
            else:
                await self._tell()

    async def _beat(self) -> None:
        # Asking for nothing costs one round trip, and fails where the connection is gone.
        try:
            await self.ends(())
        except UnavailableError:
            return

    async def _tell(self) -> None:
        self._wake.clear()
        if self._connection is None:
            return
        hints, self._hints = self._hints, set()
        if hints:
            await self._read_again(None if len(hints) > _MOST_HINTS else hints)

    async def _read_again(self, hints: Collection[Hint] | None) -> bool:
        asked = self._watcher.touched(hints)
        if not asked:
            return True
        try:
            self._watcher.known(asked, await self.ends(asked))
        except UnavailableError:
            return False
        return True

    async def _try_once(self) -> bool:
        try:
            connection: Any = await asyncpg.connect(
                self._dsn,
                timeout=_CONNECT_PATIENCE,
                connection_class=Watched,
                # A standby of a cluster cannot listen.
                target_session_attrs=SessionAttribute.read_write,
                server_settings={"application_name": "maillage auth state"},
            )
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is tried again; a listener that stopped would close every socket for good)
            logger.warning("auth state: not listening: %s", type(problem).__name__)
            return False
        try:
            await connection.add_listener(CHANNEL, self._hear)
        except FAULTS:
            connection.terminate()
            return False
        connection.add_termination_listener(self._ended)
        self._connection = connection
        # What changed while nobody listened was not heard.
        return await self._read_again(None)

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        table, _, row_id = str(payload).partition(":")
        self._hints.add(Hint(table, row_id))
        self._wake.set()

    def _ended(self, connection: Any) -> None:
        if connection is self._connection:
            self._lose("connection closed")
            self._wake.set()

    def _lose(self, reason: str) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._hints.clear()
        connection.terminate()
        logger.warning("auth state: not listening: %s", reason)
        self._watcher.blind()
