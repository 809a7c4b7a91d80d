"""A worker ends with the process that started it, also one whose own ending hangs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from loaders.embedded.system import LINUX
from tests.durable.house import ROOT, children_of

T = TypeVar("T")
WORKER = """
import asyncio, signal, socket, sys, time
from graph.http import workers

workers._STOP_PATIENCE = 0.2
async def serve():
    {deaf}
    workers.Inherited(socket.socket(), int(sys.argv[1])).follow()
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(serve())
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.mark.parametrize(
    ("deaf", "ended"),
    [pytest.param("pass", signal.SIGTERM, id="in order"), pytest.param(DEAF, signal.SIGKILL, id="hanging")],
)
def test_it_ends_with_who_started_it(deaf: str, ended: signal.Signals) -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-c", WORKER.format(deaf=deaf), str(reading)]
    with subprocess.Popen(command, cwd=ROOT, pass_fds=[reading], stdout=subprocess.PIPE) as worker:
        try:
            os.close(reading)
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            assert worker.poll() is None
            os.close(writing)
            assert worker.wait(30) == -ended
        finally:
            worker.kill()


SUPERVISOR = """
import socket, sys
from graph.http import workers

workers.sys.executable = sys.argv[1]
workers.Workers(1, socket.create_server(("127.0.0.1", 0)), []).run()
"""


@pytest.mark.skipif(not LINUX, reason="the system does not tell a process that its parent is gone")
def test_one_that_is_still_starting_ends_too(tmp_path: Path) -> None:
    starting = tmp_path / "starting"
    starting.write_text("#!/bin/sh\nexec sleep 60\n")
    starting.chmod(0o700)
    with subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(starting)], cwd=ROOT) as supervisor:
        try:
            [worker] = _until(lambda: children_of(supervisor.pid))
        finally:
            supervisor.kill()
        supervisor.wait()
        assert _until(lambda: not Path(f"/proc/{worker}").exists())


def _until(found: Callable[[], T]) -> T:
    patience = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < patience
        time.sleep(0.02)
    return value
