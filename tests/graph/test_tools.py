"""The operator lists every tool with its keys and its last call, a delegate those of the own organisation, nobody a secret."""

from typing import Any

import pytest

from tests.network import Network, neighbour

LIST = """query ($after: String, $organisation: ID) {
  tools(first: 100, after: $after, filter: {organisation: $organisation}) {
    totalCount
    nodes {
      id name status authMethod scopes grants acceptedAcr dpopBound bearerForPersons legacyAud jwksUri epoch createdAt
      lastCallAt version organisation { id name }
      keys { id kid thumbprint notBefore retiredAt } secrets { id createdAt expiresAt }
    }
  }
}"""


def listed(network: Network, client: str, **who: Any) -> dict[str, Any]:
    return {tool["id"]: tool for tool in network.data(client, LIST, **who)["tools"]["nodes"]}


def test_the_operator_sees_all_tools_with_their_keys(network: Network) -> None:
    tools = listed(network, "cli_operator", member="ADM")
    stored = network.fetch("SELECT id, name, scopes, organisation_id FROM oauth_client")
    assert {name: (tool["name"], tool["scopes"], tool["organisation"]["id"]) for name, tool in tools.items()} == {
        row["id"]: (row["name"], row["scopes"], f"org_{row['organisation_id']}") for row in stored
    }
    keys = network.fetch("SELECT client_id, kid, thumbprint, retired_at IS NOT NULL FROM client_key")
    assert sorted(
        (name, key["kid"], key["thumbprint"], key["retiredAt"] is not None)
        for name, tool in tools.items()
        for key in tool["keys"]
    ) == sorted(map(tuple, keys))
    assert {tool["authMethod"] for tool in tools.values() if tool["keys"]} == {"PRIVATE_KEY_JWT"}


def test_a_delegate_sees_the_tools_of_the_own_organisation_only(network: Network) -> None:
    everything = listed(network, "cli_operator", member="ADM")
    for client in ("cli_crip_59", "cli_foyer"):
        own = everything[client]["organisation"]["id"]
        seen = listed(network, client, member="DEL")
        assert set(seen) == {name for name, tool in everything.items() if tool["organisation"]["id"] == own}
        # Another organisation's tool is as one that does not exist, by node, by nodes and by filter.
        other = next(name for name, tool in everything.items() if tool["organisation"]["id"] != own)
        node = "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id ... on Tool { name } } }"
        ids = [other, client, "cli_no_such_tool", "cli_", "cli_é", own]
        found = network.data(client, node, {"id": other, "ids": ids}, member="DEL")
        assert found["node"] is None
        assert [row and row["id"] for row in found["nodes"]] == [None, client, None, None, None, own]
        assert network.data(client, node, {"id": client, "ids": []}, member="DEL")["node"] == {"id": client}
        filtered = network.data(client, LIST, {"organisation": everything[other]["organisation"]["id"]}, member="DEL")
        assert filtered["tools"] == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize("client, role", [("cli_crip_59", "CRI"), ("cli_dlpm", "LIS"), ("cli_dlpm", "ANA")])
def test_who_administers_nothing_has_no_tools_in_the_schema(network: Network, client: str, role: str) -> None:
    answer = network.ask(client, "{ tools { totalCount } }", member=role)
    assert answer["errors"][0]["message"] == network.ask(client, "{ toolz { totalCount } }", member=role)["errors"][0][
        "message"
    ].replace("toolz", "tools")


def test_the_list_is_paged_by_its_cursors(network: Network) -> None:
    page = (
        "query ($after: String) { tools(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    )
    found: list[str] = []
    after = None
    while True:
        tools = network.data("cli_operator", page, {"after": after}, member="ADM")["tools"]
        found += [tool["id"] for tool in tools["nodes"]]
        if not tools["pageInfo"]["hasNextPage"]:
            break
        after = tools["pageInfo"]["endCursor"]
    assert sorted(found) == sorted(listed(network, "cli_operator", member="ADM"))


def test_the_last_call_is_written_without_being_waited_for(network: Network) -> None:
    network.administer("UPDATE oauth_client SET last_call_at = NULL WHERE id = 'cli_ase_59'")
    # What other tests have asked is written down at any moment: this one is nobody's.
    network.administer(
        "INSERT INTO oauth_client (id, organisation_id, name) SELECT 'cli_silent', organisation_id, 'Muet' "
        "FROM oauth_client WHERE id = 'cli_asso_measure'"
    )
    try:
        with neighbour(network) as other:
            other.data("cli_ase_59", "{ viewer { audience } }")
            # A token that is refused is no call of anybody's.
            assert other.post("no-token", {"query": "{ viewer { audience } }"}).status_code == 401
        tools = listed(network, "cli_operator", member="ADM")
    finally:
        network.administer("DELETE FROM oauth_client WHERE id = 'cli_silent'")
    assert tools["cli_ase_59"]["lastCallAt"] is not None
    assert tools["cli_silent"]["lastCallAt"] is None
