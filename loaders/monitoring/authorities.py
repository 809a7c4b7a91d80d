"""Figures of all authorities beside each other, for the DLPM and whole years: a column per authority, shown whole or not at all.

Who reads the nation's figures too subtracts the authorities that are shown. So what is left of the nation without them is a
column of the same table: what it holds is few where nearly everybody is shown. Cases of two authorities count for both, and
make it look smaller than it is: that hides more, never less (docs/decisions/0051; tests/loaders/test_authorities.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loaders.monitoring import authority_indicators, indicators
from loaders.monitoring.cubes import Answered, Delay, FollowedUp, Returned, Routed
from loaders.monitoring.disclosure import exact, masked, not_available, share
from loaders.monitoring.indicators import Definition
from loaders.monitoring.lattice import YEAR, Row, columns
from loaders.monitoring.parts import duty_rows, median
from loaders.monitoring.places import Hidden, Regions, beside, following_places, hidden_places
from loaders.monitoring.view import View
from schema.types.monitoring import (
    AuthorityIndicator,
    AuthorityPart,
    AuthorityShare,
    AuthorityShareIndicator,
    Count,
)
from schema.vocabulary import InformationDutyKind, Word

BY_AUTHORITY = ("per_authority", "authority_shares")
"""The tables that compare authorities."""

Names = Sequence[Mapping[str, str]]
Halves = tuple[tuple[int, ...], tuple[int, ...]]
"""How many are counted and how many are not, authority by authority."""


class Breakdown(NamedTuple):
    """A table of the nation: its rows, their total, and the words of the cube that it is made of."""

    rows: list[Row]
    base: tuple[int, ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of every authority: which words of a cube it counts, and what the nation is told of the same."""

    definition: Definition
    cube: str
    of_nation: str
    counted: Callable[[str], bool]
    told: Callable[[View], list[Breakdown]]


def _by_words(cube: str, words: type[Word], unknown: Word | None = None) -> Callable[[View], list[Breakdown]]:
    names, unsaid = [word.value for word in words], unknown.value if unknown else None
    return lambda view: [Breakdown(view.rows(cube, names, unsaid), view.sums(cube), frozenset(names))]


def _astray(view: View) -> list[Breakdown]:
    base = view.sums("ROUTING")
    words = frozenset(word.value for word in Routed)
    return [Breakdown(view.part("ROUTING", Routed.MISROUTED.value, base), base, words)]


def _duties(view: View) -> list[Breakdown]:
    return [
        Breakdown(*duty_rows(view, kind), frozenset({f"{kind.value}:WAIVED", f"{kind.value}:DONE"}))
        for kind in InformationDutyKind
    ]


RETURNS = Compared(
    indicators.PER_AUTHORITY,
    "RETURNS",
    "RETURNS",
    lambda word: word != Returned.MISSING,
    _by_words("RETURNS", Returned),
)
SHARES = (
    Compared(
        authority_indicators.COMPARED_MISROUTED, "ROUTING", "ROUTING", lambda word: word == Routed.MISROUTED, _astray
    ),
    Compared(
        authority_indicators.COMPARED_PROMPT,
        "REPORT_DELAYS",
        "REPORT_DELAYS",
        lambda word: word == Delay.WITHIN_1_DAY,
        _by_words("REPORT_DELAYS", Delay, Delay.UNKNOWN),
    ),
    Compared(
        authority_indicators.COMPARED_ACCEPTED,
        "OWN_ORIENTATIONS",
        "ORIENTATIONS",
        lambda word: word == Answered.ACCEPTED,
        _by_words("ORIENTATIONS", Answered),
    ),
    Compared(
        authority_indicators.COMPARED_COMPLETED,
        "OWN_FOLLOW_UPS",
        "FOLLOW_UPS",
        lambda word: word == FollowedUp.COMPLETED,
        _by_words("FOLLOW_UPS", FollowedUp),
    ),
    # Of each kind few are waived: together they can be told, those kinds of which the nation is told how many there were.
    Compared(
        authority_indicators.COMPARED_WAIVED, "OWN_DUTIES", "DUTIES", lambda word: word.endswith(":WAIVED"), _duties
    ),
)


# ---------------------------------------------------------------- numbers


def _words(told: Sequence[Breakdown], view: View) -> list[frozenset[str]]:
    """The words of which the nation is told the total, version by version: of no other one anything is told here."""
    shown = [view.told_years(one.base) for one in told]
    return [
        frozenset().union(*(one.words for one, open_ in zip(told, of_version, strict=True) if open_))
        for of_version in zip(*shown, strict=True)
    ]


def _nation_hides(told: Sequence[Breakdown], view: View) -> list[bool]:
    """Whether the nation's tables hide anything of the year, version by version."""
    found = [
        [any(not decision.shows(row.key, YEAR) for row in one.rows) for decision in view.decisions(one.rows, one.base)]
        for one in told
    ]
    return [any(of_version) for of_version in zip(*found, strict=True)]


def _halves(compared: Compared, found: Iterable[Mapping[str, int]], words: frozenset[str]) -> Halves:
    told = [{word: count for word, count in one.items() if word in words} for one in found]
    counted = tuple(sum(count for word, count in one.items() if compared.counted(word)) for one in told)
    return counted, tuple(sum(one.values()) - part for one, part in zip(told, counted, strict=True))


def _versions(compared: Compared, view: View, names: Names) -> tuple[list[Halves], list[bool]]:
    """The numbers of each version, the oldest first, and whether the nation hides any of the same.

    Where some version has one, what is left of the nation is one more place.
    """
    told = compared.told(view)
    found: list[tuple[Halves, tuple[int, int]]] = []
    refused = []
    for back, words, nation_hides in zip(view.versions, _words(told, view), _nation_hides(told, view), strict=True):
        places = (view.tallies, *view.tallies.earlier)[back].places(compared.cube, "A")
        own = _halves(compared, [places.get(row["id"], {}) for row in names], words)
        # A year that was told before this was counted said nothing of it: it hides nothing either.
        if not back or any(map(any, own)):
            nation = {word: _of_year(values, back) for word, values in view.months(compared.of_nation).items()}
            whole = _halves(compared, [nation], words)
            found.append((own, (whole[0][0] - sum(own[0]), whole[1][0] - sum(own[1]))))
            refused.append(nation_hides)
    if not any(any(rest) for _, rest in found):
        return [own for own, _ in found], refused
    return [((*counted, rest[0]), (*others, rest[1])) for (counted, others), rest in found], refused


def _of_year(values: tuple[int, ...], back: int) -> int:
    return Row("", values).in_version(back).at(YEAR)


# ---------------------------------------------------------------- what is hidden


def hidden(versions: Sequence[Halves], refused: Sequence[bool], fine: int) -> tuple[frozenset[int], frozenset[int]]:
    """The places of which the base is hidden, and those of which the part is; by number.

    `versions`: the oldest first. `refused`: whether the nation hides anything of the same.
    """
    told: list[tuple[Regions, Hidden]] = []
    parts: list[tuple[Regions, Hidden]] = []
    every = frozenset(range(len(versions[0][0])))
    for (counted, others), nation_hides in zip(versions, refused, strict=True):
        bases = {"": {str(place): counted[place] + others[place] for place in every}}
        base = following_places(bases, hidden_places(bases, fine, beside(None, told)), told, fine)
        told.append((bases, base))
        closed = {int(code) for code in base[1]} | {int(code[:-1]) for code in beside(None, parts)[1]}
        full = [place for place in every if counted[place] or others[place]]
        if nation_hides and not closed.intersection(full):
            # All columns would add up to what the nation hides.
            closed |= set(sorted(full, key=lambda place: bases[""][str(place)])[:1])
        shut = columns([Row("counted", counted), Row("others", others)], fine, closed)
        # As places: what is counted and what is not of one authority are a region of two.
        halves = {str(place): {f"{place}+": counted[place], f"{place}-": others[place]} for place in every}
        own = frozenset(code for place in shut for code in halves[str(place)])
        # Also what hides all of them is remembered: beside a nation that hardly moved, what a later one shows was then so too.
        parts.append((halves, following_places(halves, (frozenset(), own), parts, fine)))
    return frozenset(map(int, told[-1][1][1])), frozenset(int(code[:-1]) for code in parts[-1][1][1])


@dataclass(frozen=True, slots=True)
class _Shown:
    """One authority's numbers as readers may see them."""

    base: Count
    counted: Count
    others: Count


def _shown(compared: Compared, view: View, names: Names) -> list[_Shown]:
    if not view.complete or view.slot != YEAR:
        return [_Shown(*[not_available()] * 3)] * len(names)
    versions, refused = _versions(compared, view, names)
    bases, parts = hidden(versions, refused, view.level.fine)
    counted, others = versions[-1]
    return [
        _Shown(
            masked() if place in bases else exact(counted[place] + others[place]),
            masked() if place in parts else exact(counted[place]),
            masked() if place in parts else exact(others[place]),
        )
        for place in range(len(names))
    ]


# ---------------------------------------------------------------- what is told


def _names(view: View) -> Names:
    names: Names = view.tallies.document["authorities"]
    return names


def per_authority(view: View) -> AuthorityIndicator:
    """Returns by authority: how many were due, came and are overdue, and in what time."""
    names = _names(view)
    delays = view.tallies.places("RETURN_DELAYS", "A")
    return AuthorityIndicator(
        **view.about(RETURNS.definition, view.level.fine),
        parts=[
            AuthorityPart(
                authority_code=row["code"],
                authority_name=row["name"],
                due=one.base,
                returned=share(one.counted, one.base),
                overdue=share(one.others, one.base),
                median_delay=median(delays.get(row["id"], {}), one.counted),
            )
            for row, one in zip(names, _shown(RETURNS, view, names), strict=True)
        ],
    )


def authority_shares(view: View) -> list[AuthorityShareIndicator]:
    """The other figures by authority, one table each."""
    names = _names(view)
    return [
        AuthorityShareIndicator(
            **view.about(compared.definition, view.level.fine),
            parts=[
                AuthorityShare(
                    authority_code=row["code"],
                    authority_name=row["name"],
                    share=share(one.counted, one.base, compared.definition.decimals),
                )
                for row, one in zip(names, _shown(compared, view, names), strict=True)
            ],
        )
        for compared in SHARES
    ]


__all__ = ["BY_AUTHORITY", "authority_shares", "hidden", "per_authority"]
