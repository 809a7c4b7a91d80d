"""A process that draws: the engines of charts and PDFs hold over 100 MB and the interpreter, which requests need.

It holds no key, no token and no connection to the database. It is started when there is something to draw, and ends with
its server, however that ends, in the midst of a drawing too, or once nobody has asked for long.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import TypeVar
from weakref import WeakSet

T = TypeVar("T")

IDLE_SECONDS = 600.0


_ALL: "WeakSet[Drawing]" = WeakSet()


def end_all() -> None:
    """The server ends: nobody waits for a drawing any more."""
    for drawing in list(_ALL):
        drawing.stop()


class DrawingEndedError(Exception):
    """The process ended while it drew, twice: what was to be drawn is too much for it."""


class Drawing:
    """One process, one drawing at a time: nothing says that an engine may draw two at once."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._pool: ProcessPoolExecutor | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._asked = 0
        self._stops = 0
        # Closed, it ends the process.
        self._leash: Connection | None = None
        _ALL.add(self)

    @property
    def started(self) -> bool:
        """Whether there is a process."""
        return self._pool is not None

    async def run(self, draw: Callable[..., T], *given: object) -> T:
        """What `draw`, a function of a module, makes of plain values, there. Raises: DrawingEndedError, and what it raises."""
        self._asked += 1
        stops = self._stops
        try:
            return await self._drawn(draw, given)
        except BrokenProcessPool:
            if stops != self._stops:
                raise DrawingEndedError from None
            # Killed, for its memory or by hand, perhaps long ago: once more in a new one.
            self.end()
        finally:
            self._asked -= 1
            self._end_later()
        try:
            return await self._drawn(draw, given)
        except BrokenProcessPool:
            self.end()
            raise DrawingEndedError from None

    def stop(self) -> None:
        """End the process and what it draws; whoever asks afterwards gets another."""
        self._stops += 1
        # Waited for: a server that is told to end may end without clearing up.
        self.end(wait_for_it=True)

    def end(self, *, wait_for_it: bool = False) -> None:
        """End the process, where there is one; the next drawing starts another."""
        pool, self._pool = self._pool, None
        leash, self._leash = self._leash, None
        if leash is not None:
            leash.close()
        if pool is not None:
            pool.shutdown(wait=wait_for_it, cancel_futures=True)

    async def _drawn(self, draw: Callable[..., T], given: tuple[object, ...]) -> T:
        if self._pool is None:
            # Spawned: a fork would keep the server's sockets open, and share its secrets.
            context = multiprocessing.get_context("spawn")
            held, self._leash = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_follow, initargs=(held,))
        return await asyncio.wrap_future(self._pool.submit(draw, *given))

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if not self._asked:
            self.end()


def _follow(held: Connection) -> None:
    """In the process itself: Ctrl-C is for the server to obey, and without the server there is nothing to draw."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_server, args=(held,), daemon=True).start()


def _end_with_the_server(held: Connection) -> None:
    server = multiprocessing.parent_process()
    wait([held] if server is None else [held, server.sentinel])
    os._exit(0)
