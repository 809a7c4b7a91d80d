"""The data directory: owned, locked, and what a server writes of itself in it."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from loaders.embedded.errors import DataInUseError, DataUnusableError
from loaders.embedded.identity import Identity, trusted_owners
from loaders.embedded.system import is_postgres

PASSWORD_FILE = "maillage_admin.password"
LOG_FILE = "maillage.log"
PID_FILE = "postmaster.pid"


@dataclass(frozen=True)
class PidFile:
    """What a server writes of itself in its data directory."""

    pid: int
    socket_directory: Path | None
    ready: bool


def own(path: Path, identity: Identity) -> None:
    """Make `path` a directory of `identity` that nobody else can enter, with all that it holds."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        # In a folder that others can write to, such as /tmp, somebody may have been there first.
        status = path.lstat()
        if not path.is_dir() or path.is_symlink() or status.st_uid not in trusted_owners(identity):
            raise DataUnusableError(f"{path} is not a directory of this user: move it away.") from None
    except OSError as error:
        raise DataUnusableError(f"{path} cannot be created: {error.strerror}.") from error
    if path.lstat().st_uid != identity.user:
        for _, directories, files, folder in os.fwalk(path):
            for name in [*directories, *files]:
                os.chown(name, identity.user, identity.group, dir_fd=folder, follow_symlinks=False)
        os.chown(path, identity.user, identity.group, follow_symlinks=False)
    path.chmod(0o700)


def lock(data: Path, mode: int) -> int:
    """Lock the directory itself: it needs no file beside it, and the kernel frees it whatever happens to us."""
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise DataInUseError(reason=str(data)) from error
    return descriptor


def write_private(path: Path, content: str, identity: Identity) -> None:
    """Write a new file that only its owner reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
        # The server owns it: `pg_basebackup` fails on a file that the server cannot read.
        os.fchown(descriptor, identity.user, identity.group)


def read_password(data: Path) -> str:
    """The administrator's password."""
    descriptor = os.open(data / PASSWORD_FILE, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, encoding="ascii") as file:
        return file.read().strip()


def read_pid_file(data: Path) -> PidFile | None:
    """What the last server wrote; None where there is nothing to make sense of."""
    try:
        lines = (data / PID_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdecimal():
        return None
    # PostgreSQL's layout: number, data directory, start, port, socket directory, address, memory key, status.
    sockets = Path(lines[4]) if len(lines) > 4 and lines[4] else None
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return PidFile(int(lines[0]), sockets, ready)


def in_use(data: Path) -> bool:
    """Whether a process that may be a server holds the directory."""
    holder = read_pid_file(data)
    return holder is not None and is_postgres(holder.pid)
