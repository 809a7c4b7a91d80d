"""Templates become answers: always escaped, always with the headers a page needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

# Everything from our own address; forms go nowhere else, and nobody frames a page.
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
}

# Every template is escaped, whatever its name ends in; a name that nobody gave is an error, not an empty text.
ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> HTMLResponse:
    """The answer that a template makes of its context."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status, {**PAGE_HEADERS, **(headers or {})})
