"""Public generators and linters take the schemas as they are committed."""

from pathlib import Path

import pytest

from graph.schemas.contract import contract_of
from schema.vocabulary import Audience
from tests.interop.node import run

QUESTION = """query Inbox($n: Int!, $after: String) {
  concernReports(first: $n, after: $after) { nodes { ...Report } pageInfo { hasNextPage endCursor } totalCount }
}
fragment Report on ConcernReport { id status sentAt toAuthority { code name } withheld { field reason howToRequest } }
"""
ACT = """mutation Acknowledge($input: AcknowledgeReportInput!) {
  acknowledgeReport(input: $input) { concernReport { id status } userErrors { field code message } }
}
"""
SOURCE = """import { graphql } from 'react-relay';
graphql`
  query InboxQuery($count: Int!, $cursor: String) { viewer { audience } ...Inbox_query }
`;
graphql`
  fragment Inbox_query on Query
  @refetchable(queryName: "InboxPaginationQuery") {
    concernReports(first: $count, after: $cursor) @connection(key: "Inbox_concernReports") {
      edges { node { id ...Inbox_report } }
    }
  }
`;
graphql`fragment Inbox_report on ConcernReport @refetchable(queryName: "InboxReportQuery") { id status sentAt }`;
graphql`
  mutation InboxMutation($input: AcknowledgeReportInput!) {
    acknowledgeReport(input: $input) { concernReport { id status } userErrors { code } }
  }
`;
"""


def test_graphql_codegen_writes_typescript_that_compiles_in_strict_mode(tmp_path: Path) -> None:
    schemas = {
        Audience.CRI.value: {"sdl": contract_of(Audience.CRI), "document": QUESTION + ACT},
        Audience.SUP.value: {"sdl": contract_of(Audience.SUP), "document": QUESTION},
        Audience.ASM.value: {"sdl": contract_of(Audience.ASM), "document": "query Me { viewer { audience scopes } }"},
    }
    written = run("codegen.mjs", {"schemas": schemas, "folder": str(tmp_path)})
    assert written.keys() == schemas.keys()
    assert "withheld: Array<{" in (tmp_path / "CRI.ts").read_text()


def test_relay_compiler_takes_pages_refetches_and_acts(tmp_path: Path) -> None:
    given = {"sdl": contract_of(Audience.CRI), "source": SOURCE, "folder": str(tmp_path)}
    told = run("relay.mjs", given)
    assert told["status"] == 0, told["said"]
    assert told["made"] == [
        "InboxMutation.graphql.ts",
        "InboxPaginationQuery.graphql.ts",
        "InboxQuery.graphql.ts",
        "InboxReportQuery.graphql.ts",
        "Inbox_query.graphql.ts",
        "Inbox_report.graphql.ts",
    ]


# What the house does otherwise, by decision: a value, an edge or a notice is no node and has no id; a page gives its `nodes` beside
# its `edges`; clocks are paged forward only.
RULES = {
    "@graphql-eslint/strict-id-in-types": "off",
    "@graphql-eslint/relay-edge-types": ["error", {"listTypeCanWrapOnlyEdgeType": False, "shouldImplementNode": False}],
    "@graphql-eslint/relay-arguments": ["error", {"includeBoth": False}],
}


@pytest.mark.parametrize("audience", [Audience.SUP, pytest.param(Audience.ORG_ASSOCIATION, marks=pytest.mark.slow)])
def test_graphql_eslint_has_nothing_to_say(audience: Audience, tmp_path: Path) -> None:
    given = {"audience": audience.value, "sdl": contract_of(audience), "folder": str(tmp_path), "rules": RULES}
    assert run("eslint.mjs", given) == []


def test_graphql_eslint_would_say_something(tmp_path: Path) -> None:
    sdl = "type Query { a: X } type X { b: [String] } enum lower { a }"
    found = run("eslint.mjs", {"audience": "X", "sdl": sdl, "folder": str(tmp_path), "rules": RULES})
    assert {line.split()[1].partition("/")[2] for line in found} >= {"require-description", "no-unreachable-types"}
