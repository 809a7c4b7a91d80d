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
from graph.yearly_report import as_csv, as_html, as_json
from loaders.disclosure import Thresholds
from loaders.keyring import Keyring
from loaders.monitoring.national import national_monitoring
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.reports import freeze, publish, report
from schema.errors import DomainRefusalError
from schema.types.monitoring import PeriodKind
from schema.vocabulary import Audience
from tests.cluster import Cluster, start

Connection = asyncpg.Connection


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


def _check_exports(published: Any) -> None:
    """The three forms say the same; the printed figures of the first year are among them."""
    rows = list(csv.reader(io.StringIO(as_csv(published, "DLPM").decode("utf-8-sig")), delimiter=";"))
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
    assert all(len(row) == 10 and row[6] and row[9] for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]
    tables = orjson.loads(as_json(published, "OTHERS"))
    assert tables["version"] == 1
    assert tables["tables"]["gender"]["girls"]["count"]["value"] is None
    page = as_html(published, "DLPM").decode()
    assert '<td class="number">143</td>' in page
    assert "tendance" in page
    assert page.count("<table") == len({row[0] for row in rows[1:]})
