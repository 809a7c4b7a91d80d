"""What is known of a minor that can say whether two files are about the same one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from loaders.repeats.names import Name
from schema.vocabulary import AgePrecision

_DIGITS = re.compile(r"\D+")
_POSTAL_CODE = re.compile(r"(?<!\d)(\d{5})(?!\d)")
# A French number without its prefix: 0, 33, 0033 and 262 differ from one writing to the next.
PHONE_DIGITS = 9
# An age that somebody guessed may be off by one; the others are right on the day they were said.
_GUESSED = frozenset({AgePrecision.ESTIMATED.value})
_CORSICA = "20"
_OVERSEAS = "97"


def phone_key(phone: str | None) -> str | None:
    """The digits that tell a phone apart; None where there are too few of them."""
    digits = _DIGITS.sub("", phone or "")
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else None


def handle_key(handle: str) -> str | None:
    """An account as it is found again: without the sign, the case, the dots."""
    return "".join(c for c in handle.casefold() if c.isalnum()) or None


def departments_of(address: str | None) -> frozenset[str]:
    """The departments of the postal codes in an address; both of Corsica, whose codes do not tell them apart."""
    found: set[str] = set()
    for code in _POSTAL_CODE.findall(address or ""):
        if code.startswith(_CORSICA):
            found |= {"2A", "2B"}
        else:
            found.add(code[:3] if code.startswith(_OVERSEAS) else code[:2])
    return frozenset(found)


@dataclass(frozen=True)
class Known:
    """One minor as one file describes them, on the day when the file was opened."""

    first_name: str | None
    last_name: str | None
    opened_on: date
    age: int | None = None
    age_precision: str = AgePrecision.UNKNOWN.value
    birth_date: date | None = None
    phone: str | None = None
    handles: Sequence[str] = ()
    address: str | None = None
    departments: Iterable[str] = ()

    @cached_property
    def first(self) -> Name:
        """The first name."""
        return Name(self.first_name)

    @cached_property
    def last(self) -> Name:
        """The last name."""
        return Name(self.last_name)

    @cached_property
    def places(self) -> frozenset[str]:
        """The departments where the minor lives, was found or is in custody."""
        return frozenset(self.departments) | departments_of(self.address)

    @cached_property
    def born(self) -> tuple[date, date] | None:
        """Between which days the minor was born: one day, or the year that an age leaves open."""
        if self.birth_date is not None:
            return self.birth_date, self.birth_date
        if self.age is None:
            return None
        slack = 1 if self.age_precision in _GUESSED else 0
        return (
            _years_before(self.opened_on, self.age + 1 + slack),
            _years_before(self.opened_on, self.age - slack),
        )

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The accounts on social networks."""
        return frozenset(key for handle in self.handles if (key := handle_key(handle)))


def _years_before(day: date, years: int) -> date:
    # The 28th stands for a 29th of February in a year without one: a day more or less changes no year.
    return day.replace(year=day.year - years, day=min(day.day, 28))
