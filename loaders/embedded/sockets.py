"""The directory of the unix socket, which is all the address that the server has."""

import os
import shutil
import tempfile
from pathlib import Path

from loaders.embedded.errors import DataUnusableError
from loaders.embedded.folder import in_use, own
from loaders.embedded.identity import Identity
from loaders.embedded.system import LINUX

SOCKET_FILE = ".s.PGSQL.5432"
# `sun_path` has 108 bytes on Linux, 104 elsewhere, one of them the closing NUL.
LONGEST_SOCKET_PATH = 107 if LINUX else 103


def make(data: Path, identity: Identity) -> Path:
    """Beside the data directory, never in it: a copy of the data would carry the lock of a living socket."""
    beside = data.with_name(f"{data.name}.socket")
    writable = os.access(data.parent, os.W_OK)
    if writable and len(os.fsencode(beside / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
        own(beside, identity)
        return beside
    short = Path(tempfile.mkdtemp(prefix="maillage-"))
    if len(os.fsencode(short / SOCKET_FILE)) > LONGEST_SOCKET_PATH:
        short.rmdir()
        raise DataUnusableError(
            f"The paths of the data directory and of the temporary directory are both too long for a unix socket "
            f"(at most {LONGEST_SOCKET_PATH} bytes): choose a shorter one."
        )
    own(short, identity)
    return short


def release(data: Path, sockets: Path) -> None:
    """Remove the directory, unless a server listens there."""
    # A start that found somebody else's server must not take its socket away.
    if not in_use(data):
        shutil.rmtree(sockets, ignore_errors=True)
