"""The addresses of the authorization server: metadata, public keys, tokens."""

from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.oauth.guard import MAX_BODY, RawRequest
from auth.oauth.issuer import JWKS_PATH, METADATA_PATH, TOKEN_PATH
from loaders.commands.authorization import AuthorizationDesk
from schema.errors import UnavailableError

_ANY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# The time in which a new signing key becomes known to everyone who caches the key set.
_CACHED = {"Cache-Control": "public, max-age=300"}
_NOT_CACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}

log = structlog.get_logger()


def routes(desk: AuthorizationDesk) -> list[Route]:
    """The routes of the authorization server."""

    async def server_metadata(_request: Request) -> Response:
        return _json(dict(desk.metadata), 200, _CACHED)

    async def public_keys(_request: Request) -> Response:
        try:
            return _json({"keys": await desk.public_keys()}, 200, _CACHED)
        except UnavailableError as error:
            return _unavailable(error)

    async def token(request: Request) -> Response:
        raw = RawRequest(
            method=request.method,
            query=request.scope["query_string"],
            headers=tuple(request.scope["headers"]),
            body=await _body(request),
        )
        try:
            reply = await desk.token(raw)
        except UnavailableError as error:
            return _unavailable(error)
        if reply.reason is not None:
            log.info("token_refused", reason=reply.reason, client_id=reply.client_id)
        return _json(dict(reply.body), reply.status, dict(reply.headers))

    return [
        Route(METADATA_PATH, server_metadata),
        Route(JWKS_PATH, public_keys),
        # Every method, so that a wrong one is refused in the form that OAuth clients read.
        Route(TOKEN_PATH, token, methods=_ANY_METHOD),
    ]


async def _body(request: Request) -> bytes:
    """The body, read only until it is certainly too large: the guard then refuses it by its length."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            break
    return body


def _json(body: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), status, {**headers, "Content-Type": "application/json"})


def _unavailable(error: UnavailableError) -> Response:
    log.warning("authorization_unavailable", reason=error.reason)
    body = {"error": "temporarily_unavailable", "error_description": "Try again in a moment."}
    return _json(body, 503, {**_NOT_CACHED, "Retry-After": "2"})
