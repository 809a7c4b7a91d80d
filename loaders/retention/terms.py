"""How long what is kept: the law's lengths, and those that the operator sets."""

from dataclasses import dataclass
from enum import Enum

TOKENS_KEPT_DAYS = 30
EVENTS_KEPT_MONTHS = 13
# NATDECASSED (CASF annexe 2-8): the measures for which R221-9 keeps longer what departments sent each other.
AEMO = ("15", "16")
PLACED = ("17", "18")
TRANSFER_YEARS, AEMO_YEARS, PLACED_YEARS = 2, 5, 10


class End(Enum):
    """What becomes of a case after intermediate archiving."""

    ANONYMISE = "ANONYMISE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Terms:
    """The lengths that the operator sets; the others are the law's."""

    active_months: int
    intermediate_months: int
    end: End
