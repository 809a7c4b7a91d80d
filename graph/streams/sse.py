"""`/graphql` as server-sent events: graphql-sse with distinct connections, one operation per request."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.documents import ResponseError
from graph.endpoint import check_media, checked_headers, trace_of
from graph.http.guard import Envelope
from graph.streams.live import Streams, errors_for, errors_of
from graph.streams.sockets import Ending, Handle
from loaders.background import ended
from schema.errors import InternalError, RefusedError, UnauthenticatedError, UnavailableError

EVENT_STREAM = "text/event-stream"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]

log = structlog.get_logger()


def wants_stream(scope: Scope) -> bool:
    """Whether a request asks for an event stream by its name."""
    if scope["method"] != "POST":
        return False
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    names = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next(iter(names), "") == EVENT_STREAM


class EventStreams:
    """The ASGI application behind `/graphql` for event streams; what is refused is refused as by the endpoint."""

    def __init__(self, streams: Streams, endpoint: ASGIApp) -> None:
        self._streams = streams
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One operation as a stream, or anything else as it is."""
        if scope["type"] != "http" or not wants_stream(scope):
            await self._endpoint(scope, receive, send)
            return
        stream = _Stream(receive, send)
        try:
            headers = checked_headers(scope["headers"])
            check_media(headers)
            caller = (
                await self._streams.endpoint.admit(_text(headers, b"authorization"), _text(headers, b"dpop"), "POST")
            ).caller
            envelope = await self._streams.endpoint.envelope(caller, headers, receive)
            handle = await self._streams.enter(caller, stream.end)
        except RefusedError as refused:
            log.info("stream_refused", code=refused.code, reason=refused.reason)
            await self._streams.endpoint.refuse(self._streams.endpoint.counted(refused, scope), send)
            return
        try:
            await stream.run(self._streams, handle, envelope, trace_of(headers.get(b"traceparent")))
        finally:
            self._streams.leave(handle)


class _Stream:
    """One answer that stays open."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._turn = asyncio.Lock()
        self._ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, ending: Ending) -> None:
        """From outside."""
        if not self._ended.done():
            self._ended.set_result(ending)

    async def run(self, streams: Streams, handle: Handle, envelope: Envelope, trace_id: str) -> None:
        """Send what happens until it is over, the client leaves, or access ends."""
        await self._send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        operating = asyncio.create_task(self._operate(streams, handle, envelope, trace_id))
        beating = asyncio.create_task(self._beat(streams.limits.heartbeat_seconds))
        leaving = asyncio.create_task(self._left())
        tasks: set[asyncio.Task[None]] = {operating, beating, leaving}
        try:
            until: set[asyncio.Future[Any]] = {operating, leaving, self._ended}
            await asyncio.wait(until, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended(tasks)
        if self._ended.done():
            ending = self._ended.result()
            refused = UnauthenticatedError if ending.code == Ending.REVOKED.code else UnavailableError
            await self._say(b"next", orjson.dumps({"errors": errors_for(refused(ending.sentence))}))
            await self._say(b"complete", b"")
        if not leaving.done() or leaving.cancelled():
            await self._send({"type": "http.response.body", "body": b""})

    async def _operate(self, streams: Streams, handle: Handle, envelope: Envelope, trace_id: str) -> None:
        errors: list[Any] | None = None
        try:
            async for body in streams.operate(handle.caller, envelope, trace_id):
                await self._say(b"next", body)
        except ResponseError as response:
            errors = errors_of(response)
        except RefusedError as refused:
            errors = errors_for(refused)
        except Exception as problem:  # noqa: BLE001 (the last exit: nothing of ours may reach the caller)
            log.error("operation_failed", error=type(problem).__name__)  # noqa: TRY400 (a message can quote a file)
            errors = errors_for(InternalError())
        if errors is not None:
            await self._say(b"next", orjson.dumps({"errors": errors}))
        await self._say(b"complete", b"")

    async def _beat(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._write(b":\n\n")

    async def _left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _say(self, event: bytes, data: bytes) -> None:
        # JSON of ours holds no line break.
        await self._write(b"event: " + event + b"\ndata: " + data + b"\n\n")

    async def _write(self, data: bytes) -> None:
        async with self._turn:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


__all__ = ["EVENT_STREAM", "EventStreams", "wants_stream"]
