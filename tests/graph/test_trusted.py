"""Trusted documents: a tool of an organisation that has registered some can ask nothing else, and gains no right by it."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from graph.cli import place as places
from graph.cli.documents import documents_app
from graph.database import Database
from graph.http.limits import Limits
from graph.manifest import audiences_of, categories_of, read_manifest
from graph.trusted import DocumentDesk
from loaders import trusted
from loaders.postgres.connections import Lanes
from loaders.postgres.dsn import async_url
from loaders.postgres.logins import COMMANDS, OAUTH
from loaders.trusted import TrustedDocuments
from schema.errors import SetupError
from schema.vocabulary import Audience, Category
from tests.graph.callers import RESPONSE, code, token
from tests.network import Network

ORG_CRIP, CRI, ORG_ASE = Audience.ORG_CRIP, Audience.CRI, Audience.ORG_ASE
INBOX = "query Inbox($n: Int!) { concernReports(first: $n) { nodes { id status } } }"
OTHER = "{ viewer { audience } }"
# For persons of the CRIP only: its tools have no such field.
FOR_PERSONS = "query Names { minors(first: 1) { nodes { firstName } } }"


def hash_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def run_as(network: Network, login: str, work: Any) -> Any:
    async def main() -> Any:
        engine = create_async_engine(async_url(network.cluster.login(login)), poolclass=NullPool)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(main())


@pytest.fixture(scope="module")
def crip(network: Network) -> Iterator[UUID]:
    """The organisation of a CRIP that has registered two documents; afterwards it has none."""
    owner = run_as(network, OAUTH, lambda engine: trusted.organisation_of(engine, "cli_crip_59"))
    documents = {hash_of(one): one for one in (INBOX, FOR_PERSONS)}
    assert run_as(network, COMMANDS, lambda engine: trusted.register(engine, owner, documents, alone=False)) == 2
    yield owner
    network.administer("DELETE FROM trusted_document WHERE organisation_id = $1", owner)


@pytest.fixture
def strict(network: Network, crip: UUID, monkeypatch: pytest.MonkeyPatch) -> TrustedDocuments:
    """The network's server as in production, with nothing remembered."""
    endpoint = next(route.app for route in network.routes if route.path == "/graphql")
    known = TrustedDocuments(endpoint._desk._trusted._lanes)
    monkeypatch.setattr(endpoint, "_desk", DocumentDesk(known, required=True))
    return known


def ask(network: Network, audience: Audience, **body: Any) -> httpx2.Response:
    return network.post(token(network, audience), body)


def test_a_registered_document_is_asked_by_its_id(network: Network, strict: TrustedDocuments) -> None:
    whole = ask(network, CRI, query=INBOX, variables={"n": 3}).json()
    for form in (
        {"documentId": f"sha256:{hash_of(INBOX)}"},
        {"documentId": hash_of(INBOX)},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(INBOX)}}},
        {"query": None, "documentId": f"sha256:{hash_of(INBOX)}"},
        {"query": INBOX, "documentId": f"sha256:{hash_of(INBOX)}"},
    ):
        assert ask(network, CRI, variables={"n": 3}, **form).json() == whole
    assert len(whole["data"]["concernReports"]["nodes"]) == 3


def test_a_registered_document_is_asked_by_get(network: Network, strict: TrustedDocuments) -> None:
    answer = network.http.get(
        f"{network.base_url}/graphql",
        params={"documentId": f"sha256:{hash_of(INBOX)}", "variables": '{"n": 1}'},
        headers={"Authorization": f"Bearer {token(network, ORG_CRIP)}"},
    )
    assert len(answer.json()["data"]["concernReports"]["nodes"]) == 1


def test_a_tool_asks_what_is_registered_and_nothing_else(network: Network, strict: TrustedDocuments) -> None:
    assert "errors" not in ask(network, ORG_CRIP, query=INBOX, variables={"n": 1}).json()
    for query in (OTHER, INBOX + " ", INBOX.replace("status", "id"), "{", "{ __schema { queryType { name } } }"):
        answer = ask(network, ORG_CRIP, query=query)
        assert code(answer) == "PERSISTED_QUERY_NOT_FOUND"
        assert answer.json()["errors"][0]["extensions"]["reason"] == "NOT_REGISTERED"
        assert "data" not in answer.json()


def test_persons_and_organisations_without_a_list_ask_freely(network: Network, strict: TrustedDocuments) -> None:
    for audience in (CRI, ORG_ASE):
        assert ask(network, audience, query=OTHER).json()["data"]["viewer"] == {"audience": audience.value}


def test_in_a_demonstration_a_list_binds_nobody(network: Network, crip: UUID) -> None:
    assert ask(network, ORG_CRIP, query=OTHER).json()["data"]["viewer"] == {"audience": "ORG_CRIP"}


def test_an_unknown_id_is_not_found_and_a_list_of_nothing_not_supported(
    network: Network, strict: TrustedDocuments
) -> None:
    for document_id in (f"sha256:{hash_of(OTHER)}", "sha256:", "", "x-relay:5", "a" * 100_000, hash_of(INBOX).upper()):
        assert code(ask(network, CRI, documentId=document_id)) == "PERSISTED_QUERY_NOT_FOUND"
        # Another organisation's list is no list of mine, whatever is on it.
        assert code(ask(network, ORG_ASE, documentId=document_id)) == "PERSISTED_QUERY_NOT_SUPPORTED"
    ours = ask(network, ORG_ASE, documentId=hash_of(INBOX))
    theirs = ask(network, ORG_ASE, documentId=hash_of(OTHER))
    assert ours.content == theirs.content
    strange = network.post(token(network, CRI), {"documentId": "sha256:0"}, Accept=RESPONSE)
    assert strange.status_code == 400


def test_a_registered_document_gives_no_right(network: Network, strict: TrustedDocuments) -> None:
    refused = ask(network, ORG_CRIP, documentId=f"sha256:{hash_of(FOR_PERSONS)}")
    assert code(refused) == "GRAPHQL_VALIDATION_FAILED"
    assert "errors" not in ask(network, CRI, documentId=f"sha256:{hash_of(FOR_PERSONS)}").json()


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": 1},
        {"documentId": ["x"]},
        {"query": OTHER, "documentId": f"sha256:{'0' * 64}"},
        {"extensions": {"persistedQuery": {}}},
        {"extensions": {"persistedQuery": "x"}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 1}}},
        {"query": OTHER, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
        {"query": 1, "documentId": f"sha256:{'0' * 64}"},
    ],
)
def test_an_id_of_no_form_or_of_another_document_is_refused(
    network: Network, strict: TrustedDocuments, body: Any
) -> None:
    answer = network.post(token(network, CRI), body)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


def test_what_is_retired_is_refused_once_the_list_is_read_again(network: Network, crip: UUID) -> None:
    async def main() -> None:
        engine = create_async_engine(async_url(network.cluster.login(COMMANDS)), poolclass=NullPool)
        now = 0.0
        lanes = Lanes(network.cluster.login(COMMANDS), size=1)
        known = TrustedDocuments(lanes, lambda: now)
        assert await known.text(crip, hash_of(INBOX)) == INBOX
        assert await trusted.retire(engine, crip, hash_of(INBOX))
        assert not await trusted.retire(engine, crip, hash_of(INBOX))
        assert await known.text(crip, hash_of(INBOX)) == INBOX
        now = trusted.FRESH_SECONDS
        assert await known.text(crip, hash_of(INBOX)) is None
        assert await known.hashes(crip) == {hash_of(FOR_PERSONS)}
        # Registered again it is the same line, and counts as none that is new to the manifest's other lines.
        assert await trusted.register(engine, crip, {hash_of(INBOX): INBOX}, alone=True) == 1
        now *= 2
        assert await known.hashes(crip) == {hash_of(INBOX)}
        assert await trusted.register(
            engine, crip, {hash_of(INBOX): INBOX, hash_of(FOR_PERSONS): FOR_PERSONS}, alone=True
        )
        await engine.dispose()
        await lanes.close()

    asyncio.run(main())


def test_the_database_takes_no_hash_that_is_not_the_texts(network: Network, crip: UUID) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        network.administer("INSERT INTO trusted_document (organisation_id, hash, document) VALUES ($1, 'x', 'y')", crip)


# ---------------------------------------------------------------- manifests and the command line


@pytest.fixture
def command(network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """`python -m graph documents ...` against the network's database; afterwards nothing is registered."""

    @contextmanager
    def running(*_: Any, **__: Any) -> Iterator[Database]:
        yield Database(network.cluster.admin, network.cluster.login)

    monkeypatch.setattr(places, "running", running)
    yield lambda *arguments: CliRunner().invoke(documents_app, [*arguments, "--data", str(tmp_path)])
    owner = run_as(network, OAUTH, lambda engine: trusted.organisation_of(engine, "cli_ase_59"))
    network.administer("DELETE FROM trusted_document WHERE organisation_id = $1", owner)


def test_a_manifest_is_registered_listed_shown_and_retired(command: Callable[..., Any], tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({hash_of(INBOX): INBOX, hash_of(OTHER): OTHER}))
    assert "2 documents are registered, 2 of them new" in command("register", "cli_ase_59", str(manifest)).output
    assert "2 documents are registered, 0 of them new" in command("register", "cli_ase_59", str(manifest)).output
    shown = command("show", "cli_ase_59", hash_of(INBOX)[:8]).output
    assert f"# sha256:{hash_of(INBOX)}" in shown
    assert "# query Inbox: G12 étapes de l'IP" in shown
    assert INBOX in shown
    manifest.write_text(json.dumps({hash_of(OTHER): OTHER}))
    assert (
        "1 documents are registered, 0 of them new"
        in command("register", "cli_ase_59", str(manifest), "--alone").output
    )
    assert INBOX not in command("show", "cli_ase_59").output
    assert "query Inbox" in command("list", "cli_ase_59").output
    assert "Retired." in command("retire", "cli_ase_59", hash_of(OTHER)).output
    assert isinstance(command("retire", "cli_ase_59", hash_of(OTHER)).exception, SetupError)
    assert isinstance(command("list", "cli_nobody").exception, SetupError)


def test_a_manifest_with_a_document_that_nobody_can_ask_registers_nothing(
    command: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.json"
    wrong = "query Wrong { zzz }"
    manifest.write_text(json.dumps({hash_of(INBOX): INBOX, hash_of(wrong): wrong}))
    refused = command("register", "cli_ase_59", str(manifest))
    assert isinstance(refused.exception, SetupError)
    assert "query Wrong" in str(refused.exception)
    assert isinstance(command("show", "cli_ase_59").exception, SetupError)


def test_a_manifest_is_read_in_the_forms_that_tools_write() -> None:
    plain = json.dumps({hash_of(INBOX): INBOX, f"sha256:{hash_of(OTHER)}": OTHER}).encode()
    apollo = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": hash_of(one), "body": one, "name": "x", "type": "query"} for one in (INBOX, OTHER)],
    }
    assert read_manifest(plain) == read_manifest(json.dumps(apollo).encode()) == {hash_of(d): d for d in (INBOX, OTHER)}


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b"1", b'{"a": 1}', b'{"a": "b"}', json.dumps({"0" * 64: OTHER}).encode(), b'{"format": "x"}'],
)
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(SetupError):
        read_manifest(text)


def test_a_document_says_for_whom_it_is_and_what_it_can_show() -> None:
    limits = Limits()
    assert ORG_CRIP in audiences_of(INBOX, limits)
    assert ORG_CRIP not in audiences_of(FOR_PERSONS, limits)
    assert CRI in audiences_of(FOR_PERSONS, limits)
    assert audiences_of("{ zzz }", limits) == []
    assert categories_of(INBOX, limits) == [Category.REPORT_STEPS]
    assert categories_of(FOR_PERSONS, limits) == [Category.MINOR_MINIMAL]
    assert categories_of(OTHER, limits) == []
