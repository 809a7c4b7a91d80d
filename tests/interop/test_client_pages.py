"""The pages for developers of partners are true: their code is run as it stands, from the key pair to the first answer."""

import json
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.node import FOLDER, install
from tests.network import Network
from tests.test_onboarding import Office

PAGES = Path(__file__).resolve().parents[2] / "docs" / "clients"
PLACEHOLDERS = ("https://maillage.example", "cli_yours")
CODE = "your code"


def blocks(page: str, language: str) -> list[str]:
    """The code of a page: the key pair and its enrolment, and the first answer."""
    found = re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    assert len(found) == 2
    assert all(len(code.strip().splitlines()) < 10 for code in found), "under ten lines"
    assert all(word in code for code in found for word in PLACEHOLDERS)
    assert CODE in found[0]
    return found


@pytest.fixture
def office(network: Network) -> Office:
    """A partner that has been asked in and has its code."""
    first, second = (one["id"] for one in network.members("cli_operator", "ADM"))
    return Office(network, first, second, f"cli_page_{secrets.token_hex(4)}", secrets.token_urlsafe(32))


def run(command: list[str], code: str, folder: Path) -> str:
    """What a program prints."""
    path = folder / "page.mjs"
    path.write_text(code)
    done = subprocess.run([*command, path.name], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def follow(page: list[str], office: Office, command: list[str], folder: Path) -> None:
    """The page from the key pair to the first answer, with what the operator does between its two halves."""
    organisation = office.begin()
    enrolment, first = (
        code.replace("https://maillage.example", office.network.base_url).replace("cli_yours", office.client)
        for code in page
    )
    told = json.loads(run(command, enrolment.replace(CODE, office.code), folder))
    assert told["status"] == "awaiting_approval"
    # Nobody else on the machine reads the private key.
    assert (folder / "key.json").stat().st_mode & 0o077 == 0
    office.done(office.second, "approveOrganisation", organisation=organisation, fingerprint=told["fingerprint"])
    answer = json.loads(run(command, first, folder))
    assert answer == {"data": {"viewer": {"audience": "ORG_ASSOCIATION", "organisation": "Association Neuve"}}}


def test_the_page_for_python(office: Office, tmp_path: Path) -> None:
    follow(blocks("python.md", "python"), office, [sys.executable], tmp_path)


def test_the_page_for_typescript(office: Office, tmp_path: Path) -> None:
    install()
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    enrolment, first = blocks("typescript.md", "ts")
    # As the page says for a demonstration.
    plain = first.replace("execute: []", "execute: [oauth.allowInsecureRequests]")
    assert plain != first
    follow([enrolment, plain], office, ["node"], tmp_path)


def test_the_page_for_java_goes_all_the_way_in_as_few_lines() -> None:
    """As text: no Java runs here. It speaks of the addresses and of the proof that the pages which run speak of."""
    enrolment, first = blocks("java.md", "java")
    words = {"/oauth/enrolment", "key-possession+jwt", "code_s256", "jwks", "proofs", "ES256"}
    assert {word for word in words if word in "".join(blocks("python.md", "python"))} == words
    assert [word for word in words if word not in enrolment] == []
    assert all(word in first for word in ("/oauth/token", "/graphql", "DPoP", "{ viewer { audience organisation } }"))


@pytest.mark.parametrize("page", ["python.md", "typescript.md", "java.md"])
def test_every_page_is_linked_from_the_readme(page: str) -> None:
    assert f"docs/clients/{page}" in (PAGES.parents[1] / "README.md").read_text()
