"""Requests of one token that reach the database together get what each gets alone, and leave the record that each leaves alone."""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import orjson
import pytest

from auth.caller import Caller
from graph.schemas.roles import schema_of
from loaders.policy.context import CALLER, values
from loaders.postgres import crowds
from loaders.postgres.logins import login_of
from loaders.statement.several import several
from schema.vocabulary import Audience, OrgKind
from tests.cluster import Cluster
from tests.graph.callers import CALLERS, token
from tests.graph.conftest import Recorder
from tests.graph.golden import cases, statements_of
from tests.graph.test_parallel import ROOTS
from tests.network import Network

Answer = tuple[int, bytes]
Question = tuple[str, dict[str, Any]]
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
CASE = """query($id: ID!) { node(id: $id) { ... on ConcernReport { id status urgency withheld { field reason }
  situation { id status minors { id } followUps(first: 3) { id status organisation { name } } } } } }"""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine of the tests is: what takes long goes alone."""
    monkeypatch.setattr(crowds, "PATIENCE", 3600.0)


def test_the_caller_of_a_statement_is_what_every_statement_is_given_of_a_caller() -> None:
    parts: dict[str, Any] = dict.fromkeys(Caller.__dataclass_fields__)
    caller = Caller(**parts | {"organisation_id": uuid4(), "audience": Audience.CRI, "organisation_kind": OrgKind.CRIP})
    assert set(values(caller)) == CALLER


def test_postgresql_takes_every_question_for_several_too(cluster: Cluster) -> None:
    async def prepare() -> int:
        number = 0
        connection = await asyncpg.connect(cluster.admin)
        try:
            for case in cases():
                for audience, statements in statements_of(case).items():
                    await connection.execute(f"SET ROLE {login_of(audience)}")
                    for statement in statements:
                        form = several(statement)
                        await connection.prepare(form.sql)
                        assert {statement.binds[place] for place in form.shared} >= CALLER
                        assert sorted(form.own + form.shared) == list(range(len(statement.binds)))
                        number += 1
                    await connection.execute("RESET ROLE")
        finally:
            await connection.close()
        return number

    assert asyncio.run(prepare()) > 50


def _ask(
    network: Network, who: str, asked: Sequence[tuple[str, dict[str, Any], str]], *, at_once: bool
) -> list[Answer]:
    """What each question gets, one after the other or all in the same moment; each under a trace of its own."""

    async def run() -> list[Answer]:
        many = httpx2.Limits(max_connections=len(asked), max_keepalive_connections=len(asked))
        async with httpx2.AsyncClient(timeout=60, limits=many) as client:

            async def one(query: str, variables: dict[str, Any], trace: str) -> Answer:
                found = await client.post(
                    f"{network.base_url}/graphql",
                    json={"query": query, "variables": variables},
                    headers={"Authorization": f"Bearer {who}", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"},
                )
                return found.status_code, found.content

            if at_once:
                return list(await asyncio.gather(*(one(*each) for each in asked)))
            return [await one(*each) for each in asked]

    return asyncio.run(run())


def _lists(audience: Audience) -> Iterator[str]:
    root = schema_of(audience).query_type
    assert root is not None
    for name, selection in ROOTS.items():
        if name in root.fields:
            yield f"query($n: Int!) {{ {name}(first: $n) {{ nodes {{ id }} {selection} }} }}"


@pytest.mark.parametrize(
    "audience", [one for one in CALLERS if one is not Audience.ONP and list(_lists(one))], ids=lambda one: one.value
)
def test_together_each_gets_what_it_gets_alone(recorder: Recorder, audience: Audience) -> None:
    network = recorder.network
    network.tokens.clear()
    who = token(network, audience)
    pages: list[Question] = [(query, {"n": number}) for query in _lists(audience) for number in range(1, 9)]
    shown = _ask(network, who, [(*page, secrets.token_hex(16)) for page in pages], at_once=False)
    assert {status for status, _ in shown} == {200}
    rows = sorted({row for _, body in shown for row in _ids(body)})
    nodes: list[Question] = [
        (NODE, {"id": row}) for row in (*rows[:20], f"sit_{uuid4()}", f"rep_{uuid4()}", "x", *rows[:3])
    ]
    asked = [(*one, secrets.token_hex(16)) for one in (*pages, *nodes)]
    alone = [*shown, *_ask(network, who, asked[len(pages) :], at_once=False)]
    went: list[str] = []
    # Where the client is slower than the server, each finds nothing under way.
    for _ in range(10):
        with recorder.recorded() as statements:
            at_once = _ask(network, who, asked, at_once=True)
        assert at_once == alone
        went += [sql for sql in statements if "asked$" in sql]
        if went:
            break
    assert went, "that many at once wait for each other, or nothing was tried here"


def _ids(body: bytes) -> set[str]:
    # A question that the audience may not ask is refused to all alike.
    pages = (orjson.loads(body).get("data") or {}).values()
    return {node["id"] for page in pages for node in page["nodes"]}


def test_together_each_leaves_the_record_that_it_leaves_alone(recorder: Recorder) -> None:
    network = recorder.network
    network.tokens.clear()
    who = token(network, Audience.CRI)
    (_, page), *_ = _ask(
        network, who, [("{ concernReports(first: 24) { nodes { id } } }", {}, "0" * 31 + "1")], at_once=True
    )
    reports = sorted(_ids(page))
    assert len(reports) > 10
    ids = [*reports, f"rep_{uuid4()}", reports[0]]
    traces = {at_once: [secrets.token_hex(16) for _ in ids] for at_once in (False, True)}
    asked = {
        at_once: [(CASE, {"id": identity}, trace) for identity, trace in zip(ids, own, strict=True)]
        for at_once, own in traces.items()
    }
    for at_once, questions in asked.items():
        assert {status for status, _ in _ask(network, who, questions, at_once=at_once)} == {200}
    alone, beside = ([_record(network, trace) for trace in own] for own in traces.values())
    assert alone == beside
    assert len({situations for (*_, situations) in alone}) > 10


def _record(network: Network, trace: str) -> tuple[str, ...]:
    ((*found,),) = network.fetch(
        "SELECT event, outcome, operation, categories::text, situations::text FROM access_log WHERE trace_id = $1",
        trace,
    )
    return tuple(found)
