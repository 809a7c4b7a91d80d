"""The map of a period: departments where some are published, otherwise regions; a masked place is never a low number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dashboard import geography
from dashboard.answers import Node
from dashboard.figures import printed
from dashboard.geography import Shape
from schema.reference import departments

# The steps of the scale, light to dark, and what masked places are filled with.
_SCALE = ("#bfdfdf", "#6fb0b3", "#2c7f87", "#0b4a53")
_MASKED = "url(#masked)"


@dataclass(frozen=True, slots=True)
class Place:
    """One department or region in the table."""

    code: str
    name: str
    text: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the map shows: of which places, how each is filled, the legend, and where the numbers stand."""

    by_region: bool
    places: Sequence[Place]
    steps: Sequence[tuple[str, str]]
    shapes: Sequence[tuple[Shape, str]]
    marks: Sequence[tuple[float, float, str]]

    @property
    def exact(self) -> list[Place]:
        """The places whose number is published."""
        return [place for place in self.places if place.value is not None]

    @property
    def masked(self) -> list[Place]:
        """Those whose number is not."""
        return [place for place in self.places if place.value is None]

    def place_of(self, department: str) -> tuple[str, Place | None]:
        """How a department is filled, and the place whose number it shows."""
        code = _region_of(department) if self.by_region else department
        place = next((one for one in self.places if one.code == code), None)
        return _fill(place.value if place else None, _values(self.places)), place


def places_of(indicator: Node, kind: str) -> list[Place]:
    """The places of an indicator, as they are printed."""
    return [
        Place(one[f"{kind}Code"], one[f"{kind}Name"], printed(one["situations"]), one["situations"]["value"])
        for one in indicator["parts"]
    ]


def map_of(of_departments: Sequence[Place], of_regions: Sequence[Place]) -> Drawn:
    """Departments where one at least is published; else regions where one is: an empty map tells nobody anything."""
    by_region = all(place.value is None for place in of_departments) and any(
        place.value is not None for place in of_regions
    )
    places = of_regions if by_region else of_departments
    by_code, values = {place.code: place for place in places}, _values(places)
    shapes = [(shape, by_code.get(_region_of(shape.code) if by_region else shape.code)) for shape in geography.shapes()]
    return Drawn(
        by_region,
        places,
        _steps(values),
        [(shape, _fill(place.value if place else None, values)) for shape, place in shapes],
        _marks([(shape, place) for shape, place in shapes if place is not None and place.value is not None]),
    )


@cache
def _regions() -> Mapping[str, str]:
    return {place.code: place.region_code for place in departments()}


def _region_of(department: str) -> str:
    return _regions().get(department, "")


def _values(places: Sequence[Place]) -> list[int]:
    return sorted({place.value for place in places if place.value is not None})


def _marks(found: Sequence[tuple[Shape, Place]]) -> list[tuple[float, float, str]]:
    """One number for each published place: in the middle of what belongs to it."""
    middles: dict[str, list[Shape]] = {}
    texts: dict[str, str] = {}
    for shape, place in found:
        middles.setdefault(place.code, []).append(shape)
        texts[place.code] = place.text
    return [
        (
            round(sum(one.x for one in shapes) / len(shapes), 1),
            round(sum(one.y for one in shapes) / len(shapes), 1),
            texts[code],
        )
        for code, shapes in middles.items()
    ]


def _fill(value: int | None, values: Sequence[int]) -> str:
    bounds = _bounds(values)
    colours = _SCALE[len(_SCALE) - len(bounds) :]
    return _MASKED if value is None else colours[sum(1 for low in bounds if value >= low) - 1]


def _steps(values: Sequence[int]) -> list[tuple[str, str]]:
    """The legend: a colour and the numbers it stands for."""
    bounds = _bounds(values)
    last = [low - 1 for low in bounds[1:]] + list(values[-1:])
    ranges = [str(low) if low == high else f"{low} à {high}" for low, high in zip(bounds, last, strict=True)]
    return list(zip(_SCALE[len(_SCALE) - len(bounds) :], ranges, strict=True))


def _bounds(values: Sequence[int]) -> list[int]:
    """Where the steps of the scale begin: as many values in each."""
    wanted = min(len(_SCALE), len(values))
    return [values[len(values) * step // wanted] for step in range(wanted)]


__all__ = ["Drawn", "Place", "map_of", "places_of"]
