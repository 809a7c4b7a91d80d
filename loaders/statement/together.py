"""Questions of one token that wait at the same moment: one statement asks for all of them.

A tool that follows fifty rows, or loads its inbox report by report, asks the same in many requests that differ in their
values. The first are asked at once. Those that come while these are under way wait for the next statement, which asks for
all of them, and equal ones once; so the busier the database, the more it is asked at a time, as in a group commit.

What goes together has the statement and the facts of the caller in common, and the token is one of them: nothing is shared
between two tokens, and whether the token stands is asked each time. What is shared is the way to the database only; each
request executes its own operation on its answer, and writes its own access record.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from loaders.postgres.connections import Lanes
from loaders.statement import Statement
from loaders.statement.execute import Answer, Reads
from loaders.statement.several import several
from schema.errors import UnauthenticatedError, UnavailableError
from schema.vocabulary import Audience

# Statements of one kind and token that are under way at once: one for each core that is busy with a small machine's database.
ABREAST = 2
# So many questions go together at most, and only if by the pace of the last ones they take no longer than this, in seconds:
# whoever asks little does not wait for whoever asks much.
MOST = 16
PATIENCE = 0.02


class ReadsSeveral(Reads, Protocol):
    """Who runs the statements of several requests."""

    async def read_several(
        self, audience: Audience, statement: Statement, questions: Sequence[Mapping[str, Any]]
    ) -> list[Answer]:
        """The answer of each question, in their order."""


@dataclass(slots=True, eq=False)
class _Question:
    """One question, and who waits for its answer."""

    binds: Mapping[str, Any]
    waiting: list[asyncio.Future[Answer]] = field(default_factory=list)
    # Who has gone to ask it.
    task: asyncio.Task[None] | None = None

    @property
    def given_up(self) -> bool:
        return all(one.cancelled() for one in self.waiting)

    def answer(self, found: Answer) -> None:
        for one in self.waiting:
            if not one.done():
                one.set_result(found)

    def refuse(self, problem: Exception) -> None:
        for one in self.waiting:
            if not one.done():
                one.set_exception(problem)


@dataclass(slots=True, eq=False)
class _Crowd:
    """All who ask the same but for values."""

    audience: Audience
    statement: Statement
    under_way: int = 0
    # A stream's event can wake thousands: from its front nothing is searched.
    following: OrderedDict[Hashable, _Question] = field(default_factory=OrderedDict)

    def take(self, number: int) -> list[_Question]:
        """The first of those who wait and have not given up; nobody joins them any more."""
        taken: list[_Question] = []
        while self.following and len(taken) < number:
            _, question = self.following.popitem(last=False)
            if not question.given_up:
                taken.append(question)
        return taken


class Together:
    """Asks the reader; whoever comes while enough of the same is under way goes with the next statement.

    So an answer is never older than its question: what was committed before it was asked is in it.
    """

    def __init__(self, reader: ReadsSeveral) -> None:
        self._reader = reader
        self._crowds: dict[Hashable, _Crowd] = {}
        self._asking: dict[asyncio.Task[None], Sequence[_Question]] = {}

    def lanes(self, login: str) -> Lanes:
        """The connections of a login."""
        return self._reader.lanes(login)

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        """As the reader."""
        form = several(statement)
        values = [binds[name] for name in statement.binds]
        key = (audience, statement.sql, *[_hashable(values[place]) for place in form.shared])
        crowd = self._crowds.get(key)
        if crowd is None:
            crowd = self._crowds[key] = _Crowd(audience, statement)
        if crowd.under_way < ABREAST:
            return await self._at_once(key, crowd, binds)
        own = tuple([values[place] for place in form.own])
        question = crowd.following.get(own)
        if question is None:
            question = crowd.following[own] = _Question(binds)
        return await self._answered(question)

    async def _at_once(self, key: Hashable, crowd: _Crowd, binds: Mapping[str, Any]) -> Answer:
        crowd.under_way += 1
        began = time.monotonic()
        try:
            return await self._reader.read(crowd.audience, crowd.statement, binds)
        finally:
            self._next(key, crowd, time.monotonic() - began)

    async def _answered(self, question: _Question) -> Answer:
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        question.waiting.append(mine)
        try:
            return await mine
        except asyncio.CancelledError:
            # Whoever leaves takes the answer from nobody; the last one to leave ends the statement.
            task = question.task
            if task is not None and all(one.given_up for one in self._asking.get(task, ())):
                task.cancel()
            raise

    def _next(self, key: Hashable, crowd: _Crowd, pace: float) -> None:
        """A statement has ended, and took so many seconds for each of its questions: who waits goes now."""
        crowd.under_way -= 1
        taken = crowd.take(max(1, min(MOST, int(PATIENCE / max(pace, 1e-6)))))
        if taken:
            crowd.under_way += 1
            task = asyncio.create_task(self._ask(key, crowd, taken))
            self._asking[task] = taken
            for question in taken:
                question.task = task
        elif not crowd.under_way:
            del self._crowds[key]

    async def _ask(self, key: Hashable, crowd: _Crowd, questions: Sequence[_Question]) -> None:
        began = time.monotonic()
        try:
            await self._ask_all(crowd, questions)
        finally:
            del self._asking[_this_task()]
            self._next(key, crowd, (time.monotonic() - began) / len(questions))

    async def _ask_all(self, crowd: _Crowd, questions: Sequence[_Question]) -> None:
        try:
            found = await self._found(crowd, [question.binds for question in questions])
            answers = list(zip(questions, found, strict=True))
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is told to those who asked)
            if len(questions) == 1 or _is_of_all(problem):
                for question in questions:
                    question.refuse(problem)
                return
            # One question must not refuse the answers of the others.
            for question in questions:
                if not question.given_up:
                    await self._ask_all(crowd, [question])
            return
        for question, answer in answers:
            question.answer(answer)

    async def _found(self, crowd: _Crowd, asked: Sequence[Mapping[str, Any]]) -> Sequence[Answer]:
        if len(asked) == 1:
            return [await self._reader.read(crowd.audience, crowd.statement, asked[0])]
        return await self._reader.read_several(crowd.audience, crowd.statement, asked)


def _is_of_all(problem: Exception) -> bool:
    """Whether it would be the same for each of them alone: of the token, or of a database that is away."""
    return isinstance(problem, UnauthenticatedError | UnavailableError) and problem.reason != "TIMEOUT"


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 (called within a coroutine)
    return task


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


__all__ = ["Together"]
