"""Before a reply leaves, the access log holds who read what; refusals are in it, the directory is not."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from loaders.journals.audit import verify
from loaders.postgres.logins import VERIFIER
from schema.vocabulary import Audience, Category
from tests.graph.callers import CALLERS, data, post, token
from tests.network import Network

CRI = Audience.CRI


def _records(network: Network, trace: str) -> list[dict[str, Any]]:
    """The records of one request, as the administrator reads them at this moment."""

    async def fetch() -> list[Any]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return await connection.fetch("SELECT * FROM access_log WHERE trace_id = $1 ORDER BY at, seq", trace)
        finally:
            await connection.close()

    return [dict(row) for row in asyncio.run(fetch())]


def _ask(network: Network, audience: Audience, query: str, variables: Any = None) -> tuple[Any, list[dict[str, Any]]]:
    trace = uuid4().hex
    answer = post(network, audience, query, variables, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    return answer.json(), _records(network, trace)


def test_a_read_is_recorded_with_who_what_and_for_what(network: Network) -> None:
    query = "query Inbox { rows: concernReports(first: 3) { nodes { id sentAt summaryForCrip situation { id minors { firstName } } } } }"
    answer, records = _ask(network, CRI, query)
    assert len(records) == 1
    record = records[0]
    client, _ = CALLERS[CRI]
    person = network.members(client, "CRI")[0]
    shown = [node["situation"]["id"].removeprefix("sit_") for node in answer["data"]["rows"]["nodes"]]
    assert {
        name: record[name]
        for name in ("event", "outcome", "client_id", "audience", "purpose", "operation", "document_hash")
    } == {
        "event": "READ",
        "outcome": "OK",
        "client_id": client,
        "audience": "CRI",
        "purpose": person["purposes"][0],
        "operation": "concernReports",
        "document_hash": hashlib.sha256(query.encode()).hexdigest(),
    }
    assert str(record["member_id"]) == person["id"]
    assert record["organisation_id"] is not None
    assert sorted(json.loads(record["situations"])) == sorted(shown)
    # The text of a report is no longer shown once the case is closed, so it is noted as conditional.
    assert record["categories"] == sorted([Category.REPORT_STEPS.value, Category.MINOR_MINIMAL.value])
    assert record["withheld"] == [Category.REPORT_TEXT.value]
    text = json.dumps({name: str(value) for name, value in record.items()})
    for node in answer["data"]["rows"]["nodes"]:
        assert node["id"].removeprefix("rep_") not in text
        for minor in node["situation"]["minors"]:
            assert f'"{minor["firstName"]}"' not in text


def test_a_token_of_an_organisation_alone_is_recorded_without_a_person(network: Network) -> None:
    _, records = _ask(network, Audience.ORG_CRIP, "{ concernReports(first: 1) { nodes { id } } }")
    assert [(one["member_id"], one["purpose"], one["audience"]) for one in records] == [(None, None, "ORG_CRIP")]


def test_a_count_and_a_search_without_a_hit_are_reads(network: Network) -> None:
    for query in (
        "{ concernReports(first: 0) { totalCount } }",
        "{ concernReports(first: 0) { pageInfo { hasNextPage } } }",
        f'{{ node(id: "sit_{uuid4()}") {{ id }} }}',
        f'{{ nodes(ids: ["sit_{uuid4()}", "x"]) {{ id }} }}',
        f'{{ concernReports(filter: {{situation: "sit_{uuid4()}"}}) {{ nodes {{ id }} }} }}',
    ):
        _, records = _ask(network, CRI, query)
        assert [(one["event"], json.loads(one["situations"])) for one in records] == [("READ", [])], query


def test_the_record_of_a_node_names_its_situation(network: Network) -> None:
    node = data(network, CRI, "{ concernReports(first: 1) { nodes { id situation { id } } } }")["concernReports"][
        "nodes"
    ][0]
    for query in (f'{{ node(id: "{node["id"]}") {{ id }} }}', f'{{ nodes(ids: ["x", "{node["id"]}"]) {{ id }} }}'):
        _, records = _ask(network, CRI, query)
        assert [json.loads(one["situations"]) for one in records] == [[node["situation"]["id"].removeprefix("sit_")]]


def test_each_root_field_has_its_record(network: Network) -> None:
    _, records = _ask(
        network,
        CRI,
        "{ a: concernReports(first: 1) { nodes { id } } situations { totalCount } viewer { audience } departments { totalCount } }",
    )
    assert sorted(one["operation"] for one in records) == ["concernReports", "situations"]
    assert len({one["document_hash"] for one in records}) == 1


@pytest.mark.parametrize(
    "query",
    [
        "{ departments { nodes { name } } organisations(first: 5) { nodes { name resourceCards { title } } } }",
        "{ viewer { audience } __typename }",
        "{ __schema { queryType { name } } }",
        '{ node(id: "x") { id } }',
        "{ nothing }",
    ],
)
def test_what_holds_nothing_personal_is_not_recorded(network: Network, query: str) -> None:
    assert _ask(network, CRI, query)[1] == []


def test_reading_the_log_is_recorded(network: Network) -> None:
    _, records = _ask(network, Audience.DPO, "{ accessRecords(first: 1) { nodes { at event } } }")
    assert [(one["operation"], one["categories"]) for one in records] == [
        ("accessRecords", [Category.ACCESS_LOG.value])
    ]


def test_what_may_be_withheld_is_recorded_apart_from_what_is_read(network: Network) -> None:
    query = "{ contacts(first: 1) { nodes { at } } }"
    _, seen = _ask(network, Audience.SUP, query)
    _, withheld = _ask(network, Audience.DPO, query)
    contacts = [Category.CONTACTS.value]
    assert ([one["categories"] for one in seen], [one["withheld"] for one in seen]) == ([contacts], [[]])
    assert ([one["categories"] for one in withheld], [one["withheld"] for one in withheld]) == ([[]], [contacts])


def test_what_a_list_is_filtered_by_is_recorded_as_read(network: Network) -> None:
    _, records = _ask(network, CRI, "{ minors(filter: {ageBand: []}) { nodes { id } } }")
    assert [(one["categories"], json.loads(one["situations"])) for one in records] == [
        ([Category.CODED_PROFILE.value], [])
    ]


def test_a_missing_scope_is_recorded_as_a_refusal(network: Network) -> None:
    answer, records = _ask(network, Audience.ONP, "{ departments { totalCount } }")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert [
        (one["event"], one["outcome"], one["operation"], one["client_id"], one["situations"], one["categories"])
        for one in records
    ] == [("REFUSAL", "FORBIDDEN", "departments", "cli_observatory", "[]", [])]


def test_an_act_and_what_its_answer_shows_are_one_record(network: Network) -> None:
    association = Audience.ASM
    mine = data(
        network,
        association,
        "{ referrals(filter: {status: [IDENTITY_RELEASED, ENGAGED, ONGOING]}, first: 1) { nodes { id } } }",
    )
    referral = mine["referrals"]["nodes"][0]["id"]
    act = """mutation Act($input: RecordFollowUpInput!) { recordFollowUp(input: $input) {
      followUp { status noteForAse referral { id needCodes } withheld { field } } userErrors { code } } }"""
    wish = {"referral": referral, "status": "MISSED_MEETING", "date": datetime.now(UTC).date().isoformat()}
    answer, records = _ask(network, association, act, {"input": wish})
    assert answer["data"]["recordFollowUp"]["followUp"]["referral"]["id"] == referral
    assert [(one["event"], one["operation"], one["outcome"]) for one in records] == [
        ("COMMAND", "recordFollowUp", "OK")
    ]
    assert len(json.loads(records[0]["situations"])) == 1
    told = {*records[0]["categories"], *records[0]["withheld"]}
    assert told >= {Category.REFERRALS.value, Category.NOTE_FOR_ASE.value, Category.CODED_PROFILE.value}


_OWN = "id __typename status day: date recordedAt noteForAse withheld { field reason howToRequest t: __typename }"
_FOLLOW_UP = "mutation Act($input: RecordFollowUpInput!) { recordFollowUp(input: $input) { %s faults: userErrors { code } t: __typename } }"


@pytest.mark.parametrize("status", ["MISSED_MEETING", "ONGOING", "PAUSED_RUNAWAY"])
@pytest.mark.parametrize("audience", [Audience.ASM, Audience.ORG_ASSOCIATION])
def test_what_an_act_tells_of_its_row_is_what_a_read_shows_and_the_log_says_it_too(
    network: Network, audience: Audience, status: str
) -> None:
    """The payload's own columns come with the statement that writes; where the referral moves, they are read anew."""
    states = "{ referrals(filter: {status: [ENGAGED, ONGOING, PAUSED_RUNAWAY]}, first: 1) { nodes { id } } }"
    referral = data(network, audience, states)["referrals"]["nodes"][0]["id"]
    own = _OWN if audience is Audience.ASM else _OWN.replace("noteForAse ", "")
    wish = {"referral": referral, "status": "ONGOING", "date": datetime.now(UTC).date().isoformat()}
    # Whatever state another test has left: from here the next one moves, or not.
    data(network, audience, _FOLLOW_UP % "", {"input": wish})
    act = _FOLLOW_UP % f"followUp {{ {own} }}"
    answer, records = _ask(network, audience, act, {"input": wish | {"status": status}})
    payload = answer["data"]["recordFollowUp"]
    shown = payload["followUp"]
    assert list(payload.items()) == [("followUp", shown), ("faults", []), ("t", "FollowUpPayload")]
    read = f"query($id: ID!) {{ node(id: $id) {{ ... on FollowUp {{ {own} }} }} }}"
    again, reads = _ask(network, audience, read, {"id": shown["id"]})
    assert again["data"]["node"] == shown
    assert shown["status"] == status
    [record] = records
    assert record["event"] == "COMMAND"
    assert record["situations"] == reads[0]["situations"]
    assert {*record["categories"], *record["withheld"]} >= {*reads[0]["categories"], *reads[0]["withheld"]}
    # Under two names, and with another row beside it, nothing is told by the act; the answer is the same.
    two = _FOLLOW_UP % f"a: followUp {{ {own} }} b: followUp {{ id referral {{ id }} }}"
    both = data(network, audience, two, {"input": wish | {"status": status}})["recordFollowUp"]
    assert both["a"] == shown | {name: both["a"][name] for name in ("id", "recordedAt")}
    assert both["b"]["id"] == both["a"]["id"]
    assert both["b"]["referral"]["id"] == referral


def test_a_refused_act_is_recorded_with_its_code(network: Network) -> None:
    report = f"rep_{uuid4()}"
    answer, records = _ask(
        network, CRI, f'mutation {{ acknowledgeReport(input: {{report: "{report}"}}) {{ userErrors {{ code }} }} }}'
    )
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert [(one["event"], one["outcome"], one["operation"]) for one in records] == [
        ("REFUSAL", "NOT_FOUND", "acknowledgeReport")
    ]
    assert report.removeprefix("rep_") not in str(records)


@pytest.mark.parametrize(
    "given", [None, "", "x", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "00-" + "Z" * 32 + "-1-01"]
)
def test_a_trace_that_cannot_be_used_is_replaced(network: Network, given: str | None) -> None:
    headers = {} if given is None else {"traceparent": given}
    network.post(token(network, CRI), {"query": "{ concernReports { totalCount } }"}, **headers)

    async def newest() -> str:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            found: str = await connection.fetchval("SELECT trace_id FROM access_log ORDER BY at DESC LIMIT 1")
            return found
        finally:
            await connection.close()

    trace = asyncio.run(newest())
    assert len(trace) == 32
    assert set(trace) <= set("0123456789abcdef")
    assert trace.strip("0")


def test_every_chain_of_the_log_holds(network: Network) -> None:
    data(network, CRI, "{ concernReports { totalCount } }")

    async def check() -> Any:
        connection = await asyncpg.connect(network.cluster.login(VERIFIER))
        try:
            return await verify(connection)
        finally:
            await connection.close()

    found = asyncio.run(check())
    assert found.sound
    assert found.good > 0
