"""One connection of a client: how long it may take, how large its headers may be, and a JSON answer to what is no HTTP.

uvicorn waits for ever for the end of headers and bodies that have begun, and for a client to read. Here each has its time,
and a request that arrives in one piece, as nearly all do, is not timed at all.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from graph import answers
from graph.http.bodies import Bodies, Body
from graph.http.headers import SAFE_HEADERS
from graph.http.limits import Limits
from schema.errors import BadRequestError, HeadersTooLargeError, RefusedError, SlowRequestError, TooLargeError

_BODY = frozenset({b"content-length", b"transfer-encoding"})
# Whoever reads less than this in its time does not read.
_LEAST_READ = 16_384


class _MalformedError(BadRequestError):
    """What came is no HTTP/1.1 request, or could be read in two ways (RFC 9112, sections 6.3 and 11.2)."""

    sentence = "This is not a request of HTTP/1.1."


class _UpgradeError(BadRequestError):
    """Another protocol is asked for together with a body, which the parser then no longer reads."""

    sentence = "This server stays with HTTP/1.1: send the request without Upgrade."


class Connection(HttpToolsProtocol):
    """A connection of one server; `connections` makes the class for its limits."""

    limits: Limits
    # Those whose headers are awaited, the oldest first.
    awaited: dict["Connection", None]
    bodies: Bodies

    def connection_made(self, transport: Any) -> None:
        """From here on the first headers are awaited."""
        self._plain, self._pieces = transport, _InOnePiece(transport, self._body_follows)
        super().connection_made(cast("asyncio.Transport", self._pieces))
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._in_head = False
        self._in_body = False
        self._head_bytes = 0
        self._refused = False
        self._body = Body(self.bodies, self.limits, self._give_way_body)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._rest()
        self._body.end()
        self._stop_awaiting_reading()
        super().connection_lost(exc)
        if self.cycle is not None:
            self.cycle.body = bytearray()
        self._stop_awaiting_reading()

    # ---------------------------------------------------------------- what arrives

    def data_received(self, data: bytes) -> None:
        """Read on; a request that is not complete then has its time."""
        if self._refused:
            return
        # Of a body that was answered before it had come, the rest is no beginning of other headers.
        of_a_body = self._in_body
        self._body.beside += len(data) if of_a_body else 0
        super().data_received(data)
        if self._in_body and self._body.in_crumbs:
            self._refuse(TooLargeError())
        if self._refused or self.transport.is_closing():
            return
        if self._in_body:
            self._time(self.limits.body_seconds)
        elif self._in_head or self.cycle is None or self.cycle.response_complete:
            self._head_bytes += 0 if of_a_body else len(data)
            if self._head_bytes > self.limits.headers_bytes:
                self._refuse(HeadersTooLargeError())
            else:
                self._await_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. A trailer is none: it could say what a proxy has looked for before the body (RFC 9110, section 6.5.1)."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The headers are there: nobody waits for them any more, and the request is passed on."""
        self._rest()
        self._in_head, self._head_bytes = False, 0
        sizes = [len(name) + len(value) for name, value in self.headers]
        if sum(sizes) > self.limits.headers_bytes or max(sizes, default=0) > self.limits.header_bytes:
            self._refuse(HeadersTooLargeError())
        # RFC 9112, section 3.2: a request of HTTP/1.1 names one host, and there was a version before 1.0 that has no headers.
        hosts = [name for name, _ in self.headers if name == b"host"]
        if len(hosts) != 1 and (hosts or self.parser.get_http_version() != "1.0"):
            self._refuse(_MalformedError())
        upgrades = self.parser.should_upgrade() and not self._should_upgrade()
        # A socket is opened by GET alone (RFC 6455, section 4.1).
        to_socket = self.parser.should_upgrade() and not upgrades
        if (upgrades and any(name in _BODY for name, _ in self.headers)) or (
            to_socket and self.parser.get_method() != b"GET"
        ):
            self._refuse(_UpgradeError())
        if self._refused:
            return
        super().on_headers_complete()
        self._in_body = True
        self._body = Body(self.bodies, self.limits, self._give_way_body)
        if upgrades:
            # What follows in the same piece is lost to the parser.
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._refused:
            return
        super().on_body(body)
        self._body.beside -= len(body)
        # Of what is answered already nothing is kept.
        if self.cycle is not None and not self.cycle.response_complete:
            self._body.grow(len(body))

    def on_chunk_header(self) -> None:
        """The length of a piece: of one that is one too many the parser reads no more."""
        self._body.pieces += 1
        if self._body.in_crumbs:
            self._refuse(TooLargeError())
            raise TooLargeError

    def on_message_complete(self) -> None:
        """The request is there."""
        self._rest()
        self._in_body = False
        self._body.end()
        if not self._refused:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """The connection is another protocol's from here on."""
        self._rest()
        self._refused = True
        self.transport = self._plain
        super().handle_websocket_upgrade()

    # ---------------------------------------------------------------- what leaves

    def on_response_complete(self) -> None:
        """An answer that ends its connection has to be read in time."""
        self._pieces.flush()
        if self.cycle.response_complete:
            self._body.end()
        super().on_response_complete()
        if self._refused:
            self.transport.close()
        if self.transport.is_closing():
            self._await_reading()
        elif self.cycle.response_complete and not self._in_head and not self._in_body:
            # The next headers are awaited as the first were; how long, the server's keep-alive says.
            self._wait_with_others()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for a while."""
        super().timeout_keep_alive_handler()
        self._await_reading()

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_awaiting_reading()

    def _await_reading(self) -> None:
        if self._reading is None:
            left = self.transport.get_write_buffer_size()
            self._reading = self.loop.call_later(self.limits.unread_seconds, self._unread, left)

    def _stop_awaiting_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _unread(self, before: int) -> None:
        self._reading = None
        if self.transport.get_write_buffer_size() > before - _LEAST_READ:
            self.transport.abort()
        else:
            self._await_reading()

    def _body_follows(self) -> bool:
        # Where a length was said; a stream has none, and the head of a stream waits for nothing.
        return self.cycle is not None and self.cycle.chunked_encoding is False and not self.cycle.response_complete

    # ---------------------------------------------------------------- refusals

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        del msg
        self._refuse(_MalformedError())

    def _refuse(self, refused: RefusedError) -> None:
        """Answer with a refusal and close, unless an answer is on its way already: then close after it."""
        if self._refused:
            return
        self._refused = True
        self._rest()
        self._body.end()
        if self._owes():
            # Whose answer would this be? The one that is owed comes first, and nothing after it.
            self.pipeline.clear()
            return
        if self._in_body:
            if self.cycle.response_complete:
                # Answered before its body had come: a second answer would be taken for the next request's.
                self.transport.close()
                return
            self.cycle.disconnected = True
            # Nobody will read it: its request waits for a collection, as a connection that has ended does.
            self.cycle.body = bytearray()
            self.cycle.message_event.set()
        self.transport.write(bytes_of(refused))
        self.transport.close()
        self._await_reading()

    def _owes(self) -> bool:
        """Whether an answer is to come that this request's refusal must not be taken for."""
        if self.cycle is None or self.cycle.response_complete:
            return False
        return not self._in_body or self.cycle.response_started or bool(self.pipeline)

    def _give_way_body(self) -> None:
        self._refuse(SlowRequestError())

    # ---------------------------------------------------------------- time

    def _await_head(self) -> None:
        self._time(self.limits.header_seconds)
        self._wait_with_others()

    def _wait_with_others(self) -> None:
        self.awaited[self] = None
        if len(self.awaited) > self.limits.waiting:
            # Honest headers arrive together: whoever has waited longest is the slowest.
            next(iter(self.awaited)).give_way()

    def _time(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, self.give_way)

    def _rest(self) -> None:
        self.awaited.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def give_way(self) -> None:
        """Its time is over."""
        self._rest()
        if self.transport.is_closing():
            return
        if self._in_body and self.flow.read_paused:
            # It is we who do not read.
            self._time(self.limits.body_seconds)
        elif self._in_head or self._in_body:
            self._refuse(SlowRequestError())
        else:
            # It never said anything: there is nothing to answer.
            self.transport.close()


class _InOnePiece:
    """A transport that sends an answer's head together with its body: one system call less, of the few there are."""

    def __init__(self, plain: Any, more_follows: Callable[[], bool]) -> None:
        self._plain = plain
        self._more_follows = more_follows
        self._held = b""
        self.is_closing: Callable[[], bool] = plain.is_closing

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's own."""
        return getattr(self._plain, name)

    def write(self, data: bytes) -> None:
        """The first of two waits for the second."""
        if self._held:
            held, self._held = self._held, b""
            self._plain.write(held + data)
        elif self._more_follows():
            self._held = data
        else:
            self._plain.write(data)

    def flush(self) -> None:
        """Nothing more follows."""
        held, self._held = self._held, b""
        if held and not self.is_closing():
            self._plain.write(held)

    def close(self) -> None:
        """Nothing held is lost."""
        self.flush()
        self._plain.close()

    def get_write_buffer_size(self) -> int:
        """What the client has not taken yet."""
        size: int = self._plain.get_write_buffer_size()
        return size + len(self._held)


def bytes_of(refused: RefusedError) -> bytes:
    """The answer to what never reached the application; the connection ends with it."""
    body = answers.refusal(refused)
    headers = [
        *SAFE_HEADERS,
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[refused.status] + lines + b"\r\n" + body


def connections(limits: Limits) -> type[Connection]:
    """The protocol class of one server."""
    return type(
        "LimitedConnection", (Connection,), {"limits": limits, "awaited": {}, "bodies": Bodies(limits.bodies_bytes)}
    )


__all__ = ["bytes_of", "connections"]
