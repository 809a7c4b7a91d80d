"""The pages for developers of partners are true: their code is run as it stands, from the key pair to the first answer."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from auth.oauth.possession import thumbprint_of
from loaders.dsn import async_url
from schema.tables.oauth import client_key, oauth_client
from tests.interop.node import FOLDER, install
from tests.network import Network

PAGES = Path(__file__).resolve().parents[2] / "docs" / "clients"
CLIENT = "cli_crip_59_dpop"
PLACEHOLDERS = {"https://maillage.example", "cli_yours"}
ANSWER = {"data": {"viewer": {"audience": "ORG_CRIP"}}}


def blocks(page: str, language: str) -> list[str]:
    """The code of a page: the key pair, and the first answer."""
    found = re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    assert len(found) == 2
    assert all(len(code.strip().splitlines()) < 10 for code in found), "under ten lines"
    assert all(word in found[1] for word in PLACEHOLDERS)
    return found


def enrol(network: Network, printed: str) -> None:
    """The public key reaches the network as an approved enrolment would leave it."""
    jwk: dict[str, Any] = json.loads(printed)
    assert "d" not in jwk

    async def add() -> None:
        engine = create_async_engine(async_url(network.cluster.admin))
        async with engine.begin() as connection:
            owner = select(oauth_client.c.organisation_id).where(oauth_client.c.id == CLIENT).scalar_subquery()
            row = {"client_id": CLIENT, "organisation_id": owner, "kid": jwk["kid"], "public_jwk": jwk}
            await connection.execute(insert(client_key).values(**row, thumbprint=thumbprint_of(jwk)))
        await engine.dispose()

    asyncio.run(add())


def run(command: list[str], code: str, folder: Path) -> str:
    """What a program prints."""
    path = folder / "page.mjs"
    path.write_text(code)
    done = subprocess.run([*command, path.name], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(code: str, network: Network) -> str:
    """The code of a page, for this network and this client."""
    return code.replace("https://maillage.example", network.base_url).replace("cli_yours", CLIENT)


def check(printed: str) -> None:
    """The first answer."""
    answer = json.loads(printed)
    assert answer["data"]["viewer"].pop("organisation")
    assert answer == ANSWER


def test_the_page_for_python(network: Network, tmp_path: Path) -> None:
    key, first = blocks("python.md", "python")
    enrol(network, run([sys.executable], key, tmp_path))
    check(run([sys.executable], ours(first, network), tmp_path))


def test_the_page_for_typescript(network: Network, tmp_path: Path) -> None:
    install()
    key, first = blocks("typescript.md", "ts")
    enrol(network, run(["node"], key, tmp_path))
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    # As the page says for a demonstration.
    plain = first.replace("execute: []", "execute: [oauth.allowInsecureRequests]")
    assert plain != first
    check(run(["node"], ours(plain, network), tmp_path))


@pytest.mark.parametrize("page", ["python.md", "typescript.md", "java.md"])
def test_every_page_is_linked_from_the_readme(page: str) -> None:
    assert f"docs/clients/{page}" in (PAGES.parents[1] / "README.md").read_text()
