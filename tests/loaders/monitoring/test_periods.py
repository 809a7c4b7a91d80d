"""Periods are fixed, French, and tile their year."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.monitoring.periods import REPORT_YEAR, Period, period_of
from schema.errors import BadInputError
from schema.types.monitoring import PeriodInput, PeriodKind


def test_the_reports_year_runs_from_3_april_to_2_april() -> None:
    assert (REPORT_YEAR.starts_on, REPORT_YEAR.ends_on) == (date(2023, 4, 3), date(2024, 4, 2))
    assert [first for _, first, _ in REPORT_YEAR.months] == [
        *(date(2023, month, 3) for month in range(4, 13)),
        *(date(2024, month, 3) for month in range(1, 4)),
    ]
    assert REPORT_YEAR.label == "du 3 avril 2023 au 2 avril 2024"


@given(st.integers(2000, 2098), st.sampled_from(list(PeriodKind)))
def test_months_and_quarters_tile_their_year(year: int, kind: PeriodKind) -> None:
    whole = Period(year, kind=kind)
    parts = [whole.months]
    first = 4 if kind is PeriodKind.REPORT else 1
    quarters = [Period(year, quarter=number, kind=kind) for number in range(1, 5)]
    months = [Period(year, month=(first - 1 + number) % 12 + 1, kind=kind) for number in range(12)]
    parts += [tuple((p.label, p.starts_on, p.ends_on) for p in finer) for finer in (quarters, months)]
    assert [p.slot for p in (*quarters, *months)] == [(n * 3, 3) for n in range(4)] + [(n, 1) for n in range(12)]
    for part in parts:
        assert (part[0][1], part[-1][2]) == (whole.starts_on, whole.ends_on)
        assert all(before[2] + timedelta(days=1) == after[1] for before, after in pairwise(part))
    assert whole.ends_on + timedelta(days=1) == Period(year + 1, kind=kind).starts_on


def test_labels_are_french() -> None:
    assert [Period(2024, quarter=1).label, Period(2024, quarter=2).label] == ["1er trimestre 2024", "2e trimestre 2024"]
    assert [Period(2024, month=8).label, Period(2024).label] == ["août 2024", "2024"]
    months = [Period(2023, month=month, kind=PeriodKind.REPORT).label for month in (4, 12, 1)]
    assert months == [
        "du 3 avril au 2 mai 2023",
        "du 3 décembre 2023 au 2 janvier 2024",
        "du 3 janvier au 2 février 2024",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        PeriodInput(year=1999),
        PeriodInput(year=2100),
        PeriodInput(year=10**9),
        PeriodInput(year=2024, quarter=0),
        PeriodInput(year=2024, quarter=5),
        PeriodInput(year=2024, month=0),
        PeriodInput(year=2024, month=13),
        PeriodInput(year=2024, quarter=1, month=1),
        PeriodInput(year=2024, kind=PeriodKind.CIVIL),
        PeriodInput(year=2024, month=4, kind=PeriodKind.CIVIL),
    ],
)
def test_what_is_no_fixed_period_is_refused(asked: PeriodInput) -> None:
    with pytest.raises(BadInputError):
        period_of(asked)


def test_a_fixed_period_is_read() -> None:
    civil, report = PeriodKind.CIVIL, PeriodKind.REPORT
    assert period_of(PeriodInput(year=2023)) == period_of(PeriodInput(year=2023, kind=report)) == REPORT_YEAR
    assert period_of(PeriodInput(year=2024, month=12)) == Period(2024, month=12, kind=report)
    assert period_of(PeriodInput(year=2099, quarter=4), civil) == Period(2099, quarter=4)


def test_only_one_calendar_is_published() -> None:
    # Together they would tell what happened on the 1st and 2nd of a month.
    for asked, published in ((PeriodKind.CIVIL, PeriodKind.REPORT), (PeriodKind.REPORT, PeriodKind.CIVIL)):
        with pytest.raises(BadInputError, match="calendar") as refused:
            period_of(PeriodInput(year=2024, kind=asked), published)
        assert refused.value.reason == "CALENDAR_NOT_PUBLISHED"
