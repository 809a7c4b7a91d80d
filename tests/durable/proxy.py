"""A network that fails on demand: bytes pass, are late, are swallowed, or their connection is cut."""

import asyncio
import ctypes
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

# Where PostgreSQL listens in the folder of its sockets.
SOCKET = ".s.PGSQL.5432"
Opened = Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
# SO_LINGER with no time: closing sends RST.
_ABORT = struct.pack("ii", 1, 0)
# linux/filter.h: a program of one instruction, which keeps nothing of any packet.
_SO_ATTACH_FILTER = 26
_KEEP_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)


@dataclass(slots=True)
class Proxy:
    """Stands before a server, in a thread of its own; `mode` holds for what passes from now on."""

    connect: Callable[[], Opened]
    mode: str = "pass"
    delay: float = 0.0
    # The connection is cut once the client has sent this, and the server has answered to it: nobody hears the answer.
    deaf_after: bytes | None = None
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _clients: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _thread: threading.Thread | None = None

    def _start(self, listen: Callable[[], Awaitable[asyncio.Server]]) -> None:
        async def listening() -> None:
            self._server = await listen()

        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(listening(), self._loop).result(10)

    def on_path(self, path: Path) -> None:
        """Listen on a unix socket."""
        self._start(lambda: asyncio.start_unix_server(self._serve, path))

    def on_port(self, port: int = 0) -> int:
        """Listen on a port of the loopback, or on a free one; which."""
        self._start(lambda: asyncio.start_server(self._serve, "127.0.0.1", port))
        assert self._server is not None
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    def cut(self, *, reset: bool = False) -> None:
        """End every connection of this moment, in order or with RST."""

        async def cut() -> None:
            for writer in list(self._open):
                if reset and (found := writer.get_extra_info("socket")).family != socket.AF_UNIX:
                    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(cut(), self._loop).result(10)

    def silence(self) -> None:
        """From now on what clients send does not arrive, and nobody tells them: a cut cable, as both kernels see it."""
        program = ctypes.create_string_buffer(_KEEP_NOTHING, len(_KEEP_NOTHING))
        attached = struct.pack("HP", 1, ctypes.addressof(program))

        async def deafen() -> None:
            for writer in self._clients:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attached)

        asyncio.run_coroutine_threadsafe(deafen(), self._loop).result(10)

    def stop(self) -> None:
        """End, and leave nothing open."""
        if self._thread is None:
            return

        async def end() -> None:
            if self._server is not None:
                self._server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.cut()
        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError), self._held(writer):
            if self.mode == "refuse":
                return
            onward, back = await self.connect()
            deaf = asyncio.Event()
            with self._held(back):
                self._clients.add(writer)
                await asyncio.gather(
                    self._pass(reader, back, deaf, asks=True), self._pass(onward, writer, deaf, asks=False)
                )

    @contextmanager
    def _held(self, end: asyncio.StreamWriter) -> Iterator[None]:
        self._open.add(end)
        try:
            yield
        finally:
            self._clients.discard(end)
            self._open.discard(end)
            end.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deaf: asyncio.Event, *, asks: bool
    ) -> None:
        while chunk := await reader.read(65_536):
            if self.mode == "late":
                await asyncio.sleep(self.delay)
            if self.mode == "swallow":
                continue
            if asks and self.deaf_after is not None and self.deaf_after in chunk:
                self.deaf_after = None
                deaf.set()
            elif not asks and deaf.is_set():
                raise ConnectionResetError
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError


def to_path(path: Path) -> Callable[[], Opened]:
    """A server on a unix socket."""
    return lambda: asyncio.open_unix_connection(path)


def to_port(port: int) -> Callable[[], Opened]:
    """A server on a port of the loopback."""
    return lambda: asyncio.open_connection("127.0.0.1", port)
