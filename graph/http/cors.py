"""CORS: browsers of the configured origins may call the API with a token; nobody else's may, and no cookie ever.

Starlette has a middleware for this; it answers preflights in plain text, and a refused one with 400. Here every other
origin gets exactly the answer it would get without CORS, and every answer with a body is JSON.
"""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, content-type, accept, dpop, traceparent, idempotency-key"),
    (b"access-control-max-age", b"600"),
]
# What a page may read of an answer beyond the safe-listed headers.
_EXPOSED = (b"access-control-expose-headers", b"www-authenticate, retry-after, allow, dpop-nonce")
_VARY = (b"vary", b"Origin")


class CrossOrigin:
    """Adds the CORS headers for the origins it knows; it stands there only where there are any."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight of a known origin, pass everything else on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == b"origin"]
        known = len(given) == 1 and given[0] in self._origins
        headers = [(b"access-control-allow-origin", given[0]), _VARY] if known else [_VARY]
        asks = any(name == b"access-control-request-method" for name, _ in scope["headers"])
        if known and scope["method"] == "OPTIONS" and asks:
            await send({"type": "http.response.start", "status": 204, "headers": [*headers, *_PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
            return
        if known:
            headers.append(_EXPOSED)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self._app(scope, receive, sending)
