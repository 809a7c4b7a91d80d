"""Sign-in put together: its parts are made here once, for the server and for the tests alike."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from starlette.routing import Route

from auth.oauth.issuer import Issuer
from auth.signin.forms import Forms
from auth.signin.pinned import PinnedTransport
from auth.signin.provider import PATIENCE, Facts
from auth.signin.sealing import Box
from graph.http.reception import Reception
from graph.settings import Secrets
from graph.sign_in.sessions import Sessions
from graph.sign_in.signin import SessionPages, SignIn
from graph.sign_in.signin_demo import DemoSignIn
from graph.sign_in.signin_openid import OpenIdSignIn
from loaders.commands.identities import IdentityDesk
from loaders.commands.sessions import SessionDesk
from loaders.postgres.connections import Lanes

# Where a person is taken once signed in: the first page of their role.
FIRST_PAGE = "/"


@dataclass(frozen=True, slots=True)
class People:
    """What the rest of the server needs of sign-in."""

    sessions: Sessions
    signin: SignIn
    routes: list[Route]
    # To the providers; to be closed at the end.
    http: httpx2.AsyncClient


def people_pages(
    lanes: Lanes,
    secrets: Secrets,
    issuer: Issuer,
    reception: Reception,
    *,
    demonstration: bool,
    clock: Callable[[], float] = time.time,
) -> People:
    """Sign-in over a database; only a demonstration lets people be somebody without proof."""
    desk, forms, box = SessionDesk(lanes), Forms(secrets.forms, issuer), Box(secrets.signin)
    http = httpx2.AsyncClient(timeout=PATIENCE, transport=PinnedTransport())
    identities, facts = IdentityDesk(lanes, box), Facts(http)
    sessions = Sessions(desk, issuer, forms)
    signin = SignIn(sessions, reception, FIRST_PAGE)
    pages = SessionPages(sessions, signin, identities, facts, box, issuer, demonstration=demonstration)
    routes = [*pages.routes(), *OpenIdSignIn(signin, identities, facts, http, box, issuer, clock).routes()]
    if demonstration:
        routes += DemoSignIn(signin, desk, issuer, forms).routes()
    return People(sessions, signin, routes, http)
