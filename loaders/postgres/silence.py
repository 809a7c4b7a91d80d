"""Noticing that the other end of a line is gone, though nobody said so: a silent network, a proxy that passes nothing on.

Two things look alike from here, and have to be told apart: a line that is cut, and a machine that has too much to do. The
other machine's kernel acknowledges what it gets, however busy its programs are; so of a line that is cut the kernel knows
soon, without ever taking load for absence. Only what stands in between and acknowledges for others has to be waited for.
"""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

# In this time the other kernel has acknowledged, or the line is cut. Lost packets are sent again after 0.2, 0.6 and 1.4 s.
ACKNOWLEDGED = 1.5
_STEP = 0.1

T = TypeVar("T")


class Watched(asyncpg.Connection):
    """A connection that ends by itself soon after its line is cut, once something was sent over it."""

    def __init__(self, protocol: Any, transport: asyncio.Transport, *more: Any) -> None:
        super().__init__(protocol, transport, *more)
        line = transport.get_extra_info("socket")
        # Elsewhere than on Linux only waiting tells.
        if line is not None and line.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(ACKNOWLEDGED * 1000))


async def answered(asking: Coroutine[Any, Any, T], seconds: float) -> T:
    """What is answered within so many seconds, in which we could have heard it: our own delays do not count.

    Raises: TimeoutError.
    """
    task = asyncio.ensure_future(asking)
    left = seconds
    try:
        while left > 0:
            # However late this wakes up, no more than the step has passed for the other side.
            await asyncio.wait({task}, timeout=_STEP)
            if task.done():
                return task.result()
            left -= _STEP
        raise TimeoutError
    finally:
        task.cancel()
        await asyncio.wait({task})


__all__ = ["Watched", "answered"]
