"""History cannot be rewritten unseen: what chains show, what seals add, and what only a kept checkpoint shows."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from loaders.journals.sealing import SealError
from loaders.journals.transparency import Signer, Tree, tree_of
from loaders.journals.witness import Breach
from schema.errors import BadInputError
from tests.loaders.journals import NOW, SIGNER, Journals, record


def breaches(journals: Journals, *witnesses: str) -> list[tuple[Breach, int]]:
    found = journals.inspect(*witnesses)
    assert found.breaches == len(found.faults)
    return [(fault.breach, fault.number) for fault in found.faults]


def writer(journals: Journals) -> UUID:
    [row] = journals.rows("SELECT DISTINCT writer_id FROM access_log")
    found: UUID = row[0]
    return found


def test_what_nobody_touched_is_sound(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    first = journals.seal()
    journals.write(*(record() for _ in range(3)))
    found = journals.inspect(first.checkpoint)
    assert found.sound
    assert (found.seals, found.unsealed, found.witnessed_until) == (1, 3, NOW)
    second = journals.seal()
    assert (second.size, second.chains) == (2, 1)
    found = journals.inspect(first.checkpoint, second.checkpoint)
    assert found.sound
    assert (found.log.good, found.log.chains, found.seals, found.unsealed) == (8, 2, 2, 0)


def test_a_sealing_with_nothing_new_signs_nothing_new(journals: Journals) -> None:
    first = journals.seal()
    assert (first.size, first.chains) == (1, 0)
    assert journals.seal() == first
    journals.write(record())
    assert journals.seal().size == 2
    assert journals.seal().size == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_log SET outcome = 'NOT_FOUND' WHERE seq = 2",
        "DELETE FROM access_log WHERE seq = 2",
        "DELETE FROM access_log WHERE seq = 1",
        "UPDATE access_log SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)",
    ],
)
def test_the_chain_alone_shows_what_leaves_a_later_record(journals: Journals, change: str) -> None:
    journals.write(*(record() for _ in range(5)))
    # One statement cannot swap two keys.
    parts = (
        [
            "UPDATE access_log SET seq = 99 WHERE seq = 2",
            "UPDATE access_log SET seq = 2 WHERE seq = 3",
            "UPDATE access_log SET seq = 3 WHERE seq = 99",
        ]
        if "CASE" in change
        else [change]
    )
    for part in parts:
        journals.execute(part)
    found = journals.inspect()
    assert found.log.broken
    assert not found.sound


def test_a_truncated_tail_shows_against_the_seals(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    journals.seal()
    journals.execute("DELETE FROM access_log WHERE seq > 3")
    found = journals.inspect()
    assert found.log.sound, "the chain alone cannot know"
    assert [(fault.breach, fault.number) for fault in found.faults] == [(Breach.RECORD_REMOVED, 5)]


def test_a_whole_chain_that_is_gone_shows_against_the_seals(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    journals.seal()
    journals.execute("DELETE FROM access_log")
    assert breaches(journals) == [(Breach.RECORD_REMOVED, 5)]


def test_a_chain_rewritten_with_right_hashes_shows_against_the_seals(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    journals.seal()
    journals.rewrite("UPDATE access_log SET client_id = 'somebody else' WHERE seq = 2")
    found = journals.inspect()
    assert found.log.sound, "every hash is right again"
    assert [(fault.breach, fault.number) for fault in found.faults] == [(Breach.CHAIN_REWRITTEN, 5)]


def test_a_record_cut_out_with_right_hashes_shows_against_the_seals(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    journals.seal()
    journals.rewrite("DELETE FROM access_log WHERE seq = 2")
    assert breaches(journals) == [(Breach.RECORD_REMOVED, 5)]


def test_a_record_removed_before_its_first_seal_shows_while_its_writer_remembers(journals: Journals) -> None:
    heads = journals.write(*(record() for _ in range(5)))
    journals.execute("DELETE FROM access_log WHERE seq > 3")
    journals.seal(heads)
    assert breaches(journals) == [(Breach.RECORD_REMOVED, 5)]


def test_what_nothing_shows_is_a_tail_cut_before_any_seal_of_a_process_that_is_gone(journals: Journals) -> None:
    """The documented hole: it is as wide as the time between two seals, and needs the process to be killed."""
    journals.write(*(record() for _ in range(5)))
    journals.execute("DELETE FROM access_log WHERE seq > 3")
    journals.seal()
    assert breaches(journals) == []


def test_seals_that_were_changed_removed_or_made_without_the_key_show(journals: Journals) -> None:
    for number in range(3):
        journals.write(record(now := NOW + timedelta(minutes=number)))
        journals.seal(now=now)
    sound = journals.rows("SELECT * FROM journal_seal ORDER BY number")
    assert breaches(journals) == []

    journals.execute("DELETE FROM journal_seal WHERE number = 1")
    assert (Breach.SEAL_REMOVED, 2) in breaches(journals)
    journals.execute("INSERT INTO journal_seal VALUES ($1, $2, $3, $4)", *sound[1])

    body = sound[1]["body"].replace(b'maillage-seal-1",1', b'maillage-seal-1",2')
    assert body != sound[1]["body"]
    journals.execute("UPDATE journal_seal SET body = $1 WHERE number = 1", body)
    assert {(Breach.SEAL_ALTERED, 1), (Breach.SEAL_ALTERED, 2)} <= set(breaches(journals))
    journals.execute("UPDATE journal_seal SET body = $1 WHERE number = 1", sound[1]["body"])

    journals.execute("UPDATE journal_seal SET body = 'x' WHERE number = 2")
    assert (Breach.SEAL_ALTERED, 2) in breaches(journals)
    journals.execute("UPDATE journal_seal SET body = $1 WHERE number = 2", sound[2]["body"])

    forged = Signer.of(SIGNER.origin, bytes(32)).note(tree_of(row["body"] for row in sound))
    journals.execute("UPDATE journal_seal SET checkpoint = $1 WHERE number = 2", forged)
    assert (Breach.CHECKPOINT_FORGED, 2) in breaches(journals)
    journals.execute("UPDATE journal_seal SET checkpoint = NULL WHERE number = 2")
    assert (Breach.SEAL_REMOVED, 3) in breaches(journals)


def test_only_a_witness_shows_a_history_made_anew_with_the_key(journals: Journals) -> None:
    """The strongest intruder: the whole database and the signing key. Everything is consistent, but for what is kept."""
    journals.write(*(record() for _ in range(5)))
    kept = journals.seal().checkpoint
    journals.rewrite("UPDATE access_log SET client_id = 'somebody else' WHERE seq = 2")
    journals.execute("TRUNCATE journal_seal, chain_sealed")
    journals.seal()
    assert journals.inspect().sound, "without a witness it looks right"
    assert breaches(journals, kept) == [(Breach.TREE_REWRITTEN, 1)]


def test_only_a_witness_shows_that_the_newest_records_and_their_seals_are_gone(journals: Journals) -> None:
    journals.write(*(record() for _ in range(5)))
    early = journals.seal().checkpoint
    journals.write(*(record() for _ in range(5)))
    late = journals.seal().checkpoint
    [newest] = journals.rows(
        "SELECT writer_id FROM chain_sealed WHERE writer_id = "
        "(SELECT (convert_from(body, 'UTF8')::json -> 2 -> 0 ->> 0)::uuid FROM journal_seal WHERE number = 1)"
    )
    journals.execute("DELETE FROM access_log WHERE writer_id = $1", newest[0])
    journals.execute("DELETE FROM chain_sealed WHERE writer_id = $1", newest[0])
    journals.execute("DELETE FROM journal_seal WHERE number = 1")
    assert journals.inspect(early).sound, "what the early checkpoint covers is there"
    assert breaches(journals, late) == [(Breach.TREE_SHORTER, 2)]


def test_a_forged_witness_is_refused(journals: Journals) -> None:
    journals.seal()
    other = Signer.of(SIGNER.origin, bytes(32)).note(Tree())
    with pytest.raises(BadInputError):
        journals.inspect(other)


def test_nothing_is_signed_over_seals_that_contradict_what_was_signed(journals: Journals) -> None:
    journals.write(record())
    journals.seal()
    journals.execute("UPDATE journal_seal SET frontier = $1", bytes(32))
    journals.write(record())
    with pytest.raises(SealError):
        journals.seal()
    assert len(journals.rows("SELECT 1 FROM journal_seal")) == 1


def test_a_process_does_not_sign_again_what_it_signed_before(journals: Journals) -> None:
    async def scenario() -> None:
        sealer = journals.sealer()
        await sealer.seal()
        connection = await asyncpg.connect(journals.cluster.admin)
        await connection.execute("TRUNCATE journal_seal")
        await connection.close()
        assert (await sealer.seal()).size == 1
        # Shorter than what this process has signed: somebody took the newest seals away.
        sealer._tree = sealer._tree.add(b"one more")
        with pytest.raises(SealError):
            await sealer.seal()

    asyncio.run(scenario())


def test_the_sealer_seals_at_start_while_it_runs_and_at_stop(journals: Journals) -> None:
    journals.write(record())

    async def scenario() -> list[int]:
        sealer = journals.sealer()
        sealer._seconds = 0.05
        sizes = []
        await sealer.start()
        sizes.append(sealer._tree.size)
        await asyncio.to_thread(journals.write, record())
        for _ in range(100):
            await asyncio.sleep(0.02)
            if sealer._tree.size > 1:
                break
        sizes.append(sealer._tree.size)
        sealer._seconds = 60
        await asyncio.sleep(0.1)
        await asyncio.to_thread(journals.write, record())
        await sealer.close()
        return [*sizes, sealer._tree.size]

    assert asyncio.run(scenario()) == [1, 2, 3]
    assert journals.inspect().unsealed == 0


def test_many_heads_are_several_leaves_under_one_checkpoint(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.journals.seals.HEADS_PER_LEAF", 2)
    for _ in range(5):
        journals.write(record())
    sealed = journals.seal()
    assert (sealed.size, sealed.chains) == (3, 5)
    notes = [row[0] is None for row in journals.rows("SELECT checkpoint FROM journal_seal ORDER BY number")]
    assert notes == [True, True, False]
    assert journals.inspect(sealed.checkpoint).sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_seal SET body = body",
        "DELETE FROM journal_seal",
        "TRUNCATE journal_seal",
        "UPDATE access_log SET outcome = 'OK'",
        "DELETE FROM access_log",
        "DELETE FROM case_access",
        "SELECT member_id FROM member",
        "SELECT first_name FROM minor",
    ],
)
def test_the_login_that_seals_rewrites_nothing(journals: Journals, statement: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedColumnError)):
        journals.execute(statement, login="maillage_sealer")


# ---------------------------------------------------------------- listed by situation


def _cases(journals: Journals, count: int) -> tuple[UUID, list[UUID]]:
    [owner] = journals.rows("INSERT INTO organisation (name, kind) VALUES ('Plateforme', 'DLPM') RETURNING id")
    rows = journals.rows(
        "INSERT INTO situation (ref, controller_org_id) SELECT gen_random_uuid(), $1 FROM generate_series(1, $2) "
        "RETURNING id",
        owner[0],
        count,
    )
    return owner[0], [row[0] for row in rows]


def test_each_record_is_listed_once_for_each_case_it_shows(journals: Journals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.journals.case_accesses.RECORDS_PER_LISTING", 2)
    owner, cases = _cases(journals, 3)
    shown = [cases[:1], cases, [], [cases[0], cases[0]], [uuid4()]]
    journals.write(
        *(record(situations=orjson.dumps([str(case) for case in one]), organisation_id=owner) for one in shown)
    )
    for _ in range(2):
        journals.seal()
        listed = journals.rows(
            "SELECT l.seq, c.situation_id, c.controller_org_id, c.reader FROM case_access c "
            "JOIN access_log l USING (trace_id) ORDER BY l.seq, c.situation_id"
        )
        assert [(row["seq"], row["situation_id"]) for row in listed] == [
            (1, cases[0]),
            *((2, case) for case in sorted(cases)),
            (4, cases[0]),
        ], "twice in one record is one access, a case that is gone none"
        assert {(row["controller_org_id"], row["reader"]) for row in listed} == {(owner, None)}


def test_a_listing_that_fails_is_taken_up_again_and_holds_no_checkpoint_back(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, cases = _cases(journals, 1)
    journals.write(record(situations=orjson.dumps([str(cases[0])]), organisation_id=owner))
    with monkeypatch.context() as patch:
        patch.setattr(
            "loaders.journals.case_accesses._LIST",
            "SELECT 1 / 0 WHERE $1::uuid <> $1 OR $2::bigint < $3::bigint OR $4::bytea = ''",
        )
        with pytest.raises(asyncpg.DivisionByZeroError):
            journals.seal()
    assert journals.rows("SELECT 1 FROM case_access") == []
    found = journals.inspect()
    assert (found.sound, found.unsealed) == (True, 0)
    journals.seal()
    assert len(journals.rows("SELECT 1 FROM case_access")) == 1
