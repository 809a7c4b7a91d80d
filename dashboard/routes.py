"""Every address of the pages, in one visible list."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import assets
from dashboard.navigation import entries, entry_of
from dashboard.pages import (
    accesses,
    bilan,
    console,
    deadlines,
    developers,
    entry,
    inbox,
    matrix,
    monitoring,
    network,
    referrals,
    tools,
    validation,
    versions,
    would_see,
)
from dashboard.rendering import ASSETS, PAGE_HEADERS
from dashboard.seam import Seam
from dashboard.visit import Handler, Visit, refusal, visited
from schema.errors import NotFoundError, RefusedError, ValidationFailedError

# Where « Quitter vite » leads: a page that anybody looks at.
ELSEWHERE = "https://meteofrance.com/"


class Pages:
    """The pages of one server."""

    def __init__(self, seam: Seam) -> None:
        self._seam = seam

    def routes(self) -> Sequence[BaseRoute]:
        """Where they are."""
        return [
            Route("/", self._home),
            Route("/quitter", self._left),
            Route(f"{assets.PREFIX}/{{name:path}}", ASSETS.serve),
            self._page("/orientations", "referrals", referrals.listed),
            self._page("/orientations/{id}", "referrals", referrals.shown, referrals.recorded),
            self._page("/saisie", "entry", entry.listed, entry.opened),
            self._page("/saisie/{id}", "entry", entry.shown, entry.saved),
            self._page("/validation", "validation", validation.listed),
            self._page("/validation/{id}", "validation", validation.shown, validation.decided),
            self._page("/crip", "inbox", inbox.listed),
            self._page("/crip/{id}", "inbox", inbox.shown, inbox.handled),
            self._page("/delais", "deadlines", deadlines.shown),
            self._page("/delais.csv", "deadlines", deadlines.exported),
            self._page("/journal", "accesses", accesses.listed),
            self._page("/journal/personne", "accesses", accesses.listed, accesses.named),
            self._page("/journal.csv", "accesses", accesses.exported),
            self._page("/reseau", "network", network.listed, network.changed),
            self._page("/reseau/outils", "network", tools.listed, tools.changed),
            self._page("/reseau/verrait", "network", would_see.shown),
            self._page("/developpeurs", "developers", developers.shown, developers.tried),
            self._page("/developpeurs/console", "console", console.shown),
            self._page("/developpeurs/{audience}.graphql", "developers", developers.contract),
            self._page("/developpeurs/{audience}", "developers", developers.read),
            self._page("/matrice", "matrix", matrix.shown),
            self._page("/matrice/versions", "matrix", versions.shown),
            *(self._page(f"/bilan.{form}", "bilan", bilan.taken(form)) for form in ("csv", "json", "html", "pdf")),
            self._page("/bilan", "bilan", bilan.shown, bilan.decided),
            self._page("/veille", "monitoring", monitoring.shown),
            self._page("/veille.csv", "monitoring", monitoring.exported),
        ]

    def nothing_here(self, request: Request) -> Response:
        """An address that does not exist, for a browser."""
        return refusal(request, self._seam, NotFoundError.code)

    def _page(self, path: str, key: str, read: Handler, write: Handler | None = None) -> Route:
        async def either(visit: Visit) -> Response:
            return await (write if write is not None and visit.request.method == "POST" else read)(visit)

        methods = ["GET"] if write is None else ["GET", "POST"]
        return Route(path, visited(either, self._seam, entry_of(key)), methods=methods)

    async def _home(self, request: Request) -> Response:
        try:
            caller = await self._seam.signed_in(request)
        except RefusedError as refused:
            return refusal(request, self._seam, refused.code)
        if caller is None:
            return RedirectResponse(self._seam.sign_in, 303, PAGE_HEADERS)
        offered = entries(self._seam.fits, caller.audience)
        if not offered:
            return refusal(request, self._seam, ValidationFailedError.code, caller=caller)
        return RedirectResponse(offered[0].path, 303, PAGE_HEADERS)

    async def _left(self, request: Request) -> Response:
        """Leave at once: the session is over, and the browser shows something that says nothing."""
        headers = {**PAGE_HEADERS, "Clear-Site-Data": '"cache"'}
        answer = RedirectResponse(ELSEWHERE, 303, headers)
        answer.headers.append("set-cookie", await self._seam.leave(request))
        return answer
