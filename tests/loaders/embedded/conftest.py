"""Clusters to start, stop and kill: copies of one that is made once a run."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.embedded.cluster import clone
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.cluster import once
from tests.loaders.embedded.hands import SMALL


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A stopped cluster with the settings of a real one."""
    return once("embedded", _make) / "data"


def _make(folder: Path) -> None:
    with EmbeddedPostgres(folder / "data", settings=SMALL):
        pass


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
