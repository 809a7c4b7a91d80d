"""Sockets below their messages: frames that never become one are bounded, and what nobody reads is not kept."""

import base64
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send

from graph.http.limits import Limits
from tests.graph.wire import Server, refusal, served

LIMITS = Limits(unread_seconds=1, frames_per_second=100, frames_at_once=500)
PING, PIECE = 9, 0
FINAL = 0x80


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says every message again."""
    message = await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "websocket.accept"})
    try:
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
    finally:
        ENDED.add(scope["path"])


# The paths of sockets that are over.
ENDED: set[str] = set()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served(_echo, LIMITS) as found:
        yield found


@pytest.fixture
def opened(server: Server, request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """A socket after its handshake, whose frames are written by hand."""
    key = base64.b64encode(os.urandom(16)).decode()
    with server.connect() as client:
        client.sendall(
            f"GET {_path(request)} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while not _read(client).endswith(b"\r\n\r\n"):
            pass
        yield client


def _path(request: pytest.FixtureRequest) -> str:
    return f"/{request.node.name.replace(' ', '-')}"


def _until_over(request: pytest.FixtureRequest) -> None:
    patience = time.monotonic() + 10
    while _path(request) not in ENDED:
        assert time.monotonic() < patience, "nobody ended it"
        time.sleep(0.05)


def _read(client: socket.socket) -> bytes:
    return client.recv(65_536)


def _frame(kind: int, data: bytes) -> bytes:
    # Masked with nothing, as every client has to mask.
    return bytes([kind, 0x80 | len(data)]) + bytes(4) + data


def _closed_with(client: socket.socket) -> int | None:
    """The code of the close frame that ends what the server sends; none where a reset overtook the frame.

    Who still sends while the server closes is reset, and may lose what the server said last (RFC 1122, section 4.2.2.13).
    """
    found = b""
    try:
        while piece := _read(client):
            found += piece
    except ConnectionResetError:
        if b"\x88" not in found:
            return None
    begin = found.rindex(b"\x88")
    return int.from_bytes(found[begin + 2 : begin + 4])


def test_a_message_in_pieces_and_pings_between_them_are_an_ordinary_message(opened: socket.socket) -> None:
    opened.sendall(_frame(1, b"he") + _frame(FINAL | PING, b"p") + _frame(PIECE, b"l") + _frame(FINAL | PIECE, b"lo"))
    found = b""
    while len(found) < 10:
        found += _read(opened)
    assert found == b"\x8a\x01p\x81\x05hello"


@pytest.mark.parametrize(
    "flood",
    [_frame(FINAL | PING, b""), _frame(FINAL | PING, b"x" * 125), _frame(PIECE, b""), _frame(FINAL | 10, b"")],
    ids=["pings", "large pings", "pieces of nothing", "pongs"],
)
def test_frames_that_never_become_a_message_end_their_socket(
    opened: socket.socket, flood: bytes, request: pytest.FixtureRequest
) -> None:
    if flood[0] == PIECE:
        opened.sendall(_frame(1, b""))
    opened.sendall(flood * LIMITS.frames_at_once)
    with suppress(OSError):
        opened.sendall(flood * LIMITS.frames_at_once)
    assert _closed_with(opened) in {1008, None}
    _until_over(request)


def test_who_sends_too_many_frames_at_once_is_told_so(opened: socket.socket) -> None:
    """All of it fits one reading of the server's, so that nothing is left to reset the connection."""
    opened.sendall(_frame(FINAL | PING, b"") * (LIMITS.frames_at_once + 50))
    assert _closed_with(opened) == 1008


def test_a_socket_that_reads_nothing_is_cut(opened: socket.socket, request: pytest.FixtureRequest) -> None:
    """Echoes fill every buffer on the way, and then nobody reads them."""
    large = bytes([FINAL | 1, 0x80 | 127]) + (200_000).to_bytes(8) + bytes(4) + b"x" * 200_000
    opened.settimeout(0.2)
    with suppress(TimeoutError, OSError):
        while True:
            opened.sendall(large)
    _until_over(request)


@pytest.mark.parametrize(
    "wrong",
    [
        b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 99",
        # What HTTP allows beside an upgrade, and an opening handshake does not have.
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nContent-Length: 5",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + b"a: b\r\n" * 200 + b"c: d",
    ],
    ids=["key", "version", "body", "headers"],
)
def test_what_is_no_opening_handshake_is_answered_and_closed(server: Server, wrong: bytes) -> None:
    asked = b"GET /wrong HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + wrong + b"\r\n\r\n"
    assert refusal(server.say(asked)) == (400, "BAD_REQUEST")
