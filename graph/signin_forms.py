"""What all pages of sign-in share: forms are read strictly, and what goes wrong is a page too."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.signin.provider import TwoFactorsError
from dashboard.rendering import PAGE_HEADERS, page
from schema.errors import RefusedError, UnavailableError

LOGIN = "/auth/login"

_MOST_FORM_BYTES = 8192
_MOST_FIELDS = 8

Handler = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger()


class ForeignFormError(RefusedError):
    """A form that none of our pages sent, or that was shown too long ago."""

    code = "FORBIDDEN"
    sentence = (
        "Ce formulaire n’est plus valable, ou n’a pas été envoyé depuis nos pages. Rouvrez la page et recommencez ; "
        "rien n’a été fait."
    )
    status = 403


def careful(handler: Handler) -> Handler:
    """A handler whose refusals are pages."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except UnavailableError as problem:
            log.warning("sign_in_unavailable", reason=problem.reason)
            sentence = (
                "Le service, ou votre fournisseur d’identité, ne répond pas pour l’instant. Réessayez dans un moment."
            )
            return refused(503, "Service indisponible", sentence, headers={"Retry-After": "2"})
        except TwoFactorsError as problem:
            log.info("sign_in_refused", code=problem.code, reason=problem.reason)
            # Step-up: the provider is asked for a new sign-in, where it can ask for the second factor.
            again = request.url.path.replace("/callback/", "/login/") + "?again=1"
            return refused(problem.status, "Deux facteurs exigés", problem.sentence, again=again)
        except RefusedError as problem:
            log.info("sign_in_refused", code=problem.code, reason=problem.reason)
            return refused(problem.status, "Demande refusée", problem.sentence)

    return answered


def refused(
    status: int, title: str, sentence: str, *, again: str = LOGIN, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says why not, and what to do."""
    return page("signin/refused.html", status, headers, title=title, sentence=sentence, again=again)


def redirect(path: str) -> Response:
    """To another page: 303, so that it is fetched with GET whatever the method was."""
    return RedirectResponse(path, 303, PAGE_HEADERS)


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; nothing where it is not one, is too large, or says something twice."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        return {}
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            return {}
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    found = dict(fields)
    return found if len(found) == len(fields) else {}


def uuid_of(text: str | None) -> UUID | None:
    """An id in a form, if it is one."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
