"""graphql-transport-ws, row by row of the table of the protocol (section 4)."""

import asyncio
import json
from typing import Any

import pytest
from graphql import get_introspection_query
from websockets.exceptions import ConnectionClosed, InvalidStatus

from graph.http.limits import StreamLimits
from tests.graph.sockets import acknowledged, opened, unread
from tests.graph.test_bound_tokens import Tool
from tests.network import Network, neighbour

WHO = "{ viewer { audience } }"


def token(network: Network) -> str:
    return network.token("cli_crip_59", "CRI")


INIT = {"type": "connection_init"}


@pytest.mark.parametrize("subprotocol", [None, "graphql-ws", "soap"])
async def test_another_subprotocol_is_4406(network: Network, subprotocol: str | None) -> None:
    if subprotocol is None:
        async with opened(network, subprotocol=None) as socket:
            assert await socket.closed() == 4406
        return
    # A client insists on one of those it offered.
    async with opened(network, subprotocol=subprotocol) as socket:
        assert await socket.closed() == 4406


async def test_a_foreign_origin_gets_no_handshake_whatever_its_host_says(network: Network) -> None:
    for origin in ("https://elsewhere.example", network.base_url, "null"):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(network, Origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def test_at_another_address_there_is_no_socket_and_json_says_so(network: Network) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(network, path="/livez"):
            pass
    answer = refused.value.response
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert json.loads(answer.body)["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_a_bad_token_or_none_is_4403(network: Network) -> None:
    payloads: list[Any] = [None, {}, {"authorization": "Bearer x.y.z"}, {"authorization": 7}, {"token": token(network)}]
    for payload in payloads:
        async with opened(network) as socket:
            await socket.say({**INIT, "payload": payload})
            assert await socket.closed() == 4403
    async with opened(network, Authorization="Bearer x.y.z") as socket:
        await socket.say({**INIT, "payload": {"authorization": f"Bearer {token(network)}"}})
        assert await socket.closed() == 4403


async def test_a_token_in_the_handshake_is_enough(network: Network) -> None:
    async with opened(network, Authorization=f"Bearer {token(network)}") as socket:
        await socket.say(INIT)
        assert await socket.hear() == {"type": "connection_ack"}
        await socket.subscribe("a", WHO)
        assert await socket.hear() == {"type": "next", "id": "a", "payload": {"data": {"viewer": {"audience": "CRI"}}}}
        assert await socket.hear() == {"type": "complete", "id": "a"}


async def test_a_second_init_is_4429(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.say({**INIT, "payload": {"authorization": f"Bearer {token(network)}"}})
        assert await socket.closed() == 4429


async def test_a_subscribe_before_the_ack_is_4401(network: Network) -> None:
    async with opened(network) as socket:
        await socket.subscribe("a", WHO)
        assert await socket.closed() == 4401


async def test_an_id_in_use_is_4409(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.subscribe("a", "subscription { reportReceived { id } }")
        await socket.subscribe("a", WHO)
        assert await socket.closed() == 4409


@pytest.mark.parametrize(
    "message",
    [
        "{", "", "[]", "1", "null", '"x"', "{}", '{"type": 1}', '{"type": "start"}', '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "a"}', '{"type": "subscribe", "id": "", "payload": {"query": "{ viewer { audience } }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ viewer { audience } }"}}',
        '{"type": "subscribe", "id": "a", "payload": {}}', '{"type": "subscribe", "id": "a", "payload": {"query": 7}}',
        '{"type": "subscribe", "id": "a", "payload": {"query": "{ viewer { audience } }", "variables": []}}',
        '{"type": "subscribe", "id": "a", "payload": []}', '{"type": "complete"}', '{"type": "ping", "type": "pong"}',
        '{"type": "ping", "payload": ' + "[" * 40 + "]" * 40 + "}",
        '{"type": "ping", "payload": ' + "9" * 50 + "}",
        '{"type": "subscribe", "id": "a", "payload": {"query": "{ viewer { audience } } # \\u0000"}}',
    ],
)  # fmt: skip
async def test_what_is_no_message_of_the_protocol_is_4400(network: Network, message: str) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.say(message)
        assert await socket.closed() == 4400


async def test_binary_is_1003_and_too_large_is_1009(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.say(b'{"type": "ping"}')
        assert await socket.closed() == 1003
    async with acknowledged(network, token(network)) as socket:
        await socket.say(json.dumps({"type": "ping", "payload": {"x": "x" * 262_144}}))
        assert await socket.closed() == 1009


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ viewer {"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothingOfTheKind }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { viewer { audience } }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query ($a: Int!) { departments(first: $a) { totalCount } }", "variables": {}}, "BAD_USER_INPUT"),
        ({"query": "subscription { reportReceived { id } viewer { audience } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { statusChanged(ids: [" + ", ".join(f'"ref_{n}"' for n in range(101)) + "]) { id } }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { deadlineApproaching(withinDays: 400) { kind } }"}, "BAD_USER_INPUT"),
    ],
)  # fmt: skip
async def test_a_document_that_cannot_be_used_is_one_error_and_the_socket_stays(
    network: Network, payload: Any, code: str
) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.say({"type": "subscribe", "id": "a", "payload": payload})
        answer = await socket.hear()
        assert (answer["type"], answer["id"]) == ("error", "a")
        assert {problem["extensions"]["code"] for problem in answer["payload"]} == {code}
        # No complete follows, and the id is free again.
        await socket.subscribe("a", WHO)
        assert (await socket.hear())["type"] == "next"
        assert (await socket.hear())["type"] == "complete"


async def test_pings_are_answered_before_the_ack_too_and_strays_are_ignored(network: Network) -> None:
    async with opened(network) as socket:
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        await socket.say({"type": "pong", "payload": {"x": 1}})
        await socket.say({**INIT, "payload": {"authorization": f"Bearer {token(network)}"}})
        assert await socket.hear() == {"type": "connection_ack"}
        await socket.say({"type": "complete", "id": "never seen"})
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}


async def test_a_complete_of_the_client_stops_the_stream_at_once(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        await socket.subscribe("a", "subscription { reportReceived { id } }")
        await socket.say({"type": "complete", "id": "a"})
        await socket.subscribe("a", WHO)
        assert [(await socket.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_operations_have_a_bound_and_whoever_goes_on_is_4429(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        for number in range(20):
            await socket.subscribe(str(number), "subscription { reportReceived { id } }")
        await socket.subscribe("one more", WHO)
        answer = await socket.hear()
        assert (answer["type"], answer["id"]) == ("error", "one more")
        assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await socket.say({"type": "complete", "id": "3"})
        await socket.subscribe("one more", WHO)
        assert (await socket.hear())["type"] == "next"


async def test_whoever_sends_too_many_messages_is_4429(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket:
        for _ in range(200):
            await socket.say({"type": "pong"})
        assert await socket.closed() == 4429


async def test_a_hundred_refusals_end_the_socket_with_4429(network: Network) -> None:
    async with acknowledged(network, token(network)) as socket, asyncio.timeout(60):
        for number in range(20):
            await socket.subscribe(str(number), "subscription { reportReceived { id } }")
        for number in range(99):
            await socket.subscribe(f"refused {number}", WHO)
            answer = await socket.hear()
            assert (answer["type"], answer["id"]) == ("error", f"refused {number}")
            assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            # Slower than the bound on messages, which would close with the same code.
            await asyncio.sleep(0.05)
        await socket.subscribe("the hundredth", WHO)
        assert await socket.closed() == 4429
        assert socket.connection.close_reason == "Too many operations"


async def test_whoever_does_not_read_is_dropped_and_delays_nobody(network: Network) -> None:
    """What waits for one reader is bounded: beyond it the socket goes, and its place is free though it reads nothing."""
    with neighbour(network, streams=StreamLimits(waiting_messages=2, of_organisation=1)) as narrow:
        shown, others = (
            await asyncio.to_thread(token, narrow),
            await asyncio.to_thread(narrow.token, "cli_asso_measure"),
        )
        async with asyncio.timeout(60), acknowledged(narrow, others) as other, unread(narrow, shown) as slow:
            assert not await has_place(narrow, shown)
            for number in range(200):
                # The schema is the largest thing that can be asked for in so few words.
                await slow.subscribe(str(number), get_introspection_query())
                await asyncio.sleep(0.06)
                await other.subscribe("a", WHO)
                assert [(await other.hear())["type"] for _ in range(2)] == ["next", "complete"]
                if number > 20 and await has_place(narrow, shown):
                    break
            else:
                pytest.fail("the slow reader was never dropped")
            assert await slow.closed() in {1013, 1006}


async def test_a_client_has_so_many_streams_over_both_ways_and_no_other_pays_for_it(network: Network) -> None:
    ask = {"query": "subscription { referralReceived { id } }"}
    stream = {"Accept": "text/event-stream"}
    with neighbour(network, streams=StreamLimits(of_client=2)) as narrow:
        shown = await asyncio.to_thread(narrow.token, "cli_foyer")
        others = await asyncio.to_thread(narrow.token, "cli_asso_measure")
        async with asyncio.timeout(60), acknowledged(narrow, shown) as first:
            async with acknowledged(narrow, shown), acknowledged(narrow, others):
                async with opened(narrow) as third:
                    await third.say({**INIT, "payload": {"authorization": f"Bearer {shown}"}})
                    assert await third.closed() == 4429
                refused = await asyncio.to_thread(narrow.post, shown, ask, **stream)
                assert refused.status_code == 429
                assert refused.json()["errors"][0]["extensions"] == {
                    "code": "RATE_LIMITED",
                    "reason": "TOO_MANY_STREAMS",
                }
                assert await has_place(narrow, others)
            # Whoever leaves makes room, and who was there was never touched.
            while not await has_place(narrow, shown):  # noqa: ASYNC110 (the server hears of it when it hears of it)
                await asyncio.sleep(0.05)
            await first.subscribe("a", WHO)
            assert [(await first.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def has_place(network: Network, shown: str) -> bool:
    async with opened(network) as socket:
        await socket.say({**INIT, "payload": {"authorization": f"Bearer {shown}"}})
        try:
            return await socket.hear() == {"type": "connection_ack"}
        except ConnectionClosed:
            return False


async def test_when_revocations_cannot_be_heard_every_stream_closes_and_opens_again_later(network: Network) -> None:
    """Whoever was waiting is told to come back: no stream outlives the feed that would end it."""
    shown = token(network)
    async with asyncio.timeout(60):
        async with acknowledged(network, shown) as first, acknowledged(network, shown) as second:
            await first.subscribe("a", "subscription { reportReceived { id } }")
            ended = await asyncio.to_thread(
                network.fetch,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'maillage auth state'",
            )
            assert ended
            assert [await socket.closed() for socket in (first, second)] == [4503, 4503]
        while not await has_place(network, shown):  # noqa: ASYNC110 (the server listens again by itself)
            await asyncio.sleep(0.1)


async def test_a_socket_that_said_who_it_is_stays_beyond_the_time_to_say_so(network: Network) -> None:
    with neighbour(network, streams=StreamLimits(init_seconds=0.5)) as hurried:
        shown = await asyncio.to_thread(token, hurried)
        async with opened(hurried) as silent, acknowledged(hurried, shown) as socket, asyncio.timeout(20):
            assert await silent.closed() == 4408
            await socket.subscribe("a", WHO)
            assert [(await socket.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_a_socket_that_says_nothing_is_4408(network: Network) -> None:
    async with opened(network) as socket, asyncio.timeout(20):
        assert await socket.closed() == 4408


async def test_a_subscription_is_no_question(network: Network) -> None:
    answer = network.post(token(network), {"query": "subscription { reportReceived { id } }"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "reason": "STREAM_ONLY"}


async def test_a_bound_token_opens_a_socket_with_a_proof_of_its_own_and_only_once(network: Network) -> None:
    """In the handshake, or beside the token in the first message; by the method of the handshake."""
    tool = await asyncio.to_thread(Tool, network)
    shown = f"DPoP {tool.token}"
    used = tool.proof("GET")
    async with opened(network, Authorization=shown, DPoP=used) as socket:
        await socket.say(INIT)
        assert await socket.hear() == {"type": "connection_ack"}
    async with opened(network) as socket:
        await socket.say({**INIT, "payload": {"authorization": shown, "dpop": tool.proof("GET")}})
        assert await socket.hear() == {"type": "connection_ack"}
        await socket.subscribe("a", "{ viewer { hasPerson } }")
        assert (await socket.hear())["type"] == "next"
    refused: list[dict[str, str]] = [
        {"authorization": shown},
        {"authorization": shown, "dpop": used},
        {"authorization": shown, "dpop": tool.proof("POST")},
        {"authorization": shown, "dpop": tool.proof("GET", "https://elsewhere.example/graphql")},
        {"authorization": f"Bearer {tool.token}"},
    ]
    for payload in refused:
        async with opened(network) as socket:
            await socket.say({**INIT, "payload": payload})
            assert await socket.closed() == 4403
