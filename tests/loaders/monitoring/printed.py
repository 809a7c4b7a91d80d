"""The figures of the printed yearly report, and the document of a statement that holds them."""

from typing import Any

from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies
from loaders.monitoring.national import answer
from loaders.monitoring.periods import REPORT_YEAR, Period
from schema.types.monitoring import NationalMonitoring
from schema.vocabulary import Audience, CallerCategoryReport, DlpmActionKind, Gender, Problematic, SurveyTarget


def tally(**counts: int) -> list[dict[str, Any]]:
    return [{"word": word, "count": count} for word, count in counts.items()]


def by_month(*counts: int) -> list[dict[str, Any]]:
    return [{"word": key, "count": count} for (key, _, _), count in zip(REPORT_YEAR.months, counts, strict=True)]


# The integers that fit the printed report (docs: domain reference, section 11).
REPORT: dict[str, Any] = {
    "computed_at": "2024-06-01T10:00:00.123456+00:00",
    "situations": 143,
    "gender": tally(GIRL=135, BOY=7, TRANS_OTHER=1),
    "known": tally(YES=89, NO=35, UNKNOWN=19),
    "ages": {"known": 136, "total": 2039},
    "situations_by_month": by_month(12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 11),
    "contacts_by_month": by_month(40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 20, 19),
    "callers": tally(
        MOTHER=44, FATHER=10, STEP_PARENT=3, SIBLING=5, PROFESSIONAL=28, EXTENDED_FAMILY=12, ENTOURAGE=8,
        UNDISCLOSED=11, UNKNOWN=6, WITNESS=10, MINOR=6,
    ),
    "with_home": 143,
    "departments": [
        {"code": "59", "name": "Nord", "count": 11},
        {"code": "13", "name": "Bouches-du-Rhône", "count": 10},
        *({"code": f"x{n}", "name": "-", "count": 2} for n in range(56)),
        {"code": "48", "name": "Lozère", "count": 0},
        {"code": "75", "name": "Paris", "count": 10},
    ],
    "observations": [
        {"kind": "PSYCH_SUFFERING", "yes": 123, "no": 3},
        {"kind": "RUNAWAY", "yes": 120, "no": 11},
        {"kind": "SCHOOL_DISINVESTMENT", "yes": 100, "no": 20},
        {"kind": "ADDICTION", "yes": 73, "no": 30},
        {"kind": "PREGNANCY", "yes": 4, "no": 100},
        {"kind": "CYBER", "yes": 140, "no": 3},
    ],
    "actions": tally(IP_SENT=124, DIRECT_ADVICE=73, ASE_LINK=73, DOCUMENTATION=64, LOCAL_ORIENTATION=43),
    "sessions": {"sessions": 81, "actors": 73},
    "awareness": {"events": 8, "participants": 1040},
    "podcasts": 1,
    "answers": [
        {"target": target, "confronted": word, "count": count}
        for target, yes, no in (("FOYER", 21, 2), ("CRIP", 33, 4), ("ASE", 25, 4), ("DEF", 27, 10))
        for word, count in (("YES", yes), ("NO", no))
    ],
    "survey_departments": 41,
}  # fmt: skip

REGIONS = {"59": "32", "13": "93", "75": "11", "48": "76"}


def tallies(compact: dict[str, Any], prefix: str = "") -> Tallies:
    """A document of a statement; what is not given month by month falls into the first one."""
    starts = {key: first.isoformat() for key, first, _ in REPORT_YEAR.months}
    cells: list[dict[str, Any]] = []

    def add(cube: str, word: str, amount: int, month: str = "2023-04") -> None:
        if amount:
            cells.append({"cube": prefix + cube, "span": starts[month], "word": word, "amount": amount})

    for name, cube in (("situations_by_month", "SITUATIONS"), ("contacts_by_month", "CONTACTS")):
        for row in compact[name]:
            add(cube, "", row["count"], row["word"])
    named = {"gender": "GENDER", "known": "KNOWN", "callers": "CALLERS", "actions": "ACTIONS"}
    for name, cube in named.items():
        for row in compact[name]:
            add(cube, row["word"], row["count"])
    add("AGES", "KNOWN", compact["ages"]["known"])
    add("AGES", "TOTAL", compact["ages"]["total"])
    known = compact["ages"]["known"]
    some = 6 if known >= 53 else 0
    for band, amount in (("UNDER_13", some), ("A13_14", some and 41), ("A18_20", some)):
        add("AGE_BANDS", band, amount)
    add("AGE_BANDS", "A15_17", known - (53 if some else 0))
    add("AGE_BANDS", "UNKNOWN", sum(row["count"] for row in compact["gender"]) - compact["ages"]["known"])
    for row in compact["observations"]:
        add("PROBLEMATICS", f"{row['kind']}:YES", row["yes"])
        add("PROBLEMATICS", f"{row['kind']}:NO", row["no"])
    homes = {row["code"]: row["count"] for row in compact["departments"]}
    homes["?"] = sum(row["count"] for row in compact["situations_by_month"]) - sum(homes.values())
    others = {name: compact[name] for name in ("sessions", "awareness", "podcasts", "answers", "survey_departments")}
    return Tallies(
        others
        | {
            "computed_at": compact["computed_at"],
            "cells": cells,
            "places": [
                {"place": f"D:{code}", "cube": "SITUATIONS", "word": "", "amount": count}
                for code, count in homes.items()
                if count
            ],
            "departments": [
                {
                    "code": row["code"],
                    "name": row["name"],
                    "region_code": REGIONS.get(row["code"], "84"),
                    "region_name": REGIONS.get(row["code"], "84"),
                }
                for row in compact["departments"]
            ],
            "authorities": [],
        }
    )


def seen(audience: Audience = Audience.ANA, period: Period = REPORT_YEAR, **changes: Any) -> NationalMonitoring:
    return answer(tallies(REPORT | changes), Thresholds(), audience, period)


def assert_report(figures: NationalMonitoring) -> None:
    """The yearly report, as printed."""
    assert figures.situations.count.value == 143
    assert figures.contacts.count.value == 439
    assert figures.gender.girls.percent == 94
    assert figures.gender.others.percent == 6
    assert [part.share.count.value for part in figures.gender.parts if part.gender is not Gender.UNKNOWN] == [
        None,
        None,
    ]
    assert figures.mean_age.mean.value == 15.0
    assert figures.departments.count.value == 59
    assert figures.already_known.share.percent == 62
    assert [(action.action, action.share.percent) for action in figures.actions] == [
        (DlpmActionKind.IP_SENT, 87),
        (DlpmActionKind.DIRECT_ADVICE, 51),
        (DlpmActionKind.ASE_LINK, 51),
        (DlpmActionKind.DOCUMENTATION, 45),
        (DlpmActionKind.LOCAL_ORIENTATION, 30),
    ]
    observed = {indicator.problematic: indicator.share.percent for indicator in figures.problematics}
    assert [
        observed[kind]
        for kind in (
            Problematic.PSYCH_SUFFERING,
            Problematic.RUNAWAY,
            Problematic.SCHOOL_DISINVESTMENT,
            Problematic.ADDICTION,
        )
    ] == [86, 84, 70, 51]
    assert [(part.category, part.share.percent, part.share.count.value) for part in figures.callers.parts] == [
        (CallerCategoryReport.CLOSE_FAMILY, 43, 62),
        (CallerCategoryReport.PROFESSIONAL, 20, 28),
        (CallerCategoryReport.EXTENDED, 14, 20),
        (CallerCategoryReport.UNDISCLOSED, 12, 17),
        (CallerCategoryReport.WITNESS, 7, 10),
        (CallerCategoryReport.MINOR, 4, 6),
    ]
    assert (
        figures.working_sessions.count.value,
        figures.actors.count.value,
        figures.survey_departments.count.value,
    ) == (81, 73, 41)
    assert {indicator.target: indicator.share.percent for indicator in figures.confronted} == {
        SurveyTarget.FOYER: 91.3,
        SurveyTarget.CRIP: 89,
        SurveyTarget.ASE: 86.2,
        SurveyTarget.DEF: 73,
    }
    assert (
        figures.awareness_events.count.value,
        figures.awareness_participants.count.value,
        figures.podcasts.count.value,
    ) == (8, 1040, 1)
