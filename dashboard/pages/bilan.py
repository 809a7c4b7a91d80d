"""Bilan annuel: the report of a year in its versions, on the page and to take along."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response

from dashboard import pdf
from dashboard.pages.monitoring import FIRST_YEAR, REPORT_BEGINS
from dashboard.rendering import PAGE_HEADERS, today
from dashboard.visit import Visit
from dashboard.yearly_report import STATES, as_csv, as_html, as_json, tables
from schema.errors import BadInputError, NotFoundError

Node = Mapping[str, Any]
_DIGITS = 4
_FORMS: Mapping[str, tuple[str, Callable[[Node], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "html": ("text/html; charset=utf-8", as_html),
}


async def shown(visit: Visit) -> Response:
    """The version of a year: the newest, or the one asked for."""
    found, year, version = await _asked(visit)
    return visit.packed(_page(visit, found, year, version))


def _page(
    visit: Visit, found: Node, year: int, version: Node | None, *, status: int = 200, fault: str = ""
) -> Response:
    return visit.page(
        "bilan.html",
        status,
        organisation=found["viewer"]["organisation"],
        years=_years(),
        year=year,
        versions=found["yearlyReports"],
        report=version,
        tables=tables(version) if version else [],
        states=STATES,
        forms=(*_FORMS, "pdf"),
        fault=fault,
    )


def taken(suffix: str) -> Callable[[Visit], Awaitable[Response]]:
    """The handler of one form to take along."""

    async def handler(visit: Visit) -> Response:
        found, year, version = await _asked(visit)
        if version is None:
            raise NotFoundError
        if suffix == "pdf":
            kind = "application/pdf"
            try:
                body = await pdf.drawn(as_html(version))
            except pdf.PdfMissingError:
                return _page(visit, found, year, version, status=501, fault=pdf.MISSING)
        else:
            kind, write = _FORMS[suffix]
            body = write(version)
        name = f"bilan-{year}-v{version['version']}{'-public' if version['openToAll'] else ''}.{suffix}"
        return Response(body, 200, {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, kind)

    return handler


async def _asked(visit: Visit) -> tuple[Node, int, Node | None]:
    query = visit.request.query_params
    years = _years()
    year = _number(query.get("annee"), years[0])
    if year not in years:
        raise BadInputError(reason="YEAR")
    found = await visit.ask("bilan", year=year)
    versions = found["yearlyReports"]
    if "version" not in query:
        return found, year, next(iter(versions), None)
    wanted = _number(query["version"], 0)
    version = next((one for one in versions if one["version"] == wanted), None)
    if version is None:
        raise NotFoundError
    return found, year, version


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInputError(reason="NUMBER")
    return int(text)


def _years() -> list[int]:
    """The years that are over, the last one first, so that there is something to report; the first report always."""
    now = today()
    last = now.year - (1 if (now.month, now.day) >= REPORT_BEGINS else 2)
    return list(range(max(last, FIRST_YEAR), FIRST_YEAR - 1, -1))


__all__ = ["shown", "taken"]
