"""Exceptional access (break-glass): asked for in writing, seen by a second person, told to the owner, reviewed by a third.

A reference that is not the asker's is recorded like one that is, by the same statements and with the same answer: a row
without a situation, which opens nothing and which nobody sees. What a colleague on call opens is read by its receipt
only (loaders/emergency.py); what a data protection officer or a supervisor has opened, by the doors.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from auth.conditions import Condition
from auth.policy import Act, Reach, decision
from loaders.commands.case import EVERYBODY, civil_zone
from loaders.commands.emergency_statements import (
    BY_RECEIPT,
    CALLER_OF,
    COLLEAGUES_CASE,
    COLLEAGUES_REFERRAL,
    LINE,
    OUR_REFERRAL,
    REF,
    UNREVIEWED,
)
from loaders.commands.entry import names, required
from loaders.commands.work import Command, Work, row_id
from loaders.nouns import NOUNS
from loaders.policy.context import values as context_values
from loaders.policy.doors import door
from schema.deadlines import review_due
from schema.errors import DomainRefusalError, NotFoundError
from schema.tables.sharing import emergency_access
from schema.types.acts_emergency import (
    ApproveEmergencyAccessInput,
    CloseEmergencyAccessInput,
    OpenEmergencyAccessInput,
    RequestCallerIdentityInput,
    RequestControlAccessInput,
    ReviewEmergencyAccessInput,
)
from schema.vocabulary import (
    Audience,
    BreakGlassReason,
    BreakGlassReview,
    Category,
    OrgKind,
    Purpose,
)

LASTS = timedelta(minutes=60)
# A request that nobody has approved by then has to be made again.
WAITS = timedelta(hours=24)
OF_CONTROL = frozenset({BreakGlassReason.COMPLAINT, BreakGlassReason.SUBJECT_REQUEST, BreakGlassReason.REQUISITION})
CALLER = [Category.CALLER_IDENTITY.value]
_REFERENCE = 40


# ---------------------------------------------------------------- what can be opened


def openable(audience: Audience) -> frozenset[Category]:
    """The groups that an exceptional access opens to a role: never a caller, never a listening note."""
    found = set()
    for category in Category:
        if category is Category.KEY:
            continue
        cell = decision(audience, category)
        if audience is Audience.DPO:
            opened = Condition.BREAK_GLASS in cell.conditions
        else:
            # "Own O cells"; no grant comes with them.
            opened = cell.reach is Reach.OWN and Condition.GRANTED not in cell.conditions
        if opened:
            found.add(category)
    return frozenset(found)


def _groups(audience: Audience, wanted: list[str]) -> list[str]:
    groups = names(wanted, "fieldGroups", longest=3)
    if not groups or not set(groups) <= {category.value for category in openable(audience)}:
        raise DomainRefusalError(
            "NOT_OPENABLE",
            "Indiquez les seuls groupes nécessaires, parmi ceux qu'un accès exceptionnel ouvre à votre rôle.",
            "fieldGroups",
        )
    return groups


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference names, if it is the asker's: the case, whose it is, and who controls it."""

    situation: UUID | None = None
    assignee: UUID | None = None
    controller: UUID | None = None
    caller: UUID | None = None


NOTHING = Target()


# ---------------------------------------------------------------- asked for


async def request_control(work: Work, wish: RequestControlAccessInput) -> UUID:
    """A data protection officer asks; nothing opens before a second person approves."""
    groups = _groups(work.caller.audience, wish.field_groups)
    if wish.reason_code not in OF_CONTROL:
        raise DomainRefusalError(
            "NOT_YOUR_REASON",
            "Un délégué ouvre un dossier pour une réclamation, une demande ou une réquisition.",
            "reasonCode",
        )
    reason = required(wish.reason, "reason")
    await _must_not_be_blocked(work)
    target = await _in_dpo_scope(work, required(wish.ref, "ref", _REFERENCE))
    identity = await _record(work, target, wish.reason_code, reason, groups)
    await _tell(work, target, identity, "emergency.requested")
    return identity


async def request_caller(work: Work, wish: RequestCallerIdentityInput) -> UUID:
    """A supervisor asks a second one to open one caller (condition 9)."""
    reason = required(wish.reason, "reason")
    await _must_not_be_blocked(work)
    contact = await work.lock("Contact", wish.contact, field="contact")
    # Whether somebody is recorded there is not told: the answer is the same.
    found = await work.one(CALLER_OF, contact=contact.id)
    target = Target(contact["situation_id"], None, contact["controller_org_id"], found["id"] if found else None)
    identity = await _record(work, target, wish.reason_code, reason, CALLER)
    await _tell(work, target, identity, "emergency.requested")
    return identity


async def open_in_danger(work: Work, wish: OpenEmergencyAccessInput) -> UUID:
    """A colleague on call opens at once; a second person confirms within the hour, or the DPO is alerted."""
    groups = _groups(work.caller.audience, wish.field_groups)
    reason = required(wish.reason, "reason")
    await _must_not_be_blocked(work)
    statement = COLLEAGUES_CASE if work.caller.audience is Audience.ASE else COLLEAGUES_REFERRAL
    found = await work.one(
        statement,
        ref=required(wish.ref, "ref", _REFERENCE),
        organisation=work.caller.organisation_id,
        member=work.caller.member_id,
    )
    target = Target(found["situation"], found["assignee"], found["controller"]) if found else NOTHING
    due = None if target is NOTHING else work.now + LASTS
    identity = await _record(
        work,
        target,
        BreakGlassReason.IMMEDIATE_DANGER,
        reason,
        groups,
        confirm_due_at=due,
        **await _opening(work, target.situation),
    )
    await _ledger(work, target.situation, target.controller, work.caller.organisation_id, groups)
    await _tell(work, target, identity, "emergency.opened")
    return identity


async def _must_not_be_blocked(work: Work) -> None:
    """An access of theirs that nobody has reviewed in time blocks the next one, whatever it is to."""
    if await work.one(UNREVIEWED, member=work.caller.member_id, now=work.now) is not None:
        raise DomainRefusalError(
            "BREAK_GLASS_BLOCKED",
            "Un de vos accès exceptionnels attend encore son examen, dont le délai est passé : faites-le examiner d'abord.",
        )


async def _in_dpo_scope(work: Work, ref: str) -> Target:
    """The case by its reference; where a case is known by its orientations only, by one of theirs (rule 5.9)."""
    if work.caller.organisation_kind in {OrgKind.ASSOCIATION, OrgKind.FOYER}:
        found = await work.one(OUR_REFERRAL, ref=ref, organisation=work.caller.organisation_id)
    else:
        gate = door(work.caller.audience, NOUNS["Situation"])
        statement = select(gate.row.c.id.label("situation"), gate.row.c.controller_org_id.label("controller")).where(
            gate.row.c.ref == REF, gate.where
        )
        found = await work.one(statement, ref=ref, **context_values(work.caller))
    return Target(found["situation"], None, found["controller"]) if found else NOTHING


async def _record(
    work: Work, target: Target, code: BreakGlassReason, reason: str, groups: list[str], **opening: Any
) -> UUID:
    return await work.insert(
        emergency_access,
        situation_id=target.situation,
        caller_id=target.caller,
        assignee_id=target.assignee,
        member_id=work.caller.member_id,
        organisation_id=work.caller.organisation_id,
        reason_code=code,
        reason=reason,
        field_groups=groups,
        requested_at=work.now,
        **opening,
    )


async def _opening(work: Work, case: UUID | None) -> dict[str, Any]:
    """Sixty minutes from now, and the clock of the review where there is something to review."""
    due = review_due(work.now, await civil_zone(work))
    return {
        "opened_at": work.now,
        "expires_at": work.now + LASTS,
        "review": None if case is None else BreakGlassReview.PENDING,
        "review_due_at": None if case is None else due,
    }


async def _ledger(work: Work, case: UUID | None, controller: UUID | None, receiver: UUID, groups: list[str]) -> None:
    """A line of the disclosure ledger; where there is no case the same statement writes none."""
    await work.one(
        LINE,
        case=case,
        controller=controller,
        receiver=receiver,
        groups=groups,
        purpose=(work.caller.purpose or Purpose.CONTROL).value,
        at=work.now,
    )


async def _tell(work: Work, target: Target, identity: UUID, event: str) -> None:
    """The owner is told at once: the row is in their list, the event says that there is one."""
    told = () if target.situation is None else EVERYBODY
    await work.event(event, identity, situation=target.situation, audiences=told)


# ---------------------------------------------------------------- the second person


async def approve(work: Work, wish: ApproveEmergencyAccessInput) -> UUID:
    """Opens what waits for a second person before, confirms what was opened in danger."""
    access = await _of_a_colleague(work, wish.receipt)
    # Whoever has reviewed it under another habilitation is its third person already.
    if work.caller.member_id in {access["member_id"], access["reviewed_by_id"]}:
        raise DomainRefusalError(
            "SAME_PERSON", "Une autre personne que celle qui demande, ou qui a examiné, approuve.", "receipt"
        )
    if access["approved_by_id"] is not None:
        raise DomainRefusalError("WRONG_STATE", "Cet accès est déjà approuvé.", "receipt")
    mine = {"approved_by_id": work.caller.member_id, "approved_at": work.now}
    if access["opened_at"] is not None:
        if access["expires_at"] <= work.now:
            raise DomainRefusalError("TOO_LATE", "Cet accès s'est fermé sans confirmation.", "receipt")
        await work.update(emergency_access, access["id"], confirm_due_at=None, **mine)
        await _tell(work, Target(access["situation_id"]), access["id"], "emergency.confirmed")
        return UUID(str(access["id"]))
    if access["requested_at"] <= work.now - WAITS:
        raise DomainRefusalError("TOO_LATE", "Cette demande a plus de 24 heures : elle est à refaire.", "receipt")
    if await work.one(UNREVIEWED, member=access["member_id"], now=work.now) is not None:
        raise DomainRefusalError(
            "BREAK_GLASS_BLOCKED", "Un accès précédent de cette personne attend son examen.", "receipt"
        )
    await work.update(emergency_access, access["id"], **mine, **await _opening(work, access["situation_id"]))
    await _ledger(
        work, access["situation_id"], access["controller"], access["organisation_id"], list(access["field_groups"])
    )
    await _tell(work, Target(access["situation_id"]), access["id"], "emergency.opened")
    return UUID(str(access["id"]))


async def close(work: Work, wish: CloseEmergencyAccessInput) -> UUID:
    """Ends an open one at once, by whoever opened it or could be its second person."""
    access = await _of_a_colleague(work, wish.receipt)
    if access["opened_at"] is None or access["expires_at"] <= work.now:
        raise DomainRefusalError("WRONG_STATE", "Cet accès n'est pas ouvert.", "receipt")
    await work.update(emergency_access, access["id"], expires_at=work.now)
    await _tell(work, Target(access["situation_id"]), access["id"], "emergency.closed")
    return UUID(str(access["id"]))


async def _of_a_colleague(work: Work, receipt: str) -> Any:
    """The row of a receipt, locked, if it is the caller's own or the caller may be its second person.

    No door: a coordinator reads no exceptional access, and learns nothing of one here but that it is approved.
    """
    access = await work.one(BY_RECEIPT, receipt=row_id("EmergencyAccess", receipt, "receipt"))
    if access is None or not (access["member_id"] == work.caller.member_id or _may_be_second(work, access)):
        raise NotFoundError
    return access


def _may_be_second(work: Work, access: Any) -> bool:
    """Section 9, last column but one; condition 9 for a caller."""
    audience = work.caller.audience
    same_controller = access["organisation_id"] == work.caller.organisation_id
    if access["field_groups"] == CALLER:
        return audience is Audience.SUP and same_controller
    if access["reason_code"] in {code.value for code in OF_CONTROL}:
        return audience is Audience.SUP or (audience in {Audience.CRI, Audience.COO} and same_controller)
    return audience in {Audience.COO, Audience.ASE, Audience.ASM} and same_controller


# ---------------------------------------------------------------- the third person


async def review(work: Work, wish: ReviewEmergencyAccessInput) -> UUID:
    """PENDING -> JUSTIFIED | NOT_JUSTIFIED, by neither the first nor the second person."""
    access = await work.lock(
        "EmergencyAccess", wish.emergency_access, field="emergencyAccess", expected_version=wish.expected_version
    )
    if wish.verdict is BreakGlassReview.PENDING:
        raise DomainRefusalError("NOT_A_VERDICT", "Dites si l'accès était justifié ou non.", "verdict")
    if work.caller.member_id in {access["member_id"], access["approved_by_id"]}:
        raise DomainRefusalError(
            "SAME_PERSON",
            "Une troisième personne examine l'accès : ni celle qui l'a demandé, ni la seconde.",
            "emergencyAccess",
        )
    if access["review"] != BreakGlassReview.PENDING.value:
        raise DomainRefusalError("WRONG_STATE", "Il n'y a rien à examiner ici, ou c'est déjà fait.", "emergencyAccess")
    await work.update(
        emergency_access,
        access.id,
        review=wish.verdict,
        review_reason=required(wish.reason, "reason"),
        reviewed_by_id=work.caller.member_id,
        reviewed_at=work.now,
        review_due_at=None,
    )
    event = "emergency.incident" if wish.verdict is BreakGlassReview.NOT_JUSTIFIED else "emergency.reviewed"
    await work.event(event, access.id, situation=access["situation_id"], audiences=EVERYBODY)
    return access.id


COMMANDS = {
    "requestControlAccess": Command(Act.ASK_CONTROL_ACCESS, "EmergencyAccess", request_control),
    "requestCallerIdentity": Command(Act.ASK_CALLER_IDENTITY, "EmergencyAccess", request_caller),
    "openEmergencyAccess": Command(Act.OPEN_IN_DANGER, "EmergencyAccess", open_in_danger),
    "approveEmergencyAccess": Command(Act.BE_THE_SECOND_PERSON, "EmergencyAccess", approve),
    "closeEmergencyAccess": Command(Act.END_EXCEPTIONAL_ACCESS, "EmergencyAccess", close),
    "reviewEmergencyAccess": Command(Act.REVIEW_EXCEPTIONAL_ACCESS, "EmergencyAccess", review),
}
