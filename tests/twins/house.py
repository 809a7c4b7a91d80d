"""One world behind the whole server, and all that a viewer can tell of what it answers."""

import json
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.applications import Starlette
from structlog.testing import capture_logs

from auth.oauth.issuer import Issuer

ISSUER = Issuer("http://127.0.0.1:8000")

TRACE = "00-" + "5a" * 16 + "-" + "5a" * 8 + "-01"


@dataclass(repr=False)
class House:
    """One world behind the whole server."""

    name: str
    app: Starlette
    http: httpx2.AsyncClient
    admin_dsn: str

    async def ask(self, token: str, body: Any) -> "Reply":
        """Everything that comes back, and everything that was logged meanwhile."""
        return await self._heard(self.http.post("/graphql", json=body, headers=_headers(token)))

    async def get(self, token: str, query: str) -> "Reply":
        """The same by GET."""
        return await self._heard(self.http.get("/graphql", params={"query": query}, headers=_headers(token)))

    async def _heard(self, asking: Awaitable[httpx2.Response]) -> "Reply":
        heard = _Listener()
        root = logging.getLogger()
        root.addHandler(heard)
        try:
            with capture_logs() as lines:
                answer = await asking
        finally:
            root.removeHandler(heard)
        return Reply(
            answer.status_code,
            tuple(sorted(answer.headers.multi_items())),
            answer.content,
            tuple(json.dumps(line, sort_keys=True, default=str) for line in lines),
            tuple(heard.lines),
        )


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "traceparent": TRACE}


class _Listener(logging.Handler):
    """Keeps what is logged by way of the standard library."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx", "httpcore", "asyncio", "hypothesis")):
            self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")


@dataclass(frozen=True)
class Reply:
    """All that a viewer can tell of an answer, and all that is told elsewhere about it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    lines: tuple[str, ...]
    logged: tuple[str, ...]
