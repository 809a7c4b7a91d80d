"""Dates and numbers in French form, and form fields that spreadsheets and browsers cannot turn into something else."""

from datetime import date

import pytest

from dashboard import formatting
from dashboard.dates import read_day
from dashboard.pages.export import as_csv, neutral
from dashboard.periods import periods, quarters_of, whole_years
from schema.types.node import COUNTED


def test_dates_are_french_and_of_paris() -> None:
    assert formatting.day("2026-03-01") == "1er mars 2026"
    assert formatting.day("2026-11-22T23:30:00+00:00") == "23 novembre 2026"
    assert formatting.instant("2026-11-22T13:05:00+00:00") == "22 novembre 2026 à 14:05"
    assert formatting.short_instant("2026-07-01T22:05:00Z") == "02/07/2026 00:05"
    assert formatting.month("2023-04-03") == "avr. 2023"


def test_a_clock_that_ends_at_midnight_ends_on_the_day_before() -> None:
    assert formatting.due_day("2026-11-24T23:00:00+00:00") == date(2026, 11, 24)
    today = date(2026, 11, 22)
    assert formatting.remaining("2026-11-22T23:00:00+00:00", today) == "aujourd’hui"
    assert formatting.remaining("2026-11-24T23:00:00+00:00", today) == "dans 2 jours"
    assert formatting.remaining("2026-11-21T23:00:00+00:00", today) == "en retard de 1 jour"
    assert formatting.remaining("2028-11-21T23:00:00+00:00", today) == "dans 2 ans"


def test_numbers_are_french() -> None:
    assert formatting.number(1234.5, 1) == "1\u202f234,5"
    assert formatting.counted(COUNTED - 1) == "9\u202f999"
    assert formatting.counted(COUNTED) == "10\u202f000\u00a0ou plus"
    assert formatting.percent(62) == "62\u00a0%"
    assert formatting.percent(91.3, 1) == "91,3\u00a0%"


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert neutral(cell) == "'" + cell


def test_an_export_opens_in_a_french_spreadsheet() -> None:
    assert as_csv(iter([("à", "1,5"), ("=x", "b;c")])) == '\ufeffà;1,5\r\n\'=x;"b;c"\r\n'.encode()


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("22", "11", "2026"), date(2026, 11, 22)),
        (("31", "2", "2026"), None),
        (("", "11", "2026"), None),
        (("1e1", "11", "2026"), None),
        (("٣", "11", "2026"), None),
        (("1", "1", "99999"), None),
    ],
)
def test_a_day_of_three_fields(parts: tuple[str, str, str], found: date | None) -> None:
    fields = {f"date_{name}": [part] for name, part in zip(("day", "month", "year"), parts, strict=True)}
    assert read_day(fields, "date") == found


def test_periods_are_a_fixed_menu_of_one_calendar() -> None:
    words = [period.word for period in periods(date(2026, 4, 2))]
    assert words[:3] == ["bilan-2025", "bilan-2024", "bilan-2023"]
    # The fourth ends on that day: it is shown from the next.
    assert words[3:] == [f"{year}-T{quarter}" for year in (2025, 2024, 2023) for quarter in (4, 3, 2, 1)][1:]
    begun = [period.word for period in periods(date(2026, 4, 3))]
    assert (begun[0], begun[4]) == ("bilan-2026", "2025-T4")


def test_a_year_that_runs_says_which_quarters_are_shown_and_when_the_next_comes() -> None:
    found = quarters_of(2026, date(2027, 1, 2))
    assert [one.shown_from for one in found] == [
        date(2026, 7, 3), date(2026, 10, 3), date(2027, 1, 3), date(2027, 4, 3),
    ]  # fmt: skip
    assert [(one.is_shown, one.runs) for one in found] == [(True, False), (True, False), (False, True), (False, False)]
    assert "2026-T3" not in {one.word for one in periods(date(2027, 1, 2))}
    assert "2026-T3" in {one.word for one in periods(date(2027, 1, 3))}
    assert [one.word for one in whole_years(date(2026, 11, 22), over=True)] == [
        "bilan-2025",
        "bilan-2024",
        "bilan-2023",
    ]
