"""Sealing: what the journals hold at this moment becomes a leaf of a tree, whose head is signed and published.

A seal names the newest record of every chain that moved. The heads of this process's own chains come from the writer's
memory, not from the table, so a record that was removed after its reply had left is missed even before its first seal.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from loaders.journals.audit_chain import Head
from loaders.journals.seals import LedgerHead, in_leaves, seal_body
from loaders.journals.transparency import Signer, Tree, open_note
from schema.errors import MaillageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('journal seal', 0))"
_LAST = "SELECT number, frontier, checkpoint FROM journal_seal ORDER BY number DESC LIMIT 1"
_INSERT = "INSERT INTO journal_seal (number, body, frontier, checkpoint) VALUES ($1, $2, $3, $4)"

# From one chain to the next over the primary key, never over its records.
_MOVED = """
WITH RECURSIVE chain AS (
  (SELECT writer_id FROM access_log WHERE at >= $1 ORDER BY writer_id LIMIT 1)
  UNION ALL
  SELECT (SELECT l.writer_id FROM access_log l WHERE l.at >= $1 AND l.writer_id > chain.writer_id
          ORDER BY l.writer_id LIMIT 1)
  FROM chain WHERE chain.writer_id IS NOT NULL
)
SELECT head.writer_id, head.seq, head.hash
FROM chain
CROSS JOIN LATERAL (SELECT l.writer_id, l.seq, l.hash FROM access_log l
                    WHERE l.writer_id = chain.writer_id AND l.at >= $1 ORDER BY l.seq DESC LIMIT 1) head
LEFT JOIN chain_sealed sealed ON sealed.writer_id = head.writer_id
WHERE sealed.seq IS NULL OR sealed.seq < head.seq
ORDER BY head.writer_id
"""
_SEALED_UP_TO = "SELECT writer_id, seq FROM chain_sealed WHERE writer_id = ANY ($1)"
_MARK = """
INSERT INTO chain_sealed (writer_id, seq) SELECT * FROM unnest($1::uuid[], $2::bigint[])
ON CONFLICT (writer_id) DO UPDATE SET seq = greatest(chain_sealed.seq, excluded.seq)
"""
_LEDGER = "DELETE FROM ledger_unsealed RETURNING situation_id, seq, hash"


class SealError(MaillageError):
    """What is stored contradicts what was signed before: nothing more is signed."""

    code = "SEALS_CONTRADICT"
    sentence = "The seals of the journals contradict the checkpoint that was signed last: nothing is sealed. Verify."


@dataclass(frozen=True, slots=True)
class Sealed:
    """What came of a sealing: the newest checkpoint, and how much is new under it."""

    checkpoint: str
    size: int
    chains: int
    cases: int


async def last_tree(connection: asyncpg.Connection[asyncpg.Record], signer: Signer) -> tuple[Tree, str | None]:
    """The tree up to the last seal with its checkpoint, after checking that we signed exactly this.

    Raises: SealError.
    """
    row = await connection.fetchrow(_LAST)
    if row is None:
        return Tree(), None
    try:
        tree = Tree.stored(row["number"] + 1, row["frontier"])
        signed = open_note(row["checkpoint"] or "", signer.verifier)
    except (MaillageError, ValueError) as problem:
        raise SealError from problem
    if (signed.size, signed.root) != (tree.size, tree.root):
        raise SealError
    return tree, row["checkpoint"]


async def append(
    connection: asyncpg.Connection[asyncpg.Record], signer: Signer, tree: Tree, bodies: Sequence[bytes]
) -> tuple[Tree, str]:
    """Add leaves and the checkpoint over them; inside the caller's transaction, which holds the lock."""
    rows: list[tuple[int, bytes, bytes, str | None]] = []
    for body in bodies:
        grown = tree.add(body)
        rows.append((tree.size, body, grown.frontier, None))
        tree = grown
    note = signer.note(tree)
    rows[-1] = (*rows[-1][:3], note)
    await connection.executemany(_INSERT, rows)
    return tree, note


async def lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leaves have one order: whoever seals at the same time waits for the end of this transaction."""
    await connection.execute(_LOCK)


async def seal(
    connection: asyncpg.Connection[asyncpg.Record],
    signer: Signer,
    *,
    now: datetime,
    since: datetime,
    own: Sequence[Head] = (),
) -> tuple[Tree, Sealed]:
    """Seal all that moved, in one transaction. `own` are the heads that a writer remembers.

    Raises: SealError.
    """
    async with connection.transaction():
        await lock(connection)
        tree, note = await last_tree(connection, signer)
        access = await _moved(connection, since, own)
        ledger = [LedgerHead(*row) for row in await connection.fetch(_LEDGER)]
        if note is None or access or ledger:
            tree, note = await append(connection, signer, tree, _leaves(now, access, ledger))
        until = {head.writer_id: head.seq for head in access}
        await connection.execute(_MARK, list(until), list(until.values()))
    return tree, Sealed(note, tree.size, len({head.writer_id for head in access}), len(ledger))


def _leaves(now: datetime, access: Sequence[Head], ledger: Sequence[LedgerHead]) -> list[bytes]:
    made = [seal_body(now, heads, ()) for heads in in_leaves(access)]
    made += [seal_body(now, (), heads) for heads in in_leaves(sorted(ledger))]
    # An empty first leaf: a checkpoint is there from the first start on.
    return made or [seal_body(now, (), ())]


async def _moved(connection: asyncpg.Connection[asyncpg.Record], since: datetime, own: Sequence[Head]) -> list[Head]:
    """The heads that no seal has named yet: those in the table, and those remembered where they differ."""
    found = {Head(*row) for row in await connection.fetch(_MOVED, since)}
    known = await _sealed_up_to(connection, [head.writer_id for head in own])
    return sorted(found | {head for head in own if head.seq > known.get(head.writer_id, 0)})


async def _sealed_up_to(connection: asyncpg.Connection[asyncpg.Record], writers: Sequence[UUID]) -> dict[UUID, int]:
    return {row["writer_id"]: row["seq"] for row in await connection.fetch(_SEALED_UP_TO, writers)}
