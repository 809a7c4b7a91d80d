"""What the pages are handed: the endpoint's own way of asking, and who is signed in."""

from starlette.requests import Request

from auth.caller import Caller
from dashboard.seam import Seam
from graph.documents import Documents, ResponseError
from graph.endpoint import GraphQLEndpoint
from graph.sessions import Sessions
from graph.signin_demo import DEMO
from graph.signin_forms import LOGIN
from schema.vocabulary import Audience


def seam_of(endpoint: GraphQLEndpoint, documents: Documents, sessions: Sessions, *, demonstration: bool) -> Seam:
    """The seam between the pages and the API; a demonstration signs in by its chooser."""

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
        await sessions.end(_cookies(request))
        return sessions.cookie.clear()

    return Seam(
        ask=endpoint.ask,
        fits=fits,
        signed_in=signed_in,
        form_token=form_token,
        form_is_ours=form_is_ours,
        leave=leave,
        sign_in=DEMO if demonstration else LOGIN,
        demonstration=demonstration,
    )


def _cookies(request: Request) -> str | None:
    return request.headers.get("cookie")
