"""Veille nationale: key figures, map, months and actions of one fixed period; mostly masked, and made to be read so."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup
from starlette.responses import Response

from dashboard import charts, formatting, geography
from dashboard.answers import Node
from dashboard.charts import Bar, Point
from dashboard.figures import Figure, compared, printed, share_text, side_by_side
from dashboard.map import map_of, places_of
from dashboard.navigation import open_to
from dashboard.pages.export import as_csv
from dashboard.pages.export_circuit import HEADER, authority_rows, circuit_rows, number_row, share_row
from dashboard.periods import DEFAULT, Period, chosen, periods, quarters_of
from dashboard.rendering import PAGE_HEADERS, today
from dashboard.visit import Visit
from schema.vocabulary import CallerCategoryReport, CountState, Gender

# ---------------------------------------------------------------- the page


async def shown(visit: Visit) -> Response:
    """The page of one period."""
    menu = periods(today())
    period = _period(visit, menu)
    found = await visit.ask("monitoring", period=period.asked)
    figures = found["nationalMonitoring"]
    places, regions = places_of(figures["perDepartment"], "department"), places_of(figures["perRegion"], "region")
    drawn = map_of(places, regions)
    network = await _network(visit, period) if figures["period"]["complete"] else None
    compares = await _authorities(visit, period, figures)
    is_whole = figures["period"]["complete"]
    quarters = [] if is_whole else quarters_of(period.asked["year"], today())
    answer = visit.page(
        "monitoring.html",
        organisation=found["viewer"]["organisation"],
        menu=menu,
        period=period,
        figures=figures,
        key_figures=_key_figures(figures) if is_whole else _running_figures(figures),
        quarters=quarters,
        coming=next((one.shown_from for one in quarters[:-1] if one.runs), None),
        has_places=any(
            one["situations"]["state"] != CountState.NOT_AVAILABLE for one in figures["perDepartment"]["parts"]
        ),
        circuit=compared(network) if network else [],
        network=network,
        authorities=side_by_side(compares) if compares else [],
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
        share=share_text,
    )
    return visit.packed(answer)


async def _network(visit: Visit, period: Period) -> Node:
    """What the network does with situations: a document of its own, as one may not ask for everything at once."""
    found: Node = (await visit.ask("circuit", period=period.asked))["nationalMonitoring"]
    return found


async def _authorities(visit: Visit, period: Period, figures: Node) -> Node | None:
    """The authorities beside each other, of whole years that are over, for whom the policy lets compare them."""
    is_part = {"quarter", "month"} & period.asked.keys()
    if (
        is_part
        or not figures["period"]["complete"]
        or not open_to(visit.seam.fits, "authorities", visit.caller.audience)
    ):
        return None
    found: Node = (await visit.ask("authorities", period=period.asked))["nationalMonitoring"]
    return found


def _period(visit: Visit, menu: Sequence[Period]) -> Period:
    return chosen(visit.request.query_params.get("periode", DEFAULT), menu)


def _markup(svg: str | None) -> Markup | None:
    # Drawn by us out of numbers and our own words, which the engine has escaped.
    return None if svg is None else Markup(svg)  # noqa: S704


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
        Figure(share_text(found["gender"]["girls"]), "de filles", found["gender"]["definition"]),
        Figure(age, "âge moyen", found["meanAge"]["definition"]),
        Figure(share_text(found["alreadyKnown"]["share"]), "déjà connus", found["alreadyKnown"]["definition"]),
    ]


def _running_figures(found: Node) -> list[Figure]:
    """Of a quarter of a year that runs, once it is over: two totals."""
    return [
        _count(label, found[name])
        for name, label in (("situations", "situations"), ("contacts", "contacts"))
        if found[name]["count"]["state"] != CountState.NOT_AVAILABLE
    ]


def _count(label: str, indicator: Node) -> Figure:
    return Figure(printed(indicator["count"]), label, indicator["definition"])


# ---------------------------------------------------------------- map, months, bars


def _months(parts: Sequence[Node]) -> list[tuple[str, str, str]]:
    return [(formatting.month(one["startsOn"]), _told(one["situations"]), _told(one["contacts"])) for one in parts]


def _told(count: Node) -> str:
    return "à venir" if count["state"] == CountState.NOT_AVAILABLE else printed(count)


def _month_points(parts: Sequence[Node]) -> list[Point]:
    points = [
        Point(formatting.month(one["startsOn"]), label, one[name]["value"])
        for name, label in (("contacts", "contacts"), ("situations", "situations"))
        for one in parts
    ]
    # A line of zeros and gaps draws nothing that the table does not say better.
    return points if any(point.value for point in points) else []


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
    period = _period(visit, periods(today()))
    found = await visit.ask("monitoring", period=period.asked)
    network = await _network(visit, period)
    compares = await _authorities(visit, period, found["nationalMonitoring"])
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="veille-{period.word}.csv"'}
    return Response(
        as_csv(_rows({**found["nationalMonitoring"], **network}, compares)), 200, headers, "text/csv; charset=utf-8"
    )


def _rows(found: Node, compares: Node | None) -> Iterator[Sequence[str]]:
    yield HEADER
    period = found["period"]["label"]

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
        yield number_row(found[name], "", found[name]["count"], period)
    yield share_row(found["gender"], Gender.GIRL.label, found["gender"]["girls"], period)
    yield share_row(found["gender"], "autres", found["gender"]["others"], period)
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
    yield share_row(found["alreadyKnown"], "oui", found["alreadyKnown"]["share"], period)
    for one in found["callers"]["parts"]:
        yield share_row(found["callers"], CallerCategoryReport(one["category"]).label, one["share"], period)
    for name in ("problematics", "actions", "confronted"):
        for one in found[name]:
            yield share_row(one, "oui", one["share"], period)
    yield from circuit_rows(found, period)
    yield from authority_rows(compares, period) if compares else ()
    for one in found["perMonth"]["parts"]:
        yield number_row(
            found["perMonth"], f"{formatting.month(one['startsOn'])}, situations", one["situations"], period
        )
        yield number_row(found["perMonth"], f"{formatting.month(one['startsOn'])}, contacts", one["contacts"], period)
    for one in found["perDepartment"]["parts"]:
        yield number_row(
            found["perDepartment"], f"{one['departmentCode']} {one['departmentName']}", one["situations"], period
        )


__all__ = ["exported", "shown"]
