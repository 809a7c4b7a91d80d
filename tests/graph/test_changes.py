"""The delta feed over HTTP: who has it, its cursor, its rows, its record."""

from typing import Any

import asyncpg
import httpx2
import pytest

from auth.policy import FEEDS
from graph.schemas.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import code
from tests.network import Network

PAGE = "query ($since: String, $first: Int! = 100) { changes(since: $since, first: $first) { cursor more entries { id gone groups at } } }"
ROWS = "{ changes(first: 100) { entries { id gone node { __typename id ... on Referral { status } } again: node { id } } } }"


@pytest.mark.parametrize("audience", list(Audience))
def test_only_organisations_whose_software_follows_cases_have_a_feed(audience: Audience) -> None:
    query = schema_of(audience).query_type
    assert query is not None
    assert ("changes" in query.fields) is (audience in FEEDS)
    assert ("Changes" in schema_of(audience).type_map) is (audience in FEEDS)


def ask(network: Network, client: str, variables: dict[str, Any]) -> httpx2.Response:
    return network.post(network.token(client), {"query": PAGE, "variables": variables})


def follow(network: Network, client: str, size: int) -> tuple[list[str], str]:
    since, found = None, []
    while True:
        page = network.data(client, PAGE, {"since": since, "first": size})["changes"]
        found += [entry["id"] for entry in page["entries"]]
        since = page["cursor"]
        if not page["more"]:
            return found, since


@pytest.mark.parametrize(
    ("client", "lists"),
    [
        ("cli_crip_59", ["situations", "concernReports", "referrals", "followUps"]),
        ("cli_asso_measure", ["referrals", "followUps"]),
    ],
)
def test_the_feed_lists_what_the_lists_list_and_each_row_once(network: Network, client: str, lists: list[str]) -> None:
    found, cursor = follow(network, client, 37)
    assert len(found) == len(set(found))
    for one in lists:
        listed = set()
        after = None
        while True:
            page = network.data(
                client,
                f"query ($after: String) {{ {one}(first: 100, after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}",
                {"after": after},
            )[one]
            listed |= {node["id"] for node in page["nodes"]}
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        prefix = next(iter(listed)).split("_")[0]
        assert {one for one in found if one.startswith(prefix)} == listed
    assert network.data(client, PAGE, {"since": cursor})["changes"] == {"cursor": cursor, "more": False, "entries": []}


def test_a_change_shows_its_row_as_it_is_now(network: Network) -> None:
    entries = network.data("cli_asso_measure", ROWS)["changes"]["entries"]
    assert entries
    for entry in entries:
        assert entry["gone"] is False
        assert entry["node"]["id"] == entry["id"] == entry["again"]["id"]
    listed = network.data("cli_asso_measure", "{ referrals(first: 100) { nodes { id status } } }")["referrals"]["nodes"]
    shown = {entry["id"]: entry["node"]["status"] for entry in entries if entry["node"]["__typename"] == "Referral"}
    assert shown == {node["id"]: node["status"] for node in listed}


def test_a_cursor_of_another_caller_or_altered_gets_one_answer(network: Network) -> None:
    _, cursor = follow(network, "cli_crip_59", 100)
    answers = set()
    for client, since in (
        ("cli_asso_measure", cursor),
        ("cli_crip_59", cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")),
        ("cli_crip_59", ""),
        ("cli_crip_59", "0"),
        ("cli_crip_59", "x" * 500),
    ):
        answer = ask(network, client, {"since": since})
        assert code(answer) == "BAD_USER_INPUT"
        answers.add(answer.json()["errors"][0]["extensions"]["reason"])
    assert answers == {"INVALID_CURSOR"}
    for first in (0, -1, 101):
        answer = ask(network, "cli_crip_59", {"first": first})
        assert answer.json()["errors"][0]["extensions"]["reason"] == "OUT_OF_RANGE"


async def test_reading_the_feed_is_in_the_access_log(network: Network) -> None:
    answer = ask(network, "cli_asso_measure", {})
    assert answer.json()["data"]["changes"]["entries"]
    connection = await asyncpg.connect(network.cluster.admin)
    try:
        row = await connection.fetchrow(
            "SELECT operation, event, outcome, situations::text FROM access_log WHERE operation = 'changes' ORDER BY at DESC LIMIT 1"
        )
    finally:
        await connection.close()
    assert row is not None
    assert (row["event"], row["outcome"]) == ("READ", "OK")
    assert row["situations"] != "[]"


async def test_the_rows_of_a_page_are_read_together(network: Network) -> None:
    """All entries are resolved at the same time: the first of them reads for all, once per name in the answer."""
    connection = await asyncpg.connect(network.cluster.admin)
    count = "SELECT count(*) FROM access_log WHERE event = 'READ' AND audience = 'ORG_ASSOCIATION'"
    try:
        before = await connection.fetchval(count)
        entries = network.data("cli_asso_measure", ROWS)["changes"]["entries"]
        assert len(entries) > 2
        # The feed itself, `node` and `again`.
        assert await connection.fetchval(count) - before == 3
    finally:
        await connection.close()
