"""A seed and a scale say everything."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.synthetic import cases, network_life, organisations
from bench.synthetic.load import load
from loaders.sealed.keyring import Keyring
from tests.bench.synthetic.database import NOW, UNITS, Database


def _everything(seed: int) -> list[list[tuple[Any, ...]]]:
    network = organisations.build(seed, NOW)
    batches = [network.batch, network_life.build(seed, network), cases.unit(seed, 0, network)]
    return [rows for batch in batches for rows in batch.rows.values()]


def test_the_same_seed_gives_the_same_rows_ids_included() -> None:
    assert _everything(7) == _everything(7)


def test_another_seed_or_unit_gives_other_ids() -> None:
    network = organisations.build(7, NOW)
    units = [cases.unit(7, 0, network), cases.unit(7, 1, network), cases.unit(8, 0, network)]
    # A minor's keys are known by the minor's id.
    ids = [{row[0] for rows in unit.rows.values() for row in rows} for unit in units]
    assert len(ids[0] | ids[1] | ids[2]) == len(ids[0]) + len(ids[1]) + len(ids[2])
    assert {value.version for value in ids[0]} == {4}


def test_one_process_and_two_load_the_same_rows(db: Database, three: Database) -> None:
    for table in ("organisation", "habilitation", "working_session"):
        assert db.words(f"SELECT id::text FROM {table}") == three.words(f"SELECT id::text FROM {table}")
    for table in ("situation", "contact", "referral"):
        assert db.words(f"SELECT id::text FROM {table}") < three.words(f"SELECT id::text FROM {table}")


def test_progress_ends_at_the_scale(db: Database, three: Database) -> None:
    assert (db.steps[-1], three.steps[-1]) == (1, UNITS)


def test_reach_is_refreshed_after_the_load(db: Database) -> None:
    assert db.value("SELECT count(*) FROM reach WHERE via = 'REFRESHED'") == db.value("SELECT count(*) FROM situation")


def test_a_day_too_early_is_refused() -> None:
    with pytest.raises(ValueError, match="2024"):
        asyncio.run(load(None, now=datetime(2024, 6, 1, tzinfo=UTC), keyring=Keyring(Path())))  # type: ignore[arg-type]  # refused before any use
