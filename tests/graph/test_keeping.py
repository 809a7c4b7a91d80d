"""`retention` and `data-keys` from the command line, on a demonstration's folder; and what they refuse to guess."""

import asyncio
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from rich.console import Console

from graph.database import running
from graph.demonstration import demo
from graph.settings import DEMO_INTERMEDIATE_MONTHS, Secrets, Settings
from loaders.retention.terms import End
from loaders.setup.database import prepare
from schema.errors import SetupError
from tests.command_line import graph

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration that has been filled once, all of whose cases are long past, and is not running."""
    data = tmp_path_factory.mktemp("keeping") / "data"
    settings = Settings(data=data)
    secrets = Secrets.of(settings)

    async def fill(admin: str) -> None:
        await prepare(admin, secrets.database, datetime.now(UTC).date())
        await demo.fill(admin, secrets, data / "keys", scale=2, console=Console(quiet=True))
        connection = await asyncpg.connect(admin)
        await connection.execute("UPDATE contact SET at = at - interval '3 years'")
        await connection.execute("UPDATE situation SET opened_at = opened_at - interval '3 years'")
        await connection.execute("UPDATE situation SET retention_state = 'ACTIVE'")
        await connection.close()

    with running(settings, secrets, founding=True) as database:
        asyncio.run(fill(database.admin))
    return data


def command(folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "graph", *words, "--data", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(folder: Path, *words: str) -> str:
    done = graph(*words, "--data", str(folder))
    assert done.returncode == 0, done
    return done.stdout + done.stderr


def value(folder: Path, sql: str) -> int:
    settings = Settings(data=folder)

    async def fetch(admin: str) -> int:
        connection = await asyncpg.connect(admin)
        try:
            found: int = await connection.fetchval(sql)
            return found
        finally:
            await connection.close()

    with running(settings, Secrets.of(settings)) as database:
        return asyncio.run(fetch(database.admin))


ACTIVE = "SELECT count(*) FROM situation WHERE retention_state = 'ACTIVE'"


def test_a_run_is_explained_killed_and_finished(folder: Path) -> None:
    due = value(folder, ACTIVE)
    assert due > 300
    explained = said(folder, "retention")
    assert "INTERMEDIATE" in explained
    assert str(due) in explained
    assert "--apply" in explained
    assert value(folder, ACTIVE) == due
    killed = command(folder, "retention", "--apply")
    time.sleep(4)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    # Whatever was done until then was done in whole batches, each with its proof.
    left = value(folder, ACTIVE)
    proved = value(folder, "SELECT coalesce(sum(rows_changed), 0)::int FROM retention_job WHERE rule = 'INTERMEDIATE'")
    assert proved == due - left
    assert proved % 200 == 0 or left == 0
    finished = said(folder, "retention", "--apply")
    assert "proof" in finished
    assert value(folder, ACTIVE) == 0
    assert value(folder, "SELECT sum(rows_changed)::int FROM retention_job WHERE rule = 'INTERMEDIATE'") == due


def test_keys_are_rotated_and_shown(folder: Path) -> None:
    keys = value(folder, "SELECT count(*) FROM situation_key")
    assert keys > 100
    assert f"{keys} data keys were wrapped anew" in said(folder, "data-keys", "rotate")
    shown = said(folder, "data-keys", "status")
    assert "retired" in shown
    assert str(keys) in shown
    assert value(folder, "SELECT count(*) FROM situation_key WHERE kek_version = 2") == keys


# ---------------------------------------------------------------- decisions that are the operator's


def test_a_demonstration_has_terms_and_a_real_database_none_by_itself() -> None:
    assert Settings().terms.intermediate_months == DEMO_INTERMEDIATE_MONTHS
    assert Settings().terms.end is End.ANONYMISE
    for given in ({}, {"intermediate_months": 60}, {"retention_end": End.DELETE}):
        with pytest.raises(SetupError, match="MAILLAGE_INTERMEDIATE_MONTHS"):
            _ = Settings(dsn="postgresql://somewhere/db", **given).terms
    terms = Settings(dsn="postgresql://somewhere/db", intermediate_months=0, retention_end=End.DELETE).terms
    assert (terms.active_months, terms.intermediate_months, terms.end) == (24, 0, End.DELETE)


def test_the_active_time_is_two_years_at_most() -> None:
    with pytest.raises(ValueError, match="active_months"):
        Settings(active_months=25)


def test_a_real_database_has_its_keys_apart(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="MAILLAGE_DATA_KEYS"):
        Secrets.of(Settings(dsn="postgresql://somewhere/db", data=tmp_path))
    secrets = Secrets.of(Settings(dsn="postgresql://somewhere/db", data=tmp_path, data_keys=tmp_path / "apart"))
    # A folder that was named and is empty gets no key by itself: it may be the wrong folder.
    with pytest.raises(SetupError, match="data-keys init"):
        secrets.keyring.newest()
