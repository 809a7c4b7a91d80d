"""One command's transaction: lock through the caller's door, check, write, note events; commit, or nothing happened.

The order is always the same: the target is read through the caller's door `FOR UPDATE` (no row: not found), the state
machine and the expected version are checked, rows are written, the access record is committed, then the command is.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import Executable, Table, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from auth.policy import Act
from loaders.audit import AccessRecord, AuditWriter
from loaders.audit_chain import Event
from loaders.context import values as context_values
from loaders.doors import Door, door
from loaders.execute import AWAY
from loaders.keyring import Keyring
from loaders.nouns import NOUNS
from loaders.question import Categories
from loaders.statement import compiled, version
from schema.errors import (
    BadInputError,
    DomainRefusalError,
    MaillageError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from schema.tables.journal import outbox
from schema.tables.sharing import disclosure
from schema.vocabulary import Category, Purpose

logger = logging.getLogger(__name__)

BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


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


@dataclass(slots=True)
class Work:
    """What a command function gets: the caller, the moment, and the few things it may do to the database."""

    connection: "asyncpg.Connection[Any]"
    caller: Caller
    now: datetime
    keyring: Keyring
    situations: set[UUID] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)

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
            raise DomainRefusalError(
                "STALE_VERSION",
                "Cette fiche a changé depuis votre lecture : relisez-la, puis recommencez.",
                "expectedVersion",
            )
        found = Row(noun, dict(row), seen)
        self._touch(gate.noun.table, found.values)
        return found

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
            .values({name: bindparam(f"v_{name}", required=False, type_=table.c[name].type) for name in values})
            .returning(key.label("id"))
        )
        row = await self._fetch(sql, {f"v_{name}": _plain(value) for name, value in values.items()})
        self._touch(table, values)
        identity: UUID = row["id"]
        return identity

    async def update(self, table: Table, identity: UUID, **values: Any) -> None:
        """Change one row that this transaction has locked."""
        sql = (
            update(table)
            .where(table.c.id == bindparam("row_id", type_=Uuid(as_uuid=True)))
            .values({name: bindparam(f"v_{name}", required=False, type_=table.c[name].type) for name in values})
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: the row to show, or the refusal; and the situations of its record in the access log."""

    subject: UUID | None
    refusal: DomainRefusalError | None = None
    recorded: frozenset[str] = frozenset()


_STANDING = "SELECT standing($1)"
_NOTHING_SHOWN = Categories((), ())


class Commands:
    """Runs commands: one transaction each, its access record committed before it."""

    def __init__(
        self,
        pool: Callable[[], Awaitable["asyncpg.Pool[Any]"]],
        audit: AuditWriter,
        keyring: Keyring,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = pool
        self._audit = audit
        self._keyring = keyring
        self._clock = clock

    async def run(
        self,
        name: str,
        command: Command,
        caller: Caller,
        wish: Any,
        trace_id: str,
        shown: Categories = _NOTHING_SHOWN,
    ) -> Outcome:
        """Do it, or refuse and leave nothing behind; `shown` is what the payload will show of the new state.

        Raises: RefusedError (not found, bad input, token no longer standing, database away).
        """
        now = self._clock()
        try:
            async with (await self._pool()).acquire() as connection:
                work = Work(cast("asyncpg.Connection[Any]", connection), caller, now, self._keyring)
                try:
                    async with connection.transaction():
                        if not (command.asks_standing or await connection.fetchval(_STANDING, caller.token_id)):
                            raise UnauthenticatedError
                        subject = await command.run(work, wish)
                        # Before COMMIT: a write that is not in the log cannot happen.
                        await self._audit.write(_record(name, caller, work, trace_id, "COMMAND", "OK", shown))
                except (DomainRefusalError, NotFoundError) as refusal:
                    await self._audit.write(_record(name, caller, work, trace_id, "REFUSAL", refusal.code))
                    if isinstance(refusal, DomainRefusalError):
                        return Outcome(None, refusal)
                    raise
                return Outcome(subject, None, frozenset(map(str, work.situations)))
        except MaillageError:
            raise
        except AWAY as problem:
            logger.warning("command without database", extra={"error": type(problem).__name__})
            raise UnavailableError(
                "Le service ne peut pas enregistrer pour le moment : rien n'a été écrit, réessayez."
            ) from None
        except BUSY:
            raise UnavailableError(
                "Une autre écriture est en cours sur cette fiche : rien n'a été écrit, réessayez.", reason="BUSY"
            ) from None
        except asyncpg.IntegrityConstraintViolationError as problem:
            # The message of the server quotes values and names constraints: only its class is kept.
            logger.warning("command refused by a constraint", extra={"error": type(problem).__name__})
            return Outcome(
                None, DomainRefusalError("NOT_ALLOWED_HERE", "Ces valeurs ne vont pas ensemble : rien n'a été écrit.")
            )


def _record(
    name: str,
    caller: Caller,
    work: Work,
    trace_id: str,
    event: Event,
    outcome: str,
    shown: Categories = _NOTHING_SHOWN,
) -> AccessRecord:
    categories = work.categories | set(shown.read)
    situations = ",".join(f'"{situation}"' for situation in sorted(work.situations, key=str))
    return AccessRecord(
        at=work.now,
        event=event,
        outcome=outcome,
        trace_id=trace_id,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        member_id=caller.member_id,
        audience=caller.audience.value,
        purpose=caller.purpose.value if caller.purpose else None,
        operation=name,
        document_hash=None,
        situations=f"[{situations}]".encode(),
        categories=tuple(sorted(categories)),
        withheld=tuple(sorted(set(shown.conditional) - categories)),
    )
