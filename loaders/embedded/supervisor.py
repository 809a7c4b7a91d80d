"""The supervisor: it starts the server of one data directory, and stops it."""

import fcntl
import logging
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from loaders.embedded import administrator, cluster, options, sockets, system
from loaders.embedded.binaries import Binaries, find_binaries
from loaders.embedded.errors import (
    DataInUseError,
    DataUnusableError,
    NotRunningError,
    StartFailedError,
    StillHeldError,
    WrongThreadError,
)
from loaders.embedded.folder import LOG_FILE, PID_FILE, lock, own, read_password, read_pid_file
from loaders.embedded.identity import Identity, choose_identity
from loaders.embedded.server import ADMIN_USER, DATABASE, PostgresServer

LOCK_PATIENCE = 5.0
# Replaying up to `max_wal_size` after a crash takes a while.
START_PATIENCE = 120.0
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
STILL_HELD = re.compile(r"lock file \".*\" already exists|pre-existing shared memory block")

logger = logging.getLogger(__name__)


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
        options.must_be_free(self.settings)

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
        if system.LINUX and threading.current_thread() is not threading.main_thread():
            raise WrongThreadError
        if self.running:
            raise DataInUseError("This supervisor already runs its server.")
        binaries = find_binaries(self._bindir)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        identity = choose_identity(binaries.path("postgres"), self.data.parent, self._run_as)
        try:
            self._take(identity)
            cluster.initialize(self.data, binaries, identity)
            self._launch(binaries, identity)
            administrator.create_database(binaries, self.data, self._socket_directory())
        except BaseException:
            self.stop()
            raise
        return PostgresServer(self._socket_directory(), ADMIN_USER, read_password(self.data), DATABASE)

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
            self._lock = lock(self.data, fcntl.LOCK_EX)
        own(self.data, identity)
        self._release_sockets()
        self._sockets = sockets.make(self.data, identity)

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
            except StillHeldError as error:
                late = time.monotonic() > deadline
                if (late or not system.LINUX) and self._adopt(binaries):
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
        earlier = read_pid_file(self.data)
        if earlier and not system.is_postgres(earlier.pid):
            (self.data / PID_FILE).unlink()
            (self._socket_directory() / f"{sockets.SOCKET_FILE}.lock").unlink(missing_ok=True)

    def _spawn(self, binaries: Binaries, identity: Identity) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        log = os.open(self.log_path, flags, 0o600)
        try:
            os.fchown(log, identity.user, identity.group)
            before = os.fstat(log).st_size
            command = [binaries.path("postgres"), *options.words(self.data, self._socket_directory(), self.settings)]
            arrange = system.end_with(os.getpid()) if system.LINUX else None
            process = identity.popen(command, output=log, before=arrange)
            self._process = process
            self._await_ready(process, log, before)
        finally:
            os.close(log)

    def _await_ready(self, process: subprocess.Popen[bytes], log: int, before: int) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while process.poll() is None:
            state = read_pid_file(self.data)
            if state and state.pid == process.pid and state.ready:
                return
            if time.monotonic() > deadline:
                raise StartFailedError(f"PostgreSQL was not ready after {START_PATIENCE:.0f} s: see {self.log_path}.")
            time.sleep(0.005)
        self._process = None
        said = os.pread(log, 65536, before).decode(errors="replace").strip()
        if STILL_HELD.search(said):
            raise StillHeldError(reason=said)
        raise StartFailedError(f"PostgreSQL did not start: see {self.log_path}.", reason=said)

    def _adopt(self, binaries: Binaries) -> bool:
        """Take over a server that outlived its supervisor, once it has proved to be ours."""
        state = read_pid_file(self.data)
        if state is None or not state.ready or state.socket_directory is None:
            return False
        answer = administrator.psql(binaries, self.data, state.socket_directory, "SHOW data_directory;")
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
        state = read_pid_file(self.data)
        return state is not None and state.pid == pid and system.is_postgres(pid)

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
        if self._sockets is not None:
            sockets.release(self.data, self._sockets)
            self._sockets = None
