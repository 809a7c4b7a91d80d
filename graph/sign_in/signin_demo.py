"""The demonstration's sign-in: a page of invented people, there in a demonstration only, and it says so."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.oauth.issuer import Issuer
from auth.signin.cookies import Cookie, new_id
from auth.signin.forms import Forms
from auth.signin.people import Choice, DemoPerson, Proof
from dashboard.rendering import page
from graph.sign_in.signin import SignIn
from graph.sign_in.signin_forms import ForeignFormError, careful, form_of, redirect, uuid_of
from loaders.commands.sessions import SessionDesk

DEMO = "/auth/demo"
_VISIT_SECONDS = 3600


class DemoSignIn:
    """Whom to be."""

    def __init__(self, signin: SignIn, desk: SessionDesk, issuer: Issuer, forms: Forms) -> None:
        self._signin = signin
        self._desk = desk
        self._forms = forms
        # Binds the form of a browser that is not signed in; worth nothing else.
        self._visit = Cookie.named("maillage-visit", issuer, _VISIT_SECONDS)

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route(DEMO, careful(self.people, self._signin.reception)),
            Route(DEMO, careful(self.chosen, self._signin.reception), methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """Everybody invented, by organisation and role."""
        known = self._visit.id_of(request.headers.get("cookie"))
        visit = known or new_id()
        people = await self._desk.demonstration()
        answer = page("signin/demo.html", organisations=_grouped(people), form_token=self._forms.token(visit))
        if known is None:
            answer.headers.append("set-cookie", self._visit.set(visit))
        return answer

    async def chosen(self, request: Request) -> Response:
        """Sign in as one of them."""
        form = await form_of(request)
        visit = self._visit.id_of(request.headers.get("cookie"))
        if not self._forms.is_ours(visit, request.headers.get("origin"), form.get("form_token")):
            raise ForeignFormError
        wanted = uuid_of(form.get("habilitation"))
        person = next((one for one in await self._desk.demonstration() if one.habilitation_id == wanted), None)
        if person is None:
            return redirect(DEMO)
        choice = Choice(person.habilitation_id, person.role, person.organisation)
        return await self._signin.welcome(request, person.member_id, Proof(), choice)


def _grouped(people: list[DemoPerson]) -> list[tuple[str, list[tuple[str, list[DemoPerson]]]]]:
    return [
        (organisation, [(role.label, list(found)) for role, found in groupby(inside, lambda one: one.role)])
        for organisation, inside in groupby(people, lambda one: one.organisation)
    ]
