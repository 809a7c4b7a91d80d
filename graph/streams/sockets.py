"""Every stream that stays open, and what ends it: its token's end, a revocation, or not knowing any more.

Whoever opens a stream (a WebSocket, a server-sent event stream, a web page's feed) registers it first. Requests need
none of this: every statement asks by itself whether the token stands.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from auth.caller import Caller
from loaders.setup.fitting import TOLD
from loaders.tokens.auth_state import Hint, StateListener
from schema.errors import UnauthenticatedError, UnavailableError

Key = TypeVar("Key")

logger = logging.getLogger(__name__)


class Ending(Enum):
    """Why a stream is closed from our side: the code of a WebSocket, and a sentence that says what to do."""

    REVOKED = (4403, "Access has ended: ask for a new token.")
    EXPIRED = (4403, "The token has expired: open the stream again with a new one, from the last cursor.")
    STATE_UNKNOWN = (4503, "Whether access still stands cannot be known: try again in a moment.")
    STOPPING = (1012, "The service restarts: open the stream again, from the last cursor.")

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


Close = Callable[[Ending], None]


@dataclass(eq=False, slots=True)
class Handle:
    """One open stream; `release` when it has ended by itself."""

    caller: Caller
    close: Close
    registry: "Sockets"
    timer: asyncio.TimerHandle | None = None
    opened: bool = False

    def release(self) -> None:
        """Forget the stream; may be called again."""
        self.registry.forget(self)


def _names(caller: Caller) -> tuple[Hint, ...]:
    """Everything whose change concerns a caller, by the name of its table."""
    found = [
        Hint("oauth_token", caller.token_id),
        Hint("oauth_client", caller.client_id),
        Hint("organisation", str(caller.organisation_id)),
    ]
    if caller.member_id is not None:
        found.append(Hint("member", str(caller.member_id)))
    if caller.habilitation_id is not None:
        found.append(Hint("habilitation", str(caller.habilitation_id)))
    return tuple(found)


class Sockets:
    """The registry of one process."""

    def __init__(
        self,
        dsn: str,
        *,
        clock: Callable[[], float] = time.time,
        keys_changed: Callable[[], None] = lambda: None,
        migrated: Callable[[], None] = lambda: None,
    ) -> None:
        self._listener = StateListener(dsn, self)
        # Called when one of our signing keys has changed, or may have.
        self._keys_changed = keys_changed
        # Called when the database was migrated, or may have been.
        self._migrated = migrated
        self._clock = clock
        self._by_token: dict[str, set[Handle]] = defaultdict(set)
        self._by_name: dict[Hint, set[Handle]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(map(len, self._by_token.values()))

    @property
    def hears(self) -> bool:
        """Whether streams may be opened: a revocation would be heard."""
        return self._listener.hears

    async def start(self) -> None:
        """Listen from now on."""
        await self._listener.start()

    async def close(self) -> None:
        """Close every stream, and stop listening."""
        self._end_all(Ending.STOPPING)
        await self._listener.close()

    async def register(self, caller: Caller, close: Close) -> Handle:
        """Watch a stream: `close` is called once, when it has to end; it must not wait, and may raise nothing.

        Raises: UnauthenticatedError where the token does not stand, UnavailableError where nobody could say so later.
        """
        if not self._listener.hears:
            raise UnavailableError(reason="auth state: not listening")
        handle = Handle(caller, close, self)
        # Registered first, then looked up: what ends in between is heard.
        self._add(handle)
        try:
            ends = await self._listener.ends((caller.token_id,))
        except BaseException:
            handle.release()
            raise
        end = ends.get(caller.token_id)
        if end is None or not self._holds(handle):
            handle.release()
            raise UnauthenticatedError(reason="standing", client_id=caller.client_id)
        handle.opened = True
        self._end_at(handle, end)
        return handle

    def forget(self, handle: Handle) -> None:
        """Watch a stream no longer."""
        if handle.timer is not None:
            handle.timer.cancel()
        _drop(self._by_token, handle.caller.token_id, handle)
        for name in _names(handle.caller):
            _drop(self._by_name, name, handle)

    # ------------------------------------------------------------ what the listener asks and tells

    def touched(self, hints: Collection[Hint] | None) -> Collection[str]:
        """The tokens of the streams that a change concerns; all of them where nobody knows what has changed."""
        if hints is None or any(hint.table == "signing_key" for hint in hints):
            self._keys_changed()
        if hints is None or any(hint.table == TOLD for hint in hints):
            self._migrated()
        if hints is None:
            return list(self._by_token)
        return {handle.caller.token_id for hint in hints for handle in self._by_name.get(hint, ())}

    def known(self, asked: Collection[str], ends: Mapping[str, float]) -> None:
        """Close the streams whose token does not stand any more; the others may end earlier than they were to."""
        for token_id in asked:
            for handle in list(self._by_token.get(token_id, ())):
                if token_id in ends:
                    self._end_at(handle, ends[token_id])
                else:
                    self._end(handle, Ending.REVOKED)

    def blind(self) -> None:
        """A revocation would not be heard any more, so nothing may stay open."""
        self._end_all(Ending.STATE_UNKNOWN)

    # ------------------------------------------------------------ inside

    def _add(self, handle: Handle) -> None:
        self._by_token[handle.caller.token_id].add(handle)
        for name in _names(handle.caller):
            self._by_name[name].add(handle)

    def _holds(self, handle: Handle) -> bool:
        return handle in self._by_token.get(handle.caller.token_id, ())

    def _end_at(self, handle: Handle, end: float) -> None:
        if handle.timer is not None:
            handle.timer.cancel()
        left = max(0.0, end - self._clock())
        handle.timer = asyncio.get_running_loop().call_later(left, self._end, handle, Ending.EXPIRED)

    def _end(self, handle: Handle, ending: Ending) -> None:
        if not self._holds(handle):
            return
        handle.release()
        if not handle.opened:
            # Its opener is still waiting for `register`, which refuses.
            return
        try:
            handle.close(ending)
        except Exception:  # one stream that cannot be closed must not keep the others open
            logger.exception("a stream could not be closed")

    def _end_all(self, ending: Ending) -> None:
        for handles in list(self._by_token.values()):
            for handle in list(handles):
                self._end(handle, ending)


def _drop(index: dict[Key, set[Handle]], key: Key, handle: Handle) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(handle)
        if not found:
            del index[key]
