"""What is left of a case that has ended: nothing that was known of anybody."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import CheckConstraint, func, select

from graph.settings import Secrets
from loaders.retention import case_files
from loaders.retention.terms import End, Terms
from schema.tables import metadata
from schema.tables.contact import contact, listening_note
from schema.tables.journal import outbox
from schema.tables.keys import situation_key
from schema.tables.observation import problematic
from schema.tables.sharing import subject_request
from schema.tables.situation import minor, situation
from schema.vocabulary import Category
from tests.cluster import Cluster
from tests.loaders.retention.archive import DELETING, NOW, TERMS, Archive, before
from tests.sealed import fresh_key, sealed


async def test_rows_that_stay_forget_the_case_that_goes(archive: Archive) -> None:
    case = await archive.archived(before(NOW, years=5))
    request = await archive.add(
        subject_request, situation_id=case, controller_org_id=archive.dlpm, kind="ACCESS", due_at=NOW
    )
    await archive.run(DELETING)
    [row] = await archive.rows(subject_request)
    assert (row["id"], row["situation_id"]) == (request, None)
    assert [
        event["kind"]
        for event in await archive.rows(outbox, outbox.c.subject_id == case, ~outbox.c.kind.startswith("row."))
    ] == ["situation.erased"]


@pytest.mark.parametrize("terms", [TERMS, DELETING])
async def test_the_data_key_goes_with_the_case(archive: Archive, terms: Terms, tmp_path: Path) -> None:
    case = await archive.archived(before(NOW, years=5))
    keyring = Secrets(tmp_path / "secrets").keyring
    key, row = fresh_key(keyring, case)
    await archive.add(situation_key, **row)
    [first, *_] = await archive.rows(contact)
    note = {"id": uuid4(), "contact_id": first["id"], "situation_id": case, "text": "x"}
    await archive.add(listening_note, **sealed(key, "listening_note", note))
    await archive.run(terms)
    assert await archive.rows(situation_key) == await archive.rows(listening_note) == []


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2024-04-01T00:00:00+02:00", "2024-03-31T22:00:00+00:00"),
        ("2024-04-02T23:59:59+02:00", "2024-03-31T22:00:00+00:00"),
        ("2024-04-03T00:00:00+02:00", "2024-04-02T22:00:00+00:00"),
        ("2024-04-30T23:59:59+02:00", "2024-04-02T22:00:00+00:00"),
        ("2024-05-01T00:00:00+02:00", "2024-04-30T22:00:00+00:00"),
        ("2024-01-15T12:00:00+01:00", "2024-01-02T23:00:00+00:00"),
    ],
)
async def test_a_moment_becomes_the_month_of_both_calendars(archive: Archive, moment: str, month: str) -> None:
    async with archive.admin.connect() as connection:
        found = await connection.execute(select(case_files.coarse(func.timestamptz(moment))))
        assert found.scalar_one() == datetime.fromisoformat(month)


async def test_which_contact_came_first_stays_known_and_when_does_not(archive: Archive) -> None:
    case = await archive.archived(before(NOW, years=5))
    opened = datetime(2020, 3, 10, 9, tzinfo=UTC)
    async with archive.admin.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM contact")
    for hours, category in ((30, "FATHER"), (2, "MOTHER"), (500, "WITNESS")):
        await archive.add(
            contact, situation_id=case, controller_org_id=archive.dlpm, outcome="ANSWERED_HELP",
            at=opened + timedelta(hours=hours), caller_category=category,
        )  # fmt: skip
    await archive.run()
    left = sorted(await archive.rows(contact), key=lambda row: row["at"])
    assert [row["caller_category"] for row in left] == ["MOTHER", "FATHER", "WITNESS"]
    month = datetime(2020, 3, 2, 23, tzinfo=UTC)
    assert [row["at"] for row in left] == [month + timedelta(seconds=second) for second in (1, 2, 3)]


@pytest.mark.parametrize("terms", [TERMS, DELETING])
async def test_nothing_that_was_known_of_a_case_is_left_anywhere(archive: Archive, terms: Terms) -> None:
    case = await archive.archived(before(NOW, years=5))
    child = await archive.add(
        minor, situation_id=case, first_name="Zéphirine", last_name="Qwxz", age=15, age_band="A15_17", gender="GIRL",
        safe_channel="chrysobéryl", birth_date=date(2010, 1, 2),
    )  # fmt: skip
    await archive.add(problematic, situation_id=case, minor_id=child, kind="RUNAWAY", value="YES", source="la voisine")
    [row] = await archive.rows(situation)
    contacts = await archive.rows(contact)
    known = [case, child, row["ref"], *(one["id"] for one in contacts), "Zéphirine", "Qwxz", "chrysobéryl", "voisine"]
    known += [row["opened_at"].date(), date(2010, 1, 2)]
    await archive.run(terms)
    async with archive.admin.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM outbox")
        for table in metadata.sorted_tables:
            text = (
                await connection.exec_driver_sql(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table.name} t")
            ).scalar_one()
            assert not [value for value in known if str(value) in text], table.name
    [left] = await archive.rows(minor) or [None]
    if terms.end is End.ANONYMISE:
        assert left is not None
        assert (left["gender"], left["age_band"], left["age"]) == ("GIRL", "A15_17", None)
        assert len(await archive.rows(contact)) == len(contacts)
    else:
        assert left is None


async def test_the_login_that_erases_reads_no_text_about_anybody(own_cluster: Cluster) -> None:
    connection = await asyncpg.connect(own_cluster.login("maillage_retention"))
    try:
        for table in metadata.sorted_tables:
            for column in table.c:
                readable = await connection.fetchval(
                    "SELECT has_column_privilege($1, $2, 'SELECT')", table.name, column.name
                )
                text_ = str(column.type) in {"TEXT", "TEXT[]", "ARRAY", "BYTEA", "JSON"} and not any(
                    isinstance(one, CheckConstraint) for one in column.constraints
                )
                link = column.info["category"] is Category.KEY
                assert not (readable and text_ and not link) or (table.name, column.name) in {
                    ("measure", "nature"),
                    ("retention_job", "proof"),
                }, column
        for statement_ in (
            "SELECT name FROM caller",
            "SELECT first_name FROM minor",
            "SELECT wrapped FROM situation_key",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(statement_)
    finally:
        await connection.close()
