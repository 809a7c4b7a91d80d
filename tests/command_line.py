"""The command line as tests use it: in this process, because a new one spends two seconds on imports before its first word."""

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from graph.__main__ import run
from tests.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def graph(*words: str) -> Ended:
    """`python -m graph` with these words, from the entry on."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["graph", *words])
        try:
            run()
            code: Any = 0
        except SystemExit as ending:
            code = ending.code
    return Ended(code or 0, out.getvalue(), err.getvalue())


def settle(cluster: Cluster, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """From now on commands work on this database, and keep their secrets in this folder."""
    patch.setenv("MAILLAGE_DSN", cluster.admin)
    patch.setenv("MAILLAGE_DATA", str(folder))
    patch.setenv("MAILLAGE_DATA_KEYS", str(folder / "keys"))
    patch.setenv("MAILLAGE_ISSUER", "https://maillage.example")


def told(done: Any) -> Any:
    """The JSON that a command answers with; raises what it raised."""
    if done.exception is not None:
        raise done.exception
    return json.loads(done.output)
