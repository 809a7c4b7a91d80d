"""A yearly report is frozen for good: the database refuses, answers stay as they were, and a correction is a new version."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from auth.caller import Caller
from bench.synthetic.load import load
from dashboard.yearly_report import as_csv, as_html, as_json
from loaders.commands.by_hand import acting, official
from loaders.monitoring.archive import yearly_report_of, yearly_reports
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.national import national_monitoring
from loaders.monitoring.periods import REPORT_YEAR
from loaders.monitoring.rebuilding import verify
from loaders.monitoring.reports import Report, as_answer, report
from loaders.postgres.dsn import async_url
from loaders.postgres.logins import AUDIT, COMMANDS
from loaders.sealed.keyring import Keyring
from schema.errors import ForbiddenError, SetupError
from schema.types.yearly import YearlyReport, YearlyReportState
from schema.vocabulary import Audience, CountState, OrgKind, Role
from tests.cluster import Cluster, running_cluster

Connection = asyncpg.Connection
STRICT = Thresholds(national=200, fine=200, others=200)
COMPARED = ("MISROUTED", "PROMPT", "ACCEPTED", "COMPLETED", "WAIVED")


@dataclass
class Archive:
    """A network with the cases of the first report, and the people of the 119 who act on it."""

    admin: Connection
    login: Connection
    made: Cluster
    keyring: Keyring
    people: dict[Role, list[str]]
    engine: AsyncEngine

    async def fetch(self, sql: str, arguments: list[Any]) -> bytes:
        """Ask as the login of monitoring."""
        found: bytes = await self.login.fetchval(sql, *arguments)
        return found

    async def caller(self, role: Role, number: int = 0) -> Caller:
        """One of them."""
        return await official(self.engine, self.people[role][number], "test", role)

    async def act(self, name: str, caller: Caller, **wish: Any) -> UUID:
        """Do it with the runner of commands, for the report's year unless another is given."""
        dsn_of = self.made.login
        async with acting(
            dsn_of(COMMANDS), dsn_of(AUDIT), caller=caller, keyring=self.keyring, issuer="https://us.example"
        ) as hand:
            return await hand.act(name, **{"year": 2023, **wish})

    async def refused(self, name: str, caller: Caller, **wish: Any) -> str | None:
        """Why it was refused; nothing was written."""
        before = await self.admin.fetchval("SELECT count(*) FROM yearly_report")
        with pytest.raises(SetupError) as refusal:
            await self.act(name, caller, **wish)
        assert await self.admin.fetchval("SELECT count(*) FROM yearly_report") == before
        return refusal.value.reason

    async def read(self, caller: Caller, thresholds: Thresholds = STRICT) -> list[YearlyReport]:
        """The versions that somebody reads."""
        return await yearly_reports(self.fetch, caller, REPORT_YEAR, thresholds)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of its own: what is frozen here is frozen for good."""
    with running_cluster(tmp_path / "cluster") as cluster:
        yield cluster


@pytest.fixture
async def archive(made: Cluster, tmp_path: Path) -> AsyncIterator[Archive]:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    admin, login = await asyncpg.connect(made.admin), await asyncpg.connect(made.login("maillage_monitoring"))
    await load(admin, now=datetime.now(UTC), keyring=keyring)
    rows = await admin.fetch(
        "SELECT h.role, h.member_id FROM habilitation h JOIN organisation o ON o.id = h.organisation_id "
        "WHERE o.kind = 'DLPM' AND h.state = 'ACTIVE' ORDER BY h.id"
    )
    people: dict[Role, list[str]] = {}
    for row in rows:
        people.setdefault(Role(row["role"]), []).append(str(row["member_id"]))
    engine = create_async_engine(async_url(made.login(COMMANDS)), poolclass=NullPool, hide_parameters=True)
    yield Archive(admin, login, made, keyring, people, engine)
    await engine.dispose()
    await admin.close()
    await login.close()


async def test_a_report_is_drafted_frozen_published_and_corrected(archive: Archive) -> None:
    admin = archive.admin
    supervisor, other, officer = [
        await archive.caller(role, number) for role, number in ((Role.SUP, 0), (Role.SUP, 1), (Role.DPO, 0))
    ]

    async def known() -> tuple[int | None, int | None]:
        figures = await national_monitoring(archive.fetch, Audience.ANA, REPORT_YEAR)
        return figures.situations.count.value, figures.already_known.share.count.value

    # Loaded in bulk, with triggers asleep: the rollups say what a scan says.
    assert await verify(admin) == []
    draft = await report(admin, REPORT_YEAR, Thresholds())
    assert (draft.number, draft.state) == (0, "brouillon")
    assert await archive.refused("publishYearlyReport", officer) == "NOT_FROZEN"
    assert await archive.refused("correctYearlyReport", supervisor, reason="Doublon") == "NOT_FROZEN"
    assert await archive.refused("freezeYearlyReport", supervisor, year=2098) == "YEAR_NOT_OVER"
    assert await archive.refused("freezeYearlyReport", supervisor, expected_version="0" * 20) == "STALE_VERSION"

    # Who asks again before it is frozen is told the same, whoever was entered meanwhile: the ledger keeps what was told.
    assert await known() == (143, 89)
    said_no = "SELECT id FROM situation WHERE known_to_cp = 'NO' AND opened_at < '2024-04-02' ORDER BY id LIMIT 30"
    late = [row["id"] for row in await admin.fetch(said_no)]
    await admin.execute("UPDATE situation SET known_to_cp = 'YES' WHERE id = ANY ($1)", late)
    assert await known() == (143, 89)
    for statement in ("UPDATE monitoring_edition SET cells = '[]'", "DELETE FROM monitoring_edition"):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await admin.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await archive.login.execute(statement)
    await admin.execute("UPDATE situation SET known_to_cp = 'NO' WHERE id = ANY ($1)", late)
    (seen,) = await archive.read(supervisor, Thresholds())
    await archive.act("freezeYearlyReport", supervisor, expected_version=seen.version)
    frozen = await report(admin, REPORT_YEAR, Thresholds())
    assert (frozen.number, frozen.state) == (1, "figé")
    assert {name: table for name, table in frozen.tables["DLPM"].items() if name != "computed_at"} == {
        name: table for name, table in draft.tables["DLPM"].items() if name != "computed_at"
    }
    assert await known() == (143, 89)
    assert await archive.refused("freezeYearlyReport", other) == "ALREADY_FROZEN"

    # What happens afterwards changes no answer about the year: nobody learns of one case by asking twice.
    unknown = "SELECT id FROM situation WHERE known_to_cp = 'YES' AND opened_at < '2024-04-02' ORDER BY id LIMIT $1"
    change = f"UPDATE situation SET known_to_cp = 'NO' WHERE id IN ({unknown})"
    await admin.execute(change, 1)
    assert await known() == (143, 89)
    for reason, code in ((" ", "REASON_MISSING"), ("Doublon", "TOO_FEW_TO_CORRECT")):
        assert await archive.refused("correctYearlyReport", supervisor, reason=reason) == code
    assert (await report(admin, REPORT_YEAR, Thresholds())).number == 1
    assert (
        await archive.refused("correctYearlyReport", supervisor, reason="x", expected_version=seen.version)
        == "STALE_VERSION"
    )

    for statement in (
        "UPDATE yearly_report SET figures = '{}'",
        "UPDATE yearly_report SET published_at = now(), reason = 'x'",
        "UPDATE yearly_report SET published_at = now()",
        "DELETE FROM yearly_report",
        "TRUNCATE yearly_report",
    ):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await admin.execute(statement)
    with pytest.raises(asyncpg.CheckViolationError, match="two_persons"):
        await admin.execute("UPDATE yearly_report SET published_at = now(), published_by_id = frozen_by_id")
    commands = await asyncpg.connect(archive.made.login(COMMANDS))
    for statement in ("UPDATE yearly_report SET tables = '{}'", "DELETE FROM yearly_report"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await commands.execute(statement)
    await commands.close()

    for nobody in (supervisor, await archive.caller(Role.LIS), await archive.caller(Role.ANA)):
        assert await archive.refused("publishYearlyReport", nobody) is None, "not their act"
    elsewhere = replace(officer, organisation_kind=OrgKind.CRIP)
    assert await archive.refused("publishYearlyReport", elsewhere) is None, "there is nothing of this name"
    same = replace(officer, member_id=supervisor.member_id)
    assert await archive.refused("publishYearlyReport", same) == "SAME_PERSON"
    assert await archive.refused("publishYearlyReport", officer, expected_version=seen.version) == "STALE_VERSION"
    (to_publish,) = await archive.read(officer)
    await archive.act("publishYearlyReport", officer, expected_version=to_publish.version)
    published = await report(admin, REPORT_YEAR, Thresholds())
    assert (published.number, published.state) == (1, "publié")
    assert await archive.refused("publishYearlyReport", officer) == "NOT_FROZEN"
    with pytest.raises(asyncpg.PostgresError, match="never changes"):
        await admin.execute("UPDATE yearly_report SET published_at = NULL")
    assert await known() == (143, 89)
    # A correction says what moved by many; what it was before stays readable, and what moved by few is not said again.
    await admin.execute(change, 20)
    one = "SELECT id FROM minor WHERE situation_id IN (SELECT id FROM situation WHERE opened_at < '2024-04-02') AND gender = 'GIRL' ORDER BY id LIMIT 1"
    await admin.execute(f"UPDATE minor SET gender = 'BOY' WHERE id IN ({one})")
    await archive.act("correctYearlyReport", other, reason="Doublons retirés")
    assert await archive.refused("correctYearlyReport", other, reason="Encore") == "NOTHING_TO_CORRECT"
    assert await known() == (143, 68)
    figures = await national_monitoring(archive.fetch, Audience.ANA, REPORT_YEAR)
    assert (figures.gender.girls.count.value, figures.minors.count.value) == (None, 143)
    second, first = await archive.read(supervisor)
    assert [(one.number, one.state, one.reason) for one in (second, first)] == [
        (2, YearlyReportState.FROZEN, "Doublons retirés"),
        (1, YearlyReportState.PUBLISHED, None),
    ]
    assert (_said(first)["GENDER", "filles"], _said(second)["GENDER", "filles"]) == ("135", "masqué")
    assert (_said(first)["ALREADY_KNOWN", ""], _said(second)["ALREADY_KNOWN", ""]) == ("89", "68")
    masked = [
        {(line.code, line.part) for line in one.lines if line.state is CountState.MASKED} for one in (first, second)
    ]
    assert {code for code, _ in masked[1] - masked[0]} == {"GENDER"}, "and nothing else was taken away"
    (own,) = [one for one in await archive.read(supervisor) if one.number == 1]
    assert (own.frozen_by, own.published_by) == (f"mbr_{supervisor.member_id}", f"mbr_{officer.member_id}")
    acts = await admin.fetch(
        "SELECT operation, outcome, member_id, situations FROM access_log WHERE operation ~ 'YearlyReport' AND outcome = 'OK' ORDER BY at"
    )
    assert [(row["operation"], row["member_id"], row["situations"]) for row in acts] == [
        ("freezeYearlyReport; report=REPORT 2023, number=1", supervisor.member_id, "[]"),
        ("publishYearlyReport; report=REPORT 2023, number=1", officer.member_id, "[]"),
        ("correctYearlyReport; report=REPORT 2023, number=2", other.member_id, "[]"),
    ]
    _check_exports(published)


def _check_exports(published: Report) -> None:
    """All forms say the same; the printed figures of the first year are among them."""
    answer, open_to_all = as_answer(published, "DLPM"), as_answer(published, "OTHERS")
    rows = list(csv.reader(io.StringIO(as_csv(answer).decode("utf-8-sig")), delimiter=";"))
    printed = {(row[0], row[2]): (row[3], row[4]) for row in rows[1:]}
    assert printed["SITUATIONS", ""] == ("143", "")
    assert printed["CONTACTS", ""] == ("439", "")
    assert printed["GENDER", "filles"] == ("135", "94")
    assert printed["MEAN_AGE", ""][0] == "15,0"
    assert printed["DEPARTMENTS", ""][0] == "59"
    assert printed["ALREADY_KNOWN", ""] == ("89", "62")
    assert printed["PROBLEMATIC_RUNAWAY", ""] == ("120", "84")
    assert printed["ACTION_IP_SENT", ""] == ("124", "87")
    assert printed["CALLERS", "premier cercle familial"] == ("62", "43")
    assert printed["CONFRONTED_FOYER", ""] == ("21", "91,3")
    assert all(len(row) == 11 and row[7] and row[10] for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]
    data = orjson.loads(as_json(open_to_all))
    assert (data["number"], data["state"], data["openToAll"]) == (1, "PUBLISHED", True)
    girls = next(line for line in data["lines"] if (line["code"], line["part"]) == ("GENDER", "filles"))
    assert (girls["state"], girls["percent"]) == ("MASKED", "")
    page = as_html(answer).decode()
    assert '<td class="number">143</td>' in page
    assert "tendance" in page
    assert page.count("<table") == len({row[0] for row in rows[1:]})


def _said(version: YearlyReport) -> dict[tuple[str, str], str]:
    return {(line.code, line.part): line.count for line in version.lines}


async def test_each_reader_gets_the_versions_that_are_for_it(archive: Archive) -> None:
    supervisor, officer, analyst = [await archive.caller(role) for role in (Role.SUP, Role.DPO, Role.ANA)]
    observer = replace(analyst, audience=Audience.ONP, organisation_kind=OrgKind.OBSERVATORY)
    elsewhere = replace(officer, organisation_kind=OrgKind.CRIP)

    (draft,) = await archive.read(supervisor, Thresholds())
    assert (draft.number, draft.state, draft.open_to_all) == (0, YearlyReportState.DRAFT, False)
    assert _said(draft)["GENDER", "filles"] == "135"
    for reader in (observer, officer, elsewhere):
        assert await archive.read(reader) == [], "nobody else reads a draft"
    with pytest.raises(ForbiddenError):
        await archive.read(replace(officer, audience=Audience.ADM))

    identity = await archive.act("freezeYearlyReport", supervisor)
    (frozen,) = await archive.read(analyst)
    assert (frozen.number, frozen.state) == (1, YearlyReportState.FROZEN)
    assert frozen.lines == draft.lines
    assert frozen.version != draft.version
    for reader in (observer, elsewhere):
        assert await archive.read(reader) == [], "frozen is not yet published"
        assert await yearly_report_of(archive.fetch, reader, identity) is None
    # Who publishes reads before what all will read.
    (before,) = await archive.read(officer)
    assert (before.state, before.open_to_all) == (YearlyReportState.FROZEN, True)
    assert await yearly_report_of(archive.fetch, officer, identity) == before
    assert await yearly_report_of(archive.fetch, officer, supervisor.member_id or identity) is None

    # Thresholds that are set later mask what is drafted, not what was frozen under others.
    figures = await national_monitoring(archive.fetch, Audience.ANA, REPORT_YEAR, STRICT)
    assert (figures.gender.girls.count.value, figures.gender.threshold) == (135, Thresholds().national)

    # A frozen year is answered without counting: nothing more was taken of it.
    taken = "SELECT year, place, number FROM monitoring_edition ORDER BY 1, 2, 3"
    assert [tuple(row) for row in await archive.admin.fetch(taken)] == [(2023, "", 4)]

    await archive.act("publishYearlyReport", officer)
    (published,) = await archive.read(observer)
    assert (published.state, published.open_to_all) == (YearlyReportState.PUBLISHED, True)
    assert published.lines == before.lines
    assert (published.frozen_by, published.published_by) == (None, None)
    assert _said(published)["GENDER", "filles"] == "masqué"
    # A department sees its own figures and the nation's: no other authority's.
    compared = {line.code for line in frozen.lines} - {line.code for line in published.lines}
    assert compared == {"PER_AUTHORITY", *(f"PER_AUTHORITY_{name}" for name in COMPARED)}
    assert {line.threshold for line in published.lines} == {None, Thresholds().others}
    (own,) = await archive.read(analyst)
    assert (own.state, own.lines) == (YearlyReportState.PUBLISHED, frozen.lines)
