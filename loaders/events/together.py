"""Streams that ask the same question at the same moment: one statement asks for all of them.

The same question is the same statement with the same values, and the caller's token is one of them: so nothing is shared
between two tokens, and whether the token stands is asked each time. What is shared is the answer of the database only;
each stream executes its own operation on it and writes its own record.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from loaders.postgres.connections import Lanes
from loaders.statement import Statement
from loaders.statement.execute import Reads
from schema.vocabulary import Audience

Answer = tuple[bytes, bytes]


@dataclass(slots=True, eq=False)
class _Asked:
    """A question on its way, and how many wait for its answer."""

    task: asyncio.Task[Answer]
    waiting: int = 0


class Together:
    """Asks the reader; whoever comes while the same question is under way waits for the next one.

    So an answer is never older than its question: what was committed before it was asked is in it.
    """

    def __init__(self, reader: Reads) -> None:
        self._reader = reader
        self._running: dict[Hashable, _Asked] = {}
        # Not sent yet: whoever comes now may still join.
        self._following: dict[Hashable, _Asked] = {}

    def lanes(self, login: str) -> Lanes:
        """The connections of a login."""
        return self._reader.lanes(login)

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        """As the reader, with one answer for all who ask at once."""
        key = (audience, statement.sql, *(_hashable(binds[name]) for name in statement.binds))
        asked = self._following.get(key) or self._begin(key, partial(self._reader.read, audience, statement, binds))
        asked.waiting += 1
        try:
            # Whoever leaves takes the answer from nobody.
            return await asyncio.shield(asked.task)
        finally:
            asked.waiting -= 1
            if not asked.waiting:
                asked.task.cancel()
                self._drop(key, asked.task)

    def _begin(self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> _Asked:
        before = self._running.get(key)
        place = self._running if before is None else self._following
        made = place[key] = _Asked(asyncio.create_task(self._ask(key, ask, before)))
        return made

    async def _ask(
        self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, Answer]], before: _Asked | None
    ) -> Answer:
        if before is not None:
            await asyncio.wait({before.task})
            self._running[key] = self._following.pop(key)
        try:
            return await ask()
        finally:
            self._drop(key, asyncio.current_task())

    def _drop(self, key: Hashable, task: "asyncio.Task[Any] | None") -> None:
        for place in (self._running, self._following):
            asked = place.get(key)
            if asked is not None and asked.task is task:
                del place[key]


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


__all__ = ["Together"]
