"""Figures by place: the homes of minors by region and department, for whole years."""

from collections.abc import Mapping, Sequence

from loaders.monitoring import indicators
from loaders.monitoring.cubes import UNKNOWN_PLACE
from loaders.monitoring.disclosure import exact, masked, not_available
from loaders.monitoring.document import Tallies
from loaders.monitoring.lattice import YEAR
from loaders.monitoring.places import Hidden, Regions, beside, following_places, hidden_places, shown
from loaders.monitoring.sequence import moved_few
from loaders.monitoring.view import View
from schema.types.monitoring import (
    Count,
    CountIndicator,
    DepartmentIndicator,
    DepartmentPart,
    RegionIndicator,
    RegionPart,
)


def _homes(tallies: Tallies, names: Sequence[Mapping[str, str]]) -> dict[str, dict[str, int]]:
    """Region -> department -> how many; the unknown home is a region of its own."""
    found = {code: sum(words.values()) for code, words in tallies.places("SITUATIONS", "D").items()}
    regions: dict[str, dict[str, int]] = {}
    for row in names:
        regions.setdefault(row["region_code"], {})[row["code"]] = found.get(row["code"], 0)
    regions[UNKNOWN_PLACE] = {UNKNOWN_PLACE: found.get(UNKNOWN_PLACE, 0)}
    return regions


def _flat(regions: Regions) -> dict[str, int]:
    return {code: count for inner in regions.values() for code, count in inner.items()}


def _touched(found: Mapping[str, int]) -> int:
    return sum(1 for code, count in found.items() if count and code != UNKNOWN_PLACE)


def _of_places(touched: int, smallest: int, *, moved: bool) -> Count:
    if moved:
        return masked()
    return exact(touched) if touched >= smallest else masked(smallest)


def _hidden_homes(view: View, versions: Sequence[Regions]) -> Hidden:
    told: list[list[tuple[Regions, Hidden]]] = [[] for _ in view.levels]
    for back in view.versions:
        hidden: Hidden | None = None
        for level, earlier in zip(view.levels, told, strict=True):
            own = hidden_places(versions[back], level.fine, beside(hidden, earlier))
            hidden = following_places(versions[back], own, earlier, level.fine)
            earlier.append((versions[back], hidden))
    return told[-1][-1][1]


def homes(view: View, situations: tuple[int, ...]) -> tuple[CountIndicator, RegionIndicator, DepartmentIndicator]:
    """Where minors live, for whole years only: place by month would be too fine for any threshold."""
    names = view.tallies.document["departments"]
    versions = [_homes(one, names) for one in (view.tallies, *view.tallies.earlier)]
    regions, found = versions[0], _flat(versions[0])
    region_names = {row["region_code"]: row["region_name"] for row in names}
    open_ = view.slot == YEAR and view.total(situations).value is not None
    hidden_regions, hidden_departments = _hidden_homes(view, versions)
    by_region = shown({code: sum(inner.values()) for code, inner in regions.items()}, hidden_regions)
    by_department = shown({row["code"]: found.get(row["code"], 0) for row in names}, hidden_departments)
    closed = masked() if view.complete and view.slot == YEAR else not_available()
    unknown = by_region[UNKNOWN_PLACE] if open_ else closed
    touched = _touched(found)
    moved = any(moved_few(touched, _touched(_flat(then)), view.level.year) for then in versions[1:])
    # How many departments are concerned says little about any of them, and is in the printed report.
    concerned = CountIndicator(
        **view.about(indicators.DEPARTMENTS, view.level.year, unknown),
        count=_of_places(touched, view.level.year, moved=moved) if open_ else closed,
    )
    return (
        concerned,
        RegionIndicator(
            **view.about(indicators.PER_REGION, view.level.fine, unknown),
            parts=[
                RegionPart(region_code=code, region_name=name, situations=by_region[code] if open_ else closed)
                for code, name in region_names.items()
            ],
        ),
        DepartmentIndicator(
            **view.about(indicators.PER_DEPARTMENT, view.level.fine, unknown),
            parts=[
                DepartmentPart(
                    department_code=row["code"],
                    department_name=row["name"],
                    region_code=row["region_code"],
                    region_name=row["region_name"],
                    situations=by_department[row["code"]] if open_ else closed,
                )
                for row in names
            ],
        ),
    )


__all__ = ["homes"]
