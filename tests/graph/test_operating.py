"""The operator's command line, from an empty database to a partner at work: every step a command, none without a name."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from auth.oauth.possession import fingerprint, offered
from graph.__main__ import app
from graph.cli.client import client_app
from graph.cli.keys import keys_app
from graph.cli.member import member_app
from graph.cli.org import org_app
from schema.errors import BadInputError, SetupError
from tests.cluster import SECRET, Cluster, running_cluster

ADM = "awa@operateur.example"
SECOND = "bo@operateur.example"


@dataclass
class Line:
    """The command line before one database."""

    cluster: Cluster
    data: Path
    ids: dict[str, Any] = field(default_factory=dict)

    def run(self, *words: str) -> str:
        result = CliRunner().invoke(app, [*words, "--data", str(self.data)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def refused(self, *words: str) -> SetupError:
        with pytest.raises(SetupError) as refused:
            self.run(*words)
        return refused.value

    def sql(self, statement: str, *values: Any) -> list[Any]:
        return self.cluster.rows(statement, *values)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("operating")
    data = folder / "data"
    (data / "secrets").mkdir(parents=True)
    (data / "secrets" / "database.key").write_bytes(SECRET)
    with running_cluster(folder) as cluster, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILLAGE_DSN", cluster.admin)
        patch.setenv("MAILLAGE_DATA_KEYS", str(data / "keys"))
        (data / "keys").mkdir()
        made = Line(cluster, data)
        CliRunner().invoke(app, ["data-keys", "init", "--data", str(data)])
        made.ids = made.json(
            "org", "found", "Opérateur", "--administrator", f"Awa Un <{ADM}>", "--administrator", f"Bo Deux <{SECOND}>"
        )
        yield made


def proven(line: Line, client: str) -> str:
    """The organisation has used its code."""
    found = [offered(ECKey.generate_key("P-256").as_dict(private=False))]
    mark = fingerprint(found, None)
    line.sql(
        "UPDATE enrolment SET used_at = now(), offered_keys = $1, fingerprint = $2 WHERE client_id = $3 AND withdrawn_at IS NULL",
        json.dumps([dict(one.jwk) for one in found]),
        mark,
        client,
    )
    return mark


def test_a_network_is_founded_once_and_by_two(line: Line) -> None:
    assert set(line.ids["administrators"]) == {ADM, SECOND}
    again = ("--administrator", "Ana <a@x.example>", "--administrator", "Bob <b@x.example>")
    assert "already" in line.refused("org", "found", "Autre", *again).sentence
    assert "two" in line.refused("org", "found", "Autre", "--administrator", "Ana <a@x.example>").sentence
    twice = ("--administrator", "Ana <a@x.example>", "--administrator", "Bob <a@x.example>")
    assert "two" in line.refused("org", "found", "Autre", *twice).sentence
    assert "written" in line.refused("org", "found", "Autre", "--administrator", "Ana").sentence
    [(operation,)] = line.sql("SELECT operation FROM access_log WHERE operation LIKE 'network.%'")
    organisation, *administrators = (
        one[4:] for one in (line.ids["organisation"], *line.ids["administrators"].values())
    )
    assert operation == f"network.founded; administrators={','.join(administrators)}; organisation={organisation}"


def test_an_organisation_from_add_to_close(line: Line) -> None:
    made = line.json(
        "org", "add", "CRIP du Nord", "CRIP", "--authority", "59", "--client", "cli_crip_nord", "--scope", "cases:read", "--territory",
        "59", "--begins", "2026-01-01", "--as", ADM,
    )  # fmt: skip
    digest = hashlib.sha256(made["code"].encode()).digest()
    assert line.sql("SELECT code_hash FROM enrolment WHERE client_id = 'cli_crip_nord'") == [(digest,)]
    assert made["expires_in"] == 7 * 24 * 3600
    mark = proven(line, "cli_crip_nord")
    [row] = [one for one in line.json("org", "list") if one["id"] == made["organisation"]]
    assert (row["status"], row["tools"], row["awaiting_approval"], row["authority"]) == ("PENDING", 1, 1, "59")
    wish = ("org", "approve", made["organisation"], "--fingerprint", mark)
    assert line.refused(*wish, "--as", ADM).reason == "FOUR_EYES"
    assert line.json(*wish, "--as", SECOND)["done"] == "approveOrganisation"
    [key] = line.json("client", "list", made["organisation"])
    assert (key["client"], key["retired_at"]) == ("cli_crip_nord", None)
    line.run("client", "retire-key", "cli_crip_nord", key["kid"], "--as", SECOND)
    assert line.refused("client", "retire-key", "cli_crip_nord", key["kid"], "--as", SECOND).reason == "UNKNOWN_KEY"
    fresh = line.json("client", "add-key", "cli_crip_nord", "--as", ADM)
    assert fresh["code"] != made["code"]
    for act, status, epoch in (("suspend", "SUSPENDED", 1), ("resume", "ACTIVE", 1), ("close", "CLOSED", 2)):
        line.run("org", act, made["organisation"], "--as", ADM)
        [row] = [one for one in line.json("org", "list") if one["id"] == made["organisation"]]
        assert (row["status"], row["epoch"]) == (status, epoch)
    recorded = line.sql(
        "SELECT operation, client_id, member_id, outcome FROM access_log WHERE event <> 'AUTHENTICATION' ORDER BY at, seq"
    )
    assert {row["client_id"].partition("/")[0] for row in recorded} == {"command line"}
    said = [(row["operation"].partition(";")[0], row["outcome"]) for row in recorded]
    acts = ("suspendOrganisation", "resumeOrganisation", "closeOrganisation")
    assert said[-10:] == [
        ("createOrganisation", "OK"),
        ("registerClient", "OK"),
        ("approveOrganisation", "FOUR_EYES"),
        ("approveOrganisation", "OK"),
        ("retireClientKey", "OK"),
        ("retireClientKey", "UNKNOWN_KEY"),
        ("issueEnrolmentCode", "OK"),
        *((act, "OK") for act in acts),
    ]
    assert {row["member_id"] for row in recorded} == {UUID(one[4:]) for one in line.ids["administrators"].values()}
    assert made["code"] not in str(line.sql("SELECT * FROM access_log"))


def test_a_tool_more_is_registered_suspended_and_resumed(line: Line) -> None:
    made = line.json(
        "org", "add", "Foyer", "FOYER", "--client", "cli_foyer_un", "--scope", "cases:read", "--as", ADM
    )  # fmt: skip
    more = (
        "client",
        "add",
        made["organisation"],
        "cli_foyer_deux",
        "--name",
        "Deux",
        "--scope",
        "cases:read",
        "--bearer",
        "--as",
        ADM,
    )
    assert line.json(*more)["client"] == "cli_foyer_deux"
    assert line.refused(*more).reason == "ALREADY_RECORDED"
    line.run("client", "suspend", "cli_foyer_deux", "--as", SECOND)
    line.run("client", "resume", "cli_foyer_deux", "--as", SECOND)
    assert line.sql("SELECT status, epoch, dpop_bound FROM oauth_client WHERE id = 'cli_foyer_deux'") == [
        ("ACTIVE", 1, False)
    ]


def test_a_tool_that_cannot_sign_gets_its_secret_from_a_second_administrator(line: Line) -> None:
    organisation = line.ids["organisation"]
    tool = ("cli_ancien", "--name", "Ancien", "--scope", "cases:read", "--bearer", "--by-secret", "--as", ADM)
    assert line.json("client", "add", organisation, *tool) == {"organisation": organisation, "client": "cli_ancien"}
    assert line.refused("client", "issue-secret", "cli_ancien", "--as", ADM).reason == "FOUR_EYES"
    secret = line.json("client", "issue-secret", "cli_ancien", "--days", "90", "--as", SECOND)["secret"]
    assert line.run("client", "issue-secret", "cli_ancien", "--overlap-hours", "1", "--as", SECOND).count("mls_") == 1
    rows = [row for row in line.json("client", "list", organisation) if row["client"] == "cli_ancien"]
    assert {row["auth_method"] for row in rows} == {"CLIENT_SECRET_BASIC"}
    [first] = [row["kid"] for row in rows if row["kid"].removeprefix("sec_").replace("-", "") in secret]
    line.run("client", "retire-secret", "cli_ancien", first, "--as", ADM)
    assert line.refused("client", "retire-secret", "cli_ancien", first, "--as", ADM).reason == "UNKNOWN_SECRET"
    assert secret.split("_", 2)[2] not in str(line.sql("SELECT * FROM access_log"))


def test_a_delegate_is_invited_and_a_member_removed(line: Line) -> None:
    made = line.json(
        "member",
        "invite",
        line.ids["organisation"],
        "Cléo Trois",
        "cleo@operateur.example",
        "--role",
        "ADM",
        "--as",
        ADM,
    )
    digest = hashlib.sha256(made["code"].encode()).digest()
    assert line.sql("SELECT code_hash, role FROM invitation WHERE email = 'cleo@operateur.example'") == [
        (digest, "ADM")
    ]
    wish = (
        "member",
        "invite",
        line.ids["organisation"],
        "Dan",
        "dan@x.example",
        "--role",
        "ASM",
        "--basis",
        "MISSION",
        "--as",
        ADM,
    )
    assert line.refused(*wish).reason == "ROLE_ELSEWHERE"
    second = line.ids["administrators"][SECOND]
    assert line.refused("member", "remove", second, "--as", SECOND).reason == "ONESELF"
    listed = line.json("member", "list", line.ids["organisation"])
    assert {(row["email"], row["role"], row["status"]) for row in listed} == {
        (ADM, "ADM", "ACTIVE"),
        (SECOND, "ADM", "ACTIVE"),
    }


def test_a_member_who_is_removed_has_nothing_left(line: Line) -> None:
    organisation = line.ids["organisation"]
    [(gone,)] = line.sql(
        "INSERT INTO member (organisation_id, name, email) VALUES ($1, 'Dan Quatre', 'dan@operateur.example') RETURNING id",
        organisation.partition("_")[2],
    )
    line.sql(
        "INSERT INTO habilitation (member_id, organisation_id, role, valid_to) "
        "VALUES ($1, $2, 'ADM', now() + interval '1 month')",
        gone,
        organisation.partition("_")[2],
    )
    assert line.json("member", "remove", f"mbr_{gone}", "--as", SECOND) == {
        "member": f"mbr_{gone}",
        "done": "removeMember",
    }
    assert line.sql("SELECT status, epoch FROM member WHERE id = $1", gone) == [("REMOVED", 1)]
    assert line.sql("SELECT state FROM habilitation WHERE member_id = $1", gone) == [("REVOKED",)]
    assert "dan@operateur.example" not in {
        row["email"] for row in line.json("member", "list", organisation) if row["status"] == "ACTIVE"
    }
    # Who has left does nothing more, and is not removed twice.
    line.refused(
        "member", "invite", organisation, "Eve", "eve@x.example", "--role", "ADM", "--as", "dan@operateur.example"
    )
    line.refused("member", "remove", f"mbr_{gone}", "--as", SECOND)


def test_what_the_clock_has_ended_is_written_down_by_a_command(line: Line) -> None:
    """By the login of acts: the function itself is tried beside the sharings and the exceptional accesses."""
    said = line.run("lapse")
    assert (
        said.split()
        == (
            "0 sharings have expired; 0 exceptional accesses were never confirmed, 0 were not reviewed in time."
        ).split()
    )


def test_a_rotation_in_two_steps_and_a_compromise(line: Line) -> None:
    assert "--compromised" in line.refused("keys", "rotate").sentence
    first = line.json("keys", "rotate", "--compromised")["active"]
    step = line.json("keys", "rotate")
    assert (step["active"], step["wait"]) == (first, 300)
    line.sql("UPDATE signing_key SET created_at = created_at - interval '6 minutes'")
    assert line.json("keys", "rotate")["active"] == step["next"]
    assert [row["state"] for row in line.json("keys", "list")] == ["active", "retired"]
    assert line.run("keys", "list").count("\n") >= 4
    made = line.sql("SELECT operation, client_id FROM access_log WHERE operation LIKE 'signing-key.%' ORDER BY at, seq")
    assert [row["operation"] for row in made] == [
        f"signing-key.dropped; active={first}; ended_tokens=0",
        f"signing-key.rotated; active={first}; next={step['next']}; wait=300",
        f"signing-key.rotated; active={step['next']}; next=none; wait=0",
    ]
    assert {row["client_id"].partition("/")[0] for row in made} == {"command line"}


def test_nothing_is_done_without_an_administrator_who_is_one_now(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    before = line.sql("SELECT count(*) FROM organisation")
    wish = ("org", "add", "X", "FOYER", "--client", "cli_nobody", "--scope", "cases:read")
    assert "MAILLAGE_OPERATOR" in line.refused(*wish).sentence
    for nobody in ("nobody@x.example", "mbr_00000000-0000-0000-0000-000000000000", "not an id"):
        line.refused(*wish, "--as", nobody)
    line.refused("org", "suspend", "org_00000000-0000-0000-0000-000000000000", "--as", ADM)
    assert line.sql("SELECT count(*) FROM organisation") == before
    monkeypatch.setenv("MAILLAGE_OPERATOR", ADM)
    with pytest.raises(BadInputError):
        line.run(*wish[:-1], "everything")
    # What was asked in before its tool was refused stays PENDING: nothing of it counts.
    assert line.run(*wish).startswith("org_")


def _commands(group: typer.Typer) -> list[str]:
    return [str(command.name) for command in group.registered_commands]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (label, name)
        for label, group in (("org", org_app), ("client", client_app), ("keys", keys_app), ("member", member_app))
        for name in _commands(group)
    ],
)
def test_every_command_explains_itself_and_takes_no_secret(group: str, name: str) -> None:
    result = CliRunner().invoke(app, [group, name, "--help"])
    assert result.exit_code == 0
    assert "." in result.output
    assert "--json" in result.output
    assert not {"--code", "--secret", "--password", "--private-key"} & set(result.output.split())
