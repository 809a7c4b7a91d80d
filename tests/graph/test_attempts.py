"""Whoever fails too often has to wait, and nobody else."""

from typing import Any

import pytest
from starlette.requests import Request

from graph.http.attempts import Addresses, Attempts, Pace
from schema.errors import SetupError


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def attempts(**pace: Any) -> tuple[Attempts, Clock]:
    clock = Clock()
    return Attempts(Pace(**pace), clock), clock


def test_the_eleventh_failure_of_a_pair_waits_and_time_ends_it() -> None:
    made, clock = attempts()
    for _ in range(10):
        assert made.wait("192.0.2.1", "cli_a") == 0
        made.failed("192.0.2.1", "cli_a")
        clock.now += 1
    assert made.wait("192.0.2.1", "cli_a") == 290
    clock.now += 290
    assert made.wait("192.0.2.1", "cli_a") == 0


def test_a_stranger_never_locks_out_a_client() -> None:
    made, _ = attempts()
    for _ in range(60):
        made.failed("198.51.100.7", "cli_a")
    assert made.wait("198.51.100.7", "cli_a") > 0
    assert made.wait("192.0.2.1", "cli_a") == 0


def test_an_address_that_tries_many_clients_waits_for_all_of_them() -> None:
    made, _ = attempts()
    for number in range(49):
        made.failed("192.0.2.1", f"cli_{number}")
    assert made.wait("192.0.2.1", "cli_new") == 0
    made.failed("192.0.2.1")
    assert made.wait("192.0.2.1", "cli_new") == 300
    assert made.wait("192.0.2.1") == 300


def test_tokens_are_counted_for_each_client_and_member() -> None:
    made, clock = attempts(tokens_per_minute=3)
    for _ in range(3):
        assert made.wait("192.0.2.1", "cli_a", "m") == 0
        made.issued("cli_a", "m")
    assert made.wait("192.0.2.1", "cli_a", "m") == 60
    assert made.wait("192.0.2.1", "cli_a", "n") == made.wait("192.0.2.1", "cli_a") == 0
    clock.now += 60
    assert made.wait("192.0.2.1", "cli_a", "m") == 0


def test_memory_is_bounded_however_many_come() -> None:
    made, _ = attempts()
    for number in range(30_000):
        made.failed(f"2001:db8:{number:x}::/64", "cli_a")
    assert len(made._addresses._times) == len(made._pairs._times) == 20_000


def request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        ("", "192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.0/8", "10.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.0/8", "10.0.0.1", ["1.1.1.1", "198.51.100.7, 10.0.0.9"], "198.51.100.7"),
        ("10.0.0.0/8", "192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", [], "unknown"),
        ("10.0.0.0/8", "10.0.0.1", ["nonsense"], "unknown"),
        ("10.0.0.1, ::1", "::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("", "2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("", "::ffff:192.0.2.1", [], "192.0.2.1"),
    ],
)
def test_an_address_is_the_peers_unless_a_proxy_of_ours_says_otherwise(
    proxies: str, peer: str, forwarded: list[str], found: str
) -> None:
    assert Addresses(proxies).of(request(peer, *forwarded)) == found


def test_a_proxy_that_is_none_stops_the_start() -> None:
    with pytest.raises(SetupError):
        Addresses("10.0.0.0/8, proxy.example")
