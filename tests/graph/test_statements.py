"""How often the database is asked: one statement per root field, one insert for its record, nothing prepared twice."""

import re

import pytest

from schema.vocabulary import Audience
from tests.graph.callers import data, post
from tests.graph.conftest import Recorder

SUP = Audience.SUP

ROOTS = {
    "list": ("{ situations(first: 2) { totalCount nodes { id minors { id } } edges { cursor } } }", 1, 1),
    "list of the directory": ("{ departments { nodes { code name } } }", 1, 0),
    "log": ("{ accessRecords(first: 1) { nodes { at } } }", 1, 1),
    "node": ('{ node(id: "sit_00000000-0000-4000-8000-000000000000") { id } }', 1, 1),
    "node of nothing": ('{ node(id: "x") { id } }', 1, 0),
    "nodes": (
        '{ nodes(ids: ["sit_00000000-0000-4000-8000-000000000000", "min_00000000-0000-4000-8000-000000000000", "x"]) { id } }',
        1,
        1,
    ),
    "nodes of nothing": ('{ nodes(ids: ["x"]) { id } }', 1, 0),
    "viewer": ("{ viewer { audience organisation scopes } }", 1, 0),
    "monitoring": (
        "{ nationalMonitoring(period: {year: 2024}) { situations { count { label } } } }",
        1,
        0,
    ),
    "introspection": ("{ __schema { queryType { name } } }", 1, 0),
    "two lists": ("{ a: situations(first: 1) { nodes { id } } b: minors(first: 1) { nodes { id } } }", 2, None),
    "list and viewer": ("{ viewer { audience } situations { totalCount } }", 2, 1),
    "sealed": (
        "{ contacts(first: 5) { nodes { caller { name phone email relation } listeningNotes { text } } } }",
        1,
        1,
    ),
    "deep": (
        "{ situations(first: 1) { nodes { minors { parentalHolders { id } } concernReports { toAuthority { code } "
        "evaluation { id } return { id } } referrals { toOrganisation { name } followUps { status } } contacts { caller { id } } "
        "measures { organisation { name } } aseLinks { aseOrganisation { name } } withheld { field reason } } } }",
        1,
        1,
    ),
}


def _split(statements: list[str]) -> tuple[list[str], list[str]]:
    inserts = [sql for sql in statements if sql.startswith("INSERT INTO access_log")]
    return [sql for sql in statements if sql not in inserts], inserts


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_field_is_one_statement_and_its_record_one_insert(recorder: Recorder, name: str) -> None:
    query, reads, records = ROOTS[name]
    for _ in range(2):  # the first time the token is new and connections open
        with recorder.recorded() as statements:
            data(recorder.network, SUP, query)
    asked, inserts = _split(statements)
    assert len(asked) == reads, asked
    if records is None:  # two records may share a batch
        assert 1 <= len(inserts) <= 2
    else:
        assert len(inserts) == records
    assert not [sql for sql in asked if not sql.lstrip().upper().startswith("SELECT")]


def test_a_refusal_before_the_database_asks_only_whether_the_token_stands(recorder: Recorder) -> None:
    for query in ("{", "{ x }", "query($id: ID!) { node(id: $id) { id } }", "{ situations(first: -1) { totalCount } }"):
        for _ in range(2):
            with recorder.recorded() as statements:
                post(recorder.network, SUP, query)
        assert statements == ["SELECT standing($1)"]


def test_a_refused_request_asks_nothing(recorder: Recorder) -> None:
    data(recorder.network, SUP, "{ viewer { audience } }")
    with recorder.recorded() as statements:
        assert recorder.network.post(None, {"query": "{ viewer { audience } }"}).status_code == 401
        assert recorder.network.http.put(f"{recorder.network.base_url}/graphql").status_code == 405
        assert recorder.network.http.get(f"{recorder.network.base_url}/graphql").status_code == 401
    assert statements == []


def test_the_same_document_is_the_same_statement_for_every_value(recorder: Recorder) -> None:
    question = "query($n: Int, $s: [ReportStatus!], $m: Int = 1) { concernReports(first: $n, filter: {status: $s}) { nodes { id judicialReferrals(first: $m) { id } } } }"
    texts = set()
    for variables in ({"n": 1, "s": ["SENT"]}, {"n": 5, "s": ["SENT", "QUALIFIED"]}, {"n": 0, "s": [], "m": 7}):
        with recorder.recorded() as statements:
            data(recorder.network, SUP, question, variables)
        texts |= set(_split(statements)[0])
    assert len(texts) == 1
    assert "SENT" not in re.sub(r"'[A-Z_]+'", "", texts.pop())


def test_statements_are_prepared_once_and_never_planned_for_a_value(recorder: Recorder) -> None:
    question = "query($n: Int) { situations(first: $n) { nodes { id ref } } }"
    for n in range(12):
        for audience in (SUP, Audience.CRI, Audience.ASM):
            fields = question if audience is not Audience.ASM else question.replace("id ref", "status")
            data(recorder.network, audience, fields, {"n": n})
    rows = recorder.on_each_reader(
        "SELECT current_user AS login, statement, generic_plans, custom_plans FROM pg_prepared_statements "
        "WHERE current_user NOT IN ('maillage_commands', 'maillage_monitoring')"
    )
    asked = [row for row in rows if "standing" in row["statement"]]
    assert {row["login"] for row in asked} >= {"maillage_sup", "maillage_cri", "maillage_asm"}
    assert [row["statement"] for row in asked if row["custom_plans"]] == []
    assert max(row["generic_plans"] for row in asked) >= 2
