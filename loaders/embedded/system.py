"""What differs between operating systems: how a server ends with its supervisor, and what a process number is."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


def end_with(parent: int) -> Callable[[], None]:
    """A step between fork and exec: the server gets SIGINT when its supervisor is gone, however it went."""

    def arrange() -> None:
        # The second question catches a parent that died before the first was answered.
        if LIBC is None or LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)

    return arrange


def is_postgres(pid: int) -> bool:
    """Whether a live process (not a zombie) with this number may be a PostgreSQL; in doubt, yes."""
    try:
        if LINUX:
            return Path(f"/proc/{pid}/exe").readlink().name.startswith("postgres")
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
