"""Public tools that look for holes: schemathesis finds no answer of ours wrong, clairvoyance recovers no name."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse
from graphql.language import NameNode, Visitor, visit

from graph.schemas.contract import contract_of
from schema.vocabulary import Audience
from tests.cluster import SECRET
from tests.filled import filled_cluster
from tests.graph.callers import token
from tests.network import Network, running_network

pytestmark = pytest.mark.slow
# Rules that GraphQL cannot say (`first` or `last`, a year that exists) are refused clearly, and are no failure.
BEYOND_GRAPHQL = "positive_data_acceptance"


def _tool(folder: Path, package: str, name: str) -> Path:
    """A tool in an environment of its own: each wants another version of what we use."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    made = subprocess.run([str(folder / "bin" / "pip"), "install", "-q", package], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"pip cannot install {package}")
    return folder / "bin" / name


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A network that may be written to at random."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with filled_cluster(folder) as cluster, running_network(cluster, SECRET, folder / "demo") as network:
        yield network


@pytest.fixture(scope="module")
def schemathesis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tool(tmp_path_factory.mktemp("schemathesis"), "schemathesis==4.32.5", "schemathesis")


@pytest.fixture(scope="module")
def clairvoyance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tool(tmp_path_factory.mktemp("clairvoyance"), "clairvoyance==2.5.5", "clairvoyance")


@pytest.mark.parametrize("audience", [Audience.CRI, Audience.ASM, Audience.SUP, Audience.ORG_CRIP])
def test_schemathesis_finds_nothing(fuzzed: Network, schemathesis: Path, audience: Audience, tmp_path: Path) -> None:
    """Queries and acts of every shape that the schema allows: no 5xx, no code outside the list, no shape that it does not have."""
    command = [str(schemathesis), "run", f"{fuzzed.base_url}/graphql", "--checks", "all"]
    command += ["-H", f"Authorization: Bearer {token(fuzzed, audience)}", "--exclude-checks", BEYOND_GRAPHQL]
    command += ["--max-examples", "10", "--seed", "5", "--continue-on-failure", "--no-color"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, done.stdout[-6000:]
    counted = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert counted is not None, done.stdout[-2000:]
    assert counted[1] == counted[2]
    assert int(counted[1]) >= 200


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_name(self, node: NameNode, *_: Any) -> None:
        self.found.add(node.value)


def names_of(audience: Audience) -> set[str]:
    """Every name of an audience's schema."""
    names = _Names()
    visit(parse(contract_of(audience)), names)
    return names.found


def test_clairvoyance_recovers_no_name_that_the_role_does_not_have(
    network: Network, clairvoyance: Path, tmp_path: Path
) -> None:
    """It is given every name of every schema to try, which no attacker has."""
    everything = set().union(*(names_of(audience) for audience in Audience))
    (tmp_path / "words.txt").write_text("\n".join(sorted(everything)))
    command = [str(clairvoyance), f"{network.base_url}/graphql", "-w", str(tmp_path / "words.txt"), "-o", "found.json"]
    command += ["-H", f"Authorization: Bearer {token(network, Audience.ONP)}", "-c", "4", "-m", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=580)
    # Names that exist and names that do not read alike, so it takes one for a field, learns no type, and gives up.
    assert "Field Suggestion is not fully enabled" in done.stderr, done.stderr[-3000:]
    assert not (tmp_path / "found.json").exists()
