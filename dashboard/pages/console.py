"""The GraphQL console (GraphiQL) in a demonstration and for development: the signed-in person's own rights, by their session."""

import secrets

from starlette.responses import Response

from dashboard.rendering import ASSETS, CONTENT_POLICY, PAGE_HEADERS, page
from dashboard.visit import Visit
from schema.errors import NotFoundError

SCRIPTS = ("vendor/react.min.js", "vendor/react-dom.min.js", "vendor/graphiql.min.js")
STYLE = "vendor/graphiql.min.css"


async def shown(visit: Visit) -> Response:
    """The console; without npm's packages, what to install."""
    if not visit.seam.console:
        raise NotFoundError
    # One of its libraries writes a style element of its own: it is let in by a number that nobody knows before.
    nonce = secrets.token_urlsafe(16)
    policy = CONTENT_POLICY.replace("default-src 'self';", f"default-src 'self'; style-src 'self' 'nonce-{nonce}';")
    return page(
        "console.html",
        headers={**PAGE_HEADERS, "Content-Security-Policy": policy},
        audience=visit.caller.audience,
        form_token=visit.seam.form_token(visit.request),
        nonce=nonce,
        scripts=SCRIPTS,
        style=STYLE,
        there=all(ASSETS.has(name) for name in (*SCRIPTS, STYLE)),
    )


__all__ = ["shown"]
