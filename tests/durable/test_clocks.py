"""The service's clock jumps, as a bad time server makes it: refusals that say why, nothing lost, and it is well when the clock is."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.demonstration.demo_tool import fetch_token
from schema.errors import SetupError
from tests.durable.house import House, a_house

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime (Debian: faketime) is not installed"),
]
READ = {"query": "{ referrals(first: 1) { nodes { id } } }"}
HOUR = 3600


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "house", workers=1) as house:
        clock = tmp_path / "clock"
        clock.write_text("+0")
        house.environment.update(
            LD_PRELOAD=str(LIBRARY), FAKETIME_TIMESTAMP_FILE=str(clock), FAKETIME_NO_CACHE="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
        )  # fmt: skip
        house.serve()
        yield house


def _jump(house: House, seconds: int) -> None:
    (house.folder.parent / "clock").write_text(f"{seconds:+d}")
    time.sleep(1.5)


def _ask(house: House, token: str) -> httpx2.Response:
    return httpx2.post(f"{house.base_url}/graphql", json=READ, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def _code(answer: httpx2.Response) -> Any:
    return answer.json()["errors"][0]["extensions"]["code"]


def test_a_clock_that_jumps_refuses_clearly_and_is_forgiven(house: House) -> None:
    token = house.token("cli_asso_measure", "ASM")
    assert _ask(house, token).status_code == 200
    # An hour ahead: every token has ended, and an assertion of now is an old one.
    _jump(house, HOUR)
    answer = _ask(house, token)
    assert (answer.status_code, _code(answer)) == (401, "UNAUTHENTICATED")
    with pytest.raises(SetupError):
        fetch_token(house.card, "cli_asso_measure", "ASM", None)
    assert httpx2.get(f"{house.base_url}/livez", timeout=5).status_code == 200
    # An hour behind: nothing lives longer than the database says, which has a clock of its own.
    _jump(house, -HOUR)
    assert _ask(house, token).status_code in {200, 401}
    house.fetch("UPDATE oauth_token SET revoked_at = now() WHERE revoked_at IS NULL RETURNING id")
    time.sleep(1.5)
    assert _code(_ask(house, token)) == "UNAUTHENTICATED"
    # And back: who comes now is served, and the log is whole.
    _jump(house, 0)
    assert _ask(house, house.token("cli_asso_measure", "ASM")).status_code == 200
    house.stop()
    house.environment.clear()
    verified: subprocess.CompletedProcess[str] = house.run("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
