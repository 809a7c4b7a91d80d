"""The pages of a session under `/auth`: how to sign in, as what to act, who one is, and out again."""

import secrets
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.oauth.issuer import Issuer
from auth.policy import PURPOSES
from auth.signin.openid import sign_out_url
from auth.signin.people import Choice, Ended, Proof
from auth.signin.provider import Facts, SignInRefusedError
from auth.signin.sealing import Box
from dashboard.rendering import page
from graph.http.reception import Reception
from graph.sign_in.sessions import Sessions
from graph.sign_in.signin_forms import LOGIN, SIGN_IN, ForeignFormError, careful, form_of, redirect, uuid_of
from loaders.commands.identities import IdentityDesk
from loaders.journals.authentication_log import Who
from schema.errors import UnavailableError
from schema.vocabulary import Purpose, Role

HABILITATION = "/auth/habilitation"
LOGOUT = "/auth/logout"
SESSION = "/auth/session"
SIGNED_OUT = "/auth/signed-out"

SIGN_OUT = "sign-out"
CHOSEN = "habilitation.chosen"

_STATE_BYTES = 32

log = structlog.get_logger()


class NoHabilitationError(SignInRefusedError):
    """The person is a member, and nothing they may act under is live."""

    sentence = (
        "Vous êtes membre d’une organisation du réseau, mais aucune habilitation n’est en cours. Adressez-vous à la "
        "personne déléguée de votre organisation."
    )


class SignIn:
    """What every way of signing in ends with: a new session, under the habilitation that is chosen or the only one."""

    def __init__(self, sessions: Sessions, reception: Reception, home: str) -> None:
        self._sessions = sessions
        self.reception = reception
        self._home = home

    async def welcome(self, request: Request, member_id: UUID, proof: Proof, wanted: Choice | None = None) -> Response:
        """The first page of a new session. Raises SignInRefusedError where the member may not act."""
        identifier = await self._sessions.begin(member_id, proof, request.headers.get("cookie"))
        if identifier is None:
            raise SignInRefusedError(reason="member not active")
        cookie = self._sessions.cookie.set(identifier).partition(";")[0]
        await self._recorded(request, cookie, proof)
        choices = [wanted] if wanted else await self._sessions.choices(cookie)
        if not choices:
            await self._sessions.end(cookie)
            raise NoHabilitationError(reason="no live habilitation")
        if len(choices) > 1 or (wanted is None and len(PURPOSES[choices[0].role]) > 1):
            return self._with_cookie(redirect(HABILITATION), identifier)
        return await self.act(request, identifier, choices[0], first_purpose(choices[0].role))

    async def act(self, request: Request, identifier: str, choice: Choice, purpose: Purpose) -> Response:
        """Go on under a habilitation, with a new identifier."""
        chosen = await self._sessions.choose(identifier, choice.habilitation_id, purpose)
        if chosen is None:
            raise NoHabilitationError(reason="habilitation not live")
        fresh, caller = chosen
        who = Who(caller.organisation_id, caller.client_id, caller.member_id, purpose.value)
        await self._log(request, CHOSEN, who, habilitation=str(choice.habilitation_id))
        return self._with_cookie(redirect(self._home), fresh)

    async def ended(self, request: Request, gone: Ended) -> None:
        """Record a sign-out: it has happened, whether or not it can be written down."""
        try:
            await self._log(request, SIGN_OUT, Who(member_id=gone.member_id))
        except UnavailableError as problem:
            log.warning("sign_out_not_recorded", reason=problem.reason)

    async def _recorded(self, request: Request, cookie: str, proof: Proof) -> None:
        """Write down who came in before they are in; where that is impossible they are not."""
        person = await self._sessions.signed_in(cookie)
        who = Who(member_id=None if person is None else person.member_id)
        try:
            await self._log(request, SIGN_IN, who, provider=proof.idp_id or "demonstration", acr=proof.acr or "none")
        except UnavailableError:
            await self._sessions.end(cookie)
            raise

    async def _log(self, request: Request, what: str, who: Who, **details: str) -> None:
        await self.reception.log.done(what, who, address=self.reception.addresses.of(request), **details)

    def _with_cookie(self, answer: Response, identifier: str) -> Response:
        answer.headers.append("set-cookie", self._sessions.cookie.set(identifier))
        return answer


def first_purpose(role: Role) -> Purpose:
    """What a role does unless its holder says otherwise: the first of its purposes, in the order of the vocabulary."""
    return purposes_of(role)[0]


def purposes_of(role: Role) -> list[Purpose]:
    """What a role is for, in the order of the vocabulary."""
    return [purpose for purpose in Purpose if purpose in PURPOSES[role]]


class SessionPages:
    """The routes that need no provider."""

    def __init__(
        self, sessions: Sessions, signin: SignIn, identities: IdentityDesk, facts: Facts, box: Box, issuer: Issuer,
        *, demonstration: bool,
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._signin = signin
        self._identities = identities
        self._facts = facts
        self._box = box
        self._issuer = issuer
        self._demonstration = demonstration

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route(LOGIN, careful(self.login, self._signin.reception)),
            Route(SESSION, careful(self.session, self._signin.reception)),
            Route(HABILITATION, careful(self.habilitations, self._signin.reception)),
            Route(HABILITATION, careful(self.habilitation_chosen, self._signin.reception), methods=["POST"]),
            Route(LOGOUT, careful(self.logout, self._signin.reception), methods=["POST"]),
            Route(SIGNED_OUT, careful(self.signed_out, self._signin.reception)),
        ]

    async def login(self, request: Request) -> Response:
        """How to sign in; who has done so, and has not said as what to act, goes on with that."""
        person = await self._sessions.signed_in(request.headers.get("cookie"))
        if person is not None and person.habilitation_id is None:
            return redirect(HABILITATION)
        providers = await self._identities.providers()
        return page("signin/login.html", providers=providers, demonstration=self._demonstration)

    async def session(self, request: Request) -> Response:
        """Who is signed in."""
        cookies = request.headers.get("cookie")
        person = await self._sessions.signed_in(cookies)
        if person is None:
            return redirect(LOGIN)
        return page("signin/session.html", person=person, form_token=self._sessions.form_token(cookies))

    async def habilitations(self, request: Request) -> Response:
        """What the person can act as, and for what."""
        cookies = request.headers.get("cookie")
        person = await self._sessions.signed_in(cookies)
        if person is None:
            return redirect(LOGIN)
        choices = [(one, purposes_of(one.role)) for one in await self._sessions.choices(cookies)]
        token = self._sessions.form_token(cookies)
        return page("signin/habilitation.html", person=person, choices=choices, form_token=token)

    async def habilitation_chosen(self, request: Request) -> Response:
        """Act under another habilitation, or for another purpose: one at a time, they never add up."""
        cookies = request.headers.get("cookie")
        form = await self._own_form(request)
        wanted, _, purpose = form.get("choice", "").partition(" ")
        choices = await self._sessions.choices(cookies)
        choice = next((one for one in choices if one.habilitation_id == uuid_of(wanted)), None)
        identifier = self._sessions.cookie.id_of(cookies)
        if choice is None or identifier is None or purpose not in {one.value for one in PURPOSES[choice.role]}:
            return redirect(HABILITATION)
        return await self._signin.act(request, identifier, choice, Purpose(purpose))

    async def logout(self, request: Request) -> Response:
        """End the session, at once and everywhere; then, if the person's provider offers it, the session there."""
        await self._own_form(request)
        gone = await self._sessions.end(request.headers.get("cookie"))
        there = None
        if gone is not None:
            await self._signin.ended(request, gone)
            there = await self._at_provider(gone.proof)
        # Not a redirect: browsers apply `form-action` to where a form is redirected, and that is our own address only.
        answer = page("signin/signed_out.html", headers={"Refresh": f"0; url={there}"} if there else None, there=there)
        answer.headers.append("set-cookie", self._sessions.cookie.clear())
        return answer

    async def signed_out(self, _request: Request) -> Response:
        """Where a provider sends people back to."""
        return page("signin/signed_out.html", there=None)

    async def _at_provider(self, proof: Proof) -> str | None:
        if proof.idp_id is None or proof.sealed_id_token is None:
            return None
        id_token = self._box.open(proof.sealed_id_token, id_token_use(proof.idp_id))
        provider = await self._identities.provider_of_session(proof.idp_id)
        if provider is None or id_token is None:
            return None
        try:
            metadata = await self._facts.metadata(provider)
        except (UnavailableError, SignInRefusedError):
            # The session here has ended whatever the provider says.
            return None
        back = self._issuer.url + SIGNED_OUT
        return sign_out_url(metadata, id_token.decode(), secrets.token_urlsafe(_STATE_BYTES), back)

    async def _own_form(self, request: Request) -> dict[str, str]:
        form = await form_of(request)
        headers = request.headers
        if not self._sessions.form_is_ours(headers.get("cookie"), headers.get("origin"), form.get("form_token")):
            raise ForeignFormError
        return dict(form)


def id_token_use(idp_id: str) -> str:
    """What a provider's ID token is sealed for."""
    return f"ID token of {idp_id}"
