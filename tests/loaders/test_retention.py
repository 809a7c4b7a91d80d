"""Each retention rule before and after its date, holds, killed runs, and what is left of a case that has ended."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
import pytest_asyncio
from sqlalchemy import CheckConstraint, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from graph.settings import Secrets
from loaders import case_files
from loaders.database import async_url
from loaders.monitoring.document import counting_statement
from loaders.monitoring.periods import Period
from loaders.monitoring.rebuilding import verify
from loaders.retention import run
from loaders.retention.rules import RULES
from loaders.retention.run import Job, carry_out, overview, proof_of
from loaders.retention.terms import End, Terms
from schema.errors import SetupError
from schema.retention import COPIED
from schema.tables import metadata
from schema.tables.contact import contact, listening_note
from schema.tables.directory import organisation
from schema.tables.journal import outbox, reach
from schema.tables.keys import situation_key
from schema.tables.oauth import oauth_client, oauth_jti, oauth_token
from schema.tables.observation import live_danger, problematic
from schema.tables.protection import department_transfer, measure
from schema.tables.sharing import case_archive, legal_hold, retention_job, subject_request
from schema.tables.situation import minor, situation
from schema.types.monitoring import PeriodKind
from schema.vocabulary import Category
from tests.cluster import Cluster, start
from tests.filled import start_filled
from tests.sealed import fresh_key, sealed

NOW = datetime(2031, 6, 15, 12, tzinfo=UTC)
TERMS = Terms(24, 36, End.ANONYMISE)
DELETING = replace(TERMS, end=End.DELETE)
MINUTE = timedelta(minutes=1)
KEYRING_KEY = bytes(range(32))


def before(now: datetime, *, years: int = 0, months: int = 0) -> datetime:
    """The same day so many months earlier; never called near a month's end."""
    count = now.year * 12 + now.month - 1 - years * 12 - months
    return now.replace(year=count // 12, month=count % 12 + 1)


class Archive:
    """A database of its own, and cases in it."""

    def __init__(self, admin: AsyncEngine, engine: AsyncEngine, dlpm: UUID) -> None:
        self.admin, self.engine, self.dlpm = admin, engine, dlpm

    async def add(self, table: Table, **values: Any) -> UUID:
        async with self.admin.begin() as connection:
            key = next(iter(table.primary_key.columns))
            found: UUID = (await connection.execute(insert(table).values(**values).returning(key))).scalar_one()
        return found

    async def rows(self, table: Table, *clauses: Any) -> list[Any]:
        async with self.admin.connect() as connection:
            return [row._mapping for row in await connection.execute(select(table).where(*clauses))]

    async def state(self, case: UUID) -> str | None:
        found = await self.rows(situation, situation.c.id == case)
        return found[0]["retention_state"] if found else None

    async def case(self, last: datetime | None, **columns: Any) -> UUID:
        """A situation, and its last contact."""
        values = {"opened_at": (last or NOW) - timedelta(days=10), **columns}
        identity = await self.add(situation, ref=str(uuid4()), controller_org_id=self.dlpm, **values)
        if last is not None:
            for at in (last - timedelta(days=3), last):
                await self.add(
                    contact, situation_id=identity, controller_org_id=self.dlpm, outcome="ANSWERED_HELP", at=at
                )
        return identity

    async def archived(self, at: datetime) -> UUID:
        case = await self.case(before(at, months=24), retention_state="INTERMEDIATE")
        await self.add(case_archive, situation_id=case, archived_at=at)
        return case

    async def hold(self, case: UUID, **columns: Any) -> UUID:
        return await self.add(legal_hold, situation_id=case, controller_org_id=self.dlpm, reason="Procédure", **columns)

    async def transfer(self, case: UUID, **columns: Any) -> UUID:
        async with self.admin.begin() as connection:
            authority = (
                await connection.exec_driver_sql("SELECT id FROM authority ORDER BY code LIMIT 1")
            ).scalar_one()
        return await self.add(
            department_transfer, situation_id=case, origin_authority_id=authority, regime="JUDICIAL", **columns
        )

    async def measure(self, case: UUID, nature: str, ends_on: date | None) -> UUID:
        async with self.admin.begin() as connection:
            authority = (
                await connection.exec_driver_sql("SELECT id FROM authority ORDER BY code LIMIT 1")
            ).scalar_one()
        return await self.add(
            measure, situation_id=case, authority_id=authority, decision="JUDICIAL", nature=nature,
            starts_on=date(2010, 1, 1), ends_on=ends_on,
        )  # fmt: skip

    async def run(self, terms: Terms = TERMS, now: datetime = NOW, **options: Any) -> dict[str, tuple[int, int]]:
        """Rule -> how many rows changed, how many a hold kept.

        What these tests write makes events today, which are old at the moment they look from: they have a test of their own.
        """
        done = await carry_out(self.engine, now, terms, **options)
        return {one.rule.code: (one.rows, one.held) for one in done if one.rule.code != "EVENTS"}

    async def jobs(self) -> list[Any]:
        """The proofs of what was done, but for events."""
        return [row for row in await self.rows(retention_job) if row["rule"] != "EVENTS"]


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("retention")
    postgres, made = start(folder / "pg")
    yield made
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def archive(own_cluster: Cluster) -> AsyncIterator[Archive]:
    """Empty but for the 119's organisation: rules look at everything there is."""
    admin = create_async_engine(async_url(own_cluster.admin), poolclass=NullPool)
    engine = create_async_engine(async_url(own_cluster.login("maillage_retention")), poolclass=NullPool)
    async with admin.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE situation, organisation, oauth_jti, outbox, retention_job CASCADE")
        dlpm = (
            await connection.execute(insert(organisation).values(name="119", kind="DLPM").returning(organisation.c.id))
        ).scalar_one()
    yield Archive(admin, engine, dlpm)
    await engine.dispose()
    await admin.dispose()


# ---------------------------------------------------------------- the rules, before and after


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


# ---------------------------------------------------------------- holds


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


# ---------------------------------------------------------------- killed, and run again


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


# ---------------------------------------------------------------- what is left


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


# ---------------------------------------------------------------- the whole synthetic network


def test_the_whole_network_ends_and_the_figures_say_what_they_said(tmp_path: Path) -> None:
    """All 143 cases and what hangs on them: archived, then anonymised; the figures of the report's year stay right."""
    postgres, cluster = start_filled(tmp_path)
    try:
        asyncio.run(_network_ends(cluster))
    finally:
        postgres.stop()


async def _network_ends(cluster: Cluster) -> None:
    engine = create_async_engine(async_url(cluster.login("maillage_retention")), poolclass=NullPool)
    admin = await asyncpg.connect(cluster.admin)
    try:
        await admin.execute("UPDATE measure SET ends_on = starts_on + 30 WHERE ends_on IS NULL")
        cases = await admin.fetchval("SELECT count(*) FROM situation")
        figures = await _figures(cluster)
        later = datetime.now(UTC) + timedelta(days=366 * 11)
        waiting = await admin.fetchval("SELECT count(*) FROM situation WHERE retention_state = 'ACTIVE'")
        long = replace(TERMS, intermediate_months=2400)
        assert {one.rule.code: one.rows for one in await carry_out(engine, later, long)}["INTERMEDIATE"] == waiting
        assert await _figures(cluster) == figures
        assert await verify(admin) == []
        much_later = later + timedelta(days=366 * 4)
        done = {one.rule.code: one.rows for one in await carry_out(engine, much_later, TERMS, batch=60)}
        assert done["END"] == cases
        after = await _figures(cluster)
        assert await verify(admin) == [], "the rollups say what a scan says of what is left"
        # What the printed report counts is copied, but for exact ages and places; of the rest only what is frozen stays.
        kept = {"SITUATIONS", "CONTACTS", "CALLERS", "KNOWN", "GENDER", "AGE_BANDS", "PROBLEMATICS", "ACTIONS"}
        assert kept < set(figures)
        assert {name for name in kept if figures[name] != after.get(name)} == set()
        assert figures["AGES"] != after.get("AGES")
        assert await admin.fetchval("SELECT count(*) FROM situation WHERE retention_state = 'ANONYMISED'") == cases
        for table in case_files.CASE_TABLES:
            left = await admin.fetchval(f"SELECT count(*) FROM {table.name}")
            assert bool(left) == (table.name in COPIED), table.name
        assert await admin.fetchval("SELECT count(*) FROM reach") == 0
    finally:
        await admin.close()
        await engine.dispose()


async def _figures(cluster: Cluster) -> dict[str, Any]:
    login = await asyncpg.connect(cluster.login("maillage_monitoring"))
    try:
        sql, arguments = counting_statement(Period(2023, kind=PeriodKind.REPORT))
        found = await login.fetchval(sql, *arguments)
    finally:
        await login.close()
    document: dict[str, Any] = orjson.loads(found)
    places = document.pop("places")
    cubes: dict[str, list[Any]] = {"places": [place for place in places if place["cube"] == "SITUATIONS"]}
    for cell in document.pop("cells"):
        cubes.setdefault(cell["cube"], []).append(cell)
    document.pop("computed_at")
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value for name, value in (document | cubes).items()
    }
