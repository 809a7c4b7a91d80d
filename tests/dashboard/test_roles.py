"""Every page and every role: it opens to whom it is for, and to everybody else it is the same French refusal."""

import pytest
from starlette.routing import Route

from dashboard.assets import PREFIX
from schema.vocabulary import Audience, Role
from tests.dashboard.test_documents import OFFERED
from tests.dashboard.visitor import signed_in
from tests.network import Network

# Who stands for a role.
CLIENTS = {
    Role.LIS: "cli_dlpm",
    Role.SUP: "cli_dlpm",
    Role.ANA: "cli_dlpm",
    Role.DPO: "cli_dlpm",
    Role.CRI: "cli_crip_59",
    Role.DEL: "cli_crip_59",
    Role.ASE: "cli_ase_59",
    Role.ASM: "cli_asso_measure",
    Role.COO: "cli_asso_measure",
    Role.ASO: "cli_asso_outside_mission",
    Role.ADM: "cli_operator",
    Role.ONP: "cli_observatory",
}
PATHS = {
    "entry": {"/saisie"},
    "validation": {"/validation"},
    "inbox": {"/crip"},
    "deadlines": {"/delais", "/delais.csv"},
    "referrals": {"/orientations"},
    "accesses": {"/journal", "/journal.csv", "/journal/personne"},
    "network": {"/reseau", "/reseau/outils", "/reseau/verrait"},
    "matrix": {"/matrice", "/matrice/versions"},
    "developers": {"/developpeurs"},
    "bilan": {"/bilan", "/bilan.csv", "/bilan.json", "/bilan.html", "/bilan.pdf"},
    "monitoring": {"/veille", "/veille.csv"},
}
# Of no role: the way in and out, and what anybody asks under their own rights.
FOR_ALL = {"/", "/quitter", "/developpeurs/console"}


def test_every_page_is_tried_here(network: Network) -> None:
    pages = {
        route.path
        for route in network.routes
        if isinstance(route, Route) and route.endpoint.__module__.startswith("dashboard") and "{" not in route.path
    }
    assert {path for path in pages if not path.startswith(PREFIX)} == set().union(FOR_ALL, *PATHS.values())
    assert set(CLIENTS) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_page_opens_to_whom_it_is_for_and_refuses_everybody_else_alike(network: Network, role: Role) -> None:
    visitor = signed_in(network, CLIENTS[role], role.value)
    refusals = set()
    for key, paths in PATHS.items():
        for path in sorted(paths):
            if Audience(role.value).value in OFFERED[key]:
                if path == min(paths):
                    assert visitor.see(path).status_code == 200, path
            else:
                page = visitor.see(path)
                assert page.status_code == 403, path
                refusals.add(visitor.text.split("<main")[1].split("</main>")[0])
    assert len(refusals) == 1
    assert "Cette page n’est pas ouverte à votre habilitation" in refusals.pop()
