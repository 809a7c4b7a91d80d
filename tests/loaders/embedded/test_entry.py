"""Nobody else gets in, and nothing is told to who looks around."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from loaders.embedded.cluster import clone
from loaders.embedded.errors import DataInUseError, SettingRefusedError
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import LINUX_ONLY, SMALL, mode, run


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
