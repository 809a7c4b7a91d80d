"""A page that stands alone as a tagged PDF (PDF/UA-1) by WeasyPrint; where it or the system's Pango is missing, nothing."""

import asyncio
import importlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dashboard.assets import STATIC

MISSING = (
    "PDF indisponible : installez l’extra « web » et la bibliothèque Pango du système (« make setup » le tente) ; "
    "le même bilan se télécharge en CSV."
)
_STANDARD = "pdf/ua-1"
# One thread: a report takes seconds of CPU, and nothing says that the engine may draw two at once.
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")


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
    pdf: bytes = document.write_pdf(pdf_variant=_STANDARD)
    return pdf


async def drawn(page: bytes) -> bytes:
    """The same, beside the event loop. Raises: PdfMissingError."""
    return await asyncio.get_running_loop().run_in_executor(_DRAWING, made, page)
