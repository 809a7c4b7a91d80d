"""What readers see of the printed report: its figures, and nothing small."""

from datetime import date
from typing import Any

from loaders.monitoring import of_authority
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.periods import REPORT_YEAR, Period
from loaders.monitoring.remembered import Remembered
from schema.types.monitoring import Count, NationalMonitoring, PeriodKind
from schema.types.own_monitoring import AuthorityMonitoring
from schema.vocabulary import Audience, CountState, Gender, Problematic, SurveyTarget
from tests.loaders.monitoring.counts import counts_of
from tests.loaders.monitoring.printed import REPORT, assert_report, by_month, seen, tallies, tally


def test_the_yearly_report_comes_out_for_an_analyst() -> None:
    assert_report(seen())


def test_a_reader_outside_the_dlpm_sees_the_same_figures_under_its_own_threshold() -> None:
    figures = seen(Audience.ONP)
    assert figures.situations.count.value == 143
    # Witnesses (10) and minors (6) are below 11, and pin each other at a sum of 16: the next smallest goes too.
    assert [part.share.count.value for part in figures.callers.parts] == [62, 28, 20, None, None, None]
    assert [part.share.count.label for part in figures.callers.parts][3:] == ["masqué"] * 3
    assert [part.share.percent for part in figures.callers.parts] == [43, 20, 14, None, None, None]
    assert figures.gender.others.state is figures.gender.girls.state is CountState.MASKED
    assert figures.callers.threshold == 11
    assert seen().callers.threshold == 5


def test_a_breakdown_asked_for_a_month_is_a_table_of_two_dimensions() -> None:
    month = Period(2023, month=4, kind=PeriodKind.REPORT)
    figures = seen(period=month)
    assert (figures.callers.threshold, figures.per_month.threshold) == (11, 5)
    assert {part.share.count.state for part in figures.callers.parts} == {CountState.MASKED}
    assert [(part.situations.value, part.contacts.value) for part in figures.per_month.parts] == [(12, 40)]
    assert {part.situations.state for part in figures.per_department.parts} == {CountState.NOT_AVAILABLE}


def test_genders_are_grouped_where_they_are_small() -> None:
    unknown_too = seen(gender=tally(GIRL=120, BOY=10, TRANS_OTHER=6, UNKNOWN=7)).gender
    assert [part.share.count.value for part in unknown_too.parts] == [10, 6, 7]
    assert (unknown_too.others.count.value, unknown_too.unknowns.value) == (23, 7)
    one_small = seen(gender=tally(GIRL=120, BOY=10, TRANS_OTHER=3, UNKNOWN=10)).gender
    assert sorted(str(part.share.count.value) for part in one_small.parts) == ["10", "None", "None"]
    assert (one_small.girls.count.value, one_small.others.count.value) == (120, 23)
    few_others = seen(gender=tally(GIRL=139, BOY=3, UNKNOWN=1)).gender
    assert (few_others.girls.count.value, few_others.others.count.value) == (None, None)
    assert [part.share.count.value for part in few_others.parts] == [None, None, None]
    few_girls = seen(gender=tally(GIRL=3, BOY=140)).gender
    assert [part.share.count.value for part in few_girls.parts if part.gender is Gender.BOY] == [None]


def test_a_problematic_hides_small_numbers_and_small_rests() -> None:
    shares = {indicator.problematic: indicator for indicator in seen().problematics}
    assert set(shares) == set(Problematic)
    assert shares[Problematic.PREGNANCY].share.count.label == "moins de 5"
    assert shares[Problematic.PREGNANCY].share.percent is None
    assert shares[Problematic.CYBER].share.count.label == "masqué"  # 140 of 143, and the other 3 said no
    assert shares[Problematic.CYBER].unknowns.value == 0
    assert shares[Problematic.PSYCH_SUFFERING].share.count.value == 123
    assert shares[Problematic.PSYCH_SUFFERING].unknowns.label == "masqué"  # 17, or 3 that said no would be the rest
    assert shares[Problematic.RUNAWAY].unknowns.value == 12
    never_observed = shares[Problematic.SELF_HARM]
    assert (never_observed.share.count.label, never_observed.unknowns.label) == ("masqué", "masqué")
    assert shares[Problematic.RUNAWAY].label == "fugue"


def test_departments_are_masked_below_11_and_all_listed() -> None:
    figures = seen()
    parts = {part.department_code: part.situations for part in figures.per_department.parts}
    assert len(parts) == 60
    assert parts["59"].value == 11
    assert {code for code, count in parts.items() if count.value is not None} == {"59"}
    assert parts["48"] == parts["x1"] == Count(value=None, state=CountState.MASKED, label="masqué")
    regions = {part.region_code: part.situations.value for part in figures.per_region.parts}
    assert regions == {"32": 11, "84": 112, "93": None, "11": None, "76": None}


def test_small_unknown_homes_are_masked_everywhere_alike() -> None:
    fewer = [row | {"count": 4} if row["code"] == "13" else row for row in REPORT["departments"]]
    figures = seen(departments=fewer)
    assert figures.departments.unknowns.label == figures.per_department.unknowns.label == "masqué"
    assert seen().departments.unknowns.value == 0


def test_months_are_all_there_and_contacts_follow_situations() -> None:
    figures = seen(
        situations_by_month=by_month(30, 30, 30, 30, 8, 9, 3, 0, 20, 7, 1, 6),
        contacts_by_month=by_month(90, 90, 90, 90, 30, 30, 9, 0, 40, 9, 3, 9),
    )
    parts = figures.per_month.parts
    assert (parts[0].starts_on, parts[0].ends_on, parts[11].ends_on) == (
        date(2023, 4, 3),
        date(2023, 5, 2),
        date(2024, 4, 2),
    )
    # Within a quarter, what is left of it is never small: 3 takes the third month along, 1 takes the next smallest.
    assert [part.situations.value for part in parts] == [30, 30, 30, 30, 8, 9, None, 0, None, 7, None, None]
    assert [part.contacts.value for part in parts] == [90, 90, 90, 90, 30, 30, None, 0, None, 9, None, None]
    assert [parts[place].situations.label for place in (6, 8)] == ["masqué", "masqué"]
    assert parts[6].contacts.label == "masqué"


def test_months_of_few_are_not_said_to_be_few() -> None:
    """Three months `moins de 5` in a quarter of 12 would be three months of 4."""
    figures = seen(situations_by_month=by_month(4, 4, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18))
    assert [part.situations.label for part in figures.per_month.parts][:4] == ["masqué", "masqué", "masqué", "10"]
    quarter = seen(
        situations_by_month=by_month(4, 4, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18),
        period=Period(2023, quarter=1, kind=PeriodKind.REPORT),
    )
    assert quarter.situations.count.value == 12


def test_while_a_year_runs_only_months_of_quarters_that_are_over_are_shown() -> None:
    figures = seen(computed_at="2023-10-02T21:59:59+00:00")
    assert [part.situations.value for part in figures.per_month.parts] == [12, 12, 12, *[None] * 9]
    assert figures.period.complete is False
    assert {count.state for path, count in counts_of(figures, "") if ".per_month" not in path} == {
        CountState.NOT_AVAILABLE
    }
    # The quarter is over with its last day in Paris.
    later = seen(computed_at="2023-10-02T22:00:00+00:00")
    assert [part.situations.value for part in later.per_month.parts] == [*[12] * 6, *[None] * 6]


def test_surveys_count_services_and_need_three() -> None:
    def survey(*rows: tuple[str, int]) -> tuple[Any, ...]:
        answers = [{"target": "ASE", "confronted": word, "count": count} for word, count in rows]
        indicator = {one.target: one for one in seen(answers=answers).confronted}[SurveyTarget.ASE]
        return (
            indicator.share.percent,
            indicator.share.count.label,
            indicator.share.base.label,
            indicator.unknowns.label,
        )

    assert survey(("YES", 2)) == (None, "moins de 3", "moins de 3", "moins de 3")
    assert survey(("YES", 1), ("NO", 1), ("UNKNOWN", 1)) == (33.3, "1", "3", "1")
    assert survey() == (None, "moins de 3", "moins de 3", "moins de 3")


def test_what_is_not_about_persons_is_never_masked() -> None:
    figures = seen(
        sessions={"sessions": 1, "actors": 0},
        awareness={"events": 1, "participants": 3},
        podcasts=0,
        survey_departments=2,
    )
    network = (
        figures.working_sessions,
        figures.actors,
        figures.awareness_events,
        figures.awareness_participants,
        figures.podcasts,
        figures.survey_departments,
    )
    assert [indicator.count.value for indicator in network] == [1, 0, 1, 3, 0, 2]
    assert {indicator.threshold for indicator in network} == {None}


def test_a_mean_keeps_its_small_unknowns_to_itself() -> None:
    indicator = seen(ages={"known": 140, "total": 2100}).mean_age
    assert indicator.mean.value == 15.0
    assert (indicator.unknowns.label, indicator.mean.base.label) == ("masqué", "masqué")
    assert seen().mean_age.unknowns.value == 7
    assert seen(ages={"known": 4, "total": 60}).mean_age.mean.value is None


def test_what_was_decided_of_the_same_numbers_is_not_decided_again() -> None:
    decided: list[str] = []
    remembered = Remembered(2)

    def asked(moment: str, counted: str, who: str = "DLPM") -> NationalMonitoring:
        def decide() -> NationalMonitoring:
            decided.append(f"{who} {counted}")
            return seen(computed_at=moment)

        return remembered.answer(who, f'{{"computed_at":"{moment}","cells":{counted}}}', decide)

    first = asked("2026-01-15T08:00:00+00:00", "[1]")
    again = asked("2026-01-15T09:30:00+00:00", "[1]")
    assert decided == ["DLPM [1]"]
    assert again is first
    asked("2026-01-15T09:30:00+00:00", "[2]")
    asked("2026-01-15T09:30:00+00:00", "[2]", "OTHERS")
    assert decided == ["DLPM [1]", "DLPM [2]", "OTHERS [2]"]
    # With another day in Paris more may be over; and the oldest was forgotten.
    asked("2026-01-15T23:30:00+00:00", "[2]")
    asked("2026-01-15T08:00:00+00:00", "[1]")
    assert decided == ["DLPM [1]", "DLPM [2]", "OTHERS [2]", "DLPM [2]", "DLPM [1]"]


def test_a_period_is_complete_after_its_last_day_in_paris() -> None:
    assert seen(computed_at="2024-04-02T21:59:59+00:00").period.complete is False
    assert seen(computed_at="2024-04-02T22:00:00+00:00").period.complete is True


def test_an_authority_has_its_own_threshold() -> None:
    small = REPORT | {"gender": tally(GIRL=8), "known": tally(YES=8), "situations_by_month": by_month(8, *[0] * 11)}

    def figures(audience: Audience, period: Period = REPORT_YEAR) -> AuthorityMonitoring:
        return of_authority.answer(tallies(small, prefix="OWN_"), Thresholds(), audience, period)

    assert figures(Audience.CRI).situations.count.value == 8
    assert figures(Audience.CRI).already_known.share.percent == 100
    month = Period(2023, month=4, kind=PeriodKind.REPORT)
    assert figures(Audience.CRI, month).already_known.share.percent is None
    assert figures(Audience.ASE).situations.count.label == "moins de 11"
