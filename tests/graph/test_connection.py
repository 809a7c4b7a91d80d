"""Slow, greedy and ambiguous clients: each is answered or cut in its time, and nobody else waits for them."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from graph.http.limits import Limits
from tests.graph.wire import LARGE, SEEN, Server, all_of, refusal, request, saying, served

LIMITS = Limits(header_seconds=0.4, body_seconds=0.4, unread_seconds=0.4, waiting=120)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served(saying, LIMITS) as found:
        yield found


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def test_an_ordinary_request_is_answered_in_one_piece_or_in_many(server: Server) -> None:
    whole = request("/a", b"hello")
    for pieces in ([whole], [whole[n : n + 1] for n in range(len(whole))]):
        answer = server.say(*pieces)
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"method": "POST", "path": "/a", "body": "hello"}


# ---------------------------------------------------------------- slow


@pytest.mark.parametrize("begun", [b"P", b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 5_000])
def test_headers_that_do_not_end_are_answered_in_time(server: Server, begun: bytes) -> None:
    assert refusal(server.say(begun)) == (408, "BAD_REQUEST")
    assert SEEN == []


def test_a_connection_that_says_nothing_is_closed(server: Server) -> None:
    assert server.say() == b""
    assert server.say(b"\r\n\r\n") == b""


def test_blank_lines_buy_no_time(server: Server) -> None:
    with server.connect() as client:
        client.settimeout(0.05)
        for _ in range(200):
            with suppress(TimeoutError):
                try:
                    client.sendall(b"\r\n")
                    found = client.recv(1)
                except (ConnectionResetError, BrokenPipeError):
                    found = b""
                assert found == b""
                break
        else:
            pytest.fail("the connection lives on blank lines")


def test_a_body_that_does_not_end_is_answered_in_time(server: Server) -> None:
    begun = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello"
    assert refusal(server.say(begun)) == (408, "BAD_REQUEST")
    chunked = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    assert refusal(server.say(chunked)) == (408, "BAD_REQUEST")
    assert SEEN == ["disconnect", "POST /a"] * 2


def test_a_body_that_trickles_has_no_more_time_than_one_that_stops(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        client.settimeout(0.02)
        found = b""
        for _ in range(500):
            try:
                client.sendall(b"x")
                found += client.recv(65_536)
                break
            except TimeoutError:
                continue
        assert refusal(found) == (408, "BAD_REQUEST")


def test_a_request_that_was_answered_early_gets_no_second_answer(server: Server) -> None:
    begun = b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello"
    answer = server.say(begun)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b" 200 " in answer.split(b"\r\n")[0]


def test_an_answer_that_is_not_read_is_cut(server: Server) -> None:
    with server.connect() as client:
        client.sendall(request("/large"))
        time.sleep(1.5)
        found = all_of(client)
    assert 0 < len(found) < LARGE


def test_a_large_answer_that_is_read_arrives_whole(server: Server) -> None:
    assert len(server.say(request("/large")).partition(b"\r\n\r\n")[2]) == LARGE


def test_slow_connections_hinder_nobody(server: Server) -> None:
    with ExitStack() as stack:
        for number in range(200):
            slow = stack.enter_context(server.connect())
            slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" if number % 2 else b"")
        for _ in range(20):
            body = json.loads(server.say(request("/a", b"1")).partition(b"\r\n\r\n")[2])
            assert body["body"] == "1"


def test_the_slowest_give_way_when_too_many_wait(server: Server) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(server.connect())
        first.sendall(b"POST / HTTP/1.1\r\n")
        # Read before it has to go: a socket that is closed with unread bytes is reset, and takes its answer along.
        time.sleep(0.3)
        # The first is the oldest of them, long before its own time is over on a quiet machine or a busy one.
        others = [stack.enter_context(server.connect()) for _ in range(LIMITS.waiting + 5)]
        assert refusal(all_of(first)) == (408, "BAD_REQUEST")
        assert len(others) > LIMITS.waiting


# ---------------------------------------------------------------- large


@pytest.mark.parametrize(
    "head",
    [
        b"X-One: " + b"a" * 8_200,
        b"Cookie: " + b"a" * 20_000,
        b"\r\n".join(b"X-%d: " % number + b"a" * 4_000 for number in range(10)),
    ],
)
def test_large_headers_are_refused(server: Server, head: bytes) -> None:
    assert refusal(server.say(request("/a", b"", head))) == (431, "BAD_REQUEST")
    assert SEEN == []


def test_headers_without_end_are_refused_before_they_fill_the_memory(server: Server) -> None:
    for begun in (b"POST / HTTP/1.1\r\nX: ", b"POST /", b"POST / HTTP/1.1\r\nHost: x\r\n"):
        with server.connect() as client:
            client.sendall(begun)
            found, sent = b"", 0
            try:
                while sent < 10_000_000:
                    client.sendall(b"a" * 1_024 if not begun.endswith(b"\r\n") else b"X: " + b"a" * 1_000 + b"\r\n")
                    sent += 1_024
            except (ConnectionResetError, BrokenPipeError):
                pass
            found = all_of(client)
            assert sent < 10_000_000
            # A reset may overtake the answer.
            assert found == b"" or refusal(found) == (431, "BAD_REQUEST")


# ---------------------------------------------------------------- ambiguous

CHUNKED = b"Transfer-Encoding: chunked"
SOCKET = (
    b"Upgrade: websocket",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Version: 13",
    b"Connection: Upgrade",
)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
AMBIGUOUS = {
    "length and chunks": request("/a", b"", b"Content-Length: 4", CHUNKED) + b"0\r\n\r\n" + SMUGGLED,
    "chunks and length": request("/a", b"", CHUNKED, b"Content-Length: 4") + b"0\r\n\r\n" + SMUGGLED,
    "two lengths": request("/a", b"", b"Content-Length: 0", b"Content-Length: 36") + SMUGGLED,
    "two equal lengths": request("/a", b"", b"Content-Length: 5", b"Content-Length: 5") + b"hello",
    "a list of lengths": request("/a", b"", b"Content-Length: 5, 5") + b"hello",
    "a signed length": request("/a", b"", b"Content-Length: +5") + b"hello",
    "a negative length": request("/a", b"", b"Content-Length: -1") + b"hello",
    "a hexadecimal length": request("/a", b"", b"Content-Length: 0x5") + b"hello",
    "a huge length": request("/a", b"", b"Content-Length: " + b"9" * 40) + b"hello",
    "an empty length": request("/a", b"", b"Content-Length: ") + b"hello",
    "a blank before the colon": request("/a", b"", b"Content-Length : 5") + b"hello",
    "a folded header": request("/a", b"", b"X-A: a\r\n b") + b"",
    "a folded length": request("/a", b"", b"Content-Length:\r\n 5") + b"hello",
    "chunks that are not last": request("/a", b"", b"Transfer-Encoding: chunked, identity") + b"0\r\n\r\n",
    "an unknown coding": request("/a", b"", b"Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "two codings": request("/a", b"", CHUNKED, b"Transfer-Encoding: identity") + b"0\r\n\r\n",
    "a bare line feed": b"POST /a HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello",
    "a NUL in a header": request("/a", b"", b"X-A: a\x00b"),
    "a carriage return in a header": request("/a", b"", b"X-A: a\rContent-Length: 5") + b"hello",
    "no colon": request("/a", b"", b"Content-Length 5"),
    "a bad chunk size": request("/a", b"", CHUNKED) + b"zz\r\nhello\r\n0\r\n\r\n",
    "a chunk size of another base": request("/a", b"", CHUNKED) + b"0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than it says": request("/a", b"", CHUNKED) + b"2\r\nhello\r\n0\r\n\r\n",
    "no host": b"GET /a HTTP/1.1\r\n\r\n",
    "two hosts": request("/a", b"", b"Host: y"),
    "no version": b"GET /a\r\n\r\n",
    "another version": b"GET /a HTTP/3.7\r\nHost: x\r\n\r\n",
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is none": b"G@T /a HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 60,
    "nonsense": b"\x00\x01\x02\x03\r\n\r\n",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused(server: Server, name: str) -> None:
    assert refusal(server.say(AMBIGUOUS[name])) == (400, "BAD_REQUEST")
    assert "GET /smuggled" not in SEEN


def test_of_too_many_connections_that_rest_the_oldest_give_way(server: Server) -> None:
    with ExitStack() as stack:
        clients = []
        for _ in range(LIMITS.waiting + 30):
            clients.append(client := stack.enter_context(server.connect()))
            client.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        for client in clients[:30]:
            # Now, and not when its keep-alive is over.
            client.settimeout(2)
            assert client.recv(1) == b""
        clients[-1].sendall(request("/b"))
        assert all_of(clients[-1]).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("method", [b"POST", b"HEAD"])
def test_a_socket_is_opened_by_get_alone(server: Server, method: bytes) -> None:
    assert refusal(server.say(request("/a", b"", *SOCKET, method=method))) == (400, "BAD_REQUEST")
    assert SEEN == []


def test_a_trailer_is_no_header(server: Server) -> None:
    """What a proxy has looked for before the body cannot be said behind it (RFC 9110, section 6.5.1)."""
    asked = request("/headers", b"", CHUNKED) + b"5\r\nhello\r\n0\r\nAuthorization: Bearer a\r\n\r\n"
    told = server.say(asked)
    assert b"transfer-encoding" in told
    assert b"authorization" not in told


def test_an_old_health_check_is_answered(server: Server) -> None:
    assert server.say(b"GET /livez HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_nothing_after_the_last_request_is_read(server: Server) -> None:
    assert server.say(request("/a", b"hello") + SMUGGLED).count(b"HTTP/1.1 ") == 1
    assert SEEN == ["POST /a"]


def test_a_refusal_is_never_taken_for_the_answer_that_is_owed(server: Server) -> None:
    for after in (b"nonsense\r\n\r\n", b"GET /b HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 9_000 + b"\r\n\r\n"):
        SEEN.clear()
        answer = server.say(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n", after)
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b'"path": "/held"' in answer
        assert SEEN == ["GET /held"]


def test_the_rest_of_a_body_that_was_answered_early_is_no_headers(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
        while b"}" not in client.recv(65_536):
            pass
        client.sendall(b"x" * 60_000)
        # So that the end of the body is a piece of its own.
        time.sleep(0.1)
        client.sendall(request("/b", b"hello"))
        body = all_of(client).partition(b"\r\n\r\n")[2]
        assert json.loads(body) == {"method": "POST", "path": "/b", "body": "hello"}


def test_requests_in_a_row_are_answered_in_order(server: Server) -> None:
    row = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(5)) + request("/last", method=b"GET")
    answer = server.say(row)
    assert [json.loads(part)["path"] for part in _bodies(answer)] == ["/0", "/1", "/2", "/3", "/4", "/last"]


def _bodies(answer: bytes) -> list[bytes]:
    return [b"{" + part.partition(b"}")[0] + b"}" for part in answer.split(b"{")[1:]]


UPGRADE = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAEAAEAAAAIAAAAB")


def test_an_upgrade_that_is_not_offered_is_ignored_without_a_body_and_refused_with_one(server: Server) -> None:
    asked = b"\r\n".join([b"GET /a HTTP/1.1", b"Host: x", *UPGRADE]) + b"\r\n\r\n"
    answer = server.say(asked + SMUGGLED)
    assert (answer.count(b"HTTP/1.1 "), json.loads(answer.partition(b"\r\n\r\n")[2])["path"]) == (1, "/a")
    assert SEEN == ["GET /a"]
    posted = b"\r\n".join([b"POST /a HTTP/1.1", b"Host: x", *UPGRADE, b"Content-Length: 36"]) + b"\r\n\r\n"
    assert refusal(server.say(posted + SMUGGLED)) == (400, "BAD_REQUEST")
    assert SEEN == ["GET /a"]


def test_connect_makes_no_tunnel(server: Server) -> None:
    answer = server.say(b"CONNECT y:1 HTTP/1.1\r\nHost: y:1\r\nConnection: close\r\n\r\n" + SMUGGLED)
    assert "GET /smuggled" not in SEEN
    assert answer.count(b"HTTP/1.1 ") == 1
