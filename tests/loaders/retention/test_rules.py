"""Each rule, just before and at its date."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from loaders.retention.terms import End, Terms
from schema.tables.journal import outbox, reach
from schema.tables.oauth import oauth_client, oauth_jti, oauth_token
from schema.tables.observation import live_danger
from schema.tables.protection import department_transfer
from schema.tables.sharing import case_archive
from schema.tables.situation import situation
from tests.loaders.retention.archive import DELETING, MINUTE, NOW, TERMS, Archive, before


@pytest.mark.parametrize(("late", "state"), [(MINUTE, "ACTIVE"), (timedelta(0), "INTERMEDIATE")])
async def test_a_case_is_archived_two_years_after_its_last_contact(
    archive: Archive, late: timedelta, state: str
) -> None:
    case = await archive.case(before(NOW, months=24) + late)
    done = await archive.run()
    assert done.get("INTERMEDIATE", (0, 0))[0] == (state == "INTERMEDIATE")
    assert await archive.state(case) == state
    assert [row["archived_at"] for row in await archive.rows(case_archive)] == ([NOW] if done else [])


async def test_a_case_without_a_contact_counts_from_its_opening(archive: Archive) -> None:
    young = await archive.case(None, opened_at=before(NOW, months=24) + MINUTE)
    old = await archive.case(None, opened_at=before(NOW, months=24))
    await archive.run()
    assert [await archive.state(case) for case in (young, old)] == ["ACTIVE", "INTERMEDIATE"]


async def test_an_archived_case_is_reached_by_supervisors_and_officers_only(archive: Archive) -> None:
    case = await archive.case(before(NOW, months=25))
    async with archive.admin.begin() as connection:
        member = (
            await connection.exec_driver_sql(
                "INSERT INTO member (organisation_id, name) SELECT id, 'x' FROM organisation RETURNING id"
            )
        ).scalar_one()
        await connection.exec_driver_sql(f"UPDATE situation SET assigned_member_id = '{member}'")
    assert {row["via"] for row in await archive.rows(reach)} == {"LISTENING", "NETWORK"}
    await archive.run()
    # `ARCHIVED` is read by the rules of supervisors and data protection officers alone (rule 5.8).
    assert [row["via"] for row in await archive.rows(reach)] == ["ARCHIVED"]
    await archive.run(now=before(NOW, months=-36))
    assert await archive.state(case) is None
    assert await archive.rows(reach) == []


@pytest.mark.parametrize("terms", [TERMS, DELETING])
@pytest.mark.parametrize(("late", "over"), [(MINUTE, False), (timedelta(0), True)])
async def test_an_archived_case_ends_after_the_operators_term(
    archive: Archive, terms: Terms, late: timedelta, over: bool
) -> None:
    case = await archive.archived(before(NOW, months=36) + late)
    done = await archive.run(terms)
    assert done.get("END", (0, 0)) == ((1, 0) if over else (0, 0))
    assert await archive.state(case) == (None if over else "INTERMEDIATE")
    left = await archive.rows(situation)
    if over and terms.end is End.ANONYMISE:
        assert [row["retention_state"] for row in left] == ["ANONYMISED"]
        assert left[0]["id"] != case
    else:
        assert len(left) == (not over)


async def test_a_case_archived_before_dates_were_kept_ends_too(archive: Archive) -> None:
    case = await archive.case(before(NOW, months=24 + 36), retention_state="INTERMEDIATE")
    young = await archive.case(before(NOW, months=24 + 36) + MINUTE, retention_state="INTERMEDIATE")
    await archive.run(DELETING)
    assert (await archive.state(case), await archive.state(young)) == (None, "INTERMEDIATE")


@pytest.mark.parametrize(("nature", "years"), [(None, 2), ("15", 5), ("16", 5), ("17", 10), ("18", 10), ("11", 2)])
async def test_what_departments_sent_is_kept_for_its_own_term(archive: Archive, nature: str | None, years: int) -> None:
    last = before(NOW, years=years)
    kept: dict[UUID, bool] = {}
    for late, expected in ((MINUTE, True), (timedelta(0), False)):
        case = await archive.case(last - timedelta(days=400))
        if nature:
            await archive.measure(case, nature, (last - timedelta(days=300)).date())
        kept[await archive.transfer(case, requested_at=last - timedelta(days=9), sent_at=last + late)] = expected
    done = await archive.run()
    assert done["TRANSFER"] == (1, 0)
    assert {row["id"] for row in await archive.rows(department_transfer)} == {one for one, yes in kept.items() if yes}


async def test_a_term_counts_from_the_end_of_the_last_measure_and_never_while_one_runs(archive: Archive) -> None:
    old = before(NOW, years=20)
    cases = [await archive.case(old) for _ in range(3)]
    transfers = [await archive.transfer(case, requested_at=old, sent_at=old) for case in cases]
    # The last day of a measure ends at midnight in Paris.
    await archive.measure(cases[0], "17", date(2021, 6, 14))
    await archive.measure(cases[1], "17", date(2021, 6, 15))
    await archive.measure(cases[2], "17", None)
    assert (await archive.run())["TRANSFER"] == (1, 0)
    assert {row["id"] for row in await archive.rows(department_transfer)} == set(transfers[1:])


async def test_a_transfer_that_was_never_sent_has_no_term_of_its_own(archive: Archive) -> None:
    case = await archive.case(before(NOW, years=12))
    await archive.transfer(case, requested_at=before(NOW, years=12))
    assert "TRANSFER" not in await archive.run()


async def test_a_case_waits_in_the_archive_for_what_departments_sent(archive: Archive) -> None:
    case = await archive.archived(before(NOW, months=37))
    await archive.transfer(case, requested_at=before(NOW, years=3), sent_at=before(NOW, years=3))
    await archive.measure(case, "17", (before(NOW, years=9)).date())
    assert "END" not in await archive.run()
    assert await archive.state(case) == "INTERMEDIATE"
    # Placed: ten years after the last operation.
    assert (await archive.run(now=before(NOW, years=-7)))["END"] == (1, 0)


@pytest.mark.parametrize(("late", "kept"), [(MINUTE, 1), (timedelta(0), 0)])
async def test_a_danger_is_kept_until_its_end(archive: Archive, late: timedelta, kept: int) -> None:
    case = await archive.case(NOW)
    await archive.add(live_danger, situation_id=case, place="x", at=NOW - timedelta(days=10), until=NOW + late)
    assert (await archive.run()).get("LIVE_DANGER", (0, 0)) == (1 - kept, 0)
    assert len(await archive.rows(live_danger)) == kept


async def test_used_assertions_old_tokens_and_old_events_are_deleted(archive: Archive) -> None:
    await archive.add(oauth_client, id="cli_retention", organisation_id=archive.dlpm, name="x")
    month = timedelta(days=30)
    for number, late in enumerate((MINUTE, timedelta(0))):
        await archive.add(oauth_jti, digest=bytes([number]) * 32, expires_at=NOW + late)
        await archive.add(
            oauth_token, id=f"t{number}", client_id="cli_retention", epochs="0.0", issued_at=NOW - month,
            expires_at=NOW - month + late,
        )  # fmt: skip
        await archive.add(outbox, kind="x", subject_id=uuid4(), at=before(NOW, months=13) + late)
    assert await archive.run() == {"ASSERTIONS": (1, 0), "TOKENS": (1, 0)}
    assert [row["at"] for row in await archive.rows(outbox)] == [before(NOW, months=13) + MINUTE]
    assert [row["digest"] for row in await archive.rows(oauth_jti)] == [bytes(32)]
    assert [row["id"] for row in await archive.rows(oauth_token)] == ["t0"]
    assert len(await archive.rows(outbox)) == 1
