"""No answer holds a small number of persons, whatever the rows."""

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.national import AUDIENCES, answer
from loaders.monitoring.periods import REPORT_YEAR
from schema.vocabulary import Audience, CountState, Problematic
from tests.loaders.monitoring.counts import counts_of
from tests.loaders.monitoring.printed import REPORT, by_month, tallies, tally
from tests.loaders.monitoring.world import DEPARTMENTS

small = st.integers(0, 12)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that hang together, with small numbers everywhere."""
    situations = draw(st.integers(0, 40))

    def parts(words: list[str], total: int) -> list[dict[str, Any]]:
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=len(words) - 1, max_size=len(words) - 1)))
        return tally(**{word: high - low for word, (low, high) in zip(words, pairwise([0, *cuts, total]), strict=True)})

    minors = situations + draw(small)
    with_home = draw(st.integers(0, situations))
    homes = parts(DEPARTMENTS, with_home)
    return REPORT | {
        "situations": situations,
        "gender": parts(["GIRL", "BOY", "TRANS_OTHER", "UNKNOWN"], minors),
        "known": parts(["YES", "NO", "UNKNOWN"], situations),
        "ages": {"known": (known := draw(st.integers(0, minors))), "total": known * 15},
        "situations_by_month": parts([key for key, _, _ in REPORT_YEAR.months], situations),
        "contacts_by_month": parts([key for key, _, _ in REPORT_YEAR.months], situations * draw(st.integers(0, 3))),
        "callers": parts(["MOTHER", "PROFESSIONAL", "WITNESS", "MINOR"], draw(st.integers(0, situations))),
        "with_home": with_home,
        "departments": [{"code": row["word"], "name": row["word"], "count": row["count"]} for row in homes],
        "observations": [
            {"kind": kind.value, "yes": yes, "no": draw(st.integers(0, situations - yes))}
            for kind in list(Problematic)[:3]
            for yes in [draw(st.integers(0, situations))]
        ],
        "actions": tally(IP_SENT=draw(st.integers(0, situations)), ASE_LINK=draw(st.integers(0, situations))),
    }


@settings(deadline=None)
@given(documents(), st.sampled_from(sorted(AUDIENCES)))
def test_no_answer_holds_a_small_number_of_persons(document: dict[str, Any], audience: Audience) -> None:
    figures = answer(tallies(document), Thresholds(), audience, REPORT_YEAR)
    dlpm = audience in {Audience.LIS, Audience.SUP, Audience.ANA, Audience.ORG_DLPM}
    for path, count in counts_of(figures, ""):
        assert (count.value is None) == (count.state is not CountState.EXACT)
        if count.value is None:
            continue
        smallest = 5 if dlpm and not path.startswith((".per_department", ".per_region")) else 11
        # Zero is shown for unknowns only: that nothing is unknown says nothing about anybody.
        nothing_unknown = count.value == 0 and (
            path.endswith(".unknowns")
            # A month without any case is about nobody.
            or path.startswith((".per_month", ".gender.parts.2", ".mean_age.", ".age_bands.parts.4"))
        )
        assert count.value >= smallest or nothing_unknown, path


@settings(deadline=None, max_examples=40)
@given(documents(), st.sampled_from(sorted(AUDIENCES)), st.integers(0, 4), st.integers(0, 4))
def test_two_worlds_that_differ_in_what_is_hidden_have_one_answer(
    document: dict[str, Any], audience: Audience, boys: int, others: int
) -> None:
    """Who of the few is who changes nothing that is told."""
    girls = next((row["count"] for row in document["gender"] if row["word"] == "GIRL"), 0)
    one, other = (
        answer(
            tallies(document | {"gender": tally(GIRL=girls, BOY=first, TRANS_OTHER=second)}),
            Thresholds(),
            audience,
            REPORT_YEAR,
        )
        for first, second in ((boys, others), (others, boys))
    )
    assert one == other


@settings(deadline=None)
@given(documents())
def test_with_too_few_situations_nothing_about_persons_is_shown(document: dict[str, Any]) -> None:
    few = document | {"situations_by_month": by_month(4, *[0] * 11), "gender": tally(GIRL=4)}
    figures = answer(tallies(few), Thresholds(), Audience.ANA, REPORT_YEAR)
    shown = {path for path, count in counts_of(figures, "") if count.value}
    assert not {path for path in shown if not path.endswith("contacts")} - {".contacts.count"}
    assert figures.mean_age.mean.value is None


@settings(deadline=None)
@given(documents())
def test_genders_cannot_be_computed_from_each_other(document: dict[str, Any]) -> None:
    gender = answer(tallies(document), Thresholds(), Audience.ANA, REPORT_YEAR).gender
    counts = {row["word"]: row["count"] for row in document["gender"]}
    shown = {part.gender.value: part.share.count.value for part in gender.parts} | {"GIRL": gender.girls.count.value}
    hidden = [word for word, value in shown.items() if value is None]
    assert (gender.others.count.value is None) == (gender.girls.count.value is None)
    if hidden and sum(counts.values()) >= 5:
        assert len(hidden) >= 2
        assert sum(counts.get(word, 0) for word in hidden) >= 5
