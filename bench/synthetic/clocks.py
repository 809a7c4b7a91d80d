"""The clocks of a report: working days, calendar months clamped to month end, due at 24:00 of the authority's day."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from schema.vocabulary import ReportStatus, Urgency

RETURN_MONTHS = 3
# Three months at most (CASF D226-2-4); shorter with urgency, as an authority's own target.
EVALUATION_MONTHS = {Urgency.STANDARD: 3, Urgency.PRIORITY: 1}
EVALUATION_DAYS_IN_DANGER = 15

SATURDAY = 5
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
# Easter Monday, Ascension, Whit Monday.
DAYS_AFTER_EASTER = (1, 39, 50)


@cache
def easter(year: int) -> date:
    """Easter Sunday (Butcher's rule)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    leap, fraction = divmod(century, 4)
    epact = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * fraction + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_working_day(day: date) -> bool:
    """Monday to Friday and no national holiday."""
    movable = {easter(day.year) + timedelta(days=days) for days in DAYS_AFTER_EASTER}
    return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS and day not in movable


def add_months(day: date, months: int) -> date:
    """Calendar months; the 31st becomes the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_working_days(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


@cache
def _deadlines(day: date, zone: str, working_days: int, urgency: Urgency) -> tuple[datetime, datetime, datetime]:
    evaluation = (
        day + timedelta(days=EVALUATION_DAYS_IN_DANGER)
        if urgency is Urgency.IMMEDIATE_DANGER
        else add_months(day, EVALUATION_MONTHS[urgency])
    )
    last_days = (add_working_days(day, working_days), evaluation, add_months(day, RETURN_MONTHS))
    acknowledge, evaluate, give_back = (
        datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC) for last in last_days
    )
    return acknowledge, evaluate, give_back


def deadlines(received: datetime, zone: str, working_days: int, urgency: Urgency) -> tuple[datetime, datetime, datetime]:
    """When the acknowledgement, the evaluation and the return of a report are due."""
    return _deadlines(received.astimezone(ZoneInfo(zone)).date(), zone, working_days, urgency)


ACKNOWLEDGE, EVALUATE, GIVE_BACK = range(3)
# Which of the three still runs; a state that is not here waits for nobody's answer.
RUNNING_CLOCK = {
    ReportStatus.SENT: ACKNOWLEDGE,
    ReportStatus.ACKNOWLEDGED: EVALUATE,
    ReportStatus.QUALIFIED: EVALUATE,
    ReportStatus.EVALUATING: EVALUATE,
    ReportStatus.CONCLUDED: GIVE_BACK,
    ReportStatus.NOT_QUALIFIED: GIVE_BACK,
    ReportStatus.COMPLEMENT_OF_EXISTING: GIVE_BACK,
}
