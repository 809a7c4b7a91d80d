"""What a command may do to the database: lock through the caller's door, read, write, note events.

The order is always the same: the target is read through the caller's door `FOR UPDATE` (no row: not found), the state
machine and the expected version are checked, rows are written. Around it stands `loaders/commands/running.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Executable, Table, Text, bindparam, cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.types import TypeEngine

from auth.caller import Caller
from auth.policy import Act
from loaders.monitoring.publishing import Publishing
from loaders.nouns import NOUNS
from loaders.policy.context import bind
from loaders.policy.context import values as context_values
from loaders.policy.doors import Door, door
from loaders.sealed.keyring import Keyring
from loaders.statement import compiled, version
from schema.errors import (
    BadInputError,
    DomainRefusalError,
    NotFoundError,
)
from schema.tables.journal import outbox
from schema.tables.sharing import disclosure
from schema.vocabulary import Category, Purpose


@dataclass(frozen=True, slots=True)
class Row:
    """A locked row: its true values, and its version as the caller sees it."""

    noun: str
    values: Mapping[str, Any]
    version: str

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def id(self) -> UUID:
        """The row's id."""
        identity: UUID = self.values["id"]
        return identity


@dataclass(slots=True, kw_only=True)
class Acting:
    """Who acts and when, and what the access record will say of it."""

    caller: Caller
    now: datetime
    # Whom an act on accounts is about, for the access log: ids, never a name.
    about: str = ""
    situations: set[UUID] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Work(Acting):
    """What a command in steps gets: the few things it may do to the database, inside its transaction."""

    connection: "asyncpg.Connection[Any]"
    keyring: Keyring
    # Who we are to partners: what they sign has to be meant for us.
    issuer: str = ""
    publishing: Publishing = field(default_factory=Publishing)
    # What only the answer to who acts may hold: in no row, no record, and not in the answer to a repeat.
    shown_once: str | None = field(default=None, repr=False)

    async def lock(self, noun: str, public_id: str, *, field: str, expected_version: str | None = None) -> Row:
        """The row with this public id, locked until the end, if it is within the caller's reach.

        Raises NotFoundError where it does not exist or is out of reach (the same answer), DomainRefusalError
        STALE_VERSION where the caller has seen another version.
        """
        gate = door(self.caller.audience, NOUNS[noun])
        identity = row_id(noun, public_id, field)
        sql = _lock_statement(gate)
        row = await self._fetch(sql, {"row_id": identity, **context_values(self.caller)})
        if row is None:
            raise NotFoundError
        seen = str(row["version_"])
        if expected_version is not None and expected_version != seen:
            raise stale()
        found = Row(noun, dict(row), seen)
        self._touch(gate.noun.table, found.values)
        return found

    async def still(self, noun: str, row: asyncpg.Record | None, expected_version: str | None) -> None:
        """Lock a row that the act will replace, if the caller has seen a version of it.

        Raises DomainRefusalError STALE_VERSION where it is another one, or where there is no such row.
        """
        if expected_version is None:
            return
        if row is None:
            raise stale()
        public = f"{NOUNS[noun].prefix}_{row['id']}"
        await self.lock(noun, public, field="expectedVersion", expected_version=expected_version)

    async def visible(self, noun: str, public_id: str, *, field: str) -> Row:
        """A row named by another (an organisation, an authority), read through the caller's door, not locked."""
        gate = door(self.caller.audience, NOUNS[noun])
        row = await self._fetch(
            _read_statement(gate), {"row_id": row_id(noun, public_id, field), **context_values(self.caller)}
        )
        if row is None:
            raise BadInputError(f"`{field}` names nothing within your reach.", reason="UNKNOWN_REFERENCE")
        return Row(noun, dict(row), "")

    async def insert(self, table: Table, **values: Any) -> UUID:
        """Add one row; returns its id (of a row that only links two others: the first of them)."""
        key = table.c["id"] if "id" in table.c else next(iter(table.primary_key.columns))
        sql = (
            insert(table)
            .values({name: bind(f"v_{name}", table.c[name].type) for name in values})
            .returning(key.label("id"))
        )
        row = await self._fetch(sql, {f"v_{name}": _plain(value) for name, value in values.items()})
        self._touch(table, values)
        identity: UUID = row["id"]
        return identity

    async def add_row(self, table: Table, **values: Any) -> None:
        """Add one row of a table whose key is no id of ours; JSON is given as its text."""
        sql = insert(table).values({name: _given(name, table.c[name].type) for name in values})
        await self._fetch(sql, {f"v_{name}": _plain(value) for name, value in values.items()})
        self._touch(table, values)

    async def update(self, table: Table, identity: UUID, **values: Any) -> None:
        """Change one row that this transaction has locked."""
        sql = (
            update(table)
            .where(table.c.id == bindparam("row_id", type_=Uuid(as_uuid=True)))
            .values({name: bind(f"v_{name}", table.c[name].type) for name in values})
            .returning(table.c.id)
        )
        await self._fetch(sql, {"row_id": identity, **{f"v_{name}": _plain(value) for name, value in values.items()}})
        self._touch(table, values)

    async def one(self, statement: Executable, **binds: Any) -> asyncpg.Record | None:
        """One row of a statement of our own (checks that go beyond the caller's own reach, never shown to them)."""
        found: asyncpg.Record | None = await self._fetch(statement, binds)
        return found

    async def many(self, statement: Any, **binds: Any) -> list[asyncpg.Record]:
        """All rows of a statement of our own; like `one`, never shown to the caller as they are."""
        sql, names, _ = _compiled(statement)
        return await self.connection.fetch(sql, *(binds[name] for name in names))

    async def event(self, kind: str, subject: UUID, *, situation: UUID | None, audiences: Sequence[str] = ()) -> None:
        """An event for the outbox: ids only; receivers read again under their own rights."""
        await self.insert(outbox, kind=kind, subject_id=subject, situation_id=situation, audiences=list(audiences))

    async def disclose(
        self,
        act: str,
        situation: UUID,
        categories: Sequence[Category],
        *,
        to_organisation: UUID | None = None,
        to_authority: UUID | None = None,
        from_organisation: UUID | None = None,
        duty: UUID | None = None,
        purpose: Purpose | None = None,
    ) -> None:
        """A line of the disclosure ledger: what is given to whom, on which basis (permissions, section 10)."""
        await self.insert(
            disclosure,
            situation_id=situation,
            from_org_id=from_organisation or self.caller.organisation_id,
            to_org_id=to_organisation,
            to_authority_id=to_authority,
            duty_id=duty,
            act=act,
            field_groups=[category.value for category in categories],
            purpose=(purpose or self.caller.purpose or Purpose.EVALUATE).value,
            at=self.now,
        )

    def _touch(self, table: Table, values: Mapping[str, Any]) -> None:
        situation = values.get("situation_id") or (values.get("id") if table.name == "situation" else None)
        if situation is not None:
            self.situations.add(situation)
        known = {table.c[name].info["category"].value for name in values if name in table.c}
        self.categories |= known - {Category.KEY.value}

    async def _fetch(self, statement: Any, binds: Mapping[str, Any]) -> Any:
        sql, names, _ = _compiled(statement)
        return await self.connection.fetchrow(sql, *(binds[name] for name in names))


def stale() -> DomainRefusalError:
    """The caller has seen another version."""
    return DomainRefusalError(
        "STALE_VERSION", "Cette fiche a changé depuis votre lecture : relisez-la, puis recommencez.", "expectedVersion"
    )


def _given(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    if isinstance(kind, JSON):
        # Connections read JSON as the bytes they are; written, it goes as text whatever their codec.
        return cast(bind(f"v_{name}", Text()), JSON)
    return bind(f"v_{name}", kind)


def _plain(value: Any) -> Any:
    """Words go to the database as text."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [str(item) if isinstance(item, str) else item for item in value]
    return str(value) if isinstance(value, str) else value


def row_id(noun: str, public_id: str, field: str) -> UUID:
    """The row's own id out of a public id (`rep_...`); the type is bound into it, so another noun's id is refused."""
    prefix, _, text = str(public_id).partition("_")
    try:
        identity: UUID | None = UUID(text)
    except ValueError:
        identity = None
    if identity is None or prefix != NOUNS[noun].prefix or str(identity) != text:
        raise BadInputError(f"`{field}` is not an id of the expected kind.", reason="INVALID_ID")
    return identity


_CACHE: dict[Any, tuple[str, tuple[str, ...], dict[str, Any]]] = {}
_LOCKS: dict[tuple[Any, str, bool], Any] = {}


def _compiled(statement: Any) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    # SQLAlchemy's own cache key: statements of the same shape share one text. Bind names are ours, never anonymous.
    key = statement._generate_cache_key()  # noqa: SLF001 (what the engine itself uses; there is no public name)
    if key is None:
        return compiled(statement)
    found = _CACHE.get(key.key)
    if found is None:
        found = _CACHE[key.key] = compiled(statement)
    return found


def _target(gate: Door, *, locked: bool) -> Any:
    key = (gate.audience, gate.noun.name, locked)
    if key not in _LOCKS:
        wanted = gate.row.c.id == bindparam("row_id", type_=Uuid(as_uuid=True))
        columns = [*gate.row.c] + ([version(gate).label("version_")] if locked else [])
        statement = select(*columns).where(wanted, gate.where)
        _LOCKS[key] = statement.with_for_update(of=gate.row, key_share=True) if locked else statement
    return _LOCKS[key]


def _lock_statement(gate: Door) -> Any:
    return _target(gate, locked=True)


def _read_statement(gate: Door) -> Any:
    return _target(gate, locked=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One mutation: its act (who may), the noun its payload shows, and the function that does it.

    `run` gets the work and the input object, and returns the id of the row the payload shows. `asks_standing`: its
    first statement itself asks whether the token still stands (one round trip less), and raises where it does not.
    """

    act: Act
    noun: str
    run: Callable[[Work, Any], Awaitable[UUID]]
    asks_standing: bool = False
