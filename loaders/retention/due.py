"""What is due at a moment, one SELECT a rule: (id, situation, controller, since, held), the same to explain and to work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Interval,
    Select,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.policy.context import one_of, word
from loaders.retention import case_files
from loaders.retention.terms import (
    AEMO,
    AEMO_YEARS,
    EVENTS_KEPT_MONTHS,
    PLACED,
    PLACED_YEARS,
    TOKENS_KEPT_DAYS,
    TRANSFER_YEARS,
    Terms,
)
from schema.tables.contact import contact
from schema.tables.journal import outbox
from schema.tables.oauth import oauth_jti, oauth_token
from schema.tables.observation import live_danger
from schema.tables.protection import department_transfer, measure
from schema.tables.sharing import case_archive, legal_hold
from schema.tables.situation import situation
from schema.vocabulary import MeasureDecision, RetentionState

# ---------------------------------------------------------------- moments


def _at(now: datetime) -> ColumnElement[datetime]:
    return literal(now, DateTime(timezone=True))


def _span(*, years: int | ColumnElement[int] = 0, months: int = 0, days: int = 0) -> ColumnElement[Any]:
    """A stretch of the calendar: months are clamped to the month's end."""
    return func.make_interval(years, months, 0, days, type_=Interval())


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
    years = case((_has_measure(*PLACED), PLACED_YEARS), (_has_measure(*AEMO), AEMO_YEARS), else_=TRANSFER_YEARS)
    return last + _span(years=years)


# ---------------------------------------------------------------- what is due


def _of_case(identity: ColumnElement[Any], since: ColumnElement[Any]) -> Select[Any]:
    return select(
        identity.label("id"),
        situation.c.id.label("situation"),
        situation.c.controller_org_id.label("controller"),
        since.label("since"),
        _held(situation.c.id).label("held"),
    )


def danger(now: datetime, _: Terms) -> Select[Any]:
    rows = _of_case(live_danger.c.id, live_danger.c.until)
    return rows.join_from(live_danger, situation, live_danger.c.situation_id == situation.c.id).where(
        live_danger.c.until <= _at(now)
    )


def transfer(now: datetime, _: Terms) -> Select[Any]:
    term = _transfer_term(department_transfer)
    rows = _of_case(department_transfer.c.id, term)
    return rows.join_from(department_transfer, situation, department_transfer.c.situation_id == situation.c.id).where(
        department_transfer.c.sent_at.is_not(None), term <= _at(now)
    )


def archive(now: datetime, terms: Terms) -> Select[Any]:
    since = _last_contact() + _span(months=terms.active_months)
    return _of_case(situation.c.id, since).where(
        situation.c.retention_state == word(RetentionState.ACTIVE.value), since <= _at(now)
    )


def end(now: datetime, terms: Terms) -> Select[Any]:
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


def assertions(now: datetime, _: Terms) -> Select[Any]:
    return _of_nobody(oauth_jti.c.digest, oauth_jti.c.expires_at).where(oauth_jti.c.expires_at <= _at(now))


def tokens(now: datetime, _: Terms) -> Select[Any]:
    since = oauth_token.c.expires_at + _span(days=TOKENS_KEPT_DAYS)
    return _of_nobody(oauth_token.c.id, since).where(since <= _at(now))


def events(now: datetime, _: Terms) -> Select[Any]:
    kept = _span(months=EVENTS_KEPT_MONTHS)
    since = outbox.c.at + kept
    # Months have no length: said the other way round too, with days to spare, so that an index finds them.
    return _of_nobody(outbox.c.seq, since).where(outbox.c.at <= _at(now) - kept + _span(days=4), since <= _at(now))
