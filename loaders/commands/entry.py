"""What people type into a command: texts, names, days and moments, checked before any row is written."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from schema.errors import BadInputError, DomainRefusalError

NAME = 200
TEXT = 10_000
LIST = 50
# Nothing that is recorded today happened earlier: the 119's file on a minor cannot be older than the minor.
OLDEST = timedelta(days=366 * 21)
# Clocks of partners' tools run a little ahead.
AHEAD = timedelta(minutes=5)
PARIS = ZoneInfo("Europe/Paris")
# Said on the phone: without 0 and O, 1 and I and L, U and V.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
REFERENCE_LENGTH = 8

# PostgreSQL stores neither NUL nor lone surrogates; the other control characters have no place in a text either. Nor have
# those that turn what follows around, or end a line where nobody sees it: a name would be read as another.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Letters and symbols by their category that leave a blank place: the fillers of Hangul and the empty cell of Braille.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Letters, digits, punctuation and symbols show; blanks, marks and joiners alone do not.
_SHOWN = frozenset("LNPS")


def reference(prefix: str) -> str:
    """A random reference such as `S-7KQ2M9XD`: no time, no place, no sequence inside."""
    return f"{prefix}-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def optional(value: str | None, field: str, longest: int = TEXT) -> str | None:
    """The text without its outer blanks; None where there is nothing in it that can be seen."""
    stripped = (value or "").strip()
    if _UNWRITABLE.search(stripped):
        raise BadInputError(f"`{field}` has control characters.", reason="INVALID_TEXT")
    if len(stripped) > longest:
        raise BadInputError(f"`{field}` is longer than {longest} characters.", reason="TOO_LONG")
    return stripped if any(map(_shows, stripped)) else None


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in _SHOWN and character not in _BLANK_LETTERS


def required(value: str | None, field: str, longest: int = TEXT) -> str:
    """The text without its outer blanks, which has something in it that can be seen."""
    text = optional(value, field, longest)
    if text is None:
        raise BadInputError(f"`{field}` is empty.", reason="EMPTY")
    return text


def names(values: Sequence[str] | None, field: str, longest: int = NAME) -> list[str]:
    """A list of texts: each has something in it, none twice, in the order given."""
    if len(values or ()) > LIST:
        raise BadInputError(f"`{field}` has more than {LIST} entries.", reason="TOO_LONG")
    return list(dict.fromkeys(required(value, field, longest) for value in values or ()))


def distinct(words: Iterable[Any] | None) -> list[Any]:
    """Words of a vocabulary, none twice, in the order given."""
    return list(dict.fromkeys(words or ()))


def past(value: datetime | None, field: str, now: datetime) -> datetime:
    """A moment that has come; now, where none is given."""
    if value is None:
        return now
    _zoned(value, field)
    if value > now + AHEAD:
        raise BadInputError(f"`{field}` lies in the future.", reason="INVALID_TIME")
    if value < now - OLDEST:
        raise BadInputError(f"`{field}` lies too far back.", reason="INVALID_TIME")
    return value


def coming(value: datetime, field: str, now: datetime) -> datetime:
    """A moment that has not come yet."""
    _zoned(value, field)
    if value <= now:
        raise BadInputError(f"`{field}` lies in the past.", reason="INVALID_TIME")
    return value


def past_day(value: date, field: str, now: datetime) -> date:
    """A civil day that has begun, in Paris."""
    today = now.astimezone(PARIS).date()
    if not today - OLDEST <= value <= today:
        raise BadInputError(f"`{field}` is not a day of the past years.", reason="INVALID_TIME")
    return value


def count(value: int, field: str, least: int, most: int) -> int:
    """A whole number within limits."""
    if not least <= value <= most:
        raise BadInputError(f"`{field}` is not between {least} and {most}.", reason="OUT_OF_RANGE")
    return value


def some(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The changes, if there are any."""
    if not changes:
        raise DomainRefusalError(
            "NOTHING_TO_CHANGE", "Aucune valeur n'a été donnée : indiquez au moins un champ à changer."
        )
    return changes


def _zoned(value: datetime, field: str) -> None:
    if value.tzinfo is None:
        raise BadInputError(f"`{field}` has no time zone.", reason="INVALID_TIME")
