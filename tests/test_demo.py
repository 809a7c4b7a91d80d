"""The demonstration as a newcomer starts it: the command itself, its card, its tokens, its end."""

import json
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.command_line import graph

ROOT = Path(__file__).resolve().parent.parent
ROLES = {
    "DLPM": {"LIS", "SUP", "ANA", "DPO"},
    "CRIP": {"CRI", "COO", "DEL"},
    "ASE": {"ASE", "COO", "DEL"},
    "OPERATOR": {"ADM"},
    "OBSERVATORY": {"ONP"},
}


def in_a_process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "graph", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def demonstration(data: Path, *options: str) -> Iterator[dict[str, Any]]:
    """The running demonstration's card; Ctrl-C at the end, and it has to stop by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "graph", "demo", "--data", str(data), *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not (data / "demo.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                # Ended first: what a process says that goes on has no end.
                process.kill()
                pytest.fail(process.communicate()[0])
            time.sleep(0.1)
        yield json.loads((data / "demo.json").read_text())
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert "Traceback" not in output
    assert not (data / "demo.json").exists()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "demo"


def count(card: dict[str, Any], token: str) -> int:
    answer = httpx2.post(
        card["graphql"],
        json={"query": "{ concernReports { totalCount } }"},
        headers={"Authorization": f"Bearer {token}"},
    )
    return int(answer.json()["data"]["concernReports"]["totalCount"])


def test_the_demonstration_keeps_its_contract_and_its_data(data: Path) -> None:
    with demonstration(data) as card:
        assert card["graphql"] == card["base_url"] + "/graphql"
        clients = {client["client_id"]: client for client in card["clients"]}
        for code in ("59", "69M", "69D", "2A+2B", "974", "13"):
            assert {client["kind"] for client in clients.values() if client["authority"] == code} == {"CRIP", "ASE"}
        assert {client["mandate"] for client in clients.values() if client["kind"] == "ASSOCIATION"} == {
            "MEASURE",
            "ASE_MISSION",
            "OUTSIDE_MISSION",
        }
        for client in clients.values():
            assert ROLES.get(client["kind"], set()) <= {member["role"] for member in client["members"]}, client[
                "client_id"
            ]
            key = Path(client["key_file"])
            assert stat.S_IMODE(key.stat().st_mode) == 0o600
            assert {"kid", "d"} <= json.loads(key.read_text()).keys()
        secrets = list((data / "secrets").rglob("*"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets if path.is_file()} == {0o600}
        assert [path.name for path in secrets if path.is_dir()] == ["data-keys"]
        assert stat.S_IMODE((data / "secrets" / "data-keys").stat().st_mode) == 0o700

        token = in_a_process("token", "cli_crip_59", "--data", str(data))
        assert token.returncode == 0, token.stderr
        reports = count(card, token.stdout.strip())
        assert reports > 0
        _bound(card, data)
        asked = graph("ask", "cli_dlpm", "{ viewer { audience } }", "--member", "ANA", "--data", str(data))
        assert json.loads(asked.stdout) == {"data": {"viewer": {"audience": "ANA"}}}
        verified = in_a_process("audit", "verify", "--data", str(data))
        assert verified.returncode == 0 and ", 0 faults" in verified.stdout, verified.stdout
        _witness(card, data)
        _purge(data)
        _subject_report(card, data)
        assert httpx2.get(card["base_url"] + "/readyz").json() == {
            "database": "ok",
            "access_log": "ok",
            "replay_store": "ok",
            "version": "ok",
        }
    with demonstration(data) as card:
        assert count(card, graph("token", "cli_crip_59", "--data", str(data)).stdout.strip()) == reports


def _bound(card: dict[str, Any], data: Path) -> None:
    """A client whose tokens are bound gets token and proof from the command line, and an answer by `ask`."""
    bound = [client["client_id"] for client in card["clients"] if client["dpop"]]
    assert bound == ["cli_dlpm_dpop", "cli_crip_59_dpop", "cli_ase_59_dpop", "cli_asso_measure_dpop"]
    query = {"query": "{ viewer { audience } }"}
    for client in (bound[1], "cli_crip_59"):
        printed = graph(
            "token",
            client,
            "--dpop",
            "--member",
            "CRI",
            "--method",
            "post",
            "--url",
            card["graphql"],
            "--data",
            str(data),
        )
        token, proof = printed.stdout.split()
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
        answers = [httpx2.post(card["graphql"], json=query, headers=headers) for _ in range(2)]
        assert answers[0].json() == {"data": {"viewer": {"audience": "CRI"}}}
        assert answers[1].status_code == 401
    alone = graph("token", bound[1], "--data", str(data))
    assert len(alone.stdout.split()) == 1
    assert "--dpop" in alone.stderr
    bearer = {"Authorization": f"Bearer {alone.stdout.strip()}"}
    assert httpx2.post(card["graphql"], json=query, headers=bearer).status_code == 401
    asked = graph("ask", bound[1], query["query"], "--data", str(data))
    assert json.loads(asked.stdout) == {"data": {"viewer": {"audience": "ORG_CRIP"}}}


def _witness(card: dict[str, Any], data: Path) -> None:
    """A partner keeps the public checkpoint and the key, and later has the history checked against them."""
    kept, forged, place = data.parent / "kept.txt", data.parent / "forged.txt", ("--data", str(data))
    kept.write_text(httpx2.get(card["base_url"] + "/.well-known/audit-checkpoint").text)
    key = graph("audit", "key", *place).stdout.strip()
    assert key == httpx2.get(card["base_url"] + "/.well-known/audit-key").text.strip()
    made = graph("audit", "checkpoint", "--out", str(data.parent / "later.txt"), *place)
    assert made.returncode == 0, made.stderr
    verified = graph(
        "audit", "verify", "--witness", str(kept), "--witness", str(data.parent / "later.txt"), "--key", key, *place
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "Witnessed until: 20" in verified.stdout
    forged.write_text(kept.read_text().replace("\n1\n", "\n9\n").replace("\n2\n", "\n9\n"))
    assert forged.read_text() != kept.read_text()
    refused = graph("audit", "verify", "--witness", str(forged), *place)
    assert refused.returncode == 1
    assert "forged" in refused.stderr


def _purge(data: Path) -> None:
    planned = graph("audit", "purge", "--dry-run", "--data", str(data))
    assert planned.returncode == 0, planned.stderr
    assert "0 records in 0 chains" in planned.stderr
    assert "would be removed" in planned.stderr
    early = graph("audit", "purge", "--before", "2999-01-01", "--data", str(data))
    assert early.returncode == 1
    assert "12 months" in early.stderr
    done = graph("audit", "purge", "--data", str(data))
    assert done.returncode == 0, done.stderr
    assert "Proof: " in done.stderr
    assert done.stdout.startswith("localhost/journal\n")


def _subject_report(card: dict[str, Any], data: Path) -> None:
    dlpm = next(one for one in card["clients"] if one["client_id"] == "cli_dlpm")
    officer = next(one["id"] for one in dlpm["members"] if one["role"] == "DPO")
    refused = graph("subject-report", "T-UNKNOWN", "--officer", f"mbr_{officer}", "--data", str(data))
    assert refused.returncode == 1
    assert "Aucune demande ouverte" in " ".join(refused.stderr.split())
    assert refused.stdout == ""


def test_commands_refuse_in_one_sentence(data: Path) -> None:
    for command, arguments in (
        (in_a_process, ("token", "cli_crip_59", "--data", str(data))),
        (graph, ("contract",)),
        (graph, ("contract", "--organisation", "OPERATOR")),
        (graph, ("explain",)),
    ):
        refused: Any = command(*arguments)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert len(refused.stderr.strip().splitlines()) <= 3, refused.stderr


def test_a_demonstration_that_cannot_be_filled_says_why_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_DSN", f"postgresql://nobody@/none?host={data}")
    monkeypatch.setenv("MAILLAGE_DATA_KEYS", str(data / "keys-of-the-data"))
    assert graph("data-keys", "init", "--data", str(data)).returncode == 0
    refused = in_a_process("demo", "--on-this-server", "--data", str(data))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    [said] = [line for line in refused.stderr.splitlines() if line.strip()]
    assert "PostgreSQL" in said
    assert not (data / "demo.json").exists()


@pytest.mark.parametrize("reset", [(), ("--reset",)], ids=["as it is", "reset"])
def test_a_server_of_ones_own_is_filled_only_when_told(
    data: Path, reset: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty or not: it is not even asked, or the refusal would be that nothing answers; no folder is made or thrown away."""
    monkeypatch.setenv("MAILLAGE_DSN", f"postgresql://nobody@/none?host={data}")
    monkeypatch.setenv("MAILLAGE_DATA_KEYS", str(data / "keys-of-the-data"))
    data.mkdir()
    refused = graph("demo", "--data", str(data), *reset)
    assert refused.returncode == 1
    assert "--on-this-server" in refused.stderr
    assert list(data.iterdir()) == []


def test_a_proof_that_could_never_pass_is_not_made(data: Path) -> None:
    for given, named in (
        (("--method", "GET"), "--dpop"),
        (("--dpop", "--method", ""), "--method"),
        (("--dpop", "--url", "nonsense"), "--url"),
    ):
        refused = in_a_process("token", "cli_crip_59_dpop", *given, "--data", str(data))
        assert refused.returncode == 1
        assert named in refused.stderr
        assert refused.stdout == ""


def test_a_reset_never_removes_what_it_did_not_make(data: Path) -> None:
    data.mkdir()
    (data / "thesis.txt").write_text("three years of work")
    refused = graph("demo", "--data", str(data), "--reset")
    assert refused.returncode == 1
    assert (data / "thesis.txt").read_text() == "three years of work"
