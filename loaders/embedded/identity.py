"""Who runs the server and owns its files, which is never root."""

import logging
import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.embedded.errors import EmbeddedPostgresError, RootRefusedError

# PostgreSQL inside sees an ordinary user while its files stay root's: development only.
MAPPED_ROOT = ("unshare", "--user", "--map-user=65534", "--map-group=65534")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """Who runs the server and owns its files; `switch` means that the child changes user before it starts."""

    user: int
    group: int
    switch: bool = False
    prefix: tuple[str, ...] = ()

    def popen(self, command: list[str], *, output: int, before: Callable[[], None] | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.prefix, *command],
            stdout=output,
            stderr=output,
            **self._terms(),
            # Ctrl-C in a terminal is for the application; the server outlives it until `stop`.
            start_new_session=True,
            preexec_fn=before,  # noqa: PLW1509 - one system call, already loaded, in a child of the main thread
        )

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *command],
            capture_output=True,
            text=True,
            check=False,
            **self._terms(),
        )

    def _terms(self) -> dict[str, Any]:
        """As whom, and with what of ours: neither input, environment, folder nor groups."""
        return {
            "stdin": subprocess.DEVNULL,
            "env": clean_environment(),
            # Not ours: the other identity may be unable to enter it.
            "cwd": "/",
            "user": self.user if self.switch else None,
            "group": self.group if self.switch else None,
            "extra_groups": [] if self.switch else None,
            "umask": 0o077,
        }


def clean_environment() -> dict[str, str]:
    """Nothing inherited: a stray `PGDATA` or `PGHOST` would send the programs elsewhere."""
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC"}


def choose_identity(postgres: str, folder: Path, run_as: str | None) -> Identity:
    """Who shall run the server whose data directory lies in `folder`.

    An ordinary user runs it as itself. Root hands it to (a) the configured user, else `postgres`, else `nobody`,
    when that user can reach both the programs and the folder; (b) a user namespace; (c) nobody: refused, because
    creating users or opening folders is not ours to do.
    """
    ourselves = Identity(os.geteuid(), os.getegid())
    if ourselves.user != 0:
        account = _account(run_as) if run_as else ourselves
        if account is None or account.user != ourselves.user:
            raise EmbeddedPostgresError("Only root can run the embedded PostgreSQL as another user.")
        return ourselves
    for name in [run_as] if run_as else ["postgres", "nobody"]:
        account = _account(name)
        if account and account.user != 0 and _can_run(account, postgres, folder):
            if name == "nobody":
                logger.warning("the embedded PostgreSQL runs as `nobody`, which other services may share")
            return account
    mapped = Identity(0, 0, prefix=MAPPED_ROOT)
    if run_as is None and _can_run(mapped, postgres, folder):
        logger.warning("the embedded PostgreSQL runs in a user namespace of root: for development only")
        return mapped
    raise RootRefusedError


def _account(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(entry.pw_uid, entry.pw_gid, switch=True)


def _can_run(identity: Identity, postgres: str, folder: Path) -> bool:
    script = 'cd "$1" && exec "$2" -V'
    try:
        return identity.run(["/bin/sh", "-c", script, "probe", str(folder), postgres]).returncode == 0
    except OSError:  # no `unshare` here, or a root without the right to change user
        return False


def trusted_owners(identity: Identity) -> set[int]:
    usual = [_account(name) for name in ("postgres", "nobody")] if os.geteuid() == 0 else []
    return {os.geteuid(), identity.user, *(account.user for account in usual if account)}
