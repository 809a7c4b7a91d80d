"""Disclosure control over territory: departments in regions in the nation, and what is hidden on which level."""

from collections.abc import Mapping, Sequence

from loaders.monitoring.cubes import UNKNOWN_PLACE
from loaders.monitoring.disclosure import Cell, exact, hidden_keys, masked
from loaders.monitoring.sequence import moved_few
from schema.types.monitoring import Count

Numbers = Mapping[str, int]
Regions = Mapping[str, Numbers]
Hidden = tuple[frozenset[str], frozenset[str]]


def hidden_places(regions: Regions, smallest: int, before: Hidden | None = None) -> Hidden:
    """Codes of the regions and of the departments that are hidden; `regions` are region -> department -> how many.

    The unknown home is a region of its own, without departments. The departments of a hidden region are hidden.
    """
    regions_before, departments_before = before or (frozenset(), frozenset())
    totals = {region: sum(departments.values()) for region, departments in regions.items()}
    cells = [
        Cell(code, total, zero_is_open=code == UNKNOWN_PLACE, hidden=code in regions_before)
        for code, total in totals.items()
    ]
    hidden, _ = hidden_keys(cells, smallest)
    below: set[str] = set()
    for region, departments in regions.items():
        if region in hidden:
            below |= departments.keys()
        else:
            inner = [Cell(code, value, hidden=code in departments_before) for code, value in departments.items()]
            below |= hidden_keys(inner, smallest)[0]
    return hidden, frozenset(below)


def following_places(regions: Regions, own: Hidden, earlier: Sequence[tuple[Regions, Hidden]], smallest: int) -> Hidden:
    """What is hidden beside what earlier versions told (loaders/monitoring/sequence.py); `own` includes what these hid."""
    told = _told(earlier)
    if not told:
        return own
    everywhere = frozenset(code for inner in regions.values() for code in inner)
    hidden_before = beside(None, told)
    totals = [_totals(one) for one in (regions, *(then for then, _ in told))]
    if own[0] - hidden_before[0] or _moved_few(totals, own[0], smallest):
        return frozenset(regions), everywhere
    open_ = [code for code in regions if code not in own[0]]
    inner_few = any(
        _moved_few([regions[code], *(then.get(code, {}) for then, _ in told)], own[1], smallest) for code in open_
    )
    return (own[0], everywhere) if own[1] - hidden_before[1] or inner_few else own


def beside(other: Hidden | None, earlier: Sequence[tuple[Regions, Hidden]]) -> Hidden:
    """What another reader is refused, and what any earlier version that told something hid."""
    found = [*([] if other is None else [other]), *(hidden for _, hidden in _told(earlier))]
    return frozenset().union(*(one[0] for one in found)), frozenset().union(*(one[1] for one in found))


def _told(earlier: Sequence[tuple[Regions, Hidden]]) -> list[tuple[Regions, Hidden]]:
    return [(then, hidden) for then, hidden in earlier if then.keys() - hidden[0]]


def _totals(regions: Regions) -> Numbers:
    return {code: sum(inner.values()) for code, inner in regions.items()}


def _moved_few(versions: Sequence[Numbers], hidden: frozenset[str], smallest: int) -> bool:
    """Whether a shown number, or what is left of all together, moved by few since any earlier version."""
    now, *earlier = versions
    codes = now.keys() | {code for then in earlier for code in then}
    return any(
        any(moved_few(now.get(code, 0), then.get(code, 0), smallest) for code in codes - hidden)
        or moved_few(sum(now.get(code, 0) for code in hidden), sum(then.get(code, 0) for code in hidden), smallest)
        for then in earlier
    )


def shown(numbers: Numbers, hidden: frozenset[str]) -> Mapping[str, Count]:
    """The numbers as readers may see them: a masked place does not say whether it is small or only hides another."""
    return {code: masked() if code in hidden else exact(value) for code, value in numbers.items()}
