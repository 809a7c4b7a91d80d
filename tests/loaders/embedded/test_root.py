"""Root never runs PostgreSQL: it hands it to somebody else, or says what would help."""

import logging
import os
from pathlib import Path

import pytest

from loaders.embedded import identity
from loaders.embedded.binaries import find_binaries
from loaders.embedded.cluster import clone
from loaders.embedded.errors import DataUnusableError, RootRefusedError
from loaders.embedded.identity import choose_identity
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import LINUX_ONLY, ROOT_ONLY, SMALL, mode, run


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
