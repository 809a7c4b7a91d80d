"""Blocking keys: short texts that two files about the same minor are likely to share, so that an index finds them.

Keys only choose whom to compare; `evidence` decides what is proposed. They say nearly as much as the names that they
are made of, so they carry those names' categories and no noun of the API stands on them.
"""

from dataclasses import dataclass
from itertools import islice

from loaders.repeats.known import Known, phone_key
from loaders.repeats.names import first_names, forms, sound

# To be raised with every change of a rule of this package that keys are made of: `migrate` then makes all keys again.
VERSION = "1"
# A name of many words gives its first ones: a text pasted into a name must not fill the index.
_WORDS = 6
_FIRST, _LAST, _FULL, _BORN, _PHONE, _ACCOUNT = "f", "l", "n", "b", "p", "a"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one minor: those made of the minimum (G03), and those that need the full identity (G04)."""

    minimal: tuple[str, ...]
    identity: tuple[str, ...]


def keys_of(known: Known) -> Keys:
    """The keys of a minor.

    First name and year of birth; last name and year of birth; both names in either order; date of birth; phone;
    accounts. An age leaves two years open, so two files that are a year apart still share one of them.
    """
    firsts = _sounds(first_names(known.first_name))
    lasts = _sounds(forms(known.last_name))
    years = range(known.born[0].year, known.born[1].year + 1) if known.born else range(0)
    identity = {f"{_LAST}:{name}:{year}" for name in lasts for year in years}
    identity |= {f"{_FULL}:" + ":".join(sorted((first, last))) for first in firsts for last in lasts}
    identity |= {f"{_ACCOUNT}:{account}" for account in known.accounts}
    if known.birth_date is not None:
        identity.add(f"{_BORN}:{known.birth_date.isoformat()}")
    phone = phone_key(known.phone)
    if phone is not None:
        identity.add(f"{_PHONE}:{phone}")
    minimal = {f"{_FIRST}:{name}:{year}" for name in firsts for year in years}
    return Keys(tuple(sorted(minimal)), tuple(sorted(identity)))


def _sounds(words: frozenset[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(sound(word) for word in sorted(words)), _WORDS))
