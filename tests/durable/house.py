"""A real service to be hurt: PostgreSQL, several server processes before it, and their clients."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console

from graph.demonstration import demo, demo_card, demo_tool
from graph.settings import Secrets
from loaders.embedded.folder import PID_FILE
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.setup import database
from tests.cluster import fetched

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port of the loopback that nobody has now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def children_of(parent: int) -> list[int]:
    """The processes that a process has started, by /proc."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            line = next(line for line in status.read_text().splitlines() if line.startswith("PPid:"))
        except (OSError, StopIteration):
            continue
        if int(line.split()[1]) == parent:
            found.append(int(status.parent.name))
    return found


@dataclass(slots=True)
class House:
    """PostgreSQL, and `python -m graph serve --workers` before it; everything in it may be killed."""

    folder: Path
    postgres: EmbeddedPostgres
    server: PostgresServer
    workers: int
    port: int = field(default_factory=free_port)
    dsn: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def admin(self) -> str:
        """DSN of the administrator, past whatever is in between."""
        return self.server.dsn(self.server.admin_user, self.server.admin_password)

    @property
    def base_url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def supervisor(self) -> int:
        """The process that replaces the workers."""
        assert self._process is not None
        return self._process.pid

    def settings(self) -> dict[str, str]:
        """The environment of every process of the service."""
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "MAILLAGE_DSN": self.dsn or self.admin,
            "MAILLAGE_DATA": str(self.folder),
            "MAILLAGE_DATA_KEYS": str(self.folder / "secrets" / "data-keys"),
            "MAILLAGE_ISSUER": self.base_url,
            "MAILLAGE_PORT": str(self.port),
            **self.environment,
        }

    def fill(self) -> None:
        """The synthetic network, and the keys of its clients."""
        secrets = Secrets(self.folder / "secrets")

        async def run() -> Any:
            await database.prepare(self.admin, secrets.database, datetime.now(UTC).date())
            return await demo.fill(self.admin, secrets, self.folder / "keys", scale=1, console=Console(quiet=True))

        self.card = demo_card.write_card(self.folder, self.base_url, asyncio.run(run()))

    def serve(self) -> None:
        """Start the service, and wait until it is ready."""
        command = [sys.executable, "-m", "graph", "serve", "--workers", str(self.workers)]
        log = (self.folder / "serve.log").open("ab")
        self._process = subprocess.Popen(command, cwd=ROOT, env=self.settings(), stdout=log, stderr=log)
        log.close()
        self.until_ready()

    def until_ready(self, seconds: float = 180) -> None:
        """Wait until requests are welcome."""
        patience = time.monotonic() + seconds
        while not self.ready():
            assert time.monotonic() < patience, (self.folder / "serve.log").read_text()[-2000:]
            time.sleep(0.1)

    def ready(self) -> bool:
        """Whether requests are welcome."""
        try:
            return httpx2.get(f"{self.base_url}/readyz", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(40)
            self._process = None

    def kill_a_worker(self, which: int) -> None:
        """SIGKILL to one of the serving processes."""
        running = children_of(self.supervisor)
        if running:
            os.kill(running[which % len(running)], signal.SIGKILL)

    def kill_all(self) -> None:
        """SIGKILL to the supervisor: its workers have to end by themselves; then start again."""
        assert self._process is not None
        orphans = children_of(self.supervisor)
        self._process.kill()
        self._process.wait()
        patience = time.monotonic() + 60
        while any(_alive(pid) for pid in orphans):
            assert time.monotonic() < patience, "a worker outlives its supervisor"
            time.sleep(0.05)
        self.serve()

    def kill_postgres(self) -> None:
        """SIGKILL to PostgreSQL, and start it again."""
        postmaster = int((self.folder / "pg" / PID_FILE).read_text().split()[0])
        backends = children_of(postmaster)
        for pid in (postmaster, *backends):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.postgres.stop()
        self.server = self.postgres.start()

    def token(self, client: str, member: str | None) -> str:
        """A token, through the real token endpoint."""
        return demo_tool.fetch_token(self.card, client, member, None)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`python -m graph ...` on this database."""
        command = [sys.executable, "-m", "graph", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.settings(), capture_output=True, text=True, check=False, timeout=120
        )

    def fetch(self, query: str, *values: Any) -> list[Any]:
        """What is in the database."""
        return fetched(self.admin, query, *values)


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@contextmanager
def a_house(folder: Path, *, workers: int = 2, **settings: str) -> Iterator[House]:
    """The database is there and filled; nothing serves yet."""
    postgres = EmbeddedPostgres(folder / "pg", settings={"shared_buffers": "64MB", **settings})
    house = House(folder, postgres, postgres.start(), workers)
    try:
        house.fill()
        yield house
    finally:
        house.stop()
        postgres.stop()


__all__ = ["House", "a_house"]
