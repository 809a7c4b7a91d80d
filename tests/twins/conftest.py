"""The full database that the worlds of these tests are copied from."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from graph.settings import Secrets
from tests.cluster import SECRET, start
from tests.twins.theatre import Stage, filled


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The synthetic network and the cases made by hand; no server runs on it."""
    folder = tmp_path_factory.mktemp("twins")
    postgres, cluster = start(folder / "pg")
    secrets = Secrets(folder / "secrets")
    secrets.database = SECRET
    yield asyncio.run(filled(cluster, secrets, folder))
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)
