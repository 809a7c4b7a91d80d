"""Templates become answers: always escaped, always with the headers a page needs."""

import gzip
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard import formatting
from dashboard.assets import Assets

# Everything from our own address; forms go nowhere else, and nobody frames a page. `data:` is for Pico's arrows.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_POLICY,
    # Not `no-referrer`: under it browsers send `Origin: null` with a form (Fetch, section 3.2), and we could not tell
    # our own forms from those of others.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "HX-Request",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ASSETS = Assets()


def today() -> date:
    """The day in Paris."""
    return formatting.moment(datetime.now(UTC)).date()


def _environment() -> Environment:
    # Every template is escaped, whatever its name ends in (Starlette's own environment leaves `.svg` alone); a name
    # that nobody gave is an error, not an empty text.
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # What the frame shows where nobody is signed in.
    made.globals |= {
        "assets": ASSETS,
        "caller": None,
        "console": False,
        "demonstration": False,
        "entry": None,
        "form_key": "",
        "form_token": "",
        "layout": "base.html",
        "navigation": (),
    }
    for name in ("day", "instant", "short_instant", "due_day", "month", "number", "counted", "percent"):
        made.filters[name] = getattr(formatting, name)
    made.filters["remaining"] = lambda value: formatting.remaining(value, today())
    made.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return made


ENVIRONMENT = _environment()


def page(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> HTMLResponse:
    """The answer that a template makes of its context."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status, {**PAGE_HEADERS, **(headers or {})})


def fitting(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page for a browser, its main part alone for htmx."""
    layout = "fragment.html" if request.headers.get("hx-request") == "true" else "base.html"
    return page(template, status, layout=layout, **context)


def packed(request: Request, answer: Response) -> Response:
    """The answer, compressed: only where nothing on it is about a person and nothing repeats what was sent.

    A secret compressed beside an attacker's words tells itself by its length (BREACH).
    """
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    answer.body = gzip.compress(bytes(answer.body), 6, mtime=0)
    answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "HX-Request, Accept-Encoding"
    return answer
