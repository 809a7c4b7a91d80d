"""Requests of persons about their data: taken down, followed, extended once, answered, each by a data protection officer.

The product decides nothing and tells nobody: it keeps the month (GDPR article 12), ties the export to the request, and
lets no access be called granted that was not exported, or whose author nobody has made sure of.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, select

from auth.policy import Act
from loaders.commands.case import ONE, civil_zone, of_our_register, part_of, same
from loaders.commands.entry import past, required, some
from loaders.commands.work import Command, Row, Work
from schema.deadlines import EXTENDED_REQUEST_MONTHS, request_due
from schema.errors import DomainRefusalError
from schema.tables.sharing import legal_hold, subject_request
from schema.types.acts_control import (
    AnswerSubjectRequestInput,
    ExtendSubjectRequestInput,
    RecordSubjectRequestInput,
    UpdateSubjectRequestInput,
)
from schema.vocabulary import SubjectRequestKind, SubjectRequestOutcome

_REASON = 1000
_NOUN = "SubjectRequest"
_FIELD = "subjectRequest"
_GIVEN: Collection[SubjectRequestOutcome] = (SubjectRequestOutcome.GRANTED, SubjectRequestOutcome.PARTLY_GRANTED)


async def record(work: Work, wish: RecordSubjectRequestInput) -> UUID:
    """Its month runs from the day it came in, in the civil time of who was asked."""
    received = past(wish.received_at, "receivedAt", work.now)
    case = None if wish.situation is None else (await work.lock("Situation", wish.situation, field="situation")).id
    identity = await work.insert(
        subject_request,
        situation_id=case,
        minor_id=await _minor(work, case, wish.minor),
        controller_org_id=work.caller.organisation_id,
        taken_by_id=work.caller.member_id,
        kind=wish.kind,
        requester=wish.requester,
        received_at=received,
        due_at=request_due(received, await civil_zone(work)),
    )
    await work.event("request.recorded", identity, situation=case)
    return identity


async def follow(work: Work, wish: UpdateSubjectRequestInput) -> UUID:
    """Which case it is about, whose data it is, that its author is who they say."""
    request = await _running(work, wish.subject_request, wish.expected_version)
    case = request["situation_id"]
    changes: dict[str, Any] = {}
    if wish.situation is not None:
        case = (await work.lock("Situation", wish.situation, field="situation")).id
        if case != request["situation_id"]:
            # What was exported, and whose data it was, was of another case.
            changes |= {"situation_id": case, "minor_id": None, "reported_at": None}
    if wish.minor is not None:
        changes["minor_id"] = await _minor(work, case, wish.minor)
    if wish.identity_checked_at is not None:
        changes["identity_checked_at"] = past(wish.identity_checked_at, "identityCheckedAt", work.now)
    await work.update(subject_request, request.id, **some(changes))
    await work.event("request.followed", request.id, situation=case)
    return request.id


async def extend(work: Work, wish: ExtendSubjectRequestInput) -> UUID:
    """Two months more, once, told within the first month, whatever has become of it since."""
    request = await _running(work, wish.subject_request, wish.expected_version)
    if request["extended_at"] is not None:
        raise DomainRefusalError(
            "ALREADY_EXTENDED", "Cette demande est déjà prolongée, et ne l'est qu'une fois.", _FIELD
        )
    if request["due_at"] <= work.now:
        raise DomainRefusalError(
            "TOO_LATE",
            "Le premier mois est passé : la prolongation devait être dite à la personne avant son terme.",
            _FIELD,
        )
    await work.update(
        subject_request,
        request.id,
        extended_at=work.now,
        extension_reason=required(wish.reason, "reason", _REASON),
        due_at=request_due(request["received_at"], await civil_zone(work), EXTENDED_REQUEST_MONTHS),
    )
    await work.event("request.extended", request.id, situation=request["situation_id"])
    return request.id


async def answer(work: Work, wish: AnswerSubjectRequestInput) -> UUID:
    """Closes it with the officer's decision."""
    request = await _running(work, wish.subject_request, wish.expected_version)
    decision = required(wish.decision, "decision", _REASON)
    if wish.outcome in _GIVEN:
        await _may_be_given(work, request)
    await work.update(subject_request, request.id, answered_at=work.now, outcome=wish.outcome, decision=decision)
    await work.event("request.answered", request.id, situation=request["situation_id"])
    return request.id


async def _may_be_given(work: Work, request: Row) -> None:
    if request["identity_checked_at"] is None:
        raise DomainRefusalError(
            "IDENTITY_NOT_CHECKED", "Assurez-vous d'abord de l'identité de l'auteur de la demande, et notez-le.", _FIELD
        )
    if request["kind"] == SubjectRequestKind.ACCESS.value and request["reported_at"] is None:
        raise DomainRefusalError(
            "NOT_EXPORTED", "Faites d'abord l'export du dossier pour cette demande : c'est lui qui est remis.", _FIELD
        )
    held = request["kind"] == SubjectRequestKind.ERASURE.value and request["situation_id"] is not None
    if held and await work.one(_HELD, situation=request["situation_id"]) is not None:
        raise DomainRefusalError(
            "LEGAL_HOLD", "Un gel couvre ce dossier : rien n'en est effacé avant sa levée.", _FIELD
        )


async def _running(work: Work, wanted: str, expected_version: str | None) -> Row:
    refusal = DomainRefusalError(
        "NOT_YOUR_REQUEST", "Cette demande est adressée à un autre organisme, dont le délégué y répond.", _FIELD
    )
    request = await of_our_register(
        work, _NOUN, wanted, field=_FIELD, expected_version=expected_version, refusal=refusal
    )
    if request["answered_at"] is not None:
        raise DomainRefusalError("ALREADY_ANSWERED", "Cette demande a déjà sa réponse.", _FIELD)
    return request


async def _minor(work: Work, case: UUID | None, wanted: str | None) -> UUID | None:
    if wanted is None:
        return None
    if case is None:
        raise DomainRefusalError("NO_SITUATION", "Indiquez d'abord la situation de ce mineur.", "minor")
    return (await part_of(work, "Minor", wanted, case, field="minor")).id


_HELD = (
    select(ONE)
    .where(same(legal_hold.c.situation_id, "situation"), legal_hold.c.lifted_at.is_(None))
    .limit(literal_column("1"))
)

COMMANDS = {
    "recordSubjectRequest": Command(Act.ANSWER_PERSONS, _NOUN, record),
    "updateSubjectRequest": Command(Act.ANSWER_PERSONS, _NOUN, follow),
    "extendSubjectRequest": Command(Act.ANSWER_PERSONS, _NOUN, extend),
    "answerSubjectRequest": Command(Act.ANSWER_PERSONS, _NOUN, answer),
}
