"""What is sealed leaves the server opened for whom it may be shown to, and the database never holds it in the clear."""

import asyncio
import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from loaders.nouns import NOUNS
from loaders.sealed import sealed_values
from loaders.sealed.envelope import Place, new_data_key
from loaders.sealed.keyring import Keyring
from schema.tables import metadata
from tests.cluster import SECRET, Cluster
from tests.filled import filled_cluster
from tests.network import Network, running_network
from tests.sealed import SEALED, keyring_of

NAME = 'Zéphirine "Qwx" O\'Nyme\\ \U0001f984'
PHONE = "+33 7 55 01 02 03"
NOTE = "Elle dit qu'un homme l'attend en bas.\nMot rare : chrysobéryl-4417.\t«fin»"
CALLER = "caller { id name phone email relation anonymity withheld { field reason } }"
READ = f"query($id: ID!) {{ node(id: $id) {{ ... on Contact {{ id {CALLER} notes: listeningNotes {{ words: text }} }} }} }}"


@dataclass
class Stage:
    """A network of its own, and one contact with a caller and a note written through the API."""

    network: Network
    situation: str
    contact: str
    caller: str

    def ask(self, query: str, member: str = "LIS", **variables: Any) -> dict[str, Any]:
        return self.network.ask("cli_dlpm", query, variables, member=member)

    def read(self, member: str = "LIS") -> dict[str, Any]:
        return self.ask(READ, member, id=self.contact)

    def sql(self, statement: str, *arguments: Any) -> list[Any]:
        return self.network.fetch(statement, *arguments)


def row(public: str) -> UUID:
    return UUID(public.partition("_")[2])


def done(answer: dict[str, Any], name: str, noun: str) -> str:
    payload = answer["data"][name]
    assert payload["userErrors"] == [], payload
    return str(payload[noun]["id"])


@pytest.fixture(scope="module")
def cluster_of_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path]]:
    folder = tmp_path_factory.mktemp("sealed")
    with filled_cluster(folder) as cluster:
        yield cluster, folder


@pytest.fixture(scope="module")
def stage(cluster_of_stage: tuple[Cluster, Path]) -> Iterator[Stage]:
    cluster, folder = cluster_of_stage
    with running_network(cluster, SECRET, folder / "demo") as network:
        made = Stage(network, "", "", "")
        situation = made.ask(
            "mutation($i: OpenSituationInput!) { openSituation(input: $i) { userErrors { code } situation { id } } }",
            i={"urgency": "STANDARD"},
        )
        made.situation = done(situation, "openSituation", "situation")
        write_all(made)
        yield made


def write_all(stage: Stage) -> None:
    stage.contact = done(
        stage.ask(
            "mutation($i: RecordContactInput!) { recordContact(input: $i) { userErrors { code } contact { id } } }",
            i={"situation": stage.situation, "channel": "PHONE", "outcome": "ANSWERED_HELP"},
        ),
        "recordContact",
        "contact",
    )
    wish = {"contact": stage.contact, "anonymity": "KNOWN_119_ONLY", "name": NAME, "phone": PHONE, "relation": "tante"}
    answer = stage.ask(
        f"mutation($i: RecordCallerInput!) {{ recordCaller(input: $i) {{ userErrors {{ code }} {CALLER} }} }}", i=wish
    )
    stage.caller = done(answer, "recordCaller", "caller")
    assert answer["data"]["recordCaller"]["caller"]["name"] == NAME
    note = "mutation($i: WriteListeningNoteInput!) { writeListeningNote(input: $i) { userErrors { code } listeningNote { id text } } }"
    written = stage.ask(note, i={"contact": stage.contact, "text": NOTE})
    assert written["data"]["writeListeningNote"]["listeningNote"]["text"] == NOTE


@pytest.fixture
def kept(stage: Stage) -> Iterator[None]:
    """What a test does to the sealed columns and the keys is undone after it."""
    key = stage.sql("SELECT * FROM situation_key WHERE situation_id = $1", row(stage.situation))[0]
    caller = stage.sql("SELECT * FROM caller WHERE id = $1", row(stage.caller))[0]
    yield
    stage.sql(
        "UPDATE situation_key SET wrapped = $2, kek_version = $3, destroyed_at = NULL WHERE id = $1",
        key["id"],
        key["wrapped"],
        key["kek_version"],
    )
    stage.sql("UPDATE caller SET name = $2, phone = $3 WHERE id = $1", caller["id"], caller["name"], caller["phone"])


def test_who_may_see_it_reads_the_text_as_it_was_written(stage: Stage) -> None:
    found = stage.read()
    assert "errors" not in found
    assert found["data"]["node"] == {
        "id": stage.contact,
        "caller": {
            "id": stage.caller, "name": NAME, "phone": PHONE, "email": None, "relation": "tante", "anonymity": "KNOWN_119_ONLY",
            "withheld": [],
        },
        "notes": [{"words": NOTE}],
    }  # fmt: skip


def test_who_may_not_is_told_so_and_gets_nothing_sealed_either(stage: Stage) -> None:
    answer = stage.network.post(
        stage.network.token("cli_dlpm", "SUP"), {"query": READ, "variables": {"id": stage.contact}}
    )
    found = answer.json()["data"]["node"]
    # The caller's row is out of a supervisor's reach until a second one opens it; the notes are not.
    assert found["caller"] is None
    assert found["notes"] == [{"words": NOTE}]
    stored = stage.sql("SELECT encode(name, 'hex') AS name FROM caller WHERE id = $1", row(stage.caller))[0]["name"]
    assert stored not in answer.text


def test_nothing_of_it_is_in_any_table_nor_in_any_file_of_the_database(stage: Stage) -> None:
    """Every table as a dump prints it, then the files of the server: rows, indexes, write-ahead log, server log."""
    secrets_ = [NAME, PHONE, NOTE, "chrysobéryl-4417"]
    needles = {
        form
        for text in secrets_
        for raw in (text.encode(), text.encode("utf-16-le"))
        for form in (raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"="), raw[3:-3])
    }

    async def dump() -> dict[str, bytes]:
        connection = await asyncpg.connect(stage.network.cluster.admin)
        made: dict[str, bytes] = {}
        try:
            for table in metadata.sorted_tables:
                pieces: list[bytes] = []

                async def keep(data: bytes, pieces: list[bytes] = pieces) -> None:
                    pieces.append(bytes(data))

                await connection.copy_from_query(f"SELECT * FROM {table.name}", output=keep)
                made[table.name] = b"".join(pieces)
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()
        return made

    dumped = asyncio.run(dump())
    # The scan does find what is there in the clear.
    assert str(row(stage.contact)).encode() in dumped["caller"]
    assert b"KNOWN_119_ONLY" in dumped["caller"]
    for table, content in dumped.items():
        assert not [needle for needle in needles if needle in content], table
    folder = Path(stage.sql("SHOW data_directory")[0]["data_directory"])
    searched = 0
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            searched += len(content)
            assert not [needle for needle in needles if needle in content], path.name
    assert searched > 30_000_000
    assert any(b"KNOWN_119_ONLY" in path.read_bytes() for path in folder.rglob("base/*/*") if path.is_file())


def test_a_text_in_the_clear_cannot_be_written(stage: Stage) -> None:
    for table, columns in SEALED.items():
        for column in columns:
            with pytest.raises(asyncpg.CheckViolationError):
                stage.sql(f"UPDATE {table} SET {column} = convert_to('Camille Exemple, en clair et bien long', 'UTF8')")


def test_values_that_were_swapped_are_refused_one_by_one(stage: Stage, kept: None) -> None:
    stage.sql("UPDATE caller SET name = phone, phone = name WHERE id = $1", row(stage.caller))
    found = stage.read()
    caller = found["data"]["node"]["caller"]
    assert (caller["name"], caller["phone"], caller["relation"]) == (None, None, "tante")
    assert caller["withheld"] == []
    assert [(one["path"], one["extensions"]) for one in found["errors"]] == [
        (["node", "caller", name], {"code": "SERVICE_UNAVAILABLE", "reason": "VALUE_DAMAGED"})
        for name in ("name", "phone")
    ]
    assert found["data"]["node"]["notes"] == [{"words": NOTE}]


def test_another_callers_value_is_refused(stage: Stage, kept: None) -> None:
    other = stage.sql("SELECT name FROM caller WHERE name IS NOT NULL AND id <> $1 LIMIT 1", row(stage.caller))[0]
    stage.sql("UPDATE caller SET name = $2 WHERE id = $1", row(stage.caller), other["name"])
    found = stage.read()
    assert found["data"]["node"]["caller"]["name"] is None
    assert [one["extensions"]["reason"] for one in found["errors"]] == ["VALUE_DAMAGED"]


def test_another_situations_key_is_refused(stage: Stage, kept: None) -> None:
    other = stage.sql("SELECT * FROM situation_key WHERE situation_id <> $1 LIMIT 1", row(stage.situation))[0]
    stage.sql("UPDATE situation_key SET wrapped = $2 WHERE situation_id = $1", row(stage.situation), other["wrapped"])
    found = stage.read()
    assert {one["extensions"]["reason"] for one in found["errors"]} == {"KEY_UNAVAILABLE"}
    assert found["data"]["node"]["notes"] == [{"words": None}]
    assert ["node", "notes", 0, "words"] in [one["path"] for one in found["errors"]]


def test_a_destroyed_key_is_null_with_a_reason_and_never_a_failure(stage: Stage, kept: None) -> None:
    stage.sql(
        "UPDATE situation_key SET wrapped = NULL, destroyed_at = now() WHERE situation_id = $1", row(stage.situation)
    )
    answer = stage.network.post(
        stage.network.token("cli_dlpm", "LIS"), {"query": READ, "variables": {"id": stage.contact}}
    )
    assert answer.status_code == 200
    found = answer.json()
    caller = found["data"]["node"]["caller"]
    assert (caller["name"], caller["email"], caller["anonymity"]) == (None, None, "KNOWN_119_ONLY")
    # What was never filled in is unknown, not destroyed.
    paths = [one["path"][1:] for one in found["errors"]]
    assert sorted(map(str, paths)) == sorted(
        map(str, (["caller", "name"], ["caller", "phone"], ["caller", "relation"], ["notes", 0, "words"]))
    )
    assert {one["extensions"]["reason"] for one in found["errors"]} == {"KEY_DESTROYED"}
    assert not re.search(r"[0-9a-f]{40}", answer.text)
    # Nothing is written under a key that is gone, and no new key takes its place.
    before = stage.sql("SELECT count(*) FROM listening_note")[0][0]
    refused = stage.ask(
        "mutation($i: WriteListeningNoteInput!) { writeListeningNote(input: $i) { userErrors { code } } }",
        i={"contact": stage.contact, "text": "encore"},
    )
    assert refused["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "reason": "KEY_DESTROYED"}
    assert stage.sql("SELECT count(*) FROM listening_note")[0][0] == before


def test_a_text_that_looks_like_a_sealed_value_stays_a_text(stage: Stage) -> None:
    """The mark is drawn for each answer, so no stored text can hold it."""
    stored = stage.sql(
        "SELECT c.id, encode(c.name, 'hex') AS value, encode(k.wrapped, 'hex') AS wrapped, k.id AS key, k.situation_id "
        "FROM caller c JOIN situation_key k USING (situation_id) WHERE c.id = $1",
        row(stage.caller),
    )[0]
    forged = f"{'0' * 32}:caller.name:{stored['id']}:{stored['situation_id']}.{stored['key']}.1.{stored['wrapped']}:{stored['value']}"
    minor = uuid4()
    stage.sql(
        "INSERT INTO minor (id, situation_id, safe_channel) VALUES ($1, $2, $3)", minor, row(stage.situation), forged
    )
    try:
        query = "query($id: ID!) { node(id: $id) { ... on Situation { minors { safeChannel } contacts { caller { name } } } } }"
        found = stage.ask(query, id=stage.situation)
        assert "errors" not in found
        assert found["data"]["node"]["minors"] == [{"safeChannel": forged}]
        assert found["data"]["node"]["contacts"][0]["caller"]["name"] == NAME
    finally:
        stage.sql("DELETE FROM minor WHERE id = $1", minor)


def test_a_text_cannot_be_read_through_another_column(stage: Stage, kept: None) -> None:
    """A sealed value copied where somebody else may read gives them nothing."""
    stage.sql("UPDATE caller SET relation = name WHERE id = $1", row(stage.caller))
    try:
        found = stage.read()
        assert found["data"]["node"]["caller"]["relation"] is None
    finally:
        write_all(stage)


def test_nothing_filters_or_orders_by_a_sealed_column() -> None:
    for noun in NOUNS.values():
        sealed = set(SEALED.get(noun.table.name, ()))
        assert not sealed & {column for column, _ in noun.filters.values()}
        assert not sealed & {order.column for order in noun.orders.values()}


def test_the_synthetic_callers_are_sealed_and_readable(stage: Stage) -> None:
    page = stage.ask("{ contacts(first: 50) { nodes { caller { name phone anonymity } } } }")
    assert "errors" not in page
    nodes = [node["caller"] for node in page["data"]["contacts"]["nodes"] if node["caller"]]
    named = [node for node in nodes if node["anonymity"] != "ANONYMOUS"]
    assert len(named) > 10
    assert all(node["name"] and node["phone"] for node in named)
    assert not any(node["name"] for node in nodes if node["anonymity"] == "ANONYMOUS")


def test_a_crip_reads_who_called_where_the_caller_agreed(stage: Stage) -> None:
    answer = stage.network.ask(
        "cli_crip_59",
        "{ concernReports(first: 100) { nodes { originContact { caller { name anonymity } withheld { field } } } } }",
        {},
        member="CRI",
    )
    assert "errors" not in answer
    contacts = [node["originContact"] for node in answer["data"]["concernReports"]["nodes"]]
    callers = [contact["caller"] for contact in contacts if contact and contact["caller"]]
    assert callers
    assert {one["anonymity"] for one in callers} == {"TRANSMISSIBLE_CRIP"}
    assert all(one["name"] for one in callers)


# ---------------------------------------------------------------- opening, alone


def _answer(keyring: Keyring, mark: str, text: str) -> bytes:
    situation, caller = uuid4(), uuid4()
    version, kek = keyring.newest()
    key, wrapped = new_data_key(situation, uuid4(), kek, version)
    value = key.seal(Place("caller", "name", caller), text).hex()
    material = f"{situation}.{wrapped.id}.{version}.{wrapped.wrapped.hex()}"
    return f'[{{"a":"{mark}:caller.name:{caller}:{material}:{value}","b":[1.50,"{mark}"]}}]'.encode()


def test_an_answer_that_opens_is_otherwise_the_same_bytes(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    keyring.create_first()
    mark = sealed_values.new_mark()
    body, unreadable = sealed_values.opened(_answer(keyring, mark, 'é"\\'), mark, keyring)
    assert (body, unreadable) == (f'[{{"a":"é\\"\\\\","b":[1.50,"{mark}"]}}]'.encode(), ())


def test_a_wrong_or_missing_key_gives_null_and_its_place(tmp_path: Path) -> None:
    right, wrong, none = (Keyring(tmp_path / name) for name in ("right", "wrong", "none"))
    right.create_first()
    wrong.create_first()
    mark = secrets.token_hex(16)
    for keyring in (wrong, none):
        body, [unreadable] = sealed_values.opened(_answer(right, mark, "x"), mark, keyring)
        assert body == f'[{{"a":null,"b":[1.5,"{mark}"]}}]'.encode()
        assert (unreadable.path, unreadable.reason) == ((0, "a"), "KEY_UNAVAILABLE")


def test_the_stage_has_its_keys_outside_the_database(stage: Stage) -> None:
    folder = Path(stage.sql("SHOW data_directory")[0]["data_directory"])
    keyring = keyring_of(stage.network.card)
    assert not keyring.folder.is_relative_to(folder)
    key = keyring.newest()[1]
    assert not [path.name for path in folder.rglob("*") if path.is_file() and key in path.read_bytes()]
