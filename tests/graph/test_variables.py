"""Variables and ids: what does not fit is told by the variable's name, never by its value; ids say nothing."""

from typing import Any
from uuid import uuid4

import pytest

from schema.vocabulary import Audience
from tests.graph.callers import check, code, data, post
from tests.network import Network

CRI = Audience.CRI
PAGE = "query($f: ConcernReportFilter, $n: Int, $o: ConcernReportOrder! = SENT_NEWEST) { concernReports(filter: $f, first: $n, orderBy: $o) { totalCount nodes { id } } }"
NODE = "query($id: ID!) { node(id: $id) { id __typename } }"
ACT = "mutation($input: ReturnReportInput!) { returnReport(input: $input) { userErrors { code } } }"
SECRET = "Dupont"


@pytest.mark.parametrize(
    ("query", "variables", "sentence"),
    [
        (PAGE, {"n": SECRET}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": 1.5}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": True}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": [SECRET]}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": 2**31}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": 10**30}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"n": 1e300}, "The variable `$n` has a value that does not fit its type."),
        (PAGE, {"o": SECRET}, "The variable `$o` has a word that its enum does not have."),
        (PAGE, {"o": None}, "The variable `$o` needs a value: it is null."),
        (PAGE, {"f": SECRET}, "The variable `$f` has a value that does not fit its type."),
        (PAGE, {"f": [SECRET]}, "The variable `$f` has a value that does not fit its type."),
        (PAGE, {"f": {SECRET: SECRET}}, "The variable `$f` has a field that does not exist."),
        (PAGE, {"f": {"status": SECRET}}, "The variable `$f` has a word at `status` that its enum does not have."),
        (
            PAGE,
            {"f": {"status": ["SENT", SECRET]}},
            "The variable `$f` has a word at `status[1]` that its enum does not have.",
        ),
        (PAGE, {"f": {"status": [None]}}, "The variable `$f` needs a value at `status[0]`: it is null."),
        (
            PAGE,
            {"f": {"status": {"eq": SECRET}}},
            "The variable `$f` has a value at `status` that does not fit its type.",
        ),
        (PAGE, {"f": {"overdue": SECRET}}, "The variable `$f` has a value at `overdue` that does not fit its type."),
        (
            PAGE,
            {"f": {"sentSince": SECRET}},
            "The variable `$f` has no moment at `sentSince`: write it like 2026-01-31T08:00:00Z.",
        ),
        (
            PAGE,
            {"f": {"sentSince": "2026-13-01T00:00:00Z"}},
            "The variable `$f` has no moment at `sentSince`: write it like 2026-01-31T08:00:00Z.",
        ),
        (
            PAGE,
            {"f": {"sentSince": 1767225600}},
            "The variable `$f` has no moment at `sentSince`: write it like 2026-01-31T08:00:00Z.",
        ),
        (PAGE, {"f": {"situation": {}}}, "The variable `$f` has a value at `situation` that does not fit its type."),
        (NODE, {}, "The variable `$id` is required."),
        (NODE, {"id": None}, "The variable `$id` needs a value: it is null."),
        (NODE, {"id": []}, "The variable `$id` has a value that does not fit its type."),
        (NODE, {"id": {"x": SECRET}}, "The variable `$id` has a value that does not fit its type."),
        (NODE, {"id": True}, "The variable `$id` has a value that does not fit its type."),
        (ACT, {"input": {}}, "The variable `$input` needs the field `report`."),
        (
            ACT,
            {"input": {"report": "x", "decidedAt": "9999-02-29"}},
            "The variable `$input` has no moment at `decidedAt`: write it like 2026-01-31T08:00:00Z.",
        ),
        (
            ACT,
            {"input": {"report": "x", "codes": ["x", {SECRET: 1}]}},
            "The variable `$input` has a value at `codes[1]` that does not fit its type.",
        ),
        (
            ACT,
            {"input": {"report": "x", f"codes: Value '{SECRET}": 1}},
            "The variable `$input` has a field that does not exist.",
        ),
        (NODE, {"ID": SECRET}, "The variable `$id` is required."),
    ],
)
def test_a_variable_that_does_not_fit_is_told_by_its_name(
    network: Network, query: str, variables: dict[str, Any], sentence: str
) -> None:
    answer = post(network, CRI, query, variables)
    assert code(answer) == "BAD_USER_INPUT"
    assert [problem["message"] for problem in answer.json()["errors"]] == [sentence]
    assert SECRET not in answer.text
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("filter_", "reason"),
    [
        ({"sentSince": "2026-01-31T08:00:00"}, "NO_TIME_ZONE"),
        ({"sentSince": "2026-01-31"}, "NO_TIME_ZONE"),
        ({"sentSince": "0001-01-01T00:00:00+14:00"}, "OUT_OF_RANGE"),
        ({"sentBefore": "9999-12-31T23:59:59-14:00"}, "OUT_OF_RANGE"),
        ({"dueWithinDays": -1}, "OUT_OF_RANGE"),
        ({"dueWithinDays": 2**31 - 1}, "OUT_OF_RANGE"),
        ({"situation": SECRET}, "INVALID_ID"),
        ({"situation": ""}, "INVALID_ID"),
        ({"situation": f"rep_{uuid4()}"}, "INVALID_ID"),
        ({"situation": str(uuid4())}, "INVALID_ID"),
        ({"situation": f"sit_{uuid4()}x"}, "INVALID_ID"),
        ({"situation": f"SIT_{uuid4()}"}, "INVALID_ID"),
        ({"situation": f"sit_{str(uuid4()).upper()}"}, "INVALID_ID"),
        ({"situation": f"sit_{{{uuid4()}}}"}, "INVALID_ID"),
    ],
)
def test_a_filter_that_cannot_be_used_is_told_by_its_name(
    network: Network, filter_: dict[str, Any], reason: str
) -> None:
    answer = post(network, CRI, PAGE, {"f": filter_})
    problem = answer.json()["errors"][0]
    assert problem["extensions"] == {"code": "BAD_USER_INPUT", "reason": reason}
    assert f"`{next(iter(filter_))}`" in problem["message"]
    assert SECRET not in answer.text
    check(answer)


@pytest.mark.parametrize(
    "filter_", [{}, {"status": None}, {"status": None, "urgency": None, "overdue": None, "situation": None}]
)
def test_a_filter_of_nothing_asks_for_everything(network: Network, filter_: dict[str, Any]) -> None:
    assert data(network, CRI, PAGE, {"f": filter_}) == data(network, CRI, PAGE)


def test_each_filter_keeps_what_it_says(network: Network) -> None:
    question = "query($f: ConcernReportFilter) { concernReports(first: 100, filter: $f) { totalCount nodes { id status urgency sentAt dueAt situation { id } } } }"
    every = data(network, CRI, question)["concernReports"]["nodes"]
    status, sent, situation = every[0]["status"], every[3]["sentAt"], every[1]["situation"]["id"]
    for filter_, kept in (
        ({"status": [status]}, [one for one in every if one["status"] == status]),
        ({"status": []}, []),
        ({"sentSince": sent}, [one for one in every if one["sentAt"] >= sent]),
        ({"sentBefore": sent}, [one for one in every if one["sentAt"] < sent]),
        ({"situation": situation}, [one for one in every if one["situation"]["id"] == situation]),
        (
            {"status": status, "sentSince": sent},
            [one for one in every if one["status"] == status and one["sentAt"] >= sent],
        ),
        ({"situation": f"sit_{uuid4()}"}, []),
    ):
        page = data(network, CRI, question, {"f": filter_})["concernReports"]
        assert page == {"totalCount": len(kept), "nodes": kept}, filter_
    overdue, in_time = (
        data(network, CRI, question, {"f": {"overdue": late}})["concernReports"]["nodes"] for late in (True, False)
    )
    assert sorted(one["id"] for one in overdue + in_time) == sorted(one["id"] for one in every)
    assert all(one["dueAt"] for one in overdue)


# ---------------------------------------------------------------- ids


def _report_of_another(network: Network) -> str:
    client = "cli_crip_69M"
    found = network.data(client, "{ concernReports(first: 1) { nodes { id } } }", member="CRI")["concernReports"][
        "nodes"
    ]
    identity: str = found[0]["id"]
    return identity


def _contact_id(network: Network) -> str:
    """An id of a type that an association's schema does not have."""
    nodes = data(network, Audience.SUP, "{ contacts(first: 1) { nodes { id } } }")["contacts"]["nodes"]
    identity: str = nodes[0]["id"]
    return identity


def test_an_id_out_of_reach_answers_like_one_of_nothing(network: Network) -> None:
    theirs = _report_of_another(network)
    every = [
        theirs,
        f"rep_{uuid4()}",
        f"sit_{uuid4()}",
        f"min_{theirs.partition('_')[2]}",
        f"zzz_{uuid4()}",
        "",
        "x",
        "rep_",
        "_",
        "é",
        "rep_" + "1" * 5_000,
        "'; DROP TABLE situation; --",
        5,
        -1,
    ]
    answers = {post(network, CRI, NODE, {"id": identity}).content for identity in every}
    assert answers == {b'{"data":{"node":null}}'}


def test_an_id_of_a_hidden_type_answers_like_one_of_nothing(network: Network) -> None:
    hidden = _contact_id(network)
    for audience in (Audience.ASM, Audience.ORG_CRIP, Audience.ANA, Audience.ORG_OBSERVATORY):
        for identity in (hidden, f"con_{uuid4()}", f"zzz_{uuid4()}"):
            assert post(network, audience, NODE, {"id": identity}).content == b'{"data":{"node":null}}'


def test_where_a_case_has_no_name_its_id_opens_nothing(network: Network) -> None:
    named = data(network, Audience.SUP, "{ situations(first: 1) { nodes { id } } }")["situations"]["nodes"][0]["id"]
    assert data(network, Audience.SUP, NODE, {"id": named})["node"] == {"id": named, "__typename": "Situation"}
    assert data(network, Audience.ASM, NODE, {"id": named})["node"] is None


def test_nodes_keep_their_order_and_leave_null_for_what_is_not_there(network: Network) -> None:
    page = data(
        network,
        CRI,
        "{ concernReports(first: 3) { nodes { id situation { id minors { id } toAuthority: __typename } toAuthority { id } } } }",
    )["concernReports"]["nodes"]
    mine = [
        page[2]["id"],
        page[0]["situation"]["id"],
        page[1]["situation"]["minors"][0]["id"],
        page[0]["toAuthority"]["id"],
    ]
    ids = [mine[0], "x", mine[1], _report_of_another(network), mine[2], mine[0], f"rep_{uuid4()}", mine[3]]
    question = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on ConcernReport { status } } }"
    found = data(network, CRI, question, {"ids": ids})["nodes"]
    assert [one and one["id"] for one in found] == [identity if identity in mine else None for identity in ids]
    kinds = [one["__typename"] for one in found if one]
    assert kinds == ["ConcernReport", "Situation", "Minor", "ConcernReport", "Authority"]
    assert ["status" in one for one in found if one] == [kind == "ConcernReport" for kind in kinds]


def test_nodes_takes_a_hundred_ids_and_no_more(network: Network) -> None:
    question = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert data(network, CRI, question, {"ids": ["x"] * 100}) == {"nodes": [None] * 100}
    assert data(network, CRI, question, {"ids": [f"rep_{uuid4()}" for _ in range(100)]}) == {"nodes": [None] * 100}
    assert data(network, CRI, question, {"ids": []}) == {"nodes": []}
    refused = post(network, CRI, question, {"ids": ["x"] * 101})
    assert refused.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "OUT_OF_RANGE"}
    assert code(refused) == "BAD_USER_INPUT"


def test_one_node_and_nodes_and_the_list_say_the_same(network: Network) -> None:
    fields = "id status urgency sentAt summaryForCrip situation { ref minors { firstName } } withheld { field reason howToRequest } version"
    listed = data(network, CRI, f"{{ concernReports(first: 2) {{ nodes {{ {fields} }} }} }}")["concernReports"]["nodes"]
    spread = f"... on ConcernReport {{ {fields} }}"
    assert data(network, CRI, f"query($id: ID!) {{ node(id: $id) {{ {spread} }} }}", {"id": listed[1]["id"]}) == {
        "node": listed[1]
    }
    ids = [one["id"] for one in listed]
    assert data(network, CRI, f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {spread} }} }}", {"ids": ids}) == {
        "nodes": listed
    }
