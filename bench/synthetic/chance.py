"""Chance with a seed: the same seed gives the same children, ids included."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar, cast
from uuid import UUID

# The C class of the driver is a `uuid.UUID` that is made and encoded several times faster.
from asyncpg.pgproto.pgproto import UUID as FastUuid

T = TypeVar("T")

# Version 4, variant 1: an id that says nothing about its row, like those that PostgreSQL makes.
_FREE_BITS = ~((0xF << 76) | (0x3 << 62))
_FIXED_BITS = (0x4 << 76) | (0x2 << 62)
# Without 0, 1, I, L, O, U: a reference is said on the phone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid_from(bits: int) -> UUID:
    """The version 4 id made of 128 bits."""
    return cast("UUID", FastUuid(((bits & _FREE_BITS) | _FIXED_BITS).to_bytes(16, "big")))


class Chance:
    """What the generator draws from; nothing else here is random."""

    __slots__ = ("bits", "random", "shuffle", "unit")

    def __init__(self, seed: int, *path: object) -> None:
        self.random = Random("/".join(map(str, (seed, *path))))
        self.bits = self.random.getrandbits
        self.unit = self.random.random
        self.shuffle = self.random.shuffle

    def uuid(self) -> UUID:
        return uuid_from(self.bits(128))

    def ref(self) -> str:
        """A reference to say on the phone: two groups of five characters."""
        letters = [_ALPHABET[int(self.unit() * 30)] for _ in range(10)]
        return f"{''.join(letters[:5])}-{''.join(letters[5:])}"

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.unit() * len(choices))]

    def happens(self, share: float) -> bool:
        return self.unit() < share

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Distinct choices, in the order of the list."""
        chosen = set(self.random.sample(range(len(choices)), min(count, len(choices))))
        return [item for index, item in enumerate(choices) if index in chosen]

    def later(self, start: datetime, low_days: float, high_days: float) -> datetime:
        return start + timedelta(seconds=int(self.between(low_days, high_days) * 86400))

    def weighted(self, counts: Sequence[tuple[T, int]]) -> T:
        """One choice, as often as its count says."""
        return self.random.choices([item for item, _ in counts], [count for _, count in counts])[0]

    def shuffled(self, counts: Iterable[tuple[T, int]]) -> list[T]:
        """So many of each, in random order: exact totals, random places."""
        items = [item for item, count in counts for _ in range(count)]
        self.shuffle(items)
        return items
