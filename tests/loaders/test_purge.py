"""Old records leave by whole months, what remains verifies, and what left is proved."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from loaders.journals.audit import partition_statements
from loaders.journals.audit_chain import AccessRecord
from loaders.journals.purge import Purge, PurgePlan, limit, preview, purge
from loaders.journals.sealing import append
from loaders.journals.seals import PURGE_FLOOR_MONTHS, purge_body, read_seal
from loaders.journals.transparency import tree_of
from loaders.journals.witness import Breach
from schema.errors import SetupError
from tests.loaders.journals import SIGNER, Journals, record

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DUE = datetime(2025, 11, 1, tzinfo=UTC)


@pytest.fixture
def journals(journals: Journals) -> Journals:
    """With partitions of last year, for some of them to leave."""
    for statement in partition_statements(date(2025, 9, 1), 4):
        journals.execute(f"SET ROLE maillage_owner; {statement}")
    return journals


def at(year: int, month: int, day: int) -> AccessRecord:
    return record(datetime(year, month, day, 12, tzinfo=UTC))


def purged(journals: Journals, before: datetime = DUE, now: datetime = NOW) -> Purge:
    return journals.run(lambda one: purge(one, SIGNER, before, now=now))


def planned(journals: Journals, before: datetime = DUE) -> PurgePlan:
    return journals.run(lambda one: preview(one, before))


def test_what_is_past_its_time_leaves_and_the_rest_verifies(journals: Journals) -> None:
    # 2024 has no partition: its records lie in the one that catches all others.
    journals.write(at(2024, 5, 1), at(2024, 5, 2), at(2025, 9, 1), at(2025, 9, 2), at(2025, 10, 1))
    journals.write(at(2025, 10, 30), at(2025, 11, 2), at(2026, 11, 21), at(2026, 11, 21))
    kept = journals.seal(now=NOW).checkpoint
    plan = planned(journals)
    assert (plan.records, len(plan.chains)) == (6, 4)
    assert plan.partitions == ("access_log_2025_09", "access_log_2025_10")
    assert len(journals.rows("SELECT 1 FROM access_log")) == 9, "planning removes nothing"

    done = purged(journals)
    assert done.plan == plan
    assert [row[0] for row in journals.rows("SELECT at FROM access_log ORDER BY at")] == [
        at(2025, 11, 2).at,
        *[at(2026, 11, 21).at] * 2,
    ]
    assert not journals.rows("SELECT 1 FROM pg_class WHERE relname IN ('access_log_2025_09', 'access_log_2025_10')")
    found = journals.inspect(kept, done.checkpoint)
    assert found.sound
    assert (found.purged, found.log.good, found.witnessed_until) == (6, 3, NOW)
    # The service goes on: records, seals, and another purge with nothing to do.
    journals.write(at(2026, 11, 22))
    journals.seal(now=NOW)
    assert purged(journals).plan.records == 0
    assert journals.inspect(kept, done.checkpoint).sound


def test_the_proof_names_every_chain_that_left(journals: Journals) -> None:
    journals.write(at(2025, 9, 1), at(2025, 9, 2))
    [newest] = journals.rows("SELECT writer_id, seq, hash FROM access_log ORDER BY seq DESC LIMIT 1")
    journals.seal(now=NOW)
    done = purged(journals)
    [row] = journals.rows("SELECT body FROM journal_seal ORDER BY number DESC LIMIT 1")
    seal = read_seal(row["body"])
    assert [tuple(chain) for chain in seal.purged] == [tuple(newest)]
    assert (seal.records, seal.before) == (2, int(DUE.timestamp()) * 1_000_000)
    assert done.size == 2


def test_the_run_is_on_record_for_the_controller(journals: Journals) -> None:
    journals.execute("INSERT INTO organisation (name, kind) VALUES ('Plateforme', 'DLPM')")
    journals.write(at(2025, 9, 1))
    journals.seal(now=NOW)
    done = purged(journals)
    [job] = journals.rows("SELECT rule, rows_changed, proof FROM retention_job")
    assert tuple(job) == ("ACCESS_LOG", 1, done.proof)


def test_more_than_what_the_proof_names_shows(journals: Journals) -> None:
    journals.write(at(2025, 9, 1), at(2026, 11, 21))
    journals.seal(now=NOW)
    purged(journals)
    journals.execute("DELETE FROM access_log")
    assert [fault.breach for fault in journals.inspect().faults] == [Breach.RECORD_REMOVED]


def test_nothing_that_is_not_sealed_is_removed(journals: Journals) -> None:
    journals.write(at(2025, 9, 1))
    with pytest.raises(SetupError, match="not sealed"):
        purged(journals)
    assert len(journals.rows("SELECT 1 FROM access_log")) == 1
    assert journals.rows("SELECT 1 FROM journal_seal") == []


def test_nothing_is_removed_from_a_chain_that_is_not_whole(journals: Journals) -> None:
    journals.write(at(2025, 9, 1), at(2025, 9, 2))
    journals.seal(now=NOW)
    journals.execute("DELETE FROM access_log WHERE seq = 1")
    with pytest.raises(SetupError, match="not whole"):
        purged(journals)


def test_a_purge_before_its_time_is_refused_and_one_forced_shows_for_ever(journals: Journals) -> None:
    early = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(SetupError, match=str(PURGE_FLOOR_MONTHS)):
        purged(journals, before=early)
    # Somebody with the key does it by hand.
    journals.seal(now=NOW)

    async def force(connection: object) -> None:
        body = purge_body(NOW, early, 0, ())
        [first] = await connection.fetch("SELECT body FROM journal_seal")  # type: ignore[attr-defined]  # asyncpg's
        await append(connection, SIGNER, tree_of([first["body"]]), [body])  # type: ignore[arg-type]  # asyncpg's

    journals.run(force)
    assert [fault.breach for fault in journals.inspect().faults] == [Breach.PURGED_TOO_EARLY]


def test_the_limit_is_the_start_of_a_month_and_never_later_than_due() -> None:
    today = date(2026, 11, 22)
    assert limit(today, 12) == DUE
    assert limit(today, 36) == datetime(2023, 11, 1, tzinfo=UTC)
    assert limit(today, 12, date(2025, 3, 17)) == datetime(2025, 3, 1, tzinfo=UTC)
    assert limit(date(2026, 1, 31), 6) == datetime(2025, 7, 1, tzinfo=UTC)
    with pytest.raises(SetupError, match="2025-11-01"):
        limit(today, 12, date(2025, 12, 1))


def test_two_purges_at_once_remove_once(journals: Journals) -> None:
    journals.write(at(2025, 9, 1))
    journals.seal(now=NOW)

    async def scenario() -> list[int]:
        both = await asyncio.gather(*(asyncio.to_thread(purged, journals) for _ in range(2)))
        return sorted(one.plan.records for one in both)

    assert asyncio.run(scenario()) == [0, 1]
    assert journals.inspect().purged == 1
