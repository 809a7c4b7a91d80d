"""Sharing under CASF L226-2-2: asked for by one person, approved by another, ended by either side at any moment.

What section 7 of the permissions lists is checked when it is asked for, again when it is approved, and at every read
(`reach_definition` in loaders/policy/reach.py). The approval ends by asking the reach table itself: what is approved is what
reads will find, or nothing is.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, literal_column, or_, select

from auth.policy import Act
from loaders.commands.case import EVERYBODY, ONE, TEAM, must_be, must_be_mine, open_case, open_case_of, part_of, same
from loaders.commands.entry import coming, optional, required
from loaders.commands.lawful_sharing import RECEIVERS, lawful_groups
from loaders.commands.notice import copies_a_note
from loaders.commands.work import Command, Row, Work, row_id
from schema.errors import DomainRefusalError
from schema.tables.directory import organisation
from schema.tables.journal import reach
from schema.tables.report import concern_report
from schema.tables.sharing import sharing_grant
from schema.types.acts_sharing import (
    ApproveSharingGrantInput,
    RefuseSharingGrantInput,
    RequestSharingGrantInput,
    RevokeSharingGrantInput,
)
from schema.vocabulary import (
    Audience,
    Category,
    GrantState,
    InformationDutyKind,
    OrgKind,
    Purpose,
    Role,
)

LONGEST = timedelta(days=90)
# A text that repeats a notice or a note of this length word for word was not written for its receiver.
_COPIED: Any = literal_column("40")
_NOT_ENDED = frozenset({GrantState.REQUESTED, GrantState.APPROVED, GrantState.ACTIVE})


# ---------------------------------------------------------------- asked for


async def request(work: Work, wish: RequestSharingGrantInput) -> UUID:
    """REQUESTED: nothing is shared until somebody else approves."""
    case = await open_case(work, wish.situation)
    if work.caller.audience is Audience.LIS:
        await must_be_mine(work, case.id)
    receiver = await work.visible("Organisation", wish.to_organisation, field="toOrganisation")
    duty = await part_of(work, "InformationDuty", wish.duty, case.id, field="duty")
    if duty["duty"] != InformationDutyKind.SHARING.value:
        raise DomainRefusalError(
            "WRONG_DUTY", "Un partage repose sur l'obligation d'information SHARING de la situation.", "duty"
        )
    expires_at = coming(wish.expires_at, "expiresAt", work.now)
    if expires_at > work.now + LONGEST:
        raise DomainRefusalError("TOO_LONG", "Un partage dure 90 jours au plus.", "expiresAt")
    person = row_id("Member", wish.to_member, "toMember")
    groups = await lawful_groups(work, case.id, person, receiver.values, wish.purpose, wish.field_groups)
    identity = await work.insert(
        sharing_grant,
        situation_id=case.id,
        from_member_id=work.caller.member_id,
        from_org_id=work.caller.organisation_id,
        to_member_id=person,
        to_org_id=receiver.id,
        duty_id=duty.id,
        purpose=wish.purpose,
        field_groups=[group.value for group in groups],
        extract=await _extract(work, case.id, wish.extract, needed=_needs_extract(receiver["kind"], groups)),
        justification=required(wish.justification, "justification"),
        state=GrantState.REQUESTED,
        starts_at=work.now,
        expires_at=expires_at,
    )
    await work.event("grant.requested", identity, situation=case.id, audiences=_givers(work))
    return identity


def _needs_extract(kind: str, groups: list[Category]) -> bool:
    return RECEIVERS[OrgKind(kind)] is Role.ASM and Category.REPORT_TEXT in groups


async def _extract(work: Work, case: UUID, value: str | None, *, needed: bool) -> str | None:
    """The text written for an association, which never reads the notice itself (condition 2)."""
    text = optional(value, "extract")
    if needed != (text is not None):
        sentence = (
            "Une association ne lit pas l'information préoccupante : écrivez l'extrait dont elle a besoin."
            if needed
            else "Un extrait ne s'écrit que pour une association ou un foyer qui reçoit G11."
        )
        raise DomainRefusalError("MISSING_EXTRACT" if needed else "NO_EXTRACT_HERE", sentence, "extract")
    if text is None:
        return None
    if await work.one(_COPIED_NOTICE, situation=case, text=text) is not None:
        raise DomainRefusalError(
            "COPIED_NOTICE",
            "Cet extrait recopie l'information préoccupante : écrivez-le pour l'association.",
            "extract",
        )
    # Of the 119's own listeners only: to anybody else the answer would say what a note of theirs contains.
    if work.caller.audience is Audience.LIS and await copies_a_note(work, case, text):
        raise DomainRefusalError(
            "COPIED_NOTE", "Cet extrait recopie une note d'écoute, qui ne quitte pas le 119.", "extract"
        )
    return text


# ---------------------------------------------------------------- decided


async def approve(work: Work, wish: ApproveSharingGrantInput) -> UUID:
    """REQUESTED -> ACTIVE, now; the ledger says what is given to whom, in the same transaction."""
    grant = await _to_decide(work, wish)
    if grant["expires_at"] <= work.now:
        raise DomainRefusalError("EXPIRED", "La durée demandée est déjà écoulée : faites une nouvelle demande.")
    receiver = await work.one(_ORGANISATION, organisation=grant["to_org_id"])
    assert receiver is not None  # noqa: S101 (a foreign key)
    groups = await lawful_groups(
        work, grant["situation_id"], grant["to_member_id"], receiver, grant["purpose"], list(grant["field_groups"])
    )
    await work.update(
        sharing_grant,
        grant.id,
        state=GrantState.ACTIVE,
        starts_at=work.now,
        decided_at=work.now,
        approved_by_id=work.caller.member_id,
    )
    await _must_take_effect(work, grant, groups)
    await work.disclose(
        "GRANT",
        grant["situation_id"],
        groups,
        to_organisation=grant["to_org_id"],
        duty=grant["duty_id"],
        purpose=Purpose(grant["purpose"]),
    )
    await work.event("grant.approved", grant.id, situation=grant["situation_id"], audiences=EVERYBODY)
    return grant.id


async def _must_take_effect(work: Work, grant: Row, groups: list[Category]) -> None:
    """What reads ask is asked here: a condition that fails is refused now, not discovered by the receiver."""
    for group in groups:
        via = f"GRANT:{group.value}:{grant['purpose']}"
        asked = {"member": grant["to_member_id"], "situation": grant["situation_id"], "via": via}
        if await work.one(_IN_FORCE, **asked) is None:
            raise DomainRefusalError(
                "NOT_IN_FORCE",
                "Une condition du partage n'est plus remplie (habilitation de l'un ou de l'autre, compétence, minorité "
                "ou mesure) : rien n'a été partagé.",
                "sharingGrant",
            )


async def refuse(work: Work, wish: RefuseSharingGrantInput) -> UUID:
    """REQUESTED -> REFUSED, with the reason."""
    grant = await _to_decide(work, wish)
    reason = required(wish.reason, "reason")
    await work.update(sharing_grant, grant.id, state=GrantState.REFUSED, decided_at=work.now, refusal=reason)
    await work.event("grant.refused", grant.id, situation=grant["situation_id"], audiences=_givers(work))
    return grant.id


async def _to_decide(work: Work, wish: Any) -> Row:
    """A request of somebody else of the caller's own organisation."""
    grant = await work.lock(
        "SharingGrant", wish.sharing_grant, field="sharingGrant", expected_version=wish.expected_version
    )
    await open_case_of(work, grant)
    if grant["from_org_id"] != work.caller.organisation_id:
        raise DomainRefusalError(
            "NOT_YOUR_GRANT", "L'organisation qui partage approuve ses propres demandes.", "sharingGrant"
        )
    must_be(grant, {GrantState.REQUESTED}, "sharingGrant", "Cette demande a déjà reçu une réponse.", column="state")
    if grant["from_member_id"] == work.caller.member_id:
        raise DomainRefusalError(
            "SAME_PERSON", "Une autre personne que celle qui demande approuve le partage.", "sharingGrant"
        )
    return grant


# ---------------------------------------------------------------- ended


async def revoke(work: Work, wish: RevokeSharingGrantInput) -> UUID:
    """Any live state -> REVOKED, by who shares or by who owns the case; the receiver's next read finds nothing."""
    grant = await work.lock(
        "SharingGrant", wish.sharing_grant, field="sharingGrant", expected_version=wish.expected_version
    )
    if work.caller.audience is Audience.LIS:
        # Every listener sees that there is a text (G11); the sharing itself is of who follows the case (G28).
        await must_be_mine(work, grant["situation_id"])
    if not await _may_revoke(work, grant):
        raise DomainRefusalError(
            "NOT_YOUR_GRANT",
            "Seuls l'expéditeur du partage et le responsable du dossier y mettent fin.",
            "sharingGrant",
        )
    must_be(grant, _NOT_ENDED, "sharingGrant", "Ce partage a déjà pris fin.", column="state")
    if grant["expires_at"] <= work.now:
        raise DomainRefusalError("EXPIRED", "Ce partage a déjà pris fin : sa durée est écoulée.", "sharingGrant")
    await work.update(
        sharing_grant, grant.id, state=GrantState.REVOKED, revoked_at=work.now, revoked_by_id=work.caller.member_id
    )
    # Of a request that was never approved its receiver has not heard, and does not now.
    told = EVERYBODY if grant["state"] == GrantState.ACTIVE.value else _givers(work)
    await work.event("grant.ended", grant.id, situation=grant["situation_id"], audiences=told)
    return grant.id


async def _may_revoke(work: Work, grant: Row) -> bool:
    """The sender; the sender's organisation, which answers for what left it; the controller of the case."""
    if work.caller.organisation_id == grant["from_org_id"]:
        return True
    case = await work.visible("Situation", f"sit_{grant['situation_id']}", field="sharingGrant")
    return bool(case["controller_org_id"] == work.caller.organisation_id)


def _givers(work: Work) -> tuple[OrgKind, ...]:
    return TEAM if work.caller.organisation_kind is OrgKind.DLPM else (work.caller.organisation_kind,)


# ---------------------------------------------------------------- what is asked of the database


_ORGANISATION = select(organisation.c.id, organisation.c.kind).where(same(organisation.c.id, "organisation"))
_IN_FORCE = select(ONE).where(
    same(reach.c.viewer, "member"),
    same(reach.c.situation_id, "situation"),
    same(reach.c.via, "via"),
    reach.c.starts_at <= func.now(),
    reach.c.ends_at > func.now(),
)
_TEXT = bindparam("text", type_=Text())


def _repeats(column: Any) -> Any:
    return (func.char_length(column) >= _COPIED) & (func.strpos(_TEXT, column) > literal_column("0"))


_COPIED_NOTICE = select(ONE).where(
    same(concern_report.c.situation_id, "situation"),
    or_(_repeats(concern_report.c.summary_for_crip), _repeats(concern_report.c.appraisal)),
)


COMMANDS = {
    "requestSharingGrant": Command(Act.REQUEST_GRANT, "SharingGrant", request),
    "approveSharingGrant": Command(Act.DECIDE_GRANT, "SharingGrant", approve),
    "refuseSharingGrant": Command(Act.DECIDE_GRANT, "SharingGrant", refuse),
    "revokeSharingGrant": Command(Act.REVOKE_GRANT, "SharingGrant", revoke),
}
