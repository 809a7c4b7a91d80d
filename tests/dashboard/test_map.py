"""The map: departments where one is published, else regions, and a masked place is never a low number."""

import pytest

from dashboard import geography
from dashboard.figures import printed
from dashboard.map import Place, map_of
from schema.reference import departments

CODES = [place.code for place in departments()]
REGIONS = sorted({place.region_code for place in departments()})


def _places(codes: list[str], known: dict[str, int]) -> list[Place]:
    return [Place(code, code, str(known.get(code, "masqué")), known.get(code)) for code in codes]


def test_departments_are_drawn_where_one_is_published() -> None:
    drawn = map_of(_places(CODES, {"59": 14}), _places(REGIONS, {"32": 20}))
    assert not drawn.by_region
    assert [(place.code, place.value) for place in drawn.exact] == [("59", 14)]
    assert len(drawn.masked) == 100
    assert drawn.steps == [("#0b4a53", "14")]
    assert drawn.place_of("59")[0] == "#0b4a53"
    assert drawn.place_of("62") == ("url(#masked)", drawn.masked[CODES.index("62") - 1])


def test_regions_are_drawn_where_no_department_is() -> None:
    drawn = map_of(_places(CODES, {}), _places(REGIONS, {"32": 20, "11": 30}))
    assert drawn.by_region
    # Each department of the region has its colour, and no other one.
    nord = [place.code for place in departments() if place.region_code == "32"]
    assert {drawn.place_of(code)[0] for code in nord} == {"#2c7f87"}
    assert drawn.place_of("75")[0] == "#0b4a53"
    assert drawn.place_of("971")[0] == "url(#masked)"
    assert [label for _, label in drawn.steps] == ["20 à 29", "30"]


def test_with_nothing_published_every_department_is_masked() -> None:
    drawn = map_of(_places(CODES, {}), _places(REGIONS, {}))
    assert not drawn.by_region
    assert (drawn.exact, drawn.steps, drawn.marks) == ([], [], [])
    assert {drawn.place_of(code)[0] for code in CODES} == {"url(#masked)"}


def test_a_published_region_has_one_number_among_its_departments() -> None:
    if not geography.shapes():
        pytest.skip("npm ci has not run in dashboard/ (README, « Pages »)")
    drawn = map_of(_places(CODES, {}), _places(REGIONS, {"32": 20, "11": 30}))
    assert sorted(text for _, _, text in drawn.marks) == ["20", "30"]
    assert all(0 < x < 613 and 0 < y < 585 for x, y, _ in drawn.marks)
    assert len(drawn.shapes) == 96


def test_a_masked_number_is_told_in_the_words_of_the_api() -> None:
    assert printed({"value": None, "label": "moins de 5"}) == "moins de 5"
    assert printed({"value": 1234, "label": ""}) == "1\u202f234"
