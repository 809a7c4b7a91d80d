"""Work that goes on by itself from the start of a process to its end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self

_PATIENCE = 0.5


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
        # Asked again: a cancellation that meets the end of a `wait_for` is lost in Python 3.11, and the work goes on.
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_PATIENCE)
