"""Dates and numbers in French form: the only place that writes them, for pages, charts and exports alike."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from schema.types.node import COUNTED

LOCALE = "fr"
PARIS = ZoneInfo("Europe/Paris")
# One no-break space before a sign, whoever draws it (Babel and Vega do not agree).
NO_BREAK = "\u00a0"
# Further away, nobody counts days.
_COUNTED_DAYS = 60


def moment(value: str | datetime) -> datetime:
    """An instant of the API, which is always in UTC, as civil time of Paris."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(PARIS)


def day(value: str | date) -> str:
    """`22 novembre 2026`, `1er mars 2026`; of an instant, its day in Paris."""
    found = _day(value)
    return f"{'1er' if found.day == 1 else found.day} {format_date(found, 'MMMM y', locale=LOCALE)}"


def instant(value: str | datetime) -> str:
    """`22 novembre 2026 à 14:05`."""
    found = moment(value)
    return f"{day(found)} à {format_datetime(found, 'HH:mm', tzinfo=PARIS, locale=LOCALE)}"


def short_instant(value: str | datetime) -> str:
    """`22/11/2026 14:05`."""
    return format_datetime(moment(value), "dd/MM/y HH:mm", tzinfo=PARIS, locale=LOCALE)


def due_day(value: str | datetime) -> date:
    """The last day on which something is in time: a clock ends at 24:00, which is the next day's first instant."""
    return (moment(value) - timedelta(seconds=1)).date()


def remaining(value: str | datetime, today: date) -> str:
    """`aujourd’hui`, `dans 3 jours`, `dans 2 ans`, `en retard de 2 jours`."""
    days = (due_day(value) - today).days
    if days == 0:
        return "aujourd’hui"
    apart = f"{abs(days)} jour{'s' if abs(days) > 1 else ''}"
    if abs(days) > _COUNTED_DAYS:
        apart = format_timedelta(timedelta(days=abs(days)), locale=LOCALE)
    return f"dans {apart}" if days > 0 else f"en retard de {apart}"


def month(value: str | date) -> str:
    """`avr. 2026`."""
    return format_date(_day(value), "MMM y", locale=LOCALE)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """`1 234,5`."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=LOCALE)


def counted(value: int) -> str:
    """A `totalCount`: `1 234`, or `10 000 ou plus` where the count has stopped."""
    return f"{number(value)}{NO_BREAK}ou plus" if value >= COUNTED else number(value)


def percent(value: float | Decimal, decimals: int = 0) -> str:
    """`62 %`."""
    return f"{number(value, decimals)}{NO_BREAK}%"


def _day(value: str | date) -> date:
    if isinstance(value, datetime):
        return moment(value).date()
    if isinstance(value, date):
        return value
    return moment(value).date() if "T" in value else date.fromisoformat(value)
