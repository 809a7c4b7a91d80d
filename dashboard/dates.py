"""A date out of a form of three fields: `<input type=date>` would show the browser's language, not the reader's."""

from collections.abc import Mapping
from datetime import date, datetime, time

from dashboard.formatting import PARIS


def read_day(fields: Mapping[str, list[str]], name: str) -> date | None:
    """The day in `name_day`, `name_month`, `name_year`; None where they are no day."""
    parts = [fields.get(f"{name}_{part}", [""])[0] for part in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):  # noqa: PLR2004 (a year)
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def instant_of(day: date, now: datetime) -> str:
    """A past day as an instant of the API: its noon in Paris, or now where that is still to come."""
    return min(datetime.combine(day, time(12), PARIS), now).isoformat()


def is_blank(fields: Mapping[str, list[str]], name: str) -> bool:
    """Whether nothing was written in the three fields."""
    return not any(fields.get(f"{name}_{part}", [""])[0] for part in ("year", "month", "day"))
