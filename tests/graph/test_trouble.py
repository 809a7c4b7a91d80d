"""What a person reads when the database, its address or a file is not as it should be: one sentence, and no password."""

import asyncio
import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import structlog
from joserfc.jwk import ECKey

from graph import __main__ as command_line
from graph import lines
from graph.http.serving import free_port
from graph.lines import logger_factory
from loaders import walls
from loaders.embedded.folder import lock
from loaders.postgres.logins import COMMANDS
from loaders.setup import fitting
from loaders.setup.fitting import HEAD
from loaders.setup.readiness import must_be_ready
from tests.cluster import SECRET, Cluster
from tests.command_line import graph

PASSWORD = "s3cret-of-nobody"
Says = Callable[..., str]


@pytest.fixture
def says(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Says:
    """What a command that has to fail says, before the database of these tests or at another address."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database.key").write_bytes(SECRET)
    # Else the log of every later test of this process would be written to what is closed with this one.
    monkeypatch.setattr(lines, "configure", lambda: None)
    monkeypatch.setenv("MAILLAGE_DATA", str(tmp_path))
    monkeypatch.setenv("MAILLAGE_DATA_KEYS", str(tmp_path / "keys"))

    def said(*words: str, dsn: str = cluster.admin) -> str:
        monkeypatch.setenv("MAILLAGE_DSN", dsn)
        monkeypatch.setattr(sys, "argv", ["maillage", *words])
        with pytest.raises(SystemExit) as ended:
            command_line.run()
        told = capsys.readouterr()
        assert ended.value.code == 1
        assert not told.out
        assert PASSWORD not in told.err
        return " ".join(told.err.split())

    monkeypatch.setattr(sys, "argv", ["maillage", "data-keys", "init"])
    with pytest.raises(SystemExit):
        command_line.run()
    capsys.readouterr()
    return said


@pytest.fixture
def sql(cluster: Cluster) -> Callable[[str], None]:
    """Run a statement as the administrator."""

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(cluster.admin)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    return lambda statement: asyncio.run(execute(statement))


@pytest.fixture
def empty(cluster: Cluster, sql: Callable[[str], None]) -> Iterator[str]:
    """The address of a database that nobody has prepared."""
    sql("CREATE DATABASE nothing_yet")
    yield _with(cluster.admin, name="nothing_yet")
    sql("DROP DATABASE nothing_yet")


def _with(dsn: str, *, login: str | None = None, name: str | None = None) -> str:
    found = urlsplit(dsn)
    netloc = f"{login}:{PASSWORD}@" if login else found.netloc
    return urlunsplit(found._replace(netloc=netloc, path=f"/{name}" if name else found.path))


@pytest.mark.parametrize("command", ["migrate", "serve", "audit verify", "monitoring verify"])
def test_a_wrong_address_is_told_by_every_command(says: Says, command: str) -> None:
    words = command.split()
    assert "is PostgreSQL running" in says(*words, dsn=f"postgresql://login:{PASSWORD}@127.0.0.1:1/maillage")
    assert "The host of MAILLAGE_DSN is not known" in says(
        *words, dsn=f"postgresql://login:{PASSWORD}@nowhere.invalid/x"
    )
    assert "is an address like" in says(*words, dsn=f"mysql://login:{PASSWORD}@127.0.0.1/x")


def test_a_refused_login_and_a_missing_database(says: Says, cluster: Cluster) -> None:
    assert "refuses this login" in says("migrate", dsn=_with(cluster.admin, login="nobody"))
    assert "no database of that name" in says("migrate", dsn=_with(cluster.admin, name="elsewhere"))


def test_an_administrator_who_may_too_little(says: Says, cluster: Cluster, sql: Callable[[str], None]) -> None:
    sql(f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'")
    try:
        assert "CREATEROLE" in says("migrate", dsn=_with(cluster.admin, login="plain"))
    finally:
        sql("DROP ROLE plain")


@pytest.mark.parametrize(("kind", "text"), [("TABLE", "(child text)"), ("VIEW", "AS SELECT 1 AS one")])
def test_what_is_not_ours_stops_the_migration_and_is_named(
    says: Says, sql: Callable[[str], None], kind: str, text: str
) -> None:
    sql(f"CREATE {kind} left_over {text}; GRANT SELECT ON left_over TO PUBLIC")
    try:
        assert f"holds what is not Maillage's: left_over ({kind.lower()})" in says("migrate")
    finally:
        sql(f"DROP {kind} left_over")


def test_nobody_serves_a_database_of_another_version(says: Says, sql: Callable[[str], None], empty: str) -> None:
    assert "The database is not prepared" in says("serve", dsn=empty)
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert f"The database is at version 0001, and this code needs {HEAD}: run `python -m graph migrate`" in says(
            "serve"
        )
        assert "graph migrate" in says("serve", "--workers", "2")
    finally:
        sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")


def test_nobody_serves_a_database_that_newer_code_has_migrated(says: Says, sql: Callable[[str], None]) -> None:
    newer = f"{int(HEAD) + 1:04}"
    sql(f"UPDATE alembic_version SET version_num = '{newer}'")
    for statement in fitting.statements(newer, ()):
        sql(f"SET ROLE maillage_owner; {statement}")
    try:
        assert f"The database is at version {newer}, and this code needs {HEAD}: serve with the code that" in says(
            "serve"
        )
        assert "graph migrate" not in says("serve", "--workers", "2")
        assert f"is at version {newer}" in says("migrate")
    finally:
        sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")
        for statement in fitting.statements(HEAD, walls.statements()):
            sql(f"SET ROLE maillage_owner; {statement}")


@pytest.mark.parametrize(
    ("given", "taken", "told"),
    [
        ("ALTER ROLE maillage_cri BYPASSRLS", "ALTER ROLE maillage_cri NOBYPASSRLS", "`maillage_cri`"),
        ("ALTER ROLE maillage_audit CREATEROLE", "ALTER ROLE maillage_audit NOCREATEROLE", "`maillage_audit`"),
        (
            "GRANT maillage_owner TO maillage_org_crip",
            "REVOKE maillage_owner FROM maillage_org_crip",
            "`maillage_org_crip`",
        ),
        (
            "ALTER TABLE situation DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE situation ENABLE ROW LEVEL SECURITY",
            "`situation` has no row security",
        ),
        (
            "ALTER DATABASE maillage SET log_error_verbosity = 'default'",
            "ALTER DATABASE maillage SET log_error_verbosity = 'terse'",
            "SET log_error_verbosity = terse (one by one)",
        ),
        (
            "ALTER DATABASE maillage SET log_parameter_max_length = -1",
            "ALTER DATABASE maillage SET log_parameter_max_length = 0",
            "SET log_parameter_max_length = 0 (one by one)",
        ),
    ],
    ids=[
        "past row security",
        "makes roles",
        "becomes the owner",
        "a table without",
        "rows in its log",
        "values in its log",
    ],
)
def test_nobody_serves_where_the_second_wall_is_down(
    says: Says, cluster: Cluster, sql: Callable[[str], None], given: str, taken: str, told: str
) -> None:
    asyncio.run(must_be_ready(cluster.login(COMMANDS)))
    sql(given)
    try:
        assert told in says("serve")
    finally:
        sql(taken)


def test_a_wrong_setting_and_a_folder_that_cannot_be(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_PORT", PASSWORD)
    assert says("migrate").startswith("MAILLAGE_PORT: Input should be a valid integer")
    monkeypatch.delenv("MAILLAGE_PORT")
    monkeypatch.setenv("MAILLAGE_LIMITS__DEPHT", PASSWORD)
    assert says("migrate").startswith("MAILLAGE_LIMITS__DEPHT: Extra inputs are not permitted")
    monkeypatch.delenv("MAILLAGE_LIMITS__DEPHT")
    monkeypatch.setenv("MAILLAGE_POOLSIZE", PASSWORD)
    assert says("migrate") == "MAILLAGE_POOLSIZE is no setting: did you mean MAILLAGE_POOL_SIZE?"
    monkeypatch.delenv("MAILLAGE_POOLSIZE")
    monkeypatch.setenv("MAILLAGE_PORT", "99999")
    assert says("serve").startswith("MAILLAGE_PORT: Input should be less than or equal to 65535")
    monkeypatch.delenv("MAILLAGE_PORT")
    with free_port("127.0.0.1", 0) as taken:
        taken.listen()
        host, port = taken.getsockname()
        assert f"Cannot listen on {host}:{port} (address already in use)" in says("serve", "--port", str(port))
    monkeypatch.setenv("MAILLAGE_DATA", "/proc/nowhere")
    assert says("migrate").startswith("/proc/nowhere: ")


def test_a_folder_without_a_database_stays_empty(tmp_path: Path) -> None:
    for words in ("retention", "explain cli_crip_59 - REF Situation.urgency"):
        ended = graph(*words.split(), "--data", str(tmp_path / "mistyped"))
        assert ended.returncode == 1
        assert "`python -m graph migrate` makes one here" in " ".join(ended.stderr.split())
    assert not (tmp_path / "mistyped" / "postgres").exists()


@pytest.mark.parametrize("reset", [[], ["--reset"]], ids=["keeps", "resets"])
def test_a_folder_in_use_keeps_its_data_and_its_card(
    tmp_path: Path, reset: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in `says`: later tests of this process keep their log.
    monkeypatch.setattr(lines, "configure", lambda: None)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "demo.json").write_text("{}")
    taken = lock(tmp_path / "postgres", fcntl.LOCK_EX)
    try:
        ended = graph("demo", "--data", str(tmp_path), *reset)
    finally:
        os.close(taken)
    assert ended.returncode == 1
    assert "is in use" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.json", "postgres"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["cli_crip_59", "{ viewer { audience } }"], "Nothing answers at http://127.0.0.1:1/oauth/token"),
        (["cli_nobody", "{ viewer { audience } }"], "There is no client cli_nobody. Clients of the demonstration:"),
        (
            ["cli_crip_59", "{ x }", "--member", "ZZZ"],
            "has no member ZZZ. Give an id of demo.json, or one of the roles CRI",
        ),
        (["cli_crip_59", "{ x }", "--variables", "{x"], "--variables is no JSON"),
    ],
    ids=["killed", "client", "member", "variables"],
)
def test_ask_says_what_is_wrong(tmp_path: Path, words: list[str], told: str) -> None:
    """With the card of a demonstration that was killed: a card may outlive its server."""
    key = tmp_path / "key.json"
    key.write_text(json.dumps(ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True)))
    member = {"id": "mbr_1", "role": "CRI", "purposes": ["EVALUATE"]}
    client = {"client_id": "cli_crip_59", "key_file": str(key), "dpop": False, "scopes": [], "members": [member]}
    address = "http://127.0.0.1:1"
    card = {"issuer": address, "graphql": f"{address}/graphql", "clients": [client]}
    (tmp_path / "demo.json").write_text(json.dumps(card))
    ended = graph("ask", *words, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert told in " ".join(ended.stderr.split())


@pytest.mark.parametrize("gone", ["closed", "nobody reads"])
def test_a_log_that_cannot_be_written_refuses_nobody(monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    reads, writes = os.pipe()
    told: list[str] = []
    # What the stream still holds when it is closed at the end is this test's.
    with suppress(BrokenPipeError), os.fdopen(writes, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        line = structlog.wrap_logger(
            logger_factory()(), processors=[structlog.processors.JSONRenderer()], wrapper_class=structlog.BoundLogger
        )
        line.info("first")
        assert json.loads(os.read(reads, 100)) == {"event": "first"}
        os.close(reads)
        if gone == "closed":
            stream.close()
        line.info("lost")
        told.append("what the line was about")
    assert told
