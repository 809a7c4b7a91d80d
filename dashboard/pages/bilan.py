"""Bilan annuel: the report of a year in its versions, on the page and to take along; frozen, published, corrected here."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response

from dashboard import pdf
from dashboard.answers import Node
from dashboard.chapters import chapters
from dashboard.periods import FIRST_YEAR, last_year
from dashboard.rendering import PAGE_HEADERS, today
from dashboard.visit import Visit, one
from dashboard.yearly_report import STATES, as_csv, as_html, as_json, tables
from schema.errors import BadInputError, NotFoundError
from schema.types.yearly import YearlyReportState
from schema.vocabulary import Audience

_DIGITS = 4
_FORMS: Mapping[str, tuple[str, Callable[[Node], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "html": ("text/html; charset=utf-8", as_html),
}
# Of the newest version, by audience and state: the word of the form, and its document. The act itself decides.
_ACTS: Mapping[tuple[Audience, str], tuple[str, str]] = {
    (Audience.SUP, YearlyReportState.DRAFT.name): ("figer", "freeze_report_of_year"),
    (Audience.SUP, YearlyReportState.FROZEN.name): ("corriger", "correct_report_of_year"),
    (Audience.SUP, YearlyReportState.PUBLISHED.name): ("corriger", "correct_report_of_year"),
    (Audience.DPO, YearlyReportState.FROZEN.name): ("publier", "publish_report_of_year"),
}
_DONE = {
    "figer": "Figé : ces chiffres ne changent plus. Une autre personne peut le publier.",
    "corriger": "La correction est figée en une nouvelle version. Une autre personne peut la publier.",
    "publier": "Publié : toutes les personnes habilitées du réseau le lisent.",
}


async def shown(visit: Visit) -> Response:
    """The version of a year: the newest, or the one asked for."""
    found, year, version = await _asked(visit)
    return visit.packed(_page(visit, found, year, version))


async def decided(visit: Visit) -> Response:
    """Frozen, published or corrected."""
    fields = await visit.form()
    word = one(fields, "act")
    found, year, newest = await _asked(visit)
    documents = {act: document for (audience, _), (act, document) in _ACTS.items() if audience is visit.caller.audience}
    if word not in documents:
        raise BadInputError(reason="ACT")
    _, faults = await visit.act(
        documents[word],
        fields,
        year=year,
        expectedVersion=one(fields, "version") or None,
        reason=one(fields, "reason") if word == "corriger" else None,
    )
    if faults:
        return _page(visit, found, year, newest, status=422, refusal=faults[0]["message"])
    return visit.go("/bilan", annee=str(year), fait=word)


def _offered(visit: Visit, found: Node, version: Node | None) -> str | None:
    """The act that the newest version waits for from this person."""
    if version is None or version is not found["yearlyReports"][0]:
        return None
    return _ACTS.get((visit.caller.audience, version["state"]), (None, ""))[0]


def _page(
    visit: Visit,
    found: Node,
    year: int,
    version: Node | None,
    *,
    status: int = 200,
    fault: str = "",
    refusal: str = "",
) -> Response:
    return visit.page(
        "bilan.html",
        status,
        organisation=found["viewer"]["organisation"],
        years=_years(),
        year=year,
        versions=found["yearlyReports"],
        report=version,
        tables=chapters(tables(version)) if version else [],
        states=STATES,
        forms=(*_FORMS, "pdf"),
        fault=fault,
        refusal=refusal,
        done=_DONE.get(visit.request.query_params.get("fait", "")),
        offered=_offered(visit, found, version),
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
        name = f"bilan-{year}-v{version['number']}{'-public' if version['openToAll'] else ''}.{suffix}"
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
    version = next((known for known in versions if known["number"] == wanted), None)
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
    return list(range(max(last_year(today()) - 1, FIRST_YEAR), FIRST_YEAR - 1, -1))


__all__ = ["decided", "shown", "taken"]
