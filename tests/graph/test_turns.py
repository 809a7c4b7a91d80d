"""Long pieces of work take turns: organisations one after the other, and everybody else is heard in between."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from socket import socketpair
from typing import Any

import pytest

from graph.endpoint import GraphQLEndpoint
from graph.turns import Turns
from tests.network import Network


async def test_organisations_take_turns_however_many_pieces_one_has() -> None:
    turns, done = Turns(), []

    async def work(whose: str, number: int) -> None:
        async with turns.of(whose):
            done.append(f"{whose}{number}")

    many = [work("a", number) for number in range(5)]
    await asyncio.gather(*many, work("b", 0), work("c", 0))
    assert done == ["a0", "a1", "b0", "c0", "a2", "a3", "a4"]


async def test_between_two_pieces_everybody_else_is_heard() -> None:
    """Also who waits for a socket, which the loop looks at once in a round."""
    turns, order, loop = Turns(), [], asyncio.get_running_loop()
    ours, theirs = socketpair()
    ours.setblocking(False)

    async def work(number: int) -> None:
        async with turns.of("a"):
            order.append(f"piece {number}")
            if number == 0:
                theirs.send(b"x")

    async def heard() -> None:
        await loop.sock_recv(ours, 1)
        order.append("heard")

    with ours, theirs:
        await asyncio.gather(heard(), *(work(number) for number in range(20)))
    # Not behind all of them.
    assert order.index("heard") < 10


async def test_a_turn_that_nobody_wants_any_more_is_passed_on() -> None:
    turns, done = Turns(), asyncio.Event()
    inside, leave = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with turns.of("a"):
            inside.set()
            await leave.wait()

    async def work() -> None:
        async with turns.of("a"):
            done.set()

    running = asyncio.create_task(first())
    await inside.wait()
    waits, given, last = (asyncio.create_task(work()) for _ in range(3))
    await asyncio.sleep(0)
    waits.cancel()
    leave.set()
    await running
    # Its turn is being given in this very moment.
    await asyncio.sleep(0)
    given.cancel()
    await asyncio.wait_for(last, 5)
    assert done.is_set()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_a_piece_that_fails_passes_its_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.of("a"):
            raise ZeroDivisionError
    async with asyncio.timeout(5), turns.of("b"):
        pass


# ---------------------------------------------------------------- at the endpoint


@pytest.fixture
def turns(network: Network) -> Turns:
    """Those of the running server."""
    [found] = {
        route.endpoint._turns
        for route in network.routes
        if isinstance(getattr(route, "endpoint", None), GraphQLEndpoint)
    }
    assert isinstance(found, Turns)
    return found


KNOWN = "{ concernReports(first: 1) { nodes { id status } } }"


@pytest.mark.parametrize(
    "long",
    [
        {"query": "query New%s { viewer { audience } }"},
        # The document is known then, and its variables are long to read.
        {"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["x"] * 5_000}},
    ],
    ids=["a new document", "a long body"],
)
def test_what_is_long_waits_its_turn_and_what_is_known_does_not(
    network: Network, turns: Turns, long: dict[str, Any]
) -> None:
    token = network.token("cli_crip_59", "CRI")
    assert network.post(token, {"query": KNOWN}).status_code == 200
    long["query"] = long["query"].replace("%s", token[-8:].replace("-", "_"))
    # Somebody is at work.
    turns._taken = True
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(network.post, token, long)
        patience = time.monotonic() + 10
        while not turns._waiting:
            assert time.monotonic() < patience, "it did not wait"
            time.sleep(0.01)
        assert network.post(token, {"query": KNOWN}).status_code == 200
        assert not waits.done()
        [[turn]] = turns._waiting.values()
        turn.get_loop().call_soon_threadsafe(turns._pass_on)
        assert waits.result(10).status_code == 200
