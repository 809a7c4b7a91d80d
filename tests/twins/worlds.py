"""The second of two worlds: the first one, changed in everything that the oracle says a viewer may not see.

Values of hidden cells are changed or taken away, hidden rows are changed, removed and added (a whole situation, a
sibling, a report to another authority, a referral to somebody else, a caller), and every table is written anew in
another physical order. What is sealed is sealed anew wherever the viewer does not see it: another data key where they
see nothing sealed in a situation, other bytes of the same text elsewhere. Then the oracle looks at the second world: where a hidden value decides what the viewer may see
(the birth date that ends a sharing, the state of somebody else's report), the situation is put back as it was, because
there the two worlds differ in something that the viewer may see.

What is not changed, and why:
- ids and foreign keys: a key that the viewer may follow says where a row belongs;
- the stored bytes of a sealed text that the viewer sees: the version of its row is a hash over them;
- reference data (departments, authorities, official codes): everybody reads it;
- clients, keys and tokens: the viewer's own token has to stand, and none of it can be asked for;
- the visibility of a card: it says who may see the card, whose other columns are then no secret;
- of people and organisations all but names and addresses: status, epoch and habilitations decide whose sharing and
  whose break-glass lives, in situations that are not theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CheckConstraint, Column, Date, DateTime, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.monitoring.rollups import MARK_ALL
from loaders.sealed.envelope import DataKey
from loaders.sealed.keyring import Keyring
from schema.tables import metadata
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_world import Raw, World
from tests.sealed import SEALED, fresh_key, key_of, sealed

TABLES: Mapping[str, Table] = {table.name: table for table in metadata.sorted_tables}
_LEFT_ALONE = frozenset(
    "department authority authority_department official_code conclusion_label signing_key client_key client_secret oauth_client "
    "oauth_token oauth_jti".split()
)
# Counted anew from the rows of the second world, as the rest of what is computed.
_COUNTED = frozenset({"monitoring_cell", "monitoring_part", "monitoring_mark"})
# Written when the second world is, with what they seal.
_KEYS = "situation_key"
# Have no id of their own, and go and come with the row that they are about.
_ATTACHED = frozenset({"minor_key"})
# A file has one principal at most, so the copy of a file repeats none.
_NOT_COPIED = frozenset({"repeat_candidate"})
_ONLY: Mapping[str, set[str]] = {
    "organisation": {"sirets", "name", "convention_ref", "territories"},
    "resource_card": {"title", "description", "territories", "audiences", "verified_at"},
    "member": {"name", "email", "created_at"},
    "habilitation": set(),
    "access_log": {"outcome", "trace_id", "purpose", "operation", "document_hash", "categories", "withheld"},
}
# Rows of these are never added or removed: others hang on them from everywhere.
_STAYING = _LEFT_ALONE | {_KEYS, "organisation", "member", "habilitation", "survey_campaign", "information_duty"}

Rows = dict[str, list[dict[str, Any]]]


@dataclass(repr=False)
class Twin:
    """A second world for one viewer, and what had to be left alone in it."""

    rows: Rows
    world: World
    changed: Counter[str] = field(default_factory=Counter)
    frozen: set[UUID] = field(default_factory=set)
    removed: list[tuple[str, UUID]] = field(default_factory=list)
    added: list[tuple[str, UUID]] = field(default_factory=list)
    # The sealed cells that the viewer sees: (table, id, column).
    open: set[tuple[str, UUID, str]] = field(default_factory=set)


def _mentioned(table: Table) -> Iterable[tuple[CheckConstraint, list[str]]]:
    for constraint in {*table.constraints, *(one for column in table.c for one in column.constraints)}:
        if isinstance(constraint, CheckConstraint):
            text = str(constraint.sqltext)
            words = set("".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split())
            yield constraint, [name for name in (column.name for column in table.c) if name in words]


def _tied(table: Table) -> set[str]:
    """Columns that a check ties to another."""
    return {name for _, names in _mentioned(table) if len(names) > 1 for name in names}


def _worded(table: Table) -> set[str]:
    """Columns that hold words of a list."""
    return {names[0] for _, names in _mentioned(table) if len(names) == 1}


def _unique(table: Table) -> set[str]:
    several = {
        column.name
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    return (
        several
        | {column.name for column in table.c if column.unique}
        | {column.name for index in table.indexes if index.unique for column in index.columns}
    )


@dataclass(repr=False)
class Changer:
    """Makes other values for cells, each fit for its column."""

    world: World
    chance: Random

    def __post_init__(self) -> None:
        self._pools: dict[tuple[str, str], list[Any]] = {}
        self._tied = {name: _tied(table) for name, table in TABLES.items()}
        self._worded = {name: _worded(table) for name, table in TABLES.items()}
        self._unique = {name: _unique(table) for name, table in TABLES.items()}
        self._number = 0

    def changeable(self, table: str, column: str) -> bool:
        return (
            column not in self._tied[table]
            and (table not in _ONLY or column in _ONLY[table])
            and TABLES[table].c[column].type.__class__.__name__ not in {"JSON", "JSONB", "LargeBinary", "UUID"}
            and not TABLES[table].c[column].primary_key
        )

    def other(self, table: str, column: str, value: Any) -> Any:
        """Another value for a cell; the same one where there is none."""
        declared: Column[Any] = TABLES[table].c[column]
        if column in self._unique[table]:
            return self.fresh(table, column, value)
        if declared.nullable and value is not None and self.chance.random() < 0.3:
            return None
        if column in self._worded[table] and column not in SEALED.get(table, ()):
            pool = [one for one in self._pool(table, column) if one != value]
            return self.chance.choice(pool) if pool else value
        self._number += 1
        kind = declared.type
        if isinstance(kind, DateTime):
            return (value or datetime.now(UTC)) - timedelta(minutes=self.chance.randint(1, 400_000))
        if isinstance(kind, Date):
            return (value or date(2024, 1, 1)) - timedelta(days=self.chance.randint(1, 900))
        if isinstance(kind, ARRAY):
            return [*(value or []), f"autre {self._number}"]
        if isinstance(kind, Text) or column in SEALED.get(table, ()):
            return f"Autre {self._number} " + "x" * self.chance.randint(0, 300)
        if isinstance(kind, Integer):
            return (value or 0) + self.chance.randint(1, 9)
        pool = [one for one in self._pool(table, column) if one != value]
        return self.chance.choice(pool) if pool else value

    def fresh(self, table: str, column: str, value: Any) -> Any:
        """A value that no other row has."""
        self._number += 1
        if isinstance(TABLES[table].c[column].type, Integer):
            return 100_000 + self._number
        return f"{str(value)[:2]}jumeau{self._number}" if isinstance(value, str) else value

    def _pool(self, table: str, column: str) -> list[Any]:
        if (table, column) not in self._pools:
            found = {repr(row[column]): row[column] for row in self.world.tables[table] if row[column] is not None}
            self._pools[table, column] = [found[key] for key in sorted(found)]
        return self._pools[table, column]


def _situation(table: str, row: Raw) -> UUID | None:
    found: UUID | None = row["id"] if table == "situation" else row.get("situation_id")
    return found


Seen = Mapping[UUID | None, Counter[Any]]


def sight_of(sight: Sight) -> tuple[Seen, set[int]]:
    """All that the viewer sees by the oracle, by situation, and which rows (by identity of their objects)."""
    seen: dict[UUID | None, Counter[Any]] = defaultdict(Counter)
    rows: set[int] = set()
    for table, columns in GROUP_OF_COLUMN.items():
        for row in sight.world.tables[table]:
            if not sight.sees(table, row):
                continue
            rows.add(id(row))
            cells = tuple(
                (name, repr(row[name]) if sight.shows(table, row, name) else sight.reason(table, row, name))
                for name in columns
            )
            seen[_situation(table, row)][table, str(row.get("id")), cells] += 1
    return seen, rows


# What the conditions of the matrix look at: in a situation of which the viewer sees something they are changed rarely,
# because a change that shows costs the whole situation.
_DECIDING: Mapping[str, frozenset[str]] = {
    table: frozenset(names.split())
    for table, names in {
        "situation": "status retention_state closed_at",
        "concern_report": "status",
        "referral": "status kind minor_agreement shared_kinds",
        "ase_link": "state ended_at",
        "measure": "starts_on ends_on",
        "situation_jurisdiction": "starts_at ends_at",
        "sharing_grant": "purpose field_groups state starts_at expires_at revoked_at",
        "emergency_access": "reason_code field_groups opened_at expires_at",
        "information_duty": "duty",
        "minor": "birth_date age_band",
        "caller": "anonymity",
        "live_danger": "until",
    }.items()
}
_WHOLE, _CELLS, _NOTHING = range(3)


@dataclass(repr=False)
class Maker:
    """Makes the second world of a viewer."""

    sight: Sight
    seed: int

    def make(self) -> Twin:
        """Change, look with the oracle's eyes, put back what shows, look again."""
        before, self._seen = sight_of(self.sight)
        self._known = {key for key in before if key is not None}
        self._groups = self._apart()
        # How much of a situation may be changed: all of it, then only cells that decide nothing, then nothing.
        frozen: dict[UUID, int] = {}
        while True:
            twin = self._changed(frozen)
            sight = Sight(twin.world, self.sight.viewer)
            after, _ = sight_of(sight)
            differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
            if not differing:
                twin.frozen = {key for key, level in frozen.items() if level == _NOTHING}
                twin.open = set(_open_cells(sight))
                return twin
            assert None not in differing, (before[None] - after[None]) + (after[None] - before[None])
            # An added situation only shows through the one that it copies.
            named = {self._origin.get(key, key) for key in differing if key is not None}
            for key in named:
                assert frozen.get(key) != _NOTHING, "the worlds stay different"
                frozen[key] = frozen.get(key, _WHOLE) + 1

    def _chance(self, table: str, row: Raw) -> Random:
        """The same dice for a row in every round."""
        return Random(f"{self.seed} {table} {row.get('id') or sorted(map(str, row.values()))}")

    def _changed(self, frozen: Mapping[UUID, int]) -> Twin:
        self._changer = changer = Changer(self.sight.world, Random(self.seed))
        self._origin: dict[UUID, UUID] = {}
        twin = Twin({}, self.sight.world)
        gone: set[int] = set()
        extra: Rows = defaultdict(list)
        for group in self._groups:
            situation = _situation(*group[0])
            if situation is not None and frozen.get(situation, _WHOLE) != _WHOLE:
                continue
            fate = self._chance(*group[0]).random()
            if fate < 0.12:
                gone |= {id(row) for _, row in group}
                twin.removed += [(table, row["id"]) for table, row in group if "id" in row]
            elif fate < 0.3 and not _only_one(*group[0]):
                for table, row in _copied(group, changer, self._origin):
                    extra[table].append(row)
                    if "id" in row:
                        twin.added.append((table, row["id"]))
        for table in GROUP_OF_COLUMN:
            made = [
                self._row(table, row, frozen, twin) for row in self.sight.world.tables[table] if id(row) not in gone
            ]
            made += extra[table]
            changer.chance.shuffle(made)
            twin.rows[table] = made
        twin.world = World({name: list[Raw](made) for name, made in twin.rows.items()}, self.sight.world.now)
        return twin

    def _row(self, table: str, row: Raw, frozen: Mapping[UUID, int], twin: Twin) -> dict[str, Any]:
        """The row in the second world: what is hidden of it is mostly another value."""
        copy, situation = dict(row), _situation(table, row)
        level = _WHOLE if situation is None else frozen.get(situation, _WHOLE)
        if table in _LEFT_ALONE | _COUNTED or table == _KEYS or level == _NOTHING:
            return copy
        changer, chance = self._changer, self._chance(table, row)
        changer.chance = chance
        hidden, partly = id(row) not in self._seen, situation in self._known
        for name in GROUP_OF_COLUMN[table]:
            deciding = name in _DECIDING.get(table, ())
            if not changer.changeable(table, name) or chance.random() < (0.95 if deciding and partly else 0.3):
                continue
            if deciding and level != _WHOLE:
                continue
            if hidden or not self.sight.shows(table, row, name):
                copy[name] = changer.other(table, name, row[name])
                twin.changed[table] += copy[name] != row[name]
        return copy

    def _apart(self) -> list[list[tuple[str, Raw]]]:
        """Hidden rows that can go or come together: each with all that hangs on it, all of it hidden."""
        world, seen = self.sight.world, self._seen
        children: dict[UUID, list[tuple[str, Raw]]] = defaultdict(list)
        for table in GROUP_OF_COLUMN:
            for row in world.tables[table]:
                for name, value in row.items():
                    if name.endswith("_id") and isinstance(value, UUID):
                        children[value].append((table, row))
        groups = []
        for table in GROUP_OF_COLUMN:
            if table in _STAYING or "id" not in TABLES[table].c:
                continue
            for row in world.tables[table]:
                if id(row) in seen:
                    continue
                group = [(table, row)]
                known = {id(row)}
                for _, one in group:
                    if "id" in one:
                        more = [(name, child) for name, child in children[one["id"]] if id(child) not in known]
                        known |= {id(child) for _, child in more}
                        group += more
                if len(group) < 200 and not any(
                    id(one) in seen
                    or (name in _STAYING and table != "situation")
                    or ("id" not in one and name not in _ATTACHED)
                    for name, one in group
                ):
                    groups.append(group)
        # A row belongs to one group only: the first that has it.
        taken: set[int] = set()
        apart = []
        Random(self.seed).shuffle(groups)
        for group in groups:
            if not taken & {id(one) for _, one in group}:
                taken |= {id(one) for _, one in group}
                apart.append(group)
        return apart


def _only_one(table: str, row: Raw) -> bool:
    """There cannot be two of these at one place (a contact has one caller)."""
    return any(isinstance(row[name], UUID) and not TABLES[table].c[name].primary_key for name in _unique(TABLES[table]))


def _copied(
    group: list[tuple[str, Raw]], changer: Changer, origin: dict[UUID, UUID]
) -> Iterable[tuple[str, dict[str, Any]]]:
    ids = {row["id"]: UUID(int=changer.chance.getrandbits(128), version=4) for _, row in group if "id" in row}
    for table, row in group:
        if table in _NOT_COPIED:
            continue
        copy = {name: ids.get(value, value) if isinstance(value, UUID) else value for name, value in row.items()}
        # A word beside a key that is new already makes the two differ.
        for name in _unique(TABLES[table]) - _worded(TABLES[table]):
            if not TABLES[table].c[name].primary_key and not isinstance(copy[name], UUID):
                copy[name] = changer.fresh(table, name, copy[name])
        yield table, copy
        if table == "situation":
            origin[copy["id"]] = row["id"]


def _open_cells(sight: Sight) -> Iterable[tuple[str, UUID, str]]:
    """The sealed cells that the viewer sees."""
    for table, names in SEALED.items():
        for row in sight.world.tables[table]:
            if sight.sees(table, row):
                yield from ((table, row["id"], name) for name in names if sight.shows(table, row, name))


async def _sealed(admin: "asyncpg.Connection[Any]", twin: Twin, keyring: Keyring) -> Rows:
    """The rows as they are stored in the second world, which is still a copy of the first."""
    stored = {row["situation_id"]: row for row in await admin.fetch(f"SELECT * FROM {_KEYS}")}
    bytes_of = {(table, row["id"]): row for table in SEALED for row in await admin.fetch(f"SELECT * FROM {table}")}
    kept = {
        row["situation_id"]
        for table in SEALED
        for row in twin.rows[table]
        if any((table, row["id"], name) in twin.open for name in SEALED[table])
    }
    keys: dict[UUID, DataKey] = {}
    rows = {**twin.rows, _KEYS: list[dict[str, Any]]()}
    for row in twin.rows[_KEYS]:
        situation = row["situation_id"]
        if situation in kept:
            keys[situation], made = key_of(keyring, stored[situation]), dict(stored[situation])
        else:
            keys[situation], fresh = fresh_key(keyring, situation)
            made = {**row, **fresh}
        rows[_KEYS].append(made)
    for table in SEALED:
        rows[table] = []
        for row in twin.rows[table]:
            texts = any(row[name] is not None for name in SEALED[table])
            made = sealed(keys[row["situation_id"]], table, row) if texts else dict(row)
            for name in SEALED[table]:
                if (table, row["id"], name) in twin.open:
                    made[name] = bytes_of[table, row["id"]][name]
            rows[table].append(made)
    return rows


async def write(admin: "asyncpg.Connection[Any]", twin: Twin, keyring: Keyring) -> None:
    """Make the database what the rows say, each table anew; then what is computed from them."""
    rows = await _sealed(admin, twin, keyring)
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        for table, made in rows.items():
            if table in _LEFT_ALONE:
                continue
            names = list(TABLES[table].c.keys())
            await admin.execute(f"DELETE FROM {table}")
            if table in _COUNTED:
                continue
            await admin.copy_records_to_table(
                table, columns=names, records=[tuple(row[name] for name in names) for row in made]
            )
        await admin.execute("SELECT refresh_reach_all()")
        await admin.execute("SELECT refresh_clocks_all()")
        await admin.execute(MARK_ALL)


__all__ = ["TABLES", "Maker", "Twin", "sight_of", "write"]
