"""One server process: uvicorn around the application, until a signal."""

import asyncio
import gc
import resource
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp

from graph.http.connection import connections
from graph.http.frames import frames
from graph.http.limits import Limits
from schema.errors import SetupError


def free_port(host: str, port: int) -> socket.socket:
    """A listening socket on the given port, or on a free one where it is 0. Raises SetupError where it cannot be had."""
    # The protocol is named because asyncio turns Nagle's delay (40 ms per answer) off for such sockets only.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        why = (error.strerror or "no such address").lower()
        raise SetupError(
            f"Cannot listen on {host}:{port} ({why}): choose another --port, or none for a free one."
        ) from error
    return made


def settle() -> None:
    """Once, in a process that only serves: schemas, documents and policy live as long as it does.

    The collector need not visit them again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 4, 10)


def _take_every_file() -> None:
    """A connection is an open file, and what a system grants at first is too few for slow clients and open streams."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def serve(
    app: ASGIApp, listener: socket.socket, limits: Limits, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` runs once requests are answered."""
    _take_every_file()
    config = uvicorn.Config(
        app,
        http=connections(limits),
        ws=frames(limits),
        ws_max_size=262_144,
        # An answer to a caller with a token is not compressed, on a socket neither.
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        # Nothing about the software behind (protocol, section 6).
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=10,
        lifespan="on",
        # Nothing of ours reads the caller's address or scheme.
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn has a flag, no event)
            await asyncio.sleep(0.01)
        if ready is not None and not serving.done():
            await ready()
        await asyncio.shield(serving)
    finally:
        # However we are stopped, the server ends in order: its requests answered, its connections closed.
        server.should_exit = True
        await serving
