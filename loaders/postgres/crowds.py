"""Who waits for the same at the same moment goes together: one way to the database for all of them.

Those that come in one turn of the event loop go at once. Those that come while these are under way wait, and go with the
next, and equal ones once; so the busier the database, the more it is asked at a time, as in a group commit. Nobody waits
where nothing is under way, and what is found is never older than its question: what was committed before it was asked is in it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cachetools import LRUCache

# So many go together at most, and only if by the pace of the last ones they take no longer than this, in seconds:
# whoever asks little does not wait for whoever asks much. Of what kind the pace is not known goes one at a time.
MOST = 8
PATIENCE = 0.02
# One way for what takes a moment, and another where what waits would take longer than this, in seconds: then the smaller
# parts cost less than a second core gives. What is under way for longer than the patience keeps nobody waiting either.
WORTH_A_WAY = 0.004
WAYS = 4
# Of so many kinds the pace is remembered while nobody asks.
_KINDS = 1024

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

    kind: Hashable
    # What one took of late, in seconds; 0 where that is not known.
    pace: float
    under_way: int = 0
    # When the newest began, by the monotonic clock.
    began: float = 0.0
    # Whether the next are about to go, as soon as all have come who come in this turn of the loop.
    called: bool = False
    # A stream's event can wake thousands: from its front nothing is searched.
    following: "OrderedDict[Hashable, _Waiting[Item, Found]]" = field(default_factory=OrderedDict)

    @property
    def has_way(self) -> bool:
        """Whether the next may go."""
        if not self.under_way or self.under_way >= WAYS:
            return not self.under_way
        if self.under_way == 1 and self.pace * len(self.following) > WORTH_A_WAY:
            return True
        return time.monotonic() - self.began >= PATIENCE

    @property
    def bound(self) -> int:
        """How many may go together."""
        return max(1, min(MOST, int(PATIENCE / self.pace))) if self.pace else 1

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
        # The paces of kinds, by hash: a kind may be a long text.
        self._paces: LRUCache[int, float] = LRUCache(_KINDS)
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
            crowd = self._crowds[kind] = _Crowd(kind, self._paces.get(hash(kind), 0.0))
        waiting: _Waiting[Item, Found] = _Waiting(item)
        waiting = crowd.following.setdefault(waiting if same is None else same, waiting)
        if not crowd.called and crowd.has_way:
            crowd.called = True
            asyncio.get_running_loop().call_soon(self._call, crowd)
        return await self._answered(waiting)

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

    def _call(self, crowd: _Crowd[Item, Found]) -> None:
        """Who waits goes now, where there is a way."""
        crowd.called = False
        while crowd.has_way and (taken := crowd.take(crowd.bound)):
            crowd.under_way += 1
            crowd.began = time.monotonic()
            task = asyncio.create_task(self._go(crowd, taken))
            self._asking[task] = taken
            for waiting in taken:
                waiting.task = task
        if not crowd.under_way and self._crowds.get(crowd.kind) is crowd:
            del self._crowds[crowd.kind]

    async def _go(self, crowd: _Crowd[Item, Found], taken: Sequence[_Waiting[Item, Found]]) -> None:
        began = time.monotonic()
        late = asyncio.get_running_loop().call_later(PATIENCE, self._call, crowd)
        try:
            await self._ask_for(taken)
        finally:
            late.cancel()
            crowd.pace = self._paces[hash(crowd.kind)] = (time.monotonic() - began) / len(taken)
            del self._asking[_this_task()]
            crowd.under_way -= 1
            self._call(crowd)

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


__all__ = ["MOST", "WAYS", "Crowds"]
