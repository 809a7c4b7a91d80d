"""`/graphql` as a WebSocket: graphql-transport-ws, and nothing else; one session is one small state machine.

Strawberry's own handler keeps to another table of closings (protocol, section 8), runs without doors and audit, and
cannot be told that a token has ended: so the protocol is ours.
"""

import asyncio
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Any

import orjson
import structlog
from starlette.types import Message, Receive, Scope, Send

from graph.documents import ResponseError
from graph.endpoint import checked_headers
from graph.http.guard import Envelope, check_nul, envelope_of, read_json
from graph.http.limits import Limits
from graph.streams.live import Streams, errors_for, errors_of
from graph.streams.sockets import Ending, Handle
from loaders.background import ended
from schema.errors import (
    BadRequestError,
    InternalError,
    RateLimitedError,
    RefusedError,
    UnauthenticatedError,
    UnavailableError,
)

PROTOCOL = "graphql-transport-ws"
_CLOSING_SECONDS = 2.0

log = structlog.get_logger()


class _ClosedError(Exception):
    """The session ends, with this code."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(code)


class GraphQLWebSocket:
    """The ASGI application behind `/graphql` for WebSockets."""

    def __init__(self, streams: Streams, limits: Limits, origins: Collection[str]) -> None:
        self._streams = streams
        self._limits = limits
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One session, from its handshake to its end."""
        await receive()
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        # Tools send no Origin; a page's browser always does, and a page of somebody else's gets no socket.
        if origins and not (len(origins) == 1 and origins[0] in self._origins):
            await send({"type": "websocket.close", "code": 4406, "reason": ""})
            return
        if PROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        await _Session(self._streams, self._limits, scope, receive, send).run()


class _Session:
    """One socket."""

    def __init__(self, streams: Streams, limits: Limits, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams = streams
        self._limits = limits
        self._held = streams.limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._handle: Handle | None = None
        self._initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._refusals = 0
        self._allowed = _Allowed(self._held.messages_per_second, self._held.messages_at_once)
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(self._held.waiting_messages)
        self._ended: asyncio.Future[_ClosedError] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Read messages until the session ends, from either side."""
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read())
        late = asyncio.get_running_loop().call_later(self._held.init_seconds, self._late)
        try:
            until: set[asyncio.Future[Any]] = {reading, writing, self._ended}
            await asyncio.wait(until, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
            await ended([reading, writing, *self._operations.values()])
            if self._handle is not None:
                self._streams.leave(self._handle)
        if self._ended.done():
            await self._close(self._ended.result())

    async def _close(self, ended: _ClosedError) -> None:
        try:
            # Whoever does not read is not waited for.
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._send({"type": "websocket.close", "code": ended.code, "reason": ended.sentence})
        except (TimeoutError, OSError, RuntimeError):
            return

    def _end(self, code: int, sentence: str) -> None:
        if not self._ended.done():
            self._ended.set_result(_ClosedError(code, sentence))

    def _late(self) -> None:
        if not self._initialised:
            self._end(4408, "Connection initialisation timeout")

    # ------------------------------------------------------------ what leaves

    async def _write(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                await self._send({"type": "websocket.send", "text": message.decode()})
            except OSError:
                # Whoever has left hears nothing.
                return

    def _say(self, kind: str, **more: Any) -> None:
        try:
            self._outbox.put_nowait(orjson.dumps({"type": kind, **more}))
        except asyncio.QueueFull:
            self._end(1013, "Too slow: read faster, or ask for less")

    # ------------------------------------------------------------ what comes

    async def _read(self) -> None:
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(message)
        except _ClosedError as closed:
            self._end(closed.code, closed.sentence)
        except Exception as problem:  # noqa: BLE001 (the last exit: nothing of ours may reach the caller)
            log.error("socket_failed", error=type(problem).__name__)  # noqa: TRY400 (a message can quote a file)
            self._end(1011, "Something went wrong on our side")

    async def _take(self, message: Message) -> None:
        text = message.get("text")
        if text is None:
            raise _ClosedError(1003, "Binary messages are not understood")
        # Whoever has not said who they are says no more than a request's headers could.
        if len(text) > (self._limits.headers_bytes if self._handle is None else self._held.message_bytes):
            raise _ClosedError(1009, "The message is too large")
        if not self._allowed.another():
            raise _ClosedError(4429, "Too many messages")
        data = await self._object(text)
        match data.get("type"):
            case "connection_init":
                await self._initialise(data.get("payload"))
            case "ping":
                self._say("pong")
            case "pong":
                pass
            case "subscribe":
                self._subscribe(data)
            case "complete":
                self._stop(_id(data))
            case _:
                raise _ClosedError(4400, "Invalid message")

    async def _object(self, text: str) -> dict[str, Any]:
        try:
            body = text.encode()
            async with self._streams.endpoint.reading(self._handle.caller if self._handle else None, len(body)):
                data = read_json(body, self._limits, "The message")
            check_nul(body, "The message")
        except (BadRequestError, UnicodeEncodeError):
            raise _ClosedError(4400, "Invalid message") from None
        if not isinstance(data, dict):
            raise _ClosedError(4400, "Invalid message")
        return data

    async def _initialise(self, payload: Any) -> None:
        if self._initialised:
            raise _ClosedError(4429, "Too many initialisation requests")
        self._initialised = True
        if payload is not None and not isinstance(payload, dict):
            raise _ClosedError(4400, "Invalid message")
        authorization = None
        try:
            authorization, proof = self._shown(payload or {})
            admitted = await self._streams.endpoint.admit(authorization, proof, "GET")
            self._handle = await self._streams.enter(admitted.caller, self._ended_from_outside)
        except UnauthenticatedError as refused:
            raise self._refused(refused, shown=authorization is not None) from None
        except RateLimitedError:
            raise _ClosedError(4429, "Too many streams, or nothing left to spend") from None
        except UnavailableError:
            raise _ClosedError(*_known(Ending.STATE_UNKNOWN)) from None
        except RefusedError:
            # Headers of the handshake that say something twice.
            raise _ClosedError(4400, "Invalid handshake") from None
        self._say("connection_ack")

    def _refused(self, refused: UnauthenticatedError, *, shown: bool) -> _ClosedError:
        log.info("socket_refused", code=refused.code, reason=refused.reason)
        answer = self._streams.endpoint.counted(refused, self._scope, shown=shown)
        if isinstance(answer, RateLimitedError):
            return _ClosedError(4429, f"Too many refused tokens: try again in {answer.retry_after} s")
        return _ClosedError(4403, "Forbidden")

    def _shown(self, payload: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Token and proof: of the handshake where it has any, else of the first message (browsers send no headers)."""
        headers = checked_headers(self._scope["headers"])
        if b"authorization" in headers:
            proof = headers.get(b"dpop")
            return headers[b"authorization"].decode("latin-1"), None if proof is None else proof.decode("latin-1")
        given = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
        return given.get("authorization"), given.get("dpop")

    def _ended_from_outside(self, ending: Ending) -> None:
        self._end(*_known(ending))

    # ------------------------------------------------------------ operations

    def _subscribe(self, data: Mapping[str, Any]) -> None:
        if self._handle is None:
            raise _ClosedError(4401, "Unauthorized")
        name = _id(data)
        payload = data.get("payload")
        if not isinstance(payload, dict):
            raise _ClosedError(4400, "Invalid message")
        try:
            envelope = envelope_of(payload)
        except BadRequestError:
            raise _ClosedError(4400, "Invalid message") from None
        if name in self._operations:
            # The ids of a caller's own making: not repeated, like any value.
            raise _ClosedError(4409, "Subscriber already exists")
        if len(self._operations) >= self._held.operations:
            self._refuse(name)
            return
        self._operations[name] = asyncio.create_task(self._operate(name, envelope))

    def _refuse(self, name: str) -> None:
        self._refusals += 1
        if self._refusals >= self._held.refusals:
            raise _ClosedError(4429, "Too many operations")
        refused = RateLimitedError(
            "Too many operations on one socket: complete some first.", reason="TOO_MANY_OPERATIONS"
        )
        self._say("error", id=name, payload=errors_for(refused))

    def _stop(self, name: str) -> None:
        task = self._operations.pop(name, None)
        if task is not None:
            task.cancel()

    async def _operate(self, name: str, envelope: Envelope) -> None:
        assert self._handle is not None  # noqa: S101 (asked by the only caller)
        errors: list[Any] | None = None
        try:
            async for body in self._streams.operate(self._handle.caller, envelope, secrets.token_hex(16)):
                self._say("next", id=name, payload=orjson.Fragment(body))
        except ResponseError as response:
            errors = errors_of(response)
        except UnauthenticatedError:
            self._end(*_known(Ending.REVOKED))
            return
        except RefusedError as refused:
            errors = errors_for(refused)
        except Exception as problem:  # noqa: BLE001 (the last exit of an operation; the others go on)
            log.error("operation_failed", error=type(problem).__name__)  # noqa: TRY400 (a message can quote a file)
            errors = errors_for(InternalError())
        # Forgotten first: its id may be used again as soon as the client knows.
        if self._operations.get(name) is asyncio.current_task():
            del self._operations[name]
        if errors is None:
            self._say("complete", id=name)
        else:
            self._say("error", id=name, payload=errors)


def _id(data: Mapping[str, Any]) -> str:
    found = data.get("id")
    if not isinstance(found, str) or not found:
        raise _ClosedError(4400, "Invalid message")
    return found


def _known(ending: Ending) -> tuple[int, str]:
    return ending.code, ending.sentence


class _Allowed:
    """A bucket of messages."""

    def __init__(self, per_second: float, at_once: int) -> None:
        self._rate = per_second
        self._most = float(at_once)
        self._left = self._most
        self._at = time.monotonic()

    def another(self) -> bool:
        """Whether one more is allowed."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


__all__ = ["PROTOCOL", "GraphQLWebSocket"]
