"""The command line for OpenID providers."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auth.signin.provider import PROCONNECT_ACR
from auth.signin.sealing import Box
from graph.__main__ import app
from graph.settings import Secrets
from loaders.commands.identities import secret_use
from schema.errors import SetupError
from tests.cluster import SECRET as CLUSTER_SECRET
from tests.cluster import Cluster
from tests.command_line import settle, told

SECRET = "a-secret-that-only-the-provider-and-we-know"
RUNNER = CliRunner()


@pytest.fixture
def folder(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a real database."""
    settle(cluster, tmp_path, monkeypatch)
    cluster.rows("TRUNCATE web_session, member_identity, idp")
    (tmp_path / "secret").write_text(SECRET + "\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database.key").write_bytes(CLUSTER_SECRET)
    return tmp_path


def idp(*arguments: str) -> Any:
    """The JSON that a command answers with."""
    return told(RUNNER.invoke(app, ["idp", *arguments, "--json"]))


def added(folder: Path, name: str = "proconnect", *more: str) -> Any:
    account = (
        "--issuer",
        "https://auth.example/api/v2",
        "--client-id",
        f"us-{name}",
        "--secret-file",
        str(folder / "secret"),
    )
    return idp("add", name, *account, "--label", "ProConnect", *more)


RECORDED = "SELECT operation FROM access_log WHERE operation LIKE 'provider.%' ORDER BY at, seq"


def test_a_provider_is_added_with_its_secret_sealed_and_says_what_to_register(cluster: Cluster, folder: Path) -> None:
    before = len(cluster.rows(RECORDED))
    assert added(folder) == {
        "id": "proconnect",
        "redirect_uri": "https://maillage.example/auth/callback/proconnect",
        "post_logout_redirect_uri": "https://maillage.example/auth/signed-out",
    }
    row = dict(cluster.rows("SELECT * FROM idp")[0])
    assert SECRET.encode() not in row["sealed_client_secret"]
    assert (
        Box(Secrets(folder / "secrets").signin).open(row["sealed_client_secret"], secret_use("proconnect"))
        == SECRET.encode()
    )
    assert (row["signed_userinfo"], row["algorithm"], tuple(row["accepted_acr"])) == (True, "ES256", PROCONNECT_ACR)
    listed = idp("list")
    assert [one["id"] for one in listed] == ["proconnect"]
    assert "secret" not in json.dumps(listed)
    assert idp("retire", "proconnect") == {"id": "proconnect", "sessions_ended": 0}
    assert idp("list")[0]["retired"] is True
    assert [row["operation"] for row in cluster.rows(RECORDED)[before:]] == [
        "provider.added; provider=proconnect; vouches_for=everybody",
        "provider.retired; ended_sessions=0; provider=proconnect",
    ]


def test_an_own_provider_is_pinned_and_names_its_two_factors(cluster: Cluster, folder: Path) -> None:
    [[organisation]] = cluster.rows("INSERT INTO organisation (name, kind) VALUES ('Asso', 'ASSOCIATION') RETURNING id")
    with pytest.raises(SetupError, match="--acr"):
        added(folder, "asso", "--organisation", str(organisation))
    added(folder, "asso", "--organisation", f"org_{organisation}", "--acr", "urn:two", "--algorithm", "RS256")
    row = cluster.rows("SELECT organisation_id, accepted_acr, algorithm, signed_userinfo FROM idp")[0]
    assert tuple(row) == (organisation, ["urn:two"], "RS256", False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "Pro Connect"),
        ("add", "x"),
        ("add", "ok", "--issuer", "http://auth.example"),
        ("add", "ok", "--issuer", "https://auth.example/?a=b"),
        ("add", "ok", "--algorithm", "HS256"),
        ("add", "ok", "--organisation", "nobody", "--acr", "x"),
        ("add", "ok", "--organisation", "00000000-0000-4000-8000-000000000000", "--acr", "x"),
        ("retire", "nobody"),
    ],
    ids=lambda arguments: "-".join(arguments[1:]).replace(" ", "_").replace("/", "_"),
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(
    cluster: Cluster, folder: Path, arguments: tuple[str, ...]
) -> None:
    command, name, *more = arguments
    with pytest.raises(SetupError):
        if command == "add":
            added(folder, name, *more)
        else:
            idp(command, name)
    assert cluster.rows("SELECT FROM idp") == []


def test_a_name_is_used_once(cluster: Cluster, folder: Path) -> None:
    added(folder)
    with pytest.raises(SetupError, match="in use"):
        added(folder)
    assert len(cluster.rows("SELECT FROM idp")) == 1
