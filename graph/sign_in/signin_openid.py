"""Sign-in with a provider: there with `/auth/login/{provider}`, back with `/auth/callback/{provider}`."""

import time
from collections.abc import Callable

import httpx2
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from auth.oauth.issuer import Issuer
from auth.signin.attempt import SECONDS, Attempt, opened
from auth.signin.cookies import Cookie
from auth.signin.openid import Identity, authorization_url, code_of, identity_of
from auth.signin.people import Proof
from auth.signin.provider import Facts, Provider, SignInRefusedError, is_id
from auth.signin.sealing import Box
from dashboard.rendering import PAGE_HEADERS, page
from graph.sign_in.signin import SignIn, id_token_use
from graph.sign_in.signin_forms import Handler, careful
from loaders.commands.identities import IdentityDesk

START = "/auth/login/{provider}"
CALLBACK = "/auth/callback/{provider}"
INVITATION = "/auth/invitation/{code}"

_LONGEST_CODE = 128


class OpenIdSignIn:
    """The routes of sign-in with a provider."""

    def __init__(
        self, signin: SignIn, identities: IdentityDesk, facts: Facts, http: httpx2.AsyncClient, box: Box, issuer: Issuer,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._signin = signin
        self._identities = identities
        self._facts = facts
        self._http = http
        self._box = box
        self._issuer = issuer
        self._clock = clock
        self._attempt = Cookie.named("maillage-sign-in", issuer, SECONDS)

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route(START, careful(self.start, self._signin.reception)),
            Route(CALLBACK, self._once(careful(self.back, self._signin.reception))),
            Route(INVITATION, careful(self.invited, self._signin.reception)),
        ]

    async def invited(self, request: Request) -> Response:
        """The page behind the link of an invitation: where to sign in to use it. It says nothing about the code."""
        code = request.path_params["code"]
        providers = await self._identities.providers()
        return page("signin/invitation.html", providers=providers, code=code if _is_code(code) else "")

    async def start(self, request: Request) -> Response:
        """To the provider, with what will prove that the answer belongs to this browser."""
        provider = await self._provider(request)
        code = request.query_params.get("invitation")
        attempt = Attempt.new(provider.id, self._clock(), code if code and _is_code(code) else None)
        metadata = await self._facts.metadata(provider)
        again = request.query_params.get("again") == "1"
        url = authorization_url(provider, metadata, attempt, self.redirect_uri(provider), again=again)
        answer = RedirectResponse(url, 303, PAGE_HEADERS)
        answer.headers.append("set-cookie", self._attempt.set(attempt.sealed(self._box)))
        return answer

    async def back(self, request: Request) -> Response:
        """From the provider: who it is, by what was proven, and what our tables make of it."""
        provider = await self._provider(request)
        sealed = self._attempt.value_of(request.headers.get("cookie"))
        attempt = opened(sealed, provider.id, self._box, self._clock())
        if attempt is None:
            raise SignInRefusedError(reason="no attempt")
        metadata = await self._facts.metadata(provider)
        code = code_of(request.scope["query_string"], provider, metadata, attempt)
        identity = await identity_of(
            code, provider, self._facts, self._http, attempt, self.redirect_uri(provider), self._clock()
        )
        member_id = await self._identities.member_of(identity, attempt.code)
        return await self._signin.welcome(request, member_id, self._proof(identity))

    def redirect_uri(self, provider: Provider) -> str:
        """Where the provider sends people back to: to the letter what is registered there."""
        return self._issuer.url + CALLBACK.format(provider=provider.id)

    def _proof(self, identity: Identity) -> Proof:
        name = identity.provider.id
        return Proof(name, identity.acr, self._box.seal(identity.id_token.encode(), id_token_use(name)))

    def _once(self, handler: Handler) -> Handler:
        """An attempt is over with its first answer, whatever that was."""

        async def once(request: Request) -> Response:
            answer = await handler(request)
            answer.headers.append("set-cookie", self._attempt.clear())
            return answer

        return once

    async def _provider(self, request: Request) -> Provider:
        name = request.path_params["provider"]
        found = await self._identities.provider(name) if is_id(name) else None
        if found is None:
            raise SignInRefusedError(reason="unknown provider")
        return found


def _is_code(text: str) -> bool:
    return len(text) <= _LONGEST_CODE and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
