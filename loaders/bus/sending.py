"""One connection to NATS, and messages of which each is acknowledged."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header

from loaders.bus.where import Nats

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is published, and under which conditions."""

    subject: str
    payload: bytes
    headers: Mapping[Header, str]


async def connected(where: Nats) -> Client:
    encrypted = any(server.startswith("tls://") for server in where.servers)
    # From the first byte: a server that says it wants no TLS must not be told our password in the clear.
    more: Mapping[str, Any] = {"tls": ssl.create_default_context(), "tls_handshake_first": True} if encrypted else {}
    return await nats.connect(
        [*where.servers],
        name="maillage",
        allow_reconnect=False,
        connect_timeout=int(PATIENCE),
        error_cb=_known,
        **more,
    )


async def _known(_: Exception) -> None:
    """Whatever it is, the call that it broke raises it."""


async def send(jetstream: JetStreamContext, messages: Sequence[Message]) -> None:
    """All of them at once, in order. Raises the first problem, after all answers: what follows it may be stored or not."""
    answers = [
        await jetstream.publish_async(one.subject, one.payload, wait_stall=PATIENCE, headers={**one.headers})
        for one in messages
    ]
    async with asyncio.timeout(PATIENCE):
        for problem in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(problem, BaseException):
                raise problem


async def run(connection: Any, statement: tuple[str, tuple[str, ...], dict[str, Any]], **binds: Any) -> Any:
    sql, names, constants = statement
    given = {**constants, **binds}
    return await connection.fetch(sql, *(given[name] for name in names))
