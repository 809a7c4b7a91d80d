"""What every test may use: one real PostgreSQL per test process, and the whole network over real HTTP."""

import shutil
from collections.abc import Iterator

import pytest

from tests.cluster import SECRET, Cluster, start
from tests.network import Network, running_network


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The prepared cluster of this test process, empty but for reference data."""
    data = tmp_path_factory.mktemp("pg") / "data"
    postgres, made = start(data)
    yield made
    postgres.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The synthetic network, served over real HTTP; it has a cluster of its own, because it is full."""
    folder = tmp_path_factory.mktemp("network")
    postgres, made = start(folder / "pg")
    with running_network(made, SECRET, folder / "demo") as network:
        yield network
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)
