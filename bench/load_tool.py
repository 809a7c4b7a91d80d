"""wrk, one thread, a fixed number of connections: requests per second, and whether any answer was refused."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("post.lua")
CONNECTIONS = 16


class BenchError(Exception):
    """The measurement cannot be trusted, or cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What wrk saw."""

    per_second: float
    requests: int
    p50_ms: float
    p99_ms: float


def version() -> str:
    """The version of wrk.

    Raises: BenchError where it is not installed.
    """
    if shutil.which("wrk") is None:
        raise BenchError("The load tool is missing: apt-get install wrk (Debian), or brew install wrk.")
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    return " ".join(said.split()[:2])


def run(
    url: str,
    bodies: Sequence[str],
    headers: Mapping[str, str],
    seconds: int,
    connections: int = CONNECTIONS,
    proofs: Sequence[str] = (),
) -> Rate:
    """Post the bodies in turn for so many seconds; with proofs, each request under one of its own.

    Raises: BenchError where any answer was not a 2xx, or a connection failed.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, tempfile.NamedTemporaryFile("w") as proof_file:
        # In a file of ours, not on the command line: it holds the token.
        file.write("\t".join(f"{name}: {value}" for name, value in headers.items()) + "\n" + "\n".join(bodies) + "\n")
        file.flush()
        proof_file.write("".join(f"{proof}\n" for proof in proofs))
        proof_file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "--timeout",
            "20s",
            "-s",
            str(SCRIPT),
            url,
            "--",
            file.name,
            *([proof_file.name] if proofs else []),
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    if "Non-2xx" in said or "Socket errors" in said:
        raise BenchError(f"{url}: {said.strip().splitlines()[-3:]}")
    return Rate(
        float(_found(r"Requests/sec:\s+([\d.]+)", said)[0]),
        int(_found(r"(\d+) requests in", said)[0]),
        _milliseconds(*_found(r"50%\s+([\d.]+)(us|ms|s)", said)),
        _milliseconds(*_found(r"99%\s+([\d.]+)(us|ms|s)", said)),
    )


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if match is None:
        raise BenchError(f"wrk said nothing like {pattern}: {text}")
    return match.groups()


def _milliseconds(number: str, unit: str) -> float:
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
