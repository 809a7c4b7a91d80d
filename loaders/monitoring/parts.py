"""The figures that national and departmental monitoring have in common, each made of one protected breakdown."""

from collections.abc import Mapping

from loaders.monitoring import indicators
from loaders.monitoring.cubes import Delay, Returned
from loaders.monitoring.disclosure import exact, masked, share
from loaders.monitoring.indicators import Definition
from loaders.monitoring.lattice import Row
from loaders.monitoring.view import NOTHING, View, added, less
from schema.types.monitoring import (
    Count,
    DistributionIndicator,
    DistributionPart,
    GenderIndicator,
    GenderPart,
    Median,
    MedianIndicator,
    Share,
    ShareIndicator,
)
from schema.vocabulary import CountState, Gender, InformationDutyKind, Word


def yes_of(
    view: View, yes: tuple[int, ...], no: tuple[int, ...], base: tuple[int, ...], decimals: int
) -> tuple[Share, Count]:
    """The share that says yes, and how many are not known; `no` is not printed, but anybody computes it as the rest."""
    rows = [
        Row("yes", yes),
        Row("no", no, printed=False, zero_is_open=True),
        Row("unknown", less(base, yes, no), zero_is_open=True),
    ]
    cells = view.breakdown(rows, base)
    return share(cells["yes"], view.total(base), decimals), cells["unknown"]


def part_of(view: View, cube: str, word: str, base: tuple[int, ...], decimals: int = 0) -> Share:
    """One word of a cube, of a base."""
    return share(view.breakdown(view.part(cube, word, base), base)[word], view.total(base), decimals)


def gender(view: View, cube: str) -> GenderIndicator:
    """Girls and all others; the parts of the others are masked first, so that the group can be shown."""
    rows = view.rows(cube, [word.value for word in Gender], Gender.UNKNOWN.value)
    base = added(row.values for row in rows)
    cells, whole = view.breakdown(rows, base), view.total(base)
    girls, decimals = cells[Gender.GIRL.value], indicators.GENDER.decimals
    others = Row("", added(row.values for row in rows if row.key != Gender.GIRL)).at(view.slot)
    return GenderIndicator(
        **view.about(indicators.GENDER, view.smallest, cells[Gender.UNKNOWN.value]),
        girls=share(girls, whole, decimals),
        others=share(_rest(girls, whole, others), whole, decimals),
        parts=[
            GenderPart(gender=word, share=share(cells[word.value], whole, decimals))
            for word in (Gender.BOY, Gender.TRANS_OTHER, Gender.UNKNOWN)
        ],
    )


def _rest(part: Count, whole: Count, rest: int) -> Count:
    """What is left of a total: shown exactly where anybody can subtract."""
    return exact(rest) if part.value is not None and whole.value is not None else _like(part)


def _like(count: Count) -> Count:
    return count if count.state is CountState.NOT_AVAILABLE else masked()


def duty_rows(view: View, kind: InformationDutyKind) -> tuple[list[Row], tuple[int, ...]]:
    """Duties of a kind that were waived, and those that were done, which is not printed; and both together."""
    said = view.months("DUTIES")
    waived, done = said.get(f"{kind.value}:WAIVED", NOTHING), said.get(f"{kind.value}:DONE", NOTHING)
    return [Row("waived", waived), Row("done", done, printed=False, zero_is_open=True)], added([waived, done])


def distribution(
    view: View, definition: Definition, cube: str, words: type[Word], unknown: Word | None = None
) -> DistributionIndicator:
    """A breakdown by words that exclude each other."""
    rows = view.rows(cube, [word.value for word in words], unknown.value if unknown else None)
    base = added(row.values for row in rows)
    cells, whole = view.breakdown(rows, base), view.total(base)
    return DistributionIndicator(
        **view.about(definition, view.smallest, cells[unknown.value] if unknown else None),
        overlapping=False,
        parts=[_part(word, cells[word.value], whole, definition) for word in words],
    )


def overlapping(
    view: View, definition: Definition, cube: str, words: type[Word], base: tuple[int, ...]
) -> DistributionIndicator:
    """A breakdown by words of which one case may have several: each is a table of its own, with its rest."""
    parts = [
        DistributionPart(
            code=word.value, label=word.label, share=part_of(view, cube, word.value, base, definition.decimals)
        )
        for word in words
    ]
    return DistributionIndicator(**view.about(definition, view.smallest), overlapping=True, parts=parts)


def _part(word: Word, count: Count, whole: Count, definition: Definition) -> DistributionPart:
    return DistributionPart(code=word.value, label=word.label, share=share(count, whole, definition.decimals))


def median(delays: Mapping[str, int], base: Count) -> Median:
    """The class in which the median falls; shown exactly where its base is."""
    if base.value is None or not base.value:
        hidden = CountState.MASKED if base.state is CountState.MASKED else CountState.NOT_AVAILABLE
        return Median(label=base.label if base.value is None else "sans objet", state=hidden, base=base)
    known = [(word, delays.get(word.value, 0)) for word in Delay if word is not Delay.UNKNOWN]
    middle, passed = (sum(count for _, count in known) + 1) // 2, 0
    for word, count in known:
        passed += count
        if passed >= middle > 0:
            return Median(label=word.label, state=CountState.EXACT, base=base)
    return Median(label=Delay.UNKNOWN.label, state=CountState.NOT_AVAILABLE, base=base)


def returns(view: View) -> tuple[ShareIndicator, ShareIndicator, MedianIndicator, DistributionIndicator]:
    """Rate of returns, returns overdue, their median delay, and all of them: one decision on one breakdown."""
    due = distribution(view, indicators.RETURNS, "RETURNS", Returned)
    rows = view.rows("RETURNS", [word.value for word in Returned])
    whole = view.total(added(row.values for row in rows))
    missing = next(part.share.count for part in due.parts if part.code == Returned.MISSING)
    came_values = added(row.values for row in rows if row.key != Returned.MISSING)
    came = _rest(missing, whole, Row("", came_values).at(view.slot))
    delays = {word: Row("", values).at(view.slot) for word, values in view.months("RETURN_DELAYS").items()}
    rate, late, delay = indicators.RETURN_RATE, indicators.OVERDUE, indicators.RETURN_DELAY
    return (
        ShareIndicator(**view.about(rate, view.smallest), share=share(came, whole, rate.decimals)),
        ShareIndicator(**view.about(late, view.smallest), share=share(missing, whole, late.decimals)),
        MedianIndicator(**view.about(delay, view.smallest), median=median(delays, came)),
        due,
    )
