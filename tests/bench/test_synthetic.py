"""The synthetic network: the yearly report's figures to the unit, and a history that the commands could have made."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlalchemy import create_mock_engine
from sqlalchemy.engine.mock import MockConnection

from bench.synthetic import cases, network_life, organisations
from bench.synthetic.load import DemoDirectory, load
from bench.synthetic.rows import TABLES
from loaders import ledger
from loaders.embedded import EmbeddedPostgres, PostgresServer
from loaders.envelope import Place, WrappedKey
from loaders.keyring import Keyring
from loaders.logins import OWNER
from loaders.reference import load_reference
from schema.deadlines import acknowledge_due, evaluation_due, return_due
from schema.reference import authorities, departments, official_codes
from schema.tables import metadata
from schema.vocabulary import (
    AseLinkState,
    CallerAnonymity,
    CallerCategory,
    GrantState,
    MandateKind,
    OrgKind,
    Problematic,
    ReferralStatus,
    ReportStatus,
    Role,
    SituationStatus,
    TransferState,
    Urgency,
    public_category,
)

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
SEED = 119
DEMO_AUTHORITIES = ("59", "69M", "69D", "2A+2B", "974", "13")
PERIOD = "s.opened_at >= '2023-04-03 00:00 Europe/Paris' AND s.opened_at < '2024-04-03 00:00 Europe/Paris'"
UNITS = 3


class Database:
    """One loaded database: ask it in SQL."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.dsn = server.dsn(server.admin_user, server.admin_password, name)
        self.keyring = Keyring(Path(tempfile.mkdtemp()) / "keys")
        self.keyring.create_first()

    def in_the_clear(self, table: str, column: str) -> list[str]:
        """The texts of a sealed column."""
        rows = self.rows(
            f"SELECT t.id, t.{column}, k.id, t.situation_id, k.kek_version, k.wrapped FROM {table} t "
            f"JOIN situation_key k USING (situation_id) WHERE t.{column} IS NOT NULL"
        )
        return [self.keyring.open(WrappedKey(*key)).open(Place(table, column, row), text) for row, text, *key in rows]

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        async def ask() -> list[tuple[Any, ...]]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return [tuple(row) for row in await connection.fetch(sql, *arguments)]
            finally:
                await connection.close()

        return asyncio.run(ask())

    def value(self, sql: str, *arguments: object) -> Any:
        return self.rows(sql, *arguments)[0][0]

    def words(self, sql: str) -> set[str]:
        return {row[0] for row in self.rows(sql)}


def ddl() -> list[str]:
    """What `create_all` would send, as text: asyncpg is the only driver here."""
    statements: list[str] = []
    engine: MockConnection = create_mock_engine(
        "postgresql+asyncpg://",
        lambda statement, *_, **__: statements.append(str(statement.compile(dialect=engine.dialect))),
    )
    metadata.create_all(engine, checkfirst=False)
    return statements


REFRESH = """
    CREATE FUNCTION refresh_reach_all() RETURNS void LANGUAGE sql AS
    $$ INSERT INTO reach (viewer, situation_id, via) SELECT controller_org_id, id, 'REFRESHED' FROM situation $$
"""


def loaded(
    server: PostgresServer, name: str, *, scale: int, workers: int = 1
) -> tuple[Database, DemoDirectory, list[int]]:
    """A new database with all tables, the hook that keeps `reach`, and the synthetic network."""
    database = Database(server, name)
    seen: list[int] = []

    async def fill() -> DemoDirectory:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        connection = await asyncpg.connect(database.dsn)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
                await connection.execute(f"CREATE ROLE {OWNER}")
            for statement in [*ddl(), REFRESH, *ledger.statements()]:
                await connection.execute(statement)
            return await load(
                connection, scale=scale, seed=SEED, now=NOW, keyring=database.keyring, dsn=database.dsn, workers=workers,
                progress=lambda done, _: seen.append(done),
            )  # fmt: skip
        finally:
            await connection.close()

    return database, asyncio.run(fill()), seen


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    data = tmp_path_factory.mktemp("synthetic") / "data"
    with EmbeddedPostgres(data, settings={"shared_buffers": "64MB", "fsync": "off"}) as running:
        yield running
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def one(server: PostgresServer) -> tuple[Database, DemoDirectory, list[int]]:
    return loaded(server, "one", scale=1)


@pytest.fixture(scope="module")
def db(one: tuple[Database, DemoDirectory, list[int]]) -> Database:
    return one[0]


@pytest.fixture(scope="module")
def directory(one: tuple[Database, DemoDirectory, list[int]]) -> DemoDirectory:
    return one[1]


@pytest.fixture(scope="module")
def three(server: PostgresServer) -> tuple[Database, DemoDirectory, list[int]]:
    """Several units, made by two processes."""
    return loaded(server, "three", scale=UNITS, workers=2)


# -------------------- the yearly report

_PERIOD_SITUATIONS = f"situation s WHERE {PERIOD}"
_MAIN_CALLER = f"""
    SELECT DISTINCT ON (s.id) s.id, c.caller_category AS category FROM situation s JOIN contact c ON c.situation_id = s.id
    WHERE {PERIOD} AND c.direction = 'IN' ORDER BY s.id, c.at
"""


def _callers(*categories: str) -> str:
    listed = ", ".join(f"'{category}'" for category in categories)
    return f"SELECT count(*) FROM ({_MAIN_CALLER}) main WHERE category IN ({listed})"


def _action(kind: str) -> str:
    return f"SELECT count(DISTINCT s.id) FROM situation s JOIN dlpm_action a ON a.situation_id = s.id WHERE {PERIOD} AND a.kind = '{kind}'"


def _observed(kind: str) -> str:
    table = "sensitive_problematic" if Problematic(kind).starred else "problematic"
    return (
        f"SELECT count(DISTINCT s.id) FROM situation s JOIN {table} p ON p.situation_id = s.id"
        f" WHERE {PERIOD} AND p.kind = '{kind}' AND p.value = 'YES'"
    )


def _gender(gender: str) -> str:
    return f"SELECT count(*) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD} AND m.gender = '{gender}'"


# Grow with the scale.
PER_UNIT = {
    "situations": (f"SELECT count(*) FROM {_PERIOD_SITUATIONS}", 143),
    "contacts": (
        f"SELECT count(*) FROM situation s JOIN contact c ON c.situation_id = s.id WHERE {PERIOD} AND c.direction = 'IN'",
        439,
    ),
    "minors": (f"SELECT count(*) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD}", 143),
    "girls": (_gender("GIRL"), 135),
    "boys": (_gender("BOY"), 7),
    "trans or other": (_gender("TRANS_OTHER"), 1),
    "known to child protection": (f"SELECT count(*) FROM {_PERIOD_SITUATIONS} AND s.known_to_cp = 'YES'", 89),
    "IP sent": (_action("IP_SENT"), 124),
    "direct advice": (_action("DIRECT_ADVICE"), 73),
    "ASE link": (_action("ASE_LINK"), 73),
    "documentation": (_action("DOCUMENTATION"), 64),
    "local orientation": (_action("LOCAL_ORIENTATION"), 43),
    "psychological suffering": (_observed("PSYCH_SUFFERING"), 123),
    "runaway": (_observed("RUNAWAY"), 120),
    "school": (_observed("SCHOOL_DISINVESTMENT"), 100),
    "drugs, alcohol": (_observed("ADDICTION"), 73),
    "close family": (_callers("MOTHER", "FATHER", "STEP_PARENT", "SIBLING"), 62),
    "professionals": (_callers("PROFESSIONAL"), 28),
    "extended family": (_callers("EXTENDED_FAMILY", "ENTOURAGE"), 20),
    "undisclosed": (_callers("UNDISCLOSED", "UNKNOWN"), 17),
    "witnesses": (_callers("WITNESS"), 10),
    "minors calling": (_callers("MINOR"), 6),
    "closed": ("SELECT count(*) FROM situation WHERE status = 'CLOSED'", 70),
    "recent situations": (
        f"SELECT count(*) FROM situation s WHERE NOT ({PERIOD}) AND opened_at > timestamptz '{NOW}' - interval '90 days'",
        43,
    ),
}
_CONFRONTED = "SELECT count(*) FILTER (WHERE r.confronted = 'YES') || '/' || count(*) FROM survey_response r JOIN survey_campaign c ON c.id = r.campaign_id WHERE c.target = '{}'"  # fmt: skip
# The same at any scale.
CONSTANT = {
    "departments of residence": (
        f"SELECT count(DISTINCT j.department_code) FROM situation s JOIN situation_jurisdiction j ON j.situation_id = s.id WHERE {PERIOD} AND j.role = 'RESIDENCE'",
        59,
    ),
    "working sessions": ("SELECT count(*) FROM working_session", 81),
    "actors": ("SELECT count(DISTINCT actor_id) FROM working_session_actor", 73),
    "sessions with an actor": ("SELECT count(DISTINCT session_id) FROM working_session_actor", 81),
    "surveyed departments": ("SELECT count(DISTINCT department_code) FROM survey_response", 41),
    "foyers": (_CONFRONTED.format("FOYER"), "21/23"),
    "CRIP": (_CONFRONTED.format("CRIP"), "33/37"),
    "ASE": (_CONFRONTED.format("ASE"), "25/29"),
    "DEF": (_CONFRONTED.format("DEF"), "27/37"),
    "awareness events": ("SELECT count(*) FROM awareness_event", 8),
    "professionals reached": ("SELECT sum(participants) FROM awareness_event", 1040),
    "podcasts": ("SELECT string_agg(number || ': ' || title, ', ') FROM podcast_episode", "1: Les dangers du numérique et la prostitution 2.0"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "figure"), [*PER_UNIT.values(), *CONSTANT.values()], ids=[*PER_UNIT, *CONSTANT])
def test_scale_1_reproduces_the_report(db: Database, sql: str, figure: object) -> None:
    assert db.value(sql) == figure


@pytest.mark.parametrize(("sql", "figure"), PER_UNIT.values(), ids=PER_UNIT)
def test_scale_3_has_three_times_as_many(
    three: tuple[Database, DemoDirectory, list[int]], sql: str, figure: int
) -> None:
    assert three[0].value(sql) == UNITS * figure


@pytest.mark.parametrize(("sql", "figure"), CONSTANT.values(), ids=CONSTANT)
def test_what_is_not_of_a_case_does_not_grow(
    three: tuple[Database, DemoDirectory, list[int]], sql: str, figure: object
) -> None:
    assert three[0].value(sql) == figure


def test_mean_age_is_printed_15_0(db: Database) -> None:
    mean = db.value(f"SELECT avg(m.age) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD}")
    assert mean.quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal("15.0")


def test_each_department_answers_a_questionnaire_once(db: Database) -> None:
    assert db.rows("SELECT 1 FROM survey_response GROUP BY campaign_id, department_code HAVING count(*) > 1") == []


# -------------------- a seed, a scale


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


def test_one_process_and_two_load_the_same_rows(db: Database, three: tuple[Database, DemoDirectory, list[int]]) -> None:
    for table in ("organisation", "habilitation", "working_session"):
        assert db.words(f"SELECT id::text FROM {table}") == three[0].words(f"SELECT id::text FROM {table}")
    for table in ("situation", "contact", "referral"):
        assert db.words(f"SELECT id::text FROM {table}") < three[0].words(f"SELECT id::text FROM {table}")


def test_progress_ends_at_the_scale(
    one: tuple[Database, DemoDirectory, list[int]], three: tuple[Database, DemoDirectory, list[int]]
) -> None:
    assert (one[2][-1], three[2][-1]) == (1, UNITS)


def test_reach_is_refreshed_after_the_load(db: Database) -> None:
    assert db.value("SELECT count(*) FROM reach WHERE via = 'REFRESHED'") == db.value("SELECT count(*) FROM situation")


def test_a_day_too_early_is_refused() -> None:
    with pytest.raises(ValueError, match="2024"):
        asyncio.run(load(None, now=datetime(2024, 6, 1, tzinfo=UTC), keyring=Keyring(Path())))  # type: ignore[arg-type]  # refused before any use


# -------------------- the rows against the tables


def test_every_field_is_a_column_and_nothing_required_is_left_out() -> None:
    for kind, name in TABLES.items():
        columns = metadata.tables[name].columns
        assert set(kind._fields) <= set(columns.keys()), name
        left_out = {c.name for c in columns if not c.nullable and c.server_default is None} - set(kind._fields)
        assert left_out == set(), name


def test_every_foreign_key_points_at_a_row(db: Database) -> None:
    checked = 0
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            pairs = [(element.parent.name, element.column.name) for element in constraint.elements]
            same = " AND ".join(f"p.{far} = c.{near}" for near, far in pairs)
            named = " AND ".join(f"c.{near} IS NOT NULL" for near, _ in pairs)
            orphans = db.value(
                f"SELECT count(*) FROM {table.name} c WHERE {named}"
                f" AND NOT EXISTS (SELECT 1 FROM {constraint.referred_table.name} p WHERE {same})"
            )
            assert orphans == 0, f"{table.name}.{pairs}"
            checked += 1
    assert checked > 60


def test_children_belong_to_the_situation_of_their_parent(db: Database) -> None:
    links = [
        ("caller", "contact_id", "contact"), ("listening_note", "contact_id", "contact"), ("concern_report", "origin_contact_id", "contact"),
        ("concern_report", "minor_id", "minor"), ("evaluation", "report_id", "concern_report"), ("concern_return", "report_id", "concern_report"),
        ("judicial_referral", "report_id", "concern_report"), ("concern_report", "complements_report_id", "concern_report"),
        ("referral", "minor_id", "minor"), ("follow_up", "referral_id", "referral"), ("association_note", "referral_id", "referral"),
        ("problematic", "minor_id", "minor"), ("sensitive_problematic", "minor_id", "minor"), ("parental_holder", "minor_id", "minor"),
        ("exploitation_fact", "minor_id", "minor"), ("sharing_grant", "duty_id", "information_duty"),
    ]  # fmt: skip
    for child, key, parent in links:
        assert db.value(f"SELECT count(*) FROM {child} WHERE {key} IS NOT NULL") > 0, child
        sql = f"SELECT c.id FROM {child} c JOIN {parent} p ON p.id = c.{key} WHERE p.situation_id <> c.situation_id"
        assert db.rows(sql) == [], child


def test_nothing_happened_after_now(db: Database) -> None:
    # Deadlines, and the last day of what runs, are the only moments that may lie ahead.
    ahead = {
        "due_at",
        "acknowledge_due_at",
        "evaluation_due_at",
        "return_due_at",
        "expires_at",
        "until",
        "ends_on",
        "valid_to",
        "window_ends_at",
    }
    for kind, name in TABLES.items():
        for field in kind._fields:
            if field in ahead or str(metadata.tables[name].columns[field].type) not in {"DATETIME", "DATE"}:
                continue
            late = db.value(
                f"SELECT count(*) FROM {name} WHERE {field} > $1",
                NOW if "at" in field or "valid" in field else NOW.date(),
            )
            assert late == 0, f"{name}.{field}"


# -------------------- situations, minors, contacts


def test_one_minor_per_situation_with_the_band_of_its_age(db: Database) -> None:
    assert (
        db.rows(
            "SELECT s.id FROM situation s LEFT JOIN minor m ON m.situation_id = s.id GROUP BY s.id HAVING count(m.id) <> 1"
        )
        == []
    )
    band = "CASE WHEN age IS NULL THEN 'UNKNOWN' WHEN age < 13 THEN 'UNDER_13' WHEN age < 15 THEN 'A13_14' WHEN age < 18 THEN 'A15_17' END"
    assert (
        db.rows(f"SELECT id FROM minor WHERE age_band <> {band} OR (age IS NULL) <> (age_precision = 'UNKNOWN')") == []
    )


def test_a_birth_date_makes_the_age_true(db: Database) -> None:
    rows = db.rows(
        "SELECT m.age, m.birth_date, s.opened_at FROM minor m JOIN situation s ON s.id = m.situation_id WHERE birth_date IS NOT NULL"
    )
    assert len(rows) > 30
    for age, birth, opened in rows:
        day = opened.date()
        assert day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)) == age


def test_closed_situations_have_a_closing_date_and_no_running_work(db: Database) -> None:
    assert db.rows("SELECT id FROM situation WHERE (status = 'CLOSED') <> (closed_at IS NOT NULL)") == []
    live = "'PROPOSED', 'ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY', 'DRAFT'"
    for sql in (
        f"SELECT r.id FROM referral r JOIN situation s ON s.id = r.situation_id WHERE s.status = 'CLOSED' AND r.status IN ({live})",
        "SELECT g.id FROM sharing_grant g JOIN situation s ON s.id = g.situation_id WHERE s.status = 'CLOSED'"
        " AND g.state IN ('REQUESTED', 'APPROVED', 'ACTIVE')",
        "SELECT a.id FROM ase_link a JOIN situation s ON s.id = a.situation_id WHERE s.status = 'CLOSED'"
        " AND a.state IN ('PROPOSED', 'CONTACTED', 'CONFIRMED')",
        # Closure is refused while a report is neither returned nor overdue.
        "SELECT r.id FROM concern_report r JOIN situation s ON s.id = r.situation_id WHERE s.status = 'CLOSED' AND r.status <> 'RETURNED_TO_119' AND coalesce(r.return_due_at, r.sent_at + interval '3 months') > s.closed_at",
        "SELECT c.id FROM contact c JOIN situation s ON s.id = c.situation_id WHERE c.at > s.closed_at",
        "SELECT f.id FROM follow_up f JOIN situation s ON s.id = f.situation_id WHERE f.recorded_at > s.closed_at",
    ):
        assert db.rows(sql) == []


def test_retention_follows_the_last_contact(db: Database) -> None:
    last = "(SELECT max(c.at) FROM contact c WHERE c.situation_id = s.id)"
    expected = f"CASE WHEN {last} + interval '730 days' > $1 THEN 'ACTIVE' ELSE 'INTERMEDIATE' END"
    assert db.rows(f"SELECT s.id FROM situation s WHERE retention_state <> {expected}", NOW) == []
    assert db.words("SELECT retention_state FROM situation") == {"ACTIVE", "INTERMEDIATE"}


def test_the_status_of_a_situation_says_what_was_done(db: Database) -> None:
    assert db.words("SELECT status FROM situation") == {status.value for status in SituationStatus}
    unsent = "NOT EXISTS (SELECT 1 FROM concern_report r WHERE r.situation_id = s.id AND r.sent_at IS NOT NULL)"
    assert db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'IP_SENT' AND {unsent}") == []
    unlinked = "NOT EXISTS (SELECT 1 FROM ase_link a WHERE a.situation_id = s.id)"
    assert db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'LINKED_TO_ASE' AND {unlinked}") == []
    assert (
        db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'ADVICE_ONLY' AND NOT ({unsent} AND {unlinked})") == []
    )


def test_actions_and_what_they_say_go_together(db: Database) -> None:
    pairs = {
        "IP_SENT": "SELECT situation_id FROM concern_report WHERE sent_at IS NOT NULL",
        "ASE_LINK": "SELECT situation_id FROM ase_link",
        "LOCAL_ORIENTATION": "SELECT situation_id FROM referral WHERE kind = 'DIRECT_SUPPORT' AND status <> 'DRAFT'",
    }
    for kind, sql in pairs.items():
        assert set(db.rows(f"SELECT situation_id FROM dlpm_action WHERE kind = '{kind}'")) == set(db.rows(sql)), kind


def test_callers_are_as_anonymous_as_they_wish(db: Database) -> None:
    assert db.words("SELECT anonymity FROM caller") == {level.value for level in CallerAnonymity}
    assert (
        db.rows(
            "SELECT id FROM caller WHERE anonymity = 'ANONYMOUS' AND num_nonnulls(name, phone, email, relation) > 0"
        )
        == []
    )
    assert db.rows("SELECT id FROM caller WHERE anonymity <> 'ANONYMOUS' AND (name IS NULL OR phone IS NULL)") == []
    assert db.rows("SELECT id FROM caller WHERE (anonymity = 'TRANSMISSIBLE_CRIP') <> (consent_at IS NOT NULL)") == []
    assert db.value("SELECT count(*) FROM caller") == db.value("SELECT count(*) FROM contact WHERE direction = 'IN'")


def test_the_public_category_is_that_of_the_exact_one(db: Database) -> None:
    seen = db.rows("SELECT DISTINCT caller_category, caller_category_public FROM contact")
    assert len(seen) == len(CallerCategory)
    assert all(public == public_category(CallerCategory(exact)).value for exact, public in seen)
    assert (
        db.rows("SELECT id FROM contact WHERE channel = 'CHAT' AND caller_category NOT IN ('MINOR', 'SIBLING')") == []
    )


def test_listeners_write_their_own_notes(db: Database) -> None:
    assert (
        db.rows(
            "SELECT n.id FROM listening_note n JOIN contact c ON c.id = n.contact_id WHERE n.author_id <> c.taken_by_id"
        )
        == []
    )
    listeners = "SELECT h.member_id FROM habilitation h WHERE h.role = 'LIS' AND h.state = 'ACTIVE'"
    assert db.rows(f"SELECT id FROM contact WHERE taken_by_id NOT IN ({listeners})") == []
    assert db.rows(f"SELECT id FROM situation WHERE assigned_member_id NOT IN ({listeners})") == []


def test_phone_numbers_belong_to_nobody(db: Database) -> None:
    numbers = [row[0] for row in db.rows("SELECT phone FROM minor") if row[0]] + db.in_the_clear("caller", "phone")
    assert len(numbers) > db.value("SELECT count(phone) FROM caller") > 100
    assert len(numbers) > 100
    assert {number[:8] for number in numbers} == {"06 39 98"}


def test_only_recent_situations_hold_live_dangers(db: Database) -> None:
    rows = db.rows("SELECT d.at, d.until, s.opened_at FROM live_danger d JOIN situation s ON s.id = d.situation_id")
    assert rows
    assert all(
        opened <= at <= NOW < until <= at + timedelta(days=30) and NOW - opened < timedelta(days=90)
        for at, until, opened in rows
    )


# -------------------- jurisdictions and reports


def test_a_jurisdiction_is_of_an_authority_of_the_department(db: Database) -> None:
    sql = (
        "SELECT j.id FROM situation_jurisdiction j LEFT JOIN authority_department d"
        " ON (d.authority_id, d.department_code) = (j.authority_id, j.department_code) WHERE d.authority_id IS NULL"
    )
    assert db.rows(sql) == []
    assert db.words("SELECT role FROM situation_jurisdiction") == {"RESIDENCE", "PRESENCE", "CUSTODY"}
    live = "SELECT situation_id FROM situation_jurisdiction WHERE role = 'RESIDENCE' AND ends_at IS NULL"
    assert db.value(f"SELECT count(*) FROM ({live}) r") == db.value("SELECT count(*) FROM situation")


def test_a_report_goes_where_a_jurisdiction_is_live_or_was_until_it_proved_wrong(db: Database) -> None:
    row = "FROM situation_jurisdiction j WHERE (j.situation_id, j.authority_id) = (r.situation_id, r.to_authority_id)"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE status <> 'MISROUTED' AND NOT EXISTS (SELECT 1 {row} AND j.ends_at IS NULL)"
        )
        == []
    )
    wrong = db.rows(
        f"SELECT (SELECT max(j.ends_at) {row} AND j.ends_at >= r.acknowledged_at) FROM concern_report r WHERE status = 'MISROUTED'"
    )
    assert len(wrong) >= 7
    assert all(ended is not None for (ended,) in wrong)


def test_a_misrouted_report_is_sent_elsewhere_afterwards(db: Database) -> None:
    resent = "SELECT 1 FROM concern_report o WHERE o.situation_id = r.situation_id AND o.to_authority_id <> r.to_authority_id AND o.sent_at > r.acknowledged_at"
    assert db.rows(f"SELECT r.id FROM concern_report r WHERE r.status = 'MISROUTED' AND NOT EXISTS ({resent})") == []


def test_reports_are_in_every_state_and_were_written_from_the_first_contact(db: Database) -> None:
    assert db.words("SELECT status FROM concern_report") == {status.value for status in ReportStatus}
    assert db.rows("SELECT id FROM concern_report WHERE minor_id IS NULL OR origin_contact_id IS NULL") == []
    first = "SELECT min(c.at) FROM contact c WHERE c.situation_id = r.situation_id AND c.direction = 'IN'"
    sql = f"SELECT r.id FROM concern_report r JOIN contact o ON o.id = r.origin_contact_id WHERE o.at <> ({first})"
    assert db.rows(sql) == []
    assert (
        db.rows("SELECT id FROM concern_report WHERE (kind = 'COMPLEMENTARY') <> (complements_report_id IS NOT NULL)")
        == []
    )
    assert (
        db.rows(
            "SELECT id FROM concern_report WHERE status = 'COMPLEMENT_OF_EXISTING' AND complements_report_id IS NULL"
        )
        == []
    )
    completed = "SELECT 1 FROM concern_report o WHERE o.id = r.complements_report_id AND o.to_authority_id = r.to_authority_id AND o.complements_report_id IS NULL"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE complements_report_id IS NOT NULL AND NOT EXISTS ({completed})"
        )
        == []
    )


# Which moments a state has behind it: acknowledged, qualified, concluded ("?" = depends on the way it came).
REACHED = {
    "DRAFT": "....", "VALIDATED": "....", "SENT": "S...", "ACKNOWLEDGED": "SA..", "MISROUTED": "SA..", "QUALIFIED": "SAQ.",
    "NOT_QUALIFIED": "SAQ.", "COMPLEMENT_OF_EXISTING": "SAQ.", "EVALUATING": "SAQ.", "CONCLUDED": "SAQC", "RETURNED_TO_119": "SAQ?",
}  # fmt: skip


def test_a_state_has_its_moments_in_order(db: Database) -> None:
    rows = db.rows(
        "SELECT status, drafted_at, sent_at, acknowledged_at, qualified_at, concluded_at FROM concern_report"
    )
    for status, drafted, *moments in rows:
        reached = "".join(letter if moment else "." for letter, moment in zip("SAQC", moments, strict=True))
        assert reached[:3] == REACHED[status][:3], status
        assert REACHED[status][3] in {reached[3], "?"}, status
        known = [moment for moment in (drafted, *moments) if moment]
        assert known == sorted(known)
    short = db.value("SELECT count(*) FROM concern_report WHERE status = 'RETURNED_TO_119' AND concluded_at IS NULL")
    assert 0 < short < db.value("SELECT count(*) FROM concern_report WHERE status = 'RETURNED_TO_119'")


def test_a_supervisor_validates_before_or_within_a_day_of_immediate_danger(db: Database) -> None:
    rows = db.rows("SELECT status, urgency, sent_at, validated_at, validated_by_id, drafted_at FROM concern_report")
    for status, urgency, sent, validated, by, drafted in rows:
        assert (validated is None) == (by is None)
        if status == "DRAFT":
            assert validated is None
        elif urgency == Urgency.IMMEDIATE_DANGER and sent:
            assert validated is None or sent < validated <= sent + timedelta(hours=24)
            assert validated is not None or NOW - sent < timedelta(hours=24)
        else:
            assert drafted < validated
            assert sent is None or validated <= sent


def test_the_next_deadline_is_the_one_that_runs(db: Database) -> None:
    expected = """CASE WHEN status = 'SENT' THEN acknowledge_due_at
        WHEN status IN ('ACKNOWLEDGED', 'QUALIFIED', 'EVALUATING') THEN evaluation_due_at
        WHEN status IN ('CONCLUDED', 'NOT_QUALIFIED', 'COMPLEMENT_OF_EXISTING') THEN return_due_at END"""
    assert db.rows(f"SELECT id FROM concern_report WHERE due_at IS DISTINCT FROM {expected}") == []
    # The first clock starts when the report is sent, the two others when the authority says that it received it.
    started = "(acknowledge_due_at IS NOT NULL, evaluation_due_at IS NOT NULL, return_due_at IS NOT NULL)"
    assert (
        db.rows(
            f"SELECT id FROM concern_report WHERE {started} <> (sent_at IS NOT NULL, acknowledged_at IS NOT NULL, acknowledged_at IS NOT NULL)"
        )
        == []
    )
    assert (
        db.rows(
            "SELECT id FROM concern_report WHERE due_at IS NULL AND status NOT IN ('DRAFT', 'VALIDATED', 'MISROUTED', 'RETURNED_TO_119')"
        )
        == []
    )


def test_deadlines_end_at_midnight_of_the_authority(db: Database) -> None:
    rows = db.rows(
        "SELECT a.code, a.timezone, a.ack_working_days, r.urgency, r.sent_at, r.acknowledged_at, r.acknowledge_due_at, r.evaluation_due_at, r.return_due_at"
        " FROM concern_report r JOIN authority a ON a.id = r.to_authority_id WHERE r.sent_at IS NOT NULL"
    )
    for _, zone, days, urgency, sent, received, acknowledge, evaluate, give_back in rows:
        assert acknowledge == acknowledge_due(sent, zone, days)
        assert acknowledge.astimezone(ZoneInfo(zone)).time() == time()
        if received:
            assert (evaluate, give_back) == (
                evaluation_due(received, zone, Urgency(urgency)),
                return_due(received, zone),
            )
    assert {"974", "59"} <= {row[0] for row in rows}


def test_evaluations_and_returns_fit_their_report(db: Database) -> None:
    evaluated = {"EVALUATING", "CONCLUDED", "RETURNED_TO_119"}
    rows = db.rows(
        "SELECT r.status, e.due_at = r.evaluation_due_at, e.done_at IS NOT DISTINCT FROM r.concluded_at, e.authority_id = r.to_authority_id,"
        " e.notified_at > r.qualified_at FROM evaluation e JOIN concern_report r ON r.id = e.report_id"
    )
    assert {status for status, *_ in rows} == evaluated
    assert all(all(facts) for _, *facts in rows)
    for status in ("EVALUATING", "CONCLUDED"):
        sql = "SELECT count(*) - count(e.id) FROM concern_report r LEFT JOIN evaluation e ON e.report_id = r.id WHERE r.status = $1"
        assert db.value(sql, status) == 0
    returned = set(db.rows("SELECT id FROM concern_report WHERE status = 'RETURNED_TO_119'"))
    assert set(db.rows("SELECT report_id FROM concern_return")) == returned
    late = "SELECT t.id FROM concern_return t JOIN concern_report r ON r.id = t.report_id WHERE t.received_at < t.decided_at OR t.authority_id <> r.to_authority_id"
    assert db.rows(late) == []


def test_codes_are_official_ones(db: Database) -> None:
    known = {f"{item.list}:{item.code}" for item in official_codes()}
    assert db.words("SELECT DISTINCT unnest(codes) FROM concern_return") <= known
    assert {f"MOTIFSIG:{code}" for code in db.words("SELECT motif_sig FROM judicial_referral")} <= known
    assert {f"TITAP:{code}" for code in db.words("SELECT authority_kind FROM parental_holder")} <= known
    assert {f"ORIGIP:{code}" for code in db.words("SELECT origin_code FROM concern_report")} <= known
    assert {f"TRANSIP:{code}" for code in db.words("SELECT transmitter_code FROM concern_report")} == {"TRANSIP:510"}
    measures = db.rows("SELECT DISTINCT decision, nature FROM measure")
    lists = {"ADMINISTRATIVE": "NATPDECADM", "JUDICIAL": "NATDECASSED"}
    assert {f"{lists[decision]}:{nature}" for decision, nature in measures} <= known


def test_parents_are_told_of_a_judicial_referral_without_exception(db: Database) -> None:
    assert db.value("SELECT count(*) FROM judicial_referral") >= 5
    told = "SELECT 1 FROM information_duty d WHERE d.situation_id = j.situation_id AND d.duty = 'JUDICIAL_REFERRAL' AND d.done_at = j.at"
    assert db.rows(f"SELECT j.id FROM judicial_referral j WHERE NOT EXISTS ({told})") == []
    assert db.rows("SELECT id FROM information_duty WHERE duty = 'JUDICIAL_REFERRAL' AND waiver IS NOT NULL") == []


def test_what_the_report_says_of_the_parents_is_recorded(db: Database) -> None:
    assert db.words("SELECT parents_informed FROM concern_report") == {"YES", "NO", "UNKNOWN"}
    duty = "SELECT 1 FROM information_duty d WHERE d.situation_id = r.situation_id AND d.duty = 'IP_TRANSMISSION'"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE parents_informed = 'YES' AND NOT EXISTS ({duty} AND d.done_at < r.sent_at)"
        )
        == []
    )
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE parents_informed = 'NO' AND NOT EXISTS ({duty} AND d.reason = r.parents_informed_reason)"
        )
        == []
    )
    assert db.rows("SELECT id FROM information_duty WHERE waiver IS NOT NULL AND reason IS NULL") == []


def test_each_sent_report_is_in_the_ledger(db: Database) -> None:
    sent = "SELECT situation_id, to_authority_id, sent_at FROM concern_report WHERE sent_at IS NOT NULL"
    ledger = "SELECT d.situation_id, d.to_authority_id, d.at FROM disclosure d JOIN organisation o ON o.id = d.to_org_id WHERE d.act = 'IP_SENT' AND o.kind = 'CRIP' AND o.authority_id = d.to_authority_id"
    assert sorted(db.rows(sent)) == sorted(db.rows(ledger))
    assert db.words("SELECT DISTINCT unnest(field_groups) FROM disclosure WHERE act = 'IP_SENT'").isdisjoint(
        {"G06", "G07", "G10"}
    )


# -------------------- child protection


def test_ase_links_are_in_every_state_with_a_caseworker_of_that_service(db: Database) -> None:
    assert db.words("SELECT state FROM ase_link") == {state.value for state in AseLinkState}
    rows = db.rows(
        "SELECT l.state, l.caseworker_id IS NOT NULL, l.answered_at IS NOT NULL, l.ended_at IS NOT NULL, m.organisation_id = l.ase_org_id, h.role,"
        " o.kind, EXISTS (SELECT 1 FROM situation_jurisdiction j WHERE (j.situation_id, j.authority_id) = (l.situation_id, o.authority_id) AND j.ends_at IS NULL)"
        " FROM ase_link l JOIN organisation o ON o.id = l.ase_org_id LEFT JOIN member m ON m.id = l.caseworker_id LEFT JOIN habilitation h ON h.member_id = m.id"
    )
    for state, has_worker, answered, ended, same_service, role, kind, competent in rows:
        assert has_worker == (state in {"CONFIRMED", "ENDED"})
        assert answered == (state in {"CONFIRMED", "NOT_COMPETENT", "ENDED"})
        assert ended == (state == "ENDED")
        assert (same_service, role) == ((True, "ASE") if has_worker else (None, None))
        assert (kind, competent) == ("ASE", True)


def test_measures_are_carried_out_by_mandated_organisations(db: Database) -> None:
    rows = db.rows("SELECT o.kind, o.mandate_kind FROM measure x LEFT JOIN organisation o ON o.id = x.organisation_id")
    assert set(rows) == {("ASSOCIATION", "MEASURE"), ("FOYER", "MEASURE"), (None, None)}
    wrong = (
        "SELECT x.id FROM measure x JOIN member m ON m.id = x.caseworker_id JOIN organisation o ON o.id = m.organisation_id"
        " WHERE o.kind <> 'ASE' OR o.authority_id <> x.authority_id"
    )
    assert db.rows(wrong) == []
    assert db.value("SELECT count(*) FROM measure WHERE ends_on > $1", NOW.date()) > 5


def test_transfers_keep_their_steps_in_order(three: tuple[Database, DemoDirectory, list[int]]) -> None:
    steps = {"REQUESTED": 0, "UNKNOWN_ADDRESS": 0, "DUTY": 1, "SENT": 2, "RECEIVED": 3, "CLOSED": 4}
    rows = three[0].rows(
        "SELECT state, destination_authority_id, requested_at, duty_at, sent_at, received_at, closed_at FROM department_transfer"
    )
    assert len({state for state, *_ in rows}) >= 4 and {state for state, *_ in rows} <= {
        state.value for state in TransferState
    }
    for state, destination, *moments in rows:
        assert sum(moment is not None for moment in moments) == steps[state] + 1
        assert (destination is None) == (state == "UNKNOWN_ADDRESS")
        known = [moment for moment in moments if moment]
        assert known == sorted(known)


# -------------------- referrals

RELEASED = {"IDENTITY_RELEASED", "ENGAGED", "ONGOING", "PAUSED_RUNAWAY"}
ENDED = {"REFUSED_BY_MINOR", "LOST_CONTACT", "COMPLETED", "TRANSFERRED"}


def test_referrals_are_in_every_state(db: Database) -> None:
    assert db.words("SELECT status FROM referral") == {status.value for status in ReferralStatus}
    assert db.words(
        f"SELECT r.status FROM referral r JOIN situation s ON s.id = r.situation_id WHERE NOT ({PERIOD})"
    ) == {status.value for status in ReferralStatus}


def test_a_referral_has_the_moments_of_its_state(db: Database) -> None:
    rows = db.rows(
        "SELECT status, kind, drafted_at, proposed_at, answered_at, released_at, engaged_at, ended_at FROM referral"
    )
    for status, kind, drafted, proposed, answered, released, engaged, ended in rows:
        assert (proposed is None) == (status == "DRAFT")
        assert (answered is None) == (status in {"DRAFT", "PROPOSED"})
        assert (released is not None) == (kind == "DIRECT_SUPPORT" and status in RELEASED | ENDED)
        assert (engaged is not None) == (status in (RELEASED - {"IDENTITY_RELEASED"}) | ENDED)
        assert (ended is not None) == (status in ENDED | {"WITHDRAWN"})
        known = [m for m in (drafted, proposed, answered, released, engaged, ended) if m]
        assert known == sorted(known)


def test_release_needs_the_minors_agreement(db: Database) -> None:
    rows = db.rows("SELECT status, kind, minor_agreement, released_at FROM referral")
    assert all(agreement == "AGREED" for _, _, agreement, released in rows if released)
    assert {agreement for _, kind, agreement, _ in rows if kind == "PROFESSIONAL_CONSULTATION"} == {"NOT_ASKED"}
    assert {agreement for status, _, agreement, _ in rows if status in {"DRAFT", "PROPOSED", "DECLINED"}} == {
        "NOT_ASKED"
    }


def test_a_worker_of_the_receiver_is_assigned_from_acceptance_on(db: Database) -> None:
    rows = db.rows(
        "SELECT r.status, r.assigned_member_id IS NOT NULL, m.organisation_id = r.to_org_id, h.role, o.mandate_kind"
        " FROM referral r JOIN organisation o ON o.id = r.to_org_id LEFT JOIN member m ON m.id = r.assigned_member_id LEFT JOIN habilitation h ON h.member_id = m.id"
    )
    for status, assigned, of_receiver, role, mandate in rows:
        assert assigned == (status not in {"DRAFT", "PROPOSED", "DECLINED"})
        if assigned:
            assert (of_receiver, role) == (True, "ASO" if mandate == "OUTSIDE_MISSION" else "ASM")
    assert db.rows("SELECT id FROM referral WHERE (decline_reason IS NOT NULL) <> (status = 'DECLINED')") == []


def test_a_consultation_is_coded_and_goes_outside_missions(db: Database) -> None:
    rows = db.rows(
        "SELECT r.kind, o.mandate_kind, r.shared_kinds, r.coded_forms, r.coded_qualification, r.territory"
        " FROM referral r JOIN organisation o ON o.id = r.to_org_id"
    )
    codes = {department.code for department in departments()}
    for kind, mandate, shared, forms, qualification, territory in rows:
        consultation = kind == "PROFESSIONAL_CONSULTATION"
        assert consultation == (mandate == MandateKind.OUTSIDE_MISSION)
        assert bool(forms) == consultation == (qualification is not None)
        assert not (consultation and shared)
        assert (territory in codes) != consultation
        assert not any(Problematic(word).starred for word in shared)


def test_the_last_follow_up_that_moves_names_the_state(db: Database) -> None:
    rows = db.rows(
        "SELECT r.id, r.status, r.engaged_at, r.ended_at, f.status, f.recorded_at, f.date, f.recorded_by_id = r.assigned_member_id"
        " FROM referral r JOIN follow_up f ON f.referral_id = r.id ORDER BY r.id, f.recorded_at"
    )
    by_referral: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_referral.setdefault(row[0], []).append(row)
        assert row[6] == row[5].date()
        assert row[7]
    for follow_ups in by_referral.values():
        _, status, engaged, ended, *_ = follow_ups[0]
        moving = [(row[4], row[5]) for row in follow_ups if row[4] != "MISSED_MEETING"]
        last = moving[-1][0] if moving else "IDENTITY_RELEASED"
        assert status == ("ENGAGED" if last == "FIRST_MEETING" else last)
        assert not moving or moving[0] == ("FIRST_MEETING", engaged)
        assert ended is None or moving[-1][1] == ended
    started = db.rows("SELECT id FROM referral WHERE engaged_at IS NOT NULL")
    assert {row[0] for row in started} <= set(by_referral)


def test_references_say_nothing_and_are_unique(three: tuple[Database, DemoDirectory, list[int]]) -> None:
    refs = [row[0] for row in three[0].rows("SELECT ref FROM situation UNION ALL SELECT ref FROM referral")]
    assert len(refs) == len(set(refs))
    assert {(len(ref), ref[5]) for ref in refs} == {(11, "-")}


# -------------------- sharing


def test_grants_keep_the_five_conditions(db: Database) -> None:
    rows = db.rows(
        "SELECT g.state, g.purpose, g.field_groups, g.from_member_id, g.approved_by_id, g.starts_at, g.expires_at, g.extract, g.revoked_at,"
        " to_.kind, to_.mandate_kind, h.role, h.secrecy_basis, m.organisation_id = g.to_org_id, d.duty, coalesce(d.done_at, d.recorded_at) <= g.starts_at,"
        " s.opened_at <= g.starts_at, EXISTS (SELECT 1 FROM ase_link l WHERE l.situation_id = g.situation_id AND l.caseworker_id = g.to_member_id"
        "   AND l.state = 'CONFIRMED') OR EXISTS (SELECT 1 FROM referral r WHERE r.situation_id = g.situation_id AND r.assigned_member_id = g.to_member_id"
        "   AND r.status IN ('IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY'))"
        " FROM sharing_grant g JOIN organisation to_ ON to_.id = g.to_org_id JOIN member m ON m.id = g.to_member_id"
        " JOIN habilitation h ON h.member_id = m.id JOIN information_duty d ON d.id = g.duty_id JOIN situation s ON s.id = g.situation_id"
    )
    assert {GrantState.ACTIVE.value, GrantState.EXPIRED.value} <= {row[0] for row in rows}
    for (
        state,
        purpose,
        groups,
        sender,
        approver,
        starts,
        expires,
        extract,
        revoked,
        kind,
        mandate,
        role,
        secrecy,
        same,
        duty,
        told,
        after,
        involved,
    ) in rows:
        assert purpose in {"ASE": {"EVALUATE"}, "ASM": {"IMPLEMENT"}}[role]
        assert set(groups) <= {"ASE": {"G11", "G19"}, "ASM": {"G11", "G17", "G18"}}[role]
        assert (approver is None) == (state == "REQUESTED")
        assert approver != sender
        assert starts <= NOW and (state == "EXPIRED") == (expires < NOW)
        assert (extract is not None) == (kind == "ASSOCIATION")
        assert (revoked is not None) == (state == "REVOKED")
        assert mandate != "OUTSIDE_MISSION" and secrecy and same
        assert duty == "SHARING" and told and after and involved


def test_approved_grants_and_releases_are_in_the_ledger(db: Database) -> None:
    for act, sql in (
        ("GRANT", "SELECT situation_id, to_org_id, starts_at FROM sharing_grant WHERE approved_by_id IS NOT NULL"),
        (
            "IDENTITY_RELEASED",
            "SELECT situation_id, to_org_id, released_at FROM referral WHERE released_at IS NOT NULL",
        ),
    ):
        rows = sorted(db.rows(sql))
        assert rows
        assert rows == sorted(db.rows("SELECT situation_id, to_org_id, at FROM disclosure WHERE act = $1", act))


# -------------------- live work of the demonstration


def test_each_demo_authority_has_live_work(db: Database) -> None:
    for code in DEMO_AUTHORITIES:
        live = db.rows(
            "SELECT r.status, r.due_at FROM concern_report r JOIN authority a ON a.id = r.to_authority_id JOIN situation s ON s.id = r.situation_id"
            " WHERE a.code = $1 AND s.opened_at > $2 AND r.due_at IS NOT NULL",
            code, NOW - timedelta(days=90),
        )  # fmt: skip
        assert any(due < NOW for _, due in live), f"{code}: nothing overdue"
        assert any(NOW < due < NOW + timedelta(days=7) for _, due in live), f"{code}: nothing due soon"
        assert {"SENT", "EVALUATING"} <= {status for status, _ in live}, code
        links = db.value(
            "SELECT count(*) FROM ase_link l JOIN organisation o ON o.id = l.ase_org_id JOIN authority a ON a.id = o.authority_id"
            " WHERE a.code = $1 AND l.state = 'CONFIRMED' AND l.proposed_at > $2",
            code, NOW - timedelta(days=90),
        )  # fmt: skip
        assert links > 0, code


def test_the_demo_associations_have_open_referrals(db: Database, directory: DemoDirectory) -> None:
    for mandate in MandateKind:
        association = directory.organisation(OrgKind.ASSOCIATION, mandate=mandate)
        states = {row[0] for row in db.rows("SELECT status FROM referral WHERE to_org_id = $1", association.id)}
        assert {"PROPOSED", "ACCEPTED", "ENGAGED", "ONGOING", "COMPLETED", "DECLINED"} <= states, mandate


# -------------------- the directory

ROLES_OF = {
    OrgKind.CRIP: {Role.CRI: 2, Role.COO: 1, Role.DEL: 1, Role.DPO: 1},
    OrgKind.ASE: {Role.ASE: 2, Role.COO: 1, Role.DEL: 1},
}


def _roles(directory: DemoDirectory, organisation: Any) -> dict[Role, int]:
    roles: dict[Role, int] = {}
    for member in directory.members_of(organisation):
        roles[member.role] = roles.get(member.role, 0) + 1
    return roles


def test_every_authority_has_a_crip_and_an_ase(directory: DemoDirectory) -> None:
    codes = {authority.code for authority in authorities()}
    for kind, lone in ((OrgKind.CRIP, Role.CRI), (OrgKind.ASE, Role.ASE)):
        found = [organisation for organisation in directory.organisations if organisation.kind is kind]
        assert sorted(organisation.authority_code or "" for organisation in found) == sorted(codes)
        for organisation in found:
            demo = organisation.authority_code in DEMO_AUTHORITIES
            assert _roles(directory, organisation) == (ROLES_OF[kind] if demo else {lone: 1})


def test_the_other_organisations_are_staffed(directory: DemoDirectory) -> None:
    expected = {
        OrgKind.DLPM: {Role.LIS: 6, Role.SUP: 2, Role.ANA: 1, Role.DPO: 1, Role.DEL: 1},
        OrgKind.OPERATOR: {Role.ADM: 2},
        OrgKind.OBSERVATORY: {Role.ONP: 1},
        OrgKind.FOYER: {Role.ASM: 2, Role.COO: 1, Role.DEL: 1},
    }
    for organisation in directory.organisations:
        if organisation.kind is OrgKind.ASSOCIATION:
            worker = Role.ASO if organisation.mandate is MandateKind.OUTSIDE_MISSION else Role.ASM
            assert _roles(directory, organisation) == {worker: 2, Role.COO: 1, Role.DEL: 1}
        elif organisation.kind in expected:
            assert _roles(directory, organisation) == expected[organisation.kind]
    assert {o.mandate for o in directory.organisations if o.kind is OrgKind.ASSOCIATION} == set(MandateKind)


def test_habilitations_live_at_now_and_last_a_year_at_most(db: Database, directory: DemoDirectory) -> None:
    rows = db.rows("SELECT state, valid_from, valid_to, revoked_at FROM habilitation")
    for state, start, end, revoked in rows:
        assert end <= start + timedelta(days=366)
        assert (revoked is not None) == (state == "REVOKED")
        if state == "ACTIVE":
            assert start < NOW < end
    assert len(directory.members) == sum(state == "ACTIVE" for state, *_ in rows)
    assert {state for state, *_ in rows} == {"ACTIVE", "EXPIRED", "SUSPENDED", "REVOKED", "PENDING"}
    assert (
        db.rows(
            "SELECT h.id FROM habilitation h JOIN member m ON m.id = h.member_id WHERE m.organisation_id <> h.organisation_id"
        )
        == []
    )


def test_the_directory_can_be_read_again(db: Database, directory: DemoDirectory) -> None:
    async def again() -> DemoDirectory:
        connection = await asyncpg.connect(db.dsn)
        try:
            return await DemoDirectory.read(connection)
        finally:
            await connection.close()

    assert asyncio.run(again()) == directory
    document = directory.document()
    crip = directory.organisation(OrgKind.CRIP, authority="59")
    assert {"id": str(crip.id), "name": crip.name, "kind": "CRIP", "authority_code": "59", "mandate": None} in document[
        "organisations"
    ]
    assert {member["role"] for member in document["members"]} == {role.value for role in Role}


# -------------------- reference data


def test_reference_tables_are_filled_and_filling_again_changes_nothing(db: Database) -> None:
    tables = ("department", "authority", "authority_department", "official_code", "conclusion_label")
    before = {table: db.rows(f"SELECT t.xmin::text, t::text FROM {table} t ORDER BY 2") for table in tables}
    assert [len(before[table]) for table in tables] == [101, len(authorities()), 102, len(official_codes()) - 7, 7]

    async def again() -> None:
        connection = await asyncpg.connect(db.dsn)
        await load_reference(connection)
        await connection.close()

    asyncio.run(again())
    assert {table: db.rows(f"SELECT t.xmin::text, t::text FROM {table} t ORDER BY 2") for table in tables} == before
