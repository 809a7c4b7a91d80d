"""Whoever goes on guessing tokens is told to wait; a token that stands is never turned away for what its neighbours did."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from graph.app import readiness
from graph.deadline import Deadline
from graph.http.attempts import Addresses, Attempts, Pace
from graph.http.refused_tokens import RefusedTokens
from schema.errors import NonceError, ProofError, RateLimitedError, UnauthenticatedError, UnavailableError
from tests.auth.oauth_world import Heard
from tests.graph.sockets import opened
from tests.network import Network, neighbour

QUESTION = {"query": "{ viewer { audience } }"}
LIMIT = 4


@pytest.fixture(scope="module")
def strict(network: Network) -> Iterator[Network]:
    """The same network behind one address, where few may fail."""
    with neighbour(network, failures_per_address=LIMIT) as served:
        yield served


async def by_socket(network: Network, token: str, *, in_the_handshake: bool = False) -> int:
    """How a socket that shows this token is closed; 0 where it is acknowledged."""
    shown = {"authorization": f"Bearer {token}"}
    async with opened(network, **(shown if in_the_handshake else {})) as socket:
        await socket.say({"type": "connection_init", "payload": {} if in_the_handshake else shown})
        try:
            return 0 if (await socket.hear())["type"] == "connection_ack" else 1
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def by_stream(network: Network, token: str) -> int:
    return network.post(token, QUESTION, Accept="text/event-stream").status_code


async def test_guesses_wait_wherever_they_come_in_and_a_good_token_beside_them_never_does(strict: Network) -> None:
    seen = strict.token("cli_crip_59")
    assert strict.post(seen, QUESTION).status_code == 200
    # As many as may fail, over each way in: they are counted together.
    assert strict.post("guess-1", QUESTION).status_code == 401
    assert by_stream(strict, "guess-2") == 401
    assert await by_socket(strict, "guess-3") == 4403
    assert await by_socket(strict, "guess-4", in_the_handshake=True) == 4403
    refused = strict.post("guess", QUESTION)
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= int(refused.headers["retry-after"]) <= 300
    assert "www-authenticate" not in refused.headers
    assert by_stream(strict, "guess") == 429
    assert await by_socket(strict, "guess") == await by_socket(strict, "guess", in_the_handshake=True) == 4429
    # From the same address: one that was seen, one that is new, and the way to another.
    assert strict.post(seen, QUESTION).status_code == by_stream(strict, seen) == 200
    assert await by_socket(strict, seen) == 0
    assert strict.post(strict.token("cli_ase_59"), QUESTION).status_code == 200
    # Without any token nothing is guessed: what to send is said as always.
    assert strict.post(None, QUESTION).status_code == 401
    async with opened(strict) as socket:
        await socket.say({"type": "connection_init"})
        assert await socket.closed() == 4403


def test_a_token_that_was_ended_is_counted_for_its_client_alone(strict: Network) -> None:
    ended, other = strict.token("cli_asso_measure"), strict.token("cli_crip_13")
    for token in (ended, other):
        strict.revoke(token)
    assert [strict.post(ended, QUESTION).status_code for _ in range(LIMIT + 2)] == [401] * LIMIT + [429] * 2
    assert strict.post(other, QUESTION).status_code == 401
    strict.tokens.clear()
    assert strict.post(strict.token("cli_asso_measure"), QUESTION).status_code == 200


def scope(peer: str = "192.0.2.1") -> dict[str, Any]:
    return {"type": "http", "client": (peer, 1), "headers": [(b"authorization", b"Bearer x")]}


def gate() -> tuple[RefusedTokens, Heard]:
    heard = Heard()
    return RefusedTokens(Attempts(Pace(failures_per_address=1)), Addresses(), heard), heard


@pytest.mark.parametrize(
    "refused",
    [UnauthenticatedError(reason=reason) for reason in ("missing", "times", "expired", "no proof", None)]
    + [NonceError(reason="nonce")],
    ids=lambda error: str(error.reason),
)
def test_what_is_no_guess_is_not_counted(refused: UnauthenticatedError) -> None:
    made, heard = gate()
    assert [made.answered(refused, scope()) for _ in range(5)] == [refused] * 5
    assert heard.events == []


def test_each_kind_waits_by_itself_and_each_refusal_is_in_the_log() -> None:
    made, heard = gate()
    kinds = [
        UnauthenticatedError(reason="signature"),
        ProofError(reason="htu"),
        UnauthenticatedError(reason="standing", client_id="cli_a"),
        UnauthenticatedError(reason="standing", client_id="cli_b"),
    ]
    assert [made.answered(one, scope()) for one in kinds] == kinds
    assert all(isinstance(made.answered(one, scope()), RateLimitedError) for one in kinds)
    assert [made.answered(one, scope("192.0.2.2")) for one in kinds] == kinds
    assert {event[:3] for event in heard.events} == {("token.refused", one.reason, one.client_id) for one in kinds}


@pytest.mark.parametrize("headers", [[], [(b"authorization", b"Bearer x")]], ids=["in a message", "in the handshake"])
def test_a_socket_is_counted_where_it_shows_a_token_and_only_there(headers: list[Any]) -> None:
    made, heard = gate()
    handshake = {"type": "websocket", "client": ("192.0.2.1", 1), "headers": headers}
    refused = UnauthenticatedError(reason="signature")
    assert made.answered(refused, {**handshake, "headers": []}) is refused
    assert made.answered(refused, handshake, shown=not headers) is refused
    assert isinstance(made.answered(refused, handshake, shown=not headers), RateLimitedError)
    assert heard.events == [("token.refused", "signature", None, "192.0.2.1")] * 2
    other = UnavailableError()
    assert made.answered(other, handshake, shown=True) is other


async def test_readiness_asks_nothing_more_while_a_question_hangs() -> None:
    asked = 0

    class Hanging:
        """A database that does not answer."""

        ready = True

        def lanes(self, _: str) -> "Hanging":
            return self

        async def fetchval(self, _: str) -> None:
            nonlocal asked
            asked += 1
            while True:
                try:
                    await asyncio.sleep(3600)
                except asyncio.CancelledError:
                    if ended.is_set():
                        raise
                    await asyncio.sleep(0)

    ended = asyncio.Event()
    hanging: Any = Hanging()
    deadline = Deadline(0.01)
    for _ in range(3):
        assert (await readiness(hanging, hanging, hanging, deadline))["database"] == "away"
    assert asked == 1
    ended.set()
    for task in list(deadline._late):
        task.cancel()
        await asyncio.wait({task})
    assert not deadline.behind
