"""The synthetic network, once and three times over: loaded once a run, and read by whoever tests it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.synthetic.load import DemoDirectory
from loaders.embedded.cluster import clone
from loaders.embedded.server import PostgresServer
from tests.bench.synthetic.database import Database, make, opened
from tests.cluster import once, supervisor


@pytest.fixture(scope="session")
def template() -> Path:
    """Made by whichever process asks first."""
    return once("synthetic", make)


@pytest.fixture(scope="session")
def server(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    data = tmp_path_factory.mktemp("synthetic") / "pg"
    clone(template / "pg", data)
    with supervisor(data) as running:
        yield running
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def db(template: Path, server: PostgresServer) -> Iterator[Database]:
    with opened(template, server, "one") as database:
        yield database


@pytest.fixture(scope="session")
def directory(db: Database) -> DemoDirectory:
    return db.directory


@pytest.fixture(scope="session")
def three(template: Path, server: PostgresServer) -> Iterator[Database]:
    """Several units, made by two processes."""
    with opened(template, server, "three") as database:
        yield database
