"""An act over HTTP: its payload in the new state, its refusals as `userErrors`, nothing written where it is refused."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from schema.vocabulary import Audience
from tests.graph.callers import check, code, data, post
from tests.network import Network

CRI = Audience.CRI
ACT = """mutation Acknowledge($input: AcknowledgeReportInput!) { done: acknowledgeReport(input: $input) {
  userErrors { field code message t: __typename } __typename
  concernReport { id status acknowledgedAt version ...More withheld { field } } } }
  fragment More on ConcernReport { situation { id minors(first: 1) { ageBand } } kind }"""

# Fixed: every test process has to give a case the same name.
SOME = "4c6e118e-9565-449b-b8e8-d060e681e04f"


_COLUMNS = "id, status, acknowledged_at, due_at, evaluation_due_at, return_due_at"


@pytest.fixture(autouse=True)
def kept(network: Network) -> Iterator[None]:
    """Other tests read the same reports: each act is undone after its test."""

    async def reports() -> list[Any]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return await connection.fetch(f"SELECT {_COLUMNS} FROM concern_report")
        finally:
            await connection.close()

    async def put_back(before: list[Any]) -> None:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            await connection.executemany(
                "UPDATE concern_report SET status = $2, acknowledged_at = $3, due_at = $4, evaluation_due_at = $5, "
                "return_due_at = $6 WHERE id = $1 AND status <> $2",
                [tuple(row) for row in before],
            )
        finally:
            await connection.close()

    before = asyncio.run(reports())
    yield
    asyncio.run(put_back(before))


def _state(network: Network) -> Any:
    """Everything that a refused act must not change."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return await connection.fetchrow(
                "SELECT (SELECT md5(string_agg(r::text, '' ORDER BY id)) FROM concern_report r) AS reports, "
                "(SELECT count(*) FROM outbox) AS events, (SELECT count(*) FROM disclosure) AS disclosures, "
                "(SELECT count(*) FROM evaluation) AS evaluations"
            )
        finally:
            await connection.close()

    return tuple(asyncio.run(fetch()))


def _inbox(network: Network, client: str = "cli_crip_59") -> list[Any]:
    found: list[Any] = network.data(
        client, "{ concernReports(first: 100) { nodes { id status version } } }", member="CRI"
    )["concernReports"]["nodes"]
    return found


def _one(network: Network, status: str) -> Any:
    return next(report for report in _inbox(network) if report["status"] == status)


def test_an_act_shows_the_new_state_in_the_shape_that_was_asked_for(network: Network) -> None:
    sent = _one(network, "SENT")
    read = "query($id: ID!) { node(id: $id) { ... on ConcernReport { id status acknowledgedAt version kind situation { id minors(first: 1) { ageBand } } } } }"
    before = data(network, CRI, read, {"id": sent["id"]})["node"]
    done = data(network, CRI, ACT, {"input": {"report": sent["id"], "expectedVersion": sent["version"]}})["done"]
    assert (done["userErrors"], done["__typename"]) == ([], "ConcernReportPayload")
    shown = done["concernReport"]
    assert (before["status"], shown["status"]) == ("SENT", "ACKNOWLEDGED")
    assert before["acknowledgedAt"] is None
    assert shown["acknowledgedAt"] is not None
    assert shown["version"] != before["version"]
    assert {name: shown[name] for name in ("id", "kind", "situation")} == {
        name: before[name] for name in ("id", "kind", "situation")
    }
    withheld = shown.pop("withheld")
    assert data(network, CRI, read, {"id": sent["id"]})["node"] == shown
    assert isinstance(withheld, list)


def test_an_act_that_the_state_does_not_allow_is_a_user_error_and_writes_nothing(network: Network) -> None:
    known = next(report for report in _inbox(network) if report["status"] not in {"SENT", "DRAFT"})
    before = _state(network)
    answer = post(network, CRI, ACT, {"input": {"report": known["id"]}})
    assert answer.status_code == 200
    done = answer.json()["data"]["done"]
    assert "errors" not in answer.json()
    assert done["concernReport"] is None
    assert len(done["userErrors"]) == 1
    problem = done["userErrors"][0]
    assert (problem["field"], problem["t"]) == ("report", "UserError")
    assert problem["code"].isupper()
    assert problem["message"]
    assert _state(network) == before
    check(answer)


@pytest.mark.parametrize("version", ["", "x", "0" * 20, "é", "x" * 10_000])
def test_a_stale_version_is_a_user_error_and_writes_nothing(network: Network, version: str) -> None:
    sent = _one(network, "SENT")
    before = _state(network)
    done = data(network, CRI, ACT, {"input": {"report": sent["id"], "expectedVersion": version}})["done"]
    assert done["concernReport"] is None
    assert [(problem["code"], problem["field"]) for problem in done["userErrors"]] == [
        ("STALE_VERSION", "expectedVersion")
    ]
    assert _state(network) == before


def test_an_id_out_of_reach_answers_like_one_of_nothing_and_writes_nothing(network: Network) -> None:
    theirs = _inbox(network, "cli_crip_69M")[0]
    before = _state(network)
    answers = [
        post(network, CRI, ACT, {"input": {"report": identity}}) for identity in (theirs["id"], f"rep_{uuid4()}")
    ]
    assert answers[0].content == answers[1].content
    assert code(answers[0]) == "NOT_FOUND"
    assert answers[0].json()["data"] is None
    versioned = post(network, CRI, ACT, {"input": {"report": theirs["id"], "expectedVersion": theirs["version"]}})
    assert versioned.content == answers[0].content
    assert _state(network) == before


@pytest.mark.parametrize("identity", ["", "x", "rep_", f"sit_{SOME}", f"zzz_{SOME}", SOME, "rep_" + "1" * 9_999])
def test_an_id_that_is_none_of_a_report_is_bad_input(network: Network, identity: str) -> None:
    before = _state(network)
    answer = post(network, CRI, ACT, {"input": {"report": identity}})
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "INVALID_ID"}
    assert "`report`" in answer.json()["errors"][0]["message"]
    assert code(answer) == "BAD_USER_INPUT"
    assert _state(network) == before


@pytest.mark.parametrize(
    "given",
    [None, "x", [], {}, {"report": None}, {"report": {}}, {"report": "x", "status": "SENT"}, {"expectedVersion": 1}],
)
def test_an_input_that_does_not_fit_is_refused_before_anything_runs(network: Network, given: Any) -> None:
    before = _state(network)
    answer = post(network, CRI, ACT, {"input": given})
    assert code(answer) == "BAD_USER_INPUT"
    assert "data" not in answer.json()
    assert _state(network) == before


@pytest.mark.parametrize(
    "audience", [Audience.ASE, Audience.SUP, Audience.ASM, Audience.DPO, Audience.DEL, Audience.ORG_ASE, Audience.ONP]
)
def test_an_act_of_another_role_does_not_exist(network: Network, audience: Audience) -> None:
    before = _state(network)
    sent = _one(network, "SENT")
    real = post(
        network,
        audience,
        f'mutation {{ acknowledgeReport(input: {{report: "{sent["id"]}"}}) {{ userErrors {{ code }} }} }}',
    )
    assert code(real) == "GRAPHQL_VALIDATION_FAILED"
    sentence = "`acknowledgeReport`" if audience is not Audience.ONP else "`mutation`"
    assert sentence in real.json()["errors"][0]["message"]
    assert _state(network) == before


def test_a_token_without_the_scope_to_write_writes_nothing(network: Network) -> None:
    sent = _one(network, "SENT")
    card = {**network.card, "clients": [{**one, "scopes": ["cases:read"]} for one in network.card["clients"]]}
    before = _state(network)
    narrow = Network(network.base_url, card, network.cluster, [], network.http, secrets=network.secrets)
    answer = narrow.post(
        narrow.token("cli_crip_59", "CRI"), {"query": ACT, "variables": {"input": {"report": sent["id"]}}}
    )
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "reason": "SCOPE"}
    assert _state(network) == before


def test_of_two_acts_in_one_document_the_second_sees_the_first(network: Network) -> None:
    sent = _one(network, "SENT")
    query = """mutation($id: ID!) {
      one: acknowledgeReport(input: {report: $id}) { userErrors { code } concernReport { status } }
      two: acknowledgeReport(input: {report: $id}) { userErrors { code } concernReport { status } } }"""
    done = data(network, CRI, query, {"id": sent["id"]})
    assert done["one"] == {"userErrors": [], "concernReport": {"status": "ACKNOWLEDGED"}}
    assert done["two"]["concernReport"] is None
    assert len(done["two"]["userErrors"]) == 1


def test_of_ten_at_once_one_acts(network: Network) -> None:
    sent = _one(network, "SENT")
    who = network.token("cli_crip_59", "CRI")

    async def all_at_once() -> list[Any]:
        body = {"query": ACT, "variables": {"input": {"report": sent["id"], "expectedVersion": sent["version"]}}}
        return await asyncio.gather(*(asyncio.to_thread(network.post, who, body) for _ in range(10)))

    answers = [answer.json()["data"]["done"] for answer in asyncio.run(all_at_once())]
    assert sum(not done["userErrors"] for done in answers) == 1
    assert {problem["code"] for done in answers for problem in done["userErrors"]} == {"STALE_VERSION"}


def test_a_repeat_under_its_key_is_answered_like_the_act_and_done_once(network: Network) -> None:
    sent = _one(network, "SENT")
    name = str(uuid4())
    wish = {"input": {"report": sent["id"], "expectedVersion": sent["version"], "idempotencyKey": name}}
    done = data(network, CRI, ACT, wish)["done"]
    after = _state(network)
    assert done["concernReport"]["status"] == "ACKNOWLEDGED"
    assert data(network, CRI, ACT, wish)["done"] == done
    # Another selection is the same act; another mutation, or another input, is not.
    other = "mutation($input: AcknowledgeReportInput!) { acknowledgeReport(input: $input) { concernReport { id } } }"
    assert data(network, CRI, other, wish) == {"acknowledgeReport": {"concernReport": {"id": sent["id"]}}}
    reused = data(network, CRI, ACT, {"input": {"report": sent["id"], "idempotencyKey": name}})["done"]
    assert reused["concernReport"] is None
    assert [(one["code"], one["field"]) for one in reused["userErrors"]] == [
        ("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")
    ]
    assert _state(network) == after


def test_a_repeat_shows_what_may_be_seen_at_that_moment_and_no_more(network: Network) -> None:
    sent = _one(network, "SENT")
    wish = {"input": {"report": sent["id"], "idempotencyKey": str(uuid4())}}
    assert data(network, CRI, ACT, wish)["done"]["concernReport"]["id"] == sent["id"]
    row = sent["id"].removeprefix("rep_")
    [authority] = network.fetch("SELECT to_authority_id FROM concern_report WHERE id = $1", UUID(row))
    try:
        network.administer(
            "UPDATE concern_report SET to_authority_id = (SELECT id FROM authority WHERE id <> $2 LIMIT 1) WHERE id = $1",
            UUID(row),
            authority[0],
        )
        assert data(network, CRI, ACT, wish)["done"] == {
            "userErrors": [],
            "__typename": "ConcernReportPayload",
            "concernReport": None,
        }
    finally:
        network.administer("UPDATE concern_report SET to_authority_id = $2 WHERE id = $1", UUID(row), authority[0])


@pytest.mark.parametrize("name", ["", "x" * 7, "x" * 129, "deux mots et plus", "é" * 12])
def test_a_key_that_is_none_is_bad_input(network: Network, name: str) -> None:
    before = _state(network)
    answer = post(network, CRI, ACT, {"input": {"report": f"rep_{SOME}", "idempotencyKey": name}})
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "INVALID_IDEMPOTENCY_KEY"}
    assert code(answer) == "BAD_USER_INPUT"
    assert _state(network) == before


def test_of_two_acts_under_one_key_in_one_document_one_is_done(network: Network) -> None:
    sent = _one(network, "SENT")
    query = """mutation($id: ID!, $key: String!) {
      one: acknowledgeReport(input: {report: $id, idempotencyKey: $key}) { userErrors { code } concernReport { status } }
      two: acknowledgeReport(input: {report: $id, idempotencyKey: $key}) { userErrors { code } concernReport { status } } }"""
    done = data(network, CRI, query, {"id": sent["id"], "key": str(uuid4())})
    assert done["one"] == done["two"] == {"userErrors": [], "concernReport": {"status": "ACKNOWLEDGED"}}


# Alone and told by its act, it needs no executor; under a directive, with more asked, or beside another it does.
_WAYS = (
    "a: recordFollowUp(input: $input) { followUp { %s } %s }",
    "a: recordFollowUp(input: $input) @include(if: true) { followUp { %s } %s }",
    "a: recordFollowUp(input: $input) { followUp { %s referral { id } } %s }",
    "a: recordFollowUp(input: $input) { followUp { %s } %s } viewer: __typename",
)


def test_a_payload_reads_alike_whichever_way_it_was_made(network: Network) -> None:
    mine = "{ referrals(filter: {status: [ENGAGED, ONGOING, PAUSED_RUNAWAY]}, first: 1) { nodes { id } } }"
    referral = data(network, Audience.ASM, mine)["referrals"]["nodes"][0]["id"]
    day = datetime.now(UTC).date().isoformat()
    wish = {"input": {"referral": referral, "status": "ONGOING", "date": day}}
    for way in _WAYS:
        asked = way % ("__typename status date", "t: __typename userErrors { code }")
        found = data(network, Audience.ASM, f"mutation($input: RecordFollowUpInput!) {{ {asked} }}", wish)["a"]
        found["followUp"].pop("referral", None)
        told = {"__typename": "FollowUp", "status": "ONGOING", "date": day}
        assert list(found.items()) == [("followUp", told), ("t", "FollowUpPayload"), ("userErrors", [])], way


def test_an_act_that_fails_alone_fails_as_it_does_beside_another(network: Network) -> None:
    wish = f'(input: {{referral: "ref_{uuid4()}", status: ONGOING, date: "2026-01-31"}}) {{ userErrors {{ code }} }}'
    alone, beside = (
        post(network, Audience.ASM, f"mutation {{ a: recordFollowUp{wish} {more} }}").json()
        for more in ("", "t: __typename")
    )
    assert alone == beside
    assert (alone["data"], alone["errors"][0]["path"]) == (None, ["a"])
    assert alone["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
