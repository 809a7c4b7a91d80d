"""A yearly report is frozen for good: the database refuses, answers stay as they were, and a correction is a new version."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from bench.synthetic.load import load
from dashboard.yearly_report import as_csv, as_html, as_json
from loaders.disclosure import Thresholds
from loaders.keyring import Keyring
from loaders.monitoring.archive import yearly_reports
from loaders.monitoring.document import national_statement
from loaders.monitoring.national import national_monitoring
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.reports import Report, as_answer, freeze, publish, report
from schema.errors import DomainRefusalError, ForbiddenError
from schema.types.monitoring import PeriodKind
from schema.types.yearly import YearlyReport, YearlyReportState
from schema.vocabulary import Audience
from tests.cluster import Cluster, start

Connection = asyncpg.Connection
STRICT = Thresholds(national=200, fine=200, others=200)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of its own: what is frozen here is frozen for good."""
    postgres, cluster = start(tmp_path / "pg")
    yield cluster
    postgres.stop()


@pytest.fixture
async def archive(made: Cluster, tmp_path: Path) -> AsyncIterator[tuple[Connection, Connection]]:
    """The administrator, and the login of monitoring, in a network with the cases of the first report."""
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    admin, login = await asyncpg.connect(made.admin), await asyncpg.connect(made.login("maillage_monitoring"))
    await load(admin, now=datetime(2026, 1, 15, tzinfo=UTC), keyring=keyring)
    yield admin, login
    await admin.close()
    await login.close()


async def test_a_report_is_drafted_frozen_published_and_corrected(archive: tuple[Connection, Connection]) -> None:
    admin, login = archive

    async def fetch(sql: str, arguments: list[Any]) -> bytes:
        found: bytes = await login.fetchval(sql, *arguments)
        return found

    async def known() -> tuple[int | None, int | None]:
        figures = await national_monitoring(fetch, Audience.ANA, REPORT_YEAR)
        return figures.situations.count.value, figures.already_known.share.count.value

    draft = await report(admin, REPORT_YEAR, Thresholds())
    assert (draft.version, draft.state) == (0, "brouillon")
    with pytest.raises(DomainRefusalError) as nothing:
        await publish(admin, REPORT_YEAR, Thresholds())
    assert nothing.value.code == "NOT_FROZEN"
    with pytest.raises(DomainRefusalError) as running:
        await freeze(admin, Period(2098, kind=PeriodKind.REPORT), Thresholds())
    assert running.value.code == "YEAR_NOT_OVER"

    frozen = await freeze(admin, REPORT_YEAR, Thresholds())
    assert (frozen.version, frozen.state) == (1, "figé")
    assert {name: table for name, table in frozen.tables["DLPM"].items() if name != "computed_at"} == {
        name: table for name, table in draft.tables["DLPM"].items() if name != "computed_at"
    }
    assert await known() == (143, 89)

    # What happens afterwards changes no answer about the year: nobody learns of one case by asking twice.
    unknown = "SELECT id FROM situation WHERE known_to_cp = 'YES' AND opened_at < '2024-04-02' ORDER BY id LIMIT $1"
    change = f"UPDATE situation SET known_to_cp = 'NO' WHERE id IN ({unknown})"
    await admin.execute(change, 1)
    assert await known() == (143, 89)
    for reason, code in ((None, "REASON_MISSING"), ("Doublon", "TOO_FEW_TO_CORRECT")):
        with pytest.raises(DomainRefusalError) as refused:
            await freeze(admin, REPORT_YEAR, Thresholds(), reason)
        assert refused.value.code == code
    assert (await report(admin, REPORT_YEAR, Thresholds())).version == 1

    for statement in (
        "UPDATE yearly_report SET figures = '{}'",
        "UPDATE yearly_report SET published_at = now(), reason = 'x'",
        "DELETE FROM yearly_report",
        "TRUNCATE yearly_report",
    ):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await admin.execute(statement)
    published = await publish(admin, REPORT_YEAR, Thresholds())
    assert (published.version, published.state) == (1, "publié")
    with pytest.raises(DomainRefusalError):
        await publish(admin, REPORT_YEAR, Thresholds())
    with pytest.raises(asyncpg.PostgresError, match="never changes"):
        await admin.execute("UPDATE yearly_report SET published_at = NULL")
    assert await known() == (143, 89)
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
    assert (data["version"], data["state"], data["openToAll"]) == (1, "PUBLISHED", True)
    girls = next(line for line in data["lines"] if (line["code"], line["part"]) == ("GENDER", "filles"))
    assert (girls["state"], girls["percent"]) == ("MASKED", "")
    page = as_html(answer).decode()
    assert '<td class="number">143</td>' in page
    assert "tendance" in page
    assert page.count("<table") == len({row[0] for row in rows[1:]})


def _said(version: YearlyReport) -> dict[tuple[str, str], str]:
    return {(line.code, line.part): line.count for line in version.lines}


async def test_each_reader_gets_the_versions_that_are_for_it(archive: tuple[Connection, Connection]) -> None:
    admin, login = archive

    async def fetch(sql: str, arguments: list[Any]) -> bytes:
        found: bytes = await login.fetchval(sql, *arguments)
        return found

    async def of(audience: Audience, thresholds: Thresholds = STRICT) -> list[YearlyReport]:
        return await yearly_reports(fetch, audience, REPORT_YEAR, thresholds)

    (draft,) = await of(Audience.SUP, Thresholds())
    assert (draft.version, draft.state, draft.open_to_all) == (0, YearlyReportState.DRAFT, False)
    assert _said(draft)["GENDER", "filles"] == "135"
    assert await of(Audience.CRI) == [], "nobody else reads a draft"
    with pytest.raises(ForbiddenError):
        await of(Audience.ADM)

    await freeze(admin, REPORT_YEAR, Thresholds())
    (frozen,) = await of(Audience.ANA)
    assert (frozen.version, frozen.state) == (1, YearlyReportState.FROZEN)
    assert frozen.lines == draft.lines
    assert await of(Audience.ONP) == [], "frozen is not yet published"

    # Thresholds that are set later mask what is drafted, not what was frozen under others.
    figures = await national_monitoring(fetch, Audience.ANA, REPORT_YEAR, STRICT)
    assert (figures.gender.girls.count.value, figures.gender.threshold) == (135, Thresholds().national)

    # A frozen year is answered without counting.
    sql, arguments = national_statement(REPORT_YEAR)
    plan = str(await login.fetchval(f"EXPLAIN (ANALYZE, COSTS off, TIMING off, FORMAT json) {sql}", *arguments))
    nodes = list(_nodes(orjson.loads(plan)[0]["Plan"]))
    cells = [node for node in nodes if node.get("Relation Name") in {"monitoring_cell", "monitoring_part"}]
    assert cells, "the statement has a way to count"
    assert [node for node in cells if node["Actual Loops"]] == [], "and does not take it"

    await publish(admin, REPORT_YEAR, Thresholds())
    (published,) = await of(Audience.ONP)
    assert (published.state, published.open_to_all) == (YearlyReportState.PUBLISHED, True)
    assert _said(published)["GENDER", "filles"] == "masqué"
    assert {line.code for line in published.lines} <= {line.code for line in frozen.lines}
    assert {line.threshold for line in published.lines} == {None, Thresholds().others}
    (own,) = await of(Audience.ANA)
    assert (own.state, own.lines) == (YearlyReportState.PUBLISHED, frozen.lines)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
