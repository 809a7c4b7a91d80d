"""A page that stands alone as a tagged PDF (PDF/UA-1) by WeasyPrint; where it or the system's Pango is missing, nothing."""

import importlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dashboard.assets import STATIC
from dashboard.drawing import Drawing, DrawingEndedError

MISSING = (
    "PDF indisponible : installez l’extra « web » et la bibliothèque Pango du système (« make setup » le tente) ; "
    "le même bilan se télécharge en CSV."
)
_STANDARD = "pdf/ua-1"
# A process of its own, apart from that of the charts: a report takes seconds of CPU.
_DRAWING = Drawing()


class PdfMissingError(Exception):
    """WeasyPrint or the system's Pango is not there."""


@cache
def _engine() -> Any:
    """WeasyPrint, loaded when the first PDF is asked for: it opens the system's libraries as it is imported."""
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as problem:
        raise PdfMissingError(MISSING) from problem


def own_file(url: str, folder: Path = STATIC) -> Path:
    """The file of ours that an address names. Raises: ValueError for everything else, wherever it leads."""
    address = urlsplit(url)
    path = Path(url2pathname(address.path)).resolve()
    if address.scheme != "file" or address.netloc or not path.is_relative_to(folder.resolve()) or not path.is_file():
        message = "a document takes nothing from outside our own folder"
        raise ValueError(message)
    return path


def made(page: bytes) -> bytes:
    """The PDF of a page. Raises: PdfMissingError."""
    engine = _engine()

    class Fetcher(engine.urls.URLFetcher):  # type: ignore[misc, name-defined]  # the engine has no types
        """Gives the engine files of our static folder, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """One of our files."""
            del headers
            path = own_file(url)
            return engine.urls.URLFetcherResponse(path.as_uri(), path.read_bytes())

    document = engine.HTML(string=page.decode(), base_url=f"{STATIC.as_uri()}/", url_fetcher=Fetcher())
    pdf: bytes = document.write_pdf(pdf_variant=_STANDARD, finisher=_say_what_headers_head)
    return pdf


def _is_element(one: Any) -> bool:
    return isinstance(one, dict) and "S" in one


def _say_what_headers_head(_: Any, pdf: Any) -> None:
    """Each header cell says whether it heads a column or a row (ISO 14289-1, 7.5); the engine only links other cells to it."""
    elements = {one.reference: one for one in pdf.objects if _is_element(one)}
    for one in elements.values():
        if one["S"] == "/TH":
            group = elements[elements[one["P"]]["P"]]
            one["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


async def drawn(page: bytes) -> bytes:
    """The same, beside the server. Raises: PdfMissingError."""
    try:
        return await _DRAWING.run(made, page)
    except DrawingEndedError as problem:
        raise PdfMissingError(MISSING) from problem
