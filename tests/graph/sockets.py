"""A client of graphql-transport-ws for tests, which sends whatever it is told to."""

import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.network import Network

PROTOCOL = "graphql-transport-ws"


class Socket:
    """One socket, as its client sees it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self.connection.recv())
        return found

    async def closed(self) -> int:
        """The code with which the server closes; what it says before is passed over."""
        try:
            while True:
                await self.connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        await self.say({"type": "subscribe", "id": name, "payload": {"query": query, "variables": variables}})


@asynccontextmanager
async def opened(
    network: Network, *, subprotocol: str | None = PROTOCOL, path: str = "/graphql", **headers: str
) -> AsyncIterator[Socket]:
    """A socket that has said nothing yet."""
    async with connect(
        network.base_url.replace("http://", "ws://") + path,
        subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
        additional_headers=headers,
        proxy=None,
        open_timeout=20,
    ) as connection:
        yield Socket(connection)


@asynccontextmanager
async def acknowledged(network: Network, token: str) -> AsyncIterator[Socket]:
    """A socket of a caller."""
    async with opened(network) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await socket.hear() == {"type": "connection_ack"}
        yield socket


@asynccontextmanager
async def unread(network: Network, token: str) -> AsyncIterator[Socket]:
    """A socket of a caller who sends and does not read: a small window, and one message at most behind it."""
    place = urlsplit(network.base_url)
    plain = sockets.socket()
    plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    plain.connect((str(place.hostname), int(place.port or 0)))
    async with connect(
        network.base_url.replace("http://", "ws://") + "/graphql",
        sock=plain,
        subprotocols=[Subprotocol(PROTOCOL)],
        proxy=None,
        max_queue=1,
        max_size=None,
        ping_interval=None,
        close_timeout=1,
    ) as connection:
        socket = Socket(connection)
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await socket.hear() == {"type": "connection_ack"}
        yield socket
