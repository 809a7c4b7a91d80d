"""Runs: what holds them back, what comes while they go on, and what a killed one leaves."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from loaders.retention import run
from loaders.retention.rules import RULES
from loaders.retention.run import Job, overview, proof_of
from schema.errors import SetupError
from schema.tables.contact import contact
from schema.tables.oauth import oauth_jti
from schema.tables.observation import live_danger
from schema.tables.protection import department_transfer
from schema.tables.sharing import retention_job
from schema.tables.situation import situation
from tests.loaders.retention.archive import DELETING, NOW, TERMS, Archive, before


async def test_a_hold_blocks_every_rule_of_its_case_and_its_end_frees_them(archive: Archive) -> None:
    old = before(NOW, years=12)
    cases = [await archive.case(old) for _ in range(2)] + [await archive.archived(old) for _ in range(2)]
    holds = []
    for case in cases:
        await archive.add(live_danger, situation_id=case, until=old, at=old)
        await archive.transfer(case, requested_at=old, sent_at=old)
        if case in {cases[0], cases[2]}:
            holds.append(await archive.hold(case))
        else:
            # A hold that was lifted holds nothing.
            await archive.hold(case, lifted_at=old)
    free = {"LIVE_DANGER": (2, 2), "TRANSFER": (2, 2), "INTERMEDIATE": (1, 1), "END": (1, 1)}
    due = {one.rule.code: (one.rows - one.held, one.held) for one in await overview(archive.engine, NOW, DELETING)}
    assert {rule: due[rule] for rule in free} == free
    assert await archive.run(DELETING) == free
    assert [await archive.state(case) for case in cases] == ["ACTIVE", "INTERMEDIATE", "INTERMEDIATE", None]
    assert len(await archive.rows(live_danger)) == len(await archive.rows(department_transfer)) == 2
    # Again, nothing but the same two blocked cases.
    assert await archive.run(DELETING) == {rule: (0, 1 if rule in {"INTERMEDIATE", "END"} else 2) for rule in free}
    async with archive.admin.begin() as connection:
        await connection.exec_driver_sql("UPDATE legal_hold SET lifted_at = now()")
    assert (await archive.run(DELETING))["END"] == (1, 0)
    assert holds


async def test_a_hold_that_comes_while_a_run_goes_on_is_seen(archive: Archive) -> None:
    cases = [await archive.archived(before(NOW, years=5) + timedelta(days=number)) for number in range(3)]
    rule = next(rule for rule in RULES if rule.code == "END")
    worklist = await run._worklist(archive.engine, rule, NOW, DELETING)
    [(controller, (ids, _))] = worklist.items()
    assert ids == cases
    await archive.hold(cases[1])
    await archive.add(contact, situation_id=cases[2], controller_org_id=archive.dlpm, outcome="ANSWERED_HELP", at=NOW)
    job = Job(rule, controller, 0)
    async with archive.engine.begin() as connection:
        await job.batch(connection, ids, NOW, DELETING)
    assert job.rows == 2
    assert [await archive.state(case) for case in cases] == [None, "INTERMEDIATE", None]


async def test_a_contact_that_comes_while_a_run_goes_on_keeps_its_case(archive: Archive) -> None:
    case = await archive.case(before(NOW, months=30))
    rule = next(rule for rule in RULES if rule.code == "INTERMEDIATE")
    [(controller, (ids, _))] = (await run._worklist(archive.engine, rule, NOW, TERMS)).items()
    await archive.add(contact, situation_id=case, controller_org_id=archive.dlpm, outcome="ANSWERED_HELP", at=NOW)
    job = Job(rule, controller, 0)
    async with archive.engine.begin() as connection:
        await job.batch(connection, ids, NOW, TERMS)
    assert (job.rows, await archive.state(case)) == (0, "ACTIVE")
    assert await archive.rows(retention_job) == []


class KilledError(Exception):
    """Stands for SIGKILL."""


def _killing(after: int) -> Callable[[str, int, int], None]:
    calls = 0

    def told(_rule: str, _done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KilledError

    return told


async def test_a_killed_run_leaves_whole_batches_with_their_proof_and_the_next_one_goes_on(archive: Archive) -> None:
    cases = [await archive.archived(before(NOW, years=5) + timedelta(days=number)) for number in range(7)]
    with pytest.raises(KilledError):
        await archive.run(DELETING, batch=3, told=_killing(2))
    [job] = await archive.jobs()
    assert (job["rule"], job["rows_changed"], len(await archive.rows(situation))) == ("END", 6, 1)
    first = proof_of(hashlib.sha256(b"END").hexdigest(), cases[:3])
    assert job["proof"] == proof_of(first, cases[3:6])
    assert (await archive.run(DELETING, batch=3))["END"] == (1, 0)
    jobs = await archive.jobs()
    assert sorted(row["rows_changed"] for row in jobs) == [1, 6]
    assert await archive.run(DELETING) == {}


async def test_a_batch_that_is_killed_is_as_if_it_had_not_begun(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await archive.archived(before(NOW, years=5))

    async def killed(*_: Any) -> None:
        raise KilledError

    monkeypatch.setattr(Job, "write", killed)
    with pytest.raises(KilledError):
        await archive.run(DELETING)
    assert await archive.state(case) == "INTERMEDIATE"
    assert len(await archive.rows(contact)) == 2


async def test_the_proof_names_nobody(archive: Archive) -> None:
    case = await archive.archived(before(NOW, years=5))
    [row] = await archive.rows(situation)
    await archive.run(DELETING)
    [job] = await archive.jobs()
    assert dict(job) == {
        "id": job["id"], "controller_org_id": archive.dlpm, "rule": "END", "ran_at": NOW, "rows_changed": 1, "held_back": 0,
        "proof": proof_of(hashlib.sha256(b"END").hexdigest(), [case]),
    }  # fmt: skip
    assert not {str(case), case.hex, row["ref"]} & set(map(str, job.values()))


async def test_without_an_organisation_that_answers_for_it_nothing_of_the_service_is_deleted(archive: Archive) -> None:
    await archive.add(oauth_jti, digest=b"x" * 32, expires_at=NOW)
    async with archive.admin.begin() as connection:
        await connection.exec_driver_sql("UPDATE organisation SET kind = 'OPERATOR'")
    with pytest.raises(SetupError):
        await archive.run()
    assert len(await archive.rows(oauth_jti)) == 1


async def test_explaining_changes_nothing(archive: Archive) -> None:
    case = await archive.archived(before(NOW, years=5))
    found = {one.rule.code: one for one in await overview(archive.engine, NOW, TERMS)}
    assert list(found) == [rule.code for rule in RULES]
    assert (found["END"].rows, found["END"].held, found["END"].oldest) == (1, 0, before(NOW, years=2))
    assert found["TRANSFER"].rows == 0
    assert await archive.state(case) == "INTERMEDIATE"
    assert await archive.rows(retention_job) == []
