"""Work that goes on by itself from the start of a process to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, Self

_PATIENCE = 0.5


async def ended(tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel them, and wait until all have ended."""
    # Asked again: a cancellation that meets the end of a `wait_for` is lost in Python 3.11, and the work goes on.
    going_on = {task for task in tasks if not task.done()}
    while going_on:
        for task in going_on:
            task.cancel()
        _, going_on = await asyncio.wait(going_on, timeout=_PATIENCE)


class Background:
    """One task that runs until it is closed; its work can be cancelled wherever it waits."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._work = work
        self._name = name
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def every(cls, seconds: float, work: Callable[[], Awaitable[None]], name: str) -> Self:
        """The same piece of work again and again, first after a pause; what it may raise is its own to catch."""

        async def repeat() -> None:
            while True:
                await asyncio.sleep(seconds)
                await work()

        return cls(repeat, name)

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._work(), name=self._name)

    async def close(self) -> None:
        """End, and wait for the end; nothing to do where it has not begun."""
        await ended(() if self._task is None else (self._task,))
