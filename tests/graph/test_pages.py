"""Root lists: order, pages, cursors."""

import pytest

from tests.network import Network

INBOX = "query($first: Int, $after: String) { concernReports(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id sentAt } } }"


def test_a_crip_pages_through_its_whole_inbox_newest_first_without_gap_or_repeat(network: Network) -> None:
    seen: list[tuple[str, str]] = []
    after = None
    while True:
        page = network.data("cli_crip_59", INBOX, {"first": 4, "after": after}, member="CRI")["concernReports"]
        seen += [(node["sentAt"], node["id"]) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert len(page["nodes"]) == 4
        after = page["pageInfo"]["endCursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == page["totalCount"]


@pytest.mark.parametrize("spoil", ["", "x", "é", "AAAA", "1" * 500])
def test_a_spoilt_cursor_is_refused_by_name(network: Network, spoil: str) -> None:
    answer = network.ask("cli_crip_59", INBOX, {"first": 4, "after": spoil}, member="CRI")
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "INVALID_CURSOR"}
    assert "`after`" in answer["errors"][0]["message"]


def test_a_cursor_of_another_caller_is_refused_like_a_spoilt_one(network: Network) -> None:
    mine = network.data("cli_crip_59", INBOX, {"first": 1}, member="CRI")["concernReports"]["pageInfo"]["endCursor"]
    foreign = network.ask("cli_crip_59", INBOX, {"first": 1, "after": mine})
    spoilt = network.ask("cli_crip_59", INBOX, {"first": 1, "after": "AAAA"})
    assert foreign == spoilt
