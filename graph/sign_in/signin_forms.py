"""What all pages of sign-in share: forms are read strictly, and what goes wrong is a page too."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.signin.provider import TwoFactorsError, WrongInvitationError
from dashboard.rendering import PAGE_HEADERS, page
from graph.http.reception import Reception
from schema.errors import RefusedError, UnavailableError

LOGIN = "/auth/login"
SIGN_IN = "sign-in"

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


def careful(handler: Handler, reception: Reception) -> Handler:
    """A handler whose refusals are pages, and are counted in the access log."""

    async def answered(request: Request) -> Response:
        visit = reception.visit(SIGN_IN, request)
        if visit.wait:
            sentence = "Trop de tentatives ont échoué depuis votre réseau. Attendez un moment avant de recommencer."
            return refused(429, "Trop de tentatives", sentence, headers={"Retry-After": str(visit.wait)})
        try:
            return await handler(request)
        except UnavailableError as problem:
            log.warning("sign_in_unavailable", reason=problem.reason)
            sentence = (
                "Le service, ou votre fournisseur d’identité, ne répond pas pour l’instant. Réessayez dans un moment."
            )
            return refused(503, "Service indisponible", sentence, headers={"Retry-After": "2"})
        except TwoFactorsError as problem:
            visit.refused(str(problem.reason), is_guess=False)
            # Step-up: the provider is asked for a new sign-in, where it can ask for the second factor.
            again = request.url.path.replace("/callback/", "/login/") + "?again=1"
            return refused(problem.status, "Deux facteurs exigés", problem.sentence, again=again)
        except RefusedError as problem:
            # Anybody's page can make a browser send nonsense here: only a wrong code counts against its address.
            visit.refused(str(problem.reason or problem.code), is_guess=isinstance(problem, WrongInvitationError))
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
