"""Bodies that have begun: what a process keeps of them together, and of how many pieces one may be made."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from graph.http.limits import Limits
from tests.graph.wire import SEEN, Server, all_of, refusal, request, saying, served

LIMITS = Limits(body_seconds=30, bodies_bytes=1_048_576, body_pieces=1_000)
CHUNKED = b"Transfer-Encoding: chunked"
# A body of this size that lacks its last byte.
SIZE = 200_000
BEGUN = request("/begun", b"x" * SIZE)[:-1]
ROOM = LIMITS.bodies_bytes // SIZE


@pytest.fixture
def server() -> Iterator[Server]:
    SEEN.clear()
    with served(saying, LIMITS) as found:
        yield found


def test_of_too_many_bodies_that_do_not_end_the_oldest_give_way(server: Server) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(2 * ROOM)]
        for number, client in enumerate(clients):
            client.sendall(BEGUN)
            if number >= ROOM:
                # In time, not after half a minute.
                assert refusal(all_of(clients[number - ROOM])) == (408, "BAD_REQUEST")
        # The others end, and are answered.
        for client in clients[ROOM:]:
            client.sendall(b"x")
            assert all_of(client).startswith(b"HTTP/1.1 200 ")
    # All of it was given back: as many fit again.
    with ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(ROOM)]
        for client in clients:
            client.sendall(BEGUN)
        for client in clients:
            client.sendall(b"x")
            assert all_of(client).startswith(b"HTTP/1.1 200 ")


def test_bodies_that_were_given_up_take_no_room(server: Server) -> None:
    for _ in range(3 * ROOM):
        with server.connect() as client:
            client.sendall(BEGUN)
    with server.connect() as client:
        client.sendall(BEGUN + b"x")
        assert all_of(client).startswith(b"HTTP/1.1 200 ")


def _in_pieces(number: int, beside: bytes = b"") -> bytes:
    return request("/pieces", b"", CHUNKED) + (b"1" + beside + b"\r\nx\r\n") * number


def test_a_body_of_some_pieces_is_read(server: Server) -> None:
    assert server.say(_in_pieces(LIMITS.body_pieces - 1) + b"0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "crumbs",
    {
        "pieces of a byte": _in_pieces(LIMITS.body_pieces + 1),
        "said beside the pieces": _in_pieces(1, b";" + b"e" * 200_000),
        "a trailer without end": _in_pieces(1) + b"0\r\nX-A: " + b"a" * 200_000,
        "trailers without end": _in_pieces(1) + b"0\r\n" + (b"X-A: " + b"a" * 5_000 + b"\r\n") * 40,
    }.items(),
    ids=lambda named: named[0],
)
def test_a_body_of_crumbs_is_refused_as_soon_as_it_is_seen(server: Server, crumbs: tuple[str, bytes]) -> None:
    with server.connect() as client:
        for begin in range(0, len(crumbs[1]), 2_000):
            try:
                client.sendall(crumbs[1][begin : begin + 2_000])
            except (ConnectionResetError, BrokenPipeError):
                break
        found = all_of(client)
    # A reset may overtake the answer.
    assert found == b"" or refusal(found) == (413, "BAD_REQUEST")
