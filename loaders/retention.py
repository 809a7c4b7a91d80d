"""The retention rules: what is due at a moment, what a legal hold keeps, and one transaction per batch that does it.

Every rule is a SELECT of what is due, the same for the explanation and for the work. A batch locks its situations, asks
again what is due of them now that nobody can add a hold or a contact, does it, and writes its proof with it: a run that
is killed leaves whole batches behind it, and the next run goes on.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Interval,
    Select,
    Table,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    not_,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from loaders import case_files
from loaders.commands.entry import reference
from loaders.context import one_of, word
from schema.errors import SetupError
from schema.tables.contact import contact
from schema.tables.directory import organisation
from schema.tables.journal import outbox
from schema.tables.oauth import oauth_jti, oauth_token
from schema.tables.observation import live_danger
from schema.tables.protection import department_transfer, measure
from schema.tables.sharing import case_archive, legal_hold, retention_job
from schema.tables.situation import situation
from schema.vocabulary import MeasureDecision, OrgKind, RetentionState

BATCH = 200
TOKENS_KEPT_DAYS = 30
EVENTS_KEPT_MONTHS = 13
LOG_KEPT_MONTHS = 12
# NATDECASSED (CASF annexe 2-8): the measures for which R221-9 keeps longer what departments sent each other.
AEMO = ("15", "16")
PLACED = ("17", "18")
_AEMO_YEARS, _PLACED_YEARS, _YEARS = 5, 10, 2


RETENTION_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "situation": frozenset({"retention_state"}),
        "live_danger": frozenset({"until"}),
        "department_transfer": frozenset({"requested_at", "duty_at", "sent_at", "received_at", "closed_at"}),
        "measure": frozenset({"decision", "nature", "ends_on"}),
        "legal_hold": frozenset({"lifted_at"}),
        "case_archive": frozenset({"archived_at"}),
        "organisation": frozenset({"id", "kind"}),
        "oauth_jti": frozenset({"digest", "expires_at"}),
        "oauth_token": frozenset({"id", "expires_at"}),
        "outbox": frozenset({"id", "at"}),
        "retention_job": frozenset({"id", "proof"}),
    }
)
"""Table -> what the login `maillage_retention` reads of it, beside keys and what is copied: never a text about a person."""


class End(Enum):
    """What becomes of a case after intermediate archiving."""

    ANONYMISE = "ANONYMISE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Terms:
    """The lengths that the operator sets; the others are the law's."""

    active_months: int
    intermediate_months: int
    end: End


Work = Callable[[AsyncConnection, Sequence[Any], datetime, Terms], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, its sentence, what is due (id, situation, controller, since, held), and the work.

    `of_case`: a hold can block it, and its situations are locked.
    """

    code: str
    sentence: str
    due: Callable[[datetime, Terms], Select[Any]]
    work: Work
    of_case: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """How much is due under a rule, for one controller, and how much of it a hold keeps."""

    rule: Rule
    controller: UUID | None
    rows: int
    held: int
    oldest: datetime | None


# ---------------------------------------------------------------- moments


def _at(now: datetime) -> ColumnElement[datetime]:
    return literal(now, DateTime(timezone=True))


def _span(**parts: int | ColumnElement[int]) -> ColumnElement[Any]:
    """`months` or `years` as an interval: calendar months, clamped to the month's end."""
    years, months = parts.get("years", 0), parts.get("months", 0)
    return func.make_interval(years, months, type_=Interval())


def _held(situation_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    hold = legal_hold.alias()
    return _exists(hold.c.situation_id == situation_id, hold.c.lifted_at.is_(None))


def _exists(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    # `SELECT *` would need every column of the table.
    return exists(select(literal_column("1")).where(*clauses).correlate(situation))


def _last_contact() -> ColumnElement[datetime]:
    """The last exchange about a situation, either way; its opening where there is none."""
    latest = (
        select(func.max(contact.c.at)).where(contact.c.situation_id == situation.c.id).correlate(situation)
    ).scalar_subquery()
    return func.greatest(situation.c.opened_at, latest)


def _has_measure(*natures: str) -> ColumnElement[bool]:
    return _exists(
        measure.c.situation_id == situation.c.id,
        measure.c.decision == word(MeasureDecision.JUDICIAL.value),
        one_of(measure.c.nature, natures),
    )


def _last_measure() -> ColumnElement[datetime]:
    """The end of the last measure: never, while one has no end."""
    over = func.timezone(word(case_files.PARIS), cast(measure.c.ends_on + 1, DateTime), type_=DateTime(timezone=True))
    never = literal_column("'infinity'::timestamptz", DateTime(timezone=True))
    return (
        select(func.max(func.coalesce(over, never)))
        .where(measure.c.situation_id == situation.c.id)
        .correlate(situation)
    ).scalar_subquery()


def _transfer_term(transfer: FromClause) -> ColumnElement[datetime]:
    """R221-9: two years after the last operation or measure, five after an AEMO, ten after a placement."""
    moments = ("requested_at", "duty_at", "sent_at", "received_at", "closed_at")
    last = func.greatest(_last_contact(), _last_measure(), *(transfer.c[name] for name in moments))
    years = case((_has_measure(*PLACED), _PLACED_YEARS), (_has_measure(*AEMO), _AEMO_YEARS), else_=_YEARS)
    return last + _span(years=years)


def _among(column: ColumnElement[Any], ids: Sequence[Any]) -> ColumnElement[bool]:
    return column == func.any(literal(list(ids), ARRAY(column.type)))


# ---------------------------------------------------------------- what is due


def _of_case(identity: ColumnElement[Any], since: ColumnElement[Any]) -> Select[Any]:
    return select(
        identity.label("id"),
        situation.c.id.label("situation"),
        situation.c.controller_org_id.label("controller"),
        since.label("since"),
        _held(situation.c.id).label("held"),
    )


def _danger_due(now: datetime, _: Terms) -> Select[Any]:
    rows = _of_case(live_danger.c.id, live_danger.c.until)
    return rows.join_from(live_danger, situation, live_danger.c.situation_id == situation.c.id).where(
        live_danger.c.until <= _at(now)
    )


def _transfer_due(now: datetime, _: Terms) -> Select[Any]:
    term = _transfer_term(department_transfer)
    rows = _of_case(department_transfer.c.id, term)
    return rows.join_from(department_transfer, situation, department_transfer.c.situation_id == situation.c.id).where(
        department_transfer.c.sent_at.is_not(None), term <= _at(now)
    )


def _archive_due(now: datetime, terms: Terms) -> Select[Any]:
    since = _last_contact() + _span(months=terms.active_months)
    return _of_case(situation.c.id, since).where(
        situation.c.retention_state == word(RetentionState.ACTIVE.value), since <= _at(now)
    )


def _end_due(now: datetime, terms: Terms) -> Select[Any]:
    archived = select(case_archive.c.archived_at).where(case_archive.c.situation_id == situation.c.id)
    # A case archived before its date was written down has been so since its active time ended.
    began = func.coalesce(
        archived.correlate(situation).scalar_subquery(), _last_contact() + _span(months=terms.active_months)
    )
    transfer = department_transfer.alias()
    # What departments sent each other has a term of its own: until then the case stays in intermediate archiving.
    sent = (
        select(func.max(_transfer_term(transfer)))
        .where(transfer.c.situation_id == situation.c.id, transfer.c.sent_at.is_not(None))
        .correlate(situation)
        .scalar_subquery()
    )
    since = func.greatest(began + _span(months=terms.intermediate_months), sent)
    return _of_case(situation.c.id, since).where(
        situation.c.retention_state == word(RetentionState.INTERMEDIATE.value), since <= _at(now)
    )


def _of_nobody(key: ColumnElement[Any], since: ColumnElement[Any]) -> Select[Any]:
    """Rows without a case: those of the service itself, which the 119's organisation answers for."""
    nobody = cast(null(), Uuid(as_uuid=True))
    return select(
        key.label("id"),
        nobody.label("situation"),
        nobody.label("controller"),
        since.label("since"),
        false().label("held"),
    )


def _assertions_due(now: datetime, _: Terms) -> Select[Any]:
    return _of_nobody(oauth_jti.c.digest, oauth_jti.c.expires_at).where(oauth_jti.c.expires_at <= _at(now))


def _tokens_due(now: datetime, _: Terms) -> Select[Any]:
    since = oauth_token.c.expires_at + func.make_interval(0, 0, 0, TOKENS_KEPT_DAYS, type_=Interval())
    return _of_nobody(oauth_token.c.id, since).where(since <= _at(now))


def _events_due(now: datetime, _: Terms) -> Select[Any]:
    since = outbox.c.at + _span(months=EVENTS_KEPT_MONTHS)
    return _of_nobody(outbox.c.id, since).where(since <= _at(now))


# ---------------------------------------------------------------- the work


def _deleting(table: Table, key: str) -> Work:
    column = table.c[key]

    async def work(connection: AsyncConnection, ids: Sequence[Any], _: datetime, __: Terms) -> None:
        await connection.execute(delete(table).where(_among(column, ids)))

    return work


async def _archive(connection: AsyncConnection, ids: Sequence[UUID], now: datetime, _: Terms) -> None:
    await connection.execute(
        update(situation).where(_among(situation.c.id, ids)).values(retention_state=RetentionState.INTERMEDIATE.value)
    )
    archived = upsert(case_archive).on_conflict_do_update(
        index_elements=[case_archive.c.situation_id], set_={"archived_at": now}
    )
    await connection.execute(archived, [{"situation_id": identity, "archived_at": now} for identity in ids])
    await _tell(connection, "situation.archived", ids, now)


async def _end(connection: AsyncConnection, ids: Sequence[UUID], now: datetime, terms: Terms) -> None:
    if terms.end is End.ANONYMISE:
        fresh = [uuid4() for _ in ids]
        await case_files.anonymise(connection, ids, fresh, [reference("A") for _ in ids])
    else:
        await case_files.erase(connection, ids)
    await connection.execute(select(func.monitoring_forget(cast(list(ids), ARRAY(Uuid(as_uuid=True))))))
    await _tell(connection, "situation.erased", ids, now)


async def _tell(connection: AsyncConnection, kind: str, ids: Sequence[UUID], now: datetime) -> None:
    """Receivers forget what they keep: ids only, as any other event."""
    event = {"kind": kind, "at": now, "audiences": []}
    await connection.execute(insert(outbox), [{**event, "subject_id": one, "situation_id": one} for one in ids])


RULES: tuple[Rule, ...] = (
    Rule("LIVE_DANGER", "Dangers whose end has come are deleted.", _danger_due, _deleting(live_danger, "id")),
    Rule(
        "TRANSFER",
        "What departments sent each other is deleted: 2 years after the last operation or measure, AEMO 5, placed 10 (R221-9).",
        _transfer_due,
        _deleting(department_transfer, "id"),
    ),
    Rule(
        "INTERMEDIATE",
        "Situations whose last contact is long past are archived: only supervisors and DPO read them.",
        _archive_due,
        _archive,
    ),
    Rule("END", "Archived situations are anonymised or deleted, and their data key with them.", _end_due, _end),
    Rule(
        "ASSERTIONS",
        "Used sign-in assertions that are too old to pass again are deleted.",
        _assertions_due,
        _deleting(oauth_jti, "digest"),
        of_case=False,
    ),
    Rule(
        "TOKENS",
        f"Access tokens expired for {TOKENS_KEPT_DAYS} days are deleted.",
        _tokens_due,
        _deleting(oauth_token, "id"),
        of_case=False,
    ),
    Rule(
        "EVENTS",
        f"Events of more than {EVENTS_KEPT_MONTHS} months are deleted.",
        _events_due,
        _deleting(outbox, "id"),
        of_case=False,
    ),
)


# ---------------------------------------------------------------- the explanation


async def overview(engine: AsyncEngine, now: datetime, terms: Terms) -> list[Due]:
    """What every rule would do now: nothing is locked, nothing is changed."""
    found: list[Due] = []
    async with engine.connect() as connection:
        for rule in RULES:
            due = rule.due(now, terms).subquery()
            counted = select(
                due.c.controller,
                func.count().label("rows"),
                func.count().filter(due.c.held).label("held"),
                func.min(due.c.since).label("oldest"),
            ).group_by(due.c.controller)
            rows = (await connection.execute(counted)).all()
            found += [Due(rule, row.controller, row.rows, row.held, row.oldest) for row in rows] or [
                Due(rule, None, 0, 0, None)
            ]
    return found


# ---------------------------------------------------------------- the run


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did under one rule, for one controller."""

    rule: Rule
    controller: UUID
    rows: int
    held: int
    proof: str


async def apply(
    engine: AsyncEngine,
    now: datetime,
    terms: Terms,
    told: Callable[[str, int, int], None] = lambda _rule, _done, _total: None,
    *,
    batch: int = BATCH,
) -> list[Done]:
    """Do all that is due, rule by rule, in batches of one transaction each."""
    done: list[Done] = []
    for rule in RULES:
        for controller, (ids, held) in (await _worklist(engine, rule, now, terms)).items():
            job = _Job(rule, controller, held)
            for first in range(0, len(ids), batch):
                async with engine.begin() as connection:
                    await job.batch(connection, ids[first : first + batch], now, terms)
                told(rule.code, min(first + batch, len(ids)), len(ids))
            if not ids:
                async with engine.begin() as connection:
                    await job.write(connection, now, [])
            done.append(Done(rule, controller, job.rows, held, job.proof))
    return done


async def _worklist(
    engine: AsyncEngine, rule: Rule, now: datetime, terms: Terms
) -> Mapping[UUID, tuple[list[Any], int]]:
    """Controller -> the ids that are due, the oldest first, and how many a hold keeps."""
    found: dict[Any, tuple[list[Any], int]] = {}
    due = rule.due(now, terms).subquery()
    wanted = select(due.c.id, due.c.controller, due.c.held).order_by(due.c.since)
    async with engine.connect() as connection:
        rows = (await connection.execute(wanted)).all()
        own = await _service_controller(connection) if rows and not rule.of_case else None
    for identity, controller, held in rows:
        ids, kept = found.get(controller or own, ([], 0))
        if not held:
            ids.append(identity)
        found[controller or own] = ids, kept + bool(held)
    return found


async def _service_controller(connection: AsyncConnection) -> UUID:
    wanted = (
        select(organisation.c.id).where(organisation.c.kind == word(OrgKind.DLPM.value)).order_by(organisation.c.id)
    )
    found: UUID | None = (await connection.execute(wanted.limit(1))).scalar()
    if found is None:
        raise SetupError("There is no organisation of kind DLPM, which answers for the service's own rows.")
    return found


class _Job:
    """The proof of one rule for one controller: one row, written with every batch."""

    def __init__(self, rule: Rule, controller: UUID, held: int) -> None:
        self.rows = 0
        self.proof = hashlib.sha256(rule.code.encode()).hexdigest()
        self._rule = rule
        self._controller = controller
        self._held = held
        self._id = uuid4()

    async def batch(self, connection: AsyncConnection, ids: Sequence[Any], now: datetime, terms: Terms) -> None:
        """One transaction: of these, what is still due and not held."""
        still = await self._still_due(connection, ids, now, terms) if self._rule.of_case else ids
        if not still:
            return
        await self._rule.work(connection, still, now, terms)
        await self.write(connection, now, still)

    async def _still_due(
        self, connection: AsyncConnection, ids: Sequence[UUID], now: datetime, terms: Terms
    ) -> Sequence[UUID]:
        due = self._rule.due(now, terms).subquery()
        situations = select(due.c.situation).where(_among(due.c.id, ids))
        # In one order, so that two runs never wait for each other in a ring. From here on nobody adds a contact or a
        # hold: both need this row.
        lock = select(situation.c.id).where(situation.c.id.in_(situations)).order_by(situation.c.id).with_for_update()
        locked = (await connection.execute(lock)).scalars().all()
        again = select(due.c.id).where(_among(due.c.id, ids), _among(due.c.situation, locked), not_(due.c.held))
        return (await connection.execute(again)).scalars().all()

    async def write(self, connection: AsyncConnection, now: datetime, ids: Sequence[Any]) -> None:
        """The proof so far: how many rows, and a hash that only who knows the ids can recompute."""
        rows, proof = self.rows + len(ids), proof_of(self.proof, ids)
        values = {"rows_changed": rows, "proof": proof}
        job = upsert(retention_job).values(
            id=self._id,
            controller_org_id=self._controller,
            rule=self._rule.code,
            ran_at=now,
            held_back=self._held,
            **values,
        )
        await connection.execute(job.on_conflict_do_update(index_elements=[retention_job.c.id], set_=values))
        self.rows, self.proof = rows, proof


def proof_of(before: str, ids: Sequence[Any]) -> str:
    """SHA-256 over the proof before and the ids of a batch, sorted."""
    names = sorted(identity.hex() if isinstance(identity, bytes) else str(identity) for identity in ids)
    return hashlib.sha256("\n".join([before, *names]).encode()).hexdigest()


__all__ = ["RULES", "Done", "Due", "End", "Rule", "Terms", "apply", "overview", "proof_of"]
