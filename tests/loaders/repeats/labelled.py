"""Files about minors of whom it is known who is who: what a second call makes of the same facts, by a seeded chance.

`python -m tests.loaders.repeats.labelled` prints what decision 0013 quotes.
"""

import random
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bench.synthetic.names import BOYS, GIRLS, LAST_NAMES, NICKNAMES, TOWNS
from loaders.repeats.evidence import compare
from loaders.repeats.keys import keys_of
from loaders.repeats.known import Known
from loaders.repeats.names import DIMINUTIVES
from schema.vocabulary import RepeatBand

SHORT_OF = {full: short for short, names in DIMINUTIVES.items() for full in names}
HEARD = (
    ("ph", "f"),
    ("au", "o"),
    ("eau", "o"),
    ("ck", "k"),
    ("qu", "k"),
    ("y", "i"),
    ("tt", "t"),
    ("ll", "l"),
    ("c", "k"),
    ("ai", "e"),
)
AT_MOST = 10


@dataclass(frozen=True)
class File:
    """One file, and who it is about."""

    person: int
    known: Known
    changes: tuple[str, ...] = ()


def person(chance: random.Random, opened: date) -> Known:
    born = opened - timedelta(days=chance.randint(int(12 * 365.25), int(17.9 * 365.25)))
    first = chance.choice(GIRLS if chance.random() < 0.9 else BOYS)
    if chance.random() < 0.05:
        first = f"{first}-{chance.choice(GIRLS)}"
    last = chance.choice(LAST_NAMES)
    if chance.random() < 0.08:
        last = f"{last}-{chance.choice(LAST_NAMES)}"
    return Known(
        first, last, opened, birth_date=born, age_precision="EXACT",
        phone=f"06 39 98 {chance.randint(0, 99):02} {chance.randint(0, 99):02}",
        handles=(f"@{chance.choice(NICKNAMES)}.{chance.choice(NICKNAMES)}{chance.randint(2, 99)}",),
        departments=(chance.choice([*TOWNS]),),
    )  # fmt: skip


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def told(chance: random.Random, known: Known, opened: date, knows: float) -> Known:
    """What somebody who knows this much says of the minor: parts of it are missing."""
    assert known.birth_date is not None
    exact = chance.random() < 0.35 * knows
    age = age_on(known.birth_date, opened)
    return replace(
        known,
        first_name=known.first_name if chance.random() < 0.97 else None,
        last_name=known.last_name if chance.random() < 0.75 * knows + 0.1 else None,
        opened_on=opened,
        birth_date=known.birth_date if exact else None,
        age=age if exact or chance.random() < 0.92 else None,
        age_precision="EXACT" if exact else "DECLARED",
        phone=known.phone if chance.random() < 0.4 else None,
        handles=known.handles if chance.random() < 0.35 else (),
    )


def typo(chance: random.Random, word: str) -> str:
    place = chance.randrange(max(1, len(word) - 1))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2 and len(word) > place + 1:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + chance.choice("aeiourstln") + word[place + 1 :]


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def misheard(chance: random.Random, word: str) -> str:
    written = bare(word).lower()
    able = [(old, new) for old, new in HEARD if old in written]
    if not able:
        return written + chance.choice(["e", "s", "t"])
    return written.replace(*chance.choice(able))


def worn(chance: random.Random, known: Known) -> tuple[Known, tuple[str, ...]]:
    """The same facts after a second telling: zero to three things have changed."""
    changes: dict[str, Any] = {}
    done = []
    for kind in chance.sample(sorted(CHANGES), chance.choice((0, 1, 1, 2, 2, 3))):
        new = CHANGES[kind](chance, replace(known, **changes))
        if new:
            changes |= new
            done.append(kind)
    return replace(known, **changes), tuple(done)


def _name(field: str, how: Any) -> Any:
    def change(chance: random.Random, known: Known) -> dict[str, Any]:
        value = getattr(known, field)
        return {field: how(chance, value)} if value else {}

    return change


def _nickname(_: random.Random, known: Known) -> dict[str, Any]:
    short = SHORT_OF.get(bare(known.first_name or "").lower())
    return {"first_name": short.capitalize()} if short else {}


def _swap(_: random.Random, known: Known) -> dict[str, Any]:
    if not (known.first_name and known.last_name):
        return {}
    return {"first_name": known.last_name, "last_name": known.first_name}


def _half(chance: random.Random, known: Known) -> dict[str, Any]:
    parts = (known.last_name or "").split("-")
    return {"last_name": chance.choice(parts)} if len(parts) > 1 else {}


def _older(chance: random.Random, known: Known) -> dict[str, Any]:
    return (
        {}
        if known.birth_date or known.age is None
        else {"age": known.age + chance.choice((-1, 1)), "age_precision": "ESTIMATED"}
    )


def _turned(_: random.Random, known: Known) -> dict[str, Any]:
    born = known.birth_date
    return {"birth_date": born.replace(month=born.day, day=born.month)} if born and born.day <= 12 else {}


CHANGES = {
    "capitals without accents": _name("last_name", lambda _, value: bare(value).upper()),
    "hyphen for a space": _name("last_name", lambda _, value: value.replace("-", " ")),
    "first name mistyped": _name("first_name", typo),
    "last name mistyped": _name("last_name", typo),
    "first name misheard": _name("first_name", misheard),
    "last name misheard": _name("last_name", misheard),
    "diminutive": _nickname,
    "names swapped": _swap,
    "half of a double name": _half,
    "age guessed": _older,
    "day and month turned": _turned,
    "moved": lambda chance, _: {"departments": (chance.choice([*TOWNS]),)},
    "new phone": lambda chance, _: {"phone": f"06 39 98 {chance.randint(0, 99):02} {chance.randint(0, 99):02}"},
}  # fmt: skip


def files(seed: int, people: int, repeated: float = 0.25) -> list[File]:
    """`people` minors, of whom a share has a second file."""
    chance = random.Random(seed)
    made = []
    for number in range(people):
        opened = date(2024, 1, 1) + timedelta(days=chance.randrange(600))
        truth = person(chance, opened)
        made.append(File(number, told(chance, truth, opened, 1.0)))
        if chance.random() < repeated:
            later = opened + timedelta(days=chance.randrange(400))
            known, changes = worn(chance, told(chance, truth, later, chance.choice((0.6, 1.0))))
            made.append(File(number, known, changes))
    return made


@dataclass(frozen=True)
class Measured:
    """What came of it: true pairs, those that share a key, those proposed, and proposals by band, right and wrong."""

    pairs: int
    blocked: int
    found: int
    right: dict[RepeatBand, int]
    wrong: dict[RepeatBand, int]
    missed: dict[str, int]
    changed: dict[str, int]

    @property
    def recall(self) -> float:
        return self.found / self.pairs

    def precision(self, *bands: RepeatBand) -> float:
        right = sum(self.right[band] for band in bands)
        return right / max(1, right + sum(self.wrong[band] for band in bands))


def _candidates(everything: list[File]) -> Iterator[tuple[int, int]]:
    """Pairs that share a key, as the two indexes find them."""
    holders: dict[str, list[int]] = defaultdict(list)
    keys = []
    for place, one in enumerate(everything):
        made = keys_of(one.known)
        keys.append((*made.minimal, *made.identity))
        for key in keys[place]:
            holders[key].append(place)
    for place, own in enumerate(keys):
        for other in sorted({found for key in own for found in holders[key]} - {place}):
            yield place, other


def measure(everything: list[File]) -> Measured:
    """Every second file is recorded once more: what is proposed for it, and is it right?"""
    twins = {place for place, one in enumerate(everything) if place and everything[place - 1].person == one.person}
    blocked, proposals = set(), defaultdict(list)
    for place, other in _candidates(everything):
        if {place, other} == {max(place, other) - 1, max(place, other)} and max(place, other) in twins:
            blocked.add(max(place, other))
        evidence = compare(everything[place].known, everything[other].known)
        if evidence.band:
            proposals[place].append((-evidence.bits, other, evidence.band))
    right: dict[RepeatBand, int] = defaultdict(int)
    wrong: dict[RepeatBand, int] = defaultdict(int)
    found = set()
    for place, listed in proposals.items():
        for _, other, band in sorted(listed)[:AT_MOST]:
            same = everything[place].person == everything[other].person
            (right if same else wrong)[band] += 1
            if same and place in twins:
                found.add(place)
    missed: dict[str, int] = defaultdict(int)
    changed: dict[str, int] = defaultdict(int)
    for place in twins:
        for change in everything[place].changes or ("nothing changed",):
            changed[change] += 1
            missed[change] += place not in found
    return Measured(len(twins), len(blocked), len(found), right, wrong, missed, changed)


def lines(people: int) -> Iterator[str]:
    """What a person reads of one measure."""
    result = measure(files(119, people))
    yield (
        f"{people} minors, {result.pairs} repeats: share a key {result.blocked / result.pairs:.3f}, "
        f"proposed {result.recall:.3f}"
    )
    for bands in ((RepeatBand.STRONG,), (RepeatBand.STRONG, RepeatBand.LIKELY), tuple(RepeatBand)):
        right = sum(result.right[band] for band in bands)
        yield f"  precision {'+'.join(bands)} {result.precision(*bands):.3f} ({right} right)"
    for change, count in sorted(result.changed.items()):
        yield f"  missed {result.missed[change]:4} of {count:4} {change}"


if __name__ == "__main__":
    for size in (1_000, 5_000):
        sys.stdout.writelines(f"{line}\n" for line in lines(size))
