"""The disclosure ledger is a chain per case, written by the database, and nobody of the service rewrites it."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from loaders.journals.ledger import JOURNALS, LedgerDamage, line_hash
from loaders.journals.witness import Breach
from loaders.postgres import logins
from schema.vocabulary import Audience
from tests.loaders.journals import Journals

LINE = (
    "INSERT INTO disclosure (situation_id, from_org_id, to_org_id, act, field_groups, purpose, at) "
    "VALUES ($1, $2, $3, $4, $5, 'EVALUATE', '2026-03-01 08:30:00.123456+00')"
)


@pytest.fixture
def case(journals: Journals) -> UUID:
    return _case(journals)


def _organisation(journals: Journals) -> UUID:
    [row] = journals.rows("INSERT INTO organisation (name, kind) VALUES ('Plateforme', 'DLPM') RETURNING id")
    found: UUID = row["id"]
    return found


def _case(journals: Journals) -> UUID:
    [row] = journals.rows(
        "INSERT INTO situation (ref, controller_org_id) VALUES ($1, $2) RETURNING id",
        uuid4().hex,
        _organisation(journals),
    )
    found: UUID = row["id"]
    return found


def disclose(journals: Journals, case: UUID, act: str = "IP_SENT", groups: tuple[str, ...] = ("G01", "G12")) -> None:
    [row] = journals.rows("SELECT controller_org_id FROM situation WHERE id = $1", case)
    journals.execute(LINE, case, row[0], None, act, list(groups), login=logins.COMMANDS)


def damages(journals: Journals) -> list[tuple[LedgerDamage, int | None]]:
    found = journals.inspect().ledger
    assert found.broken == len(found.faults)
    return [(fault.damage, fault.seq) for fault in found.faults]


def test_each_case_has_its_chain(journals: Journals, case: UUID) -> None:
    other = _case(journals)
    for act in ("IP_SENT", "GRANT", 'A "quoted" act\n\u0001 é \\'):
        disclose(journals, case, act, ("G01", 'with "quotes", and a comma'))
    disclose(journals, other, groups=())
    found = journals.inspect().ledger
    assert found.sound
    assert (found.chains, found.good) == (2, 4)
    links = journals.rows("SELECT * FROM ledger_link WHERE situation_id = $1 ORDER BY seq", case)
    assert [link["seq"] for link in links] == [1, 2, 3]
    assert [link["prev"] for link in links] == [bytes(32), links[0]["hash"], links[1]["hash"]]


def test_the_canonical_bytes_and_the_hash_are_these() -> None:
    row: dict[str, Any] = {
        "of_line": UUID(int=1),
        "seq": 2,
        "id": UUID(int=3),
        "at": 1_772_353_800_123_456,
        "from_org_id": UUID(int=4),
        "to_org_id": None,
        "to_authority_id": UUID(int=5),
        "duty_id": None,
        "act": "IP_SENT",
        "field_groups": ["G01", "G12"],
        "purpose": "EVALUATE",
    }
    zero = "00000000-0000-0000-0000-00000000000"
    canonical = (
        f'["maillage-ledger-1","{zero}1",2,"{zero}3",1772353800123456,"{zero}4",null,"{zero}5",null,"IP_SENT",'
        '["G01","G12"],"EVALUATE"]'
    )
    assert line_hash(row, bytes(32)) == hashlib.sha256(bytes(32) + canonical.encode()).digest()


def test_two_commands_at_once_on_one_case_follow_each_other(journals: Journals, case: UUID) -> None:
    async def scenario() -> None:
        pool = await asyncpg.create_pool(journals.cluster.login(logins.COMMANDS), min_size=4, max_size=4)
        owner = await pool.fetchval("SELECT controller_org_id FROM situation WHERE id = $1", case)
        await asyncio.gather(*(pool.execute(LINE, case, owner, None, f"ACT {one}", []) for one in range(40)))
        await pool.close()

    asyncio.run(scenario())
    found = journals.inspect().ledger
    assert (found.sound, found.good, found.chains) == (True, 40, 1)


def test_a_command_that_is_rolled_back_leaves_no_link(journals: Journals, case: UUID) -> None:
    async def scenario(connection: Any) -> None:
        owner = await connection.fetchval("SELECT controller_org_id FROM situation WHERE id = $1", case)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(LINE, case, owner, None, "NEVER", [])
        await transaction.rollback()

    journals.run(scenario, logins.COMMANDS)
    assert journals.rows("SELECT 1 FROM ledger_link") == journals.rows("SELECT 1 FROM ledger_unsealed") == []
    disclose(journals, case)
    assert journals.inspect().ledger.sound


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE disclosure SET act = 'OTHER' WHERE act = 'ACT 2'", [(LedgerDamage.ALTERED, 2)]),
        ("UPDATE disclosure SET field_groups = '{}' WHERE act = 'ACT 3'", [(LedgerDamage.ALTERED, 3)]),
        (
            "UPDATE disclosure SET at = at + interval '1 microsecond' WHERE act = 'ACT 1'",
            [(LedgerDamage.ALTERED, 1)],
        ),
        ("DELETE FROM ledger_link WHERE seq = 2", [(LedgerDamage.REMOVED, 3), (LedgerDamage.OUTSIDE, None)]),
        ("DELETE FROM disclosure WHERE act = 'ACT 2'", [(LedgerDamage.REMOVED, 3)]),
        (
            "ALTER TABLE disclosure DISABLE TRIGGER ledger_after_delete; DELETE FROM disclosure WHERE act = 'ACT 2'; "
            "ALTER TABLE disclosure ENABLE TRIGGER ledger_after_delete",
            [(LedgerDamage.REMOVED, 2)],
        ),
        ("UPDATE ledger_link SET hash = sha256(hash) WHERE seq = 2", [(LedgerDamage.ALTERED, 2)]),
    ],
)
def test_a_changed_line_shows(journals: Journals, case: UUID, change: str, expected: list[Any]) -> None:
    for number in range(1, 5):
        disclose(journals, case, f"ACT {number}")
    journals.execute(change)
    assert damages(journals) == expected


def test_a_line_written_past_the_chain_shows(journals: Journals, case: UUID) -> None:
    disclose(journals, case)
    journals.execute(
        "BEGIN; SET LOCAL session_replication_role = replica; INSERT INTO disclosure (situation_id, from_org_id, act) "
        "SELECT id, controller_org_id, 'HIDDEN' FROM situation; COMMIT"
    )
    assert (LedgerDamage.OUTSIDE, None) in damages(journals)
    assert journals.rows("SELECT ledger_catch_up()")[0][0] >= 1
    assert damages(journals) == []


def test_a_ledger_cut_or_made_anew_shows_against_the_seals(journals: Journals, case: UUID) -> None:
    for number in range(1, 4):
        disclose(journals, case, f"ACT {number}")
    kept = journals.seal().checkpoint
    # The newest line, with everything that would tell.
    journals.execute("DELETE FROM disclosure WHERE act = 'ACT 3'")
    journals.execute("DELETE FROM ledger_unsealed")
    found = journals.inspect(kept)
    assert found.ledger.sound
    assert [(fault.breach, fault.number, fault.subject) for fault in found.faults] == [(Breach.LEDGER_REMOVED, 3, case)]
    disclose(journals, case, "ACT 3, as it should have been")
    found = journals.inspect(kept)
    assert found.ledger.sound
    assert [(fault.breach, fault.number) for fault in found.faults] == [(Breach.LEDGER_REWRITTEN, 3)]


def test_a_ledger_ends_with_its_case_and_only_with_it(journals: Journals, case: UUID) -> None:
    other = _case(journals)
    for one in (case, other):
        disclose(journals, one)
    journals.seal()
    journals.execute("DELETE FROM disclosure WHERE situation_id = $1", case)
    assert [(fault.breach, fault.subject) for fault in journals.inspect().faults] == [(Breach.LEDGER_REMOVED, case)]
    journals.execute("UPDATE situation SET retention_state = 'ANONYMISED' WHERE id = $1", case)
    assert journals.inspect().sound
    journals.seal()
    assert journals.inspect().sound
    journals.execute("UPDATE situation SET retention_state = 'ACTIVE' WHERE id = $1", case)
    assert [fault.breach for fault in journals.inspect().faults] == [Breach.LEDGER_REMOVED]
    journals.execute("DELETE FROM situation WHERE id = $1", case)
    assert journals.inspect().sound


SERVICES = [*logins.SERVICES, *(logins.login_of(audience) for audience in Audience)]


@pytest.mark.parametrize("login", SERVICES)
def test_no_login_of_the_service_changes_a_journal(journals: Journals, case: UUID, login: str) -> None:
    disclose(journals, case)
    for table in JOURNALS:
        for statement in (f"UPDATE {table} SET situation_id = NULL", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            # The lines of a case end with the case, when retention says so.
            if (login, statement) == (logins.RETENTION, "DELETE FROM disclosure"):
                continue
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
                journals.execute(
                    statement.replace("situation_id = NULL", "hash = NULL" if "seal" not in table else "body = NULL")
                    if table != "disclosure"
                    else statement,
                    login=login,
                )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        journals.execute("SELECT ledger_append(d) FROM disclosure d", login=login)


@pytest.mark.parametrize("table", JOURNALS)
def test_a_right_granted_by_mistake_is_stopped_by_the_trigger(journals: Journals, case: UUID, table: str) -> None:
    """The second belt: whatever is granted, a row that is there stays as it is."""
    disclose(journals, case)
    journals.seal()
    journals.execute(
        "INSERT INTO access_log (writer_id, seq, at, event, outcome, trace_id, audience, prev, hash) "
        "VALUES ($1, 1, now(), 'READ', 'OK', 't', 'SUP', '', '')",
        uuid4(),
    )
    journals.execute(f"GRANT SELECT, UPDATE, DELETE, TRUNCATE ON {table} TO {logins.COMMANDS}")
    journals.execute(f"DROP POLICY IF EXISTS mistake ON {table}; CREATE POLICY mistake ON {table} USING (true)")
    first = journals.rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position", table
    )[0][0]
    try:
        for statement in (f"UPDATE {table} SET {first} = {first}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                journals.execute(statement, login=logins.COMMANDS)
        assert len(journals.rows(f"SELECT 1 FROM {table}")) == 1
    finally:
        journals.execute(
            f"DROP POLICY mistake ON {table}; REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {logins.COMMANDS}"
        )
