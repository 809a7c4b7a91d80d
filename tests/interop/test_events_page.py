"""The examples of docs/events.md run as they stand, but for the address, the token and the secret."""

import base64
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import orjson
import pytest

from loaders.webhooks.webhooks import signed
from tests.network import Network

PAGE = Path(__file__).resolve().parents[2] / "docs" / "events.md"
ASSOCIATION = "cli_asso_measure"


def example(heading: str) -> str:
    """The first Python example under a heading."""
    return PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("```python\n")[2].partition("```")[0]


def run(source: str, changes: dict[str, str]) -> dict[str, Any]:
    for before, after in changes.items():
        assert before in source
        source = source.replace(before, after)
    made: dict[str, Any] = {}
    exec(compile(source, str(PAGE), "exec"), made)
    return made


def given(network: Network) -> dict[str, str]:
    network.tokens.clear()
    return {"https://maillage.example": network.base_url, "eyJ...": network.token(ASSOCIATION)}


def test_the_feed_lists_the_view(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    run(example("The feed"), given(network))
    nodes = network.data(ASSOCIATION, "{ referrals(first: 100) { nodes { id } } }")["referrals"]["nodes"]
    told = {line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("read ")}
    assert {node["id"] for node in nodes} <= told


def test_a_stream_tells_what_was_received(network: Network) -> None:
    last = '    print(event["data"]["referralReceived"])\n'
    nodes = network.data(ASSOCIATION, "{ referrals(first: 100) { nodes { id status } } }")["referrals"]["nodes"]
    public = next(node["id"] for node in nodes if node["status"] == "ONGOING")
    row = public.partition("_")[2]

    def propose() -> None:
        time.sleep(1)
        for status in ("DRAFT", "PROPOSED"):
            network.administer("UPDATE referral SET status = $2 WHERE id = $1", row, status)

    proposing = threading.Thread(target=propose)
    proposing.start()
    try:
        made = run(example("Streams"), {**given(network), last: last + "    break\n"})
        assert made["event"]["data"]["referralReceived"] == {"id": public, "status": "PROPOSED"}
    finally:
        proposing.join()
        network.administer("UPDATE referral SET status = 'ONGOING' WHERE id = $1", row)


@contextmanager
def receiving(secret: str) -> Iterator[str]:
    serve = 'HTTPServer(("127.0.0.1", 8080), Receiver).serve_forever()\n'
    receiver: type[BaseHTTPRequestHandler] = run(example("Webhooks"), {"whsec_...": secret, serve: ""})["Receiver"]
    with HTTPServer(("127.0.0.1", 0), receiver) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            serving.join()


def test_a_receiver_believes_what_is_signed_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    body = orjson.dumps({"type": "referral.changed", "timestamp": "2026-01-01T00:00:00Z", "data": {"id": "ref_x"}})
    identity = uuid4()
    with receiving(secret) as url:
        headers = dict(signed([secret], identity, int(time.time()), body))
        assert httpx2.post(url, content=body, headers=headers).status_code == 204
        assert httpx2.post(url, content=body.replace(b"ref_x", b"ref_y"), headers=headers).status_code == 401
        late = dict(signed([secret], identity, int(time.time()) - 3600, body))
        assert httpx2.post(url, content=body, headers=late).status_code == 401
    assert capsys.readouterr().out == f"{identity} referral.changed ref_x\n"
