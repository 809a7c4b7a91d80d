"""Root lists: order, pages, cursors."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, get_named_type, is_required_argument

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.types.query import ROOTS
from schema.vocabulary import Audience
from tests.graph.callers import CALLERS, code, data, post
from tests.network import Network

CRI = Audience.CRI
INBOX = "query($first: Int, $after: String) { concernReports(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id sentAt } } }"
ANY = """query($first: Int, $after: String, $last: Int, $before: String, $f: ConcernReportFilter, $o: ConcernReportOrder! = SENT_NEWEST) {
  concernReports(first: $first, after: $after, last: $last, before: $before, filter: $f, orderBy: $o) {
    totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def _page(network: Network, **variables: Any) -> Any:
    return data(network, CRI, ANY, variables)["concernReports"]


def _refused(network: Network, audience: Audience = CRI, **variables: Any) -> Any:
    answer = post(network, audience, ANY, variables)
    assert code(answer) == "BAD_USER_INPUT"
    assert answer.json()["data"] is None
    return answer.json()["errors"][0]


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


def _lists() -> Iterator[tuple[Audience, str, str]]:
    for audience in Audience:
        root = schema_of(audience).query_type
        assert root is not None
        for name, field in root.fields.items():
            # What lists something of one situation is paged through in tests/test_repeats.py.
            of_one = "filter" in field.args and is_required_argument(field.args["filter"])
            if name in ROOTS and not of_one and audience is not Audience.ONP:  # its tool has no scope for the directory
                order = get_named_type(field.args["orderBy"].type)
                assert isinstance(order, GraphQLEnumType)
                yield from ((audience, name, value) for value in order.values)


@pytest.mark.parametrize(
    ("audience", "root", "order"), list(_lists()), ids=lambda value: getattr(value, "value", value)
)
def test_every_list_in_every_order_pages_forward_and_backward_alike(
    network: Network, audience: Audience, root: str, order: str
) -> None:
    names = schema_of(audience).type_map[ROOTS[root]].fields  # type: ignore[attr-defined]
    column = NOUNS[ROOTS[root]].orders[order].column
    shown = "".join(part.capitalize() if place else part for place, part in enumerate(column.split("_")))
    key = f"key: {shown}" if shown in names else "__typename"
    query = f"""query($first: Int, $after: String, $last: Int, $before: String) {{ {root}(orderBy: {order}, first: $first,
      after: $after, last: $last, before: $before) {{ totalCount edges {{ cursor node {{ {key} }} }}
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
    whole = data(network, audience, query, {"first": 50})[root]
    cursors = [edge["cursor"] for edge in whole["edges"]]
    assert None not in cursors
    assert len(set(cursors)) == len(cursors) == min(50, whole["totalCount"])
    keys = [edge["node"].get("key") for edge in whole["edges"]]
    known = [value for value in keys if value is not None]
    assert keys == known + [None] * (len(keys) - len(known))  # what is withheld stands at the end
    if "T" in "".join(map(str, known[:1])):
        assert known == sorted(known, reverse=NOUNS[ROOTS[root]].orders[order].descending)
    if root == "accessRecords":
        return  # it grows while it is read
    size = max(3, len(cursors) // 3)
    forward = _walk(network, audience, query, root, size, ("first", "after", "endCursor", "hasNextPage"), len(cursors))
    assert forward == cursors
    if whole["totalCount"] <= 50:
        backward = _walk(network, audience, query, root, size, ("last", "before", "startCursor", "hasPreviousPage"), 50)
        assert backward == cursors


def _walk(
    network: Network, audience: Audience, query: str, root: str, size: int, words: tuple[str, str, str, str], most: int
) -> list[str]:
    count, place, cursor, more = words
    found: list[str] = []
    at = None
    while len(found) < most:
        page = data(network, audience, query, {count: size, place: at})[root]
        part = [edge["cursor"] for edge in page["edges"]]
        found = found + part if count == "first" else part + found
        at = page["pageInfo"][cursor]
        if not page["pageInfo"][more]:
            break
    return found[:most]


def test_last_and_before_keep_the_order(network: Network) -> None:
    every = [node["id"] for node in _page(network, first=100)["nodes"]]
    end = _page(network, last=4)
    assert [node["id"] for node in end["nodes"]] == every[-4:]
    assert (end["pageInfo"]["hasPreviousPage"], end["pageInfo"]["hasNextPage"]) == (True, False)
    before = _page(network, last=3, before=end["pageInfo"]["startCursor"])
    assert [edge["node"]["id"] for edge in before["edges"]] == every[-7:-4]
    assert (before["pageInfo"]["hasPreviousPage"], before["pageInfo"]["hasNextPage"]) == (True, True)
    assert before["pageInfo"]["startCursor"] == before["edges"][0]["cursor"]
    assert before["pageInfo"]["endCursor"] == before["edges"][-1]["cursor"]


def test_the_ends_of_a_list_say_so(network: Network) -> None:
    every = _page(network, first=100)
    assert every["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": every["edges"][0]["cursor"],
        "endCursor": every["edges"][-1]["cursor"],
    }
    beyond = _page(network, first=5, after=every["pageInfo"]["endCursor"])
    assert (beyond["nodes"], beyond["totalCount"]) == ([], every["totalCount"])
    assert beyond["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}
    ahead = _page(network, last=5, before=every["pageInfo"]["startCursor"])
    assert ahead["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    exact = _page(network, first=every["totalCount"])
    assert exact["pageInfo"]["hasNextPage"] is False


def test_a_page_of_nothing_still_counts(network: Network) -> None:
    total = _page(network, first=100)["totalCount"]
    assert _page(network, first=0) == {
        "totalCount": total,
        "edges": [],
        "nodes": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }
    assert _page(network, last=0)["pageInfo"]["hasPreviousPage"] is True
    nothing = _page(network, f={"status": []})
    assert (nothing["totalCount"], nothing["edges"], nothing["pageInfo"]["hasNextPage"]) == (0, [], False)


def test_twenty_is_the_default_size(network: Network) -> None:
    query = "query($n: Int) { departments(first: $n) { nodes { code } totalCount } }"
    assert len(data(network, CRI, query)["departments"]["nodes"]) == 20
    assert len(data(network, CRI, query, {"n": None})["departments"]["nodes"]) == 20
    assert len(data(network, CRI, query, {"n": 100})["departments"]["nodes"]) == 100


@pytest.mark.parametrize(
    ("variables", "name", "reason"),
    [
        ({"first": -1}, "first", "OUT_OF_RANGE"),
        ({"first": 101}, "first", "OUT_OF_RANGE"),
        ({"first": -(2**31)}, "first", "OUT_OF_RANGE"),
        ({"last": -1}, "last", "OUT_OF_RANGE"),
        ({"last": 101}, "last", "OUT_OF_RANGE"),
        ({"first": 1, "last": 1}, "first", "FIRST_AND_LAST"),
        ({"first": 1, "before": "x"}, "before", "CURSOR_DIRECTION"),
        ({"last": 1, "after": "x"}, "after", "CURSOR_DIRECTION"),
        ({"before": "x"}, "before", "CURSOR_DIRECTION"),
        ({"after": "x", "before": "x"}, "before", "CURSOR_DIRECTION"),
        ({"last": 1, "before": ""}, "before", "INVALID_CURSOR"),
    ],
)
def test_arguments_that_do_not_go_together_are_told_by_name(
    network: Network, variables: dict[str, Any], name: str, reason: str
) -> None:
    problem = _refused(network, **variables)
    assert problem["extensions"]["reason"] == reason
    assert f"`{name}`" in problem["message"]


@pytest.mark.parametrize(
    "spoil", ["", "x", "é", "AAAA", "1" * 500, "=", "====", "A" * 399, " ", "null", "0", "-_-_", "Y3Vyc29yOjE="]
)
def test_a_spoilt_cursor_is_refused_by_name(network: Network, spoil: str) -> None:
    problem = _refused(network, first=4, after=spoil)
    assert problem["extensions"] == {"code": "BAD_USER_INPUT", "reason": "INVALID_CURSOR"}
    assert "`after`" in problem["message"]


def test_an_altered_cursor_is_refused_wherever_it_was_altered(network: Network) -> None:
    cursor = _page(network, first=1)["pageInfo"]["endCursor"]
    spoilt = _refused(network, first=1, after="AAAA")
    for place in range(0, len(cursor), 5):
        other = "A" if cursor[place] != "A" else "B"
        assert _refused(network, first=1, after=cursor[:place] + other + cursor[place + 1 :]) == spoilt
    for altered in (
        cursor + "=",
        cursor + "A",
        cursor[:-1],
        cursor + "\n",
        " " + cursor,
        cursor[:9] + "!" + cursor[9:],
    ):
        assert _refused(network, first=1, after=altered) == spoilt


def test_a_cursor_written_by_hand_is_refused(network: Network) -> None:
    payload = b"2026-01-01 00:00:00+00|00000000-0000-4000-8000-000000000000"
    made = base64.urlsafe_b64encode(payload + bytes(16)).rstrip(b"=").decode()
    assert _refused(network, first=1, after=made) == _refused(network, first=1, after="AAAA")


def test_a_cursor_belongs_to_its_caller_its_filter_and_its_order(network: Network) -> None:
    cursor = _page(network, first=1)["pageInfo"]["endCursor"]
    spoilt = _refused(network, first=1, after="AAAA")
    assert _refused(network, first=1, after=cursor, o="DRAFTED_NEWEST") == spoilt
    assert _refused(network, first=1, after=cursor, f={"status": ["SENT"]}) == spoilt
    assert _refused(network, first=1, after=cursor, f={"overdue": True}) == spoilt
    for audience in (Audience.ORG_CRIP, Audience.SUP, Audience.ASE):
        assert _refused(network, audience, first=1, after=cursor) == _refused(network, audience, first=1, after="AAAA")
    other = network.ask("cli_crip_69M", ANY, {"first": 1, "after": cursor}, member="CRI")
    assert other["errors"][0] == spoilt
    elsewhere = "query($after: String) { situations(first: 1, after: $after) { totalCount } }"
    assert code(post(network, CRI, elsewhere, {"after": cursor})) == "BAD_USER_INPUT"
    assert _page(network, first=1, after=cursor, f={"status": None}, o="SENT_NEWEST")["nodes"]


def test_a_cursor_says_nothing_of_hidden_rows(network: Network) -> None:
    cursor = data(network, Audience.DPO, "{ contacts(first: 1) { edges { cursor } } }")["contacts"]["edges"][0][
        "cursor"
    ]
    text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert text.startswith(b"-infinity|")  # when it was is withheld from the DPO


@pytest.mark.parametrize("audience", [Audience.CRI, Audience.ASE, Audience.ORG_CRIP, Audience.ASM, Audience.COO])
def test_the_total_counts_only_what_the_caller_sees(network: Network, audience: Audience) -> None:
    root = "concernReports" if "concernReports" in schema_of(audience).query_type.fields else "referrals"  # type: ignore[union-attr]
    page = data(network, audience, f"{{ {root}(first: 100) {{ totalCount nodes {{ id }} }} }}")[root]
    assert (
        page["totalCount"]
        == len(page["nodes"])
        < data(network, Audience.SUP, f"{{ {root} {{ totalCount }} }}")[root]["totalCount"]
    )
    assert CALLERS[audience]
