"""What every test may use: one real PostgreSQL per test process, and the whole network over real HTTP."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_asyncio import is_async_test

from tests.cluster import SECRET, Cluster, running_cluster, share
from tests.filled import filled_cluster
from tests.network import Network, running_network

ROOT = Path(__file__).resolve().parent
# What a module's tests reach the database by. A connection belongs to the event loop that made it, so they share that, too.
OF_A_MODULE = frozenset({"connected", "opened", "doorway"})


# These take longest, and whoever has the last of them is waited for. xdist's own order, by number, would end with them.
FIRST = (
    "twins/test_twins",
    "test_demo",
    "durable/test_durability",
    "mutation/test_mutation",
    "graph/test_keeping",
    "loaders/test_rollups",
    "loaders/retention/test_network",
    "loaders/embedded/test_crashes",
    "loaders/reach/test_reach",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin; of the others those with many tests. Tests that share connections run in one event loop."""
    files = Counter(item.path for item in items)
    places = {ROOT / f"{name}.py": place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: (places.get(item.path, len(FIRST)), -files[item.path], item.path))
    for item in items:
        if isinstance(item, pytest.Function) and is_async_test(item) and OF_A_MODULE & set(item.fixturenames):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="session", autouse=True)
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """What several processes start from is made by one of them."""
    own = tmp_path_factory.getbasetemp()
    share((own.parent if hasattr(request.config, "workerinput") else own) / "templates")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The prepared cluster of this test process, empty but for reference data."""
    with running_cluster(tmp_path_factory.mktemp("shared")) as made:
        yield made


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The prepared cluster of one module, whose tests look at whole tables, or empty them."""
    with running_cluster(tmp_path_factory.mktemp("own")) as made:
        yield made


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The synthetic network, served over real HTTP; it has a cluster of its own, because it is full."""
    folder = tmp_path_factory.mktemp("network")
    with filled_cluster(folder) as made, running_network(made, SECRET, folder / "demo") as network:
        yield network
