"""The years of which there are figures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, literal, select

from loaders.monitoring.document import NOW, Tallies, whole
from loaders.monitoring.periods import PARIS, Period, year_of
from loaders.statement.fetching import bound
from schema.types.monitoring import MonitoringPeriod, PeriodKind

_YEARS = whole(
    select(func.min(NOW.c.span))
    .where(NOW.c.place == literal(""), NOW.c.cube == literal("SITUATIONS"))
    .scalar_subquery()
    .label("first")
)


def years_statement() -> tuple[str, list[Any]]:
    """SQL text and arguments; it returns one JSON document."""
    return bound(_YEARS, {})


def known_years(body: bytes | str, kind: PeriodKind) -> list[MonitoringPeriod]:
    """Every year of the calendar from the first case to today, the newest first."""
    document = Tallies.read(body).document
    today = datetime.fromisoformat(document["computed_at"]).astimezone(PARIS).date()
    if document["first"] is None:
        return []
    first, last = year_of(date.fromisoformat(document["first"]), kind).year, year_of(today, kind).year
    return [period_answer(Period(year, kind=kind), today) for year in range(last, first - 1, -1)]


def period_answer(period: Period, today: date) -> MonitoringPeriod:
    """A period as its readers are told."""
    return MonitoringPeriod(
        kind=period.kind,
        label=period.label,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        year=period.year,
        quarter=period.quarter,
        month=period.month,
        complete=period.whole_year.ends_on < today,
    )
