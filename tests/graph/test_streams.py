"""What streams tell: what may be seen at the moment of the event, once, and nothing of the rest; over both transports."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from auth.policy import RECEIVES
from graph.schemas.roles import schema_of
from graph.streams import live, topics
from loaders.calendar.deadlines import kinds_of
from loaders.events.watch import standing
from schema.vocabulary import Audience
from tests.graph.sockets import Socket, acknowledged
from tests.network import Network

ASSOCIATION = "cli_asso_measure"
ALL = "{ referrals(first: 100) { nodes { id } } }"
WATCH = "subscription ($ids: [ID!]!) { statusChanged(ids: $ids) { id ended node { id ... on Referral { status } } } }"


@pytest.mark.parametrize("audience", list(Audience))
def test_an_audience_follows_what_its_schema_has_and_nothing_else(audience: Audience) -> None:
    kind = schema_of(audience).subscription_type
    fields = set(kind.fields) if kind else set()
    for name, audiences in RECEIVES.items():
        assert (name in fields) is (audience in audiences)
    assert ("deadlineApproaching" in fields) is bool(kinds_of(audience))
    sees_cases = audience not in {
        Audience.ANA,
        Audience.DEL,
        Audience.ADM,
        Audience.ONP,
        Audience.ORG_DLPM,
        Audience.ORG_OBSERVATORY,
    }
    assert ("accessEnded" in fields) is sees_cases


@pytest.fixture
def referral(network: Network) -> Iterator[tuple[str, str]]:
    """A referral of the association: its id, and its row; as it was, afterwards."""
    nodes = network.data(ASSOCIATION, "{ referrals(first: 100) { nodes { id status } } }")["referrals"]["nodes"]
    one = next(node for node in nodes if node["status"] == "ONGOING")
    row = one["id"].partition("_")[2]
    yield one["id"], row
    network.administer("UPDATE referral SET status = 'ONGOING' WHERE id = $1", row)


def change(network: Network, row: str, status: str) -> None:
    network.administer("UPDATE referral SET status = $2 WHERE id = $1", row, status)


def elsewhere(network: Network) -> None:
    """Something happens that the association may not see: in others' cases and in its own."""
    network.administer(
        "UPDATE referral SET status = CASE status WHEN 'PROPOSED' THEN 'ACCEPTED' ELSE 'PROPOSED' END "
        "WHERE id IN (SELECT id FROM referral WHERE to_org_id NOT IN "
        "(SELECT organisation_id FROM oauth_client WHERE id = 'cli_asso_measure') AND status IN ('PROPOSED', 'ACCEPTED') "
        "ORDER BY id LIMIT 5)"
    )
    network.administer(
        "UPDATE situation SET urgency = CASE urgency WHEN 'STANDARD' THEN 'IMMEDIATE_DANGER' ELSE 'STANDARD' END "
        "WHERE id IN (SELECT situation_id FROM referral WHERE to_org_id IN "
        "(SELECT organisation_id FROM oauth_client WHERE id = 'cli_asso_measure'))"
    )


class EventStream:
    """An event stream, as its client reads it."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def hear(self) -> tuple[str, Any]:
        event, data = "", ""
        async for line in self._lines:
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = line.removeprefix("data: ")
            elif not line and event:
                return event, json.loads(data) if data else None
        raise EOFError


@asynccontextmanager
async def streamed(network: Network, token: str, query: str, **variables: Any) -> AsyncIterator[EventStream]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with (
        httpx2.AsyncClient(timeout=20) as client,
        client.stream(
            "POST", network.base_url + "/graphql", headers=headers, json={"query": query, "variables": variables}
        ) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store, no-transform"
        assert answer.headers["x-accel-buffering"] == "no"
        yield EventStream(answer.aiter_lines())


class Beginnings:
    """The streams of this test that have looked how things stand: of what happens from then on they miss nothing."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        add, move = live.Streams._add, live.Streams._move
        ours: set[live.Stream] = set()
        self._begun: set[live.Stream] = set()

        def added(streams: live.Streams, stream: live.Stream) -> None:
            ours.add(stream)
            add(streams, stream)

        def moved(streams: live.Streams, stream: live.Stream) -> None:
            move(streams, stream)
            if stream in ours:
                self._begun.add(stream)

        patch.setattr(live.Streams, "_add", added)
        patch.setattr(live.Streams, "_move", moved)

    async def reach(self, count: int) -> None:
        while len(self._begun) < count:  # noqa: ASYNC110 (they begin in the server's thread)
            await asyncio.sleep(0.01)


@pytest.fixture
def beginnings(network: Network, monkeypatch: pytest.MonkeyPatch) -> Beginnings:
    return Beginnings(monkeypatch)


async def told_nothing(socket: Socket) -> None:
    """Nothing was heard that would stand before the answer to a later question."""
    await asyncio.sleep(0.3)
    await socket.subscribe("later", "{ viewer { audience } }")
    assert [(await socket.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_a_status_is_told_as_it_changes_and_the_end_of_access_as_a_tombstone(
    network: Network, referral: tuple[str, str], beginnings: Beginnings
) -> None:
    public, row = referral
    async with acknowledged(network, network.token(ASSOCIATION)) as socket, asyncio.timeout(30):
        await socket.subscribe("a", WATCH, ids=[public, "ref_00000000-0000-4000-8000-000000000000", "nothing"])
        await beginnings.reach(1)
        await asyncio.to_thread(elsewhere, network)
        await asyncio.to_thread(change, network, row, "PAUSED_RUNAWAY")
        # The first thing heard is of the own referral: what happened elsewhere before was not told.
        assert await socket.hear() == {
            "type": "next",
            "id": "a",
            "payload": {
                "data": {
                    "statusChanged": {
                        "id": public,
                        "ended": False,
                        "node": {"id": public, "status": "PAUSED_RUNAWAY"},
                    }
                }
            },
        }
        await asyncio.to_thread(change, network, row, "WITHDRAWN")
        answer = await socket.hear()
        assert answer["payload"]["data"] == {"statusChanged": {"id": public, "ended": True, "node": None}}
        # Nothing is left to watch.
        assert await socket.hear() == {"type": "complete", "id": "a"}


async def test_rows_out_of_reach_are_watched_like_rows_that_do_not_exist(network: Network) -> None:
    """Both complete at once, with the very same words."""
    ours = {node["id"] for node in network.data(ASSOCIATION, ALL)["referrals"]["nodes"]}
    others = {node["id"] for node in network.data("cli_dlpm", ALL, member="SUP")["referrals"]["nodes"]} - ours
    heard = []
    for one in (min(others), "ref_00000000-0000-4000-8000-000000000000", "sit_x", ""):
        async with acknowledged(network, network.token(ASSOCIATION)) as socket, asyncio.timeout(20):
            for field in ("statusChanged", "accessEnded"):
                await socket.subscribe("a", f"subscription ($ids: [ID!]!) {{ {field}(ids: $ids) {{ id }} }}", ids=[one])
                heard.append(await socket.hear())
    assert heard == [{"type": "complete", "id": "a"}] * 8


async def test_an_arrival_is_told_to_whom_it_reached_and_to_nobody_else(
    network: Network, referral: tuple[str, str], beginnings: Beginnings
) -> None:
    public, row = referral
    query = "subscription { referralReceived { id status } }"
    async with (
        acknowledged(network, network.token(ASSOCIATION)) as ours,
        acknowledged(network, network.token("cli_foyer")) as theirs,
        asyncio.timeout(30),
    ):
        for socket in (ours, theirs):
            await socket.subscribe("a", query)
        await beginnings.reach(2)
        await asyncio.to_thread(change, network, row, "DRAFT")
        await asyncio.to_thread(change, network, row, "PROPOSED")
        assert (await ours.hear())["payload"] == {"data": {"referralReceived": {"id": public, "status": "PROPOSED"}}}
        await told_nothing(theirs)
        # Once, whatever else happens to it.
        await asyncio.to_thread(change, network, row, "ACCEPTED")
        await told_nothing(ours)


async def test_a_relation_that_ends_by_itself_is_told_and_streams_that_wait_ask_nothing(
    network: Network, referral: tuple[str, str], beginnings: Beginnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, row = referral
    looked = 0

    async def counted(*given: Any) -> Any:
        nonlocal looked
        looked += 1
        return await standing(*given)

    monkeypatch.setattr(live, "_SELDOM", 1000)
    set_end = (
        "UPDATE reach SET ends_at = $2 WHERE ends_at = $3 AND situation_id = "
        "(SELECT situation_id FROM referral WHERE id = $1::text::uuid)"
    )
    never = datetime.max.replace(tzinfo=UTC)
    async with acknowledged(network, network.token(ASSOCIATION)) as socket, asyncio.timeout(30):
        await socket.subscribe("a", WATCH, ids=[public])
        await beginnings.reach(1)
        # Events come in their order: with this one, all that the tests before have changed has arrived.
        await asyncio.to_thread(change, network, row, "PAUSED_RUNAWAY")
        assert (await socket.hear())["payload"]["data"]["statusChanged"]["ended"] is False
        await told_nothing(socket)
        monkeypatch.setattr(topics, "standing", counted)
        await asyncio.sleep(2.2)
        assert looked == 0
        try:
            soon = datetime.now(UTC) + timedelta(seconds=1.5)
            await asyncio.to_thread(network.administer, set_end, row, soon, never)
            answer = await socket.hear()
            assert answer["payload"]["data"] == {"statusChanged": {"id": public, "ended": True, "node": None}}
        finally:
            await asyncio.to_thread(network.administer, set_end, row, never, soon)


async def test_the_end_of_access_is_told_over_server_sent_events(
    network: Network, referral: tuple[str, str], beginnings: Beginnings
) -> None:
    public, row = referral
    query = "subscription ($ids: [ID!]!) { accessEnded(ids: $ids) { id at } }"
    async with asyncio.timeout(30), streamed(network, network.token(ASSOCIATION), query, ids=[public]) as stream:
        await beginnings.reach(1)
        await asyncio.to_thread(elsewhere, network)
        await asyncio.to_thread(change, network, row, "WITHDRAWN")
        event, data = await stream.hear()
        assert event == "next"
        assert data["data"]["accessEnded"]["id"] == public
        assert await stream.hear() == ("complete", None)
        with pytest.raises(EOFError):
            await stream.hear()


async def test_a_question_over_server_sent_events_is_one_next_and_a_complete(network: Network) -> None:
    token = network.token(ASSOCIATION)
    async with streamed(network, token, "{ viewer { audience } }") as stream:
        assert await stream.hear() == ("next", {"data": {"viewer": {"audience": "ORG_ASSOCIATION"}}})
        assert await stream.hear() == ("complete", None)
    async with streamed(network, token, "{ nothingOfTheKind }") as stream:
        event, data = await stream.hear()
        assert (event, data["errors"][0]["extensions"]["code"]) == ("next", "GRAPHQL_VALIDATION_FAILED")
        assert await stream.hear() == ("complete", None)


def test_what_is_refused_before_a_stream_begins_is_refused_as_ever(network: Network) -> None:
    query = {"query": "{ viewer { audience } }"}
    asked: list[tuple[str | None, Any, int, dict[str, str]]] = [
        (None, query, 401, {}),
        ("x.y.z", query, 401, {}),
        (network.token(ASSOCIATION), b"{", 400, {}),
        (network.token(ASSOCIATION), query, 415, {"Content-Type": "text/plain"}),
        (network.token(ASSOCIATION), b" " * 300_000, 413, {}),
    ]
    for token, body, status, headers in asked:
        answer = network.post(token, body, Accept="text/event-stream", **headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()["errors"][0]["extensions"]["code"]


async def test_a_revoked_token_closes_its_streams_at_once_and_no_other(
    network: Network, beginnings: Beginnings
) -> None:
    async with asyncio.timeout(30):
        token = await asyncio.to_thread(network.token, "cli_foyer")
        network.tokens.clear()
        other = await asyncio.to_thread(network.token, "cli_foyer")
        async with (
            acknowledged(network, token) as socket,
            acknowledged(network, other) as kept,
            streamed(network, token, "subscription { referralReceived { id } }") as stream,
        ):
            await socket.subscribe("a", "subscription { referralReceived { id } }")
            await beginnings.reach(2)
            await asyncio.to_thread(network.revoke, token)
            async with asyncio.timeout(1):
                assert await socket.closed() == 4403
                event, data = await stream.hear()
            assert (event, data["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
            await told_nothing(kept)


async def test_a_token_that_ends_by_itself_closes_its_streams_at_that_moment_and_no_other(network: Network) -> None:
    async with asyncio.timeout(30):
        token = await asyncio.to_thread(network.token, "cli_foyer")
        network.tokens.clear()
        other = await asyncio.to_thread(network.token, "cli_foyer")
        network.tokens.clear()
        async with (
            acknowledged(network, token) as socket,
            acknowledged(network, other) as kept,
            streamed(network, token, "subscription { referralReceived { id } }") as stream,
        ):
            jti = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["jti"]
            await asyncio.to_thread(
                network.administer,
                "UPDATE oauth_token SET expires_at = now() + interval '1.5 seconds' WHERE id = $1",
                jti,
            )
            began = time.monotonic()
            event, data = await stream.hear()
            assert await socket.closed() == 4403
            assert 0.5 < time.monotonic() - began < 3.5
            assert "expired" in (socket.connection.close_reason or "")
            [error] = data["errors"]
            assert (event, error["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
            assert "expired" in error["message"]
            await told_nothing(kept)


async def test_a_clock_that_comes_near_is_told(network: Network, beginnings: Beginnings) -> None:
    listed = network.data(
        "cli_crip_59", "{ deadlines(first: 100, filter: {kind: [RETURN]}) { nodes { about dueAt } } }", member="CRI"
    )["deadlines"]["nodes"]
    about = next(one["about"] for one in listed)
    row = about.partition("_")[2]
    due = network.data(
        "cli_crip_59", f'{{ node(id: "{about}") {{ ... on ConcernReport {{ returnDueAt }} }} }}', member="CRI"
    )
    query = "subscription { deadlineApproaching(withinDays: 2) { kind about overdue } }"
    move = "UPDATE concern_report SET return_due_at = now() + make_interval(days => $2) WHERE id = $1"
    back = "UPDATE concern_report SET return_due_at = $2::text::timestamptz WHERE id = $1"
    await asyncio.to_thread(network.administer, move, row, 30)
    try:
        async with acknowledged(network, network.token("cli_crip_59", "CRI")) as socket, asyncio.timeout(30):
            await socket.subscribe("a", query)
            await beginnings.reach(1)
            await asyncio.to_thread(network.administer, move, row, 1)
            answer = await socket.hear()
            assert answer["payload"]["data"] == {
                "deadlineApproaching": {"kind": "RETURN", "about": about, "overdue": False}
            }
    finally:
        await asyncio.to_thread(network.administer, back, row, due["node"]["returnDueAt"])


async def test_every_event_that_is_told_is_in_the_access_log(
    network: Network, referral: tuple[str, str], beginnings: Beginnings
) -> None:
    public, row = referral
    async with acknowledged(network, network.token(ASSOCIATION)) as socket, asyncio.timeout(30):
        # The same question of the same token, which the database is asked once: two answers, and two records.
        await socket.subscribe("a", WATCH, ids=[public])
        await socket.subscribe("b", WATCH, ids=[public])
        await beginnings.reach(2)
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            count = "SELECT count(*) FROM access_log WHERE operation = 'node' AND event = 'READ'"
            before = await connection.fetchval(count)
            await asyncio.to_thread(change, network, row, "PAUSED_RUNAWAY")
            heard = [await socket.hear() for _ in range(2)]
            assert {message["id"] for message in heard} == {"a", "b"}
            assert heard[0]["payload"] == heard[1]["payload"]
            # Written before they were told.
            assert await connection.fetchval(count) == before + 2
        finally:
            await connection.close()
