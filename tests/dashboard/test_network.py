"""Réseau: tools with their keys and last calls, and what an organisation would see of an invented situation."""

import re

import pytest

from auth.policy import ORGANISATIONS_OF
from dashboard.invented.case import CASE, Part, seen_by
from dashboard.invented.facts import Facts
from dashboard.invented.links import audiences, links
from graph.review import in_force
from schema.vocabulary import Audience, MandateKind, OrgKind, Problematic, WithheldReason
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network


@pytest.fixture(scope="module")
def administrator(network: Network) -> Visitor:
    return signed_in(network, "cli_operator", "ADM")


@pytest.fixture(scope="module")
def delegate(network: Network) -> Visitor:
    return signed_in(network, "cli_ase_69M", "DEL")


# ---------------------------------------------------------------- tools


def test_a_tool_shows_its_keys_and_its_last_call_and_no_secret(network: Network, administrator: Visitor) -> None:
    network.data("cli_ase_69M", "{ viewer { organisation } }")
    listed = network.data(
        "cli_operator", "{ tools(first: 100) { nodes { id keys { kid } organisation { id name } } } }", member="ADM"
    )["tools"]["nodes"]
    tool = next(one for one in listed if one["id"] == "cli_ase_69M")
    assert administrator.see(f"/reseau/outils?organisation={tool['organisation']['id']}").status_code == 200
    assert tool["organisation"]["name"] in administrator.text
    for key in tool["keys"]:
        assert f"<code>{key['kid']}</code> depuis le" in administrator.text
    assert "cli_crip_59" not in administrator.text


def test_a_delegate_sees_the_tools_of_their_own_organisation_alone(delegate: Visitor) -> None:
    assert delegate.see("/reseau/outils").status_code == 200
    assert set(re.findall(r"<code>(cli_\w+)</code>", delegate.text)) - {_pages(delegate.text)} == {"cli_ase_69M"}


def _pages(text: str) -> str:
    """The client of the pages themselves, which is there once somebody has signed in; it cannot be suspended."""
    (found,) = set(re.findall(r"<code>(cli_pages_\w+)</code>", text))
    assert not re.search(rf'name="id" value="{found}"', text)
    return str(found)


def test_a_tool_is_suspended_at_once_and_only_the_operator_brings_it_back(
    network: Network, administrator: Visitor, delegate: Visitor
) -> None:
    question = {"query": "{ viewer { organisation } }"}
    token = network.token("cli_ase_69M")
    assert network.post(token, question).status_code == 200
    delegate.see("/reseau/outils")
    path, fields = delegate.form(containing="prennent fin à l’instant")
    assert delegate.send(path, fields | {"act": "retablir"}).status_code == 400
    assert delegate.send(path, fields).status_code == 200
    assert "Outil suspendu" in delegate.text and "Rétablir" not in delegate.text
    assert network.post(token, question).status_code == 401
    administrator.see("/reseau/outils?organisation=" + _organisation(network, "cli_ase_69M"))
    administrator.fill("les anciens restent morts")
    assert "Outil rétabli" in administrator.text
    assert network.post(token, question).status_code == 401
    network.tokens.clear()
    assert network.post(network.token("cli_ase_69M"), question).status_code == 200


def test_a_tool_of_somebody_else_cannot_be_suspended(network: Network, delegate: Visitor) -> None:
    delegate.see("/reseau/outils")
    path, fields = delegate.form(containing="prennent fin à l’instant")
    other = delegate.send(path, fields | {"id": "cli_crip_59"})
    text = delegate.text
    nobody = delegate.send(path, fields | {"id": "cli_nobody", "key": fields["key"] + "x"})
    assert other.status_code == nobody.status_code
    assert re.sub(r"\s*<input[^>]*>", "", text) == re.sub(r"\s*<input[^>]*>", "", delegate.text)
    assert network.post(network.token("cli_crip_59"), {"query": "{ viewer { organisation } }"}).status_code == 200


def _organisation(network: Network, client: str) -> str:
    known = next(one for one in network.card["clients"] if one["client_id"] == client)
    return f"org_{known['organisation_id']}"


# ---------------------------------------------------------------- what would they see


def test_the_invented_situation_has_the_names_of_the_policy() -> None:
    for name, (_, values) in CASE.items():
        assert {column for column, _, _ in values} <= set(in_force()["categories"][name]), name


def test_everybody_who_can_be_in_an_organisation_can_be_chosen() -> None:
    for kind in OrgKind:
        several = {role for mandate in MandateKind for role in audiences(kind, mandate)}
        roles = {Audience(role.value) for role, kinds in ORGANISATIONS_OF.items() if kind in kinds}
        assert roles <= several
        for mandate in (None, *MandateKind):
            for link in links(kind, mandate):
                assert link.facts.organisation is kind
                for audience in audiences(kind, mandate):
                    assert len(seen_by(in_force(), audience, link.facts)) == len(CASE)


def test_a_fact_that_nobody_has_put_down_holds_nowhere() -> None:
    assert not Facts(OrgKind.CRIP, frozenset({"NETWORK"})).hold("moon_is_full() and via(network, NETWORK)")
    assert Facts(OrgKind.CRIP).hold("")


def test_who_has_no_link_sees_nothing_outside_the_dlpm() -> None:
    for kind in set(OrgKind) - {OrgKind.DLPM}:
        for mandate in (None, *MandateKind):
            for audience in audiences(kind, mandate):
                assert not [
                    part.label for part in seen_by(in_force(), audience, links(kind, mandate)[0].facts) if part.there
                ]


def _part(audience: Audience, kind: OrgKind, mandate: MandateKind | None, word: str, label: str) -> Part:
    facts = next(link.facts for link in links(kind, mandate) if link.word == word)
    return next(part for part in seen_by(in_force(), audience, facts) if part.label == label)


# The columns of `Minor` by what the server says of them, for somebody whose link with a case is known.
LIVE = (
    ("cli_crip_59", Audience.CRI, OrgKind.CRIP, None, "ip", "concernReports(filter: {status: [SENT]}, first: 1)"),
    (
        "cli_asso_measure",
        Audience.ASM,
        OrgKind.ASSOCIATION,
        MandateKind.MEASURE,
        "mesure",
        "referrals(filter: {status: [IDENTITY_RELEASED]}, first: 1)",
    ),
    (
        "cli_asso_ase_mission",
        Audience.ASM,
        OrgKind.ASSOCIATION,
        MandateKind.ASE_MISSION,
        "transmise",
        "referrals(filter: {status: [IDENTITY_RELEASED, ENGAGED, ONGOING]}, first: 1)",
    ),
)


@pytest.mark.parametrize(
    ("client", "audience", "kind", "mandate", "word", "asked"), LIVE, ids=["officer", "mandated", "mission"]
)
def test_what_is_invented_is_shown_exactly_as_a_real_row_would_be(
    network: Network, client: str, audience: Audience, kind: OrgKind, mandate: MandateKind | None, word: str, asked: str
) -> None:
    names = [_camel(column) for column, _, _ in CASE["Minor"][1]]
    query = f"{{ {asked} {{ nodes {{ minor {{ {' '.join(names)} withheld {{ field reason }} }} }} }} }}"
    found = network.data(client, query, member=audience.value)
    (node,) = next(iter(found.values()))["nodes"]
    withheld = {one["field"]: WithheldReason(one["reason"]) for one in node["minor"]["withheld"]}
    told = _part(audience, kind, mandate, word, "Le mineur")
    assert told.there
    assert {name: withheld.get(name) for name in names} == {
        name: value.reason for name, value in zip(names, told.values, strict=True)
    }
    assert all(value.seen is (name not in withheld) for name, value in zip(names, told.values, strict=True))


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.title() for word in rest)


def test_a_proposal_is_a_code_for_its_coordination_and_nothing_for_who_is_not_chosen_yet() -> None:
    proposed = (OrgKind.ASSOCIATION, MandateKind.MEASURE, "proposee")
    codes = _part(Audience.COO, *proposed, "L’orientation")
    assert [(value.label, value.seen) for value in codes.values][:3] == [
        ("Référence", True),
        ("Tranche d’âge", True),
        ("Besoins", True),
    ]
    assert not _part(Audience.COO, *proposed, "Le mineur").there
    assert not _part(Audience.ASM, *proposed, "L’orientation").there


def test_the_page_answers_for_one_organisation_and_reads_no_case(network: Network, administrator: Visitor) -> None:
    crip = _organisation(network, "cli_crip_59")
    assert administrator.see(f"/reseau/verrait?organisation={crip}&role=CRI&lien=ip").status_code == 200
    assert "CRIP - Département du Nord" in administrator.text and "Prénom inventé" in administrator.text
    assert administrator.see(f"/reseau/verrait?organisation={crip}&role=ORG_CRIP&lien=ip").status_code == 200
    assert "Prénom inventé" not in administrator.text and "n’existe pas pour ce rôle" in administrator.text
    assert administrator.see(f"/reseau/verrait?organisation={crip}&role=CRI&lien=aucun").status_code == 200
    assert "Rien de cette situation" in administrator.text and "inventé</dd>" not in administrator.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 404), ("organisation=x", 404), ("organisation={}&role=ASM", 400), ("organisation={}&lien=x", 400)],
)
def test_what_cannot_be_chosen_is_refused(
    network: Network, administrator: Visitor, delegate: Visitor, query: str, status: int
) -> None:
    asked = query.format(_organisation(network, "cli_crip_59"))
    assert administrator.see(f"/reseau/verrait?{asked}").status_code == status
    assert delegate.see(f"/reseau/verrait?{asked}").status_code == 403


def test_the_invented_difficulties_stand_where_the_vocabulary_puts_them() -> None:
    kinds = {name: {row[0]: row[2] for row in rows}["kind"] for name, (_, rows) in CASE.items() if "Obs" in name}
    starred = {kind.label: kind.starred for kind in Problematic}
    assert {name: starred[kind] for name, kind in kinds.items()} == {
        "ProblematicObservation": False,
        "SensitiveObservation": True,
    }
