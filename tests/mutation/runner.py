"""Tries mutants one by one against the tests that are quickest to notice them, in this process and on one PostgreSQL.

First the tests that need no data, then the comparison of doors and walls with the oracle, but only for the audiences
and tables on which the mutant changes anything. What it leaves as it is, needs no test: it is the same policy.
"""

import asyncio
import inspect
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any

import asyncpg

from loaders.nouns import BY_TABLE
from loaders.policy import conditions
from loaders.policy.context import NOBODY, values
from loaders.policy.doors import column_rule, relation_rule
from schema.vocabulary import Audience
from tests import atoms_lab, relations_lab
from tests.auth import test_policy
from tests.loaders import test_disclosure, test_doors, test_walls
from tests.mutation.mutant import Mutant
from tests.seats import SEATS, Seat
from tests.sightings import Sightings, door_problem, wall_problem

Place = tuple[Audience, str]
Compiled = Mapping[Place, Any]


class Outcome(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    # The same schema, doors, walls and acts as before: there is nothing to notice.
    SAME = "same policy"
    # PostgreSQL refuses the text.
    STILLBORN = "stillborn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant, which test noticed it, and how long that took."""

    mutant: Mutant
    outcome: Outcome
    by: str
    seconds: float


def compiled(mutant: Mutant | None = None) -> Compiled:
    """What the policy becomes on every table for every audience, as far as the mutant can change it."""
    audience, table, column = (mutant.audience, mutant.table, mutant.column) if mutant else (None, None, None)
    return {
        (audience, name): (
            conditions.row_rule(audience, noun.table),
            tuple(column_rule(audience, noun, column) for column in [*noun.table.c.keys()]),
            tuple(conditions.cell_rule(audience, column) for column in noun.table.c),
            tuple(relation_rule(audience, noun, relation) for relation in noun.relations.values()),
        )
        for audience in ([audience] if audience else Audience)
        for name, noun in BY_TABLE.items()
        if table in {None, name} and (column is None or column in noun.table.c)
    }


def places_of_atom(known: Compiled, atom: str) -> list[Place]:
    """Where a rule holds this atom."""
    return [
        place
        for place, (rows, columns, cells, steps) in known.items()
        if any(
            one.name == atom
            for rule in (rows, *columns, *cells, *steps)
            if rule is not None
            for conjunction in rule.any_of
            for one in conjunction
        )
    ]


@dataclass
class Bench:
    """The database and what was true of the policy before anything was changed."""

    stage: Sightings
    known: Compiled = field(default_factory=compiled)

    async def attempt(self, mutant: Mutant) -> Verdict:
        """Live with the mutant until a test notices it."""
        began = time.perf_counter()
        outcome, by = await self._attempt(mutant)
        return Verdict(mutant, outcome, by, time.perf_counter() - began)

    async def _attempt(self, mutant: Mutant) -> tuple[Outcome, str]:
        async with rolled_back(self.stage.connection):
            with mutant.applied():
                if mutant.kind == "column grant":
                    test = test_walls.test_a_login_is_granted_the_columns_of_the_matrix_and_the_keys
                    failed = _fails(test, {"audience": mutant.audience})
                    return (Outcome.KILLED, _named(test)) if failed else (Outcome.SURVIVED, "")
                noticed = next(_noticed(mutant), None)
                if noticed:
                    return Outcome.KILLED, noticed
                match mutant.kind:
                    case "purpose" | "act" | "threshold":
                        return Outcome.SURVIVED, ""
                    case "relation":
                        return await self._relation(mutant)
                    case "row policy":
                        await self._run(mutant)
                        assert mutant.audience
                        assert mutant.table
                        return await self._first([(mutant.audience, mutant.table)], walls_only=True)
                    case "atom":
                        return await self._atom(mutant.what.partition(" ")[0])
                now = _guarded(mutant)
                if isinstance(now, Exception):
                    return Outcome.KILLED, f"it does not compile: {type(now).__name__}"
                changed = [place for place, rules in now.items() if rules != self.known[place]]
                if not changed:
                    return (Outcome.SAME if mutant.kind in {"words", "rule"} else Outcome.SURVIVED), ""
                audiences = {audience for audience, _ in changed}
                for test, cases in tests_of(test_doors):
                    if test in _BY_COLUMN and any(_fails(test, one) for one in cases if one["audience"] in audiences):
                        return Outcome.KILLED, _named(test)
                return await self._first(changed)

    async def _atom(self, atom: str) -> tuple[Outcome, str]:
        try:
            found = await atoms_lab.problem(self.stage.connection, atom)
        except asyncpg.PostgresError as error:
            found = type(error).__name__
        if found:
            return Outcome.KILLED, f"{_ATOMS}: {found}"
        return await self._first(places_of_atom(self.known, atom))

    async def _relation(self, mutant: Mutant) -> tuple[Outcome, str]:
        try:
            await self._run(mutant)
            moved = await self.stage.connection.fetch(_DIFFERENCE)
        except asyncpg.PostgresError as error:
            return Outcome.STILLBORN, type(error).__name__
        if moved:
            outcome, by = await self._moved(moved)
            if outcome is Outcome.KILLED:
                return outcome, by
        try:
            found = await relations_lab.problem(self.stage.connection)
        except asyncpg.PostgresError as error:
            found = type(error).__name__
        return (Outcome.KILLED, f"{_LAB}: {found}") if found else (Outcome.SURVIVED, "")

    async def _moved(self, moved: Sequence[Any]) -> tuple[Outcome, str]:
        """Put the changed relations in place, and look from the seats of those whom they are about."""
        try:
            await self.stage.connection.execute(_REBUILD)
        except asyncpg.IntegrityConstraintViolationError as error:
            return Outcome.KILLED, f"the table refuses it: {type(error).__name__}"
        viewers = {row["viewer"] for row in moved}
        seats = [seat for seat in SEATS if viewers & self._identities(seat)]
        relations = {row["via"] for row in moved}
        places = [place for place in self.known if _asks(self.known[place], relations)]
        return await self._first(places, seats=seats)

    def _identities(self, seat: Seat) -> set[Any]:
        who = values(self.stage.callers[seat])
        return {who["viewer_organisation"], who["viewer_authority"], who["viewer_member"], NOBODY}

    async def _run(self, mutant: Mutant) -> None:
        for statement in mutant.statements:
            await self.stage.connection.execute(statement)

    async def _first(
        self, places: Iterable[Place], *, walls_only: bool = False, seats: Sequence[Seat] = SEATS
    ) -> tuple[Outcome, str]:
        """The first difference from the oracle at one of these places, in any of these seats."""
        wanted = list(places)
        problems = (wall_problem,) if walls_only else (door_problem, wall_problem)
        for problem in problems:
            for audience, table in wanted:
                for seat in seats:
                    if seat.audience != audience.value:
                        continue
                    try:
                        found = await problem(self.stage, seat, table)
                    except (asyncpg.PostgresError, *_BROKEN) as error:
                        found = f"{seat}: {table} fails with {type(error).__name__}"
                    if found:
                        return Outcome.KILLED, found
        return Outcome.SURVIVED, ""


# How our own code fails on a policy that makes no sense.
_BROKEN = (KeyError, ValueError, AttributeError, TypeError)


def _guarded(mutant: Mutant) -> Compiled | Exception:
    try:
        return compiled(mutant)
    except _BROKEN as error:
        return error


def _asks(rules: Any, relations: set[str]) -> bool:
    """Whether a rule at this place looks up one of these relations."""
    rows, columns, cells, steps = rules
    kinds = {relation.partition(":")[0] for relation in relations}
    probes = {"GRANT": {"granted", "granted_to_implement", "live_grant", "of_live_grant"}, "OPENED": {"opened"}}
    atoms = {name for kind in kinds for name in probes.get(kind, ())}
    return any(
        atom.name in atoms or (atom.name == "via" and set(atom.arguments[1:]) & relations)
        for rule in (rows, *columns, *cells, *steps)
        if rule is not None
        for conjunction in rule.any_of
        for atom in conjunction
    )


_ATOMS = "tests/loaders/test_meanings.py"
_LAB = "tests/loaders/test_relations.py"
_DIFFERENCE = """
SELECT coalesce(d.viewer, r.viewer) AS viewer, coalesce(d.via, r.via) AS via
FROM reach_definition d FULL JOIN reach r USING (viewer, situation_id, via)
WHERE d.viewer IS NULL OR r.viewer IS NULL OR (d.starts_at, d.ends_at) IS DISTINCT FROM (r.starts_at, r.ends_at)"""
_REBUILD = "SELECT refresh_reach_all()"


@asynccontextmanager
async def rolled_back(connection: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Whatever is done in the block has not been done afterwards."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


# ---------------------------------------------------------------- the tests that need no data

_TESTS: Mapping[str, tuple[ModuleType, ...]] = {
    "cell": (test_policy,),
    "purpose": (test_policy,),
    "act": (test_policy,),
    "threshold": (test_disclosure,),
}
# Asked once it is known that doors have changed.
_BY_COLUMN = (
    test_doors.test_a_door_has_exactly_the_columns_of_the_matrix,
    test_doors.test_where_a_case_is_known_by_its_referral_nothing_names_it,
)


def _noticed(mutant: Mutant) -> Iterator[str]:
    """The names of the tests that fail."""
    for module in _TESTS.get(mutant.kind, ()):
        for test, cases in tests_of(module):
            for case in cases:
                if _about(case, mutant) and _fails(test, case):
                    yield _named(test)


def _named(test: Callable[..., Any]) -> str:
    return f"{test.__module__.replace('.', '/')}.py::{test.__name__}"


def _about(case: Mapping[str, Any], mutant: Mutant) -> bool:
    """A case about another audience cannot notice a mutant of this one."""
    return mutant.audience is None or case.get("audience", mutant.audience) is mutant.audience


def _fails(test: Callable[..., Any], case: Mapping[str, Any]) -> bool:
    try:
        test(**case)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return True
    return False


@cache
def tests_of(module: ModuleType) -> list[tuple[Callable[..., Any], list[dict[str, Any]]]]:
    """The plain tests of a module with their parameters; those that need a fixture or hypothesis are left out."""
    found = []
    for name, test in vars(module).items():
        if not name.startswith("test_") or inspect.iscoroutinefunction(test) or hasattr(test, "hypothesis"):
            continue
        cases: list[dict[str, Any]] = [{}]
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize":
                cases = [{**case, **given} for case in cases for given in _given(*mark.args[:2])]
        if set(inspect.signature(test).parameters) == set(cases[0]):
            found.append((test, cases))
    return found


def _given(names: str | Sequence[str], rows: Iterable[Any]) -> list[dict[str, Any]]:
    several = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
    if len(several) == 1:
        return [{several[0]: value} for value in rows]
    return [dict(zip(several, row, strict=True)) for row in rows]


def sample(mutants: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many mutants, as evenly of every kind as there are."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        kinds.setdefault(mutant.kind, []).append(mutant)
    chance = random.Random(seed)
    for several in kinds.values():
        chance.shuffle(several)
    taken: list[Mutant] = []
    while len(taken) < size and any(kinds.values()):
        taken += [several.pop() for several in kinds.values() if several]
    return taken[:size]


async def run(bench: Bench, mutants: Iterable[Mutant], tell: Callable[[Verdict], None]) -> list[Verdict]:
    """Try them all, in order."""
    verdicts = []
    for mutant in mutants:
        verdicts.append(await bench.attempt(mutant))
        tell(verdicts[-1])
        await asyncio.sleep(0)
    return verdicts
