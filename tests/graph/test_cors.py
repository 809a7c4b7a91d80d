"""A page of a configured origin may call the API; for any other the answer is what it would be without CORS."""

from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from graph.http.cors import CrossOrigin
from graph.settings import Settings
from tests.network import Network

OURS, OTHER = "https://outil.example", "https://autre.example"


async def _endpoint(scope: Scope, _: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-method", scope["method"].encode())]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _ask(method: str, headers: list[tuple[str, str]]) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=CrossOrigin(_endpoint, [OURS]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.request(method, "/graphql", headers=headers)


def _cors(answer: httpx2.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control")}


async def test_a_preflight_of_a_known_origin_is_answered() -> None:
    answer = await _ask("OPTIONS", [("Origin", OURS), ("Access-Control-Request-Method", "POST")])
    assert answer.status_code == 204
    assert answer.headers["vary"] == "Origin"
    allowed = _cors(answer)
    assert allowed["access-control-allow-origin"] == OURS
    assert allowed["access-control-allow-methods"] == "GET, POST"
    assert {"authorization", "content-type", "dpop"} <= set(allowed["access-control-allow-headers"].split(", "))
    # Never a cookie.
    assert "access-control-allow-credentials" not in allowed


async def test_an_answer_may_be_read_by_a_known_origin() -> None:
    answer = await _ask("POST", [("Origin", OURS)])
    assert (answer.status_code, answer.headers["x-method"]) == (200, "POST")
    assert _cors(answer) == {
        "access-control-allow-origin": OURS,
        "access-control-expose-headers": "www-authenticate, retry-after, allow, dpop-nonce",
    }


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Origin", OTHER)],
        [("Origin", "null")],
        [("Origin", OURS + ".evil.example")],
        [("Origin", OURS.upper())],
        [("Origin", OURS), ("Origin", OTHER)],
    ],
)
async def test_nobody_else_is_told_anything(headers: list[tuple[str, str]]) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = await _ask(method, [*headers, ("Access-Control-Request-Method", "POST")])
        assert (answer.status_code, answer.headers["x-method"]) == (200, method)
        assert _cors(answer) == {}
        assert answer.headers["vary"] == "Origin"


def test_without_configured_origins_there_is_no_cors(network: Network) -> None:
    answer = network.http.options(
        f"{network.base_url}/graphql", headers={"Origin": OURS, "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 405
    assert _cors(answer) == {}


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example", "outil.example", "https://a.example/", "https://a.example/x", "file://"]
)
def test_an_origin_is_exact(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(origins=(origin,))


def test_exact_origins_are_taken() -> None:
    assert Settings(origins=(OURS, "http://localhost:5173")).origins == (OURS, "http://localhost:5173")
