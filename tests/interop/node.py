"""How a test runs a script of Node: its packages are the committed lock's, and it is told everything on its standard input."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"


def install() -> None:
    """Put the packages of the lock there, once, whichever test process comes first."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not installed: public clients and suites cannot run")
    lock = FOLDER / "package-lock.json"
    with (FOLDER / ".installing").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
            return
        made = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True)
        if made.returncode:
            pytest.skip("npm cannot install the packages of tests/interop: public clients and suites cannot run")


def run(script: str, given: Any, *, seconds: float = 120) -> Any:
    """The JSON that a script of this folder prints for what it is given."""
    install()
    done = subprocess.run(
        ["node", script], cwd=FOLDER, input=json.dumps(given), capture_output=True, text=True, timeout=seconds
    )
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-4000:]
    return json.loads(done.stdout)


@contextmanager
def serving(script: str, given: Any) -> Iterator[Any]:
    """A script of this folder that goes on until the block ends, and what it prints first."""
    with talking(script, given) as hear:
        yield hear()


@contextmanager
def talking(script: str, given: Any) -> Iterator[Callable[[], Any]]:
    """A script of this folder that goes on until the block ends; each call waits for the next line that it prints."""
    install()
    process = subprocess.Popen(
        ["node", script], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said, problems = process.stdout, process.stderr
    assert process.stdin is not None and said is not None and problems is not None

    def hear() -> Any:
        line = said.readline()
        assert line, problems.read()
        return json.loads(line)

    try:
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        yield hear
    finally:
        # A second line, or the end of its input, tells it to stop.
        process.stdin.close()
        process.wait(10)
        said.close()
        problems.close()
