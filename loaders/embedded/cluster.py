"""The cluster in the data directory: made once, checked at every start, copied while it is stopped."""

import fcntl
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from loaders.embedded.binaries import Binaries
from loaders.embedded.errors import DataInUseError, DataUnusableError, StartFailedError
from loaders.embedded.folder import LOG_FILE, PASSWORD_FILE, PID_FILE, in_use, lock, own, write_private
from loaders.embedded.identity import Identity, clean_environment
from loaders.embedded.server import ADMIN_USER

STAGING_DIRECTORY = "initializing"


def initialize(data: Path, binaries: Binaries, identity: Identity) -> None:
    """Create the cluster in a folder inside, then move it up with `PG_VERSION` last: a crash leaves no half of it.

    Inside and not beside, because the data directory may be a mount point in a folder that is not ours.
    """
    staging = data / STAGING_DIRECTORY
    version = data / "PG_VERSION"
    if version.exists():
        _check_version(data, version.read_text(encoding="ascii").strip(), binaries)
        return
    if staging.exists():
        _clear(data)
    elif any(data.iterdir()):
        raise DataUnusableError(f"{data} holds files but no PostgreSQL cluster: choose an empty directory.")
    own(staging, identity)
    password_file = data / PASSWORD_FILE
    write_private(password_file, secrets.token_urlsafe(32), identity)
    _run_initdb(binaries, identity, staging, password_file)
    for path in sorted(staging.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        path.rename(data / path.name)
    staging.rmdir()
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run_initdb(binaries: Binaries, identity: Identity, staging: Path, password_file: Path) -> None:
    command = [binaries.path("initdb"), "-D", str(staging), "-U", ADMIN_USER, "-E", "UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={password_file}"]
    command += ["-k", "--no-instructions"]
    answer = identity.run(command)
    if answer.returncode != 0:
        raise StartFailedError("PostgreSQL could not create its cluster.", reason=answer.stderr.strip())


def _clear(data: Path) -> None:
    """Remove what an interrupted first start left; its server never ran, so nothing can be lost."""
    others = [path for path in data.iterdir() if path.name != STAGING_DIRECTORY]
    # The marker goes last, so that this can be interrupted too.
    for path in [*others, data / STAGING_DIRECTORY]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _check_version(data: Path, cluster: str, binaries: Binaries) -> None:
    if cluster != str(binaries.major):
        raise DataUnusableError(
            f"{data} was made by PostgreSQL {cluster}, the programs found are {binaries.major}: "
            "configure the directory of the same version, or convert the data with `pg_upgrade`."
        )
    staging = data / STAGING_DIRECTORY
    if staging.exists():
        staging.rmdir()
    if not (data / PASSWORD_FILE).exists():
        raise DataUnusableError(f"{data} has no {PASSWORD_FILE}: put the password of {ADMIN_USER} there.")


def clone(source: Path, destination: Path) -> None:
    """Copy a stopped cluster, password file included; several copies of one source may be made at once.

    Raises: DataInUseError while a supervisor or server uses the source.
    """
    source, destination = source.resolve(), destination.resolve()
    if not (source / "PG_VERSION").exists():
        raise DataUnusableError(f"{source} holds no PostgreSQL cluster.")
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise DataUnusableError(f"{destination} is not empty.")
    destination.parent.mkdir(parents=True, exist_ok=True)
    held = lock(source, fcntl.LOCK_SH)
    # Copied beside and renamed: a destination is a whole cluster or none.
    copy = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        if in_use(source):
            raise DataInUseError(reason=str(source))
        # `cp` keeps owners and modes, and shares blocks where the file system can.
        subprocess.run(["cp", "-a", f"{source}/.", str(copy)], check=True, env=clean_environment())
        for name in (PID_FILE, "postmaster.opts", LOG_FILE):
            (copy / name).unlink(missing_ok=True)
        copy.rename(destination)
    except subprocess.CalledProcessError as error:
        raise DataUnusableError(f"{source} could not be copied to {destination}.") from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)
        os.close(held)
