"""Veille nationale: key figures, map, months and actions of one fixed period; mostly masked, and made to be read so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from dashboard import charts, formatting, geography
from dashboard.charts import Bar, Point
from dashboard.map import map_of, places_of, printed
from dashboard.pages.export import as_csv
from dashboard.rendering import PAGE_HEADERS, today
from dashboard.visit import Visit
from schema.errors import BadInputError
from schema.vocabulary import CallerCategoryReport, CountState, Gender

FIRST_YEAR = 2023
# The report's year begins on 3 April.
REPORT_BEGINS = (4, 3)
# What the whole page opens with: the first year that was reported on, complete and public.
DEFAULT = f"bilan-{FIRST_YEAR}"

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """One choice of the period filter: its word in the address, its name, and what is asked."""

    word: str
    label: str
    group: str
    asked: Mapping[str, Any]


def periods(now: date) -> list[Period]:
    """The fixed menu of periods, latest first; there are no free dates."""
    last_report = now.year if (now.month, now.day) >= REPORT_BEGINS else now.year - 1
    made = [
        Period(f"bilan-{year}", f"Avril {year} – avril {year + 1}", "Année du bilan", {"kind": "REPORT", "year": year})
        for year in range(last_report, FIRST_YEAR - 1, -1)
    ]
    # One calendar is published: two together would tell of the days by which they differ.
    made += [
        Period(
            f"{year}-T{quarter}",
            f"{quarter}{'er' if quarter == 1 else 'e'} trimestre, avril {year} – avril {year + 1}",
            "Trimestre",
            {"kind": "REPORT", "year": year, "quarter": quarter},
        )
        for year in range(last_report, max(FIRST_YEAR, last_report - 2) - 1, -1)
        for quarter in range(4, 0, -1)
    ]
    return made


# ---------------------------------------------------------------- the page


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what is printed large, and what it is."""

    text: str
    label: str
    definition: str


async def shown(visit: Visit) -> Response:
    """The page of one period."""
    menu = periods(today())
    period = _chosen(visit, menu)
    found = await visit.ask("monitoring", period=period.asked)
    figures = found["nationalMonitoring"]
    places, regions = places_of(figures["perDepartment"], "department"), places_of(figures["perRegion"], "region")
    drawn = map_of(places, regions)
    answer = visit.page(
        "monitoring.html",
        organisation=found["viewer"]["organisation"],
        menu=menu,
        period=period,
        figures=figures,
        key_figures=_key_figures(figures),
        places=places,
        regions=regions,
        drawn=drawn,
        squares=[(place, drawn.place_of(place.code)) for place in places if place.code in geography.OVERSEAS],
        view_box=geography.VIEW_BOX,
        attribution=geography.ATTRIBUTION,
        months=_months(figures["perMonth"]["parts"]),
        month_chart=_markup(await charts.lines(_month_points(figures["perMonth"]["parts"]))),
        action_chart=_markup(await charts.bars(_bars(figures["actions"]))),
        problematic_chart=_markup(await charts.bars(_bars(figures["problematics"], most=8))),
        callers=[(CallerCategoryReport(one["category"]).label, one["share"]) for one in figures["callers"]["parts"]],
        charts_missing=None if charts.AVAILABLE else charts.MISSING,
        share=_share,
    )
    return visit.packed(answer)


def _chosen(visit: Visit, menu: Sequence[Period]) -> Period:
    word = visit.request.query_params.get("periode", DEFAULT)
    found = next((one for one in menu if one.word == word), None)
    if found is None:
        raise BadInputError(reason="PERIOD")
    return found


def _markup(svg: str | None) -> Markup | None:
    # Drawn by us out of numbers and our own words, which the engine has escaped.
    return None if svg is None else Markup(svg)  # noqa: S704


def _share(share: Node, decimals: int = 0) -> str:
    """A percentage as printed; masked together with its count, and said in words."""
    if share["state"] == CountState.EXACT:
        return formatting.percent(share["percent"], decimals)
    return str(share["count"]["label"])


def _key_figures(found: Node) -> list[Figure]:
    mean = found["meanAge"]["mean"]
    age = (
        f"{formatting.number(mean['value'], found['meanAge']['decimals'])} ans"
        if mean["value"] is not None
        else "masqué"
    )
    return [
        _count("situations", found["situations"]),
        _count("contacts", found["contacts"]),
        _count("départements concernés", found["departments"]),
        Figure(_share(found["gender"]["girls"]), "de filles", found["gender"]["definition"]),
        Figure(age, "âge moyen", found["meanAge"]["definition"]),
        Figure(_share(found["alreadyKnown"]["share"]), "déjà connus", found["alreadyKnown"]["definition"]),
    ]


def _count(label: str, indicator: Node) -> Figure:
    return Figure(printed(indicator["count"]), label, indicator["definition"])


# ---------------------------------------------------------------- map, months, bars


def _months(parts: Sequence[Node]) -> list[tuple[str, str, str]]:
    return [(formatting.month(one["startsOn"]), printed(one["situations"]), printed(one["contacts"])) for one in parts]


def _month_points(parts: Sequence[Node]) -> list[Point]:
    points = [
        Point(formatting.month(one["startsOn"]), label, one[name]["value"])
        for name, label in (("contacts", "contacts"), ("situations", "situations"))
        for one in parts
    ]
    return points if any(point.value is not None for point in points) else []


def _bars(indicators: Sequence[Node], most: int = 20) -> list[Bar]:
    exact = [one for one in indicators if one["share"]["percent"] is not None]
    exact.sort(key=lambda one: -one["share"]["percent"])
    return [
        Bar(one["label"], one["share"]["percent"], formatting.percent(one["share"]["percent"], one["decimals"]))
        for one in exact[:most]
    ]


# ---------------------------------------------------------------- export


async def exported(visit: Visit) -> Response:
    """The same figures as a table for a spreadsheet."""
    period = _chosen(visit, periods(today()))
    found = await visit.ask("monitoring", period=period.asked)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="veille-{period.word}.csv"'}
    return Response(as_csv(_rows(found["nationalMonitoring"])), 200, headers, "text/csv; charset=utf-8")


def _rows(found: Node) -> Iterator[Sequence[str]]:
    yield ("indicateur", "modalité", "effectif", "base", "pourcentage", "dénominateur", "seuil", "période")
    period = found["period"]["label"]

    def row(indicator: Node, part: str, count: Node, base: Node | None = None, percent: str = "") -> Sequence[str]:
        threshold = "" if indicator["threshold"] is None else str(indicator["threshold"])
        return (
            indicator["label"],
            part,
            printed(count),
            printed(base) if base else "",
            percent,
            indicator["denominator"],
            threshold,
            period,
        )

    def part(indicator: Node, label: str, share: Node) -> Sequence[str]:
        percent = "" if share["percent"] is None else formatting.number(share["percent"], 1)
        return row(indicator, label, share["count"], share["base"], percent)

    for name in (
        "situations",
        "contacts",
        "minors",
        "departments",
        "workingSessions",
        "actors",
        "surveyDepartments",
        "awarenessEvents",
        "awarenessParticipants",
        "podcasts",
    ):
        yield row(found[name], "", found[name]["count"])
    yield part(found["gender"], Gender.GIRL.label, found["gender"]["girls"])
    yield part(found["gender"], "autres", found["gender"]["others"])
    mean = found["meanAge"]["mean"]
    age = "masqué" if mean["value"] is None else formatting.number(mean["value"], 1)
    yield (
        found["meanAge"]["label"],
        "",
        age,
        printed(mean["base"]),
        "",
        found["meanAge"]["denominator"],
        "",
        period,
    )
    yield part(found["alreadyKnown"], "oui", found["alreadyKnown"]["share"])
    for one in found["callers"]["parts"]:
        yield part(found["callers"], CallerCategoryReport(one["category"]).label, one["share"])
    for name in ("problematics", "actions", "confronted"):
        for one in found[name]:
            yield part(one, "oui", one["share"])
    for one in found["perMonth"]["parts"]:
        yield row(found["perMonth"], f"{formatting.month(one['startsOn'])}, situations", one["situations"])
        yield row(found["perMonth"], f"{formatting.month(one['startsOn'])}, contacts", one["contacts"])
    for one in found["perDepartment"]["parts"]:
        yield row(found["perDepartment"], f"{one['departmentCode']} {one['departmentName']}", one["situations"])


__all__ = ["exported", "periods", "shown"]
