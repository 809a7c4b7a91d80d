"""The other doors of the two worlds: a question by GET, the feed, a stream, notices to software, the answer to a person.

The first world stands still but for what the viewer may see; in the second something hidden happens besides, again and
again. Whoever listens must not hear it, not even by something that comes twice, later or under another number.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from graph.subject_report import Form, written
from loaders.journals.audit import AuditWriter
from loaders.postgres.logins import AUDIT, password_of
from loaders.statement.execute import Reader
from loaders.subject_report.export import subject_report
from tests.cluster import SECRET
from tests.twins.house import TRACE, House
from tests.twins.test_twins import running
from tests.twins.theatre import Seat, Stage, Twins

TOOL = Seat("cli_asso_measure")
OFFICER = Seat("cli_dlpm", "DPO", "CONTROL")
FEED = """query($since: String) { changes(since: $since, first: 100) {
  entries { id gone groups node { __typename id ... on Referral { status } } } cursor more } }"""
WATCH = "subscription($ids: [ID!]!) { statusChanged(ids: $ids) { id ended node { id ... on Referral { status } } } }"
MANY = "{ referrals(first: 50) { totalCount nodes { id kind status version } } }"
NOTICES = "SELECT kind, prefix, row_id, organisation_id FROM webhook_delivery WHERE webhook_id = $1 AND created_at >= $2 ORDER BY row_id, kind"
# Of other organisations' referrals and of what an association knows no case by.
HIDDEN = (
    "UPDATE referral SET status = CASE status WHEN 'PROPOSED' THEN 'ACCEPTED' ELSE 'PROPOSED' END "
    "WHERE to_org_id <> $1 AND status IN ('PROPOSED', 'ACCEPTED')",
    "UPDATE situation SET urgency = CASE urgency WHEN 'STANDARD' THEN 'IMMEDIATE_DANGER' ELSE 'STANDARD' END "
    "WHERE id IN (SELECT situation_id FROM referral WHERE to_org_id = $1)",
)


async def _execute(house: House, *statements: tuple[Any, ...]) -> Any:
    connection = await asyncpg.connect(house.admin_dsn)
    try:
        found = None
        for statement, *values in statements:
            found = await connection.fetch(statement, *values)
        return found
    finally:
        await connection.close()


async def _numbered(twins: Twins) -> None:
    """Until every event has its place, in both."""
    for house in (twins.first, twins.second):

        async def numbered(house: House = house) -> bool:
            [row] = await _execute(house, ("SELECT count(*) FROM outbox WHERE position IS NULL",))
            return not row[0]

        await _until(numbered)


async def _hidden(twins: Twins, organisation: UUID) -> None:
    """Only in the second world."""
    await _execute(twins.second, *((statement, organisation) for statement in HIDDEN))
    await _numbered(twins)


async def _seen(twins: Twins, row: UUID, status: str) -> None:
    """In both."""
    for house in (twins.first, twins.second):
        await _execute(house, ("UPDATE referral SET status = $2 WHERE id = $1", row, status))
    await _numbered(twins)


async def _feed(twins: Twins, since: str | None) -> tuple[str, set[str]]:
    """All that is new, the same in both worlds: the cursor after it, and the ids."""
    ids: set[str] = set()
    while True:
        reply = await twins.same({"query": FEED, "variables": {"since": since}})
        answer = json.loads(reply.body)
        assert "errors" not in answer, answer["errors"]
        page = answer["data"]["changes"]
        ids |= {entry["id"] for entry in page["entries"]}
        since = page["cursor"]
        if not page["more"]:
            return str(since), ids


class _Listening:
    """What one server sends to one listener, byte by byte."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []
        self.ended, self.more = asyncio.Event(), asyncio.Event()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], sorted(message["headers"])
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))
        self.more.set()

    @property
    def told(self) -> bytes:
        """Without the comments that keep a quiet line open, whose number is a matter of time."""
        return b"".join(chunk for chunk in self.chunks if not chunk.startswith(b":"))

    async def events(self, count: int) -> None:
        while self.told.count(b"event: next") < count:
            self.more.clear()
            await self.more.wait()


@asynccontextmanager
async def _listening(house: House, token: str, body: Any) -> Any:
    heard, sent = _Listening(), False
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [
            (b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json"), (b"accept", b"text/event-stream"),
            (b"authorization", f"Bearer {token}".encode()), (b"traceparent", TRACE.encode()),
        ],
    }  # fmt: skip

    async def receive() -> Any:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}
        await heard.ended.wait()
        return {"type": "http.disconnect"}

    task = asyncio.create_task(house.app(scope, receive, heard.send))
    try:
        yield heard
    finally:
        heard.ended.set()
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(task, 10)


async def _until(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await found():  # noqa: ASYNC110 (another process writes the rows)
            await asyncio.sleep(0.1)


async def _stream(twins: Twins, referral: UUID, organisation: UUID) -> None:
    wish = {"query": WATCH, "variables": {"ids": [f"ref_{referral}", "ref_00000000-0000-4000-8000-000000000000"]}}
    async with (
        asyncio.timeout(60),
        _listening(twins.first, twins.token, wish) as one,
        _listening(twins.second, twins.token, wish) as other,
    ):
        await asyncio.sleep(0.5)
        for place, status in enumerate(("PAUSED_RUNAWAY", "ONGOING"), start=1):
            await _hidden(twins, organisation)
            await _seen(twins, referral, status)
            await asyncio.gather(one.events(place), other.events(place))
        await _hidden(twins, organisation)
        await asyncio.sleep(0.5)
        assert (one.status, one.headers, one.told) == (other.status, other.headers, other.told)
        assert one.told.count(b"event: next") == 2
        assert b"PAUSED_RUNAWAY" in one.told


async def _notices(twins: Twins, webhook: UUID, referral: UUID, organisation: UUID) -> None:
    # Older ones are none of the tool's, and made up in the second world.
    began = datetime.now(UTC)
    for house in (twins.first, twins.second):
        await _execute(house, ("UPDATE webhook SET state = 'ACTIVE' WHERE id = $1", webhook))
    for status in ("PAUSED_RUNAWAY", "ONGOING"):
        await _hidden(twins, organisation)
        await _seen(twins, referral, status)
    told: dict[str, list[tuple[Any, ...]]] = {}
    for house in (twins.first, twins.second):

        async def made(house: House = house) -> bool:
            told[house.name] = [tuple(row) for row in await _execute(house, (NOTICES, webhook, began))]
            return any(row[2] == referral for row in told[house.name])

        await _until(made)
    await asyncio.sleep(1)
    # Not how often: one world may look between the two changes, and the other after both.
    one, other = [
        {tuple(row) for row in await _execute(house, (NOTICES, webhook, began))}
        for house in (twins.first, twins.second)
    ]
    assert one == other
    assert referral in {row[2] for row in one}


def test_what_is_hidden_is_heard_through_no_other_door(stage: Stage) -> None:
    viewer, sight = stage.viewer(TOOL), stage.sight(TOOL)
    organisation = viewer.organisation
    referral = next(
        row["id"]
        for row in stage.world.tables["referral"]
        if row["status"] == "ONGOING" and row["kind"] == "DIRECT_SUPPORT" and sight.sees("referral", row)
    )
    webhook = next(row["id"] for row in stage.world.tables["webhook"] if row["organisation_id"] == organisation)
    with running(stage, TOOL) as (runner, twins):

        async def listen() -> None:
            for house in (twins.first, twins.second):
                # Written anew, a world has no statistics: its first feed would take longer than a statement may.
                await _execute(house, ("ANALYZE",))
            await twins.same_by_get(MANY)
            cursor, ids = await _feed(twins, None)
            assert f"ref_{referral}" in ids
            await _hidden(twins, organisation)
            cursor, ids = await _feed(twins, cursor)
            assert ids == set()
            await _hidden(twins, organisation)
            await _seen(twins, referral, "PAUSED_RUNAWAY")
            _, ids = await _feed(twins, cursor)
            assert f"ref_{referral}" in ids
            await _seen(twins, referral, "ONGOING")
            await _stream(twins, referral, organisation)
            await _notices(twins, webhook, referral, organisation)

        runner.run(listen())


@pytest.mark.slow
def test_the_answer_to_a_person_is_the_same_in_both_worlds(stage: Stage) -> None:
    """CSV and JSON of everything about one situation, for the officer who has opened nothing."""
    viewer, sight = stage.viewer(OFFICER), stage.sight(OFFICER)
    assert viewer.member is not None
    officer = viewer.member
    case = next(
        row
        for row in stage.world.tables["situation"]
        if sight.sees("situation", row)
        and len(stage.world.hanging("minor", row["id"])) == 1
        and row["status"] != "CLOSED"
    )
    with running(stage, OFFICER) as (runner, twins):

        async def texts(house: House) -> tuple[str, str]:
            await _execute(
                house,
                (
                    "INSERT INTO subject_request (situation_id, controller_org_id, kind, received_at, due_at) "
                    "VALUES ($1, $2, 'ACCESS', $3, $3)",
                    case["id"],
                    viewer.organisation,
                    stage.began,
                ),
            )
            server = stage.cluster.server

            def dsn_of(login: str) -> str:
                return server.dsn(login, password_of(SECRET, login), f"{house.name}_world")

            reader, audit = Reader(dsn_of, size=1, most=4), AuditWriter(dsn_of(AUDIT))
            await audit.start()
            try:
                report = await subject_report(reader, audit, officer, case["ref"], now=stage.began, trace_id="5a" * 16)
            finally:
                await audit.close()
                await reader.close()
            return written(report, Form.JSON), written(report, Form.CSV)

        one, other = (runner.run(texts(house)) for house in (twins.first, twins.second))
        assert one == other
        assert case["ref"] in one[0]
