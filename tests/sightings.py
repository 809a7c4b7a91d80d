"""What every seat sees of the made world, straight from the database: through the doors, the walls, and by the oracle.

The comparison of tests/test_matrix.py without the server in between: one statement per seat and table, so that a policy
that is changed in memory can be tried again in milliseconds (tests/mutation).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, select, true

from auth.caller import Caller
from loaders import walls
from loaders.nouns import BY_TABLE
from loaders.policy.context import values
from loaders.policy.doors import column_rule, door
from loaders.policy.rules import Rule
from loaders.postgres import logins
from loaders.statement import camel, compiled
from schema.vocabulary import Audience, MandateKind, OrgKind, Purpose
from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_words import absent, oracle_name
from tests.matrix_world import Viewer, World, read_world
from tests.sealed import keyring_of
from tests.seats import SEATS, Seat
from tests.test_matrix import same_notices

Key = tuple[Any, ...]
Notice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One row as somebody sees it: the protected columns that are shown, and what is said of the others."""

    shown: frozenset[str]
    notices: frozenset[Notice] = frozenset()


# Link rows say that both ends belong together; they hold no column of a group.
_ENDS = {"working_session_actor": {"session_id": "working_session", "actor_id": "actor"}}


def columns_of(table: str) -> list[str]:
    """The columns that a rule of the matrix protects; the log's own `withheld` is no field of the API."""
    return [name for name in GROUP_OF_COLUMN.get(table, {}) if name != "withheld"]


def key_of(table: str) -> list[str]:
    return [column.name for column in BY_TABLE[table].table.primary_key.columns]


@dataclass
class Sightings:
    """The full database, and what the oracle says of it; the verdicts are kept, since the world does not change."""

    connection: "asyncpg.Connection[Any]"
    world: World
    callers: Mapping[Seat, Caller]
    sights: Mapping[Seat, Sight]
    _expected: dict[tuple[Seat, str], Mapping[Key, Seen]] = field(default_factory=dict)

    # ------------------------------------------------ by the oracle

    def expected(self, seat: Seat, table: str) -> Mapping[Key, Seen]:
        """The rows that exist for a seat, each with what it shows."""
        if (seat, table) not in self._expected:
            self._expected[seat, table] = dict(self._by_oracle(seat, table))
        return self._expected[seat, table]

    def _by_oracle(self, seat: Seat, table: str) -> Iterable[tuple[Key, Seen]]:
        sight, noun = self.sights[seat], BY_TABLE[table].name
        if absent(seat.audience, noun, "*"):
            return
        for row in self.world.tables[table]:
            key = tuple(row[name] for name in key_of(table))
            if table in _ENDS:
                if all(
                    any(one["id"] == row[end] and sight.sees(there, one) for one in self.world.tables[there])
                    for end, there in _ENDS[table].items()
                ):
                    yield key, Seen(frozenset())
            elif sight.sees(table, row):
                yield key, self._cells(sight, seat, noun, table, row)

    @staticmethod
    def _cells(sight: Sight, seat: Seat, noun: str, table: str, row: Mapping[str, Any]) -> Seen:
        shown, notices = set(), set()
        for name in columns_of(table):
            if absent(seat.audience, noun, name):
                continue
            if sight.shows(table, row, name):
                shown.add(name)
            elif reason := sight.reason(table, row, name):
                notices.add((camel(name), reason))
        return Seen(frozenset(shown), frozenset(notices))

    # ------------------------------------------------ through the doors

    async def through_doors(self, seat: Seat, table: str) -> Mapping[Key, Seen]:
        """The rows that the door keeps, with the verdict of each column's rule: asked as the administrator."""
        gate = door(Audience(seat.audience), BY_TABLE[table])
        keys = key_of(table)
        rules = {
            name: rule
            for name in columns_of(table)
            if (rule := column_rule(Audience(seat.audience), BY_TABLE[table], name)) is not None
        }
        several = list(dict.fromkeys(rules.values()))
        verdicts = [self._verdict(gate, rule).label(f"rule_{place}") for place, rule in enumerate(several)]
        sql, names, constants = compiled(select(*(gate.row.c[name] for name in keys), *verdicts).where(gate.where))
        binds = {**values(self.callers[seat]), **constants}
        rows = await self.connection.fetch(sql, *(binds[name] for name in names))
        return {tuple(row[: len(keys)]): _seen(rules, several, row[len(keys) :]) for row in map(tuple, rows)}

    @staticmethod
    def _verdict(gate: Any, rule: Rule) -> ColumnElement[bool]:
        return true() if rule.implied_by(gate.rows) else gate.shows(rule)

    # ------------------------------------------------ through the walls

    async def through_walls(self, seat: Seat, table: str) -> list[Key]:
        """The rows that the audience's own login reads; without their key where it is not granted."""
        audience = Audience(seat.audience)
        granted = set(walls.columns(audience, BY_TABLE[table].table))
        if not granted:
            return []
        keys = key_of(table)
        asked = keys if granted.issuperset(keys) else sorted(granted)[:1]
        async with self.connection.transaction():
            for name, value in values(self.callers[seat]).items():
                setting = name.removeprefix("viewer_")
                if setting != "token":
                    await self.connection.fetchval("SELECT set_config($1, $2, true)", f"app.{setting}", str(value))
            await self.connection.execute(f"SET LOCAL ROLE {logins.login_of(audience)}")
            rows = await self.connection.fetch(f"SELECT {', '.join(asked)} FROM {table}")
        return [tuple(row) if asked == keys else () for row in rows]


def _seen(rules: Mapping[str, Rule], several: list[Rule], verdicts: tuple[bool, ...]) -> Seen:
    holds = dict(zip(several, verdicts, strict=True))
    return Seen(
        frozenset(name for name, rule in rules.items() if holds[rule]),
        frozenset((camel(name), rule.reason.value) for name, rule in rules.items() if not holds[rule] and rule.reason),
    )


async def door_problem(stage: Sightings, seat: Seat, table: str) -> str | None:
    """The first difference between the doors and the oracle, in words; None where they agree."""
    wanted, got = stage.expected(seat, table), await stage.through_doors(seat, table)
    noun = BY_TABLE[table].name
    if wanted.keys() != got.keys():
        return f"{seat}: {noun} has {len(got.keys() - wanted.keys())} rows too many, {len(wanted.keys() - got.keys())} too few"
    for key, seen in wanted.items():
        given = got[key]
        if seen.shown != given.shown:
            return f"{seat}: {noun} shows {sorted(given.shown - seen.shown)} too much, {sorted(seen.shown - given.shown)} too little"
        if not same_notices(noun, given.notices, seen.notices):
            return f"{seat}: {noun} says {sorted(given.notices ^ seen.notices)}"
    return None


async def wall_problem(stage: Sightings, seat: Seat, table: str) -> str | None:
    """The first difference between what the login reads and the oracle; None where they agree."""
    wanted, got = stage.expected(seat, table).keys(), await stage.through_walls(seat, table)
    if len(got) != len(wanted) or (got and got[0] and set(got) != wanted):
        return f"{seat}: the login reads {len(got)} rows of {table}, the oracle counts {len(wanted)}"
    return None


async def sightings(connection: "asyncpg.Connection[Any]", admin_dsn: str, card: Mapping[str, Any]) -> Sightings:
    """Everybody's seat in a filled database."""
    world = await read_world(admin_dsn, [*GROUP_OF_COLUMN, *_ENDS], keyring_of(card))
    callers = {seat: caller_of(world, card, seat) for seat in SEATS}
    sights = {
        seat: Sight(
            world,
            Viewer(
                oracle_name(seat.audience, caller.organisation_kind.value),
                caller.organisation_id,
                caller.member_id,
                seat.purpose,
            ),
        )
        for seat, caller in callers.items()
    }
    return Sightings(connection, world, callers, sights)


def caller_of(world: World, card: Mapping[str, Any], seat: Seat) -> Caller:
    """Who sits there, as the server would know them from their token."""
    client = next(row for row in world.tables["oauth_client"] if row["id"] == seat.client)
    organisation = world.by_id[client["organisation_id"]]
    people = next(one for one in card["clients"] if one["client_id"] == seat.client)["members"]
    members = [UUID(one["id"]) for one in people if one["role"] == seat.role]
    # Where a role has one purpose only, the server takes it when none is asked for.
    purpose = seat.purpose or (min(oracle.PURPOSES[seat.role]) if seat.role else None)
    return Caller(
        audience=Audience(seat.audience),
        client_id=seat.client,
        organisation_id=organisation["id"],
        organisation_kind=OrgKind(organisation["kind"]),
        mandate_kind=MandateKind(organisation["mandate_kind"]) if organisation["mandate_kind"] else None,
        authority_id=organisation["authority_id"],
        member_id=members[seat.place] if seat.role else None,
        habilitation_id=None,
        purpose=Purpose(purpose) if purpose else None,
        scopes=frozenset(),
        token_id="-",
        expires_at=0,
        epochs="",
    )
