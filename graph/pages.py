"""What the pages are handed: the endpoint's own way of asking, and who is signed in."""

import structlog
from starlette.requests import Request

from auth.caller import Caller
from dashboard.seam import Seam
from graph.demonstration.demo_tool import CARD
from graph.demonstration.sandbox import DemoSandbox
from graph.documents import Documents, ResponseError
from graph.endpoint import GraphQLEndpoint
from graph.review import in_force
from graph.settings import Settings
from graph.sign_in.people import People
from graph.sign_in.signin_demo import DEMO
from graph.sign_in.signin_forms import LOGIN
from schema.errors import UnavailableError
from schema.vocabulary import Audience

log = structlog.get_logger()


def seam_of(
    endpoint: GraphQLEndpoint, documents: Documents, people: People, settings: Settings, *, demonstration: bool
) -> Seam:
    """The seam between the pages and the API; a demonstration signs in by its chooser, and has tools to try the API with."""
    sessions = people.sessions

    def fits(document: str, audience: Audience) -> bool:
        try:
            documents.prepare(audience, document, None)
        except ResponseError:
            return False
        return True

    async def signed_in(request: Request) -> Caller | None:
        return await sessions.caller(_cookies(request))

    def form_token(request: Request) -> str:
        return sessions.form_token(_cookies(request)) or ""

    def form_is_ours(request: Request, token: str) -> bool:
        return sessions.form_is_ours(_cookies(request), request.headers.get("origin"), token)

    async def leave(request: Request) -> str:
        try:
            gone = await sessions.end(_cookies(request))
            if gone is not None:
                await people.signin.ended(request, gone)
        except UnavailableError as problem:
            # Whoever leaves in a hurry leaves: this browser forgets the session, which then ends by its own time.
            log.warning("session_not_ended", reason=problem.reason)
        return sessions.cookie.clear()

    return Seam(
        ask=endpoint.ask,
        fits=fits,
        signed_in=signed_in,
        form_token=form_token,
        form_is_ours=form_is_ours,
        leave=leave,
        sign_in=DEMO if demonstration else LOGIN,
        policy=in_force,
        demonstration=demonstration,
        console=settings.console or demonstration,
        sandbox=DemoSandbox(settings.data / CARD).token if demonstration else None,
    )


def _cookies(request: Request) -> str | None:
    return request.headers.get("cookie")
