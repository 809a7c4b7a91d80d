"""Fixed periods of two calendars: the civil one, and the report's, whose months begin on the 3rd."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schema.errors import BadInputError
from schema.types.monitoring import PeriodInput, PeriodKind

PARIS = ZoneInfo("Europe/Paris")
# The DLPM began on 3 April 2023, and its report counts years from that day.
REPORT_MONTH, REPORT_DAY = 4, 3
FIRST_YEAR, LAST_YEAR = 2000, 2099
MONTHS = 12
QUARTERS = 4
IN_A_QUARTER = MONTHS // QUARTERS
MONTH_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A fixed period: whole months of a calendar whose months begin on the 1st (civil) or the 3rd (report).

    Months bear the number of the civil month in which they begin: month 1 of the report's year 2023 begins on 3 January 2024.
    """

    year: int
    quarter: int | None = None
    month: int | None = None
    kind: PeriodKind = PeriodKind.CIVIL

    @property
    def is_year(self) -> bool:
        return self.quarter is None and self.month is None

    @property
    def whole_year(self) -> "Period":
        """The year that this period is a part of."""
        return Period(self.year, kind=self.kind)

    @property
    def slot(self) -> tuple[int, int]:
        """Number of its first month within its year, from 0, and how many months."""
        if self.quarter:
            return (self.quarter - 1) * IN_A_QUARTER, IN_A_QUARTER
        return ((self.month - 1 - self._begins_in) % MONTHS, 1) if self.month else (0, MONTHS)

    @property
    def months(self) -> tuple[tuple[str, date, date], ...]:
        """Key (`2023-04`), first and last day of each month."""
        return _months_of(self)

    @property
    def starts_on(self) -> date:
        return self.months[0][1]

    @property
    def ends_on(self) -> date:
        """The last day, included."""
        return self.months[-1][2]

    @property
    def label(self) -> str:
        if self.kind is PeriodKind.REPORT:
            return f"du {_in_french(self.starts_on, self.ends_on)} au {_in_french(self.ends_on)}"
        if self.quarter:
            return f"{self.quarter}{'er' if self.quarter == 1 else 'e'} trimestre {self.year}"
        return f"{MONTH_NAMES[self.month - 1]} {self.year}" if self.month else str(self.year)

    @property
    def _begins_in(self) -> int:
        return REPORT_MONTH - 1 if self.kind is PeriodKind.REPORT else 0

    def month_at(self, place: int) -> tuple[str, date, date]:
        """The month of the year that begins so many months after its first."""
        offset = self._begins_in + place
        year, month = self.year + offset // MONTHS, offset % MONTHS + 1
        first = date(year, month, 1)
        next_first = first + timedelta(days=calendar.monthrange(year, month)[1])
        late = timedelta(days=REPORT_DAY - 1 if self.kind is PeriodKind.REPORT else 0)
        return f"{year}-{month:02}", first + late, next_first + late - timedelta(days=1)


@lru_cache(maxsize=256)
def _months_of(period: Period) -> tuple[tuple[str, date, date], ...]:
    # Asked for hundreds of times while one answer is decided.
    first, count = period.slot
    return tuple(period.month_at(place) for place in range(first, first + count))


def _in_french(day: date, until: date | None = None) -> str:
    year = "" if until and until.year == day.year else f" {day.year}"
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTH_NAMES[day.month - 1]}{year}"


REPORT_YEAR = Period(2023, kind=PeriodKind.REPORT)
"""The year of the first report: 3 April 2023 to 2 April 2024."""


def period_of(asked: PeriodInput, published: PeriodKind = PeriodKind.REPORT) -> Period:
    """The period that an input names, of the calendar in which figures are published.

    Raises: BadInputError where it names none, or one of the other calendar: both together would tell what happened in the
    days by which they differ.
    """
    if not FIRST_YEAR <= asked.year <= LAST_YEAR:
        raise BadInputError(f"`year` goes from {FIRST_YEAR} to {LAST_YEAR}.")
    if asked.quarter is not None and asked.month is not None:
        raise BadInputError("Give `quarter` or `month`, not both.")
    if asked.quarter is not None and not 1 <= asked.quarter <= QUARTERS:
        raise BadInputError("`quarter` goes from 1 to 4.")
    if asked.month is not None and not 1 <= asked.month <= MONTHS:
        raise BadInputError("`month` goes from 1 to 12.")
    if asked.kind not in {None, published}:
        raise BadInputError(
            f"Figures are published in the calendar {published.value}: the two calendars differ by days, and their "
            "difference would be about few persons. Give that `kind`, or none.",
            reason="CALENDAR_NOT_PUBLISHED",
        )
    return Period(asked.year, asked.quarter, asked.month, published)


def year_of(day: date, kind: PeriodKind) -> Period:
    """The year of a calendar that a day is in."""
    year = Period(day.year, kind=kind)
    return year if day >= year.starts_on else Period(day.year - 1, kind=kind)
