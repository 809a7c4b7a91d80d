"""What tests do to a server and its supervisor, and where they may."""

import asyncio
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from loaders.embedded import system
from loaders.embedded.server import PostgresServer

REPOSITORY = Path(__file__).parents[3]
SMALL = {"shared_buffers": "16MB"}
LINUX_ONLY = pytest.mark.skipif(not system.LINUX, reason="relies on /proc and prctl")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change user")

# Starts a server and waits; prints the postmaster's number. Arguments: data directory, "linux" or "elsewhere".
SUPERVISOR = """
import sys, time
from pathlib import Path
from loaders.embedded import system
from loaders.embedded.supervisor import EmbeddedPostgres
system.LINUX = sys.argv[2] == "linux"
supervisor = EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"})
supervisor.start()
print(supervisor.pid, flush=True)
time.sleep(60)
"""


def run(server: PostgresServer, *statements: str, user: str | None = None, password: str | None = None) -> list[Any]:
    """Rows of the last statement, each statement in its own transaction."""

    async def talk() -> list[Any]:
        dsn = server.dsn(user or server.admin_user, server.admin_password if password is None else password)
        connection = await asyncpg.connect(dsn, timeout=5)
        try:
            rows: list[Any] = []
            for statement in statements:
                rows = [tuple(row) for row in await connection.fetch(statement)]
            return rows
        finally:
            await connection.close()

    return asyncio.run(talk())


def ends(pid: int, patience: float = 5.0) -> bool:
    deadline = time.monotonic() + patience
    while system.is_postgres(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def spawn_supervisor(data: Path, platform: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(data), platform], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    return process, int(line)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
