"""Everything about one situation, for the person whose data it is (GDPR article 15): gathered through the DPO's doors.

Only with an open request of the person on record, for a data protection officer with a live habilitation, and written
down in the access log before it leaves. What the policy never shows a DPO, what a second person would have to open
first (section 9) and what is about other people is left out, and the report says so, with the reason.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import DateTime, Text, bindparam, cast, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.audit_chain import AccessRecord
from loaders.context import BOUND, word
from loaders.context import values as context_values
from loaders.doors import Door, column_rule, door, noun_visible
from loaders.french import LABELS, TITLES
from loaders.logins import COMMANDS, login_of
from loaders.nouns import NOUNS, Noun
from loaders.rules import Rule
from loaders.standing import habilitation_is_live, organisation_is_open
from loaders.statement import compiled
from schema.errors import MaillageError
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.sharing import subject_request
from schema.tables.situation import minor, situation
from schema.vocabulary import (
    Audience,
    Category,
    MandateKind,
    MemberStatus,
    OrgKind,
    Protection,
    Purpose,
    Requester,
    Role,
    SubjectRequestKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg

    from loaders.audit import AuditWriter
    from loaders.execute import Reader

OPERATION = "subjectReport"
_DPO = Audience.DPO
# Other people's data (GDPR article 15, paragraph 4): whole nouns, and single columns that hold a name.
_OTHER_PEOPLE = frozenset({"ParentalHolder", "AllegedPerpetrator", "Caller"})
_OTHER_NAMES = {("InformationDuty", "person"), ("Measure", "caseworker")}
# Why a case has to be kept may be an investigation that the person does not know of.
_OF_PROCEDURES = {("LegalHold", "reason")}
# A report of the 119 is never communicable to a parent (CRPA L311-5, L311-6), whoever else may read it.
_NOT_FOR_PARENTS = frozenset({Category.REPORT_TEXT})
# The report tells these apart from the person's own data.
_RECIPIENTS, _READERS = "Disclosure", "Access"

_WHY_OTHER = "Données d'autres personnes (article 15, paragraphe 4, du RGPD)."
_WHY_PROCEDURE = "Peut relever du secret d'une enquête ou d'une instruction (article 11 du code de procédure pénale)."
_WHY_CALLER = "L'identité de l'appelant n'est jamais communiquée, quelle que soit la demande."
_WHY_NOTES = "Les notes d'écoute ne sont jamais communiquées : elles protègent la parole confiée au 119."
_WHY_PARENT = (
    "Un écrit du 119 n'est pas communicable aux titulaires de l'autorité parentale (articles L311-5 et L311-6 du CRPA)."
)
_WHY_SECOND = (
    "Hors de la vue du délégué tant qu'une seconde personne n'a pas ouvert cette catégorie pour cette demande "
    "(accès exceptionnel, motif SUBJECT_REQUEST)."
)
_WHY_NEVER = "Hors de la vue du délégué à la protection des données : à demander au service qui tient ces lignes."


class NoRequestError(MaillageError):
    """No open request of the person stands behind the wish: nothing is shown, not even whether the case exists."""

    code = "NO_SUBJECT_REQUEST"
    sentence = (
        "Aucune demande ouverte de la personne n'est enregistrée auprès de votre organisme pour cette situation : "
        "enregistrez-la d'abord."
    )


class OfThe119Error(MaillageError):
    """The case came from the 119, which alone answers for it; a partner's officer, who sees the case, is told so."""

    code = "OF_THE_119"
    sentence = (
        "Ce dossier vient du 119 : seul son délégué en fait l'export. Transmettez-lui la demande, puis répondez-y "
        "avec l'issue FORWARDED."
    )


class NoOfficerError(MaillageError):
    """Whoever asks is no data protection officer at this moment."""

    code = "NO_OFFICER"
    sentence = "Ce membre n'a pas d'habilitation de délégué à la protection des données en cours."


class WhichMinorError(MaillageError):
    """The situation is of several minors, each of whom has a right to their own data only."""

    code = "WHICH_MINOR"
    sentence = "Cette situation concerne plusieurs mineurs : dites lequel fait la demande (--minor)."


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one noun: columns as (name, French label, category), values as text."""

    noun: str
    title: str
    columns: tuple[tuple[str, str, Category], ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Omission:
    """What is left out, and why."""

    title: str
    category: Category
    labels: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """The whole answer: the person's data, who received them, who read them, what is left out."""

    ref: str
    made_at: datetime
    received_at: datetime
    due_at: datetime
    sections: tuple[Section, ...]
    recipients: Section
    readers: Section
    omissions: tuple[Omission, ...]


@dataclass(slots=True)
class _Gathered:
    sections: dict[str, Section] = field(default_factory=dict)
    omissions: list[Omission] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Request:
    """The request on record, and the case it is about."""

    situation_id: UUID
    id: UUID
    ref: str
    received_at: datetime
    due_at: datetime
    about: UUID | None
    of_a_parent: bool
    ours: bool
    minors: frozenset[UUID]


async def subject_report(
    reader: Reader,
    audit: AuditWriter,
    officer: UUID,
    ref: str,
    *,
    now: datetime,
    trace_id: str,
    about: UUID | None = None,
) -> SubjectReport:
    """The report of one situation, by its reference; `about` is the minor, where there are several.

    Raises: NoOfficerError, NoRequestError, OfThe119Error, WhichMinorError, UnavailableError (no record in the log, no report).
    """
    pool = await reader.pool(COMMANDS)
    caller = await _officer(pool, officer)
    request = await _open_request(pool, caller, ref)
    if request is None or (about is not None and about not in request.minors):
        await audit.write(_record(caller, now, trace_id, NoRequestError.code, None, _Gathered()))
        raise NoRequestError
    if not request.ours:
        await audit.write(_record(caller, now, trace_id, OfThe119Error.code, None, _Gathered()))
        raise OfThe119Error
    about = about or request.about
    if about is None and len(request.minors) > 1:
        raise WhichMinorError
    others = request.minors - {about or next(iter(request.minors), None)}
    gathered = _Gathered()
    async with (
        (await reader.pool(login_of(_DPO))).acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await _as_officer(connection, caller)
        for noun in NOUNS.values():
            if noun.situation_column:
                await _gather(connection, caller, noun, request, others, gathered)
    await audit.write(_record(caller, now, trace_id, "OK", request.situation_id, gathered))
    await _fetch(pool, _REPORTED, {"request": request.id, "at": now})
    return SubjectReport(
        request.ref,
        now,
        request.received_at,
        request.due_at,
        tuple(one for name, one in gathered.sections.items() if name not in {_RECIPIENTS, _READERS}),
        gathered.sections[_RECIPIENTS],
        gathered.sections[_READERS],
        tuple(gathered.omissions),
    )


def _record(
    caller: Caller, now: datetime, trace_id: str, outcome: str, case: UUID | None, gathered: _Gathered
) -> AccessRecord:
    return AccessRecord(
        at=now,
        event="READ" if case else "REFUSAL",
        outcome=outcome,
        trace_id=trace_id,
        organisation_id=caller.organisation_id,
        client_id=None,
        member_id=caller.member_id,
        audience=_DPO.value,
        purpose=Purpose.CONTROL.value,
        operation=OPERATION,
        document_hash=None,
        situations=orjson.dumps([str(case)] if case else []),
        categories=tuple(sorted(gathered.read)),
        withheld=tuple(sorted(gathered.withheld - gathered.read)),
    )


# ---------------------------------------------------------------- who asks, and on which request


async def _fetch(connection: Any, statement: Any, binds: Mapping[str, Any]) -> list[Any]:
    sql, names, constants = compiled(statement)
    known = {**constants, **binds}
    found: list[Any] = await connection.fetch(sql, *(known[name] for name in names))
    return found


async def _officer(pool: asyncpg.Pool[Any], officer: UUID) -> Caller:
    statement = (
        select(
            habilitation.c.id,
            organisation.c.id.label("organisation_id"),
            organisation.c.kind,
            organisation.c.mandate_kind,
            organisation.c.authority_id,
        )
        .join(member, member.c.id == habilitation.c.member_id)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .where(
            member.c.id == bindparam("officer", type_=Uuid(as_uuid=True)),
            member.c.status == word(MemberStatus.ACTIVE.value),
            habilitation.c.organisation_id == member.c.organisation_id,
            habilitation.c.role == word(Role.DPO.value),
            habilitation_is_live(),
            organisation_is_open(),
        )
    )
    rows = await _fetch(pool, statement, {"officer": officer})
    if not rows:
        raise NoOfficerError
    row = rows[0]
    return Caller(
        audience=_DPO,
        client_id="",
        organisation_id=row["organisation_id"],
        organisation_kind=OrgKind(row["kind"]),
        mandate_kind=MandateKind(row["mandate_kind"]) if row["mandate_kind"] else None,
        authority_id=row["authority_id"],
        member_id=officer,
        habilitation_id=row["id"],
        purpose=Purpose.CONTROL,
        scopes=frozenset(),
        token_id="",
        expires_at=0,
        epochs="",
    )


async def _open_request(pool: asyncpg.Pool[Any], caller: Caller, ref: str) -> _Request | None:
    """The oldest open request of access made to this controller about a situation within the officer's reach."""
    gate = door(_DPO, NOUNS["Situation"])
    statement = (
        select(
            gate.row.c.id.label("situation"),
            gate.row.c.ref,
            (gate.row.c.controller_org_id == BOUND.organisation).label("ours"),
            subject_request.c.id,
            subject_request.c.received_at,
            subject_request.c.due_at,
            subject_request.c.minor_id,
            subject_request.c.requester,
        )
        .join(subject_request, subject_request.c.situation_id == gate.row.c.id)
        .where(
            gate.row.c.ref == bindparam("ref", type_=Text),
            gate.where,
            subject_request.c.controller_org_id == BOUND.organisation,
            subject_request.c.kind == word(SubjectRequestKind.ACCESS.value),
            subject_request.c.answered_at.is_(None),
        )
        .order_by(subject_request.c.received_at, subject_request.c.id)
    )
    rows = await _fetch(pool, statement, {"ref": ref, **context_values(caller)})
    if not rows:
        return None
    row = rows[0]
    minors = select(minor.c.id).where(minor.c.situation_id == bindparam("case", type_=Uuid(as_uuid=True)))
    known = await _fetch(pool, minors, {"case": row["situation"]})
    return _Request(
        situation_id=row["situation"],
        id=row["id"],
        ref=row["ref"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        about=row["minor_id"],
        of_a_parent=row["requester"] == Requester.PARENTAL_HOLDER.value,
        ours=row["ours"],
        minors=frozenset(one["id"] for one in known),
    )


_REPORTED = (
    update(subject_request)
    .where(subject_request.c.id == bindparam("request", type_=Uuid(as_uuid=True)))
    .values(reported_at=bindparam("at", type_=DateTime(timezone=True)))
)


async def _as_officer(connection: Any, caller: Caller) -> None:
    """The second wall stands here too: the officer's login, with the officer's facts."""
    binds = context_values(caller)
    for name in ("organisation", "authority", "member", "kind", "purpose"):
        statement = select(
            func.set_config(word(f"app.{name}"), cast(bindparam("value", type_=Text), Text), true()).label("set")
        )
        await _fetch(connection, statement, {"value": str(binds[f"viewer_{name}"])})


# ---------------------------------------------------------------- one noun


async def _gather(
    connection: Any, caller: Caller, noun: Noun, request: _Request, others: Iterable[UUID], gathered: _Gathered
) -> None:
    shown: list[tuple[str, Rule]] = []
    never: dict[Category, list[str]] = {}
    other: dict[Category, list[str]] = {}
    secret: dict[Category, list[str]] = {}
    of_the_119: dict[Category, list[str]] = {}
    for column in noun.table.c:
        category: Category = column.info["category"]
        if category is Category.KEY:
            continue
        rule = column_rule(_DPO, noun, column.name)
        if rule is None:
            never.setdefault(category, []).append(column.name)
        elif request.of_a_parent and category in _NOT_FOR_PARENTS:
            of_the_119.setdefault(category, []).append(column.name)
        elif noun.name in _OTHER_PEOPLE or (noun.name, column.name) in _OTHER_NAMES:
            other.setdefault(category, []).append(column.name)
        elif (noun.name, column.name) in _OF_PROCEDURES:
            secret.setdefault(category, []).append(column.name)
        else:
            shown.append((column.name, rule))
    for omitted, why in ((never, None), (other, _WHY_OTHER), (secret, _WHY_PROCEDURE), (of_the_119, _WHY_PARENT)):
        for category, names in omitted.items():
            gathered.omissions.append(_omission(noun, category, names, why or _why_never(category)))
    if shown and noun_visible(_DPO, noun):
        await _rows(connection, caller, noun, request.situation_id, others, shown, gathered)


def _why_never(category: Category) -> str:
    if category is Category.CALLER_IDENTITY:
        return _WHY_CALLER
    return _WHY_NOTES if category.protection is Protection.P5 else _WHY_NEVER


def _omission(noun: Noun, category: Category, names: Iterable[str], why: str) -> Omission:
    return Omission(TITLES[noun.name], category, tuple(LABELS.get(name, name) for name in names), why)


async def _rows(
    connection: Any,
    caller: Caller,
    noun: Noun,
    case: UUID,
    others: Iterable[UUID],
    shown: list[tuple[str, Rule]],
    gathered: _Gathered,
) -> None:
    gate = door(_DPO, noun)
    open_to = [
        (gate.shows(rule) if not rule.implied_by(gate.rows) else true()).label(f"open_{name}") for name, rule in shown
    ]
    columns = [gate.column(name).label(name) for name, _ in shown]
    receivers = [gate.link(relation).label(f"link_{name}") for name, relation in _named(noun)]
    statement = (
        select(*columns, *open_to, *receivers)
        .where(
            gate.row.c[noun.situation_column or ""] == bindparam("case", type_=Uuid(as_uuid=True)),
            gate.where,
            *_not_of(gate, noun),
        )
        .order_by(gate.row.c[noun.tie])
    )
    rows = await _fetch(connection, statement, {"case": case, "others": list(others), **context_values(caller)})
    names = await _names(connection, caller, {row[f"link_{one}"] for row in rows for one, _ in _named(noun)})
    closed = {name for name, _ in shown if any(not row[f"open_{name}"] for row in rows)}
    by_category: dict[Category, list[str]] = {}
    for name in sorted(closed):
        by_category.setdefault(noun.table.c[name].info["category"], []).append(name)
    for category, withheld in by_category.items():
        gathered.omissions.append(_omission(noun, category, withheld, _WHY_SECOND))
        gathered.withheld.add(category.value)
    kept = [name for name, _ in shown if not rows or any(row[f"open_{name}"] for row in rows)]
    gathered.read |= {noun.table.c[name].info["category"].value for name in kept if rows}
    heads = [(name, LABELS[name], noun.table.c[name].info["category"]) for name in kept]
    heads += [(name, _PARTIES[name], relation.category or Category.KEY) for name, relation in _named(noun)]
    gathered.sections[noun.name] = Section(
        noun.name,
        TITLES[noun.name],
        tuple(heads),
        tuple(
            (
                *(_text(noun.table.c[name], row[name]) for name in kept),
                *(names.get(row[f"link_{one}"]) for one, _ in _named(noun)),
            )
            for row in rows
        ),
    )


_PARTIES = {
    "fromOrganisation": "communiqué par",
    "toOrganisation": "communiqué à",
    "organisation": "organisme",
}


def _named(noun: Noun) -> list[tuple[str, Any]]:
    """The organisations that a line of the ledger or of the log names."""
    if noun.name not in {_RECIPIENTS, _READERS}:
        return []
    return [(name, relation) for name, relation in noun.relations.items() if name in _PARTIES]


def _not_of(gate: Door, noun: Noun) -> list[Any]:
    """Rows of the other minors of the same situation are other people's."""
    column = "id" if noun.table is minor else "minor_id"
    if noun.table is situation or column not in gate.row.c:
        return []
    others = bindparam("others", type_=ARRAY(Uuid(as_uuid=True)))
    return [or_(gate.row.c[column].is_(None), gate.row.c[column] != func.all(others))]


async def _names(connection: Any, caller: Caller, ids: set[UUID | None]) -> dict[UUID | None, str]:
    gate = door(_DPO, NOUNS["Organisation"])
    wanted = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))
    statement = select(gate.row.c.id, gate.column("name").label("name")).where(
        gate.row.c.id == func.any(wanted), gate.where
    )
    known = [one for one in ids if one is not None]
    rows = await _fetch(connection, statement, {"ids": known, **context_values(caller)})
    return {row["id"]: row["name"] for row in rows}


def _text(column: Any, value: Any) -> str | None:
    """A cell as a French reader sees it: words by their label, lists in one line."""
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(_text(column, one) or "" for one in value)
    words = column.info.get("words")
    if words is not None:
        return str(words(value).label)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return _category(value) if column.name in {"field_groups", "categories", "conditional"} else str(value)


def _category(code: str) -> str:
    known = {one.value: one.label for one in Category}
    return f"{code} {known[code]}" if code in known else code
