"""GraphQL by session cookie: only what a page of ours sends, with a header that only our pages can fill in.

A cookie comes along by itself, so it proves who the browser is and not who wrote the request. A form, a link or a script
of anybody else can send neither our `Origin` nor the value that our pages have been given for this very session.
"""

from collections.abc import Mapping

from auth.caller import Caller
from graph.sign_in.sessions import Sessions
from schema.errors import UnauthenticatedError

# Its value is the hidden one of the forms on our pages.
FORM_HEADER = b"maillage-form"


class CookieCallers:
    """Who asks with a session cookie instead of a token."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def are_asked(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether a request comes with a session and without a token: a token is never mixed with a cookie."""
        return b"authorization" not in headers and self._sessions.cookie.id_of(_text(headers, b"cookie")) is not None

    async def caller(self, method: str, headers: Mapping[bytes, bytes]) -> Caller:
        """The caller of a request of our own pages. Raises UnauthenticatedError, UnavailableError."""
        cookies = _text(headers, b"cookie")
        # GET would make a link of it; the media type was checked before (a form cannot send JSON).
        if method != "POST":
            raise UnauthenticatedError(reason="cookie: method")
        if not self._sessions.form_is_ours(cookies, _text(headers, b"origin"), _text(headers, FORM_HEADER)):
            raise UnauthenticatedError(reason="cookie: not one of our pages")
        caller = await self._sessions.caller(cookies)
        if caller is None:
            raise UnauthenticatedError(reason="cookie: no session")
        return caller


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
