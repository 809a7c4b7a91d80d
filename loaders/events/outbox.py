"""The outbox: the one source of every event, in the order of commits.

Commands say what they did (`Work.event`), triggers say which rows changed, both in the transaction of the change.
Numbers of a sequence become visible out of order, so nobody reads by them: `number_events` gives every event a
`position` once it can be seen, one transaction at a time. Whoever has read up to a position has missed nothing before
it, and nothing will appear there later (docs/decisions/0019-events.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from loaders.nouns import BY_TABLE
from loaders.statement import compiled
from schema.tables import metadata
from schema.tables.journal import case_access, outbox, outbox_head, reach
from schema.vocabulary import Category

CHANNEL = "events"
BATCH = 1000

ADDED = "+"
REMOVED = "-"
# The columns of which a change is an event in itself: where a row stands, and whose it is.
_TOLD = ("status", "state", "assigned_member_id")
_ROW = "row."
REACH = "row.reach"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as everybody gets it: ids only."""

    position: int
    kind: str
    subject: UUID
    situation: UUID | None
    changed: frozenset[str]

    @property
    def table(self) -> str | None:
        """The table of a row that changed."""
        return self.kind.removeprefix(_ROW) if self.kind.startswith(_ROW) else None


# ---------------------------------------------------------------- in the database

# The row of the head is the turn: its holder sees everything that those before it have numbered, because a function
# looks anew with every statement. Sent with its own transaction, so commands never wait for each other's notices; the
# notice is empty, since every login may listen.
_NUMBER = f"""
CREATE OR REPLACE FUNCTION number_events() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE last bigint; given bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.outbox WHERE position IS NULL) THEN
    RETURN 0;
  END IF;
  SELECT position INTO last FROM public.outbox_head FOR UPDATE;
  UPDATE public.outbox o SET position = last + n.place FROM (
    SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM (
      SELECT seq FROM public.outbox WHERE position IS NULL ORDER BY seq LIMIT {BATCH}) batch) n
  WHERE o.seq = n.seq;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given > 0 THEN
    UPDATE public.outbox_head SET position = last + given;
    PERFORM pg_notify('{CHANNEL}', '');
  END IF;
  RETURN given;
END $$"""

# A rebuild of all relations is no event of any of them: whoever keeps a copy compares all of it (loaders/feed/).
_REACH_CHANGED = f"""
CREATE OR REPLACE FUNCTION outbox_of_reach() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.outbox (kind, subject_id, situation_id, changed)
  SELECT '{REACH}', r.viewer, r.situation_id, ARRAY[CASE TG_OP WHEN 'DELETE' THEN '{REMOVED}' ELSE '{ADDED}' END]
  FROM (SELECT (CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END).*) r;
  RETURN NULL;
END $$"""


def told(table: Table) -> bool:
    """Whether a change of its rows is an event: rows of a case that the API shows, but not who read them."""
    noun = BY_TABLE.get(table.name)
    return noun is not None and noun.situation_column is not None and table is not case_access


def _groups(table: Table) -> Mapping[str, list[str]]:
    """The columns of each group of fields."""
    found: dict[str, list[str]] = {}
    for column in table.c:
        if column.info["category"] is not Category.KEY:
            found.setdefault(column.info["category"].value, []).append(column.name)
    return found


def _row(which: str, names: Iterable[str]) -> str:
    return ", ".join(f"{which}.{name}" for name in names)


def _function(table: Table) -> str:
    situation = BY_TABLE[table.name].situation_column
    differs = [(name, f"OLD.{name} IS DISTINCT FROM NEW.{name}") for name in _TOLD if name in table.c] + [
        (group, f"({_row('OLD', names)}) IS DISTINCT FROM ({_row('NEW', names)})")
        for group, names in _groups(table).items()
    ]
    changes = ", ".join(f"CASE WHEN {condition} THEN '{word}' END" for word, condition in differs)
    changed = f"array_remove(ARRAY[{changes}]::text[], NULL)"
    row = "INSERT INTO public.outbox (kind, subject_id, situation_id, changed) VALUES"
    return f"""
CREATE OR REPLACE FUNCTION outbox_of_{table.name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    {row} ('{_ROW}{table.name}', OLD.id, OLD.{situation}, '{{{REMOVED}}}');
  ELSIF TG_OP = 'INSERT' THEN
    {row} ('{_ROW}{table.name}', NEW.id, NEW.{situation}, '{{{ADDED}}}');
  ELSIF OLD IS DISTINCT FROM NEW THEN
    {row} ('{_ROW}{table.name}', NEW.id, NEW.{situation}, {changed});
    IF OLD.{situation} IS DISTINCT FROM NEW.{situation} THEN
      {row} ('{_ROW}{table.name}', OLD.id, OLD.{situation}, '{{{REMOVED}}}');
    END IF;
  END IF;
  RETURN NULL;
END $$"""


def _trigger(table: Table) -> str:
    # Named so that it runs after the trigger that keeps the relations.
    return (
        f"CREATE OR REPLACE TRIGGER told_to_outbox AFTER INSERT OR UPDATE OR DELETE ON {table.name} "
        f"FOR EACH ROW EXECUTE FUNCTION outbox_of_{table.name}()"
    )


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    tables = [table for table in metadata.sorted_tables if told(table)]
    return [
        _NUMBER,
        _REACH_CHANGED,
        *(statement for table in tables for statement in (_function(table), _trigger(table))),
        f"CREATE OR REPLACE TRIGGER told_to_outbox AFTER INSERT OR UPDATE OR DELETE ON {reach.name} FOR EACH ROW "
        "WHEN (current_setting('maillage.rebuilding', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION outbox_of_reach()",
    ]


# ---------------------------------------------------------------- reading

NUMBER = "SELECT number_events()"
_COLUMNS = ("position", "kind", "subject_id", "situation_id", "changed")
_AFTER: Any = (
    select(*(outbox.c[name] for name in _COLUMNS))
    .where(outbox.c.position > bindparam("after", type_=outbox.c.position.type))
    .order_by(outbox.c.position)
    .limit(BATCH)
)
AFTER = compiled(_AFTER)
HEAD = compiled(select(outbox_head.c.position))[0]


def events(rows: Iterable[Any]) -> list[Event]:
    """The rows of `AFTER`, as events."""
    return [
        Event(row["position"], row["kind"], row["subject_id"], row["situation_id"], frozenset(row["changed"]))
        for row in rows
    ]


__all__ = [
    "ADDED",
    "AFTER",
    "BATCH",
    "CHANNEL",
    "HEAD",
    "NUMBER",
    "REACH",
    "REMOVED",
    "Event",
    "events",
    "statements",
    "told",
]
