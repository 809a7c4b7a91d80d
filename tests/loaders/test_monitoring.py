"""National monitoring counts what its definitions say, in one statement, and no answer holds a small number of persons."""

import asyncio
import dataclasses
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson
import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bench.synthetic.load import load
from loaders.disclosure import Thresholds
from loaders.embedded import EmbeddedPostgres, PostgresServer
from loaders.keyring import Keyring
from loaders.monitoring import editions, of_authority, rollups
from loaders.monitoring.archive import DLPM_TABLES, Sight, version_statement, versions_statement
from loaders.monitoring.document import (
    MONITORING_COLUMNS,
    MONITORING_VIEW,
    Tallies,
    authority_statement,
    counting_statement,
    national_statement,
)
from loaders.monitoring.national import AUDIENCES, answer, national_monitoring
from loaders.monitoring.of_authority import authority_monitoring
from loaders.monitoring.periods import REPORT_YEAR, Period, period_of
from loaders.monitoring.remembered import Remembered
from schema.errors import BadInputError, ForbiddenError
from schema.tables import metadata
from schema.types.monitoring import AuthorityMonitoring, Count, NationalMonitoring, PeriodInput, PeriodKind
from schema.vocabulary import (
    Audience,
    CallerCategoryReport,
    CountState,
    DlpmActionKind,
    Gender,
    Problematic,
    SurveyTarget,
)

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]

PARIS = ZoneInfo("Europe/Paris")
LOGIN, PASSWORD = "maillage_monitoring", "only for this test"
DEPARTMENTS = ["01", "02", "13", "2A", "59", "69", "75", "93", "971", "976"]
FAMILY = {"MOTHER", "FATHER", "STEP_PARENT", "SIBLING"}
STARRED = {"PSYCH_SUFFERING", "ADDICTION", "SEXUAL_VIOLENCE", "SELF_HARM", "PREGNANCY", "FORCED_DELINQUENCY"}
TOLD = {
    "SENT",
    "ACKNOWLEDGED",
    "QUALIFIED",
    "NOT_QUALIFIED",
    "COMPLEMENT_OF_EXISTING",
    "EVALUATING",
    "CONCLUDED",
    "RETURNED_TO_119",
}

# Period, first instant, first instant after it: typed from a calendar, not computed.
PERIODS = [
    (REPORT_YEAR, "2023-04-02T22:00:00Z", "2024-04-02T22:00:00Z"),
    (Period(2023), "2022-12-31T23:00:00Z", "2023-12-31T23:00:00Z"),
    (Period(2024, quarter=1), "2023-12-31T23:00:00Z", "2024-03-31T22:00:00Z"),
    (Period(2023, quarter=4), "2023-09-30T22:00:00Z", "2023-12-31T23:00:00Z"),
    (Period(2024, month=3), "2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z"),
    (Period(2031, month=7), "2031-06-30T22:00:00Z", "2031-07-31T22:00:00Z"),
]
NAMES = [period.label for period, _, _ in PERIODS]


# -------------------- a small world, by hand


def _world() -> Rows:
    """Situations of all shapes, opened on either side of every border of the periods above."""
    chance = random.Random("monitoring")

    def uuid() -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    rows: Rows = defaultdict(list)
    organisation = uuid()
    authorities = [uuid(), uuid()]
    rows["department"] = [
        {
            "code": code,
            "name": f"Département {code}",
            "region_code": "0",
            "region_name": "-",
            "timezone": "Europe/Paris",
        }
        for code in DEPARTMENTS
    ]
    rows["organisation"] = [{"id": organisation, "name": "DLPM", "kind": "DLPM", "territories": [], "sirets": []}]
    rows["authority"] = [
        {"id": authority, "code": str(place), "name": "-", "kind": "DEPARTMENT", "timezone": "Europe/Paris"}
        for place, authority in enumerate(authorities)
    ]
    borders = sorted(
        {datetime.fromisoformat(moment) for _, *moments in PERIODS for moment in moments if moment < "2025"}
    )
    second = timedelta(seconds=1)
    moments = [border + shift for border in borders for shift in (-second, timedelta(0))]
    moments += [chance.choice(borders[:-1]) + timedelta(days=chance.random() * 180) for _ in range(150)]
    for number, opened_at in enumerate(moments):
        case = uuid()
        known = chance.choice(["YES", "YES", "NO", "UNKNOWN"])
        rows["situation"].append(
            {
                "id": case,
                "ref": str(number),
                "controller_org_id": organisation,
                "opened_at": opened_at,
                "known_to_cp": known,
            }
        )
        for _ in range(chance.choice([1, 1, 1, 2])):
            gender = chance.choice(["GIRL"] * 8 + ["BOY", "TRANS_OTHER", "UNKNOWN"])
            rows["minor"].append(
                {
                    "id": uuid(),
                    "situation_id": case,
                    "gender": gender,
                    "age": chance.choice([None, 13, 14, 15, 15, 16, 17]),
                }
            )
        for _ in range(chance.choice([0, 1, 2, 5])):
            rows["contact"].append(
                {
                    "id": uuid(),
                    "situation_id": case,
                    "controller_org_id": organisation,
                    "at": opened_at + timedelta(days=chance.randint(-3, 90), seconds=chance.random()),
                    "direction": chance.choice(["IN", "IN", "OUT"]),
                    "outcome": "ANSWERED_HELP",
                    "caller_category": chance.choice(
                        [
                            *FAMILY_IN_ORDER,
                            "EXTENDED_FAMILY",
                            "ENTOURAGE",
                            "PROFESSIONAL",
                            "WITNESS",
                            "MINOR",
                            "UNDISCLOSED",
                            "UNKNOWN",
                        ]
                    ),
                }
            )
        for place in range(chance.choice([0, 1, 2, 3])):
            rows["situation_jurisdiction"].append(
                {
                    "id": uuid(),
                    "situation_id": case,
                    "department_code": chance.choice(DEPARTMENTS[:-1]),
                    "authority_id": chance.choice(authorities),
                    "role": chance.choice(["RESIDENCE", "RESIDENCE", "PRESENCE", "CUSTODY"]),
                    "starts_at": opened_at,
                    "ends_at": None if place else opened_at + timedelta(days=30),
                }
            )
        for _ in range(chance.choice([0, 2, 6])):
            kind = chance.choice([kind.value for kind in Problematic])
            rows["sensitive_problematic" if kind in STARRED else "problematic"].append(
                {"id": uuid(), "situation_id": case, "kind": kind, "value": chance.choice(["YES", "NO", "UNKNOWN"])}
            )
        for _ in range(chance.choice([0, 1, 3])):
            rows["dlpm_action"].append(
                {"id": uuid(), "situation_id": case, "kind": chance.choice([kind.value for kind in DlpmActionKind])}
            )
        for _ in range(chance.choice([0, 1, 2])):
            rows["concern_report"].append(
                {
                    "id": uuid(),
                    "situation_id": case,
                    "controller_org_id": organisation,
                    "to_authority_id": chance.choice(authorities),
                    "status": chance.choice(["DRAFT", "VALIDATED", "MISROUTED", *sorted(TOLD)]),
                    "danger_types": [],
                }
            )
    for number, opened_at in enumerate(moments[:40]):
        day = opened_at.astimezone(PARIS).date()
        session = uuid()
        rows["working_session"].append({"id": session, "held_on": day, "subject": "-"})
        rows["awareness_event"].append({"id": uuid(), "held_on": day, "title": "-", "participants": number * 7})
        rows["podcast_episode"].append({"id": uuid(), "number": number, "title": "-", "published_on": day})
        if not rows["actor"] or number % 3 == 0:
            rows["actor"].append({"id": uuid(), "name": str(number)})
        for met in rows["actor"][-(number % 4) :] if number % 4 else []:
            rows["working_session_actor"].append({"session_id": session, "actor_id": met["id"]})
    for target in SurveyTarget:
        campaign = uuid()
        rows["survey_campaign"].append(
            {"id": campaign, "target": target.value, "title": "-", "opened_on": date(2023, 1, 1)}
        )
        for answered_at in moments[:30]:
            rows["survey_response"].append(
                {
                    "id": uuid(),
                    "campaign_id": campaign,
                    "department_code": chance.choice(DEPARTMENTS),
                    "confronted": chance.choice(["YES", "YES", "YES", "NO", "UNKNOWN"]),
                    "answered_at": answered_at,
                }
            )
    return dict(rows)


FAMILY_IN_ORDER = sorted(FAMILY)
WORLD = _world()


def months_of(first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Month by month from a first to a last instant, by the civil clock of Paris."""
    moments = [first.astimezone(PARIS)]
    while moments[-1] < last:
        now = moments[-1]
        moments.append(now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1))
    return list(pairwise(moments))


def expected(world: Rows, first: datetime, last: datetime, cases: set[UUID] | None = None) -> dict[str, Any]:
    """What the document has to say, counted over the rows in plain Python."""
    opened = {
        row["id"]: row
        for row in world["situation"]
        if first <= row["opened_at"] < last and (cases is None or row["id"] in cases)
    }

    def of(name: str) -> list[dict[str, Any]]:
        return [row for row in world[name] if row["situation_id"] in opened]

    incoming = [row for row in of("contact") if row["direction"] == "IN"]
    earliest: dict[UUID, dict[str, Any]] = {}
    for row in sorted(incoming, key=lambda row: row["at"], reverse=True):
        earliest[row["situation_id"]] = row
    homes: dict[UUID, str] = {}
    for row in sorted(of("situation_jurisdiction"), key=lambda row: (row["starts_at"], row["id"])):
        if row["role"] == "RESIDENCE":
            homes.setdefault(row["situation_id"], row["department_code"])
    said: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    for row in of("problematic") + of("sensitive_problematic"):
        said[row["kind"], row["situation_id"]].add(row["value"])
    ages = [row["age"] for row in of("minor") if row["age"] is not None]
    days = (first.astimezone(PARIS).date(), (last - timedelta(seconds=1)).astimezone(PARIS).date())
    sessions = {row["id"] for row in world["working_session"] if days[0] <= row["held_on"] <= days[1]}
    events = [row["participants"] for row in world["awareness_event"] if days[0] <= row["held_on"] <= days[1]]
    answers = [row for row in world["survey_response"] if first <= row["answered_at"] < last]
    targets = {row["id"]: row["target"] for row in world["survey_campaign"]}
    months = months_of(first, last)

    def by_month(moments: list[datetime]) -> dict[str, int]:
        counts = {
            f"{start.year}-{start.month:02}": sum(start <= moment < end for moment in moments) for start, end in months
        }
        return {key: count for key, count in counts.items() if count}

    return {
        "situations": len(opened),
        "gender": dict(Counter(row["gender"] for row in of("minor"))),
        "known": dict(Counter(row["known_to_cp"] for row in opened.values())),
        "ages": {"known": len(ages), "total": sum(ages)},
        "situations_by_month": by_month([row["opened_at"] for row in opened.values()]),
        "contacts_by_month": by_month([opened[row["situation_id"]]["opened_at"] for row in incoming]),
        "callers": dict(Counter(row["caller_category"] for row in earliest.values())),
        "departments": dict(Counter(homes.get(case, "?") for case in opened)),
        "observations": {
            kind: (
                sum("YES" in values for values in found),
                sum("NO" in values and "YES" not in values for values in found),
            )
            for kind in {kind for kind, _ in said}
            for found in [[values for (other, _), values in said.items() if other == kind]]
            if any(values & {"YES", "NO"} for values in found)
        },
        "actions": dict(Counter(kind for _, kind in {(row["situation_id"], row["kind"]) for row in of("dlpm_action")})),
        "sessions": {
            "sessions": len(sessions),
            "actors": len({row["actor_id"] for row in world["working_session_actor"] if row["session_id"] in sessions}),
        },
        "awareness": {"events": len(events), "participants": sum(events)},
        "podcasts": sum(days[0] <= row["published_on"] <= days[1] for row in world["podcast_episode"]),
        "answers": dict(Counter((targets[row["campaign_id"]], row["confronted"]) for row in answers)),
        "survey_departments": len({row["department_code"] for row in answers}),
    }


def readable(document: dict[str, Any], period: Period) -> dict[str, Any]:
    """The document of a statement as `expected` says it, for the period alone."""
    tallies = Tallies(document)
    first, count = period.slot
    months = tallies.months(period.whole_year)

    def of(cube: str) -> dict[str, int]:
        found = {word: sum(values[first : first + count]) for word, values in months.get(cube, {}).items()}
        return {word: number for word, number in found.items() if number}

    def by_month(cube: str) -> dict[str, int]:
        values = [sum(column) for column in zip(*months.get(cube, {"": (0,) * 12}).values(), strict=True)]
        named = zip((key for key, _, _ in period.months), values[first : first + count], strict=True)
        return {key: number for key, number in named if number}

    said: dict[str, list[int]] = {}
    for word, number in of("PROBLEMATICS").items():
        kind, _, answer_ = word.partition(":")
        said.setdefault(kind, [0, 0])[answer_ == "NO"] = number
    ages = of("AGES")
    return {
        "situations": sum(of("SITUATIONS").values()),
        "gender": of("GENDER"),
        "known": of("KNOWN"),
        "ages": {"known": ages.get("KNOWN", 0), "total": ages.get("TOTAL", 0)},
        "situations_by_month": by_month("SITUATIONS"),
        "contacts_by_month": by_month("CONTACTS"),
        "callers": of("CALLERS"),
        "departments": {place: sum(words.values()) for place, words in tallies.places("SITUATIONS", "D").items()},
        "observations": {kind: tuple(numbers) for kind, numbers in said.items()},
        "actions": of("ACTIONS"),
        **{name: document[name] for name in ("sessions", "awareness", "podcasts", "survey_departments")},
        "answers": {(row["target"], row["confronted"]): row["count"] for row in document["answers"]},
    }


# -------------------- the server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server with every table, the rows above, and the login that may read `MONITORING_COLUMNS`."""
    data = tmp_path_factory.mktemp("monitoring") / "data"
    with EmbeddedPostgres(data, settings={"shared_buffers": "32MB", "fsync": "off"}) as running:
        asyncio.run(_fill(running))
        yield running
    shutil.rmtree(data, ignore_errors=True)


async def _fill(server: PostgresServer) -> None:
    # In another zone than Paris, so that a civil date taken from the session's zone is found out.
    dsn = server.dsn(server.admin_user, server.admin_password)
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for text in [*rollups.statements(), *editions.statements()]:
            await connection.exec_driver_sql(text)
        for table in metadata.sorted_tables:
            if WORLD.get(table.name):
                await connection.execute(insert(table), WORLD[table.name])
        await connection.exec_driver_sql(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        await _grant(connection)
        await connection.exec_driver_sql(f"ALTER ROLE {LOGIN} SET timezone TO 'Pacific/Auckland'")
    await engine.dispose()


async def _grant(connection: AsyncConnection) -> None:
    for name, columns in MONITORING_COLUMNS.items():
        await connection.exec_driver_sql(f"GRANT SELECT ({', '.join(sorted(columns))}) ON {name} TO {LOGIN}")
    await connection.exec_driver_sql(f"GRANT SELECT ON {MONITORING_VIEW} TO {LOGIN}")


def as_monitoring(server: PostgresServer, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async def talk() -> T:
        connection = await asyncpg.connect(server.dsn(LOGIN, PASSWORD), timeout=5)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(talk())


def fetched(server: PostgresServer, sql: str, arguments: list[Any]) -> dict[str, Any]:
    async def work(connection: asyncpg.Connection) -> dict[str, Any]:
        document: dict[str, Any] = orjson.loads(await connection.fetchval(sql, *arguments))
        return document

    return as_monitoring(server, work)


# -------------------- what is counted


def folded(server: PostgresServer) -> int:
    async def work() -> int:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        try:
            found: int = await admin.fetchval(rollups.FOLD, 1_000_000)
        finally:
            await admin.close()
        return found

    return asyncio.run(work())


def test_every_figure_is_what_plain_python_counts_folded_or_not(server: PostgresServer) -> None:
    def check() -> None:
        for period, first, last in PERIODS:
            document = fetched(server, *counting_statement(period))
            wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
            found = readable(document, period)
            whole = period.whole_year
            year = expected(WORLD, midnight(whole.starts_on), midnight(whole.ends_on + timedelta(days=1)))
            # Places are of whole years.
            assert found == wanted | {"departments": year["departments"]}, period.label

    check()
    assert folded(server) > len(WORLD["situation"])
    check()
    assert folded(server) == 0


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), PARIS)


def test_the_world_of_these_tests_is_not_empty() -> None:
    _, first, last = PERIODS[0]
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert wanted["situations"] == 98
    assert len(wanted["observations"]) == len(Problematic)
    assert len(wanted["actions"]) == len(DlpmActionKind)
    assert set(wanted["gender"]) == {"GIRL", "BOY", "TRANS_OTHER", "UNKNOWN"}
    assert wanted["ages"]["known"] < sum(wanted["gender"].values())
    assert wanted["departments"]["?"] > 0
    assert wanted["situations"] < sum(wanted["contacts_by_month"].values())
    assert sum(wanted["callers"].values()) < wanted["situations"]
    assert len(wanted["situations_by_month"]) == 12


@pytest.mark.parametrize("place", [0, 1])
def test_an_authority_counts_only_what_it_was_told_of(server: PostgresServer, place: int) -> None:
    period, first, last = PERIODS[0]
    authority = WORLD["authority"][place]["id"]
    competent = {row["situation_id"] for row in WORLD["situation_jurisdiction"] if row["authority_id"] == authority}
    told = {
        row["situation_id"]
        for row in WORLD["concern_report"]
        if row["to_authority_id"] == authority and row["status"] in TOLD
    }
    assert competent - told
    assert told - competent
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last), competent & told)
    months = Tallies(fetched(server, *authority_statement(period, authority))).as_of(period).months(period)
    found = {name: {word: sum(values) for word, values in months[name].items()} for name in months}
    assert found["OWN_SITUATIONS"] == {"": wanted["situations"]}
    assert (found["OWN_GENDER"], found["OWN_KNOWN"]) == (wanted["gender"], wanted["known"])
    assert wanted["situations"] > 5


def test_all_figures_take_one_statement(server: PostgresServer) -> None:
    executed: list[str] = []

    async def work(connection: asyncpg.Connection) -> NationalMonitoring:
        async def fetch(sql: str, arguments: list[Any]) -> bytes:
            value: str = await connection.fetchval(sql, *arguments)
            return value.encode()

        connection.add_query_logger(lambda record: executed.append(record.query))
        return await national_monitoring(fetch, Audience.ANA, REPORT_YEAR)

    figures = as_monitoring(server, work)
    _, first, last = PERIODS[0]
    wanted = expected(WORLD, datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert len(executed) == 1
    assert figures.situations.count.value == wanted["situations"]
    assert figures.contacts.count.value == sum(wanted["contacts_by_month"].values())
    assert figures.mean_age.mean.value == pytest.approx(wanted["ages"]["total"] / wanted["ages"]["known"], abs=0.051)


# -------------------- who may read what


def test_the_login_reads_no_row_beyond_its_columns(server: PostgresServer) -> None:
    async def work(connection: asyncpg.Connection) -> int:
        refused = 0
        for table in metadata.sorted_tables:
            for column in table.c:
                if column.name not in MONITORING_COLUMNS.get(table.name, ()):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.fetch(f'SELECT "{column.name}" FROM {table.name}')
                    refused += 1
        return refused

    every_column = sum(len(table.c) for table in metadata.sorted_tables)
    granted = sum(len(columns) for columns in MONITORING_COLUMNS.values())
    assert as_monitoring(server, work) == every_column - granted


EVERYTHING = Sight(DLPM_TABLES, draft=True, frozen=True)


def test_every_granted_column_is_needed(server: PostgresServer) -> None:
    statements = [
        national_statement(REPORT_YEAR),
        authority_statement(REPORT_YEAR, WORLD["authority"][0]["id"]),
        versions_statement(REPORT_YEAR, EVERYTHING),
        version_statement(WORLD["authority"][0]["id"], EVERYTHING),
    ]

    async def work() -> list[str]:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        login = await asyncpg.connect(server.dsn(LOGIN, PASSWORD))
        useless = []
        try:
            for name, columns in MONITORING_COLUMNS.items():
                for column in sorted(columns):
                    await admin.execute(f"REVOKE SELECT ({column}) ON {name} FROM {LOGIN}")
                    if not await _any_refused(login, statements):
                        useless.append(f"{name}.{column}")
                    await admin.execute(f"GRANT SELECT ({column}) ON {name} TO {LOGIN}")
        finally:
            await admin.close()
            await login.close()
        return useless

    assert asyncio.run(work()) == []


async def _any_refused(connection: asyncpg.Connection, statements: list[tuple[str, list[Any]]]) -> bool:
    for sql, arguments in statements:
        try:
            await connection.fetchval(sql, *arguments)
        except asyncpg.InsufficientPrivilegeError:
            return True
    return False


def test_no_column_of_names_or_texts_is_granted() -> None:
    granted = {(name, column) for name, columns in MONITORING_COLUMNS.items() for column in columns}
    categories = {metadata.tables[name].c[column].info["category"].value for name, column in granted}
    # The directory and the network's life: of the cases it reads sums, through the view, and no row.
    assert categories == {"KEY", "G33", "G34", "G35"}
    assert not set(MONITORING_COLUMNS) & {"monitoring_cell", "monitoring_part", "monitoring_mark", *rollups.WATCHED}


@pytest.mark.parametrize("audience", list(Audience))
async def test_only_audiences_with_indicators_are_answered(audience: Audience) -> None:
    asked: list[str] = []

    async def fetch(sql: str, _: list[Any]) -> dict[str, Any]:
        asked.append(sql)
        return dict(tallies(REPORT).document)

    if audience in {Audience.COO, Audience.DEL, Audience.ADM}:
        with pytest.raises(ForbiddenError):
            await national_monitoring(fetch, audience, REPORT_YEAR)
        assert asked == []
    else:
        assert (await national_monitoring(fetch, audience, REPORT_YEAR)).situations.count.value == 143
        assert len(asked) == 1


def test_audiences_are_those_of_the_policy() -> None:
    assert set(Audience) - AUDIENCES == {Audience.COO, Audience.DEL, Audience.ADM}


async def test_authority_figures_need_an_authority_and_its_service() -> None:
    async def fetch(_: str, __: list[Any]) -> bytes:
        return orjson.dumps(dict(tallies(REPORT, prefix="OWN_").document))

    authority = UUID(int=7)
    assert (await authority_monitoring(fetch, Audience.CRI, authority, REPORT_YEAR)).situations.count.value == 143
    for audience, own in ((Audience.ANA, authority), (Audience.ASM, authority), (Audience.CRI, None)):
        with pytest.raises(ForbiddenError):
            await authority_monitoring(fetch, audience, own, REPORT_YEAR)


# -------------------- periods


def test_the_reports_year_runs_from_3_april_to_2_april() -> None:
    assert (REPORT_YEAR.starts_on, REPORT_YEAR.ends_on) == (date(2023, 4, 3), date(2024, 4, 2))
    assert [first for _, first, _ in REPORT_YEAR.months] == [
        *(date(2023, month, 3) for month in range(4, 13)),
        *(date(2024, month, 3) for month in range(1, 4)),
    ]
    assert REPORT_YEAR.label == "du 3 avril 2023 au 2 avril 2024"


@given(st.integers(2000, 2098), st.sampled_from(list(PeriodKind)))
def test_months_and_quarters_tile_their_year(year: int, kind: PeriodKind) -> None:
    whole = Period(year, kind=kind)
    parts = [whole.months]
    first = 4 if kind is PeriodKind.REPORT else 1
    quarters = [Period(year, quarter=number, kind=kind) for number in range(1, 5)]
    months = [Period(year, month=(first - 1 + number) % 12 + 1, kind=kind) for number in range(12)]
    parts += [tuple((p.label, p.starts_on, p.ends_on) for p in finer) for finer in (quarters, months)]
    assert [p.slot for p in (*quarters, *months)] == [(n * 3, 3) for n in range(4)] + [(n, 1) for n in range(12)]
    for part in parts:
        assert (part[0][1], part[-1][2]) == (whole.starts_on, whole.ends_on)
        assert all(before[2] + timedelta(days=1) == after[1] for before, after in pairwise(part))
    assert whole.ends_on + timedelta(days=1) == Period(year + 1, kind=kind).starts_on


def test_labels_are_french() -> None:
    assert [Period(2024, quarter=1).label, Period(2024, quarter=2).label] == ["1er trimestre 2024", "2e trimestre 2024"]
    assert [Period(2024, month=8).label, Period(2024).label] == ["août 2024", "2024"]
    months = [Period(2023, month=month, kind=PeriodKind.REPORT).label for month in (4, 12, 1)]
    assert months == [
        "du 3 avril au 2 mai 2023",
        "du 3 décembre 2023 au 2 janvier 2024",
        "du 3 janvier au 2 février 2024",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        PeriodInput(year=1999),
        PeriodInput(year=2100),
        PeriodInput(year=10**9),
        PeriodInput(year=2024, quarter=0),
        PeriodInput(year=2024, quarter=5),
        PeriodInput(year=2024, month=0),
        PeriodInput(year=2024, month=13),
        PeriodInput(year=2024, quarter=1, month=1),
        PeriodInput(year=2024, kind=PeriodKind.CIVIL),
        PeriodInput(year=2024, month=4, kind=PeriodKind.CIVIL),
    ],
)
def test_what_is_no_fixed_period_is_refused(asked: PeriodInput) -> None:
    with pytest.raises(BadInputError):
        period_of(asked)


def test_a_fixed_period_is_read() -> None:
    civil, report = PeriodKind.CIVIL, PeriodKind.REPORT
    assert period_of(PeriodInput(year=2023)) == period_of(PeriodInput(year=2023, kind=report)) == REPORT_YEAR
    assert period_of(PeriodInput(year=2024, month=12)) == Period(2024, month=12, kind=report)
    assert period_of(PeriodInput(year=2099, quarter=4), civil) == Period(2099, quarter=4)


def test_only_one_calendar_is_published() -> None:
    # Together they would tell what happened on the 1st and 2nd of a month.
    for asked, published in ((PeriodKind.CIVIL, PeriodKind.REPORT), (PeriodKind.REPORT, PeriodKind.CIVIL)):
        with pytest.raises(BadInputError, match="calendar") as refused:
            period_of(PeriodInput(year=2024, kind=asked), published)
        assert refused.value.reason == "CALENDAR_NOT_PUBLISHED"


# -------------------- what readers see


def tally(**counts: int) -> list[dict[str, Any]]:
    return [{"word": word, "count": count} for word, count in counts.items()]


def by_month(*counts: int) -> list[dict[str, Any]]:
    return [{"word": key, "count": count} for (key, _, _), count in zip(REPORT_YEAR.months, counts, strict=True)]


# The integers that fit the printed report (docs: domain reference, section 11).
REPORT: dict[str, Any] = {
    "computed_at": "2024-06-01T10:00:00.123456+00:00",
    "situations": 143,
    "gender": tally(GIRL=135, BOY=7, TRANS_OTHER=1),
    "known": tally(YES=89, NO=35, UNKNOWN=19),
    "ages": {"known": 136, "total": 2039},
    "situations_by_month": by_month(12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 11),
    "contacts_by_month": by_month(40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 20, 19),
    "callers": tally(
        MOTHER=44, FATHER=10, STEP_PARENT=3, SIBLING=5, PROFESSIONAL=28, EXTENDED_FAMILY=12, ENTOURAGE=8,
        UNDISCLOSED=11, UNKNOWN=6, WITNESS=10, MINOR=6,
    ),
    "with_home": 143,
    "departments": [
        {"code": "59", "name": "Nord", "count": 11},
        {"code": "13", "name": "Bouches-du-Rhône", "count": 10},
        *({"code": f"x{n}", "name": "-", "count": 2} for n in range(56)),
        {"code": "48", "name": "Lozère", "count": 0},
        {"code": "75", "name": "Paris", "count": 10},
    ],
    "observations": [
        {"kind": "PSYCH_SUFFERING", "yes": 123, "no": 3},
        {"kind": "RUNAWAY", "yes": 120, "no": 11},
        {"kind": "SCHOOL_DISINVESTMENT", "yes": 100, "no": 20},
        {"kind": "ADDICTION", "yes": 73, "no": 30},
        {"kind": "PREGNANCY", "yes": 4, "no": 100},
        {"kind": "CYBER", "yes": 140, "no": 3},
    ],
    "actions": tally(IP_SENT=124, DIRECT_ADVICE=73, ASE_LINK=73, DOCUMENTATION=64, LOCAL_ORIENTATION=43),
    "sessions": {"sessions": 81, "actors": 73},
    "awareness": {"events": 8, "participants": 1040},
    "podcasts": 1,
    "answers": [
        {"target": target, "confronted": word, "count": count}
        for target, yes, no in (("FOYER", 21, 2), ("CRIP", 33, 4), ("ASE", 25, 4), ("DEF", 27, 10))
        for word, count in (("YES", yes), ("NO", no))
    ],
    "survey_departments": 41,
}  # fmt: skip


REGIONS = {"59": "32", "13": "93", "75": "11", "48": "76"}


def tallies(compact: dict[str, Any], prefix: str = "") -> Tallies:
    """A document of a statement; what is not given month by month falls into the first one."""
    starts = {key: first.isoformat() for key, first, _ in REPORT_YEAR.months}
    cells: list[dict[str, Any]] = []

    def add(cube: str, word: str, amount: int, month: str = "2023-04") -> None:
        if amount:
            cells.append({"cube": prefix + cube, "span": starts[month], "word": word, "amount": amount})

    for name, cube in (("situations_by_month", "SITUATIONS"), ("contacts_by_month", "CONTACTS")):
        for row in compact[name]:
            add(cube, "", row["count"], row["word"])
    named = {"gender": "GENDER", "known": "KNOWN", "callers": "CALLERS", "actions": "ACTIONS"}
    for name, cube in named.items():
        for row in compact[name]:
            add(cube, row["word"], row["count"])
    add("AGES", "KNOWN", compact["ages"]["known"])
    add("AGES", "TOTAL", compact["ages"]["total"])
    known = compact["ages"]["known"]
    some = 6 if known >= 53 else 0
    for band, amount in (("UNDER_13", some), ("A13_14", some and 41), ("A18_20", some)):
        add("AGE_BANDS", band, amount)
    add("AGE_BANDS", "A15_17", known - (53 if some else 0))
    add("AGE_BANDS", "UNKNOWN", sum(row["count"] for row in compact["gender"]) - compact["ages"]["known"])
    for row in compact["observations"]:
        add("PROBLEMATICS", f"{row['kind']}:YES", row["yes"])
        add("PROBLEMATICS", f"{row['kind']}:NO", row["no"])
    homes = {row["code"]: row["count"] for row in compact["departments"]}
    homes["?"] = sum(row["count"] for row in compact["situations_by_month"]) - sum(homes.values())
    others = {name: compact[name] for name in ("sessions", "awareness", "podcasts", "answers", "survey_departments")}
    return Tallies(
        others
        | {
            "computed_at": compact["computed_at"],
            "cells": cells,
            "places": [
                {"place": f"D:{code}", "cube": "SITUATIONS", "word": "", "amount": count}
                for code, count in homes.items()
                if count
            ],
            "departments": [
                {
                    "code": row["code"],
                    "name": row["name"],
                    "region_code": REGIONS.get(row["code"], "84"),
                    "region_name": REGIONS.get(row["code"], "84"),
                }
                for row in compact["departments"]
            ],
            "authorities": [],
        }
    )


def seen(audience: Audience = Audience.ANA, period: Period = REPORT_YEAR, **changes: Any) -> NationalMonitoring:
    return answer(tallies(REPORT | changes), Thresholds(), audience, period)


def assert_report(figures: NationalMonitoring) -> None:
    """The yearly report, as printed."""
    assert figures.situations.count.value == 143
    assert figures.contacts.count.value == 439
    assert figures.gender.girls.percent == 94
    assert figures.gender.others.percent == 6
    assert [part.share.count.value for part in figures.gender.parts if part.gender is not Gender.UNKNOWN] == [
        None,
        None,
    ]
    assert figures.mean_age.mean.value == 15.0
    assert figures.departments.count.value == 59
    assert figures.already_known.share.percent == 62
    assert [(action.action, action.share.percent) for action in figures.actions] == [
        (DlpmActionKind.IP_SENT, 87),
        (DlpmActionKind.DIRECT_ADVICE, 51),
        (DlpmActionKind.ASE_LINK, 51),
        (DlpmActionKind.DOCUMENTATION, 45),
        (DlpmActionKind.LOCAL_ORIENTATION, 30),
    ]
    observed = {indicator.problematic: indicator.share.percent for indicator in figures.problematics}
    assert [
        observed[kind]
        for kind in (
            Problematic.PSYCH_SUFFERING,
            Problematic.RUNAWAY,
            Problematic.SCHOOL_DISINVESTMENT,
            Problematic.ADDICTION,
        )
    ] == [86, 84, 70, 51]
    assert [(part.category, part.share.percent, part.share.count.value) for part in figures.callers.parts] == [
        (CallerCategoryReport.CLOSE_FAMILY, 43, 62),
        (CallerCategoryReport.PROFESSIONAL, 20, 28),
        (CallerCategoryReport.EXTENDED, 14, 20),
        (CallerCategoryReport.UNDISCLOSED, 12, 17),
        (CallerCategoryReport.WITNESS, 7, 10),
        (CallerCategoryReport.MINOR, 4, 6),
    ]
    assert (
        figures.working_sessions.count.value,
        figures.actors.count.value,
        figures.survey_departments.count.value,
    ) == (81, 73, 41)
    assert {indicator.target: indicator.share.percent for indicator in figures.confronted} == {
        SurveyTarget.FOYER: 91.3,
        SurveyTarget.CRIP: 89,
        SurveyTarget.ASE: 86.2,
        SurveyTarget.DEF: 73,
    }
    assert (
        figures.awareness_events.count.value,
        figures.awareness_participants.count.value,
        figures.podcasts.count.value,
    ) == (8, 1040, 1)


def test_the_yearly_report_comes_out_for_an_analyst() -> None:
    assert_report(seen())


def test_the_yearly_report_comes_out_of_the_synthetic_network(server: PostgresServer, tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()

    async def work() -> NationalMonitoring:
        admin = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password))
        await admin.execute("CREATE DATABASE synthetic")
        await admin.close()
        dsn = server.dsn(server.admin_user, server.admin_password, "synthetic")
        engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for text in [*rollups.statements(), *editions.statements()]:
                await connection.exec_driver_sql(text)
            await _grant(connection)
        await engine.dispose()
        admin = await asyncpg.connect(dsn)
        await load(admin, now=datetime(2026, 1, 15, tzinfo=UTC), keyring=keyring)
        await admin.close()
        login = await asyncpg.connect(server.dsn(LOGIN, PASSWORD, "synthetic"))
        try:
            return await national_monitoring(
                lambda sql, arguments: login.fetchval(sql, *arguments), Audience.ANA, REPORT_YEAR
            )
        finally:
            await login.close()

    assert_report(asyncio.run(work()))


def test_a_reader_outside_the_dlpm_sees_the_same_figures_under_its_own_threshold() -> None:
    figures = seen(Audience.ONP)
    assert figures.situations.count.value == 143
    # Witnesses (10) and minors (6) are below 11, and pin each other at a sum of 16: the next smallest goes too.
    assert [part.share.count.value for part in figures.callers.parts] == [62, 28, 20, None, None, None]
    assert [part.share.count.label for part in figures.callers.parts][3:] == ["masqué"] * 3
    assert [part.share.percent for part in figures.callers.parts] == [43, 20, 14, None, None, None]
    assert figures.gender.others.state is figures.gender.girls.state is CountState.MASKED
    assert figures.callers.threshold == 11
    assert seen().callers.threshold == 5


def test_a_breakdown_asked_for_a_month_is_a_table_of_two_dimensions() -> None:
    month = Period(2023, month=4, kind=PeriodKind.REPORT)
    figures = seen(period=month)
    assert (figures.callers.threshold, figures.per_month.threshold) == (11, 5)
    assert {part.share.count.state for part in figures.callers.parts} == {CountState.MASKED}
    assert [(part.situations.value, part.contacts.value) for part in figures.per_month.parts] == [(12, 40)]
    assert {part.situations.state for part in figures.per_department.parts} == {CountState.NOT_AVAILABLE}


def test_genders_are_grouped_where_they_are_small() -> None:
    unknown_too = seen(gender=tally(GIRL=120, BOY=10, TRANS_OTHER=6, UNKNOWN=7)).gender
    assert [part.share.count.value for part in unknown_too.parts] == [10, 6, 7]
    assert (unknown_too.others.count.value, unknown_too.unknowns.value) == (23, 7)
    one_small = seen(gender=tally(GIRL=120, BOY=10, TRANS_OTHER=3, UNKNOWN=10)).gender
    assert sorted(str(part.share.count.value) for part in one_small.parts) == ["10", "None", "None"]
    assert (one_small.girls.count.value, one_small.others.count.value) == (120, 23)
    few_others = seen(gender=tally(GIRL=139, BOY=3, UNKNOWN=1)).gender
    assert (few_others.girls.count.value, few_others.others.count.value) == (None, None)
    assert [part.share.count.value for part in few_others.parts] == [None, None, None]
    few_girls = seen(gender=tally(GIRL=3, BOY=140)).gender
    assert [part.share.count.value for part in few_girls.parts if part.gender is Gender.BOY] == [None]


def test_a_problematic_hides_small_numbers_and_small_rests() -> None:
    shares = {indicator.problematic: indicator for indicator in seen().problematics}
    assert set(shares) == set(Problematic)
    assert shares[Problematic.PREGNANCY].share.count.label == "moins de 5"
    assert shares[Problematic.PREGNANCY].share.percent is None
    assert shares[Problematic.CYBER].share.count.label == "masqué"  # 140 of 143, and the other 3 said no
    assert shares[Problematic.CYBER].unknowns.value == 0
    assert shares[Problematic.PSYCH_SUFFERING].share.count.value == 123
    assert shares[Problematic.PSYCH_SUFFERING].unknowns.label == "masqué"  # 17, or 3 that said no would be the rest
    assert shares[Problematic.RUNAWAY].unknowns.value == 12
    never_observed = shares[Problematic.SELF_HARM]
    assert (never_observed.share.count.label, never_observed.unknowns.label) == ("masqué", "masqué")
    assert shares[Problematic.RUNAWAY].label == "fugue"


def test_departments_are_masked_below_11_and_all_listed() -> None:
    figures = seen()
    parts = {part.department_code: part.situations for part in figures.per_department.parts}
    assert len(parts) == 60
    assert parts["59"].value == 11
    assert {code for code, count in parts.items() if count.value is not None} == {"59"}
    assert parts["48"] == parts["x1"] == Count(value=None, state=CountState.MASKED, label="masqué")
    regions = {part.region_code: part.situations.value for part in figures.per_region.parts}
    assert regions == {"32": 11, "84": 112, "93": None, "11": None, "76": None}


def test_small_unknown_homes_are_masked_everywhere_alike() -> None:
    fewer = [row | {"count": 4} if row["code"] == "13" else row for row in REPORT["departments"]]
    figures = seen(departments=fewer)
    assert figures.departments.unknowns.label == figures.per_department.unknowns.label == "masqué"
    assert seen().departments.unknowns.value == 0


def test_months_are_all_there_and_contacts_follow_situations() -> None:
    figures = seen(
        situations_by_month=by_month(30, 30, 30, 30, 8, 9, 3, 0, 20, 7, 1, 6),
        contacts_by_month=by_month(90, 90, 90, 90, 30, 30, 9, 0, 40, 9, 3, 9),
    )
    parts = figures.per_month.parts
    assert (parts[0].starts_on, parts[0].ends_on, parts[11].ends_on) == (
        date(2023, 4, 3),
        date(2023, 5, 2),
        date(2024, 4, 2),
    )
    # Within a quarter, what is left of it is never small: 3 takes the third month along, 1 takes the next smallest.
    assert [part.situations.value for part in parts] == [30, 30, 30, 30, 8, 9, None, 0, None, 7, None, None]
    assert [part.contacts.value for part in parts] == [90, 90, 90, 90, 30, 30, None, 0, None, 9, None, None]
    assert [parts[place].situations.label for place in (6, 8)] == ["moins de 5", "masqué"]
    assert parts[6].contacts.label == "masqué"  # 9 contacts are not fewer than 5


def test_while_a_year_runs_only_months_of_quarters_that_are_over_are_shown() -> None:
    figures = seen(computed_at="2023-10-02T21:59:59+00:00")
    assert [part.situations.value for part in figures.per_month.parts] == [12, 12, 12, *[None] * 9]
    assert figures.period.complete is False
    assert {count.state for path, count in counts_of(figures, "") if ".per_month" not in path} == {
        CountState.NOT_AVAILABLE
    }
    # The quarter is over with its last day in Paris.
    later = seen(computed_at="2023-10-02T22:00:00+00:00")
    assert [part.situations.value for part in later.per_month.parts] == [*[12] * 6, *[None] * 6]


def test_surveys_count_services_and_need_three() -> None:
    def survey(*rows: tuple[str, int]) -> tuple[Any, ...]:
        answers = [{"target": "ASE", "confronted": word, "count": count} for word, count in rows]
        indicator = {one.target: one for one in seen(answers=answers).confronted}[SurveyTarget.ASE]
        return (
            indicator.share.percent,
            indicator.share.count.label,
            indicator.share.base.label,
            indicator.unknowns.label,
        )

    assert survey(("YES", 2)) == (None, "moins de 3", "moins de 3", "moins de 3")
    assert survey(("YES", 1), ("NO", 1), ("UNKNOWN", 1)) == (33.3, "1", "3", "1")
    assert survey() == (None, "moins de 3", "moins de 3", "moins de 3")


def test_what_is_not_about_persons_is_never_masked() -> None:
    figures = seen(
        sessions={"sessions": 1, "actors": 0},
        awareness={"events": 1, "participants": 3},
        podcasts=0,
        survey_departments=2,
    )
    network = (
        figures.working_sessions,
        figures.actors,
        figures.awareness_events,
        figures.awareness_participants,
        figures.podcasts,
        figures.survey_departments,
    )
    assert [indicator.count.value for indicator in network] == [1, 0, 1, 3, 0, 2]
    assert {indicator.threshold for indicator in network} == {None}


def test_a_mean_keeps_its_small_unknowns_to_itself() -> None:
    indicator = seen(ages={"known": 140, "total": 2100}).mean_age
    assert indicator.mean.value == 15.0
    assert (indicator.unknowns.label, indicator.mean.base.label) == ("masqué", "masqué")
    assert seen().mean_age.unknowns.value == 7
    assert seen(ages={"known": 4, "total": 60}).mean_age.mean.value is None


def test_what_was_decided_of_the_same_numbers_is_not_decided_again() -> None:
    decided: list[str] = []
    remembered = Remembered(2)

    def asked(moment: str, counted: str, who: str = "DLPM") -> NationalMonitoring:
        def decide() -> NationalMonitoring:
            decided.append(f"{who} {counted}")
            return seen(computed_at=moment)

        return remembered.answer(who, f'{{"computed_at":"{moment}","cells":{counted}}}', decide)

    first = asked("2026-01-15T08:00:00+00:00", "[1]")
    again = asked("2026-01-15T09:30:00+00:00", "[1]")
    assert decided == ["DLPM [1]"]
    assert again is first
    asked("2026-01-15T09:30:00+00:00", "[2]")
    asked("2026-01-15T09:30:00+00:00", "[2]", "OTHERS")
    assert decided == ["DLPM [1]", "DLPM [2]", "OTHERS [2]"]
    # With another day in Paris more may be over; and the oldest was forgotten.
    asked("2026-01-15T23:30:00+00:00", "[2]")
    asked("2026-01-15T08:00:00+00:00", "[1]")
    assert decided == ["DLPM [1]", "DLPM [2]", "OTHERS [2]", "DLPM [2]", "DLPM [1]"]


def test_a_statement_says_first_when_it_was_computed(server: PostgresServer) -> None:
    """What is remembered is found by all that stands behind it."""

    async def work(connection: asyncpg.Connection) -> list[str]:
        asked = (national_statement(REPORT_YEAR), authority_statement(REPORT_YEAR, WORLD["authority"][0]["id"]))
        return [await connection.fetchval(sql, *arguments) for sql, arguments in asked]

    for body in as_monitoring(server, work):
        assert body.startswith('{"computed_at":"')
        remembered = Remembered()
        one, again = (remembered.answer("x", body, seen) for _ in range(2))
        assert again.situations is one.situations


def test_a_period_is_complete_after_its_last_day_in_paris() -> None:
    assert seen(computed_at="2024-04-02T21:59:59+00:00").period.complete is False
    assert seen(computed_at="2024-04-02T22:00:00+00:00").period.complete is True


def test_an_authority_has_its_own_threshold() -> None:
    small = REPORT | {"gender": tally(GIRL=8), "known": tally(YES=8), "situations_by_month": by_month(8, *[0] * 11)}

    def figures(audience: Audience, period: Period = REPORT_YEAR) -> AuthorityMonitoring:
        return of_authority.answer(tallies(small, prefix="OWN_"), Thresholds(), audience, period)

    assert figures(Audience.CRI).situations.count.value == 8
    assert figures(Audience.CRI).already_known.share.percent == 100
    month = Period(2023, month=4, kind=PeriodKind.REPORT)
    assert figures(Audience.CRI, month).already_known.share.percent is None
    assert figures(Audience.ASE).situations.count.label == "moins de 11"


# -------------------- no number of persons is small, whatever the rows


NOT_OF_PERSONS = {
    "working_sessions",
    "actors",
    "survey_departments",
    "confronted",
    "awareness_events",
    "awareness_participants",
    "podcasts",
}
small = st.integers(0, 12)


def counts_of(value: Any, path: str) -> Iterator[tuple[str, Count]]:
    if isinstance(value, Count):
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from counts_of(item, f"{path}.{place}")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if not (path == "" and field.name in NOT_OF_PERSONS):
                yield from counts_of(getattr(value, field.name), f"{path}.{field.name}")


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that hang together, with small numbers everywhere."""
    situations = draw(st.integers(0, 40))

    def parts(words: list[str], total: int) -> list[dict[str, Any]]:
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=len(words) - 1, max_size=len(words) - 1)))
        return tally(**{word: high - low for word, (low, high) in zip(words, pairwise([0, *cuts, total]), strict=True)})

    minors = situations + draw(small)
    with_home = draw(st.integers(0, situations))
    homes = parts(DEPARTMENTS, with_home)
    return REPORT | {
        "situations": situations,
        "gender": parts(["GIRL", "BOY", "TRANS_OTHER", "UNKNOWN"], minors),
        "known": parts(["YES", "NO", "UNKNOWN"], situations),
        "ages": {"known": (known := draw(st.integers(0, minors))), "total": known * 15},
        "situations_by_month": parts([key for key, _, _ in REPORT_YEAR.months], situations),
        "contacts_by_month": parts([key for key, _, _ in REPORT_YEAR.months], situations * draw(st.integers(0, 3))),
        "callers": parts(["MOTHER", "PROFESSIONAL", "WITNESS", "MINOR"], draw(st.integers(0, situations))),
        "with_home": with_home,
        "departments": [{"code": row["word"], "name": row["word"], "count": row["count"]} for row in homes],
        "observations": [
            {"kind": kind.value, "yes": yes, "no": draw(st.integers(0, situations - yes))}
            for kind in list(Problematic)[:3]
            for yes in [draw(st.integers(0, situations))]
        ],
        "actions": tally(IP_SENT=draw(st.integers(0, situations)), ASE_LINK=draw(st.integers(0, situations))),
    }


@settings(deadline=None)
@given(documents(), st.sampled_from(sorted(AUDIENCES)))
def test_no_answer_holds_a_small_number_of_persons(document: dict[str, Any], audience: Audience) -> None:
    figures = answer(tallies(document), Thresholds(), audience, REPORT_YEAR)
    dlpm = audience in {Audience.LIS, Audience.SUP, Audience.ANA, Audience.ORG_DLPM}
    for path, count in counts_of(figures, ""):
        assert (count.value is None) == (count.state is not CountState.EXACT)
        if count.value is None:
            continue
        smallest = 5 if dlpm and not path.startswith((".per_department", ".per_region")) else 11
        # Zero is shown for unknowns only: that nothing is unknown says nothing about anybody.
        nothing_unknown = count.value == 0 and (
            path.endswith(".unknowns")
            # A month without any case is about nobody.
            or path.startswith((".per_month", ".gender.parts.2", ".mean_age.", ".age_bands.parts.4"))
        )
        assert count.value >= smallest or nothing_unknown, path


@settings(deadline=None, max_examples=40)
@given(documents(), st.sampled_from(sorted(AUDIENCES)), st.integers(0, 4), st.integers(0, 4))
def test_two_worlds_that_differ_in_what_is_hidden_have_one_answer(
    document: dict[str, Any], audience: Audience, boys: int, others: int
) -> None:
    """Who of the few is who changes nothing that is told."""
    girls = next((row["count"] for row in document["gender"] if row["word"] == "GIRL"), 0)
    one, other = (
        answer(
            tallies(document | {"gender": tally(GIRL=girls, BOY=first, TRANS_OTHER=second)}),
            Thresholds(),
            audience,
            REPORT_YEAR,
        )
        for first, second in ((boys, others), (others, boys))
    )
    assert one == other


@settings(deadline=None)
@given(documents())
def test_with_too_few_situations_nothing_about_persons_is_shown(document: dict[str, Any]) -> None:
    few = document | {"situations_by_month": by_month(4, *[0] * 11), "gender": tally(GIRL=4)}
    figures = answer(tallies(few), Thresholds(), Audience.ANA, REPORT_YEAR)
    shown = {path for path, count in counts_of(figures, "") if count.value}
    assert not {path for path in shown if not path.endswith("contacts")} - {".contacts.count"}
    assert figures.mean_age.mean.value is None


@settings(deadline=None)
@given(documents())
def test_genders_cannot_be_computed_from_each_other(document: dict[str, Any]) -> None:
    gender = answer(tallies(document), Thresholds(), Audience.ANA, REPORT_YEAR).gender
    counts = {row["word"]: row["count"] for row in document["gender"]}
    shown = {part.gender.value: part.share.count.value for part in gender.parts} | {"GIRL": gender.girls.count.value}
    hidden = [word for word, value in shown.items() if value is None]
    assert (gender.others.count.value is None) == (gender.girls.count.value is None)
    if hidden and sum(counts.values()) >= 5:
        assert len(hidden) >= 2
        assert sum(counts.get(word, 0) for word in hidden) >= 5


# -------------------- the contract


@strawberry.type
class Query:
    """A root for these tests."""

    @strawberry.field
    def national_monitoring(self, period: PeriodInput) -> NationalMonitoring:
        return seen(period=period_of(period))

    @strawberry.field
    def authority_monitoring(self, period: PeriodInput) -> AuthorityMonitoring:
        return of_authority.answer(tallies(REPORT, prefix="OWN_"), Thresholds(), Audience.CRI, period_of(period))


SCHEMA = strawberry.Schema(Query)


def test_a_question_is_answered_through_graphql() -> None:
    document = """{ nationalMonitoring(period: {year: 2023, kind: REPORT}) {
        period { label startsOn complete }
        situations { code definition source denominator unknowns { state label } count { value state label } }
        gender { parts { gender share { percent state count { label } base { value } } } }
    } }"""
    result = SCHEMA.execute_sync(document)
    assert result.errors is None
    assert result.data is not None
    figures = result.data["nationalMonitoring"]
    assert figures["period"] == {"label": "du 3 avril 2023 au 2 avril 2024", "startsOn": "2023-04-03", "complete": True}
    assert figures["situations"]["count"] == {"value": 143, "state": "EXACT", "label": "143"}
    assert figures["situations"]["unknowns"] == {"state": "NOT_AVAILABLE", "label": "sans objet"}
    assert figures["gender"]["parts"][0] == {
        "gender": "BOY",
        "share": {"percent": None, "state": "MASKED", "count": {"label": "masqué"}, "base": {"value": 143}},
    }


def test_everything_is_described_and_no_field_leads_to_a_row() -> None:
    graphql = SCHEMA._schema
    for name, kind in graphql.type_map.items():
        if name.startswith("__") or name == "Query":
            continue
        assert kind.description, name
        for field_name, field in (getattr(kind, "fields", None) or {}).items():
            assert field.description, f"{name}.{field_name}"
    assert not {"Node", "Situation", "Minor", "Contact", "ID"} & set(graphql.type_map)


def test_every_indicator_carries_its_words() -> None:
    figures = seen()
    indicators = [value for value in vars(figures).values() if hasattr(value, "definition")]
    indicators += [item for value in vars(figures).values() if isinstance(value, list) for item in value]
    assert len(indicators) == 30 + 12 + 5 + 4 + 7
    assert len({indicator.code for indicator in indicators}) == len(indicators)
    assert all(
        indicator.label and indicator.definition and indicator.denominator and indicator.source
        for indicator in indicators
    )
