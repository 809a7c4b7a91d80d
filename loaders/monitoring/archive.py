"""The versions of a yearly report as a reader may have them: the 119 all of them, everybody else the published ones."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import strawberry
from sqlalchemy import Boolean, ColumnElement, Integer, Text, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.monitoring.disclosure import DLPM, Thresholds
from loaders.monitoring.document import Tallies, whole
from loaders.monitoring.lines import lines
from loaders.monitoring.national import AUDIENCES, Fetch, national_monitoring
from loaders.monitoring.periods import Period
from loaders.statement.fetching import bound
from schema.errors import ForbiddenError
from schema.tables.monitoring import yearly_report
from schema.types.monitoring import NationalMonitoring
from schema.types.yearly import YearlyReport, YearlyReportState
from schema.vocabulary import Audience, OrgKind

DLPM_TABLES, OPEN_TABLES = "DLPM", "OTHERS"
"""The two sets of tables of a report."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader sees of reports: which tables, whether the draft, and whether what is frozen and not yet published."""

    tables: str
    draft: bool
    frozen: bool


def sight_of(caller: Caller) -> Sight:
    """The tables of whoever asks; the data protection officer of the 119 reads what is to be published before it is."""
    if caller.audience in DLPM:
        return Sight(DLPM_TABLES, draft=True, frozen=True)
    publishes = caller.audience is Audience.DPO and caller.organisation_kind is OrgKind.DLPM
    return Sight(OPEN_TABLES, draft=False, frozen=publishes)


def _versions(which: ColumnElement[bool]) -> Any:
    tables = yearly_report.c.tables[bindparam("readers", type_=Text())]
    found = (
        select(
            yearly_report.c.version,
            yearly_report.c.reason,
            yearly_report.c.frozen_at,
            yearly_report.c.published_at,
            yearly_report.c.frozen_by_id,
            yearly_report.c.published_by_id,
            tables.label("tables"),
        )
        .where(which, or_(yearly_report.c.published_at.is_not(None), bindparam("frozen", type_=Boolean())))
        .order_by(yearly_report.c.version.desc())
        .subquery()
    )
    return whole(select(func.json_agg(found.table_valued())).scalar_subquery().label("versions"))


_OF_YEAR = _versions(
    (yearly_report.c.kind == bindparam("kind", type_=Text()))
    & (yearly_report.c.year == bindparam("year", type_=Integer()))
)
_ONE = _versions(yearly_report.c.id == bindparam("id", type_=Uuid(as_uuid=True)))


def _bound(statement: Any, sight: Sight, **more: Any) -> tuple[str, list[Any]]:
    return bound(statement, {"readers": sight.tables, "frozen": sight.frozen, **more})


def versions_statement(period: Period, sight: Sight) -> tuple[str, list[Any]]:
    """SQL text and arguments: the versions of a year that a reader sees, in the tables that are for it."""
    return _bound(_OF_YEAR, sight, kind=period.kind.value, year=period.year)


def version_statement(identity: UUID, sight: Sight) -> tuple[str, list[Any]]:
    """The same for one version."""
    return _bound(_ONE, sight, id=identity)


def plain(figures: NationalMonitoring) -> Mapping[str, Any]:
    """The tables as they are kept."""
    tables: Mapping[str, Any] = orjson.loads(orjson.dumps(strawberry.asdict(figures)))
    return tables


def version_of(number: int, tables: Mapping[str, Any], *, published: bool) -> str:
    """What changes whenever anything that its reader sees does (decision 0006)."""
    said = {name: table for name, table in tables.items() if name != "computed_at"}
    return hashlib.sha256(orjson.dumps([number, published, said], option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]


async def yearly_reports(fetch: Fetch, caller: Caller, period: Period, thresholds: Thresholds) -> list[YearlyReport]:
    """The versions of a year's report, the newest first; for the 119 its draft where none is frozen yet.

    Raises: ForbiddenError where the audience has no aggregates.
    """
    if caller.audience not in AUDIENCES:
        raise ForbiddenError
    sight = sight_of(caller)
    sql, arguments = versions_statement(period, sight)
    found = _read(await fetch(sql, arguments), caller, lambda _: period.label)
    if found or not sight.draft:
        return found
    tables = plain(await national_monitoring(fetch, caller.audience, period, thresholds))
    return [_version({"version": 0, "tables": tables}, caller, period.label)]


async def yearly_report_of(fetch: Fetch, caller: Caller, identity: UUID) -> YearlyReport | None:
    """One version by its row, where the caller sees it: what an act has made. Raises: as `yearly_reports`."""
    if caller.audience not in AUDIENCES:
        raise ForbiddenError
    sql, arguments = version_statement(identity, sight_of(caller))
    found = _read(await fetch(sql, arguments), caller, lambda row: row["tables"]["period"]["label"])
    return next(iter(found), None)


def _read(
    body: bytes | str | Mapping[str, Any], caller: Caller, label: Callable[[Mapping[str, Any]], str]
) -> list[YearlyReport]:
    return [_version(row, caller, label(row)) for row in Tallies.read(body).document["versions"] or ()]


def _version(row: Mapping[str, Any], caller: Caller, label: str) -> YearlyReport:
    published_at = _moment(row.get("published_at"))
    sight = sight_of(caller)
    return YearlyReport(
        label=label,
        number=row["version"],
        version=version_of(row["version"], row["tables"], published=published_at is not None),
        state=state_of(row["version"], published_at),
        frozen_at=_moment(row.get("frozen_at")),
        published_at=published_at,
        frozen_by=_member(row.get("frozen_by_id"), caller),
        published_by=_member(row.get("published_by_id"), caller),
        reason=row.get("reason"),
        open_to_all=sight.tables == OPEN_TABLES,
        caveat=row["tables"]["caveat"],
        lines=lines(row["tables"]),
    )


def state_of(number: int, published_at: datetime | None) -> YearlyReportState:
    """How far it has come: number 0 is the draft."""
    if number == 0:
        return YearlyReportState.DRAFT
    return YearlyReportState.FROZEN if published_at is None else YearlyReportState.PUBLISHED


def _member(identity: str | None, caller: Caller) -> strawberry.ID | None:
    """Who of the 119 did it, for those of the 119 who read its accounts (the schema of others has no such field)."""
    if identity is None or caller.organisation_kind is not OrgKind.DLPM:
        return None
    return strawberry.ID(f"mbr_{identity}")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
