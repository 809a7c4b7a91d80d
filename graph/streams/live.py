"""Streams: who waits for what, told by the relay of this process, and what each is told under its own rights.

Events are hints with ids. Which streams a batch may concern is looked up once per batch, by the relations of those who
wait; each of them then looks through its own doors, and only what it finds there is told. So whether, when and how often
a stream is told something depends on nothing that its caller may not see.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationType,
    get_argument_values,
    get_variable_values,
)

from auth.caller import Caller
from graph import answers
from graph.documents import Prepared, ResponseError
from graph.endpoint import Asked, GraphQLEndpoint
from graph.http.guard import Envelope
from graph.http.limits import StreamLimits
from graph.streams.sockets import Close, Handle, Sockets
from graph.streams.topics import Topic, topic_of
from loaders.background import Background
from loaders.events.outbox import Event
from loaders.events.relay import Relay
from loaders.events.watch import concerned, turned
from loaders.postgres.logins import COMMANDS
from loaders.statement.execute import Reads
from loaders.statement.fetching import FAULTS
from schema.errors import BadInputError, RateLimitedError, RefusedError

Key = TypeVar("Key")

# A stream that nothing wakes looks by itself after so many turns: what ends by neither event nor relation.
_SELDOM = 4
# More than once rather than never: a transaction may be seen later than its time says.
_OVERLAP = 5.0
_CHANCE = secrets.SystemRandom()

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    """One operation that waits."""

    topic: Topic
    most: int
    waiting: list[Event] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    # The keys under which the streams of this process are found.
    keys: frozenset[UUID] = frozenset()

    def offer(self, events: Iterable[Event]) -> None:
        """Something may have happened; beyond a bound a look without hints stands for all of them."""
        self.waiting += events
        if len(self.waiting) > self.most:
            del self.waiting[: len(self.waiting) - self.most]
        self.wake.set()

    async def next(self, patience: float) -> Sequence[Event]:
        """The hints so far; none after a while without any."""
        try:
            async with asyncio.timeout(patience):
                await self.wake.wait()
        except TimeoutError:
            return ()
        self.wake.clear()
        found, self.waiting = self.waiting, []
        return found


class Streams:
    """All streams of this process."""

    def __init__(
        self,
        *,
        endpoint: GraphQLEndpoint,
        sockets: Sockets,
        relay: Relay,
        reader: Reads,
        limits: StreamLimits,
    ) -> None:
        self.limits = limits
        self.endpoint = endpoint
        self._sockets = sockets
        self._reader = reader
        self._lanes = reader.lanes(COMMANDS)
        self._by_viewer: dict[UUID, set[Stream]] = defaultdict(set)
        self._by_situation: dict[UUID, set[Stream]] = defaultdict(set)
        self._open: Counter[str] = Counter()
        self._turning = Background(self._keep_turning, "what ends by itself")
        relay.tell(self._receive)

    def start(self) -> None:
        """Look for what no event tells, from now on."""
        self._turning.start()

    async def close(self) -> None:
        """Stop."""
        await self._turning.close()

    # ------------------------------------------------------------ connections

    async def enter(self, caller: Caller, close: Close) -> Handle:
        """A connection that will stay open; `leave` when it has ended.

        Raises: RateLimitedError where the client or the organisation has too many, UnauthenticatedError, UnavailableError.
        """
        client, organisation = _names(caller)
        if self._open[client] >= self.limits.of_client or self._open[organisation] >= self.limits.of_organisation:
            raise RateLimitedError("You have too many streams open: close some of them.", reason="TOO_MANY_STREAMS")
        self._open.update((client, organisation))
        try:
            return await self._sockets.register(caller, close)
        except BaseException:
            self._left(caller)
            raise

    def leave(self, handle: Handle) -> None:
        """It has ended."""
        handle.release()
        self._left(handle.caller)

    def _left(self, caller: Caller) -> None:
        for name in _names(caller):
            self._open[name] -= 1
            if self._open[name] <= 0:
                del self._open[name]

    # ------------------------------------------------------------ operations

    async def operate(self, caller: Caller, envelope: Envelope, trace_id: str) -> AsyncIterator[bytes]:
        """The responses of one operation: one of a query or a mutation, one for each event of a subscription.

        Raises: ResponseError where the document or its variables cannot be used; RefusedError.
        """
        prepared = await self.endpoint.prepare(caller, envelope)
        asked = Asked(caller, prepared, envelope, trace_id)
        if prepared.operation.operation is not OperationType.SUBSCRIPTION:
            yield await self.endpoint.execute(asked)
            return
        try:
            topic = _topic(self._reader, caller, prepared, envelope)
        except BadInputError as refused:
            raise ResponseError(answers.refusal(refused)) from None
        async for root in self._followed(topic):
            body = await self.endpoint.execute(asked, root=root)
            # Out of reach between the look and the answer: nothing has happened.
            if not _is_nothing(body):
                yield body

    async def _followed(self, topic: Topic) -> AsyncIterator[Any]:
        stream = Stream(topic, self.limits.waiting_events)
        # Before the first look, or what happens during it would be lost.
        self._add(stream)
        try:
            await topic.begin()
            self._move(stream)
            while not topic.over:
                patience = self.limits.looks_every * (1 if topic.clockwork else _SELDOM * _CHANCE.uniform(0.8, 1.2))
                for root in await topic.look(await stream.next(patience)):
                    yield root
                self._move(stream)
        finally:
            self._remove(stream)

    def _add(self, stream: Stream) -> None:
        for viewer in stream.topic.viewers:
            self._by_viewer[viewer].add(stream)

    def _move(self, stream: Stream) -> None:
        now = stream.topic.situations
        for situation in stream.keys - now:
            _drop(self._by_situation, situation, stream)
        for situation in now - stream.keys:
            self._by_situation[situation].add(stream)
        stream.keys = now

    def _remove(self, stream: Stream) -> None:
        for viewer in stream.topic.viewers:
            _drop(self._by_viewer, viewer, stream)
        for situation in stream.keys:
            _drop(self._by_situation, situation, stream)

    # ------------------------------------------------------------ events

    async def _keep_turning(self) -> None:
        """Relations begin and end by themselves: asked once for all streams, not by each of them."""
        asked = time.monotonic()
        while True:
            await asyncio.sleep(self.limits.looks_every)
            watched, now = list(self._by_situation), time.monotonic()
            try:
                found = await turned(self._lanes, watched, now - asked + _OVERLAP) if watched else ()
                asked = now
            except FAULTS as problem:
                logger.warning("what ended by itself is not known: %s", type(problem).__name__)
                found = watched
            for situation in found:
                for stream in self._by_situation.get(situation, ()):
                    stream.offer(())

    async def _receive(self, events: Sequence[Event]) -> None:
        by_situation: dict[UUID, list[Event]] = defaultdict(list)
        for event in events:
            if event.table is not None and event.situation is not None:
                by_situation[event.situation].append(event)
        for situation in by_situation.keys() & self._by_situation.keys():
            for stream in self._by_situation[situation]:
                stream.offer(by_situation[situation])
        if not self._by_viewer or not by_situation:
            return
        try:
            found = await concerned(self._lanes, by_situation, list(self._by_viewer))
        except FAULTS as problem:
            # Nobody knows whom they concern: everybody looks.
            logger.warning("whom events concern is not known: %s", type(problem).__name__)
            found = [(viewer, situation) for viewer in self._by_viewer for situation in by_situation]
        for viewer, situation in found:
            for stream in self._by_viewer.get(viewer, ()):
                stream.offer(by_situation[situation])


def _names(caller: Caller) -> tuple[str, str]:
    return f"client {caller.client_id}", f"organisation {caller.organisation_id}"


def _drop(index: dict[Key, set[Stream]], key: Key, stream: Stream) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(stream)
        if not found:
            del index[key]


def _topic(reader: Reads, caller: Caller, prepared: Prepared, envelope: Envelope) -> Topic:
    operation = prepared.operation
    values = get_variable_values(
        prepared.schema,
        operation.variable_definitions or (),
        dict(envelope.variables),
        answers.MOST_ERRORS,
        hide_suggestions=True,
    )
    if isinstance(values, list):
        raise ResponseError(answers.coercion_refusal(values))
    node = _only_field(prepared)
    kind = prepared.schema.subscription_type
    assert kind is not None  # noqa: S101 (validated against this schema)
    try:
        arguments = get_argument_values(kind.fields[node.name.value], node, values)
    except GraphQLError as problem:
        raise ResponseError(orjson.dumps({"errors": [answers.field_error(problem)]})) from None
    return topic_of(reader, caller, node.name.value, arguments)


def _only_field(prepared: Prepared) -> FieldNode:
    """A subscription has exactly one root field (specification, 5.2.3.1)."""
    selected = prepared.operation.selection_set
    while True:
        node = selected.selections[0]
        if isinstance(node, FieldNode):
            return node
        selected = (
            prepared.fragments[node.name.value].selection_set
            if isinstance(node, FragmentSpreadNode)
            else node.selection_set  # type: ignore[attr-defined]  # an inline fragment: there is no third kind
        )


def _is_nothing(body: bytes) -> bool:
    """Whether the only root field is null, and nothing was wrong."""
    found = orjson.loads(body)
    return "errors" not in found and list(found["data"].values()) == [None]


def errors_of(response: ResponseError) -> list[Any]:
    """The errors of a response without data."""
    found: list[Any] = orjson.loads(response.body)["errors"]
    return found


def errors_for(refused: RefusedError) -> list[Any]:
    """The errors of a refusal."""
    return [answers.error(refused)]


__all__ = ["Streams", "errors_for", "errors_of"]
