"""A worker ends with the process that started it, also one whose own ending hangs."""

import os
import signal
import subprocess
import sys

import pytest

from tests.durable.house import ROOT

WORKER = """
import asyncio, signal, socket, sys, time
from graph import workers

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
