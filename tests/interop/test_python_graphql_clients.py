"""Python's public clients, in an environment of their own: they need an older graphql-core than the server."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graph.schemas.contract import contract_of
from schema.vocabulary import Audience
from tests.graph.callers import data, token
from tests.network import Network

pytestmark = pytest.mark.slow
PACKAGES = ["ariadne-codegen==0.19.0", "gql[httpx]==4.0.0"]
QUERY = "query Inbox($n: Int!) { viewer { audience } concernReports(first: $n) { totalCount nodes { id status } } }"
PROGRAM = """
import asyncio, json, sys
from gql import Client, GraphQLRequest
from gql.transport.httpx import HTTPXTransport
from gql.transport.exceptions import TransportQueryError
given = json.load(sys.stdin)
headers = {"Authorization": "Bearer " + given["token"]}
transport = HTTPXTransport(url=given["url"], headers=headers)
with Client(transport=transport, fetch_schema_from_transport=True) as session:
    plain = session.execute(GraphQLRequest(given["query"], variable_values={"n": 3}))
with Client(transport=HTTPXTransport(url=given["url"], headers=headers)) as session:
    try:
        session.execute(GraphQLRequest("query Wrong { nothing }"))
    except TransportQueryError as refused:
        codes = [error["extensions"]["code"] for error in refused.errors]
sys.path.insert(0, given["folder"])
from partner_client import Client as Generated
async def ask():
    async with Generated(url=given["url"], headers=headers) as client:
        return (await client.inbox(n=3)).model_dump(mode="json", by_alias=True)
print(json.dumps({"gql": plain, "codes": codes, "ariadne": asyncio.run(ask())}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the clients."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    made = subprocess.run([str(folder / "bin" / "pip"), "install", "-q", *PACKAGES], capture_output=True, text=True)
    if made.returncode:
        pytest.skip("pip cannot install ariadne-codegen and gql: Python's public clients cannot run")
    return folder / "bin" / "python"


def _run(command: list[str], folder: Path, given: Any = None) -> str:
    done = subprocess.run(command, cwd=folder, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def test_gql_and_a_client_that_ariadne_codegen_wrote_get_what_they_ask_for(
    network: Network, python: Path, tmp_path: Path
) -> None:
    (tmp_path / "schema.graphql").write_text(contract_of(Audience.CRI))
    (tmp_path / "queries.graphql").write_text(QUERY)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.ariadne-codegen]\nschema_path = "schema.graphql"\nqueries_path = "queries.graphql"\n'
        'target_package_name = "partner_client"\n'
    )
    _run([str(python.parent / "ariadne-codegen")], tmp_path)
    given = {
        "url": f"{network.base_url}/graphql",
        "token": token(network, Audience.CRI),
        "query": QUERY,
        "folder": str(tmp_path),
    }
    found = json.loads(_run([str(python), "-c", PROGRAM], tmp_path, given))
    expected = data(network, Audience.CRI, QUERY, {"n": 3})
    assert found["gql"] == expected
    assert found["codes"] == ["GRAPHQL_VALIDATION_FAILED"]
    assert found["ariadne"]["viewer"] == expected["viewer"]
    assert [node["id"] for node in found["ariadne"]["concernReports"]["nodes"]] == [
        node["id"] for node in expected["concernReports"]["nodes"]
    ]
