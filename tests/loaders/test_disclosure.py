"""Disclosure control shows no small number, and none that can be computed from what is shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loaders.monitoring.disclosure import (
    Cell,
    Grain,
    Thresholds,
    exact,
    masked,
    mean,
    not_available,
    part,
    percent,
    share,
    table,
    whole,
)
from schema.types.monitoring import Count
from schema.vocabulary import Audience, CountState

DLPM = (Audience.LIS, Audience.SUP, Audience.ANA, Audience.ORG_DLPM)
CRIP = (Audience.CRI, Audience.ORG_CRIP)
OTHERS = tuple(audience for audience in Audience if audience not in DLPM + CRIP)

small_tables = st.lists(st.integers(0, 30), min_size=1, max_size=8)
thresholds = st.sampled_from([3, 5, 11])


def values(counts: dict[str, Count]) -> dict[str, int | None]:
    return {key: count.value for key, count in counts.items()}


def plain(*numbers: int) -> list[Cell]:
    return [Cell(str(place), number) for place, number in enumerate(numbers)]


def shown(*numbers: int, smallest: int = 5) -> list[int | None]:
    return [count.value for count in table(plain(*numbers), smallest).values()]


def labels(*numbers: int, smallest: int = 5) -> list[str]:
    return [count.label for count in table(plain(*numbers), smallest).values()]


# -------------------- thresholds


@pytest.mark.parametrize(
    ("audiences", "grain", "smallest"),
    [
        (DLPM, Grain.NATIONAL, 5),
        (DLPM, Grain.FINE, 11),
        (DLPM, Grain.OWN_AUTHORITY, 11),
        (CRIP, Grain.NATIONAL, 11),
        (CRIP, Grain.FINE, 11),
        (CRIP, Grain.OWN_AUTHORITY, 5),
        (OTHERS, Grain.NATIONAL, 11),
        (OTHERS, Grain.FINE, 11),
        (OTHERS, Grain.OWN_AUTHORITY, 11),
    ],
)
def test_each_audience_has_the_threshold_of_condition_11(
    audiences: tuple[Audience, ...], grain: Grain, smallest: int
) -> None:
    assert {Thresholds().smallest(audience, grain) for audience in audiences} == {smallest}


def test_a_survey_of_fewer_than_three_services_has_no_base() -> None:
    assert Thresholds().services == 3


def test_thresholds_are_settings() -> None:
    strict = Thresholds(national=10, own_authority=7, fine=20, others=15)
    assert strict.smallest(Audience.ANA, Grain.NATIONAL) == 10
    assert strict.smallest(Audience.CRI, Grain.OWN_AUTHORITY) == 7
    assert strict.smallest(Audience.ANA, Grain.FINE) == 20
    assert strict.smallest(Audience.ONP, Grain.NATIONAL) == 20
    with pytest.raises(ValueError, match="at least 1"):
        Thresholds(fine=0)


def test_of_two_thresholds_for_everybody_else_the_larger_counts() -> None:
    """Whoever lowers the one for fine tables has not lowered what everybody else is shown."""
    assert Thresholds(fine=5).smallest(Audience.ONP, Grain.FINE) == 11
    assert Thresholds(fine=5).smallest(Audience.DPO, Grain.NATIONAL) == 11
    assert Thresholds(others=5).smallest(Audience.ONP, Grain.NATIONAL) == 11


# -------------------- counts


def test_a_small_number_is_masked_and_zero_alike() -> None:
    assert [whole(value, 5).value for value in (0, 1, 4, 5, 6)] == [None, None, None, 5, 6]
    assert whole(0, 5) == whole(4, 5) == Count(value=None, state=CountState.MASKED, label="moins de 5")
    assert whole(10, 11).label == "moins de 11"
    assert whole(143, 5) == Count(value=143, state=CountState.EXACT, label="143")


def test_masked_is_neither_missing_nor_zero() -> None:
    assert (masked().state, not_available().state) == (CountState.MASKED, CountState.NOT_AVAILABLE)
    assert masked().label == "masqué"
    assert not_available().label == "sans objet"


def test_a_part_is_masked_for_itself_or_for_the_rest_of_its_base() -> None:
    assert [part(value, 143, 5).value for value in (0, 4, 5, 138, 139, 142, 143)] == [
        None,
        None,
        5,
        138,
        None,
        None,
        143,
    ]
    assert part(4, 143, 5).label == "moins de 5"
    assert part(140, 143, 5).label == "masqué"  # it is not below 5: its rest is


def test_a_single_masked_cell_takes_the_next_smallest_with_it() -> None:
    assert shown(62, 28, 20, 17, 10, 6) == [62, 28, 20, 17, 10, 6]
    assert shown(62, 28, 20, 17, 10, 4) == [62, 28, 20, 17, None, None]
    assert labels(62, 28, 10, 4) == ["62", "28", "masqué", "masqué"]
    assert shown(100, 0) == [None, None]


def test_masked_cells_that_add_up_to_little_take_another_with_them() -> None:
    assert shown(100, 7, 1, 0) == [100, None, None, None]
    assert shown(50, 60, 1, 2, 3) == [50, 60, None, None, None]
    assert labels(50, 60, 1, 2, 3)[2:] == ["moins de 5"] * 3


def test_masked_cells_pinned_by_their_labels_take_another_with_them() -> None:
    assert shown(50, 60, 4, 4) == [None, 60, None, None]
    assert labels(4, 4) == ["masqué", "masqué"]  # nothing else to mask: at least the label is silent


def test_an_open_zero_is_shown_and_costs_nothing() -> None:
    cells = [Cell("a", 100), Cell("b", 6), Cell("unknown", 0, zero_is_open=True)]
    assert values(dict(table(cells, 5))) == {"a": 100, "b": 6, "unknown": 0}
    cells[-1] = Cell("unknown", 3, zero_is_open=True)
    assert values(dict(table(cells, 5))) == {"a": 100, "b": None, "unknown": None}


def test_a_cell_that_is_not_printed_still_counts_as_the_rest() -> None:
    cells = [Cell("yes", 100), Cell("no", 3, printed=False), Cell("unknown", 40)]
    assert values(dict(table(cells, 5))) == {"yes": 100, "unknown": None}
    cells[1] = Cell("no", 20, printed=False)
    assert values(dict(table(cells, 5))) == {"yes": 100, "unknown": 40}


def test_a_cell_hidden_by_another_table_is_masked_without_a_lie() -> None:
    cells = [Cell("a", 100), Cell("b", 30, hidden=True), Cell("c", 50)]
    # Alone it would be the total minus the others: the next smallest goes along.
    assert values(dict(table(cells, 5))) == {"a": 100, "b": None, "c": None}
    assert table(cells, 5)["b"].label == "masqué"


# -------------------- counts, as a space


def open_table(numbers: list[int], marks: list[int]) -> list[Cell]:
    """Cells, of which some are not printed (1) or have an open zero (2, 3)."""
    return [
        Cell(str(place), number, printed=mark not in {1, 3}, zero_is_open=mark in {2, 3})
        for place, (number, mark) in enumerate(zip(numbers, marks, strict=False))
    ]


tables_of_any_kind = st.builds(
    open_table, small_tables, st.lists(st.sampled_from([0, 0, 0, 1, 2, 3]), min_size=8, max_size=8)
)


@given(tables_of_any_kind, thresholds)
def test_no_small_number_is_ever_shown(cells: list[Cell], smallest: int) -> None:
    counts = table(cells, smallest)
    assert set(counts) == {cell.key for cell in cells if cell.printed}
    for cell in cells:
        if cell.printed and counts[cell.key].value is not None:
            assert counts[cell.key].value == cell.value
            assert cell.value >= smallest or (cell.value == 0 and cell.zero_is_open)


@given(tables_of_any_kind, thresholds)
def test_a_label_never_lies(cells: list[Cell], smallest: int) -> None:
    counts = table(cells, smallest)
    for cell in cells:
        if cell.printed and counts[cell.key].label == f"moins de {smallest}":
            assert cell.value < smallest


@given(tables_of_any_kind, thresholds)
@example(plain(50, 60, 4, 4), 5)
@example(plain(50, 60, 4), 5)
def test_total_minus_shown_cells_is_never_small(cells: list[Cell], smallest: int) -> None:
    counts = table(cells, smallest)
    still_shown = [cell for cell in cells if cell.printed and counts[cell.key].value]
    rest = sum(cell.value for cell in cells) - sum(cell.value for cell in still_shown)
    harmless = all(cell.zero_is_open for cell in cells if cell not in still_shown)
    assert rest >= smallest or not still_shown or (rest == 0 and harmless)


@given(small_tables, thresholds)
@example([50, 60, 4, 4], 5)
@example([4, 4], 5)
@example([4, 4, 4], 5)
def test_a_reader_who_knows_the_total_cannot_compute_a_masked_cell(numbers: list[int], smallest: int) -> None:
    total = sum(numbers)
    counts = list(table(plain(*numbers), smallest).values())
    unseen = [count for count in counts if count.value is None]
    if total < smallest or not unseen:
        return  # the total itself is masked, or there is nothing to find
    rest = total - sum(count.value or 0 for count in counts)
    tops = [smallest - 1 if count.label == f"moins de {smallest}" else rest for count in unseen]
    for top in tops:
        lowest = max(0, rest - (sum(tops) - top))
        assert min(top, rest) > lowest


@given(st.integers(0, 200), st.integers(0, 200), thresholds)
def test_a_part_is_shown_only_if_it_and_the_rest_are_not_small(value: int, rest: int, smallest: int) -> None:
    count = part(value, value + rest, smallest)
    assert (count.value is not None) == (value >= smallest and (rest == 0 or rest >= smallest))


# -------------------- percentages and averages


@pytest.mark.parametrize(
    ("value", "of", "decimals", "printed"),
    [
        (135, 143, 0, 94.0),
        (21, 23, 1, 91.3),
        (33, 37, 0, 89.0),
        (25, 29, 1, 86.2),
        (27, 37, 0, 73.0),
        (1, 8, 0, 13.0),  # 12.5: to the even digit it would be 12
        (1, 200, 0, 1.0),  # 0.5: to the even digit it would be 0
        (1, 16, 1, 6.3),  # 6.25: to the even digit it would be 6.2
    ],
)
def test_percentages_are_rounded_half_up(value: int, of: int, decimals: int, printed: float) -> None:
    assert percent(value, of, decimals) == printed


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 2))
def test_percentages_agree_with_whole_number_arithmetic(value: int, of: int, decimals: int) -> None:
    scale = 10**decimals
    assert round(percent(value, of, decimals) * scale) == (2 * 100 * scale * value + of) // (2 * of)


@given(st.integers(0, 60), st.integers(0, 60), thresholds)
def test_number_and_percentage_are_masked_together(value: int, rest: int, smallest: int) -> None:
    base = whole(value + rest, smallest)
    answer = share(part(value, value + rest, smallest), base)
    assert (answer.percent is None) == (answer.count.value is None) == (answer.state is CountState.MASKED)


def test_a_share_whose_base_is_masked_shows_no_number_either() -> None:
    answer = share(exact(40), masked())
    assert (answer.percent, answer.state, answer.count.value) == (None, CountState.MASKED, None)


def test_a_share_of_nothing_is_not_available() -> None:
    assert share(exact(0), exact(0)).state is CountState.NOT_AVAILABLE
    assert share(not_available(), exact(10)).state is CountState.NOT_AVAILABLE


def test_an_average_needs_enough_values() -> None:
    assert mean(60, 4, masked(5), 5).state is CountState.MASKED
    assert mean(60, 4, masked(5), 5).value is None
    assert mean(75, 5, exact(5), 5).value == 15.0
    assert mean(1, 20, exact(20), 5).value == 0.1  # 0.05: to the even digit it would be 0.0
    assert mean(299, 20, masked(), 5).value == 15.0  # 14.95; only the base is masked for the sake of its table
