"""One caller per audience, and how a test asks as any of them."""

import json
from typing import Any

import httpx2

from schema.vocabulary import Audience
from tests.network import Network

CALLERS: dict[Audience, tuple[str, str | None]] = {
    Audience.LIS: ("cli_dlpm", "LIS"),
    Audience.SUP: ("cli_dlpm", "SUP"),
    Audience.ANA: ("cli_dlpm", "ANA"),
    Audience.CRI: ("cli_crip_59", "CRI"),
    Audience.ASE: ("cli_ase_59", "ASE"),
    Audience.ASM: ("cli_asso_measure", "ASM"),
    Audience.ASO: ("cli_asso_outside_mission", "ASO"),
    Audience.COO: ("cli_asso_measure", "COO"),
    Audience.DEL: ("cli_crip_59", "DEL"),
    Audience.ADM: ("cli_operator", "ADM"),
    Audience.DPO: ("cli_dlpm", "DPO"),
    Audience.ONP: ("cli_observatory", "ONP"),
    Audience.ORG_CRIP: ("cli_crip_59", None),
    Audience.ORG_ASE: ("cli_ase_59", None),
    Audience.ORG_ASSOCIATION: ("cli_asso_measure", None),
    Audience.ORG_DLPM: ("cli_dlpm", None),
    Audience.ORG_OBSERVATORY: ("cli_observatory", None),
}

# The closed list (schema/errors.py), and what is always our fault.
CODES = {
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "BAD_USER_INPUT",
    "BAD_REQUEST",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "RATE_LIMITED",
    "SERVICE_UNAVAILABLE",
}
RESPONSE = "application/graphql-response+json"
SAFE = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def token(network: Network, audience: Audience) -> str:
    """A token of the audience's caller."""
    return network.token(*CALLERS[audience])


def post(network: Network, audience: Audience, query: str, variables: Any = None, **headers: str) -> httpx2.Response:
    """The whole response to a question of the audience's caller."""
    return network.post(token(network, audience), {"query": query, "variables": variables or {}}, **headers)


def data(network: Network, audience: Audience, query: str, variables: Any = None) -> Any:
    """The data of an answer without errors."""
    client, member = CALLERS[audience]
    return network.data(client, query, variables, member=member)


def code(answer: httpx2.Response, *, of: str = "errors") -> str:
    """The one code of a refusal, after a look at what every refusal has to be."""
    check(answer)
    found = answer.json()
    assert found[of], found
    codes = {problem["extensions"]["code"] for problem in found[of]}
    assert len(codes) == 1, found
    return str(codes.pop())


def check(answer: httpx2.Response) -> None:
    """What holds for every answer: JSON, safe headers, a code of the closed list, nothing of our insides."""
    assert answer.headers["content-type"].split(";")[0] in {"application/json", RESPONSE}
    for name, value in SAFE.items():
        assert answer.headers[name] == value, name
    assert "server" not in answer.headers
    body = answer.content.decode()
    for inside in ("Traceback", "graphql-core", "asyncpg", "sqlalchemy", "SELECT ", ".py", "Did you mean"):
        assert inside not in body, body[:500]
    found = json.loads(body)
    if answer.status_code >= 400:
        assert "data" not in found
        assert found["errors"]
    assert len(found.get("errors", [])) <= 5
    for problem in found.get("errors", []):
        assert problem["message"]
        assert problem["extensions"]["code"] in CODES, problem
