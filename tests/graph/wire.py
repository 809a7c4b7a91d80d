"""A server that says what it was asked, talked to byte by byte: for what arrives before, or beside, any request."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.http.limits import Limits
from graph.http.serving import free_port, serve

LARGE = 16_000_000


async def saying(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was asked, and `/headers` with which; `/early` answers before it reads, `/large` answers much, `/held` when the next byte comes."""
    if scope["type"] != "http":
        return await _lifespan(receive, send)
    body = b""
    if scope["path"] != "/early":
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                SEEN.append("disconnect")
                break
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
    if scope["path"] == "/held":
        await asyncio.sleep(0.2)
    SEEN.append(f"{scope['method']} {scope['path']}")
    said = json.dumps({"method": scope["method"], "path": scope["path"], "body": body.decode("latin-1")}).encode()
    answers = {"/large": b"x" * LARGE, "/headers": b" ".join(name for name, _ in scope["headers"])}
    answer = answers.get(scope["path"], said)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
    await send({"type": "http.response.body", "body": answer})
    return None


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


SEEN: list[str] = []


@dataclass
class Server:
    """Where it listens, and how a client talks to it byte by byte."""

    port: int

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def say(self, *pieces: bytes) -> bytes:
        """Everything that comes back until the connection ends."""
        with self.connect() as client:
            for piece in pieces:
                client.sendall(piece)
            return all_of(client)


def all_of(client: socket.socket) -> bytes:
    """Everything until the connection ends."""
    found = b""
    while True:
        try:
            piece = client.recv(65_536)
        except ConnectionResetError:
            return found
        if not piece:
            return found
        found += piece


@contextmanager
def served(application: ASGIApp, limits: Limits) -> Iterator[Server]:
    """It serves from a thread of this process until the block ends."""
    ready, stopping = threading.Event(), threading.Event()
    with free_port("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]

        async def main() -> None:
            async def tell() -> None:
                ready.set()

            serving = asyncio.create_task(serve(application, listener, limits, tell))
            while not stopping.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

        thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
        thread.start()
        assert ready.wait(20)
        yield Server(port)
        stopping.set()
        thread.join(20)


def request(path: str = "/", body: bytes = b"", *headers: bytes, method: bytes = b"POST") -> bytes:
    """A request as clients write it, that ends its connection."""
    lines = [method + b" " + path.encode() + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def refusal(answer: bytes) -> tuple[int, str]:
    """Status and code of the one answer of ours there is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    names = {line.partition(b":")[0] for line in head.split(b"\r\n")[1:]}
    assert {b"cache-control", b"x-content-type-options", b"referrer-policy"} <= names
    assert b"connection: close" in head
    assert b"server:" not in head.lower()
    return int(head.split()[1]), json.loads(body)["errors"][0]["extensions"]["code"]
