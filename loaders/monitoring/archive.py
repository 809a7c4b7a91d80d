"""The versions of a yearly report as a reader may have them: the DLPM all of them, everybody else the published ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import strawberry
from sqlalchemy import Integer, Text, bindparam, func, literal, select

from loaders.disclosure import DLPM, Thresholds
from loaders.monitoring.document import Tallies, whole
from loaders.monitoring.lines import lines
from loaders.monitoring.national import AUDIENCES, Fetch, national_monitoring
from loaders.monitoring.periods import Period
from loaders.statement import compiled
from schema.errors import ForbiddenError
from schema.tables.monitoring import yearly_report
from schema.types.monitoring import NationalMonitoring
from schema.types.yearly import YearlyReport, YearlyReportState
from schema.vocabulary import Audience

DLPM_TABLES, OPEN_TABLES = "DLPM", "OTHERS"
"""The two sets of tables of a report."""


def _versions(*, published: bool) -> Any:
    tables = yearly_report.c.tables[literal(OPEN_TABLES if published else DLPM_TABLES, Text)]
    found = (
        select(
            yearly_report.c.version,
            yearly_report.c.reason,
            yearly_report.c.frozen_at,
            yearly_report.c.published_at,
            tables.label("tables"),
        )
        .where(
            yearly_report.c.kind == bindparam("kind", type_=Text()),
            yearly_report.c.year == bindparam("year", type_=Integer()),
            *([yearly_report.c.published_at.is_not(None)] if published else []),
        )
        .order_by(yearly_report.c.version.desc())
        .subquery()
    )
    return whole(select(func.json_agg(found.table_valued())).scalar_subquery().label("versions"))


_ALL, _PUBLISHED = _versions(published=False), _versions(published=True)


def versions_statement(period: Period, *, published: bool) -> tuple[str, list[Any]]:
    """SQL text and arguments: all versions in the DLPM's tables, or the published ones in those for everybody."""
    sql, names, values = compiled(_PUBLISHED if published else _ALL)
    values |= {"kind": period.kind.value, "year": period.year}
    return sql, [values[name] for name in names]


def plain(figures: NationalMonitoring) -> Mapping[str, Any]:
    """The tables as they are kept."""
    tables: Mapping[str, Any] = orjson.loads(orjson.dumps(strawberry.asdict(figures)))
    return tables


async def yearly_reports(
    fetch: Fetch, audience: Audience, period: Period, thresholds: Thresholds
) -> list[YearlyReport]:
    """The versions of a year's report, the newest first; for the DLPM its draft where none is frozen yet.

    Raises: ForbiddenError where the audience has no aggregates.
    """
    if audience not in AUDIENCES:
        raise ForbiddenError
    own = audience in DLPM
    sql, arguments = versions_statement(period, published=not own)
    document = Tallies.read(await fetch(sql, arguments)).document
    found = [_version(row, period, open_to_all=not own) for row in document["versions"] or ()]
    if found or not own:
        return found
    tables = plain(await national_monitoring(fetch, audience, period, thresholds))
    return [_version({"version": 0, "tables": tables}, period, open_to_all=False)]


def _version(row: Mapping[str, Any], period: Period, *, open_to_all: bool) -> YearlyReport:
    published_at = _moment(row.get("published_at"))
    return YearlyReport(
        label=period.label,
        version=row["version"],
        state=state_of(row["version"], published_at),
        frozen_at=_moment(row.get("frozen_at")),
        published_at=published_at,
        reason=row.get("reason"),
        open_to_all=open_to_all,
        caveat=row["tables"]["caveat"],
        lines=lines(row["tables"]),
    )


def state_of(version: int, published_at: datetime | None) -> YearlyReportState:
    """How far it has come: version 0 is the draft."""
    if version == 0:
        return YearlyReportState.DRAFT
    return YearlyReportState.FROZEN if published_at is None else YearlyReportState.PUBLISHED


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
