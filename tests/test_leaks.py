"""Every way in which systems like this leak, by its number: a test, or a line that says why there is none.

docs/leaks.md lists the numbers. This file holds that list to its word, and the tests that had no other place.
"""

import ast
import logging
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Index, UniqueConstraint
from structlog.testing import capture_logs

from loaders.nouns import BY_TABLE
from loaders.postgres.logins import login_of
from schema.tables import metadata
from schema.vocabulary import Audience
from tests.cluster import Cluster
from tests.graph.callers import data, post, token
from tests.network import Network

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "docs" / "leaks.md"
LAST = 100
# How a line without a test begins: it cannot happen, or it is not covered yet. Anything else is no answer.
WITHOUT = ("Cannot occur:", "Not covered:")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| (.+) \|$")
CITED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def catalogue() -> dict[int, tuple[str, str]]:
    """Number -> title and proof."""
    found = (ROW.match(line) for line in CATALOGUE.read_text().splitlines())
    return {int(row[1]): (row[2].strip(), row[3].strip()) for row in found if row}


# ---------------------------------------------------------------- the list


def test_the_catalogue_has_every_number_once() -> None:
    numbers = [int(row[1]) for line in CATALOGUE.read_text().splitlines() if (row := ROW.match(line))]
    assert numbers == list(range(LAST + 1))


@pytest.mark.parametrize("number", range(LAST + 1))
def test_a_leak_has_a_test_or_a_reason(number: int) -> None:
    title, proof = catalogue()[number]
    assert title
    cited = CITED.findall(proof)
    reasons = [reason for reason in WITHOUT if reason in proof]
    assert cited or proof.startswith(WITHOUT), proof
    for reason in reasons:
        assert len(proof.partition(reason)[2].strip()) > 20, proof
    for file, name in cited:
        path = ROOT / "tests" / file
        assert path.is_file(), file
        tree = ast.parse(path.read_text())
        functions = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in functions, f"{file} has no {name}"


# ---------------------------------------------------------------- A. output paths


@pytest.mark.parametrize(
    ("audience", "document", "up"),
    [
        (Audience.CRI, "concernReports(first: 20) { nodes { id situation { UP } } }", "concernReports(first: 100) { id situation { id } }"),
        (Audience.ASM, "referrals(first: 20) { nodes { id situation { UP } } }", "referrals(first: 100) { id situation { openedAt } }"),
    ],
)  # fmt: skip
def test_climbing_back_up_shows_no_more_than_the_list_below(
    network: Network, audience: Audience, document: str, up: str
) -> None:
    """Leak 9: each hop is asked again, so a step up and down again stays among the rows within reach."""
    root = document.partition("(")[0]
    climbed = data(network, audience, f"{{ {document.replace('UP', up)} }}")[root]["nodes"]
    allowed = set(_every(network, audience, root))
    found = [one["id"] for row in climbed for one in (row["situation"] or {}).get(root, [])]
    assert set(found) <= allowed
    assert {row["id"] for row in climbed} <= allowed
    assert found


def _every(network: Network, audience: Audience, root: str) -> Iterator[str]:
    after = None
    orders = {"referrals": "DRAFTED_NEWEST", "concernReports": "DRAFTED_NEWEST"}
    if audience in {Audience.ASM, Audience.COO}:
        orders["referrals"] = "PROPOSED_NEWEST"
    while True:
        page = data(
            network,
            audience,
            f"query($after: String) {{ {root}(first: 100, after: $after, orderBy: {orders[root]}) "
            "{ pageInfo { hasNextPage endCursor } nodes { id } } }",
            {"after": after},
        )[root]
        yield from (row["id"] for row in page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def test_no_field_holds_a_blob() -> None:
    """Leak 10: every value has a type of its own; nothing is passed through as JSON, a difference or a history."""
    for path in sorted((ROOT / "schema" / "contract").glob("*.graphql")):
        scalars = set(re.findall(r"^scalar (\w+)", path.read_text(), re.MULTILINE))
        assert scalars == {"Date", "DateTime"}, path.name


# What is numbered in the order of writing, and why nobody outside sees the numbers.
COUNTED = {
    "outbox.seq": "the relay alone reads it, to put events in the order of commits",
    "monitoring_cell.id": "a short name inside the rollups",
    "monitoring_mark.number": "which marks a fold has taken in",
}


async def test_ids_say_nothing(cluster: Cluster) -> None:
    """Leak 12: ids are random, and nothing counts: a sequence would move with the rows of others."""
    connection = await asyncpg.connect(cluster.admin)
    try:
        counting = await connection.fetch(
            "SELECT c.relname AS table, a.attname AS column, s.relacl::text AS rights FROM pg_depend d "
            "JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_class c ON c.oid = d.refobjid "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid"
        )
        drawn = await connection.fetch(
            "SELECT table_name, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'uuid'"
        )
    finally:
        await connection.close()
    assert {f"{row['table']}.{row['column']}" for row in counting} == set(COUNTED)
    # No login may read where a sequence is, and no audience has a noun or a column on these tables.
    assert [row for row in counting if row["rights"]] == []
    assert not {row["table"] for row in counting} & set(BY_TABLE)
    assert len(drawn) > 30
    assert {row["column_default"] for row in drawn} == {"gen_random_uuid()"}


# ---------------------------------------------------------------- D. aggregates


async def test_nothing_is_kept_outside_row_security(cluster: Cluster) -> None:
    """Leaks 46 and 89: no materialised view; views are the owner's, and what a login may read is about its caller."""
    connection = await asyncpg.connect(cluster.admin)
    try:
        kinds = await connection.fetch(
            "SELECT relname, relkind, relacl::text AS rights, pg_get_userbyid(relowner) AS owner, "
            "pg_get_viewdef(oid) AS text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')"
        )
    finally:
        await connection.close()
    assert {(row["relname"], row["relkind"], row["owner"]) for row in kinds} == {
        (name, b"v", "maillage_owner") for name in ("reach_definition", *VIEWS, *COUNTING_VIEWS)
    }
    for row in kinds:
        granted = set(re.findall(r"(\w+)=(\w+)", row["rights"] or ""))
        others = {(login, rights) for login, rights in granted if login != "maillage_owner"}
        if row["relname"] == "reach_definition":
            assert not others
        elif row["relname"] in COUNTING_VIEWS:
            assert others == COUNTING_VIEWS[row["relname"]]
        else:
            assert others == {(login_of(audience), "r") for audience in Audience}
            # That each gives the relations of its caller alone: twins/test_second_wall.py.
            assert VIEWS[row["relname"]] in row["text"]


# ---------------------------------------------------------------- E. mutations


# The views that walls look relations up in, each with the identity that it asks for.
VIEWS = {
    "reach_of_organisation": "current_setting('app.organisation'",
    "reach_of_authority": "current_setting('app.authority'",
    "reach_of_member": "current_setting('app.member'",
    "reach_of_network": "viewer = '00000000-0000-0000-0000-000000000000'::uuid",
}

# The views of the rollups: numbers only, read by the login that counts and by the one that freezes a yearly report;
# protection comes after them.
COUNTING_VIEWS: dict[str, set[tuple[str, str]]] = {
    "monitoring_now": {("maillage_monitoring", "r"), ("maillage_commands", "r")},
    "monitoring_difference": set(),
}

# What is unique over the whole network, and why a refused insert tells nobody anything.
UNIQUE = {
    "authority.code": "reference data",
    "podcast_episode.number": "public, and written by the DLPM alone",
    "situation.ref": "random, drawn by us, never given by a caller",
    "referral.ref": "random, drawn by us, never given by a caller",
    "caller.contact_id": "written by who took the contact, who sees whether it has a caller",
    "evaluation.report_id": "written by the authority that the report is addressed to",
    "concern_return.report_id": "written by the authority that the report is addressed to",
    "client_key.id": "random, drawn by us, never given by a caller",
    "signing_key.state": "one key signs; no caller writes it",
    "situation_key.situation_id": "made by us with the first sealed value of a case of the DLPM's; a second is not refused",
    "repeat_candidate.situation_id": "the DLPM's alone: a file has one principal, and both are files of theirs",
    "repeat_candidate.situation_id+for_situation_id": "the DLPM's alone, of two files that the writer reaches",
    "repeat_candidate.situation_id+for_situation_id+state": "the same, for the key that ties a pair to its mirror",
    "ledger_link.situation_id+seq": "written by a trigger; no caller gives a place",
    "outbox.position": "given by us after commit",
    "monitoring_cell.place+span+cube+word": "written by us; no caller gives a cell",
    "yearly_report.kind+year+version": "the DLPM's alone",
    "enrolment.code_hash": "of 256 random bits, drawn by us",
    "invitation.code_hash": "of 256 random bits, drawn by us",
    "idp.issuer+client_id": "written by the owner of the database, no caller",
    "web_session.token_id": "of a token that was drawn by us for this session",
}


def test_whatever_is_unique_belongs_to_who_writes_it() -> None:
    """Leaks 51 and 52: a duplicate across organisations would tell that another one has the value."""
    found = set()
    for table in metadata.sorted_tables:
        unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        unique += [one for one in table.indexes if isinstance(one, Index) and one.unique]  # type: ignore[misc]  # same shape
        for one in unique:
            names = [column.name for column in one.columns]
            if not {"organisation_id", "controller_org_id"} & set(names):
                found.add(f"{table.name}.{'+'.join(names)}")
    assert found == set(UNIQUE)


# ---------------------------------------------------------------- F. errors and metadata


def test_no_log_line_holds_what_was_asked_for(network: Network, caplog: pytest.LogCaptureFixture) -> None:
    """Leak 65: whatever becomes of a request, the values in it are in no line of any log."""
    name = "Zénobie" + secrets.token_hex(4)
    requests: list[Any] = [
        {"query": f'{{ referrals(filter: {{ref: "{name}"}}) {{ totalCount }} }}'},
        {"query": f'{{ node(id: "sit_{name}") {{ id }} }}'},
        {"query": f'{{ nothing(name: "{name}") }}'},
        {"query": "query($v: Int) { referrals(first: $v) { totalCount } }", "variables": {"v": name}},
        {"query": "query($v: String) { referrals(after: $v) { totalCount } }", "variables": {"v": name}},
        {"query": f'mutation {{ recordFollowUp(input: {{referral: "{name}", status: ONGOING, date: "{name}"}}) {{ userErrors {{ code }} }} }}'},
        {"query": f"{{ {name}"},
        f'{{"query": "{name}',
    ]  # fmt: skip
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        for body in requests:
            content = body.encode() if isinstance(body, str) else body
            assert network.post(token(network, Audience.ASM), content).status_code in {200, 400}
        network.post(secrets.token_hex(8), {"query": "{ __typename }"})
    # What the test's own HTTP client says is not ours.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert lines
    assert name not in repr(lines)
    assert name not in repr(ours)


ASKED = "{ referrals(first: 10) { totalCount nodes { ref status proposedAt withheld { field reason howToRequest } } } }"


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "en-GB"},
        {"Time-Zone": "America/Cayenne", "Prefer": "timezone=Asia/Tokyo"},
        {"X-Feature": "all", "X-Debug": "1", "Apollo-Tracing": "1", "X-Apollo-Tracing": "1"},
        {"X-Hasura-Role": "admin", "X-Role": "SUP", "X-Purpose": "CONTROL", "X-Organisation": "cli_dlpm"},
        {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Cookie": "role=SUP"},
        {"If-None-Match": "*", "Range": "bytes=0-10", "TE": "trailers"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_changes_what_is_shown(network: Network, headers: dict[str, str]) -> None:
    """Leaks 70, 73 and 98: language, zone, feature, role or tracing asked for by a header change no byte."""
    plain, asked = post(network, Audience.COO, ASKED), post(network, Audience.COO, ASKED, **headers)
    assert (plain.status_code, plain.content) == (asked.status_code, asked.content)
    assert {**plain.headers, "date": ""} == {**asked.headers, "date": ""}


@pytest.mark.slow
def test_a_hidden_row_takes_as_long_as_no_row(network: Network) -> None:
    """Leak 71: what is out of reach is not found in the time in which nothing is found, in the middle of many turns."""
    connection_ids = [f"ref_{row}" for row in _all_referrals(network)]
    mine = set(_every(network, Audience.ASM, "referrals"))
    hidden = [one for one in connection_ids if one not in mine][:40]
    query = "query($id: ID!) { node(id: $id) { id ... on Referral { ref status } } }"
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(400):
        is_there = bool(turn % 2)
        identity = (
            hidden[turn % len(hidden)]
            if is_there
            else f"ref_{secrets.token_hex(4)}-0000-4000-8000-{secrets.token_hex(6)}"
        )
        started = time.perf_counter()
        answer = post(network, Audience.ASM, query, {"id": identity})
        times[is_there].append(time.perf_counter() - started)
        assert answer.json() == {"data": {"node": None}}
    middle = {which: sorted(found)[len(found) // 2] for which, found in times.items()}
    assert 0.8 < middle[True] / middle[False] < 1.25


def _all_referrals(network: Network) -> list[str]:
    return [one.removeprefix("ref_") for one in _every(network, Audience.SUP, "referrals")]
