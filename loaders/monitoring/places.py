"""Disclosure control over territory: departments in regions in the nation, and what is hidden on which level."""

from collections.abc import Mapping

from loaders.disclosure import Cell, exact, hidden_keys, masked
from loaders.monitoring.cubes import UNKNOWN_PLACE
from schema.types.monitoring import Count

Numbers = Mapping[str, int]


def hidden_places(
    regions: Mapping[str, Numbers], smallest: int, before: tuple[frozenset[str], frozenset[str]] | None = None
) -> tuple[frozenset[str], frozenset[str]]:
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


def shown(numbers: Numbers, hidden: frozenset[str]) -> Mapping[str, Count]:
    """The numbers as readers may see them: a masked place does not say whether it is small or only hides another."""
    return {code: masked() if code in hidden else exact(value) for code, value in numbers.items()}
