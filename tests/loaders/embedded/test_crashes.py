"""Nothing that was committed is lost, and no server outlives its supervisor."""

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path

import asyncpg
import pytest

from loaders.embedded import supervisor as supervising
from loaders.embedded import system
from loaders.embedded.errors import DataInUseError
from loaders.embedded.server import PostgresServer
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import LINUX_ONLY, SMALL, ends, run, spawn_supervisor


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
