"""The addresses of the authorization server: metadata, public keys, tokens, introspection, revocation."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.oauth.guard import MAX_BODY, RawRequest
from auth.oauth.issuer import (
    API_PATH,
    INTROSPECTION_PATH,
    JWKS_PATH,
    METADATA_PATH,
    RESOURCE_PATH,
    REVOCATION_PATH,
    TOKEN_PATH,
)
from auth.oauth.server import OAuthReply
from graph.http.reception import ISSUED, READ_ONLY, REVOKED, Reception
from loaders.commands.authorization import AuthorizationDesk
from schema.errors import UnavailableError

ANY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# The time in which a new signing key becomes known to everyone who caches the key set.
_CACHED = {"Cache-Control": "public, max-age=300"}
_NOT_CACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}

log = structlog.get_logger()


def routes(desk: AuthorizationDesk, reception: Reception) -> list[Route]:
    """The routes of the authorization server."""

    async def server_metadata(_request: Request) -> Response:
        return _json(dict(desk.metadata), 200, _CACHED)

    async def resource_metadata(_request: Request) -> Response:
        return _json(dict(desk.resource_metadata), 200, _CACHED)

    async def public_keys(_request: Request) -> Response:
        try:
            return _json({"keys": await desk.public_keys()}, 200, _CACHED)
        except UnavailableError as error:
            return _unavailable(error)

    return [
        Route(METADATA_PATH, server_metadata),
        # RFC 9728, section 3.1: the address of the metadata ends in the path of the resource; the other one is guessed.
        Route(RESOURCE_PATH + API_PATH, resource_metadata),
        Route(RESOURCE_PATH, resource_metadata),
        Route(JWKS_PATH, public_keys),
        # Every method, so that a wrong one is refused in the form that OAuth clients read.
        Route(TOKEN_PATH, _answered_by(ISSUED, desk.token, reception), methods=ANY_METHOD),
        Route(INTROSPECTION_PATH, _answered_by(READ_ONLY, desk.introspect, reception), methods=ANY_METHOD),
        Route(REVOCATION_PATH, _answered_by(REVOKED, desk.revoke, reception), methods=ANY_METHOD),
    ]


def _answered_by(
    what: str, answer: Callable[[RawRequest], Awaitable[OAuthReply]], reception: Reception
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that gives the raw request to the desk, and its answer to the client."""

    async def endpoint(request: Request) -> Response:
        raw = RawRequest(
            method=request.method,
            query=request.scope["query_string"],
            headers=tuple(request.scope["headers"]),
            body=await limited_body(request),
        )
        visit = reception.visit(what, request, raw)
        if visit.wait:
            return too_often(visit.wait)
        try:
            reply = await answer(raw)
            await visit.noted(reply)
        except UnavailableError as error:
            return _unavailable(error)
        return _json(dict(reply.body), reply.status, dict(reply.headers))

    return endpoint


def too_often(seconds: int) -> Response:
    """The answer to whoever has to wait, in the form that OAuth clients read."""
    body = {"error": "slow_down", "error_description": f"Too many attempts: try again in {seconds} s."}
    return _json(body, 429, {**_NOT_CACHED, "Retry-After": str(seconds)})


async def limited_body(request: Request) -> bytes:
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
