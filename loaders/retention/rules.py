"""The rules: what each is called, what is due under it, and the work that is done then."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.dialects.postgresql import insert as upsert

from loaders.commands.entry import reference
from loaders.retention import case_files, due
from loaders.retention.terms import EVENTS_KEPT_MONTHS, TOKENS_KEPT_DAYS, End, Terms
from schema.tables.journal import outbox
from schema.tables.oauth import oauth_jti, oauth_token
from schema.tables.observation import live_danger
from schema.tables.protection import department_transfer
from schema.tables.sharing import case_archive
from schema.tables.situation import situation
from schema.vocabulary import RetentionState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

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
        "outbox": frozenset({"seq", "at"}),
        "retention_job": frozenset({"id", "proof"}),
    }
)
"""Table -> what the login `maillage_retention` reads of it, beside keys and what is copied: never a text about a person."""


Work = Callable[["AsyncConnection", Sequence[Any], datetime, Terms], Awaitable[None]]


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


def among(column: ColumnElement[Any], ids: Sequence[Any]) -> ColumnElement[bool]:
    return column == func.any(literal(list(ids), ARRAY(column.type)))


def _deleting(table: Table, key: str) -> Work:
    column = table.c[key]

    async def work(connection: "AsyncConnection", ids: Sequence[Any], _: datetime, __: Terms) -> None:
        await connection.execute(delete(table).where(among(column, ids)))

    return work


async def _archive(connection: "AsyncConnection", ids: Sequence[UUID], now: datetime, _: Terms) -> None:
    await connection.execute(
        update(situation).where(among(situation.c.id, ids)).values(retention_state=RetentionState.INTERMEDIATE.value)
    )
    archived = upsert(case_archive).on_conflict_do_update(
        index_elements=[case_archive.c.situation_id], set_={"archived_at": now}
    )
    await connection.execute(archived, [{"situation_id": identity, "archived_at": now} for identity in ids])
    await _tell(connection, "situation.archived", ids, now)


async def _end(connection: "AsyncConnection", ids: Sequence[UUID], now: datetime, terms: Terms) -> None:
    if terms.end is End.ANONYMISE:
        fresh = [uuid4() for _ in ids]
        await case_files.anonymise(connection, ids, fresh, [reference("A") for _ in ids])
    else:
        await case_files.erase(connection, ids)
    await connection.execute(select(func.monitoring_forget(cast(list(ids), ARRAY(Uuid(as_uuid=True))))))
    await _tell(connection, "situation.erased", ids, now)


async def _tell(connection: "AsyncConnection", kind: str, ids: Sequence[UUID], now: datetime) -> None:
    """Receivers forget what they keep: ids only, as any other event."""
    event = {"kind": kind, "at": now, "audiences": []}
    await connection.execute(insert(outbox), [{**event, "subject_id": one, "situation_id": one} for one in ids])


RULES: tuple[Rule, ...] = (
    Rule("LIVE_DANGER", "Dangers whose end has come are deleted.", due.danger, _deleting(live_danger, "id")),
    Rule(
        "TRANSFER",
        "What departments sent each other is deleted: 2 years after the last operation or measure, AEMO 5, placed 10 (R221-9).",
        due.transfer,
        _deleting(department_transfer, "id"),
    ),
    Rule(
        "INTERMEDIATE",
        "Situations whose last contact is long past are archived: only supervisors and DPO read them.",
        due.archive,
        _archive,
    ),
    Rule("END", "Archived situations are anonymised or deleted, and their data key with them.", due.end, _end),
    Rule(
        "ASSERTIONS",
        "Used sign-in assertions that are too old to pass again are deleted.",
        due.assertions,
        _deleting(oauth_jti, "digest"),
        of_case=False,
    ),
    Rule(
        "TOKENS",
        f"Access tokens expired for {TOKENS_KEPT_DAYS} days are deleted.",
        due.tokens,
        _deleting(oauth_token, "id"),
        of_case=False,
    ),
    Rule(
        "EVENTS",
        f"Events of more than {EVENTS_KEPT_MONTHS} months are deleted.",
        due.events,
        _deleting(outbox, "seq"),
        of_case=False,
    ),
)
