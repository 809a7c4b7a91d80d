"""The public checkpoint of the journals: what a partner keeps, to show one day that history was rewritten."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph import answers
from loaders.journals.sealer import Sealer
from schema.errors import UnavailableError

CHECKPOINT_PATH = "/.well-known/audit-checkpoint"
KEY_PATH = "/.well-known/audit-key"

_NOTE = "text/plain; charset=utf-8"
_FRESH = {"Cache-Control": "no-cache"}


def routes(sealer: Sealer) -> list[Route]:
    """The routes of witnesses; both answer without a token, from memory."""

    async def checkpoint(_: Request) -> Response:
        if sealer.checkpoint is None:
            problem = UnavailableError("There is no checkpoint at this moment: try again in a minute.")
            return Response(answers.refusal(problem), problem.status, _FRESH, "application/json")
        return Response(sealer.checkpoint, 200, _FRESH, _NOTE)

    async def verifier_key(_: Request) -> Response:
        return Response(f"{sealer.signer.verifier}\n", 200, _FRESH, _NOTE)

    return [Route(CHECKPOINT_PATH, checkpoint), Route(KEY_PATH, verifier_key)]
