"""A limit on waiting: work that waits for a database that hangs must not make its caller hang."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import structlog

from schema.errors import UnavailableError

T = TypeVar("T")

log = structlog.get_logger()


class Deadline:
    """Waits so long and no longer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._late: set[asyncio.Task[Any]] = set()

    @property
    def behind(self) -> bool:
        """Whether work that nobody waits for any more has not ended yet: it still holds what it works with."""
        return bool(self._late)

    async def within(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work.

        The work is a task of its own, because the driver's own cancellation waits for the server that hangs.
        Raises: UnavailableError when it takes too long; it is cancelled, and ends when it can.
        """
        task = asyncio.ensure_future(work)
        loop = task.get_loop()
        # What `asyncio.wait` does for any number of tasks takes it twice as long.
        over: asyncio.Future[None] = loop.create_future()
        task.add_done_callback(partial(_end, over))
        timer = loop.call_later(self._seconds, _end, over)
        try:
            await over
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            timer.cancel()
        if not task.done():
            self._late.add(task)
            task.add_done_callback(self._forget)
            task.cancel()
            raise UnavailableError(reason="deadline")
        return task.result()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("late_work_failed", error=type(task.exception()).__name__)


def _end(over: "asyncio.Future[None]", _: object = None) -> None:
    if not over.done():
        over.set_result(None)
