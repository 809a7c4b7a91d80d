"""The fixed menu of periods, and what of a year that still runs is shown: a quarter once it is over, the rest at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schema.errors import BadInputError

FIRST_YEAR = 2023
# The report's year begins on 3 April; it has four quarters of three months.
REPORT_BEGINS = (4, 3)
QUARTERS = 4
_MONTHS_OF_A_QUARTER, _MONTHS_OF_A_YEAR = 3, 12
# What a page opens with: the first year that was reported on, complete and public.
DEFAULT = f"bilan-{FIRST_YEAR}"


@dataclass(frozen=True, slots=True)
class Period:
    """One choice of the period filter: its word in the address, its name, and what is asked."""

    word: str
    label: str
    group: str
    asked: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a year that runs, and the day from which it is shown."""

    word: str
    begins: date
    shown_from: date
    is_shown: bool
    runs: bool


def last_year(now: date) -> int:
    """The report's year that runs: the one in which it began."""
    return now.year if (now.month, now.day) >= REPORT_BEGINS else now.year - 1


def whole_years(now: date, *, over: bool = False) -> list[Period]:
    """The report's years, the newest first; `over`: without the one that runs."""
    return [
        Period(f"bilan-{year}", f"Avril {year} – avril {year + 1}", "Année du bilan", {"kind": "REPORT", "year": year})
        for year in range(last_year(now) - (1 if over else 0), FIRST_YEAR - 1, -1)
    ]


def periods(now: date) -> list[Period]:
    """The years, then the quarters that are over, the newest first; there are no free dates."""
    newest = last_year(now)
    # One calendar is published: two together would tell of the days by which they differ.
    return whole_years(now) + [
        Period(
            _word(year, quarter),
            f"{quarter}{'er' if quarter == 1 else 'e'} trimestre, avril {year} – avril {year + 1}",
            "Trimestre",
            {"kind": "REPORT", "year": year, "quarter": quarter},
        )
        for year in range(newest, max(FIRST_YEAR, newest - 2) - 1, -1)
        for quarter in range(QUARTERS, 0, -1)
        if _begins(year, quarter + 1) <= now
    ]


def quarters_of(year: int, now: date) -> list[Quarter]:
    """The four quarters of a year, as they stand on a day."""
    made = []
    for quarter in range(1, QUARTERS + 1):
        begins, ends = _begins(year, quarter), _begins(year, quarter + 1)
        made.append(Quarter(_word(year, quarter), begins, ends, ends <= now, begins <= now < ends))
    return made


def chosen(word: str, menu: Sequence[Period]) -> Period:
    """The period of an address. Raises: BadInputError where the menu has none of this name."""
    found = next((one for one in menu if one.word == word), None)
    if found is None:
        raise BadInputError(reason="PERIOD")
    return found


def _word(year: int, quarter: int) -> str:
    return f"{year}-T{quarter}"


def _begins(year: int, quarter: int) -> date:
    """The first day of a quarter; of the fifth, that of the next year."""
    month, day = REPORT_BEGINS
    months = month - 1 + _MONTHS_OF_A_QUARTER * (quarter - 1)
    return date(year + months // _MONTHS_OF_A_YEAR, months % _MONTHS_OF_A_YEAR + 1, day)


__all__ = ["DEFAULT", "FIRST_YEAR", "Period", "Quarter", "chosen", "last_year", "periods", "quarters_of", "whole_years"]
