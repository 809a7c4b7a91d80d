"""The hash chain of the disclosure ledger, and the triggers that let nobody rewrite a journal.

One chain per situation, because the ledger is part of the case file and ends with it. A trigger that runs as the owner
writes the links: no login of the service may. A line's canonical bytes are one JSON array, so any language can
recompute them:

    ["maillage-ledger-1", situation_id, seq, id, at, from_org_id, to_org_id, to_authority_id, duty_id, act,
     field_groups, purpose]

`at` is in microseconds since 1970, ids are lower-case text. The hash is SHA-256 over the hash of the line before (32
zero bytes before the first) and these bytes. PostgreSQL computes it here, Python computes it again to verify.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from loaders.journals.audit_chain import START, encode
from loaders.postgres.logins import OWNER, RETENTION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import asyncpg

VERSION = "maillage-ledger-1"
JOURNALS = ("access_log", "disclosure", "ledger_link", "journal_seal")
_PREFETCH = 2000
MOST_FAULTS = 1000

_HASH = f"""
CREATE OR REPLACE FUNCTION ledger_hash(line disclosure, place bigint, prev bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT sha256(prev || convert_to('[' || array_to_string(ARRAY[
    '"{VERSION}"', to_json(line.situation_id)::text, place::text, to_json(line.id)::text,
    (extract(epoch FROM line.at) * 1000000)::bigint::text,
    to_json(line.from_org_id)::text, coalesce(to_json(line.to_org_id)::text, 'null'),
    coalesce(to_json(line.to_authority_id)::text, 'null'), coalesce(to_json(line.duty_id)::text, 'null'),
    to_json(line.act)::text,
    '[' || array_to_string(ARRAY(SELECT to_json(word)::text FROM unnest(line.field_groups) WITH ORDINALITY w (word, place)
                                 ORDER BY w.place), ',') || ']',
    coalesce(to_json(line.purpose)::text, 'null')], ',') || ']', 'UTF8'))
$$"""

# The lock is held until the command commits: the next line of the same case waits, no other does.
_LINK = """
CREATE OR REPLACE FUNCTION ledger_append(line disclosure) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE last_seq bigint; last_hash bytea; next_hash bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger ' || line.situation_id::text, 0));
  SELECT seq, hash INTO last_seq, last_hash FROM ledger_link
  WHERE situation_id = line.situation_id ORDER BY seq DESC LIMIT 1;
  last_seq := coalesce(last_seq, 0) + 1;
  last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
  next_hash := ledger_hash(line, last_seq, last_hash);
  INSERT INTO ledger_link (disclosure_id, situation_id, seq, prev, hash)
  VALUES (line.id, line.situation_id, last_seq, last_hash, next_hash);
  INSERT INTO ledger_unsealed (situation_id, seq, hash) VALUES (line.situation_id, last_seq, next_hash)
  ON CONFLICT (situation_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
END $$"""

_APPENDED = """
CREATE OR REPLACE FUNCTION ledger_appended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM ledger_append(NEW);
  RETURN NULL;
END $$"""

# A line leaves with its case only; the next seal says that the chain has ended.
_REMOVED = """
CREATE OR REPLACE FUNCTION ledger_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM ledger_link WHERE disclosure_id = OLD.id;
  INSERT INTO ledger_unsealed (situation_id, seq, hash) VALUES (OLD.situation_id, 0, '')
  ON CONFLICT (situation_id) DO UPDATE SET seq = 0, hash = '';
  RETURN NULL;
END $$"""

# Lines that were there before the chain, or were copied in while triggers slept. The whole table is locked, not case by
# case: a lock for each of a million cases is more than the server has room for.
_CATCH_UP = """
CREATE OR REPLACE FUNCTION ledger_catch_up() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE line disclosure; linked bigint := 0; present uuid; last_seq bigint; last_hash bytea; next_hash bytea;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM disclosure d WHERE NOT EXISTS (SELECT 1 FROM ledger_link l WHERE l.disclosure_id = d.id)) THEN
    RETURN 0;
  END IF;
  LOCK TABLE disclosure, ledger_link IN SHARE ROW EXCLUSIVE MODE;
  FOR line IN SELECT d.* FROM disclosure d WHERE NOT EXISTS (SELECT 1 FROM ledger_link l WHERE l.disclosure_id = d.id)
              ORDER BY d.situation_id, d.at, d.id LOOP
    IF present IS DISTINCT FROM line.situation_id THEN
      present := line.situation_id;
      SELECT l.seq, l.hash INTO last_seq, last_hash FROM (SELECT 1) one
      LEFT JOIN LATERAL (SELECT seq, hash FROM ledger_link WHERE situation_id = present ORDER BY seq DESC LIMIT 1) l ON true;
      last_seq := coalesce(last_seq, 0);
      last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
    END IF;
    last_seq := last_seq + 1;
    next_hash := ledger_hash(line, last_seq, last_hash);
    INSERT INTO ledger_link (disclosure_id, situation_id, seq, prev, hash)
    VALUES (line.id, present, last_seq, last_hash, next_hash);
    last_hash := next_hash;
    linked := linked + 1;
  END LOOP;
  INSERT INTO ledger_unsealed (situation_id, seq, hash)
  SELECT DISTINCT ON (situation_id) situation_id, seq, hash FROM ledger_link
  WHERE xmin = pg_current_xact_id()::xid ORDER BY situation_id, seq DESC
  ON CONFLICT (situation_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
  RETURN linked;
END $$"""

# Grants say the same; this holds on the day that somebody grants too much. Only the owner passes, which nobody logs in
# as: dropping a partition; and retention, for the lines of a case that ends with all it holds.
_REFUSE = f"""
CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT (pg_has_role(current_user, '{OWNER}', 'USAGE')
          OR (TG_OP = 'DELETE' AND TG_TABLE_NAME = 'disclosure' AND current_user = '{RETENTION}')) THEN
    RAISE EXCEPTION 'a journal is append-only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_LEVEL = 'STATEMENT' THEN RETURN NULL; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$"""


def statements() -> list[str]:
    """Functions and triggers, to run in this order; safe to run again."""
    made = [_HASH, _LINK, _APPENDED, _REMOVED, _CATCH_UP, _REFUSE]
    for table in JOURNALS:
        made += [
            f"CREATE OR REPLACE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
            f"CREATE OR REPLACE TRIGGER journal_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
        ]
    made += [
        "CREATE OR REPLACE TRIGGER ledger_after_insert AFTER INSERT ON disclosure "
        "FOR EACH ROW EXECUTE FUNCTION ledger_appended()",
        "CREATE OR REPLACE TRIGGER ledger_after_delete AFTER DELETE ON disclosure "
        "FOR EACH ROW EXECUTE FUNCTION ledger_removed()",
        "SELECT ledger_catch_up()",
    ]
    return made


# ---------------------------------------------------------------- verification


class LedgerDamage(StrEnum):
    """What happened to a line of the ledger."""

    REMOVED = "REMOVED"
    ALTERED = "ALTERED"
    UNLINKED = "UNLINKED"
    OUTSIDE = "OUTSIDE"


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """One place where a chain of the ledger is broken.

    REMOVED   the place is missing, or its line is
    ALTERED   the line is not the one that was written
    UNLINKED  the line is whole but does not continue the one before
    OUTSIDE   a line that was written past the chain
    """

    damage: LedgerDamage
    situation_id: UUID
    seq: int | None


@dataclass(frozen=True, slots=True)
class LedgerVerification:
    """The outcome: `faults` holds the first ones, `broken` counts them all."""

    chains: int
    good: int
    broken: int
    faults: tuple[LedgerFault, ...]
    heads: Mapping[tuple[UUID, int], bytes]

    @property
    def sound(self) -> bool:
        return self.broken == 0


_LINES = """
SELECT coalesce(l.situation_id, d.situation_id) AS situation_id, l.seq, l.prev, l.hash, d.id,
       (extract(epoch FROM d.at) * 1000000)::bigint AS at, d.situation_id AS of_line,
       d.from_org_id, d.to_org_id, d.to_authority_id, d.duty_id, d.act, d.field_groups, d.purpose
FROM ledger_link l FULL JOIN disclosure d ON d.id = l.disclosure_id
ORDER BY 1, l.seq NULLS LAST, d.id
"""


def line_hash(row: Mapping[str, Any], prev: bytes) -> bytes:
    """The hash of a line at its place, after the line whose hash is `prev`."""
    values = ("id", "at", "from_org_id", "to_org_id", "to_authority_id", "duty_id", "act", "field_groups", "purpose")
    head = orjson.dumps([VERSION, str(row["of_line"]), row["seq"]])
    return sha256(prev + head[:-1] + b"," + encode([row[name] for name in values])[1:]).digest()


async def verify_ledger(
    connection: asyncpg.Connection[asyncpg.Record], wanted: frozenset[tuple[UUID, int]] = frozenset()
) -> LedgerVerification:
    """Recompute every chain of the ledger inside a transaction; `heads` are the hashes at the wanted places."""
    check = _Check(wanted)
    async for row in connection.cursor(_LINES, prefetch=_PREFETCH):
        check.add(dict(row))
    return LedgerVerification(check.chains, check.good, check.broken, tuple(check.faults), check.heads)


class _Check:
    """Checks lines one by one, ordered by situation and place."""

    def __init__(self, wanted: frozenset[tuple[UUID, int]]) -> None:
        self.chains = self.good = self.broken = 0
        self.faults: list[LedgerFault] = []
        self.heads: dict[tuple[UUID, int], bytes] = {}
        self._wanted = wanted
        self._situation: UUID | None = None
        self._expected = 1
        self._tip: bytes | None = START

    def add(self, row: Mapping[str, Any]) -> None:
        if row["situation_id"] != self._situation:
            self.chains += 1
            self._situation, self._expected, self._tip = row["situation_id"], 1, START
        damage = self._damage(row)
        if damage is None:
            self.good += 1
        else:
            self._report(damage, row)
        if row["seq"] is None:
            return
        if (row["situation_id"], row["seq"]) in self._wanted:
            self.heads[row["situation_id"], row["seq"]] = row["hash"]
        self._expected = row["seq"] + 1
        self._tip = row["hash"] if damage in {None, LedgerDamage.UNLINKED} else None

    def _damage(self, row: Mapping[str, Any]) -> LedgerDamage | None:
        if row["seq"] is None:
            return LedgerDamage.OUTSIDE
        if row["id"] is None or row["seq"] != self._expected:
            return LedgerDamage.REMOVED
        if row["of_line"] != row["situation_id"] or line_hash(row, row["prev"]) != row["hash"]:
            return LedgerDamage.ALTERED
        return LedgerDamage.UNLINKED if self._tip is not None and row["prev"] != self._tip else None

    def _report(self, damage: LedgerDamage, row: Mapping[str, Any]) -> None:
        self.broken += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(LedgerFault(damage, row["situation_id"], row["seq"]))
