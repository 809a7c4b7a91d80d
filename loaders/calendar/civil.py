"""The clocks of `schema.deadlines` as SQL, for rows whose deadline is not stored: civil days, months, 24:00 in a zone."""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, cast, func, literal_column, select

from schema.tables.directory import authority

_ZERO: Any = literal_column("0")


def months(count: int) -> ColumnElement[Any]:
    """So many calendar months; added to a day, they are clamped to the last day of a shorter month."""
    return func.make_interval(_ZERO, literal_column(str(count)))


def days(count: int) -> ColumnElement[Any]:
    """So many civil days."""
    return func.make_interval(_ZERO, _ZERO, _ZERO, literal_column(str(count)))


def civil_day(instant: ColumnElement[Any], zone: ColumnElement[str]) -> ColumnElement[Any]:
    """The date that a calendar in this zone shows at this instant."""
    return cast(func.timezone(zone, instant), Date)


def today_of(authority_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Today's date in the territory of an authority."""
    zone = select(authority.c.timezone).where(authority.c.id == authority_id).scalar_subquery()
    return civil_day(func.now(), zone)


def end_of_day(day: ColumnElement[Any], zone: ColumnElement[str], *after: ColumnElement[Any]) -> ColumnElement[Any]:
    """24:00 of a civil day in a zone, after these intervals: one by one, so that months are clamped before days count."""
    for interval in (*after, days(1)):
        day = day + interval
    return cast(func.timezone(zone, day), DateTime(timezone=True))
