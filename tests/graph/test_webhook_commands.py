"""Webhooks by the operator's command line: added, listed, re-keyed, stopped, sent again."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from graph.__main__ import app
from graph.settings import Secrets
from loaders.webhooks.webhooks import secret_of
from schema.errors import BadInputError, SetupError
from tests.cluster import SECRET, Cluster
from tests.command_line import settle, told

RUNNER = CliRunner()
URL = "https://partner.example/maillage"


@pytest.fixture
def folder(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a real database."""
    settle(cluster, tmp_path, monkeypatch)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database.key").write_bytes(SECRET)
    return tmp_path


def say(*arguments: str) -> Any:
    """The JSON that a command answers with."""
    return told(RUNNER.invoke(app, ["webhook", *arguments, "--json"]))


@pytest.fixture
def owner(cluster: Cluster, folder: Path) -> UUID:
    found: UUID = cluster.rows(
        "INSERT INTO organisation (name, kind, mandate_kind) VALUES ('Association Exemple', 'ASSOCIATION', 'MEASURE') "
        "RETURNING id",
    )[0]["id"]
    return found


def test_a_webhook_is_added_rekeyed_stopped_and_told_again(cluster: Cluster, folder: Path, owner: UUID) -> None:
    key = Secrets(folder / "secrets").webhooks
    made = say("add", f"org_{owner}", URL)
    identity = UUID(made["webhook"])
    assert made["secret"] == secret_of(key, identity, 1)
    assert say("rotate", str(identity))["secret"] == secret_of(key, identity, 2)
    for command, state in (("disable", "DISABLED"), ("enable", "ACTIVE")):
        assert say(command, str(identity))["state"] == state
        [row] = cluster.rows("SELECT state, generation, url FROM webhook WHERE id = $1", identity)
        assert tuple(row) == (state, 2, URL)
    [listed] = [row for row in say("list") if row["id"] == str(identity)]
    assert (listed["url"], listed["state"], listed["waiting"], listed["dead"]) == (URL, "ACTIVE", 0, 0)


def test_what_was_given_up_is_in_the_log_and_is_sent_again(cluster: Cluster, folder: Path, owner: UUID) -> None:
    identity = say("add", f"org_{owner}", URL)["webhook"]
    row = uuid4()
    cluster.rows(
        "INSERT INTO webhook_delivery (webhook_id, organisation_id, row_id, prefix, kind, state, attempts, answer) "
        "VALUES ($1, $2, $3, 'ref', 'referral.changed', 'DEAD', 10, 500)",
        UUID(identity), owner, row,
    )  # fmt: skip
    [logged] = say("log", identity)
    assert (logged["kind"], logged["state"], logged["attempts"], logged["answer"]) == (
        "referral.changed", "DEAD", 10, 500,
    )  # fmt: skip
    # Which row it was about is the organisation's to know.
    assert str(row) not in json.dumps(logged)
    assert say("replay", identity)["notices"] == 1
    assert say("replay", identity)["notices"] == 0
    assert [one["state"] for one in say("log", identity)] == ["WAITING"]


@pytest.mark.parametrize("command", ["rotate", "disable", "enable"])
def test_nothing_is_done_to_what_does_not_exist(folder: Path, command: str) -> None:
    with pytest.raises(SetupError, match="no such webhook"):
        say(command, str(uuid4()))


def test_nobody_is_told_over_plain_http_and_no_stranger_at_all(cluster: Cluster, owner: UUID) -> None:
    with pytest.raises(BadInputError):
        say("add", f"org_{owner}", "http://partner.example/")
    with pytest.raises(SetupError):
        say("add", f"org_{uuid4()}", URL)
    assert cluster.rows("SELECT FROM webhook WHERE organisation_id = $1", owner) == []
