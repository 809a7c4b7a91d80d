"""Reading is an event for the owner of a case: who, for what, which groups; never a value, and never who else is in it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from schema.vocabulary import Audience, Category
from tests.graph.callers import data, post
from tests.network import Network

ACCESSES = """query($filter: AccessFilter, $first: Int, $after: String) {
  accesses(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes {
    id at event outcome traceId reader audience purpose operation categories conditional
    situation { id } organisation { id name } } } }"""


def fetch(network: Network, statement: str, *values: Any) -> list[Any]:
    async def main() -> list[Any]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    return asyncio.run(main())


@pytest.fixture(scope="module")
def read(network: Network) -> tuple[str, str]:
    """A case that a CRIP officer has read, and the trace of that read."""
    trace = uuid4().hex
    answer = post(
        network,
        Audience.CRI,
        "{ concernReports(first: 1) { nodes { id situation { id } } } }",
        traceparent=f"00-{trace}-00f067aa0ba902b7-01",
    ).json()
    network.seal()
    case: str = answer["data"]["concernReports"]["nodes"][0]["situation"]["id"]
    return case, trace


def of_case(network: Network, audience: Audience, case: str, **filters: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = data(
        network, audience, ACCESSES, {"filter": {"situation": case, **filters}, "first": 100}
    )["accesses"]["nodes"]
    return nodes


def test_the_owner_sees_who_read_its_case_for_what_and_which_groups(network: Network, read: tuple[str, str]) -> None:
    case, trace = read
    [crip] = fetch(network, "SELECT organisation_id FROM oauth_client WHERE id = 'cli_crip_59'")
    for audience in (Audience.SUP, Audience.DPO):
        [seen] = [one for one in of_case(network, audience, case) if one["traceId"] == trace]
        assert {name: seen[name] for name in ("event", "outcome", "audience", "operation", "categories")} == {
            "event": "READ",
            "outcome": "OK",
            "audience": "CRI",
            "operation": "concernReports",
            "categories": [Category.REPORT_STEPS.value],
        }
        assert seen["situation"]["id"] == case
        assert seen["organisation"]["id"] == f"org_{crip[0]}"
        assert seen["reader"].startswith("lec_")
        # Nothing that was read.
        assert "value" not in json.dumps(seen)


def test_the_pseudonym_is_no_id_and_differs_from_case_to_case(network: Network) -> None:
    data(network, Audience.CRI, "{ concernReports(first: 5) { nodes { situation { id } } } }")
    network.seal()
    rows = fetch(network, "SELECT situation_id, member_id, reader FROM case_access WHERE member_id IS NOT NULL")
    person = network.members("cli_crip_59", "CRI")[0]["id"]
    mine = [row for row in rows if str(row["member_id"]) == person]
    assert len({row["situation_id"] for row in mine}) >= 5
    assert len({row["reader"] for row in mine}) == len({row["situation_id"] for row in mine})
    assert not any(person[:8] in row["reader"] for row in mine)


def test_filters_narrow_by_case_organisation_period_outcome_and_reader(network: Network, read: tuple[str, str]) -> None:
    case, trace = read
    every = of_case(network, Audience.DPO, case)
    [one] = [seen for seen in every if seen["traceId"] == trace]
    assert {seen["situation"]["id"] for seen in every} == {case}
    organisation = one["organisation"]["id"]
    cases: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
        ({"organisation": organisation}, lambda seen: bool(seen["organisation"]["id"] == organisation)),
        ({"since": one["at"]}, lambda seen: bool(seen["at"] >= one["at"])),
        ({"before": one["at"]}, lambda seen: bool(seen["at"] < one["at"])),
        ({"outcome": ["OK"]}, lambda seen: bool(seen["outcome"] == "OK")),
        ({"outcome": ["NOT_FOUND"]}, lambda seen: bool(seen["outcome"] == "NOT_FOUND")),
        ({"event": ["REFUSAL"]}, lambda seen: bool(seen["event"] == "REFUSAL")),
        ({"reader": [one["reader"]]}, lambda seen: bool(seen["reader"] == one["reader"])),
    ]
    for filters, keeps in cases:
        found = of_case(network, Audience.DPO, case, **filters)
        assert all(keeps(seen) for seen in found), filters
        # A page holds 100; what is older than its last is on the next.
        last = found[-1]["at"] if len(found) == 100 else ""
        wanted = {seen["id"] for seen in every if keeps(seen) and seen["at"] > last}
        assert {seen["id"] for seen in found} >= wanted, filters


def test_pages_cover_every_access_once_even_where_all_have_the_same_moment(network: Network) -> None:
    case, organisation, trace = uuid4(), uuid4(), uuid4().hex
    [owner] = fetch(network, "SELECT organisation_id FROM oauth_client WHERE id = 'cli_dlpm'")
    fetch(network, "INSERT INTO situation (id, ref, controller_org_id) VALUES ($1, $2, $3)", case, case.hex, owner[0])
    fetch(network, "INSERT INTO organisation (id, name, kind) VALUES ($1, 'Lectrice', 'CRIP')", organisation)
    fetch(
        network,
        "INSERT INTO case_access (situation_id, controller_org_id, organisation_id, at, event, outcome, trace_id, audience) "
        "SELECT $1, $2, $3, '2026-05-01T08:00:00Z', 'READ', 'OK', $4, 'CRI' FROM generate_series(1, 25)",
        case,
        owner[0],
        organisation,
        trace,
    )
    seen: list[str] = []
    after = None
    while True:
        variables = {"filter": {"situation": f"sit_{case}"}, "first": 10, "after": after}
        page = data(network, Audience.DPO, ACCESSES, variables)["accesses"]
        assert page["totalCount"] == 25
        seen += [one["id"] for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 25


def test_pages_of_the_log_cover_records_of_one_moment_once(network: Network) -> None:
    """Its keyset was tied on the moment itself: records of one moment were skipped at the edge of a page."""
    fetch(
        network,
        "INSERT INTO access_log (writer_id, seq, at, event, outcome, trace_id, audience, situations, prev, hash) "
        "SELECT $1, n, now(), 'TIED', 'OK', 'tied ' || n, 'SUP', '[]', '', sha256(n::text::bytea) "
        "FROM generate_series(1, 25) n",
        uuid4(),
    )
    query = """query($page: Int!, $after: String) { accessRecords(filter: {event: ["TIED"]}, first: $page, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { traceId } } }"""
    for audience in (Audience.DPO, Audience.ADM):
        for size in (1, 10, 25):
            seen: list[str] = []
            after = None
            while True:
                page = data(network, audience, query, {"page": size, "after": after})["accessRecords"]
                assert page["totalCount"] == 25
                seen += [one["traceId"] for one in page["nodes"]]
                if not page["pageInfo"]["hasNextPage"]:
                    break
                after = page["pageInfo"]["endCursor"]
            assert sorted(seen) == sorted(f"tied {number}" for number in range(1, 26)), (audience, size)
    fetch(network, "DELETE FROM access_log WHERE event = 'TIED'")


def test_the_log_is_filtered_by_outcome(network: Network) -> None:
    post(network, Audience.ONP, "{ departments { totalCount } }")
    query = '{ accessRecords(filter: {outcome: ["FORBIDDEN"]}, first: 100) { nodes { outcome } } }'
    found = data(network, Audience.DPO, query)["accessRecords"]["nodes"]
    assert {one["outcome"] for one in found} == {"FORBIDDEN"}


def test_others_see_their_own_accesses_only(network: Network, read: tuple[str, str]) -> None:
    [mine] = fetch(network, "SELECT organisation_id FROM oauth_client WHERE id = 'cli_crip_59'")
    query = "{ accesses(first: 100) { totalCount nodes { organisation { id } traceId } } }"
    for role in ("DEL", "DPO"):
        answer = network.data("cli_crip_59", query, member=role)["accesses"]
        assert answer["totalCount"] >= 1
        assert {one["organisation"]["id"] for one in answer["nodes"]} == {f"org_{mine[0]}"}


@pytest.mark.parametrize("audience", [one for one in Audience if one not in {"SUP", "DEL", "DPO"}])
def test_no_other_role_knows_of_accesses(network: Network, audience: Audience) -> None:
    answer = post(network, audience, "{ accesses(first: 1) { nodes { at } } }").json()
    invented = post(network, audience, "{ inventes(first: 1) { nodes { at } } }").json()
    assert json.dumps(answer).replace("accesses", "?") == json.dumps(invented).replace("inventes", "?")


def test_reading_the_accesses_is_itself_an_access_of_the_case(network: Network, read: tuple[str, str]) -> None:
    case, _ = read
    trace = uuid4().hex
    variables = {"filter": {"situation": case}, "first": 100}
    post(network, Audience.SUP, ACCESSES, variables, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    network.seal()
    [seen] = [one for one in of_case(network, Audience.DPO, case) if one["traceId"] == trace]
    assert (seen["operation"], seen["audience"]) == ("accesses", "SUP")
    assert Category.ACCESS_LOG.value in seen["categories"]


# ---------------------------------------------------------------- who it was

WHO = "query($access: ID!) { accessReader(access: $access) { id name } }"


def test_resolving_a_pseudonym_is_an_act_of_its_own_and_is_logged(network: Network, read: tuple[str, str]) -> None:
    case, trace = read
    [seen] = [one for one in of_case(network, Audience.DPO, case) if one["traceId"] == trace]
    asked = uuid4().hex
    answer = post(
        network, Audience.DPO, WHO, {"access": seen["id"]}, traceparent=f"00-{asked}-00f067aa0ba902b7-01"
    ).json()
    person = network.members("cli_crip_59", "CRI")[0]
    assert answer == {"data": {"accessReader": {"id": f"mbr_{person['id']}", "name": person["name"]}}}
    records = fetch(network, "SELECT * FROM access_log WHERE trace_id = $1 ORDER BY seq", asked)
    assert {one["operation"] for one in records} == {"accessReader"}
    first = records[0]
    assert json.loads(first["situations"]) == [case.removeprefix("sit_")]
    assert first["categories"] == [Category.ACCESS_LOG.value, Category.ACCOUNTS.value]
    network.seal()
    [noted] = [
        one
        for one in of_case(network, Audience.SUP, case)
        if one["traceId"] == asked and one["operation"] == "accessReader"
    ]
    assert noted["audience"] == "DPO"


def test_an_access_out_of_reach_resolves_like_a_random_id(network: Network, read: tuple[str, str]) -> None:
    case, _ = read
    data(network, Audience.SUP, "{ situations(first: 1) { nodes { id } } }")
    network.seal()
    [other] = fetch(
        network,
        "SELECT id FROM case_access WHERE organisation_id = (SELECT organisation_id FROM oauth_client "
        "WHERE id = 'cli_dlpm') LIMIT 1",
    )
    answers = set()
    for identity in (f"acc_{other[0]}", f"acc_{UUID(int=7)}", case, "acc_x", ""):
        answers.add(json.dumps(network.ask("cli_crip_59", WHO, {"access": identity}, member="DPO")))
    assert answers == {'{"data": {"accessReader": null}}'}


@pytest.mark.parametrize("audience", [Audience.SUP, Audience.DEL, Audience.ADM, Audience.CRI])
def test_only_data_protection_officers_resolve(network: Network, audience: Audience) -> None:
    answer = post(network, audience, WHO, {"access": "acc_x"}).json()
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


# ---------------------------------------------------------------- the public checkpoint


def test_the_checkpoint_is_public_and_opens_with_the_public_key(network: Network) -> None:
    found = network.http.get(f"{network.base_url}/.well-known/audit-checkpoint")
    key = network.http.get(f"{network.base_url}/.well-known/audit-key")
    assert (found.status_code, key.status_code) == (200, 200)
    assert found.headers["content-type"] == key.headers["content-type"] == "text/plain; charset=utf-8"
    origin, size, _, gap, signature, end = found.text.split("\n")
    assert (origin, gap, end) == ("localhost/journal", "", "")
    assert int(size) >= 1
    assert signature.startswith("\N{EM DASH} localhost/journal ")
    assert key.text.startswith("localhost/journal+")
    for path in ("/.well-known/audit-checkpoint", "/.well-known/audit-key"):
        assert network.http.post(network.base_url + path).status_code == 405
