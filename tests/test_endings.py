"""The end of a sharing is seen and heard on every path at once, over real HTTP: nodes, lists, counts, streams, feeds."""

import asyncio
from typing import Any

import pytest

from tests.graph.sockets import acknowledged
from tests.graph.test_streams import Beginnings, beginnings  # noqa: F401 (a fixture)
from tests.network import Network
from tests.test_sharing_jobs import Story, caseworker, dlpm, request_of, story  # noqa: F401 (a fixture)

ENDED = "subscription ($ids: [ID!]!) { accessEnded(ids: $ids) { id } }"
FEED = "query ($since: String) { changes(since: $since, first: 100) { cursor more entries { id } } }"
SEEN = """query ($case: ID!, $report: ID!, $danger: ID!) {
  node(id: $case) { ... on Situation { version withheld { field reason } liveDangers { id place withheld { field } }
    concernReports { summaryForCrip dangerTypes withheld { field reason } } } }
  again: node(id: $report) { ... on ConcernReport { version summaryForCrip situation { liveDangers { place } } } }
  nodes(ids: [$danger, $report]) { __typename ... on LiveDanger { place } ... on ConcernReport { appraisal } }
  situations(first: 100) { totalCount edges { cursor node { version liveDangers { place } } } }
  concernReports(first: 100) { totalCount edges { cursor node { version summaryForCrip } } }
}"""
TEXT, PLACE = "Vue à l'hôtel avec un adulte.", "Hôtel de la gare"


@pytest.fixture(scope="module")
def report(network: Network, story: Story) -> str:  # noqa: F811
    """A report of the case at the authority, whose text nobody but the 119 and the CRIP reads."""
    case = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ minors {{ id }} jurisdictions {{ authority {{ id }} }} }} }} }}'
    found = network.data("cli_dlpm", case, member="LIS")["node"]
    contact = dlpm(
        network, "recordContact", "contact { id }", situation=story.situation, channel="PHONE", direction="IN",
        outcome="ANSWERED_IP", callerCategory="MOTHER",
    )["id"]  # fmt: skip
    drafted: str = dlpm(
        network, "draftReport", "concernReport { id }", situation=story.situation, minor=found["minors"][0]["id"],
        originContact=contact, toAuthority=found["jurisdictions"][0]["authority"]["id"], kind="INITIAL",
        summaryForCrip=TEXT, appraisal="Danger probable.", dangerTypes=["SEXUAL"], parentsInformed="UNKNOWN",
    )["id"]  # fmt: skip
    dlpm(network, "validateReport", "concernReport { id }", "SUP", report=drafted)
    dlpm(network, "sendReport", "concernReport { id }", report=drafted)
    return drafted


def revoked(network: Network, grant: str) -> None:
    dlpm(network, "revokeSharingGrant", "sharingGrant { state }", sharingGrant=grant)


def overdue(network: Network, grant: str) -> None:
    """Its date comes; nobody writes anything into it."""
    network.administer(
        "UPDATE sharing_grant SET expires_at = clock_timestamp() + interval '0.5 seconds' WHERE id = $1::text::uuid",
        grant.partition("_")[2],
    )


@pytest.mark.parametrize("end", [revoked, overdue])
async def test_what_a_sharing_opened_is_closed_on_every_path_at_once(
    network: Network,
    story: Story,  # noqa: F811 (a fixture)
    report: str,
    beginnings: Beginnings,  # noqa: F811 (a fixture)
    end: Any,
) -> None:
    [danger] = dlpm_dangers(network, story)
    wanted = {"case": story.situation, "report": report, "danger": danger}

    def seen() -> Any:
        return network.data("cli_ase_59", SEEN, wanted, member=caseworker(network), purpose="EVALUATE")

    def told(since: str | None) -> tuple[list[str], str]:
        ids: list[str] = []
        while True:
            page = network.data("cli_ase_59", FEED, {"since": since})["changes"]
            ids, since = [*ids, *(entry["id"] for entry in page["entries"])], page["cursor"]
            if not page["more"]:
                return ids, since

    before, (_, cursor) = seen(), told(None)
    assert TEXT not in str(before)
    assert PLACE not in str(before)
    wish = request_of(network, story, "cli_ase_59", caseworker(network), fieldGroups=["G11", "G19"])
    grant = dlpm(network, "requestSharingGrant", "sharingGrant { id }", **wish)["id"]
    dlpm(network, "approveSharingGrant", "sharingGrant { id }", "SUP", sharingGrant=grant)
    opened = seen()
    assert str(opened).count(TEXT) == 3
    assert str(opened).count(PLACE) == 4

    token = network.token("cli_ase_59", caseworker(network), "EVALUATE")
    async with acknowledged(network, token) as socket, asyncio.timeout(30):
        await socket.subscribe("a", ENDED, ids=[danger])
        await beginnings.reach(1)
        await asyncio.to_thread(end, network, grant)
        heard = [await socket.hear() for _ in range(2)]
    assert heard[0]["payload"] == {"data": {"accessEnded": {"id": danger}}}
    assert heard[1] == {"type": "complete", "id": "a"}
    # Byte by byte what it was: no cursor, no version and no count remembers what had been open.
    assert await asyncio.to_thread(seen) == before
    # It was one person's: the service's software, its feed and so its notices never heard of it.
    assert await asyncio.to_thread(told, cursor) == ([], cursor)


def dlpm_dangers(network: Network, story: Story) -> list[str]:  # noqa: F811
    query = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ liveDangers {{ id }} }} }} }}'
    return [one["id"] for one in network.data("cli_dlpm", query, member="LIS")["node"]["liveDangers"]]
