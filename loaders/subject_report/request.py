"""Who asks, and on which request: a data protection officer of this moment, for an open request of the person."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.nouns import NOUNS
from loaders.policy.context import BOUND, word
from loaders.policy.context import values as context_values
from loaders.policy.doors import door
from loaders.postgres.connections import Lanes
from loaders.statement.fetching import fetch
from loaders.tokens.standing import habilitation_is_live, organisation_is_open
from schema.errors import MaillageError
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.sharing import subject_request
from schema.tables.situation import minor
from schema.vocabulary import (
    Audience,
    MandateKind,
    MemberStatus,
    OrgKind,
    Purpose,
    Requester,
    Role,
    SubjectRequestKind,
)

DPO = Audience.DPO


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
class AccessRequest:
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


async def officer_of(lanes: Lanes, officer: UUID) -> Caller:
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
    rows = await fetch(lanes, statement, {"officer": officer})
    if not rows:
        raise NoOfficerError
    row = rows[0]
    return Caller.without_token(
        DPO,
        row["organisation_id"],
        OrgKind(row["kind"]),
        mandate_kind=MandateKind(row["mandate_kind"]) if row["mandate_kind"] else None,
        authority_id=row["authority_id"],
        member_id=officer,
        habilitation_id=row["id"],
        purpose=Purpose.CONTROL,
    )


async def open_request(lanes: Lanes, caller: Caller, ref: str) -> AccessRequest | None:
    """The oldest open request of access made to this controller about a situation within the officer's reach."""
    gate = door(DPO, NOUNS["Situation"])
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
    rows = await fetch(lanes, statement, {"ref": ref, **context_values(caller)})
    if not rows:
        return None
    row = rows[0]
    minors = select(minor.c.id).where(minor.c.situation_id == bindparam("case", type_=Uuid(as_uuid=True)))
    known = await fetch(lanes, minors, {"case": row["situation"]})
    return AccessRequest(
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


REPORTED = (
    update(subject_request)
    .where(subject_request.c.id == bindparam("request", type_=Uuid(as_uuid=True)))
    .values(reported_at=bindparam("at", type_=DateTime(timezone=True)))
)
