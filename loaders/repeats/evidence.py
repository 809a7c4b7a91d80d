"""How much two files speak for the same minor: the weights of what agrees and disagrees, added (Fellegi and Sunter, 1969).

Each fact has levels; a level has `m`, how often two files about the same minor are at it, and `u`, how often two files
about different minors are. Its weight is log2(m/u) bits. What is unknown in one of the files weighs nothing. Where the
numbers come from, and what they yield: docs/decisions/0013-recognising-repeats.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import log2
from types import MappingProxyType

from loaders.repeats.known import Known, phone_key
from loaders.repeats.names import Name
from schema.vocabulary import RepeatBand, RepeatFact


class Level(Enum):
    """How far two files agree on one fact."""

    SAME = "SAME"
    ALIKE = "ALIKE"
    SHORT = "SHORT"
    NEAR = "NEAR"
    OTHER = "OTHER"


class Subject(Enum):
    """What is compared."""

    NAMES = "NAMES"
    FIRST = "FIRST"
    LAST = "LAST"
    BIRTH = "BIRTH"
    AGE = "AGE"
    PLACE = "PLACE"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"


# (m, u) of each level; the levels of one subject add up to 1 on each side, but for the swap, which comes before.
ODDS: Mapping[tuple[Subject, Level], tuple[float, float]] = MappingProxyType(
    {
        (Subject.NAMES, Level.SAME): (0.02, 0.00005),  # first and last name stand in each other's place
        (Subject.FIRST, Level.SAME): (0.74, 0.012),
        (Subject.FIRST, Level.SHORT): (0.06, 0.008),
        (Subject.FIRST, Level.ALIKE): (0.14, 0.014),
        (Subject.FIRST, Level.OTHER): (0.06, 0.966),
        (Subject.LAST, Level.SAME): (0.78, 0.004),
        (Subject.LAST, Level.ALIKE): (0.18, 0.010),
        (Subject.LAST, Level.OTHER): (0.04, 0.986),
        (Subject.BIRTH, Level.SAME): (0.86, 0.0004),
        (Subject.BIRTH, Level.NEAR): (0.09, 0.012),
        (Subject.BIRTH, Level.OTHER): (0.05, 0.9876),
        (Subject.AGE, Level.SAME): (0.84, 0.40),
        (Subject.AGE, Level.NEAR): (0.13, 0.25),
        (Subject.AGE, Level.OTHER): (0.03, 0.35),
        (Subject.PLACE, Level.SAME): (0.75, 0.025),
        (Subject.PLACE, Level.OTHER): (0.25, 0.975),  # they run away
        (Subject.PHONE, Level.SAME): (0.60, 0.0001),
        (Subject.PHONE, Level.OTHER): (0.40, 0.9999),  # and change their number
        (Subject.ACCOUNT, Level.SAME): (0.50, 0.0002),
        (Subject.ACCOUNT, Level.OTHER): (0.50, 0.9998),
    }
)
WEIGHTS: Mapping[tuple[Subject, Level], float] = MappingProxyType({key: log2(m / u) for key, (m, u) in ODDS.items()})

# What a person is shown of a level: the fact, under the side on which it weighs.
_FACTS: Mapping[tuple[Subject, Level], RepeatFact] = MappingProxyType(
    {
        (Subject.NAMES, Level.SAME): RepeatFact.SWAPPED_NAMES,
        (Subject.FIRST, Level.SAME): RepeatFact.FIRST_NAME,
        (Subject.FIRST, Level.SHORT): RepeatFact.NICKNAME,
        (Subject.FIRST, Level.ALIKE): RepeatFact.FIRST_NAME_ALIKE,
        (Subject.FIRST, Level.OTHER): RepeatFact.FIRST_NAME,
        (Subject.LAST, Level.SAME): RepeatFact.LAST_NAME,
        (Subject.LAST, Level.ALIKE): RepeatFact.LAST_NAME_ALIKE,
        (Subject.LAST, Level.OTHER): RepeatFact.LAST_NAME,
        (Subject.BIRTH, Level.SAME): RepeatFact.BIRTH_DATE,
        (Subject.BIRTH, Level.NEAR): RepeatFact.BIRTH_DATE_ALIKE,
        (Subject.BIRTH, Level.OTHER): RepeatFact.BIRTH_DATE,
        (Subject.AGE, Level.SAME): RepeatFact.AGE,
        (Subject.AGE, Level.NEAR): RepeatFact.AGE,
        (Subject.AGE, Level.OTHER): RepeatFact.AGE,
        (Subject.PLACE, Level.SAME): RepeatFact.PLACE,
        (Subject.PLACE, Level.OTHER): RepeatFact.PLACE,
        (Subject.PHONE, Level.SAME): RepeatFact.PHONE,
        (Subject.PHONE, Level.OTHER): RepeatFact.PHONE,
        (Subject.ACCOUNT, Level.SAME): RepeatFact.HANDLE,
        (Subject.ACCOUNT, Level.OTHER): RepeatFact.HANDLE,
    }
)

# Bits. Ten are a thousand to one: even odds among a thousand files, and the least that is worth a person's look.
THRESHOLD = 10.0
LIKELY = 14.0
STRONG = 18.0
# Jaro-Winkler from which two spellings are taken for one name mistyped: below, `Marie` and `Maria` would still pass
# but so would `Martin` and `Marion`.
ALIKE = 0.92
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two files say together, in bits and in facts."""

    bits: float
    agreeing: tuple[RepeatFact, ...]
    disagreeing: tuple[RepeatFact, ...]

    @property
    def band(self) -> RepeatBand | None:
        """How strongly it speaks; None: not enough to propose anything."""
        if self.bits < THRESHOLD:
            return None
        if self.bits < LIKELY:
            return RepeatBand.POSSIBLE
        return RepeatBand.LIKELY if self.bits < STRONG else RepeatBand.STRONG


def compare(one: Known, other: Known) -> Evidence:
    """Weigh two files against each other; the same either way round."""
    found = list(_levels(one, other))
    bits = sum(WEIGHTS[level] for level in found)
    agreeing = tuple(_FACTS[level] for level in found if WEIGHTS[level] > 0)
    disagreeing = tuple(_FACTS[level] for level in found if WEIGHTS[level] < 0)
    return Evidence(bits, agreeing, disagreeing)


def _levels(one: Known, other: Known) -> Iterator[tuple[Subject, Level]]:
    if _swapped(one, other):
        yield Subject.NAMES, Level.SAME
    else:
        yield from _compared(Subject.FIRST, one.first, other.first)
        yield from _compared(Subject.LAST, one.last, other.last)
    yield from _births(one, other)
    yield from _shared(Subject.PLACE, one.places, other.places)
    phones = phone_key(one.phone), phone_key(other.phone)
    yield from _shared(Subject.PHONE, {phones[0]} - {None}, {phones[1]} - {None})
    yield from _shared(Subject.ACCOUNT, one.accounts, other.accounts)


def _swapped(one: Known, other: Known) -> bool:
    first, last, their_first, their_last = (name.normal for name in (one.first, one.last, other.first, other.last))
    return all((first, last)) and first != last and (first, last) == (their_last, their_first)


def _compared(subject: Subject, one: Name, other: Name) -> Iterator[tuple[Subject, Level]]:
    if not one.normal or not other.normal:
        return
    if one.normal == other.normal:
        yield subject, Level.SAME
    elif _alike(one, other):
        yield subject, Level.ALIKE
    elif subject is Subject.FIRST and one.first_names & other.first_names:
        yield subject, Level.SHORT
    else:
        yield subject, Level.OTHER


def _alike(one: Name, other: Name) -> bool:
    """A word of one sounds or is spelt like a word of the other (`Dupont-Martin` and `Dupond`)."""
    # Four megabytes that only a process needs in which somebody looks for a repeat.
    from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415

    return bool(one.sounds & other.sounds) or any(
        JaroWinkler.similarity(mine, theirs, score_cutoff=ALIKE) for mine in one.forms for theirs in other.forms
    )


def _births(one: Known, other: Known) -> Iterator[tuple[Subject, Level]]:
    if one.birth_date and other.birth_date:
        yield Subject.BIRTH, _birth_level(one.birth_date, other.birth_date)
    elif one.born and other.born:
        gap = max(one.born[0], other.born[0]) - min(one.born[1], other.born[1])
        years = gap.days / _YEAR
        yield Subject.AGE, Level.SAME if years <= 0 else Level.NEAR if years <= 1 else Level.OTHER


def _birth_level(one: date, other: date) -> Level:
    if one == other:
        return Level.SAME
    mine, theirs = (one.year, one.month, one.day), (other.year, other.month, other.day)
    differing = sum(a != b for a, b in zip(mine, theirs, strict=True))
    turned = mine[0] == theirs[0] and mine[1:] == (theirs[2], theirs[1])
    return Level.NEAR if turned or differing == 1 else Level.OTHER


def _shared(subject: Subject, one: Iterable[object], other: Iterable[object]) -> Iterator[tuple[Subject, Level]]:
    mine, theirs = set(one), set(other)
    if mine and theirs:
        yield subject, Level.SAME if mine & theirs else Level.OTHER
