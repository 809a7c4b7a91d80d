"""The yearly report: a supervisor freezes it or corrects it, the data protection officer of the 119 publishes it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import BigInteger, Integer, Text, bindparam, func, literal_column, select

from auth.policy import Act
from loaders.commands.entry import optional
from loaders.commands.work import Command, Work, stale
from loaders.monitoring.archive import sight_of, version_of
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies
from loaders.monitoring.periods import Period, period_of
from loaders.monitoring.reports import counted, may_correct, tables_of, told_of
from schema.errors import DomainRefusalError, NotFoundError
from schema.tables.monitoring import yearly_report
from schema.types.acts_yearly import CorrectYearlyReportInput, FreezeYearlyReportInput, PublishYearlyReportInput
from schema.types.monitoring import PeriodInput
from schema.vocabulary import OrgKind

_REASON = 1000
# One act on a year's report at a time: two that freeze together would make one version twice.
_ALONE = select(func.pg_advisory_xact_lock(bindparam("alone", type_=BigInteger())))
_LOCK = 7_264_522
_OF_YEAR = (
    yearly_report.c.kind == bindparam("kind", type_=Text()),
    yearly_report.c.year == bindparam("year", type_=Integer()),
)
_NEWEST = select(yearly_report).where(*_OF_YEAR).order_by(yearly_report.c.version.desc()).limit(literal_column("1"))


async def freeze(work: Work, wish: FreezeYearlyReportInput) -> UUID:
    """Draft -> frozen: its first version."""
    period, newest = await _year(work, wish.year)
    if newest is not None:
        raise DomainRefusalError(
            "ALREADY_FROZEN", "Le bilan de cette année est déjà figé : corrigez-le par une nouvelle version.", "year"
        )
    told = await _of_year_over(work, period)
    # What is frozen is what was read since the year was over; what came later is a correction.
    thresholds, draft = told.under(work.publishing.thresholds), told.as_of(period)
    tables = tables_of(draft, thresholds, period)
    _must_be_read(wish.expected_version, version_of(0, tables[sight_of(work.caller).tables], published=False))
    return await _add(work, period, 1, draft.document, tables, thresholds)


async def correct(work: Work, wish: CorrectYearlyReportInput) -> UUID:
    """Frozen or published -> the next version, frozen; the former ones stay as they are."""
    reason = optional(wish.reason, "reason", longest=_REASON)
    if reason is None:
        raise DomainRefusalError("REASON_MISSING", "Une correction dit pourquoi elle est faite.", "reason")
    period, newest = await _year(work, wish.year)
    if newest is None:
        raise DomainRefusalError(
            "NOT_FROZEN", "Le bilan de cette année n'est pas figé : il n'y a rien à corriger.", "year"
        )
    _must_be_read(wish.expected_version, _version(work, newest))
    told = await _of_year_over(work, period)
    document = await counted(work.connection, period)
    # The thresholds of the first version stay: others would tell what lies between the two.
    thresholds = told.under(work.publishing.thresholds)
    tables = tables_of(told.corrected(document, period), thresholds, period)
    may_correct(_json(newest["tables"]), tables)
    return await _add(work, period, newest["version"] + 1, document, tables, thresholds, reason)


async def publish(work: Work, wish: PublishYearlyReportInput) -> UUID:
    """Frozen -> published, by somebody else than who froze it."""
    if work.caller.organisation_kind is not OrgKind.DLPM:
        # The officers of other controllers know of no version that is not published.
        raise NotFoundError
    _, newest = await _year(work, wish.year)
    if newest is None or newest["published_at"] is not None:
        raise DomainRefusalError("NOT_FROZEN", "Il n'y a pas de version figée à publier.", "year")
    _must_be_read(wish.expected_version, _version(work, newest))
    if newest["frozen_by_id"] == work.caller.member_id:
        raise DomainRefusalError("SAME_PERSON", "Une autre personne que celle qui a figé le bilan le publie.", "year")
    identity: UUID = newest["id"]
    _note(work, newest["kind"], newest["year"], newest["version"])
    await work.update(yearly_report, identity, published_at=work.now, published_by_id=work.caller.member_id)
    return identity


async def _year(work: Work, year: int) -> tuple[Period, Any]:
    """The period, and its newest version; nobody else acts on reports until the end."""
    period = period_of(PeriodInput(year=year), work.publishing.calendar)
    await work.one(_ALONE, alone=_LOCK)
    return period, await work.one(_NEWEST, kind=period.kind.value, year=period.year)


async def _of_year_over(work: Work, period: Period) -> Tallies:
    told = await told_of(work.connection, period, work.publishing.thresholds)
    if period.ends_on >= told.today:
        raise DomainRefusalError("YEAR_NOT_OVER", "On ne fige que le bilan d'une année terminée.", "year")
    return told


def _version(work: Work, row: Mapping[str, Any]) -> str:
    tables = _json(row["tables"])[sight_of(work.caller).tables]
    return version_of(row["version"], tables, published=row["published_at"] is not None)


def _must_be_read(expected: str | None, actual: str) -> None:
    if expected is not None and expected != actual:
        raise stale()


async def _add(
    work: Work,
    period: Period,
    number: int,
    document: Mapping[str, Any],
    tables: Mapping[str, Any],
    thresholds: Thresholds,
    reason: str | None = None,
) -> UUID:
    identity = uuid4()
    _note(work, str(period.kind.value), period.year, number)
    kept = {"figures": document, "tables": tables, "thresholds": asdict(thresholds)}
    await work.add_row(
        yearly_report,
        id=identity,
        kind=period.kind.value,
        year=period.year,
        version=number,
        reason=reason,
        frozen_at=work.now,
        frozen_by_id=work.caller.member_id,
        **{name: orjson.dumps(value).decode() for name, value in kept.items()},
    )
    return identity


def _note(work: Work, kind: str, year: int, number: int) -> None:
    """For the access log: which report it was, and nothing of its figures."""
    work.about = f"report={kind} {year}, number={number}"


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, bytes | str) else value


COMMANDS = {
    "freezeYearlyReport": Command(Act.FREEZE_FIGURES, "YearlyReport", freeze),
    "publishYearlyReport": Command(Act.PUBLISH_FIGURES, "YearlyReport", publish),
    "correctYearlyReport": Command(Act.FREEZE_FIGURES, "YearlyReport", correct),
}
