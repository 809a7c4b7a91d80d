"""A copy is a cluster of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.embedded.cluster import clone
from loaders.embedded.errors import DataInUseError, DataUnusableError
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.loaders.embedded.hands import SMALL, ends, run


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
