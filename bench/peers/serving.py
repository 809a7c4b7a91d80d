"""What the Python peers share: their settings from standard input, the same uvicorn options as Maillage."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a peer listens, and its database."""

    port: int
    pool: int
    database: dict[str, Any]


def read_settings() -> Peer:
    """One JSON document on standard input: a password does not belong on a command line."""
    return Peer(**json.load(sys.stdin))


def serve(app: ASGIApp, port: int) -> None:
    """One process, uvloop and httptools, no access log."""
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools"
    )
