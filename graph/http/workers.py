"""Several processes that serve one address: each has pools, caches and chains of the access log of its own.

They share nothing but the listening socket and the database, so one may be killed at any time; it is replaced. None
outlives the process that started them: each holds the reading end of a pipe that ends with it.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from loaders.embedded.system import LIBC, PR_SET_PDEATHSIG

log = structlog.get_logger()

_LOOK_EVERY = 0.1
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
# Who has lived so long was well: its successor starts at once.
_WELL_AFTER = 10.0
# A little longer than a worker gives its own requests to end.
_STOP_PATIENCE = 15.0


@dataclass(slots=True)
class _Place:
    """One of the workers: the process that fills its place, and when the next one may start."""

    process: "subprocess.Popen[bytes] | None" = None
    since: float = 0.0
    pause: float = _SHORTEST_PAUSE
    not_before: float = field(default=0.0)


class Workers:
    """Starts so many processes, replaces those that end, and stops them all."""

    def __init__(self, count: int, listener: socket.socket, arguments: Sequence[str]) -> None:
        self._places = [_Place() for _ in range(count)]
        self._listener = listener
        self._arguments = arguments
        self._stop = threading.Event()

    def run(self) -> None:
        """Until SIGINT or SIGTERM."""
        reading, writing = os.pipe()
        # Bound here, listening here: a connection that comes while a worker is replaced waits, and is not refused.
        self._listener.listen(2048)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        try:
            while not self._stop.wait(_LOOK_EVERY):
                for place in self._places:
                    self._fill(place, reading)
        finally:
            self._end()
            os.close(reading)
            os.close(writing)

    def _asked_to_stop(self, _: int, __: FrameType | None) -> None:
        self._stop.set()

    def _fill(self, place: _Place, alive: int) -> None:
        now = time.monotonic()
        if place.process is not None:
            if place.process.poll() is None:
                return
            log.warning("worker_ended", pid=place.process.pid, code=place.process.returncode)
            place.pause = _SHORTEST_PAUSE if now - place.since > _WELL_AFTER else min(place.pause * 2, _LONGEST_PAUSE)
            place.not_before = now + place.pause
            place.process = None
        if now >= place.not_before:
            place.process = self._start(alive)
            place.since = now

    def _start(self, alive: int) -> "subprocess.Popen[bytes]":
        inherited = (self._listener.fileno(), alive)
        command = [sys.executable, "-m", "graph", "serve", *self._arguments, "--inherit", ",".join(map(str, inherited))]
        return subprocess.Popen(  # noqa: S603 (ourselves)
            command,
            pass_fds=inherited,
            stdin=subprocess.DEVNULL,
            preexec_fn=_end_with_us,  # noqa: PLW1509 (one thread; calls prctl, nothing else)
        )

    def _end(self) -> None:
        running = [place.process for place in self._places if place.process is not None]
        for process in running:
            process.terminate()
        patience = time.monotonic() + _STOP_PATIENCE
        for process in running:
            try:
                process.wait(max(patience - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_us() -> None:
    """Between fork and exec, where the system can: who is still starting does not follow its pipe yet."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a worker has of the process that started it: the listening socket, and a pipe that ends with it."""

    listener: socket.socket
    alive: int

    @classmethod
    def of(cls, given: str) -> "Inherited":
        """Out of the option by which they are handed on."""
        listener, alive = map(int, given.split(","))
        return cls(socket.socket(fileno=listener), alive)

    def follow(self) -> None:
        """Stop once the other end of the pipe is gone: in order, or after a while at once; called in the worker's loop."""
        loop = asyncio.get_running_loop()

        def gone() -> None:
            loop.remove_reader(self.alive)
            os.kill(os.getpid(), signal.SIGTERM)
            # Nobody is left who would end a worker whose ending hangs; a thread, because its loop may be what hangs.
            late = threading.Timer(_STOP_PATIENCE, os.kill, (os.getpid(), signal.SIGKILL))
            late.daemon = True
            late.start()

        loop.add_reader(self.alive, gone)


__all__ = ["Inherited", "Workers"]
