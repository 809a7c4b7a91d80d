"""A WebSocket below its messages: how many frames a client may send, and how long it may leave ours unread.

Messages are counted where they are understood (graph/streams/websocket.py). Pings and empty pieces of a message that never ends
never become one: uvicorn answers and keeps them all, whoever sends them, before anybody has said who they are.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from graph.http.connection import bytes_of
from graph.http.limits import Limits
from schema.errors import BadRequestError

# Frames are read all at once from what has arrived, and may be of six bytes: others wait no longer than for one piece.
_PIECE = 4_096
_POLICY_VIOLATION = 1008


class _HandshakeError(BadRequestError):
    """What asked for a socket is no opening handshake (RFC 6455, section 4.1)."""

    sentence = "This is not a request that opens a WebSocket."


class Frames(WebSocketsSansIOProtocol):
    """The frames of one socket of one server; `frames` makes the class for its limits."""

    limits: Limits

    def connection_made(self, transport: Any) -> None:
        """From here on whoever does not read has their time."""
        self._left, self._counted = float(self.limits.frames_at_once), time.monotonic()
        self._unread: asyncio.TimerHandle | None = None
        super().connection_made(cast("asyncio.Transport", _Closing(transport, self._await_reading)))

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._stop_awaiting_reading()
        super().connection_lost(exc)
        self._stop_awaiting_reading()

    def data_received(self, data: bytes) -> None:
        """Read on, a piece at a time; frames of one who sends too many are not even counted to their end."""
        for begin in range(0, len(data), _PIECE):
            if self.transport.is_closing():
                return
            super().data_received(data[begin : begin + _PIECE])
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                # No request that opens a socket: nobody would ever look at this connection again.
                self._refuse()

    def handle_events(self) -> None:
        """What the frames say, as long as there are not too many of them."""
        now = time.monotonic()
        grown = self._left + (now - self._counted) * self.limits.frames_per_second
        self._left, self._counted = min(self.limits.frames_at_once, grown) - len(self.conn.events), now
        if self._left >= 0:
            super().handle_events()
        elif not self.close_sent:
            self.conn.fail(_POLICY_VIOLATION, "Too many frames")
            self.handle_parser_exception()
        else:
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        """A request that opens a socket; what is wrong with one is told as everywhere."""
        if self.conn.accept(event).status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            super().handle_connect(event)
        else:
            self._refuse()

    def _refuse(self) -> None:
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        self.transport.write(bytes_of(_HandshakeError()))
        self.transport.close()

    def handle_ping(self) -> None:
        """A pong, for whoever reads: of several pings only the last needs one (RFC 6455, section 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

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
        if self._unread is None:
            self._unread = self.loop.call_later(self.limits.unread_seconds, self.transport.abort)

    def _stop_awaiting_reading(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


class _Closing:
    """A transport whose end does not wait for ever for a client to read what is left."""

    def __init__(self, plain: Any, closing: Callable[[], None]) -> None:
        self._plain = plain
        self._closing = closing

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's own."""
        return getattr(self._plain, name)

    def close(self) -> None:
        """Close once everything is written, or after a while."""
        self._plain.close()
        self._closing()


def frames(limits: Limits) -> type[Frames]:
    """The protocol class of one server."""
    return type("LimitedFrames", (Frames,), {"limits": limits})


__all__ = ["frames"]
