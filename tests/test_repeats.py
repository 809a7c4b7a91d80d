"""Recognising a repeat over real HTTP: what a listener is shown, what is logged, and that no partner notices anything."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, print_schema

from graph.schemas.roles import schema_of
from schema.types.query import ROOTS
from schema.vocabulary import Audience
from tests.acting import act, refused
from tests.graph.callers import CALLERS
from tests.network import Network

CANDIDATES = """query($situation: ID!, $state: [RepeatState!]) {
  repeatCandidates(filter: {situation: $situation, state: $state}) {
    totalCount
    nodes { id state mergedAs band weight agreeing disagreeing reason situation { id ref minors { firstName lastName } } }
  }
}"""
TEAM = {Audience.LIS, Audience.SUP}


def opened(network: Network, first_name: str, last_name: str) -> str:
    """A situation recorded by a listener, with one minor and one call."""
    situation: str = act(
        network, "cli_dlpm", "LIS", "openSituation", "situation { id }",
        urgency="STANDARD", qualification="SUSPECTED", knownToCp="UNKNOWN", knownSource="UNKNOWN",
    )["id"]  # fmt: skip
    act(
        network, "cli_dlpm", "LIS", "addMinor", "minor { id }",
        situation=situation, firstName=first_name, lastName=last_name, age=15, phone="06 39 98 76 54",
    )  # fmt: skip
    called(network, situation)
    return situation


def called(network: Network, situation: str) -> None:
    act(
        network, "cli_dlpm", "LIS", "recordContact", "contact { id }",
        situation=situation, channel="PHONE", outcome="ANSWERED_HELP", callerCategory="MOTHER",
    )  # fmt: skip


def candidates(network: Network, situation: str, role: str = "LIS", state: list[str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = network.data("cli_dlpm", CANDIDATES, {"situation": situation, "state": state}, member=role)[
        "repeatCandidates"
    ]
    return found


def fetch(network: Network, sql: str, *values: Any) -> list[asyncpg.Record]:
    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def repeated(network: Network) -> tuple[str, str]:
    """Two situations of one minor, the second one misspelt."""
    return opened(network, "Maïwenn", "Le Quellec-Abgrall"), opened(network, "MAIWEN", "Lequellec Abgral")


@pytest.mark.parametrize("role", ["LIS", "SUP"])
def test_the_dlpm_is_shown_who_may_be_the_same_and_why(network: Network, repeated: tuple[str, str], role: str) -> None:
    first, second = repeated
    page = candidates(network, second, role)
    assert page["totalCount"] == 1
    [found] = page["nodes"]
    assert (found["state"], found["mergedAs"], found["band"], found["reason"]) == ("PROPOSED", None, "STRONG", None)
    assert found["agreeing"] == ["FIRST_NAME_ALIKE", "LAST_NAME_ALIKE", "AGE", "PHONE"]
    assert found["disagreeing"] == []
    assert found["situation"]["id"] == first
    assert found["situation"]["minors"] == [{"firstName": "Maïwenn", "lastName": "Le Quellec-Abgrall"}]
    assert [one["situation"]["id"] for one in candidates(network, first, role)["nodes"]] == [second]


def test_every_situation_shown_is_in_the_access_log(network: Network, repeated: tuple[str, str]) -> None:
    first, second = repeated
    body = {"query": CANDIDATES, "variables": {"situation": second}}
    assert network.post(network.token("cli_dlpm", "LIS"), body).status_code == 200
    rows = fetch(
        network,
        "SELECT situations, categories FROM access_log WHERE operation = 'repeatCandidates' ORDER BY at DESC LIMIT 1",
    )
    assert json.loads(rows[0]["situations"]) == [first.removeprefix("sit_")]
    assert {"G03", "G04", "G37"} <= set(rows[0]["categories"])


def test_candidates_are_paged_through_from_either_end(network: Network) -> None:
    case, *others = [opened(network, "Bleuenn", "Kerdoncuff") for _ in range(6)]
    called(network, case)
    query = """query($situation: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      repeatCandidates(filter: {situation: $situation}, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { weight situation { id } } } pageInfo { hasNextPage hasPreviousPage }
      } }"""
    for size, place in (("first", "after"), ("last", "before")):
        seen, at = [], None
        while True:
            variables = {"situation": case, size: 2, place: at}
            page = network.data("cli_dlpm", query, variables, member="LIS")["repeatCandidates"]
            assert page["totalCount"] == 5
            edges = page["edges"] if size == "first" else page["edges"][::-1]
            seen += [edge["node"] for edge in edges]
            if not page["pageInfo"]["hasNextPage" if size == "first" else "hasPreviousPage"]:
                break
            at = edges[-1]["cursor"]
        assert {node["situation"]["id"] for node in seen} == set(others)
        assert len(seen) == 5
        weights = [node["weight"] for node in seen]
        assert weights == sorted(weights, reverse=size == "first")


def test_a_situation_out_of_reach_answers_like_none(network: Network, repeated: tuple[str, str]) -> None:
    first, second = repeated
    archived = UUID(first.removeprefix("sit_"))
    try:
        fetch(network, "UPDATE situation SET retention_state = 'INTERMEDIATE' WHERE id = $1", archived)
        empty = {"totalCount": 0, "nodes": []}
        for asked in (first, second, f"sit_{uuid4()}"):
            assert candidates(network, asked) == empty
        # A supervisor still reads what is archived (rule 5.8).
        assert [one["situation"]["id"] for one in candidates(network, second, "SUP")["nodes"]] == [first]
    finally:
        fetch(network, "UPDATE situation SET retention_state = 'ACTIVE' WHERE id = $1", archived)
    answer = network.ask("cli_dlpm", CANDIDATES, {"situation": f"min_{uuid4()}"}, member="LIS")
    assert answer["errors"][0]["extensions"]["reason"] == "INVALID_ID"


def test_merged_kept_and_undone_by_a_person(network: Network) -> None:
    # A pair of its own: what is decided here is not what the others are shown.
    first, second = opened(network, "Gwenaëlle", "Le Bihan-Kerlogot"), opened(network, "GWENAEL", "Lebihan Kerlogo")
    both = {"principal": first, "duplicate": second, "reason": "Même téléphone, même mère."}
    done = act(
        network, "cli_dlpm", "SUP", "mergeSituations", "repeatCandidate { state mergedAs situation { id } decidedBy { name } }", **both
    )  # fmt: skip
    supervisor = network.members("cli_dlpm", "SUP")[0]["name"]
    assert done == {
        "state": "MERGED",
        "mergedAs": "DUPLICATE",
        "situation": {"id": second},
        "decidedBy": {"name": supervisor},
    }
    assert refused(network, "cli_dlpm", "LIS", "mergeSituations", **both) == "ALREADY_MERGED"
    [principal] = candidates(network, second, state=["MERGED"])["nodes"]
    assert (principal["mergedAs"], principal["situation"]["id"]) == ("PRINCIPAL", first)
    assert candidates(network, second, state=["PROPOSED"])["totalCount"] == 0
    undone = act(
        network, "cli_dlpm", "LIS", "unmergeSituations", "repeatCandidate { state mergedAs reason }", **{**both, "reason": "Sœurs."}
    )  # fmt: skip
    assert undone == {"state": "UNMERGED", "mergedAs": None, "reason": "Sœurs."}
    apart = act(
        network, "cli_dlpm", "LIS", "keepApart", "repeatCandidate { state }", situation=first, other=second, reason="Sœurs."
    )  # fmt: skip
    assert apart == {"state": "KEPT_APART"}
    called(network, second)
    assert [one["state"] for one in candidates(network, second)["nodes"]] == ["KEPT_APART"]


@pytest.mark.parametrize("audience", [one for one in Audience if one not in TEAM])
def test_nobody_else_has_a_word_of_it_in_their_schema(audience: Audience) -> None:
    sdl = print_schema(schema_of(audience))
    for word in ("epeat", "mergeSituations", "keepApart", "mergedAs", "minimalKeys", "identityKeys"):
        assert word not in sdl


@pytest.mark.parametrize("audience", sorted(TEAM))
def test_the_keys_are_nobodys(audience: Audience) -> None:
    sdl = print_schema(schema_of(audience))
    assert "repeatCandidates" in sdl
    assert "Keys" not in sdl


def test_no_login_of_an_audience_reads_keys_and_only_the_dlpms_reads_pairs(network: Network) -> None:
    granted = fetch(
        network,
        "SELECT table_name, grantee FROM information_schema.column_privileges WHERE privilege_type = 'SELECT' "
        "AND table_name IN ('minor_key', 'repeat_candidate') AND grantee LIKE 'maillage_%'",
    )
    by_table: dict[str, set[str]] = {}
    for row in granted:
        by_table.setdefault(row["table_name"], set()).add(row["grantee"].removeprefix("maillage_"))
    assert by_table == {
        "minor_key": {"commands", "owner", "retention"},
        "repeat_candidate": {"commands", "owner", "retention", "lis", "sup"},
    }


# ---------------------------------------------------------------- nobody notices


FIGURES = """{ nationalMonitoring(period: {kind: REPORT, year: 2023}) {
  situations { count { value state } } contacts { count { value state } } minors { count { value state } }
  departments { count { value state } } meanAge { mean { value state } }
} }"""


# The server notes by the minute which tool has called, whatever else happens.
_BY_THE_MINUTE = {"tools": frozenset({"lastCallAt", "version"})}


def questions(audience: Audience) -> Iterator[str]:
    """Every root list of an audience with every leaf field, and the national figures."""
    schema = schema_of(audience)
    assert schema.query_type
    for root, noun in ROOTS.items():
        # The log tells of the very questions of this test; the proposals are what changes.
        if root not in schema.query_type.fields or root in {"accessRecords", "repeatCandidates"}:
            continue
        kind = schema.type_map[noun]
        assert isinstance(kind, GraphQLObjectType)
        leaves = [
            name
            for name, field in kind.fields.items()
            if is_leaf_type(get_named_type(field.type)) and not field.args and name not in _BY_THE_MINUTE.get(root, ())
        ]
        yield f"{{ {root}(first: 50) {{ totalCount nodes {{ {' '.join(leaves)} }} }} }}"
    if "nationalMonitoring" in schema.query_type.fields:
        yield FIGURES


def everything(network: Network) -> dict[tuple[Audience, str], Any]:
    found = {}
    for audience, (client, role) in CALLERS.items():
        scopes = {one["client_id"]: one for one in network.card["clients"]}[client]
        assert scopes
        for question in questions(audience):
            found[audience, question] = network.ask(client, question, member=role)
    return found


def test_merging_changes_no_answer_and_no_figure_of_anybody(network: Network) -> None:
    seen = network.data("cli_crip_59", "{ situations(first: 4) { nodes { id } } }", member="CRI")["situations"]["nodes"]
    principal, *duplicates = [one["id"] for one in seen]
    assert len(duplicates) == 3
    reach = "SELECT viewer, situation_id, via, starts_at, ends_at FROM reach ORDER BY 1, 2, 3"
    before, relations = everything(network), fetch(network, reach)
    # A document that is refused would be refused alike before and after.
    without = {audience for (audience, _), answer in before.items() if "errors" in answer}
    assert without == {Audience.ONP}  # its tool has no scope for the directory
    figures = before[Audience.LIS, FIGURES]["data"]["nationalMonitoring"]
    assert (figures["situations"]["count"]["value"], figures["minors"]["count"]["value"]) == (143, 143)
    for duplicate in duplicates:
        act(
            network, "cli_dlpm", "LIS", "mergeSituations", "repeatCandidate { id }",
            principal=principal, duplicate=duplicate, reason="Épreuve.",
        )  # fmt: skip
    try:
        assert candidates(network, principal, state=["MERGED"])["totalCount"] == 3
        assert everything(network) == before
        assert fetch(network, reach) == relations
    finally:
        for duplicate in duplicates:
            act(
                network, "cli_dlpm", "LIS", "unmergeSituations", "repeatCandidate { id }",
                principal=principal, duplicate=duplicate, reason="Épreuve.",
            )  # fmt: skip
    assert everything(network) == before
