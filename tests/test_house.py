"""That nothing was forgotten: packages, routes, locks, generated files."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest

from auth.conditions import Condition
from auth.policy import Act
from dashboard.invented.facts import MEANINGS
from dashboard.words.acts import ACTS
from dashboard.words.conditions import SENTENCES
from dashboard.words.rules import fact
from graph import explain
from graph.review import in_force
from tests.network import Network

ROOT = Path(__file__).resolve().parent.parent
OURS = {"graph", "schema", "auth", "loaders", "dashboard", "bench", "migrations"}
# Open by decision: health, and what a client needs before it has a token.
# Or what a witness keeps: a checkpoint says how often was sealed, nothing else.
OPEN = {
    "/livez",
    "/readyz",
    "/.well-known/oauth-authorization-server",
    "/.well-known/audit-checkpoint",
    "/.well-known/audit-key",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/graphql",
    "/oauth/jwks",
    # Each authenticates the client itself, by its assertion.
    "/oauth/introspect",
    "/oauth/revoke",
    "/oauth/token",
    # Its authenticator is the one-time code in the body.
    "/oauth/enrolment",
    "/auth/login",
    "/auth/signed-out",
    # To the provider and back: the answer has to fit what this browser keeps sealed (tests/auth/test_openid.py).
    "/auth/login/{provider}",
    "/auth/callback/{provider}",
    "/auth/invitation/{code}",
}
# Ask for a session or for a form of our own pages (tests/auth/test_sessions.py); the chooser is there in a demonstration only.
PAGES = {"/auth/session", "/auth/habilitation", "/auth/logout", "/auth/demo"}
# Ask for a session (tests/dashboard/test_pages.py), or are a style sheet; leaving ends a session and tells nothing.
PAGES |= {
    "/",
    "/quitter",
    "/static/{name:path}",
    "/orientations",
    "/orientations/{id}",
    "/crip",
    "/crip/{id}",
    "/delais",
    "/delais.csv",
    "/saisie",
    "/saisie/{id}",
    "/reseau",
    "/reseau/outils",
    "/reseau/verrait",
    "/matrice",
    "/matrice/versions",
    "/developpeurs",
    "/developpeurs/console",
    "/developpeurs/{audience}",
    "/developpeurs/{audience}.graphql",
    "/validation",
    "/validation/{id}",
    "/journal",
    "/journal/personne",
    "/journal.csv",
    "/bilan",
    "/bilan.csv",
    "/bilan.html",
    "/bilan.json",
    "/bilan.pdf",
    "/veille",
    "/veille.csv",
}


def test_no_installed_distribution_provides_one_of_our_packages() -> None:
    assert not OURS & set(importlib.metadata.packages_distributions())


def test_every_route_asks_for_a_token_or_is_open_by_decision(network: Network) -> None:
    assert {route.path for route in network.routes} == {"/graphql", *OPEN, *PAGES}
    for path in ("/graphql",):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = network.http.request(method, network.base_url + path, json={"query": "{ __typename }"})
            assert answer.status_code in {401, 405}, (path, method)
            assert "data" not in answer.json()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--hash=sha256:" in text
    for line in text.splitlines():
        if re.match(r"^[a-z0-9]", line):
            assert re.match(r"^[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; .*)? \\$", line), line


def test_no_tracked_file_holds_a_path_of_a_machine_or_a_third_party_bundle() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = listed.stdout.split()
    assert not [name for name in names if re.search(r"\.min\.(js|css)$|node_modules/|\.woff2?$", name)]
    machine = re.compile(r"(?<![\w./])/(work|root|home/\w+)/")
    for name in names:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".yml", ""} and path.is_file():
            assert not machine.search(path.read_text(errors="ignore")), name


def test_the_printed_matrix_is_the_policy() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text() == explain.matrix()


def test_decisions_are_one_sequence_and_every_mention_of_one_leads_to_it() -> None:
    files = {path.name[:4]: path for path in sorted((ROOT / "docs" / "decisions").glob("0*.md"))}
    assert list(files) == [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert {path.name for path in (ROOT / "docs" / "decisions").iterdir()} == {
        "README.md",
        *(path.name for path in files.values()),
    }
    for number, path in files.items():
        assert path.read_text().startswith(f"# {number} "), path.name
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if not name.endswith((".py", ".md", ".toml", ".html")) or not (ROOT / name).is_file():
            continue
        text = (ROOT / name).read_text()
        for number, slug in re.findall(r"decisions?[ /](\d{4})(-[a-z-]+)?", text, re.IGNORECASE):
            assert number in files and (not slug or files[number].stem == number + slug), f"{name}: {number}{slug}"


def _facts_of_the_policy() -> set[str]:
    """Every elementary fact that a rule of the policy asks."""
    kinds = [kind for one in in_force()["audiences"].values() for kind in one["types"].values()]
    shown = [value for kind in kinds for part in ("columns", "steps") for value in kind[part].values()]
    rules = [kind["rows"] for kind in kinds] + [value["when"] for value in shown if value != "always"]
    return {atom for rule in rules for words in rule for atom in words.split(" and ") if atom}


def test_the_policy_can_be_read_in_french() -> None:
    """A new act, condition or fact needs words in `dashboard/words`, and a fact its meaning in `dashboard/invented`."""
    assert set(ACTS) == set(Act)
    assert set(SENTENCES) == set(Condition)
    asked = _facts_of_the_policy()
    assert {atom for atom in asked if fact(atom) == atom} == set()
    assert {atom.partition("(")[0] for atom in asked} - set(MEANINGS) == set()
