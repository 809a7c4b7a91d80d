"""GraphQL over HTTP as its public audit suite reads it: every MUST, SHOULD and MAY."""

from schema.vocabulary import Audience
from tests.graph.callers import token
from tests.interop.node import run
from tests.network import Network


def test_every_audit_of_the_public_suite_passes(network: Network) -> None:
    found = run("audits.mjs", {"url": f"{network.base_url}/graphql", "token": token(network, Audience.CRI)})
    assert [audit for audit in found if audit["status"] != "ok"] == []
    assert len(found) == 61
    assert {audit["name"].split()[0] for audit in found} == {"MUST", "SHOULD", "MAY"}
