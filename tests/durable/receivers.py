"""Who has to be told whatever is killed: software that follows its feed, a stream that comes back, a server behind a webhook."""

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from standardwebhooks import Webhook
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.auth.test_published_keys import certificate
from tests.durable.asking import Asker
from tests.durable.house import ROOT

FEED = "query ($since: String) { changes(since: $since, first: 100) { cursor more entries { id gone } } }"
SEEN = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Node { id } } }"
WATCH = "subscription ($ids: [ID!]!) { statusChanged(ids: $ids) { id node { ... on Referral { status } } } }"
STAND = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Referral { id status } } }"
HOST = "receiver.example"
# What of the service has no way to a receiver on this machine: the address is ours, and its certificate is nobody's.
INWARDS = """
import ssl
from ipaddress import ip_address
from loaders.webhooks.posting import Poster
async def _here(host, port):
    return [ip_address("127.0.0.1")]
_edges = Poster(_here, lambda address: True, ssl.create_default_context(cafile={pem!r}))
_posted = Poster._post
async def _post(self, *given):
    return await _posted(_edges, *given)
Poster._post = _post
"""


@dataclass(slots=True)
class Follower:
    """An organisation's software that keeps a page before its cursor."""

    asker: Asker
    cursor: str | None = None
    told: set[str] = field(default_factory=set)

    async def begin(self, http: httpx2.AsyncClient) -> None:
        """Copy what is there, once."""
        await self.asker.sign_in()
        await self.catch_up(http)
        self.told.clear()

    async def follow(self, http: httpx2.AsyncClient, stopping: Callable[[], bool]) -> None:
        """Ask on, until everything is over."""
        while not stopping():
            await self._page(http)
            await asyncio.sleep(0.2)

    async def catch_up(self, http: httpx2.AsyncClient) -> None:
        """Ask until there is nothing left."""
        while await self._page(http):
            pass

    async def _page(self, http: httpx2.AsyncClient) -> bool:
        page = (await self.asker.data(FEED, http, since=self.cursor))["changes"]
        self.told |= {entry["id"] for entry in page["entries"]}
        self.cursor = page["cursor"]
        more: bool = page["more"]
        return more

    async def sees(self, ids: list[str], http: httpx2.AsyncClient) -> set[str]:
        """Those of the rows that the organisation may see now."""
        found: set[str] = set()
        for start in range(0, len(ids), 100):
            rows = (await self.asker.data(SEEN, http, ids=ids[start : start + 100]))["nodes"]
            found |= {row["id"] for row in rows if row is not None}
        return found


@dataclass(slots=True)
class Watcher:
    """A person's tool with an open stream: told, or looking once after it has come back."""

    asker: Asker
    rows: list[str]
    known: dict[str, str] = field(default_factory=dict)
    streamed: int = 0
    opened: int = 0

    async def watch(self, stopping: Callable[[], bool]) -> None:
        """Until it is over."""
        await self.asker.sign_in()
        while not stopping():
            try:
                url = self.asker.house.base_url.replace("http://", "ws://") + "/graphql"
                async with connect(
                    url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=5
                ) as connection:
                    await self._session(connection, stopping)
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(0.1)
                await self.asker.sign_in()

    async def _session(self, connection: ClientConnection, stopping: Callable[[], bool]) -> None:
        authorization = {"authorization": f"Bearer {self.asker.token}"}
        await connection.send(json.dumps({"type": "connection_init", "payload": authorization}))
        assert json.loads(await asyncio.wait_for(connection.recv(), 5))["type"] == "connection_ack"
        self.opened += 1
        await self._ask(connection, "stream", WATCH)
        looking = asyncio.create_task(self._look(connection))
        since: set[str] = set()
        try:
            while not stopping():
                try:
                    message = json.loads(await asyncio.wait_for(connection.recv(), 0.2))
                except TimeoutError:
                    continue
                if message["type"] != "next":
                    continue
                data = message["payload"]["data"]
                if message["id"] == "stream":
                    told = data["statusChanged"]
                    self.known[told["id"]] = told["node"]["status"]
                    self.streamed += 1
                    since.add(told["id"])
                else:
                    # What the stream has told meanwhile is younger.
                    self.known |= {row["id"]: row["status"] for row in data["nodes"] if row and row["id"] not in since}
        finally:
            looking.cancel()
            await asyncio.wait({looking})

    async def _look(self, connection: ClientConnection) -> None:
        # The stream has begun by then.
        await asyncio.sleep(1)
        await self._ask(connection, "look", STAND)

    async def _ask(self, connection: ClientConnection, name: str, query: str) -> None:
        payload = {"query": query, "variables": {"ids": self.rows}}
        await connection.send(json.dumps({"type": "subscribe", "id": name, "payload": payload}))


@dataclass(slots=True)
class Sink:
    """The servers behind webhooks, one path each: they believe what is signed, and keep which rows were named."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    notices: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    posts: int = 0
    port: int = 0

    @property
    def environment(self) -> Mapping[str, str]:
        """With it the service posts to this machine."""
        return {"PYTHONPATH": f"{self.folder}:{ROOT}"}

    def url(self, path: str) -> str:
        """What to register."""
        return f"https://{HOST}:{self.port}/{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One notice."""
        with closing(writer):
            await self._take(reader)
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        path = head[0].split()[1].removeprefix("/")
        said = Webhook(self.secrets[path]).verify(body, headers)
        self.posts += 1
        self.told[path].add(said["data"]["id"])
        self.notices[path].add(headers["webhook-id"])


@contextmanager
def a_sink(folder: Path) -> Iterator[Sink]:
    """It listens in a thread of its own until the block ends."""
    folder.mkdir()
    shown, _ = certificate(folder, HOST)
    sink = Sink(folder)
    (folder / "sitecustomize.py").write_text(INWARDS.format(pem=str(folder / f"{HOST}.pem")))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(sink.serve, "127.0.0.1", 0, ssl=shown)

    async def end(server: asyncio.Server) -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


__all__ = ["Follower", "Sink", "Watcher", "a_sink"]
