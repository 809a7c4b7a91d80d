"""The pages of sign-in under `/auth`: who signs in, under what, and out again."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import groupby
from typing import TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from auth.oauth.issuer import Issuer
from auth.policy import PURPOSES
from auth.signin.cookies import Cookie, new_id
from auth.signin.forms import Forms
from auth.signin.people import DemoPerson, Proof
from dashboard.rendering import PAGE_HEADERS, page
from graph.sessions import Sessions
from loaders.commands.sessions import SessionDesk
from schema.errors import RefusedError, UnavailableError
from schema.vocabulary import Purpose, Role

# Where a person is taken once signed in: the first page of her role.
FIRST_PAGE = "/"
HOME = "/auth/session"
LOGIN = "/auth/login"
DEMO = "/auth/demo"
LOGOUT = "/auth/logout"

_MOST_FORM_BYTES = 8192
_MOST_FIELDS = 8
_VISIT_SECONDS = 3600

Handler = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")

log = structlog.get_logger()


class ForeignFormError(RefusedError):
    """A form that none of our pages sent, or that was shown too long ago."""

    code = "FORBIDDEN"
    sentence = (
        "Ce formulaire n’est plus valable, ou n’a pas été envoyé depuis nos pages. Rouvrez la page et recommencez ; "
        "rien n’a été fait."
    )
    status = 403


class SignInPages:
    """The routes of sign-in; the demonstration's chooser is one of them in a demonstration only."""

    def __init__(
        self, sessions: Sessions, desk: SessionDesk, issuer: Issuer, forms: Forms, *, demonstration: bool
    ) -> None:
        self._sessions = sessions
        self._desk = desk
        self._forms = forms
        self._demonstration = demonstration
        # Binds the forms of a browser that is not signed in; worth nothing else.
        self._visit = Cookie.named("maillage-visit", issuer, _VISIT_SECONDS)

    def routes(self) -> list[Route]:
        """What is served."""
        made = [
            Route(LOGIN, _careful(self.login)),
            Route(HOME, _careful(self.session)),
            Route(LOGOUT, _careful(self.logout), methods=["POST"]),
        ]
        if self._demonstration:
            made += [
                Route(DEMO, _careful(self.demo)),
                Route(DEMO, _careful(self.demo_chosen), methods=["POST"]),
            ]
        return made

    async def login(self, _request: Request) -> Response:
        """How to sign in."""
        return page("signin/login.html", demonstration=self._demonstration)

    async def session(self, request: Request) -> Response:
        """Who is signed in."""
        cookies = request.headers.get("cookie")
        person = await self._sessions.signed_in(cookies)
        if person is None:
            return _redirect(LOGIN)
        return page("signin/session.html", person=person, form_token=self._sessions.form_token(cookies))

    async def logout(self, request: Request) -> Response:
        """End the session, at once and everywhere."""
        cookies = request.headers.get("cookie")
        form = await _form(request)
        if not self._sessions.form_is_ours(cookies, request.headers.get("origin"), form.get("form_token")):
            raise ForeignFormError
        await self._sessions.end(cookies)
        answer = page("signin/signed_out.html")
        answer.headers.append("set-cookie", self._sessions.cookie.clear())
        return answer

    async def demo(self, request: Request) -> Response:
        """Whom to be, in the demonstration."""
        known = self._visit.id_of(request.headers.get("cookie"))
        visit = known or new_id()
        people = await self._desk.demonstration()
        answer = page("signin/demo.html", organisations=_grouped(people), form_token=self._forms.token(visit))
        if known is None:
            answer.headers.append("set-cookie", self._visit.set(visit))
        return answer

    async def demo_chosen(self, request: Request) -> Response:
        """Sign in as somebody invented."""
        form = await _form(request)
        visit = self._visit.id_of(request.headers.get("cookie"))
        if not self._forms.is_ours(visit, request.headers.get("origin"), form.get("form_token")):
            raise ForeignFormError
        wanted = _uuid(form.get("habilitation"))
        person = next((one for one in await self._desk.demonstration() if one.habilitation_id == wanted), None)
        if person is None:
            return _redirect(DEMO)
        cookies = request.headers.get("cookie")
        identifier = await self._sessions.begin(person.member_id, Proof(), cookies)
        if identifier is not None:
            identifier = await self._sessions.choose(identifier, person.habilitation_id, first_purpose(person.role))
        if identifier is None:
            return _redirect(DEMO)
        return self._welcome(identifier)

    def _welcome(self, identifier: str) -> Response:
        answer = _redirect(FIRST_PAGE)
        answer.headers.append("set-cookie", self._sessions.cookie.set(identifier))
        return answer


def first_purpose(role: Role) -> Purpose:
    """What a role does unless its holder says otherwise: the first of its purposes, in the order of the vocabulary."""
    return next(purpose for purpose in Purpose if purpose in PURPOSES[role])


def _grouped(people: list[DemoPerson]) -> list[tuple[str, list[tuple[str, list[DemoPerson]]]]]:
    return [
        (organisation, [(role.label, list(found)) for role, found in groupby(inside, lambda one: one.role)])
        for organisation, inside in groupby(people, lambda one: one.organisation)
    ]


def _careful(handler: Handler) -> Handler:
    """What goes wrong is a page too."""

    async def careful(request: Request) -> Response:
        try:
            return await handler(request)
        except UnavailableError as problem:
            log.warning("sign_in_unavailable", reason=problem.reason)
            return page(
                "signin/refused.html", 503, {"Retry-After": "2"}, title="Service indisponible",
                sentence="Le service ne répond pas pour l’instant. Réessayez dans un moment.", again=LOGIN,
            )  # fmt: skip
        except RefusedError as problem:
            log.info("sign_in_refused", code=problem.code, reason=problem.reason)
            return page(
                "signin/refused.html", problem.status, title="Demande refusée", sentence=problem.sentence, again=LOGIN
            )

    return careful


async def _form(request: Request) -> Mapping[str, str]:
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


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _redirect(path: str) -> Response:
    # 303: whatever the method was, the next page is fetched with GET.
    return RedirectResponse(path, 303, PAGE_HEADERS)
