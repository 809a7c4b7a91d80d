"""The synthetic network in a database of its own: filled once a run, and copied for whoever needs one."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from graph.demonstration import demo, demo_card
from graph.settings import Secrets
from loaders.embedded.cluster import clone
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.cases.written import write_cases
from tests.cluster import SECRET, Cluster, once, start, supervisor

CASES = "cases.json"


def start_filled(folder: Path, *, cases: bool = False) -> tuple[EmbeddedPostgres, Cluster]:
    """The network in `folder / "pg"`, its secrets and its clients' keys in `folder / "demo"`.

    With `cases` the cases made by hand are there too (tests/cases).
    """
    made = once("cases", _make_cases) if cases else once("filled", _make_filled)
    clone(made / "pg", folder / "pg")
    shutil.copytree(made / "demo", folder / "demo")
    postgres = supervisor(folder / "pg")
    return postgres, Cluster(postgres.start())


@contextmanager
def filled_cluster(folder: Path, *, cases: bool = False) -> Iterator[Cluster]:
    """The network in a folder of its own, which goes with it."""
    postgres, cluster = start_filled(folder, cases=cases)
    try:
        yield cluster
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def secrets_of(folder: Path) -> Secrets:
    """The secrets of a network in this folder."""
    secrets = Secrets(folder / "secrets")
    secrets.database = SECRET
    return secrets


async def fill(admin_dsn: str, folder: Path, base_url: str = "http://127.0.0.1") -> dict[str, Any]:
    """The card of the clients of the synthetic network, which is made where the database is empty."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 (a test's own folder)
    clients = await demo.fill(admin_dsn, secrets_of(folder), folder / "keys", scale=1, console=Console(quiet=True))
    return demo_card.write_card(folder, base_url, clients)


def cases_of(folder: Path, card: dict[str, Any]) -> dict[str, UUID]:
    """The ids of the cases made by hand, by name; the card learns of the officers that came with them."""
    told = json.loads((folder / CASES).read_text())
    for client in card["clients"]:
        client |= told["clients"][client["client_id"]]
    return {name: UUID(identity) for name, identity in told["cases"].items()}


def _make_filled(folder: Path) -> None:
    postgres, cluster = start(folder / "pg")
    try:
        asyncio.run(fill(cluster.admin, folder / "demo"))
    finally:
        postgres.stop()


def _make_cases(folder: Path) -> None:
    postgres, cluster = start_filled(folder)
    try:
        card = asyncio.run(fill(cluster.admin, folder / "demo"))
        cases = asyncio.run(write_cases(cluster.admin, card))
    finally:
        postgres.stop()
    clients = {one["client_id"]: {"members": one["members"], "scopes": one["scopes"]} for one in card["clients"]}
    told = {"clients": clients, "cases": {name: str(identity) for name, identity in cases.items()}}
    (folder / "demo" / CASES).write_text(json.dumps(told))
