"""Who waits for the same at the same moment goes together: one way to the database for all of them.

The first go at once. Those that come while these are under way wait, and go with the next, and equal ones once; so the
busier the database, the more it is asked at a time, as in a group commit. Nothing is delayed on purpose, and what is found
is never older than its question: what was committed before it was asked is in it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# Ways of one kind that are under way at once: one for each core that is busy with a small machine's database.
ABREAST = 2
# So many go together at most, and only if by the pace of the last ones they take no longer than this, in seconds:
# whoever asks little does not wait for whoever asks much.
MOST = 16
PATIENCE = 0.02

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Found]):
    """What goes next, and who waits for what it finds."""

    item: Item
    futures: "list[asyncio.Future[Found]]" = field(default_factory=list)
    # Who has gone with it.
    task: "asyncio.Task[None] | None" = None

    @property
    def given_up(self) -> bool:
        return all(one.cancelled() for one in self.futures)

    def answer(self, found: Found) -> None:
        for one in self.futures:
            if not one.done():
                one.set_result(found)

    def refuse(self, problem: Exception) -> None:
        for one in self.futures:
            if not one.done():
                one.set_exception(problem)


@dataclass(slots=True, eq=False)
class _Crowd(Generic[Item, Found]):
    """All of one kind."""

    under_way: int = 0
    # A stream's event can wake thousands: from its front nothing is searched.
    following: "OrderedDict[Hashable, _Waiting[Item, Found]]" = field(default_factory=OrderedDict)

    def take(self, number: int) -> "list[_Waiting[Item, Found]]":
        """The first of those who wait and have not given up; nobody joins them any more."""
        taken: list[_Waiting[Item, Found]] = []
        while self.following and len(taken) < number:
            _, waiting = self.following.popitem(last=False)
            if not waiting.given_up:
                taken.append(waiting)
        return taken


class Crowds(Generic[Item, Found]):
    """Goes the way that `ask` is: what it finds for each item, in their order.

    Where it fails for several, it goes again for each alone, unless the problem `is_of_all`: it would be the same for each
    of them, or what was begun may not be begun again.
    """

    def __init__(
        self, ask: Callable[[Sequence[Item]], Awaitable[Sequence[Found]]], is_of_all: Callable[[Exception], bool]
    ) -> None:
        self._ask = ask
        self._is_of_all = is_of_all
        self._crowds: dict[Hashable, _Crowd[Item, Found]] = {}
        self._asking: dict[asyncio.Task[None], Sequence[_Waiting[Item, Found]]] = {}

    @property
    def rests(self) -> bool:
        """Whether nothing is under way, and nobody waits."""
        return not self._crowds and not self._asking

    async def found(self, kind: Hashable, item: Item, same: Hashable = None) -> Found:
        """What is found for an item of this kind; items that are the `same` find it once.

        Raises: what `ask` raises.
        """
        crowd = self._crowds.get(kind)
        if crowd is None:
            crowd = self._crowds[kind] = _Crowd()
        if crowd.under_way < ABREAST:
            return await self._at_once(kind, crowd, item)
        waiting: _Waiting[Item, Found] = _Waiting(item)
        waiting = crowd.following.setdefault(waiting if same is None else same, waiting)
        return await self._answered(waiting)

    async def _at_once(self, kind: Hashable, crowd: _Crowd[Item, Found], item: Item) -> Found:
        crowd.under_way += 1
        began = time.monotonic()
        try:
            (found,) = await self._ask((item,))
        finally:
            self._next(kind, crowd, time.monotonic() - began)
        return found

    async def _answered(self, waiting: _Waiting[Item, Found]) -> Found:
        mine: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        waiting.futures.append(mine)
        try:
            return await mine
        except asyncio.CancelledError:
            # Whoever leaves takes the answer from nobody; the last one to leave ends the way.
            task = waiting.task
            if task is not None and all(one.given_up for one in self._asking.get(task, ())):
                task.cancel()
            raise

    def _next(self, kind: Hashable, crowd: _Crowd[Item, Found], pace: float) -> None:
        """One way has ended, and took so many seconds for each item: who waits goes now."""
        crowd.under_way -= 1
        taken = crowd.take(max(1, min(MOST, int(PATIENCE / max(pace, 1e-6)))))
        if taken:
            crowd.under_way += 1
            task = asyncio.create_task(self._go(kind, crowd, taken))
            self._asking[task] = taken
            for waiting in taken:
                waiting.task = task
        elif not crowd.under_way:
            del self._crowds[kind]

    async def _go(self, kind: Hashable, crowd: _Crowd[Item, Found], taken: Sequence[_Waiting[Item, Found]]) -> None:
        began = time.monotonic()
        try:
            await self._ask_for(taken)
        finally:
            del self._asking[_this_task()]
            self._next(kind, crowd, (time.monotonic() - began) / len(taken))

    async def _ask_for(self, taken: Sequence[_Waiting[Item, Found]]) -> None:
        try:
            found = await self._ask([waiting.item for waiting in taken])
            answers = list(zip(taken, found, strict=True))
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is told to those who asked)
            if len(taken) == 1 or self._is_of_all(problem):
                for waiting in taken:
                    waiting.refuse(problem)
                return
            # One must not refuse the answers of the others.
            for waiting in taken:
                if not waiting.given_up:
                    await self._ask_for([waiting])
            return
        for waiting, answer in answers:
            waiting.answer(answer)


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 (called within a coroutine)
    return task


__all__ = ["ABREAST", "MOST", "Crowds"]
