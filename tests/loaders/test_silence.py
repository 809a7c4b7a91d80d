"""A line that has gone silent is noticed, whoever is silent; who is only busy, or late himself, is not taken for it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import uvloop

from loaders.postgres import logins, silence
from loaders.postgres.silence import answered
from loaders.tokens import auth_state
from loaders.tokens.auth_state import Hint, StateListener
from tests.cluster import Cluster
from tests.durable.proxy import SOCKET, Proxy, to_path

_LONG = 30.0


@dataclass
class Streams:
    """Stands for the open streams of a process: when they would have been closed."""

    blinded: asyncio.Event = field(default_factory=asyncio.Event)

    def touched(self, _: Collection[Hint] | None) -> Collection[str]:
        return ()

    def known(self, _: Collection[str], __: Mapping[str, float]) -> None:
        raise AssertionError

    def blind(self) -> None:
        self.blinded.set()


@pytest.fixture(name="proxy")
def made_proxy(cluster: Cluster) -> Proxy:
    return Proxy(to_path(cluster.server.socket_directory / SOCKET))


@pytest_asyncio.fixture(name="streams")
async def made_streams() -> Streams:
    return Streams()


@pytest_asyncio.fixture(name="listener")
async def made_listener(
    cluster: Cluster, proxy: Proxy, streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[StateListener]:
    monkeypatch.setattr(silence, "ACKNOWLEDGED", 0.4)
    port = proxy.on_port()
    login = urlsplit(cluster.login(logins.OAUTH))
    dsn = f"postgresql://{login.username}:{login.password}@127.0.0.1:{port}{login.path}"
    listener = StateListener(dsn, streams, heartbeat=0.05)
    await listener.start()
    assert await listener.ends(()) == {}
    yield listener
    await listener.close()
    proxy.stop()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Only Linux tells of a line that is cut.")
async def test_a_line_that_is_cut_is_known_long_before_patience_ends(
    listener: StateListener, streams: Streams, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth_state, "_PATIENCE", _LONG)
    proxy.silence()
    async with asyncio.timeout(_LONG / 3):
        await streams.blinded.wait()


async def test_one_that_is_acknowledged_and_not_answered_ends_with_patience(
    streams: Streams, listener: StateListener, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth_state, "_PATIENCE", 0.3)
    proxy.mode = "swallow"
    async with asyncio.timeout(_LONG / 3):
        await streams.blinded.wait()
    assert not listener.hears


def test_whoever_is_late_himself_takes_nobody_for_silent() -> None:
    """The loop of the service looks at its clock before it looks who has answered."""

    async def standing_still() -> bytes:
        here, there = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=here)
        asking = asyncio.create_task(answered(reader.readexactly(1), 0.2))
        await asyncio.sleep(0.01)
        there.sendall(b"x")
        time.sleep(0.4)  # noqa: ASYNC251 (that is what is tried: nothing of this process goes on)
        try:
            return await asking
        finally:
            writer.close()
            there.close()

    assert uvloop.run(standing_still()) == b"x"


async def test_one_that_answers_late_but_in_time_is_heard(
    streams: Streams, listener: StateListener, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth_state, "_PATIENCE", _LONG)
    proxy.mode, proxy.delay = "late", 0.3
    assert await listener.ends(()) == {}
    proxy.mode = "pass"
    assert listener.hears
    assert not streams.blinded.is_set()
