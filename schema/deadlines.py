"""The clocks of the law, pure: working days, calendar months, and the instant at which a civil day ends.

A deadline is due at 24:00 civil time of its authority's day, and is stored as the UTC instant of that midnight.
"3 months" are calendar months: from 30 November they end on the last day of February.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from schema.vocabulary import MeasureDecision, Urgency

ACKNOWLEDGE_WORKING_DAYS = 2
"""[decision] Working days to acknowledge a report, unless the authority's own target says otherwise."""

RETURN_MONTHS = 3
"""The return to the 119, from reception (convention of the GIP France Enfance Protégée)."""

ANSWER_MONTHS = 3
"""The answer to a sender: from transmission to a professional or elected one, from request to others (CASF L226-5)."""

TRANSFER_WINDOW_MONTHS = 1
"""[decision] How long the authority that a family leaves still sees the file, from its reception elsewhere."""

ADDRESS_ANSWER_DAYS = 10
"""The answer of the family allowance and health insurance funds where an address is lost (CASF L226-3-2)."""

PLACEMENT_DAYS = 8
"""The prosecutor who places a child has this long to seize the judge (Code civil 375-5)."""

MEASURE_REVIEW_MONTHS: Mapping[MeasureDecision, int] = MappingProxyType(
    {MeasureDecision.ADMINISTRATIVE: 12, MeasureDecision.JUDICIAL: 24}
)
"""How long one decision holds at most before it is reviewed (CASF L223-5, Code civil 375)."""

MAJORITY_YEARS = 18
"""The age at which transfers stop unless a measure goes on (CASF R221-9)."""

VALIDATION_HOURS = 24
"""[decision] How long the supervisor has to validate what left unvalidated in immediate danger."""

REPORT_HOURS = 24
"""[decision] When the alert sounds that a contact has not led to the report it calls for (L226-6: immediately)."""

EVALUATION_MONTHS: Mapping[Urgency, int] = MappingProxyType({Urgency.STANDARD: 3, Urgency.PRIORITY: 1})
"""D226-2-4 gives three months, shorter with danger; [decision] one month is this network's target for PRIORITY."""

EVALUATION_DAYS: Mapping[Urgency, int] = MappingProxyType({Urgency.IMMEDIATE_DANGER: 8})
"""[decision] Eight days in immediate danger, as for a prosecutor's placement (Code civil 375-5)."""

REVIEW_WORKING_DAYS = 5
"""Working days in which a third person reviews a break-glass (permissions, section 9)."""

REQUEST_MONTHS = 1
"""The answer to a person who claims a right over their data, from reception (GDPR article 12, paragraph 3)."""

EXTENDED_REQUEST_MONTHS = 3
"""The same once extended by two months, from reception too: what is clamped is the last month only."""

BREACH_HOURS = 72
"""The notification of a breach to the CNIL, from when it was noticed (GDPR article 33): hours, whatever the day."""

_SATURDAY = 5
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension, Whit Monday.
_DAYS_AFTER_EASTER = (1, 39, 50)
# The zones of the 101 departments: between them, today is two dates at most.
_FIRST_TO_SEE_A_DAY = ZoneInfo("Indian/Reunion")
_LAST_TO_SEE_A_DAY = ZoneInfo("America/Martinique")


@cache
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    leap, fraction = divmod(century, 4)
    epact = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * fraction + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The eleven national holidays (Code du travail L3133-1); local ones (Alsace-Moselle, overseas) are working days here."""
    fixed = {date(year, month, day) for month, day in _FIXED_HOLIDAYS}
    return frozenset(fixed | {easter(year) + timedelta(days=days) for days in _DAYS_AFTER_EASTER})


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no national holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself never counts."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def add_months(day: date, months: int) -> date:
    """The same day of a later month, clamped to the last day of a shorter one."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_day(day: date, zone: str) -> datetime:
    """24:00 of a civil day in an IANA zone, as a UTC instant."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def civil_date(instant: datetime, zone: str) -> date:
    """The date that a calendar in this zone shows at this instant."""
    return instant.astimezone(ZoneInfo(zone)).date()


def latest_civil_date(instant: datetime) -> date:
    """The latest date that any department's calendar shows: a day after it has not begun for anybody."""
    return instant.astimezone(_FIRST_TO_SEE_A_DAY).date()


def earliest_civil_date(instant: datetime) -> date:
    """The earliest date that any department's calendar shows: a day before it is over for everybody."""
    return instant.astimezone(_LAST_TO_SEE_A_DAY).date()


def over_everywhere(day: date) -> datetime:
    """When a civil day is over in every department: what happened from then on did not happen by that day."""
    return end_of_day(day, _LAST_TO_SEE_A_DAY.key)


def acknowledge_due(sent_at: datetime, zone: str, working_days: int = ACKNOWLEDGE_WORKING_DAYS) -> datetime:
    """When the acknowledgement of a report is due."""
    return end_of_day(add_working_days(civil_date(sent_at, zone), working_days), zone)


def evaluation_due(received_at: datetime, zone: str, urgency: Urgency) -> datetime:
    """When the evaluation is due, from reception (CASF D226-2-4)."""
    received = civil_date(received_at, zone)
    if urgency in EVALUATION_DAYS:
        return end_of_day(received + timedelta(days=EVALUATION_DAYS[urgency]), zone)
    return end_of_day(add_months(received, EVALUATION_MONTHS[urgency]), zone)


def return_due(received_at: datetime, zone: str) -> datetime:
    """When the return to the 119 is due, from reception."""
    return end_of_day(add_months(civil_date(received_at, zone), RETURN_MONTHS), zone)


def review_due(opened_at: datetime, zone: str) -> datetime:
    """When a break-glass has to be reviewed; past it, that member opens no other."""
    return end_of_day(add_working_days(civil_date(opened_at, zone), REVIEW_WORKING_DAYS), zone)


def answer_due(since: datetime, zone: str) -> datetime:
    """When the sender of a report is owed an answer, from transmission or from request (CASF L226-5)."""
    return end_of_day(add_months(civil_date(since, zone), ANSWER_MONTHS), zone)


def window_end(received_at: datetime, zone: str) -> datetime:
    """Until when the authority of origin still sees a file that another has received."""
    return end_of_day(add_months(civil_date(received_at, zone), TRANSFER_WINDOW_MONTHS), zone)


def address_answer_due(lost_at: datetime, zone: str) -> datetime:
    """When the funds owe their answer about a family whose address is lost while a child is in danger."""
    return end_of_day(civil_date(lost_at, zone) + timedelta(days=ADDRESS_ANSWER_DAYS), zone)


def placement_due(placed_at: datetime, zone: str) -> datetime:
    """When the judge has to be seized of a child whom the prosecutor has placed."""
    return end_of_day(civil_date(placed_at, zone) + timedelta(days=PLACEMENT_DAYS), zone)


def measure_review_due(starts_on: date, zone: str, decision: MeasureDecision) -> datetime:
    """When a measure has to be reviewed, at the latest."""
    return end_of_day(add_months(starts_on, MEASURE_REVIEW_MONTHS[decision]), zone)


def majority_at(birth_date: date, zone: str) -> datetime:
    """When a minor is one no longer: 24:00 of the eve of the birthday; of 29 February, on 28 in a common year."""
    return end_of_day(add_months(birth_date, 12 * MAJORITY_YEARS) - timedelta(days=1), zone)


def request_due(received_at: datetime, zone: str, months: int = REQUEST_MONTHS) -> datetime:
    """When a person's request about their data has to be answered."""
    return end_of_day(add_months(civil_date(received_at, zone), months), zone)


def breach_due(noticed_at: datetime) -> datetime:
    """When the CNIL has to be notified of a breach."""
    return noticed_at + timedelta(hours=BREACH_HOURS)
