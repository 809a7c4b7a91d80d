"""The clocks end when the law says, to the second, in the authority's own civil time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.deadlines import (
    EVALUATION_DAYS,
    EVALUATION_MONTHS,
    EXTENDED_REQUEST_MONTHS,
    acknowledge_due,
    add_months,
    add_working_days,
    answer_due,
    breach_due,
    civil_date,
    earliest_civil_date,
    easter,
    end_of_day,
    evaluation_due,
    is_working_day,
    latest_civil_date,
    public_holidays,
    request_due,
    return_due,
    review_due,
)
from schema.reference import authorities
from schema.vocabulary import Urgency

PARIS = "Europe/Paris"
ZONES = sorted({authority.timezone for authority in authorities()})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Printed calendars, among them the earliest and the latest Easter of two centuries.
@pytest.mark.parametrize(
    "day",
    [
        "1818-03-22",
        "1943-04-25",
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2023-04-09",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2038-04-25",
    ],
)
def test_easter(day: str) -> None:
    assert easter(int(day[:4])) == date.fromisoformat(day)


def test_the_national_holidays_of_2026() -> None:
    expected = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
    assert sorted(public_holidays(2026)) == [date.fromisoformat(f"2026-{day}") for day in expected.split()]


def test_a_year_in_which_two_holidays_fall_on_one_day_has_ten() -> None:
    # Ascension 2008 was the first of May.
    assert date(2008, 5, 1) == easter(2008) + timedelta(days=39)
    assert len(public_holidays(2008)) == 10


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-04-03", True),  # Good Friday: a holiday in Alsace-Moselle only
        ("2026-04-04", False),
        ("2026-04-05", False),
        ("2026-04-06", False),  # Easter Monday
        ("2026-04-07", True),
        ("2026-05-14", False),  # Ascension
        ("2026-05-15", True),
        ("2026-05-25", False),  # Whit Monday
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2026-12-26", False),  # a Saturday
    ],
)
def test_working_days(day: str, working: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-01", 2, "2026-09-03"),
        ("2026-09-03", 2, "2026-09-07"),
        ("2026-09-05", 2, "2026-09-08"),  # from a Saturday
        ("2026-04-02", 2, "2026-04-07"),  # over Easter
        ("2026-12-31", 1, "2027-01-04"),  # over New Year's Day and a week-end
        ("2026-09-05", 0, "2026-09-05"),
    ],
)
def test_adding_working_days(day: str, count: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-15", 3, "2026-04-15"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-10-31", 3, "2027-01-31"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_adding_months(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_a_day_ends_at_midnight_of_the_zone() -> None:
    assert end_of_day(date(2026, 1, 15), PARIS) == at("2026-01-15T23:00:00+00:00")
    assert end_of_day(date(2026, 7, 15), PARIS) == at("2026-07-15T22:00:00+00:00")
    assert end_of_day(date(2026, 7, 15), "Indian/Reunion") == at("2026-07-15T20:00:00+00:00")
    assert end_of_day(date(2026, 7, 15), "America/Cayenne") == at("2026-07-16T03:00:00+00:00")
    assert end_of_day(date(2026, 7, 15), PARIS).tzinfo is UTC


def test_the_clocks_change_between_reception_and_deadline() -> None:
    # Received in winter time, due in summer time: 24:00 stays 24:00.
    assert return_due(at("2026-01-15T09:30:00+00:00"), PARIS) == at("2026-04-15T22:00:00+00:00")
    assert return_due(at("2026-08-20T09:30:00+00:00"), PARIS) == at("2026-11-20T23:00:00+00:00")


def test_the_day_of_reception_is_the_authoritys() -> None:
    # 22:30 UTC is already the next day in Paris, and in La Réunion, but not in Martinique.
    received = at("2026-06-30T22:30:00+00:00")
    assert civil_date(received, PARIS) == date(2026, 7, 1)
    assert return_due(received, PARIS) == at("2026-10-01T22:00:00+00:00")
    assert return_due(received, "Indian/Reunion") == at("2026-10-01T20:00:00+00:00")
    assert return_due(received, "America/Martinique") == at("2026-10-01T04:00:00+00:00")


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        (Urgency.STANDARD, "2026-12-01T23:00:00+00:00"),
        (Urgency.PRIORITY, "2026-10-01T22:00:00+00:00"),
        (Urgency.IMMEDIATE_DANGER, "2026-09-09T22:00:00+00:00"),
    ],
)
def test_the_evaluation_is_due_sooner_with_urgency(urgency: Urgency, expected: str) -> None:
    assert evaluation_due(at("2026-09-01T08:00:00+00:00"), PARIS, urgency) == at(expected)


def test_every_urgency_has_exactly_one_target() -> None:
    assert set(EVALUATION_MONTHS) | set(EVALUATION_DAYS) == set(Urgency)
    assert not set(EVALUATION_MONTHS) & set(EVALUATION_DAYS)


def test_the_acknowledgement_is_due_after_working_days_of_the_authority() -> None:
    friday = at("2026-09-04T15:00:00+00:00")
    assert acknowledge_due(friday, PARIS) == at("2026-09-08T22:00:00+00:00")
    assert acknowledge_due(friday, PARIS, 5) == at("2026-09-11T22:00:00+00:00")
    # 23:00 UTC on Friday is Saturday in Paris: Monday is the first working day.
    assert acknowledge_due(at("2026-09-04T23:00:00+00:00"), PARIS, 1) == at("2026-09-07T22:00:00+00:00")


def test_a_sender_is_answered_within_three_months() -> None:
    assert answer_due(at("2025-11-30T10:00:00+00:00"), PARIS) == at("2026-02-28T23:00:00+00:00")


def test_today_is_two_dates_at_most() -> None:
    assert (
        earliest_civil_date(at("2026-06-30T12:00:00+00:00")),
        latest_civil_date(at("2026-06-30T12:00:00+00:00")),
    ) == (date(2026, 6, 30),) * 2
    assert earliest_civil_date(at("2026-06-30T21:00:00+00:00")) == date(2026, 6, 30)
    assert latest_civil_date(at("2026-06-30T21:00:00+00:00")) == date(2026, 7, 1)


# Hypothesis takes naive bounds and adds the zone itself.
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_no_authority_is_outside_the_two_dates(moment: datetime) -> None:
    dates = {civil_date(moment, zone) for zone in ZONES}
    assert min(dates) >= earliest_civil_date(moment)
    assert max(dates) <= latest_civil_date(moment)


@given(moments, st.sampled_from(ZONES), st.sampled_from(Urgency))
def test_a_deadline_is_midnight_there_and_the_evaluation_never_ends_after_the_return(
    moment: datetime, zone: str, urgency: Urgency
) -> None:
    evaluation, give_back, acknowledgement = (
        evaluation_due(moment, zone, urgency),
        return_due(moment, zone),
        acknowledge_due(moment, zone),
    )
    assert moment < evaluation <= give_back
    assert moment < acknowledgement
    for due in (evaluation, give_back, acknowledgement):
        local = due.astimezone(ZoneInfo(zone))
        assert (local.hour, local.minute, local.second) == (0, 0, 0)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 15))
def test_exactly_the_wished_number_of_working_days_lies_between(day: date, count: int) -> None:
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert sum(is_working_day(day + timedelta(days=offset)) for offset in range(1, (end - day).days + 1)) == count


@pytest.mark.parametrize(
    ("opened", "zone", "due"),
    [
        # A Monday: the Monday after, 24:00 in Paris, is 22:00 UTC in summer.
        ("2026-06-01T10:00:00+00:00", PARIS, "2026-06-08T22:00:00+00:00"),
        # 14 July and the week-end do not count.
        ("2026-07-10T21:00:00+00:00", PARIS, "2026-07-20T22:00:00+00:00"),
        # The same instant is the next day on Reunion, where midnight comes at 20:00 UTC.
        ("2026-06-01T21:00:00+00:00", "Indian/Reunion", "2026-06-09T20:00:00+00:00"),
    ],
)
def test_a_break_glass_is_reviewed_in_five_working_days(opened: str, zone: str, due: str) -> None:
    assert review_due(at(opened), zone) == at(due)


def test_a_person_is_answered_within_a_month_or_three_from_reception() -> None:
    received = at("2026-01-31T22:30:00+00:00")
    assert request_due(received, PARIS) == at("2026-02-28T23:00:00+00:00")
    # Two months more are counted from reception, so the shorter February takes nothing away.
    assert request_due(received, PARIS, EXTENDED_REQUEST_MONTHS) == at("2026-04-30T22:00:00+00:00")
    assert request_due(received, "Indian/Reunion") == at("2026-03-01T20:00:00+00:00")


def test_a_breach_has_seventy_two_hours_whatever_the_day() -> None:
    # From a Friday to a Monday, over the night in which clocks go forward.
    assert breach_due(at("2026-03-27T18:00:00+01:00")) == at("2026-03-30T19:00:00+02:00")
