"""Charts as SVG, drawn on the server by Altair and vl-convert; where they are not installed, tables say the same."""

import asyncio
import importlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from dashboard.drawing import Drawing, DrawingEndedError
from dashboard.formatting import NO_BREAK

AVAILABLE = all(importlib.util.find_spec(name) is not None for name in ("altair", "vl_convert"))
MISSING = (
    "Graphiques absents : installez altair et vl-convert-python (« make setup » le fait) ; les tableaux disent tout."
)

_VEGA_LITE = "6.1"
_FONT = "DejaVu Sans"
_INK, _GRID, _ACCENT, _WARM = "#16303f", "#e3e8ea", "#14616b", "#a34a00"
_DRAWING = Drawing()
# A task that nobody holds may vanish before it has ended.
_WARMING: set["asyncio.Task[str | None]"] = set()


class Point(NamedTuple):
    """One value of one series at one place of the horizontal axis; None where it is masked."""

    place: str
    series: str
    value: int | None


class Bar(NamedTuple):
    """One bar: its name, its length in percent, and the number as it is printed."""

    label: str
    percent: float
    text: str


async def lines(points: Sequence[Point]) -> str | None:
    """Values by place, one line per series; a masked value is a gap."""
    return await _drawn(_lines, tuple(points))


async def bars(found: Sequence[Bar]) -> str | None:
    """Horizontal bars of percentages, as printed."""
    return await _drawn(_bars, tuple(found))


def warm_up() -> None:
    """Load the engine beside what else happens, so that the first reader of a chart does not wait for it."""
    task = asyncio.get_running_loop().create_task(bars((Bar("", 1, ""),)))
    _WARMING.add(task)
    task.add_done_callback(_WARMING.discard)


async def _drawn(draw: Callable[[Any], str], data: tuple[Any, ...]) -> str | None:
    if not AVAILABLE or not data:
        return None
    try:
        return await _DRAWING.run(draw, data)
    except DrawingEndedError:
        # The table beside it says the same.
        return None


def _altair() -> Any:
    # An optional package that takes half a second to load: only where a chart is drawn, never for a command line.
    return importlib.import_module("altair")


@lru_cache(maxsize=64)
def _lines(points: tuple[Point, ...]) -> str:
    altair = _altair()
    places = list(dict.fromkeys(point.place for point in points))
    series = list(dict.fromkeys(point.series for point in points))
    rows = [{"place": one.place, "series": one.series, "value": one.value} for one in points if one.value is not None]
    look = altair.Scale(domain=series, range=[_ACCENT, _WARM][: len(series)])
    # Not by colour alone: the second line is dashed.
    dashes = altair.Scale(domain=series, range=[[1, 0], [5, 3]][: len(series)])
    legend = altair.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    chart = (
        altair.Chart(altair.Data(values=rows))
        .mark_line(point={"size": 45, "filled": True}, strokeWidth=2.5)
        .encode(
            x=altair.X(
                "place:N", sort=places, scale=altair.Scale(domain=places), title=None, axis=altair.Axis(labelAngle=-40)
            ),
            y=altair.Y("value:Q", title=None, axis=altair.Axis(tickMinStep=1, format="d")),
            color=altair.Color("series:N", scale=look, legend=legend),
            strokeDash=altair.StrokeDash("series:N", scale=dashes, legend=legend),
        )
        .properties(width=520, height=250)
    )
    return _svg(chart)


@lru_cache(maxsize=64)
def _bars(found: tuple[Bar, ...]) -> str:
    altair = _altair()
    labels = [bar.label for bar in found]
    rows = [{"label": bar.label, "percent": bar.percent, "text": bar.text} for bar in found]
    place = altair.Y("label:N", sort=labels, title=None, axis=altair.Axis(ticks=False, domain=False, labelLimit=260))
    length = altair.X(
        "percent:Q",
        title=None,
        scale=altair.Scale(domain=[0, 100]),
        axis=altair.Axis(values=[0, 25, 50, 75, 100], labelExpr=f"datum.value + '{NO_BREAK}%'"),
    )
    base = altair.Chart(altair.Data(values=rows)).encode(x=length, y=place)
    drawn = base.mark_bar(color=_ACCENT, height={"band": 0.62}, cornerRadiusEnd=3)
    said = base.mark_text(align="left", dx=5, color=_INK, fontWeight="bold").encode(text="text:N")
    return _svg((drawn + said).properties(width=330, height=max(60, 34 * len(found))))


def _svg(chart: Any) -> str:
    """The chart as a picture that a page's own style can size; its texts are ours, so the page says what it shows."""
    words = {"labelFont": _FONT, "titleFont": _FONT, "labelColor": _INK, "labelFontSize": 12}
    styled = chart.configure_axis(**words, gridColor=_GRID, domainColor="#76878f").configure_legend(**words)
    convert = importlib.import_module("vl_convert")
    svg: str = convert.vegalite_to_svg(
        styled.configure(background="transparent", font=_FONT).configure_view(stroke=None).to_dict(),
        vl_version=_VEGA_LITE,
        allowed_base_urls=[],
        format_locale="fr-FR",
        time_format_locale="fr-FR",
    )
    return svg
