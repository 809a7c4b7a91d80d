"""The full database that the worlds of these tests are copied from."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.filled import filled_cluster
from tests.twins.theatre import Stage, staged


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The synthetic network and the cases made by hand; no server runs on it."""
    folder = tmp_path_factory.mktemp("twins")
    with filled_cluster(folder, cases=True) as cluster:
        yield asyncio.run(staged(cluster, folder / "demo"))
