"""The headers that every answer carries, whoever made it."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

SAFE_HEADERS: Sequence[Header] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
# Two years: only where the service has an https address, never on loopback.
TRANSPORT_HEADER: Header = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


# Of a handshake that is refused, too.
_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})


class SafeHeaders:
    """Adds what an answer does not say itself."""

    def __init__(self, app: ASGIApp, headers: Sequence[Header]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, the start of an answer with its headers."""

        async def sending(message: Message) -> None:
            if message["type"] in _STARTS:
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in said)]
            await send(message)

        await self._app(scope, receive, sending)
