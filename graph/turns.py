"""Long pieces of work in the event loop, one at a time: between two of them everybody else is heard.

A question of a new shape is read, checked and composed once, which takes milliseconds of the processor that nothing can
interrupt. A hundred that arrive together would be one long piece. So each takes its turn, and organisations take turns:
whoever sends a hundred waits behind their own.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """Of one process."""

    def __init__(self) -> None:
        self._taken = False
        # Whose turn is next stands first.
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def of(self, whose: Hashable) -> AsyncIterator[None]:
        """The block is one piece of work, and should not wait for anything."""
        await self._enter(whose)
        try:
            yield
        finally:
            # In the next round of the loop, which hears everybody first.
            asyncio.get_running_loop().call_soon(self._pass_on)

    async def _enter(self, whose: Hashable) -> None:
        if not self._taken:
            self._taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(whose, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # Given in the moment in which it was no longer wanted.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            whose = next(iter(self._waiting))
            waiting = self._waiting.pop(whose)
            turn = waiting.popleft()
            if waiting:
                self._waiting[whose] = waiting
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False


__all__ = ["Turns"]
